"""How a portfolio under stress looks on the terminal."""

from collections import Counter
from typing import TYPE_CHECKING

from agent.cli import shown
from agent.cli.page import Page

if TYPE_CHECKING:
    from agent.measuring.stress import StressAnalysis, StressDay


def print_stress(found: "StressAnalysis") -> None:
    """The fall of Bitcoin, and the days."""
    page = Page(f"Portfolio {found.portfolio} under stress, at the close of {found.as_of} UTC (source: {found.source})")
    _add_shock(page, found)
    _add_days(page, found)
    page.print()


def _add_shock(page: Page, found: "StressAnalysis") -> None:
    shock = found.shock
    page.block(f"If Bitcoin fell by {shown.pct(-shock.shock_pct)} in one day")
    page.figures(
        [
            (
                "Expected by betas",
                page.cell(shock.change_pct, shown.signed_pct),
                _money(page.cell(found.shock_usd, shown.signed_usd)),
            ),
            (
                "  one deviation lower",
                page.cell(shock.low_pct, shown.signed_pct),
                _money(page.cell(found.low_usd, shown.signed_usd)),
            ),
            (
                "  one deviation higher",
                page.cell(shock.high_pct, shown.signed_pct),
                _money(page.cell(found.high_usd, shown.signed_usd)),
            ),
            ("Part that has betas", page.cell(shock.covered_share, shown.share), "of the value"),
        ]
    )
    page.table(
        ("Asset", "Weight", "Beta, 365 days"),
        [
            (position.name, page.cell(position.share, shown.share), page.cell(beta, shown.ratio))
            for position, beta in zip(found.holdings, shock.betas, strict=True)
        ],
    )
    page.text(
        "Beta: how much a holding moved, in %, per 1% of Bitcoin. The band is the usual noise of one day around the "
        "betas, not the doubt about them: a fall this large lies outside most of what they were measured on."
    )


def _money(text: str) -> str:
    return "" if text.startswith("n/a") else text


def _add_days(page: Page, found: "StressAnalysis") -> None:
    page.block("Days that were, at today's weights")
    if found.history_from is None:
        page.text("There are no stored prices of what is held.")
        return
    if not found.days:
        page.text("Bitcoin did not fall on any stored day, and no day was asked for.")
    else:
        page.table(
            ("Day", "Bitcoin", "Portfolio", "US dollars", "Priced then", "Why this day"),
            [_day_row(page, each) for each in found.days],
            left=1,
            right=5,
        )
    for name, days in Counter(name for each in found.days for name in each.uncovered).items():
        page.text(
            f"The change of {name} is not known on {days} of these {len(found.days)} days; the portfolio's is that of "
            "the rest."
        )
    page.text("Each holding's change on the day at its weight of today: for the last day, its weight after the move.")
    page.text(f"The stored history is from {found.history_from} to {found.as_of}.")


def _day_row(page: Page, day: "StressDay") -> tuple[str, ...]:
    return (
        str(day.day),
        page.cell(day.bitcoin_pct, shown.signed_pct),
        page.cell(day.change_pct, shown.signed_pct),
        page.cell(day.change_usd, shown.signed_usd),
        page.cell(day.covered_share, shown.share),
        "; ".join(day.why),
    )
