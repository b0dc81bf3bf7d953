"""Reading a snapshot: everything a briefing needs, in one short read of the store."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlmodel import Session

from agent.analytics.confidence import nearest_horizon
from agent.analytics.grades import THRESHOLDS
from agent.briefing.gather_holdings import read_listed_levels, read_onchain, read_own_grades
from agent.briefing.gather_market import read_bitcoin_values, read_month_before
from agent.briefing.gather_own import read_indices, read_scores
from agent.briefing.prices import PANEL_DAYS, newest_held_day, read_disputes, read_prices
from agent.briefing.snapshot import (
    GradeSeen,
    HeldAsset,
    MetricSeen,
    NewSignal,
    PreviousBriefing,
    Prices,
    RunSeen,
    SignalSeen,
    Snapshot,
    TradingSignalSeen,
)
from agent.briefing.wanted import Wanted
from agent.claims.naming import NamedAsset
from agent.claims.wordings_signals import WORDED_ELSEWHERE, WORDED_HERE
from agent.store import portfolios
from agent.store.assets import AssetRow, get_assets, get_underlyings
from agent.store.bars import last_day, learned_at
from agent.store.briefings import latest_briefing
from agent.store.grades import grades_on
from agent.store.metrics import metric_history
from agent.store.portfolios import PortfolioRow
from agent.store.runs import RunStatus, latest_runs
from agent.store.signals import SignalRow, signals_between, wider_signals_between
from agent.store.sources import attributions
from agent.store.trading_signals import previous_trading_signal, trading_signals_on
from datasources.records import GradeKind

SEEN_DAYS = 7  # older grades and trading signals are left out
MARKET_DAYS = 10
ONE_DAY = timedelta(days=1)
MARKET_NAMES = (
    "market.total_market_cap_usd",
    "market.high_grade_share_pct",
    "sentiment.fear_greed_index",
    "stablecoin.supply_usd",
    "defi.total_tvl_usd",
)
# The signals that a briefing has words for: it counts no others.
WORDED_SIGNALS = WORDED_HERE | WORDED_ELSEWHERE
# Kinds whose rows a reader would miss; the others only add detail.
EXPECTED_KINDS = frozenset(
    {
        "daily_bars",
        "top_assets",
        "trader_grades",
        "investor_grades",
        "grades",
        "trading_signals",
        "market_metrics",
        "sentiment",
    }
)


def last_day_with_bars(session: Session, source: str, before: date, look_back_days: int = PANEL_DAYS) -> date | None:
    """The last day before `before` on which any asset has a bar; None if there is none within the look-back."""
    return last_day(session, source, before - timedelta(days=look_back_days), before - ONE_DAY)


def read_snapshot(session: Session, wanted: Wanted) -> Snapshot | None:
    """Everything known for a briefing; None if there is not a single bar. Raises UnknownRow for the portfolio."""
    as_of = last_day_with_bars(session, wanted.source, wanted.first_open_day)
    if as_of is None:
        return None
    portfolio = portfolios.require(session, wanted.portfolio)
    held = tuple(HeldAsset(row.asset_id, row.amount) for row in portfolios.holdings(session, portfolio.portfolio_id))
    held_ids = [holding.asset_id for holding in held]
    as_of = newest_held_day(session, wanted, held_ids, as_of)
    prices = read_prices(session, wanted, as_of, held_ids)
    targets = portfolios.targets(session, portfolio.portfolio_id)
    shown = {*prices.asset_ids.tolist(), *held_ids, *targets}
    assets = get_assets(session, shown)
    assets |= get_underlyings(session, {key: row for key, row in assets.items() if key in held_ids})
    previous = _previous(session, portfolio, wanted)
    signals = tuple(_signals(signals_between(session, wanted.source, as_of, as_of)))
    market, sources = tuple(_market(session, wanted)), (wanted.source, *wanted.other_sources)
    return Snapshot(
        portfolio_id=portfolio.portfolio_id,
        portfolio=portfolio.name,
        holdings=held,
        day=wanted.day,
        edition=wanted.edition,
        as_of=as_of,
        expected_as_of=wanted.first_open_day - ONE_DAY,
        source=wanted.source,
        attributions=_attributions(session, wanted),
        fetched_at=_learned_at(session, wanted, as_of, prices),
        names={asset_id: NamedAsset(asset_id, row.name, row.symbol) for asset_id, row in sorted(assets.items())},
        slugs={asset_id: row.slug for asset_id, row in sorted(assets.items())},
        prices=prices,
        grades=tuple(_grades(session, wanted, {holding.asset_id for holding in held}, assets)),
        trading_signals=tuple(_trading_signals(session, wanted, {holding.asset_id for holding in held})),
        market=(*market, *read_month_before(session, market)),
        signals=signals,
        runs=tuple(_runs(session, wanted)),
        previous=previous,
        new_signals=None if previous is None else _new_signals(session, wanted, previous, as_of),
        disputes=read_disputes(session, wanted, as_of, held_ids),
        wider_signals=tuple(_signals(wider_signals_between(session, wanted.source, as_of, as_of))),
        own_grades=read_own_grades(session, wanted.source, as_of, held_ids),
        onchain=(
            *read_onchain(session, sources, as_of, held_ids),
            *read_bitcoin_values(session, sources, as_of, assets),
        ),
        levels=tuple(read_listed_levels(session, wanted.source, as_of, held_ids)),
        assets=assets,
        targets=targets,
        indices=read_indices(session, as_of),
        scores=read_scores(session, wanted.source, as_of, [item for item in signals if item.asset_id in held_ids]),
    )


def _signals(rows: Iterable[SignalRow]) -> Iterable[SignalSeen]:
    """Stored signals that have words, which those of an earlier version may not have."""
    for row in rows:
        if row.name in WORDED_SIGNALS:
            yield SignalSeen(
                asset_id=row.asset_id,
                name=row.name,
                direction=row.direction,
                value=row.value,
                sector=row.sector,
                confidence=row.confidence,
                sample_size=row.sample_size or 0,
                proven=row.proven,
                horizon_days=0 if row.expires_on is None else nearest_horizon((row.expires_on - row.day).days),
            )


def _learned_at(session: Session, wanted: Wanted, as_of: date, prices: Prices) -> datetime:
    """When the newest bar of the day was learned, of the sources that the prices are from."""
    sources = {wanted.source, *prices.elsewhere.values()}
    found = [source for source in sources if last_day(session, source, as_of, as_of) is not None]
    return max(learned_at(session, source, as_of) for source in found)


def _previous(session: Session, portfolio: PortfolioRow, wanted: Wanted) -> PreviousBriefing | None:
    row = latest_briefing(session, portfolio.portfolio_id, before=wanted.day)
    return None if row is None else PreviousBriefing(row.day, row.as_of)


def _attributions(session: Session, wanted: Wanted) -> dict[str, str]:
    known = attributions(session)
    return {name: text for name in (wanted.source, *wanted.other_sources) if (text := known.get(name))}


def _grades(session: Session, wanted: Wanted, held: set[int], assets: dict[int, AssetRow]) -> Iterable[GradeSeen]:
    """The grades of what is held, and the trader grades of tracked coins that crossed a threshold on their day."""
    since = wanted.first_open_day - timedelta(days=SEEN_DAYS)
    for kind in GradeKind:
        latest = grades_on(session, wanted.source, kind, wanted.first_open_day, since=since)
        earlier = {
            day: grades_on(session, wanted.source, kind, day - ONE_DAY, since=day - ONE_DAY)
            for day in {row.day for row in latest.values()}
        }
        for asset_id, row in sorted(latest.items()):
            before = earlier[row.day].get(asset_id)
            crossed = before is not None and any((before.value < x) != (row.value < x) for x in THRESHOLDS)
            if asset_id in held or (crossed and kind is GradeKind.TRADER and asset_id in assets):
                yield GradeSeen(
                    asset_id=asset_id,
                    kind=kind,
                    day=row.day,
                    value=row.value,
                    fetched_at=row.fetched_at,
                    previous_day=None if before is None else before.day,
                    previous_value=None if before is None else before.value,
                )


def _trading_signals(session: Session, wanted: Wanted, held: set[int]) -> Iterable[TradingSignalSeen]:
    since = wanted.first_open_day - timedelta(days=SEEN_DAYS)
    latest = trading_signals_on(session, wanted.source, wanted.first_open_day, since=since)
    for asset_id in sorted(held & latest.keys()):
        row = latest[asset_id]
        before = previous_trading_signal(session, wanted.source, asset_id, row.day)
        is_next = before is not None and row.day - before.day == ONE_DAY
        previous = before.signal if before is not None and is_next else None
        yield TradingSignalSeen(asset_id, row.day, row.signal, row.fetched_at, previous)


def _market(session: Session, wanted: Wanted) -> Iterable[MetricSeen]:
    today = wanted.first_open_day
    start = today - timedelta(days=MARKET_DAYS)
    for source in (wanted.source, *wanted.other_sources):
        for name in MARKET_NAMES:
            last = today if name.startswith("sentiment.") else today - ONE_DAY
            for row in metric_history(session, source, name, None, start, last):
                yield MetricSeen(row.name, source, row.day, row.value, row.fetched_at)


def _runs(session: Session, wanted: Wanted) -> Iterable[RunSeen]:
    for source in (wanted.source, *wanted.other_sources):
        for run in latest_runs(session, source):
            if run.finished_at is None or run.finished_at.date() > wanted.day + ONE_DAY:
                continue  # what runs now, or long after that day, says nothing of it
            failed = run.error_class is not None or run.status == RunStatus.FAILED
            left_out = run.status == RunStatus.DEFERRED
            if left_out and source not in wanted.capped:
                continue  # it was left out when there was a cap
            kind = run.kind.partition("/")[0]
            if (left_out or not failed) and kind not in EXPECTED_KINDS:
                continue
            received = run.received
            if kind == "daily_bars" and not failed:
                received = max(received, 1)  # nothing new is no gap: what is missing shows in the coverage
            yield RunSeen(source, run.kind, run.status, run.error_class, received, run.finished_at)


def _new_signals(session: Session, wanted: Wanted, previous: PreviousBriefing, as_of: date) -> tuple[NewSignal, ...]:
    if previous.as_of >= as_of:
        return ()
    first = previous.as_of + ONE_DAY
    found = (
        *signals_between(session, wanted.source, first, as_of),
        *wider_signals_between(session, wanted.source, first, as_of),
    )
    return tuple(NewSignal(row.day, row.asset_id, row.name, row.sector) for row in found if row.name in WORDED_SIGNALS)
