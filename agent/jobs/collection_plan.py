"""What to ask a source for: the assets that matter, and only the days that are not stored yet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from agent.store.coverage import Coverage, DayRun
from datasources.base import Capability, Query
from datasources.records import DataKind

ORDER: tuple[DataKind, ...] = (
    DataKind.ASSETS,
    DataKind.TOP_ASSETS,
    DataKind.DAILY_BARS,
    DataKind.QUOTES,
    DataKind.GRADES,
    DataKind.TRADER_GRADES,
    DataKind.INVESTOR_GRADES,
    DataKind.TRADING_SIGNALS,
    DataKind.MARKET_METRICS,
    DataKind.LEVELS,
    DataKind.QUANT_METRICS,
    DataKind.CORRELATIONS,
    DataKind.SENTIMENT,
    DataKind.ONCHAIN_METRICS,
)
ON_REQUEST = (DataKind.HOURLY_BARS, DataKind.GRADE_HISTORY)
FEW_DAYS = 3  # a day's row may come late, so the days just past are asked for again
LONGEST_LOOK_BACK_DAYS = 29
MARKET_DAYS = 29
HOURLY_DAYS = 2
LATE_DAYS = 2  # a bar that is missing may still come for this long


@dataclass(frozen=True, slots=True)
class Scope:
    """Which assets a collection is about, by the source's own keys.

    `universe` gets daily rows; `focus` (holdings, else the largest) gets what costs a credit for few rows.
    """

    universe: tuple[str, ...]
    focus: tuple[str, ...]


def kinds_of(capabilities: Mapping[DataKind, Capability], wanted: Sequence[DataKind] | None) -> tuple[DataKind, ...]:
    """The kinds to collect, in the order in which they build on each other."""
    chosen = ORDER if wanted is None else (*ORDER, *ON_REQUEST)
    return tuple(kind for kind in chosen if kind in capabilities and (wanted is None or kind in wanted))


_MARKET_WIDE = frozenset({DataKind.MARKET_METRICS, DataKind.SENTIMENT, DataKind.ONCHAIN_METRICS})
_PRESENT_OF_FOCUS = frozenset({DataKind.LEVELS, DataKind.QUANT_METRICS, DataKind.CORRELATIONS})
_PRESENT_OF_UNIVERSE = frozenset({DataKind.QUOTES, DataKind.GRADES})
_HISTORY_OF_FOCUS = {DataKind.HOURLY_BARS: HOURLY_DAYS, DataKind.GRADE_HISTORY: LONGEST_LOOK_BACK_DAYS - 1}


def queries(kind: DataKind, scope: Scope, today: date, watermark: date | None, universe_size: int) -> tuple[Query, ...]:
    """The queries for a kind other than daily bars; none if there is no asset to ask about."""
    if kind in {DataKind.ASSETS, DataKind.TOP_ASSETS}:
        return (Query(limit=universe_size if kind is DataKind.TOP_ASSETS else None),)
    if kind in _MARKET_WIDE:
        return (Query(start=today - timedelta(days=MARKET_DAYS - 1), end=today),)
    if kind in _HISTORY_OF_FOCUS:
        return _about(scope.focus, today - timedelta(days=_HISTORY_OF_FOCUS[kind]), today)
    if kind in _PRESENT_OF_FOCUS | _PRESENT_OF_UNIVERSE:
        return _about(scope.focus if kind in _PRESENT_OF_FOCUS else scope.universe, None, None)
    return _about(scope.universe, _start(today, watermark), today)


def _start(today: date, watermark: date | None) -> date:
    recent = today - timedelta(days=FEW_DAYS)
    earliest = today - timedelta(days=LONGEST_LOOK_BACK_DAYS - 1)
    return max(earliest, min(recent, watermark)) if watermark is not None else recent


def _about(ids: tuple[str, ...], start: date | None, end: date | None) -> tuple[Query, ...]:
    return (Query(provider_ids=ids, start=start, end=end),) if ids else ()


def bar_queries(covered: Mapping[str, Coverage]) -> tuple[Query, ...]:
    """The queries that fill what is missing of daily bars, assets with the same missing days together."""
    groups: dict[DayRun, list[str]] = {}
    for provider_id, coverage in covered.items():
        for run in coverage.missing:
            groups.setdefault(run, []).append(provider_id)
    ordered = sorted(groups.items(), key=lambda item: (item[0].first_day, item[0].last_day))
    return tuple(Query(tuple(ids), run.first_day, run.last_day) for run, ids in ordered)


def settled_gaps(covered: Iterable[Coverage], today: date) -> tuple[tuple[int, DayRun], ...]:
    """The days still missing after they were asked for, up to where a late bar can no longer be hoped for."""
    final = today - timedelta(days=LATE_DAYS + 1)
    return tuple(
        (coverage.asset_id, DayRun(run.first_day, min(run.last_day, final)))
        for coverage in covered
        for run in coverage.missing
        if run.first_day <= final
    )
