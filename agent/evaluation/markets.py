"""Building a frozen market: a recipe in, a database file out, made through the store's own functions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
from sqlmodel import Session

from agent.analytics.bars import Flags, Floats
from agent.briefing.wanted import Wanted
from agent.evaluation.reader import hold, make_index
from agent.evaluation.recipes import (
    HOSTILE_NAMES,
    PORTFOLIO,
    SECOND_SOURCE,
    SOURCE,
    Recipe,
    collected_at,
)
from agent.jobs.scan import scan_day
from agent.jobs.scorecard import score_day
from agent.measuring.ground import Scope
from agent.store.assets import asset_ids, link_asset, set_ranks, upsert_listings
from agent.store.bars import upsert_daily_bars
from agent.store.engine import Store
from agent.store.grades import upsert_grades
from agent.store.metrics import upsert_metrics
from agent.store.runs import RunOutcome, RunStatus, finish_run, start_run
from agent.store.sources import source_id
from agent.store.trading_signals import upsert_trading_signals
from datasources.base import Terms
from datasources.records import AssetListing, DailyBar, DataKind, Grade, GradeKind, Metric, TradingSignal
from datasources.sandbox.market import BarPanel, SandboxMarket

GRADED_DAYS = 20
COLLECTED_DAYS = 10
SCORE_DRAWS = 200
_CRASH = (0.25, 0.5)
_DISPUTED_BY = 1.12
_STALE_DAYS = 3
_EXPECTED = (DataKind.DAILY_BARS, DataKind.TRADER_GRADES, DataKind.GRADES, DataKind.TRADING_SIGNALS)


@dataclass(frozen=True, slots=True)
class Market:
    """A built market: its recipe and the database, which is not to be written to but copied."""

    recipe: Recipe
    path: Path


def wanted_on(day: date, edition: str = "daily") -> Wanted:
    """The briefing for the morning after the close of `day`."""
    morning = day + timedelta(days=1)
    return Wanted(PORTFOLIO, morning, edition, SOURCE, (SECOND_SOURCE,), morning, (SOURCE, SECOND_SOURCE))


def build_market(recipe: Recipe, path: Path) -> Market:
    """The database of a recipe at `path`, scored, with the last days scanned; the same rows wherever it is made."""
    now = collected_at(recipe.last_close)
    market = SandboxMarket(recipe.tokens, recipe.seed)
    start = recipe.last_close - timedelta(days=recipe.days - 1)
    panel = _troubled(recipe, market.panel(now, start, recipe.last_close))
    store = Store(path)
    store.upgrade(backup=False)
    with store.writer() as session:
        _fill(session, recipe, market, panel)
    make_index(store, recipe)
    if recipe.scanned_days:  # scored before the first scan, so that its signals have confidences
        first = recipe.last_close - timedelta(days=recipe.scanned_days)
        score_day(store, Scope(SOURCE, first), partial(collected_at, first), draws=SCORE_DRAWS)
    for back in range(recipe.scanned_days - 1, -1, -1):
        day = recipe.last_close - timedelta(days=back)
        scan_day(store, Scope(SOURCE, day), partial(collected_at, day))
    return Market(recipe, path)


def _fill(session: Session, recipe: Recipe, market: SandboxMarket, panel: BarPanel) -> None:
    now = collected_at(recipe.last_close)
    for name in (SOURCE, SECOND_SOURCE):
        source_id(session, name, Terms("Invented data.", "", "", None))
    listings = _listings(recipe, market, now)
    upsert_listings(session, SOURCE, listings, now)
    top = market.top_tokens(now)
    set_ranks(session, SOURCE, {str(token.token_id): rank for rank, token in enumerate(top, 1)})
    for day, bars in _bars_by_day(panel):
        upsert_daily_bars(session, SOURCE, bars, collected_at(day))
    held = [str(token.token_id) for token in top[: recipe.holdings]]
    _second_opinion(session, recipe, panel, held)
    _opinions(session, recipe, market, panel.token_ids.tolist())
    hold(session, held, panel, now)
    _runs(session, recipe)


def _listings(recipe: Recipe, market: SandboxMarket, now: datetime) -> Sequence[AssetListing]:
    listings = [
        AssetListing(
            str(token.token_id),
            token.symbol,
            token.name,
            token.slug,
            categories=tuple(category.slug for category in token.categories or ()),
        )
        for token in market.tokens(now)
    ]
    if recipe.hostile_names:
        ranked = [str(token.token_id) for token in market.top_tokens(now)]
        names = dict(zip(ranked[2::3], HOSTILE_NAMES, strict=False))  # some of them held, some not
        listings = [replace(item, name=names.get(item.provider_id, item.name)) for item in listings]
    return listings


def _troubled(recipe: Recipe, panel: BarPanel) -> BarPanel:
    """The panel with the recipe's crashes, flat days and missing bars."""
    rng = np.random.default_rng(recipe.seed)
    factor = np.ones_like(panel.close_usd)
    close = panel.close_usd.copy()
    for back, what in recipe.trouble:
        row = len(panel.days) - 1 - back
        if what == "crash":
            factor[row:] *= 1 - rng.uniform(*_CRASH, size=close.shape[1])
        elif what == "flat":
            factor[row:] *= close[row - 1] / close[row]
    panel = _scaled(panel, np.nan_to_num(factor, nan=1.0))
    for back, what in recipe.trouble:
        if what == "stale":
            row = len(panel.days) - 1 - back
            missing = np.zeros_like(close, dtype=bool)
            missing[row - _STALE_DAYS + 1 : row + 1, 4::7] = True
            panel = _without(panel, missing)
    return panel


def _scaled(panel: BarPanel, factor: Floats) -> BarPanel:
    return replace(
        panel,
        open_usd=panel.open_usd * factor,
        high_usd=panel.high_usd * factor,
        low_usd=panel.low_usd * factor,
        close_usd=panel.close_usd * factor,
    )


def _without(panel: BarPanel, missing: Flags) -> BarPanel:
    arrays = (panel.open_usd, panel.high_usd, panel.low_usd, panel.close_usd, panel.volume_usd)
    return BarPanel(panel.days, panel.token_ids, *(np.where(missing, np.nan, array) for array in arrays))


def _bars_by_day(panel: BarPanel) -> Iterator[tuple[date, list[DailyBar]]]:
    """Open, high and low are put around the close, which alone was troubled."""
    for row, day in enumerate(panel.days):
        yield day, [_bar(panel, row, column) for column in np.flatnonzero(np.isfinite(panel.close_usd[row])).tolist()]


def _bar(panel: BarPanel, row: int, column: int) -> DailyBar:
    ends = [float(array[row, column]) for array in (panel.open_usd, panel.close_usd)]
    high = max(*ends, float(panel.high_usd[row, column]))
    low = min(*ends, float(panel.low_usd[row, column]))
    volume = float(panel.volume_usd[row, column])
    return DailyBar(str(panel.token_ids[column]), panel.days[row], ends[0], high, low, ends[1], volume)


def _second_opinion(session: Session, recipe: Recipe, panel: BarPanel, held: Sequence[str]) -> None:
    """The largest holding as a second source has it; it differs on disputed days."""
    now, key = collected_at(recipe.last_close), held[0]
    known = asset_ids(session, SOURCE)
    link_asset(session, SECOND_SOURCE, key, known[key], now)
    column = [str(number) for number in panel.token_ids].index(key)
    for row in range(max(0, len(panel.days) - GRADED_DAYS), len(panel.days)):
        day, close = panel.days[row], float(panel.close_usd[row, column])
        if np.isfinite(close):
            close *= _DISPUTED_BY if "disputed" in recipe.troubles_on(day) else 1.0
            bar = DailyBar(key, day, None, None, None, close, None)
            upsert_daily_bars(session, SECOND_SOURCE, [bar], collected_at(day))


def _opinions(session: Session, recipe: Recipe, market: SandboxMarket, ids: list[int]) -> None:
    """Grades, trading signals and the market's own figures, each learned when its day was over."""
    now, last = collected_at(recipe.last_close), recipe.last_close
    for back in range(GRADED_DAYS - 1, -1, -1):
        day = last - timedelta(days=back)
        if "failed" in recipe.troubles_on(day):
            continue
        at = collected_at(day)
        grades = [
            *(Grade(str(row.token_id), day, GradeKind.TRADER, row.trader_grade)
              for row in market.trader_grades(now, ids, day, day)),
            *(Grade(str(row.token_id), day, GradeKind.TM, row.tm_grade)
              for row in market.tm_grades(now, ids, day, day)),
        ]  # fmt: skip
        upsert_grades(session, SOURCE, grades, at)
        calls = [TradingSignal(str(r.token_id), day, r.signal) for r in market.trading_signals(now, ids, day, day)]
        upsert_trading_signals(session, SOURCE, calls, at)
        totals = [
            Metric(None, row.day, "market.total_market_cap_usd", "usd", float(row.total_market_cap_usd))
            for row in market.market_metrics(now, day, day)
        ]
        upsert_metrics(session, SOURCE, totals, at)
    moods = [
        Metric(None, row.day, "sentiment.fear_greed_index", "score", float(row.value))
        for row in market.sentiment(now)[:GRADED_DAYS]
    ]
    upsert_metrics(session, SECOND_SOURCE, moods, now)


def _runs(session: Session, recipe: Recipe) -> None:
    """The collections of the last days, failed ones where the recipe says so."""
    for back in range(COLLECTED_DAYS - 1, -1, -1):
        day = recipe.last_close - timedelta(days=back)
        at = collected_at(day)
        is_failed = "failed" in recipe.troubles_on(day)
        for kind in _EXPECTED:
            fails = is_failed and kind is not DataKind.DAILY_BARS
            outcome = (
                RunOutcome(RunStatus.FAILED, error_class="RateLimited")
                if fails
                else RunOutcome(RunStatus.OK, received=5)
            )
            finish_run(session, start_run(session, SOURCE, kind, at), outcome, at)
