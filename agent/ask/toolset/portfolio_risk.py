"""Facts about the risk of the portfolio that a diversification report has: bets, shares of risk, losses, a shock."""

from collections.abc import Iterator, Mapping

from agent.analytics.diversification_report import DiversificationReport, diversification_report
from agent.analytics.figure import Figure
from agent.ask.toolset.ledger import Ledger
from agent.briefing.facts_portfolio import held_closes, portfolio_subject
from agent.briefing.snapshot import Snapshot
from agent.briefing.tracing import amount_refs, bar_range, derivation
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import Fact, Metric, Unit
from agent.claims.naming import subject_of

_SECTION = SectionKey.PORTFOLIO
_MIX_DAYS, _YEAR_DAYS = 91, 366
_RISK_SHARES = 3


def spread_drafts(ledger: Ledger, snapshot: Snapshot) -> Iterator[Draft]:
    """The number of independent bets, and what the largest holdings are of the whole."""
    report = measured_report(snapshot)
    for figure, metric, unit, details in (
        (report.independent_factors_90d, Metric.INDEPENDENT_BETS, Unit.RATIO, {"window": "90d"}),
        *(((report.top_3_share, Metric.TOP_SHARE, Unit.PCT, {"qualifier": "3"}),) if _more_than(snapshot, 3) else ()),
        *(((report.top_5_share, Metric.TOP_SHARE, Unit.PCT, {"qualifier": "5"}),) if _more_than(snapshot, 5) else ()),
    ):
        key = _add(ledger, snapshot, figure, metric, unit, **details)
        if key is not None:
            yield Draft("figure", ClaimKind.DIVERSIFICATION, _SECTION, (key,), 0.7)


def risk_drafts(ledger: Ledger, snapshot: Snapshot, facts: Mapping[str, Fact]) -> Iterator[Draft]:
    """Who carries the risk, what a bad day costs, and what goes with a fall of Bitcoin."""
    report = measured_report(snapshot)
    loss = _add(ledger, snapshot, report.value_at_risk_1d_pct, Metric.VALUE_AT_RISK, Unit.PCT, window="365d")
    money = _add(ledger, snapshot, report.value_at_risk_1d_usd, Metric.VALUE_AT_RISK, Unit.USD, window="365d")
    yield Draft("value_at_risk", ClaimKind.LEVEL, _SECTION, (loss or "", money or ""), 0.9)
    yield from _risk_shares(ledger, snapshot, report, facts)
    yield from _shock(ledger, snapshot, report)


def measured_report(snapshot: Snapshot) -> DiversificationReport:
    """The report of the holdings beside Bitcoin."""
    amounts, closes = held_closes(snapshot)
    column = None if snapshot.bitcoin is None else snapshot.prices.column(snapshot.bitcoin)
    return diversification_report(amounts, closes, None if column is None else snapshot.prices.close[:, column])


def _more_than(snapshot: Snapshot, count: int) -> bool:
    return len(snapshot.holdings) > count


def _risk_shares(
    ledger: Ledger, snapshot: Snapshot, report: DiversificationReport, facts: Mapping[str, Fact]
) -> Iterator[Draft]:
    shares = [
        (figure.value, holding.asset_id)
        for holding, figure in zip(snapshot.holdings, report.risk_contributions_90d, strict=True)
        if figure.value is not None
    ]
    for share, asset_id in sorted(shares, reverse=True)[:_RISK_SHARES] if len(shares) > 1 else ():
        subject = subject_of(asset_id)
        key = _add(ledger, snapshot, Figure.of(share, ""), Metric.RISK_SHARE, Unit.PCT, subject=subject, window="90d")
        weight = f"{subject}/weight"
        if weight in facts:
            yield Draft("risk_against_weight", ClaimKind.DIVERSIFICATION, _SECTION, (key or "", weight), 0.8)
        else:
            yield Draft("risk_share", ClaimKind.DIVERSIFICATION, _SECTION, (key or "",), 0.8)


def _shock(ledger: Ledger, snapshot: Snapshot, report: DiversificationReport) -> Iterator[Draft]:
    """The assumed fall and what the beta makes of it, of a portfolio that is covered whole and would lose."""
    shock, change = report.bitcoin_shock, report.bitcoin_shock.change_pct.value
    if snapshot.bitcoin is None or change is None or shock.uncovered or not change < 0:
        return
    other: dict[str, str] = {"other": subject_of(snapshot.bitcoin), "window": "365d"}
    fall = _add(ledger, snapshot, Figure.of(shock.shock_pct, ""), Metric.SHOCK, Unit.PCT, **other)
    lost = _add(ledger, snapshot, shock.change_pct, Metric.SHOCK_CHANGE, Unit.PCT, **other)
    money = _add(ledger, snapshot, report.bitcoin_shock_usd, Metric.SHOCK_CHANGE, Unit.USD, **other)
    yield Draft("shock", ClaimKind.WHAT_IF, _SECTION, (fall or "", lost or "", money or ""), 0.7)


_FRACTIONS = (Metric.TOP_SHARE, Metric.RISK_SHARE)
_FORMULAS = {
    Metric.INDEPENDENT_BETS: "square of the diversification ratio over 90 days",
    Metric.TOP_SHARE: "weights of the largest holdings, added, x 100",
    Metric.RISK_SHARE: "weight x covariance with the portfolio / its variance x 100, over 90 days",
    Metric.VALUE_AT_RISK: "5 % quantile of daily returns of today's weights over 365 days",
    Metric.SHOCK: "an assumption, not a forecast",
    Metric.SHOCK_CHANGE: "sum of weight x beta to Bitcoin over 365 days x the assumed fall",
}


def _add(
    ledger: Ledger,
    snapshot: Snapshot,
    figure: Figure,
    metric: Metric,
    unit: Unit,
    **details: str,
) -> str | None:
    """Draft a figure of the report; None where it has none."""
    if figure.value is None:
        return None
    factor = 100 if metric in _FRACTIONS else 1
    days = _MIX_DAYS if details.get("window") == "90d" else _YEAR_DAYS if "window" in details else 1
    held = [item.asset_id for item in snapshot.holdings if snapshot.prices.column(item.asset_id) is not None]
    ranges = [bar_range(snapshot, asset_id, days) for asset_id in held]
    origin = derivation(metric, _FORMULAS[metric], *amount_refs(snapshot), *ranges)
    own = {"as_of": snapshot.as_of, **{name: text for name, text in details.items() if name != "subject"}}
    subject = details.get("subject", portfolio_subject(snapshot))
    return ledger.add(subject, metric, unit, figure.value * factor, origin, **own)
