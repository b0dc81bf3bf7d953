"""The blocks of `portfolio show` on the portfolio as a whole, each figure with what it means."""

from typing import TYPE_CHECKING

from agent.cli import shown
from agent.cli.portfolio_holding_blocks import add_holding_blocks, names_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.analytics.figure import Figure
    from agent.cli.page import Page
    from agent.measuring.portfolio import PortfolioAnalysis


def add_blocks(page: "Page", analysis: "PortfolioAnalysis", facts: "Mapping[str, str | None]") -> None:
    """Put every block on the page; `facts` are the briefing's own figures as it shows them."""
    _value_and_risk(page, analysis, facts)
    _concentration(page, analysis, facts)
    _diversification(page, analysis, facts)
    _correlation(page, analysis, facts)
    add_holding_blocks(page, analysis)


def _fact(page: "Page", facts: "Mapping[str, str | None]", name: str, figure: "Figure") -> str:
    return facts.get(name) or page.missing(figure.reason or "the briefing has no such figure")


def _value_and_risk(page: "Page", analysis: "PortfolioAnalysis", facts: "Mapping[str, str | None]") -> None:
    report, base = analysis.report, analysis.report.portfolio
    page.block("Value and risk")
    page.figures(
        [
            ("Value", _fact(page, facts, "value", base.value_usd), ""),
            ("Change on the day", _fact(page, facts, "change_1d", base.change_1d_pct), ""),
            (
                "Volatility, 90 days",
                _fact(page, facts, "volatility_90d", base.volatility_90d),
                "a year, at today's weights",
            ),
            (
                "Weighted volatility of the holdings",
                _fact(page, facts, "weighted_volatility_90d", base.weighted_volatility_90d),
                "what it would be if they all moved as one",
            ),
            (
                "Sharpe ratio, 365 days",
                _fact(page, facts, "sharpe_365d", base.sharpe_365d),
                "mean return over volatility, a year",
            ),
            (
                "Sortino ratio, 365 days",
                page.cell(report.sortino_365d, shown.ratio),
                "the same, with falls alone as risk",
            ),
            (
                "Correlation with Bitcoin, 90 days",
                _fact(page, facts, "correlation", base.correlation_to_benchmark_90d),
                "1 is moving as one",
            ),
            (
                "Beta to Bitcoin, 90 days",
                _fact(page, facts, "beta", base.beta_90d),
                "its move for each 1% that Bitcoin moves, in %",
            ),
            ("Correlation with the market, 90 days", page.cell(report.correlation_to_market_90d, shown.ratio), ""),
            (
                "Beta to the market, 90 days",
                page.cell(report.beta_to_market_90d, shown.ratio),
                "the market: all tracked coins, equally weighted",
            ),
            *_tail_rows(page, analysis),
        ]
    )
    _young(page, analysis)


def _tail_rows(page: "Page", analysis: "PortfolioAnalysis") -> list[tuple[str, str, str]]:
    report = analysis.report
    return [
        (
            "Value at risk, 1 day",
            page.cell(report.value_at_risk_1d_pct, shown.pct),
            _money(report.value_at_risk_1d_usd, "; the loss was no larger on 95% of 365 days"),
        ),
        (
            "Conditional value at risk, 1 day",
            page.cell(report.conditional_value_at_risk_1d_pct, shown.pct),
            _money(report.conditional_value_at_risk_1d_usd, "; the mean loss on the other 5%"),
        ),
    ]


def _young(page: "Page", analysis: "PortfolioAnalysis") -> None:
    """Which holdings leave figures unknown for want of closes."""
    report, base = analysis.report, analysis.report.portfolio
    for days, columns, figure in (
        (90, report.young_90d, base.volatility_90d),
        (365, report.young_365d, base.sharpe_365d),
    ):
        if columns and figure.value is None:
            page.text(f"Without closes on some of the last {days} days: {names_of(analysis, columns)}.")


def _money(figure: "Figure", words: str) -> str:
    return "" if figure.value is None else f"{shown.usd(figure.value)}{words}"


def _concentration(page: "Page", analysis: "PortfolioAnalysis", facts: "Mapping[str, str | None]") -> None:
    report, base = analysis.report, analysis.report.portfolio
    page.block("Concentration")
    rows = [
        ("Concentration (HHI)", _fact(page, facts, "hhi", base.hhi), "1 is a single holding"),
        (
            "Effective number of holdings",
            _fact(page, facts, "effective_number", base.effective_number),
            f"so many equal ones would be as concentrated as these {base.holding_count}",
        ),
        ("Largest holding", page.cell(report.top_1_share, shown.share), ""),
    ]
    more = ((3, report.top_3_share), (5, report.top_5_share))
    rows += [(f"Largest {n}", page.cell(own, shown.share), "") for n, own in more if base.holding_count > n]
    page.figures(rows)


def _diversification(page: "Page", analysis: "PortfolioAnalysis", facts: "Mapping[str, str | None]") -> None:
    report, base = analysis.report, analysis.report.portfolio
    page.block("Diversification, 90 days")
    page.figures(
        [
            (
                "Diversification ratio",
                _fact(page, facts, "diversification_ratio", base.diversification_ratio),
                "weighted volatility over volatility; 1 is none",
            ),
            (
                "Independent factors",
                page.cell(report.independent_factors_90d, shown.count),
                "the square of the diversification ratio",
            ),
            (
                "Effective bets, minimum torsion",
                page.cell(report.minimum_torsion_bets_90d, shown.count),
                "how evenly the risk is spread over the holdings",
            ),
            (
                "Effective bets, principal components",
                page.cell(report.principal_component_bets_90d, shown.count),
                "how many common movements carry the risk",
            ),
        ]
    )


def _correlation(page: "Page", analysis: "PortfolioAnalysis", facts: "Mapping[str, str | None]") -> None:
    report, base = analysis.report, analysis.report.portfolio
    trend, stress = report.correlation_trend, report.correlation_under_stress
    page.block("Correlation of the holdings")
    page.figures(
        [
            (
                "Average correlation, 90 days",
                _fact(page, facts, "average_correlation_90d", base.average_correlation_90d),
                "over all pairs of holdings",
            ),
            (
                "Weighted average correlation, 90 days",
                page.cell(report.weighted_average_correlation_90d, shown.ratio),
                "each pair counted by its weights",
            ),
            (
                "Change from 30 days before",
                page.cell(trend.change_30d, shown.signed_ratio),
                "of the average correlation",
            ),
            ("Change from 90 days before", page.cell(trend.change_90d, shown.signed_ratio), ""),
            (
                "Average correlation under stress",
                page.cell(stress.average, shown.ratio),
                f"on the {stress.worst_days} worst days of Bitcoin in 365" if stress.worst_days else "",
            ),
            ("  on all days", page.cell(stress.all_days, shown.ratio), "of these 365"),
            (
                "  by the choice of days alone",
                page.cell(stress.selection_alone, shown.ratio),
                "what the worst days would show if nothing but Bitcoin's range differed on them",
            ),
        ]
    )
