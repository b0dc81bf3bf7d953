"""How a portfolio before and after a change looks on the terminal."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from agent.cli import shown
from agent.cli.page import Page

if TYPE_CHECKING:
    from agent.measuring.changes import WhatIfAnalysis

_Form = Callable[[float], str]
_RATIO, _COUNT = (shown.ratio, shown.signed_ratio), (shown.count, shown.signed_count)
_SHARE, _PCT, _USD = (shown.share, shown.points_of), (shown.pct, shown.signed_points), (shown.usd, shown.signed_usd)

# Title, name of the figure, and how it and its difference are shown.
_SHOWN: tuple[tuple[str, str, tuple[_Form, _Form]], ...] = (
    ("Value", "portfolio.value_usd", _USD),
    ("Volatility, 90 days", "portfolio.volatility_90d", _SHARE),
    ("Diversification ratio", "portfolio.diversification_ratio", _RATIO),
    ("Effective number of holdings", "portfolio.effective_number", _COUNT),
    ("Effective bets, minimum torsion", "minimum_torsion_bets_90d", _COUNT),
    ("Effective bets, principal components", "principal_component_bets_90d", _COUNT),
    ("Groups that move alike", "look_alikes_90d.count", (shown.whole, shown.signed_whole)),
    ("Average correlation, 90 days", "portfolio.average_correlation_90d", _RATIO),
    ("Correlation with Bitcoin, 90 days", "portfolio.correlation_to_benchmark_90d", _RATIO),
    ("Beta to Bitcoin, 90 days", "portfolio.beta_90d", _RATIO),
    ("Bitcoin down 30%: expected change", "bitcoin_shock.change_pct", _PCT),
    ("Value at risk, 1 day", "value_at_risk_1d_pct", _PCT),
    ("Conditional value at risk, 1 day", "conditional_value_at_risk_1d_pct", _PCT),
    ("Sharpe ratio, 365 days", "portfolio.sharpe_365d", _RATIO),
    ("Maximum drawdown, 365 days", "portfolio.maximum_drawdown_365d", _SHARE),
)


def print_what_if(found: "WhatIfAnalysis") -> None:
    """The holdings, and the main figures, before and after."""
    page = Page(
        f"Portfolio {found.portfolio} before and after, at the close of {found.as_of} UTC (source: {found.source})"
    )
    page.block("Holdings")
    page.table(
        ("Asset", "Amount before", "Amount after", "Weight before", "Weight after"),
        [
            (
                each.name,
                shown.amount(each.amount_before),
                shown.amount(each.amount_after),
                page.cell(each.share_before, shown.share),
                page.cell(each.share_after, shown.share),
            )
            for each in found.holdings
        ],
    )
    by_name = {each.name: each for each in found.differences}
    page.block("Figures")
    page.table(
        ("", "Before", "After", "Difference"),
        [
            (
                title,
                page.cell(by_name[name].before, form),
                page.cell(by_name[name].after, form),
                page.cell(by_name[name].difference, signed),
            )
            for title, name, (form, signed) in _SHOWN
            if name in by_name
        ],
    )
    page.text(
        "The money comes from outside and goes there. Differences are of the unrounded figures, those of per cents in "
        "percentage points. Volatility is a year's, at constant weights. Value at risk: on 95% of 365 days the loss "
        "was no larger; conditional: the mean loss on the other 5%. Sharpe ratio and maximum drawdown are of these "
        "amounts over 365 days."
    )
    page.print()
