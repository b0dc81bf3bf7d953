"""The blocks of `portfolio show` on the holdings: which are alike, what each risks, what they are in the end."""

from typing import TYPE_CHECKING

from agent.cli import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.cli.page import Page
    from agent.measuring.portfolio import DatedFall, PortfolioAnalysis


def add_holding_blocks(page: "Page", analysis: "PortfolioAnalysis") -> None:
    """Put these blocks on the page."""
    _look_alikes(page, analysis)
    _per_holding(page, analysis)
    _falls(page, analysis)
    _in_the_end(page, analysis)
    _exposure(page, analysis)


def names_of(analysis: "PortfolioAnalysis", columns: "Sequence[int]") -> str:
    """The names of the holdings in some columns."""
    return ", ".join(analysis.holdings[column].name for column in columns)


def _look_alikes(page: "Page", analysis: "PortfolioAnalysis") -> None:
    found, over = analysis.report.look_alikes_90d, analysis.report.over_diversification_90d
    held = len(analysis.holdings)
    page.block("Look-alikes and over-diversification, 90 days")
    page.figures(
        [
            (
                "Groups that move alike",
                page.cell(found.count, shown.whole),
                f"among {held} holdings, by correlations of 0.80 and more",
            ),
            ("Effective number of groups", page.cell(found.effective_number, shown.count), "by their weights"),
            (
                "Holdings that were enough",
                page.cell(over.sufficient_count, shown.whole),
                "for 95% of the reduction of risk, with hindsight",
            ),
        ]
    )
    for cluster in found.clusters:
        if len(cluster.members) > 1:
            page.text(f"Move alike: {names_of(analysis, cluster.members)} ({shown.share(cluster.share)} of the value).")
    if found.count.value is not None:
        page.text("Far fewer groups than holdings is false diversification: many names, few movements.")
    if over.sufficient:
        page.text(f"Enough, with hindsight: {names_of(analysis, over.sufficient)}.")
    if over.idle:
        page.text(
            f"Without any one of these the volatility would change by less than 1% of itself: "
            f"{names_of(analysis, over.idle)}."
        )


def _per_holding(page: "Page", analysis: "PortfolioAnalysis") -> None:
    report = analysis.report
    page.block("Risk of each holding")
    rows = [
        (
            position.name,
            page.cell(position.share, shown.share),
            page.cell(part, shown.share),
            page.cell(change, shown.signed_share),
            page.cell(beta, shown.ratio),
            page.cell(tail.loss_pct, shown.pct),
            page.cell(tail.loss_usd, shown.usd),
        )
        for position, part, change, beta, tail in zip(
            analysis.holdings,
            report.risk_contributions_90d,
            report.over_diversification_90d.volatility_changes,
            report.bitcoin_shock.betas,
            analysis.tails,
            strict=True,
        )
    ]
    rows.append(
        (
            "All",
            page.cell(report.portfolio.value_usd, lambda _value: shown.share(1.0)),
            page.cell(report.portfolio.volatility_90d, lambda _value: shown.share(1.0)),
            "-",
            page.cell(
                report.bitcoin_shock.change_pct, lambda change: shown.ratio(change / report.bitcoin_shock.shock_pct)
            ),
            page.cell(report.conditional_value_at_risk_1d_pct, shown.pct),
            page.cell(report.conditional_value_at_risk_1d_usd, shown.usd),
        )
    )
    page.table(("Asset", "Weight", "Risk, 90 d", "Vol. without", "Beta, 365 d", "CVaR, 1 d", "CVaR, USD"), rows)
    page.text(
        "Risk: its part of the variance. Vol. without: how the volatility would change if it were dropped. Beta: to "
        "Bitcoin. CVaR: mean loss on the worst 5% of 365 days, each by itself, so they do not add up."
    )


def _falls(page: "Page", analysis: "PortfolioAnalysis") -> None:
    page.block("Deepest falls at today's amounts")
    worst, deepest = analysis.report.portfolio.maximum_drawdown_365d, analysis.deepest_365d
    when = f"{_span(deepest)}" if deepest else ""
    page.figures([("Maximum drawdown, 365 days", page.cell(worst, shown.share), when)])
    if not analysis.deepest:
        page.text(f"No fall from {analysis.first_day} on, as far as all holdings have closes.")
        return
    page.table(
        ("Fall", "Peak", "Trough", "Back at the peak"),
        [
            (shown.share(fall.depth), str(fall.peak), str(fall.trough), str(fall.recovered or "not yet"))
            for fall in analysis.deepest
        ],
        left=0,
    )
    page.text(f"From {analysis.first_day}, the first day on which every holding has a close, to {analysis.as_of}.")


def _span(fall: "DatedFall") -> str:
    back = f"back on {fall.recovered}" if fall.recovered else "not back yet"
    return f"from {fall.peak} to {fall.trough}, {back}"


def _in_the_end(page: "Page", analysis: "PortfolioAnalysis") -> None:
    seen = analysis.seen_through
    figures = seen.figures
    page.block("Looked through: wrapped, bridged and staked assets as what they stand for, stablecoins as cash")
    same = all(len(each.holdings) == 1 and each.holdings[0] == each.name for each in seen.in_the_end)
    if same and not seen.unresolved:
        page.text("Nothing held stands for anything else.")
        return
    page.figures(
        [
            ("Effective number as held", page.cell(figures.effective_number_before, shown.count), ""),
            ("Effective number looked through", page.cell(figures.effective_number_after, shown.count), ""),
            (
                "Held again in another form",
                page.cell(figures.held_again, shown.share),
                "of the value; cash is not counted",
            ),
        ]
    )
    page.table(
        ("In the end", "Share", "Held as"),
        [(each.name, page.cell(each.share, shown.share), ", ".join(each.holdings)) for each in seen.in_the_end],
        right=2,
    )
    for name, reason in seen.unresolved:
        page.text(f"{name}: {reason}; it counts as itself.")


def _exposure(page: "Page", analysis: "PortfolioAnalysis") -> None:
    page.block("Exposure, by weight")
    rows = []
    for spread in analysis.spreads:
        parts = [f"{group.label} {page.cell(group.share, shown.share)}" for group in spread.exposure.groups]
        if spread.exposure.unknown.members:
            parts.append(f"not known {page.cell(spread.exposure.unknown.share, shown.share)}")
        rows.append((spread.trait.capitalize(), "", "; ".join(parts)))
    page.figures(rows)
    page.text(
        "As held, not looked through. Region: where the foundation or issuer has its seat (ISO country code). A sector "
        "or chain that is not in coinbrief's own list comes from the categories of the source."
    )
