"""What to ask a source for: the assets that matter, and only the days that are not stored yet. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

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
    DataKind.DEFI_METRICS,
    DataKind.NETWORK_METRICS,
    DataKind.MARKET_CAPS,
    DataKind.TECHNOLOGY_GRADES,
    DataKind.FUNDAMENTAL_GRADES,
    DataKind.HOURLY_SIGNALS,
    DataKind.PREDICTIONS,
    DataKind.REPORTS,
    DataKind.INDICES,
    DataKind.INDEX_HOLDINGS,
    DataKind.INDEX_PERFORMANCE,
    DataKind.MOONSHOTS,
    DataKind.INVESTORS,
)
ON_REQUEST = (
    DataKind.HOURLY_BARS,
    DataKind.GRADE_HISTORY,
    DataKind.TECHNOLOGY_GRADE_HISTORY,
    DataKind.FUNDAMENTAL_GRADE_HISTORY,
    DataKind.SCENARIOS,  # replaced by the predictions, answered by old servers only
)
FEW_DAYS = 3  # a day's row may come late, so the days just past are asked for again
RESTATED_DAYS = 7  # on-chain flows are restated; a week is asked for again
LONGEST_LOOK_BACK_DAYS = 29
LONGEST_PAUSE_DAYS = 8  # bars that are asked for once a week, and a day late
MARKET_DAYS = 29
HOURLY_DAYS = 2
LATE_DAYS = 2  # a bar that is missing may still come for this long
ASSETS_PER_QUERY = 297  # keeps what one fetch has to remember small; full pages of three assets or of ninety-nine
MARKET_CAPS_PER_QUERY = 250  # one page
SAMPLE = 10


class Tier(StrEnum):
    """For whom a step is taken, the most important first."""

    MARKET = "market"
    HOLDINGS = "holdings"
    WATCHLIST = "watchlist"
    UNIVERSE = "universe"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which assets a collection is about, by the source's own keys; no key is in two of the three.

    `rest` are the largest of the others. The universe gets daily rows; the focus (what is held or watched, else the
    ten largest) what costs a credit for few rows.
    """

    held: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()

    @property
    def universe(self) -> tuple[str, ...]:
        """All of them, the most important first."""
        return (*self.held, *self.watched, *self.rest)

    @property
    def focus(self) -> tuple[str, ...]:
        """What is held or watched; the ten largest if nothing is."""
        return (*self.held, *self.watched) or self.rest[:SAMPLE]

    def narrowed(self) -> "Scope":
        """Without the rest, for a source that only gives a second opinion."""
        return Scope(self.held, self.watched, () if self.held or self.watched else self.rest[:SAMPLE])

    def tier(self, keys: Iterable[str]) -> Tier:
        """The least important tier among these keys."""
        found = set(keys)
        if found <= set(self.held):
            return Tier.HOLDINGS
        return Tier.WATCHLIST if found <= {*self.held, *self.watched} else Tier.UNIVERSE

    def parts(self) -> tuple[tuple[Tier, tuple[str, ...]], ...]:
        """The tiers that have any asset."""
        found = ((Tier.HOLDINGS, self.held), (Tier.WATCHLIST, self.watched), (Tier.UNIVERSE, self.rest))
        return tuple((tier, keys) for tier, keys in found if keys)


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a collection that is taken or left out as a whole; `backfill` is history that is fetched once."""

    kind: DataKind
    tier: Tier
    queries: tuple[Query, ...]
    backfill: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """What one run does: a kind of data as a whole, or for one tier where credits are counted.

    `key` names its runs in the ledger. `steps` are repeated for ever; `history` is fetched once, as credits allow.
    """

    kind: DataKind
    tier: Tier
    key: str
    steps: tuple[Query, ...]
    history: tuple[Query, ...] = ()


def tasks(kind: DataKind, found: Sequence[Step], *, apart: bool) -> tuple[Task, ...]:
    """Group the steps of a kind into tasks; a kind with nothing to ask for has none."""
    if not apart:
        queries = tuple(query for step in found for query in step.queries)
        return (Task(kind, found[0].tier, kind.value, queries),) if queries else ()
    tiers = dict.fromkeys(step.tier for step in found)
    return tuple(
        Task(
            kind=kind,
            tier=tier,
            key=task_key(kind, tier),
            steps=_queries(found, tier, backfill=False),
            history=_queries(found, tier, backfill=True),
        )
        for tier in tiers
    )


def task_key(kind: DataKind, tier: Tier) -> str:
    """What the runs of a kind for one tier are named in the ledger."""
    return kind.value if tier in {Tier.MARKET, Tier.HOLDINGS} else f"{kind.value}/{tier.value}"


@dataclass(frozen=True, slots=True)
class Situation:
    """What a plan depends on besides the kind: the scope, the day, what is stored, what the source can do."""

    scope: Scope
    today: date
    universe_size: int
    first_days: int = MARKET_DAYS  # how far back figures of the market and on-chain metrics are fetched at first
    apart: bool = False  # whether tiers are asked for apart, because not all may be affordable
    indices: tuple[str, ...] = ()  # the source's own keys of its indices


def kinds_of(capabilities: Mapping[DataKind, Capability], wanted: Sequence[DataKind] | None) -> tuple[DataKind, ...]:
    """The kinds to collect, in the order in which they build on each other."""
    chosen = ORDER if wanted is None else (*ORDER, *ON_REQUEST)
    return tuple(kind for kind in chosen if kind in capabilities and (wanted is None or kind in wanted))


_LISTS = frozenset({DataKind.ASSETS, DataKind.TOP_ASSETS, DataKind.INVESTORS, DataKind.INDICES, DataKind.MOONSHOTS})
_MARKET_WIDE = frozenset({DataKind.MARKET_METRICS, DataKind.SENTIMENT, DataKind.DEFI_METRICS, DataKind.NETWORK_METRICS})
_PRESENT_OF_FOCUS = frozenset(
    {
        DataKind.LEVELS,
        DataKind.QUANT_METRICS,
        DataKind.CORRELATIONS,
        DataKind.TECHNOLOGY_GRADES,
        DataKind.FUNDAMENTAL_GRADES,
        DataKind.SCENARIOS,
        DataKind.PREDICTIONS,
        DataKind.REPORTS,
    }
)
_PRESENT_OF_UNIVERSE = frozenset({DataKind.QUOTES, DataKind.GRADES, DataKind.MARKET_CAPS})
_HISTORY_OF_FOCUS = {
    DataKind.HOURLY_BARS: HOURLY_DAYS,
    DataKind.HOURLY_SIGNALS: HOURLY_DAYS,
    DataKind.GRADE_HISTORY: LONGEST_LOOK_BACK_DAYS - 1,
    DataKind.TECHNOLOGY_GRADE_HISTORY: LONGEST_LOOK_BACK_DAYS - 1,
    DataKind.FUNDAMENTAL_GRADE_HISTORY: LONGEST_LOOK_BACK_DAYS - 1,
}


_NEVER: Mapping[Tier, date] = MappingProxyType({})


def steps(kind: DataKind, situation: Situation, watermark: date | None) -> tuple[Step, ...]:
    """The steps for a kind other than daily bars, the most important first; none if there is nothing to ask about."""
    today = situation.today
    if kind in _LISTS:
        return (Step(kind, Tier.MARKET, (_list_query(kind, situation),)),)
    if kind in _MARKET_WIDE:
        recent = _start(today, watermark, FEW_DAYS) if watermark else today - timedelta(days=situation.first_days - 1)
        return (Step(kind, Tier.MARKET, (Query(start=recent, end=today),)),)
    if kind in {DataKind.INDEX_HOLDINGS, DataKind.INDEX_PERFORMANCE}:
        return _about(kind, Tier.MARKET, situation.indices, *_span(kind, situation, watermark))
    narrow = kind in _PRESENT_OF_FOCUS or kind in _HISTORY_OF_FOCUS
    scope = situation.scope.narrowed() if narrow else situation.scope
    if not situation.apart:
        return _about(kind, Tier.HOLDINGS, scope.universe, *_span(kind, situation, watermark))
    return tuple(
        step for tier, keys in scope.parts() for step in _about(kind, tier, keys, *_span(kind, situation, watermark))
    )


def bar_steps(
    covered: Mapping[str, Coverage], situation: Situation, watermarks: Mapping[Tier, date] = _NEVER
) -> tuple[Step, ...]:
    """The steps that fill what is missing of daily bars: the newest days of all before the history of any.

    The newest days of a tier are those since its last good run, `watermarks`, a few at least and eight at most.
    """
    if not situation.apart:
        queries = bar_queries(covered)
        return (Step(DataKind.DAILY_BARS, Tier.HOLDINGS, queries),) if queries else ()
    found = []
    for backfill in (False, True):
        for tier, keys in situation.scope.parts():
            newest = _newest(situation.today, watermarks.get(tier))
            part = {key: _cut(covered[key], newest, later=not backfill) for key in keys if key in covered}
            queries = bar_queries(part)
            if queries:
                found.append(Step(DataKind.DAILY_BARS, tier, queries, backfill))
    return tuple(found)


def yesterdays_bars(situation: Situation) -> tuple[Step, ...]:
    """What is asked for again and again once nothing older is missing: the bars of one day."""
    yesterday = situation.today - timedelta(days=1)
    return tuple(
        step
        for tier, keys in situation.scope.parts()
        for step in _about(DataKind.DAILY_BARS, tier, keys, yesterday, yesterday)
    )


def bar_queries(covered: Mapping[str, Coverage]) -> tuple[Query, ...]:
    """The queries that fill what is missing of daily bars, assets with the same missing days together."""
    groups: dict[DayRun, list[str]] = {}
    for provider_id, coverage in covered.items():
        for run in coverage.missing:
            groups.setdefault(run, []).append(provider_id)
    ordered = sorted(groups.items(), key=lambda item: (item[0].first_day, item[0].last_day))
    return tuple(Query(part, run.first_day, run.last_day) for run, ids in ordered for part in _chunks(ids))


def within_queries(covered: Mapping[str, Coverage], queries: Sequence[Query]) -> tuple[Coverage, ...]:
    """The same coverage with those missing days only that were asked for."""
    spans: dict[str, list[DayRun]] = {}
    for query in queries:
        if query.start and query.end:
            for key in query.provider_ids:
                spans.setdefault(key, []).append(DayRun(query.start, query.end))
    return tuple(
        replace(coverage, missing=_overlaps(coverage.missing, spans.get(key, []))) for key, coverage in covered.items()
    )


def settled_gaps(covered: Iterable[Coverage], today: date) -> tuple[tuple[int, DayRun], ...]:
    """The days still missing after they were asked for, up to where a late bar can no longer be hoped for."""
    final = today - timedelta(days=LATE_DAYS + 1)
    return tuple(
        (coverage.asset_id, DayRun(run.first_day, min(run.last_day, final)))
        for coverage in covered
        for run in coverage.missing
        if run.first_day <= final
    )


def _overlaps(missing: Sequence[DayRun], asked: Sequence[DayRun]) -> tuple[DayRun, ...]:
    both = (
        DayRun(max(gap.first_day, span.first_day), min(gap.last_day, span.last_day))
        for gap in missing
        for span in asked
    )
    return tuple(sorted((run for run in both if run.first_day <= run.last_day), key=lambda run: run.first_day))


def _queries(found: Sequence[Step], tier: Tier, *, backfill: bool) -> tuple[Query, ...]:
    matching = (step for step in found if step.tier is tier and step.backfill == backfill)
    return tuple(query for step in matching for query in step.queries)


def _list_query(kind: DataKind, situation: Situation) -> Query:
    return Query(limit=situation.universe_size if kind is DataKind.TOP_ASSETS else None)


def _span(kind: DataKind, situation: Situation, watermark: date | None) -> tuple[date | None, date | None]:
    """The days to ask for, None where a kind knows the present only."""
    today = situation.today
    if kind in _HISTORY_OF_FOCUS:
        return today - timedelta(days=_HISTORY_OF_FOCUS[kind]), today
    if kind in _PRESENT_OF_FOCUS | _PRESENT_OF_UNIVERSE | {DataKind.INDEX_HOLDINGS}:
        return None, None
    if kind is DataKind.ONCHAIN_METRICS and watermark is None:
        return today - timedelta(days=situation.first_days - 1), today
    return _start(today, watermark, RESTATED_DAYS if kind is DataKind.ONCHAIN_METRICS else FEW_DAYS), today


def _start(today: date, watermark: date | None, few_days: int) -> date:
    recent = today - timedelta(days=few_days)
    earliest = today - timedelta(days=LONGEST_LOOK_BACK_DAYS - 1)
    return max(earliest, min(recent, watermark)) if watermark is not None else recent


def _newest(today: date, watermark: date | None) -> date:
    recent, earliest = today - timedelta(days=FEW_DAYS), today - timedelta(days=LONGEST_PAUSE_DAYS)
    return recent if watermark is None else max(earliest, min(recent, watermark))


def _about(kind: DataKind, tier: Tier, ids: tuple[str, ...], start: date | None, end: date | None) -> tuple[Step, ...]:
    size = MARKET_CAPS_PER_QUERY if kind is DataKind.MARKET_CAPS else ASSETS_PER_QUERY
    queries = tuple(Query(provider_ids=part, start=start, end=end) for part in _chunks(ids, size))
    return (Step(kind, tier, queries),) if queries else ()


def _cut(coverage: Coverage, newest: date, *, later: bool) -> Coverage:
    """Keep the missing days from `newest` on, or those before it."""
    day = timedelta(days=1)
    runs = (
        DayRun(max(run.first_day, newest), run.last_day)
        if later
        else DayRun(run.first_day, min(run.last_day, newest - day))
        for run in coverage.missing
    )
    kept = tuple(run for run in runs if run.first_day <= run.last_day)
    return Coverage(coverage.asset_id, coverage.first_day, coverage.last_day, kept)


def _chunks(ids: Sequence[str], size: int = ASSETS_PER_QUERY) -> Iterator[tuple[str, ...]]:
    for at in range(0, len(ids), size):
        yield tuple(ids[at : at + size])
