"""How drift, trades and target weights look on the terminal."""

from typing import TYPE_CHECKING

from agent.cli import shown
from agent.cli.page import Page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.measuring.rebalance import RebalanceAnalysis
    from agent.measuring.target_weights import Target

_GOALS = {
    "targets": "the targets that were set",
    "equal": "equal weights",
    "cap": "weights by market value",
    "min-variance": "weights of the least variance",
    "max-sharpe": "weights of the highest Sharpe ratio",
    "risk-parity": "risk parity",
    "hrp": "hierarchical risk parity",
}
_FITTED = "The weights were found on the last 365 days (Ledoit-Wolf covariance), so they fit those days."


def print_rebalance(found: "RebalanceAnalysis") -> None:
    """The drift from the targets, and the trades."""
    page = Page(
        f"Portfolio {found.portfolio} against {_GOALS[found.terms.goal]}, at the close of {found.as_of} UTC "
        f"(source: {found.source})"
    )
    page.text("Arithmetic on prices and weights, not advice to trade.")
    if found.terms.goal in {"min-variance", "max-sharpe", "risk-parity", "hrp"}:
        page.text(_FITTED)
    if found.market_values:
        days = sorted({str(each.day) for each in found.market_values if each.day})
        sources = sorted({each.source for each in found.market_values if each.source})
        page.text(f"Market values as of {', '.join(days)} (source: {', '.join(sources)}).")
    page.block("Drift")
    page.table(
        ("Asset", "Value, USD", "Weight", "Target", "Drift, points"),
        [
            (
                each.position.name,
                page.cell(each.position.value_usd, shown.usd),
                page.cell(each.position.share, shown.share),
                page.cell(each.target, shown.share),
                page.cell(each.difference, shown.points_of),
            )
            for each in found.holdings
        ],
    )
    page.figures(
        [
            ("Value", page.cell(found.value_usd, shown.usd), ""),
            ("Turnover", page.cell(found.turnover, shown.share), "of the value would change hands, without costs"),
        ]
    )
    if found.terms.goal == "targets" and any(each.target.value == 0 for each in found.holdings):
        page.text("What is held without a target has a target of 0%.")
    for left in found.left_out:
        page.text(f"Left out, at its weight of today: {left.name} ({left.reason}).")
    _add_trades(page, found)
    page.print()


def _add_trades(page: Page, found: "RebalanceAnalysis") -> None:
    terms = found.terms
    page.block("Trades that would restore the targets")
    if found.reason:
        page.text(f"There are none: {found.reason}.")
    else:
        page.table(
            ("Asset", "Side", "Value, USD", "Amount, units"),
            [
                (each.name, each.side.value, shown.usd(each.value_usd), shown.amount(each.amount))
                for each in found.trades
            ],
            left=2,
        )
    for item in found.untouched:
        page.text(f"Not traded: {item.name}, because {item.reason}.")
    page.text(
        f"Cost: {shown.usd(found.cost_usd)}, at {terms.cost_bps:f} basis points of each trade's value; sales pay for "
        f"purchases and costs. Tolerance: {terms.tolerance_pct:f}% of the portfolio. Smallest trade: "
        f"{shown.usd(max(terms.minimum_trade_usd, shown.CENT))}. Prices: the last close."
    )


def print_targets(portfolio: str, found: "Sequence[Target]") -> None:
    """The target weights, or that there are none."""
    page = Page(f"Targets of portfolio {portfolio}")
    if found:
        rows = [(each.name, each.symbol if each.symbol.isalnum() else "", f"{each.weight_pct:.10g}%") for each in found]
        page.table(("Asset", "Symbol", "Weight"), rows, left=2)
    else:
        page.text("There are none: set them with `coinbrief portfolio targets set BTC=60 ETH=40`.")
    page.print()
