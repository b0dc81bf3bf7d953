"""Facts about the reader's portfolio as a whole: value, change, and how well it is diversified."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from agent.analytics.figure import Figure
from agent.analytics.report import HISTORY_DAYS, RISK_DAYS, PortfolioReport, portfolio_report
from agent.briefing.snapshot import Floats, Snapshot
from agent.briefing.tracing import amount_refs, bar_range, bar_ref, derivation
from agent.claims.book import FactBook
from agent.claims.fact import Metric, RowRange, RowRef, State, Unit
from agent.claims.naming import subject_of

_MIX = "of today's weights held constant over 90 days"
_HISTORY = "of today's amounts over 365 days"


@dataclass(frozen=True, slots=True)
class _Entry:
    """How one figure of the report becomes a fact."""

    name: str
    metric: Metric
    unit: Unit
    formula: str
    window: str | None
    scale: float = 1.0


_ENTRIES = (
    _Entry("hhi", Metric.HHI, Unit.RATIO, "sum of squared weights", None),
    _Entry("effective_number", Metric.EFFECTIVE_NUMBER, Unit.RATIO, "1 / HHI", None),
    _Entry(
        "volatility_90d",
        Metric.VOLATILITY,
        Unit.PCT,
        f"standard deviation of daily returns {_MIX} x sqrt(365) x 100",
        "90d",
        100,
    ),
    _Entry(
        "weighted_volatility_90d",
        Metric.WEIGHTED_VOLATILITY,
        Unit.PCT,
        "weights x volatilities of the holdings, 90 days",
        "90d",
        100,
    ),
    _Entry(
        "diversification_ratio",
        Metric.DIVERSIFICATION_RATIO,
        Unit.RATIO,
        "weighted average volatility / portfolio volatility",
        "90d",
    ),
    _Entry(
        "average_correlation_90d",
        Metric.AVERAGE_CORRELATION,
        Unit.RATIO,
        "mean correlation of daily returns over all pairs",
        "90d",
    ),
    _Entry(
        "sharpe_365d",
        Metric.SHARPE,
        Unit.RATIO,
        f"mean / standard deviation of daily returns {_HISTORY} x sqrt(365)",
        "365d",
    ),
    _Entry(
        "maximum_drawdown_365d",
        Metric.MAX_DRAWDOWN,
        Unit.PCT,
        f"deepest fall from a peak of the value {_HISTORY} x 100",
        "365d",
        100,
    ),
)


def portfolio_subject(snapshot: Snapshot) -> str:
    """The fact subject of the briefing's portfolio."""
    return f"portfolio:{snapshot.portfolio_id}"


def portfolio_key(what: str) -> str:
    """The draft key of a fact about the portfolio."""
    return f"portfolio/{what}"


def portfolio_standing(snapshot: Snapshot) -> dict[str, object]:
    """Whose figures they are that are about a holding and rest on the prices of several: the portfolio's."""
    disputed = snapshot.disputed_ids & snapshot.held_ids
    return {"source": snapshot.source, "state": State.DISPUTED if disputed else State.FRESH}


def held_closes(snapshot: Snapshot) -> tuple[Floats, Floats]:
    """Amounts, and closes as days x holdings; a holding that is not in the panel has no closes."""
    amounts = np.array([float(holding.amount) for holding in snapshot.holdings])
    closes = np.full((len(snapshot.prices.days), len(amounts)), np.nan)
    for place, holding in enumerate(snapshot.holdings):
        if (column := snapshot.prices.column(holding.asset_id)) is not None:
            closes[:, place] = snapshot.prices.close[:, column]
    return amounts, closes


def measure_portfolio(snapshot: Snapshot) -> PortfolioReport | None:
    """Measure the portfolio; None if nothing is held."""
    if not snapshot.holdings:
        return None
    amounts, closes = held_closes(snapshot)
    bitcoin = snapshot.bitcoin
    column = snapshot.prices.column(bitcoin) if bitcoin is not None else None
    benchmark = None if column is None else snapshot.prices.close[:, column]
    return portfolio_report(amounts, closes, benchmark)


def add_portfolio_facts(book: FactBook, snapshot: Snapshot, report: PortfolioReport) -> None:
    """Draft every figure of the report that has a value."""
    _add_value(book, snapshot, report)
    for entry in _ENTRIES:
        _add_entry(book, snapshot, entry, getattr(report, entry.name))
    _add_bitcoin_link(book, snapshot, report)
    origin = derivation("count", "holdings with an amount", *amount_refs(snapshot))
    book.add(
        portfolio_key("holding_count"),
        portfolio_subject(snapshot),
        Metric.HOLDING_COUNT,
        Unit.COUNT,
        Decimal(report.holding_count),
        origin,
    )


def _holding_count(snapshot: Snapshot) -> int:
    return sum(1 for holding in snapshot.holdings if holding.amount)


def holding_ranges(snapshot: Snapshot, days: int) -> tuple[RowRange, ...]:
    """The stored closes of every holding in the last `days` rows."""
    held = (holding.asset_id for holding in snapshot.holdings)
    return tuple(
        bar_range(snapshot, asset_id, days) for asset_id in held if snapshot.prices.column(asset_id) is not None
    )


def _closes(snapshot: Snapshot, row: int) -> tuple[RowRef, ...]:
    held = (holding.asset_id for holding in snapshot.holdings)
    return tuple(bar_ref(snapshot, asset_id, row) for asset_id in held if snapshot.prices.column(asset_id) is not None)


def exact_value(snapshot: Snapshot, row: int) -> Decimal | None:
    """The portfolio's value on a panel row in exact decimals, USD; None if a holding has no close."""
    total = Decimal(0)
    for holding in snapshot.holdings:
        if not holding.amount:
            continue
        column = snapshot.prices.column(holding.asset_id)
        close = float(snapshot.prices.close[row, column]) if column is not None else np.nan
        if not np.isfinite(close):
            return None
        total += holding.amount * Decimal(repr(close))
    return total


def _add_value(book: FactBook, snapshot: Snapshot, report: PortfolioReport) -> None:
    subject, worth = portfolio_subject(snapshot), exact_value(snapshot, -1)
    if worth is None:
        return
    origin = derivation("sum", "sum of amount x close", *amount_refs(snapshot), *_closes(snapshot, -1))
    book.add(portfolio_key("value"), subject, Metric.VALUE, Unit.USD, worth, origin)
    before = exact_value(snapshot, -2)
    if before is None or report.change_1d_pct.value is None:
        return
    add_change_since(book, snapshot, row=-2, window="1d", suffix="1d")


def add_change_since(
    book: FactBook, snapshot: Snapshot, row: int, window: str, suffix: str, start: date | None = None
) -> bool:
    """Draft the change of value since a panel row, in per cent and in USD; False if a close is missing.

    `start` is the day that is named in words if it is not that of the row.
    """
    now, before = exact_value(snapshot, -1), exact_value(snapshot, row)
    if now is None or before is None or before == 0:
        return False
    subject, base = portfolio_subject(snapshot), snapshot.prices.day(row)
    named = start or base
    inputs = (*amount_refs(snapshot), *_closes(snapshot, row), *_closes(snapshot, -1))
    change = derivation("change_pct", f"(value / value at the close of {base} - 1) x 100", *inputs)
    book.add(
        portfolio_key(f"change_{suffix}"),
        subject,
        Metric.CHANGE,
        Unit.PCT,
        (now / before - 1) * 100,
        change,
        window=window,
        start=named,
    )
    money = derivation("difference", f"value - value at the close of {base}", *inputs)
    book.add(
        portfolio_key(f"value_change_{suffix}"),
        subject,
        Metric.VALUE_CHANGE,
        Unit.USD,
        now - before,
        money,
        window=window,
        start=named,
    )
    return True


def _add_entry(book: FactBook, snapshot: Snapshot, entry: _Entry, figure: Figure) -> None:
    if figure.value is None:
        return
    days = {"90d": RISK_DAYS + 1, "365d": HISTORY_DAYS + 1}.get(entry.window or "", 1)
    origin = derivation(entry.metric, entry.formula, *amount_refs(snapshot), *holding_ranges(snapshot, days))
    details = (
        {"universe": "holdings", "universe_size": _holding_count(snapshot)}
        if entry.metric is Metric.AVERAGE_CORRELATION
        else {}
    )
    book.add(
        portfolio_key(entry.name),
        portfolio_subject(snapshot),
        entry.metric,
        entry.unit,
        figure.value * entry.scale,
        origin,
        window=entry.window,
        **details,
    )


def _add_bitcoin_link(book: FactBook, snapshot: Snapshot, report: PortfolioReport) -> None:
    linked, beta, bitcoin = report.correlation_to_benchmark_90d.value, report.beta_90d.value, snapshot.bitcoin
    if linked is None or beta is None or bitcoin is None:
        return
    inputs: tuple[RowRef | RowRange, ...] = (
        *amount_refs(snapshot),
        *holding_ranges(snapshot, RISK_DAYS + 1),
        bar_range(snapshot, bitcoin, RISK_DAYS + 1),
    )
    subject, other = portfolio_subject(snapshot), subject_of(bitcoin)
    origin = derivation("correlation", f"correlation of daily returns {_MIX} with Bitcoin's", *inputs)
    book.add(
        portfolio_key("correlation"), subject, Metric.CORRELATION, Unit.RATIO, linked, origin, window="90d", other=other
    )
    origin = derivation("beta", "covariance with Bitcoin's daily returns / their variance", *inputs)
    book.add(portfolio_key("beta"), subject, Metric.BETA, Unit.RATIO, beta, origin, window="90d", other=other)
