"""Facts about how alike the holdings move, with each other and with the market, and how the portfolio fell."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.diversification_report import DiversificationReport, diversification_report
from agent.analytics.figure import Figure
from agent.analytics.report import HISTORY_DAYS, RISK_DAYS
from agent.briefing.facts.portfolio import held_closes, holding_ranges, portfolio_key, portfolio_subject
from agent.briefing.snapshot import TRACKED_DAYS, Snapshot
from agent.briefing.tracing import amount_refs, bar_range, cross_section, derivation
from agent.briefing.trait_columns import TraitColumns
from agent.claims.book import FactBook
from agent.claims.fact import Metric, RowRange, Unit
from agent.claims.figures import rounded_value
from agent.claims.naming import subject_of

_MIX = "of today's weights held constant over 90 days"


@dataclass(frozen=True, slots=True)
class _Entry:
    """How one figure of the report becomes a fact."""

    name: str
    metric: Metric
    window: str
    formula: str
    figure: Callable[[DiversificationReport], Figure]


_SORTINO = _Entry(
    "sortino_365d",
    Metric.SORTINO,
    "365d",
    "mean / downside deviation of daily returns of today's amounts over 365 days x sqrt(365)",
    lambda report: report.sortino_365d,
)
_TOGETHER = (
    _Entry(
        "weighted_correlation_90d",
        Metric.WEIGHTED_CORRELATION,
        "90d",
        "mean correlation of daily returns over all pairs, each weighted by the product of its weights",
        lambda report: report.weighted_average_correlation_90d,
    ),
    _Entry(
        "torsion_bets",
        Metric.TORSION_BETS,
        "90d",
        f"effective number of minimum-torsion bets {_MIX}",
        lambda report: report.minimum_torsion_bets_90d,
    ),
    _Entry(
        "component_bets",
        Metric.COMPONENT_BETS,
        "90d",
        f"effective number of principal-component bets {_MIX}",
        lambda report: report.principal_component_bets_90d,
    ),
)
_LINKS = (
    _Entry(
        "market_correlation",
        Metric.MARKET_CORRELATION,
        "90d",
        f"correlation of daily returns {_MIX} with the mean return of all coins",
        lambda report: report.correlation_to_market_90d,
    ),
    _Entry(
        "market_beta",
        Metric.MARKET_BETA,
        "90d",
        f"covariance {_MIX} with the mean return of all coins / its variance",
        lambda report: report.beta_to_market_90d,
    ),
)
_DAYS = {"90d": RISK_DAYS + 1, "365d": HISTORY_DAYS + 1}


def measure_spread(snapshot: Snapshot, market: Floats | None = None) -> DiversificationReport | None:
    """Measure how diversified the portfolio is; None if nothing is held. `market` are closes of days x coins."""
    if not snapshot.holdings:
        return None
    amounts, closes = held_closes(snapshot)
    bitcoin = None if snapshot.bitcoin is None else snapshot.prices.column(snapshot.bitcoin)
    return diversification_report(
        amounts, closes, None if bitcoin is None else snapshot.prices.close[:, bitcoin], market, crises=1
    )


def market_coins(snapshot: Snapshot) -> Floats:
    """The closes of what the market's own source tracks, without stablecoins and other forms of coins."""
    closes = snapshot.prices.market_close
    tracked = np.isfinite(closes[-TRACKED_DAYS:]).any(axis=0)
    return closes[:, tracked & TraitColumns.of(snapshot.prices.asset_ids, snapshot.assets).coins]


def market_range(snapshot: Snapshot) -> RowRange:
    """The stored closes that the figures of the average coin are made from."""
    return cross_section(snapshot, min(_DAYS["90d"], len(snapshot.prices.days)))


def add_spread_facts(book: FactBook, snapshot: Snapshot, report: DiversificationReport) -> None:
    """Draft what is known of the holdings together; a figure without a value is not drafted."""
    _add(book, snapshot, _SORTINO, _SORTINO.figure(report))
    if report.portfolio.holding_count > 1:
        for entry in _TOGETHER:
            _add(book, snapshot, entry, entry.figure(report))
        _add_counts(book, snapshot, report)
        _add_stress(book, snapshot, report)
    _add_deepest_fall(book, snapshot, report)


def add_market_links(book: FactBook, snapshot: Snapshot, report: DiversificationReport, coins: RowRange) -> None:
    """Draft how the portfolio moves with the average coin, which was measured on `coins`."""
    for entry in _LINKS:
        _add(book, snapshot, entry, entry.figure(report), coins)


def _add(book: FactBook, snapshot: Snapshot, entry: _Entry, figure: Figure, *more: RowRange) -> None:
    if figure.value is not None:
        ranges = (*holding_ranges(snapshot, _DAYS[entry.window]), *more)
        origin = derivation(entry.metric, entry.formula, *amount_refs(snapshot), *ranges)
        key, subject = portfolio_key(entry.name), portfolio_subject(snapshot)
        book.add(key, subject, entry.metric, Unit.RATIO, figure.value, origin, window=entry.window)


def _add_counts(book: FactBook, snapshot: Snapshot, report: DiversificationReport) -> None:
    """Draft how few holdings would do and how many groups there are, unless that is all of them."""
    size = report.portfolio.holding_count
    for metric, figure, formula in (
        (
            Metric.ENOUGH_HOLDINGS,
            report.over_diversification_90d.sufficient_count,
            "holdings picked one by one until they reach 95 % of 1 - volatility / weighted volatility of all",
        ),
        (
            Metric.ALIKE_GROUPS,
            report.look_alikes_90d.count,
            "groups by average linkage of sqrt((1 - correlation) / 2), cut at a correlation of 0.8",
        ),
    ):
        if figure.value is not None and figure.value < size:
            ranges = holding_ranges(snapshot, _DAYS["90d"])
            origin = derivation(metric, f"{formula}, 90 days", *amount_refs(snapshot), *ranges)
            details = {"window": "90d", "universe": "holdings", "universe_size": size}
            key, subject = portfolio_key(metric), portfolio_subject(snapshot)
            book.add(key, subject, metric, Unit.COUNT, Decimal(int(figure.value)), origin, **details)


def _add_stress(book: FactBook, snapshot: Snapshot, report: DiversificationReport) -> None:
    """Draft the average correlation on Bitcoin's worst days beside that on all days, of the same year."""
    found, bitcoin = report.correlation_under_stress, snapshot.bitcoin
    if bitcoin is None or found.average.value is None or found.all_days.value is None:
        return
    days = _DAYS["365d"]
    inputs: tuple[RowRange, ...] = (*holding_ranges(snapshot, days), bar_range(snapshot, bitcoin, days))
    holdings: dict[str, object] = {"universe": "holdings", "universe_size": report.portfolio.holding_count}
    for name, metric, unit, value, formula, details in (
        ("stress_days", Metric.STRESS_DAYS, Unit.COUNT, Decimal(found.worst_days),
         "the worst tenth of Bitcoin's days", {"other": subject_of(bitcoin)}),
        ("stress_correlation", Metric.STRESS_CORRELATION, Unit.RATIO, found.average.value,
         "mean correlation of daily returns over all pairs on the worst tenth of Bitcoin's days",
         {"other": subject_of(bitcoin), **holdings}),
        ("average_correlation_365d", Metric.AVERAGE_CORRELATION, Unit.RATIO, found.all_days.value,
         "mean correlation of daily returns over all pairs", holdings),
    ):  # fmt: skip
        origin = derivation(metric, f"{formula}, 365 days", *inputs)
        subject = portfolio_subject(snapshot)
        book.add(portfolio_key(name), subject, metric, unit, value, origin, window="365d", **details)


def _add_deepest_fall(book: FactBook, snapshot: Snapshot, report: DiversificationReport) -> None:
    fall = report.deepest_365d
    if fall is None or rounded_value(Decimal(repr(fall.depth * 100)), Unit.PCT, Metric.DEEPEST_FALL) == 0:
        return
    formula = "value at the trough / value at the peak before it - 1, x 100, 365 days"
    origin = derivation("fall", formula, *amount_refs(snapshot), *holding_ranges(snapshot, _DAYS["365d"]))
    book.add(
        portfolio_key("deepest_fall"),
        portfolio_subject(snapshot),
        Metric.DEEPEST_FALL,
        Unit.PCT,
        fall.depth * 100,
        origin,
        window="365d",
        start=snapshot.prices.day(fall.peak),
        as_of=snapshot.prices.day(fall.trough),
    )
