"""A real database with 400 days of five coins, filled through the store's own functions, and days after the last."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlmodel import Session

from agent.briefing.archive import briefing_row, fact_row
from agent.briefing.document import Briefing
from agent.briefing.gather import read_snapshot
from agent.briefing.snapshot import Snapshot
from agent.briefing.wanted import Wanted
from agent.jobs.scan import scan_day
from agent.measuring.ground import Scope
from agent.store import portfolios
from agent.store.assets import upsert_listings
from agent.store.bars import upsert_daily_bars
from agent.store.briefings import save_briefing
from agent.store.engine import Store
from agent.store.grades import upsert_grades
from agent.store.metrics import upsert_metrics
from agent.store.portfolios import HoldingRow
from agent.store.runs import RunOutcome, RunStatus, finish_run, start_run
from agent.store.sources import source_id
from agent.store.trading_signals import upsert_trading_signals
from datasources.base import Terms
from datasources.records import AssetListing, DailyBar, DataKind, Grade, GradeKind, Metric, TradingSignal
from tests.agent.briefing.snapshots import AS_OF, DAY, DAYS, MOOD, TOTAL, steady, walk
from tests.agent.store.migrated import migrated

SOURCE = "sandbox"
NOW = datetime(2025, 10, 11, 0, 20, tzinfo=UTC)
WANTED = Wanted("main", DAY, "daily", SOURCE, ("files",))
LATER = timedelta(days=1)
# provider's key, symbol, name, slug, closes up to the last day
COINS: tuple[tuple[str, str, str, str | None, list[float]], ...] = (
    ("btc", "BTC", "Bitcoin", "bitcoin", walk(1)),
    ("eth", "ETH", "Ethereum", "ethereum", walk(2)),
    ("evil", "BTC", "Bitcoin rose 50%", None, steady(5.0, 4.0, 3.0, 2.0)),
    ("late", "PUMP", "Pump.fun", None, walk(5, days=DAYS - 3)),
    ("new", "NEW", "1inch", None, walk(4, days=6)),
)
HOLDINGS: Mapping[int, str] = {1: "0.50", 2: "10", 4: "1E+2"}


def fill(path: Path) -> Store:
    """The database, with a bar, a grade and a mood of later days that no briefing of the day may see."""
    store = migrated(path)
    with store.writer() as session:
        source_id(session, SOURCE, Terms("Invented data.", "", "", None))
        upsert_listings(
            session, SOURCE, [AssetListing(key, symbol, name, slug) for key, symbol, name, slug, _ in COINS], NOW
        )
        upsert_daily_bars(session, SOURCE, [bar for coin in COINS for bar in _bars(coin[0], coin[4])], NOW)
        _grades_and_moods(session)
        _runs(session)
        portfolio = portfolios.create(session, "main", NOW)
        rows = [HoldingRow(asset_id, Decimal(amount), None, NOW) for asset_id, amount in HOLDINGS.items()]
        portfolios.replace_holdings(session, portfolio.portfolio_id, rows)
        portfolios.create(session, "empty", NOW)
    for age in (1, 0):
        scan_day(store, Scope(SOURCE, AS_OF - timedelta(days=age)), lambda: NOW)
    return store


def _bars(key: str, closes: list[float]) -> list[DailyBar]:
    last = AS_OF - (timedelta(days=3) if key == "late" else timedelta(0))
    days = [last - timedelta(days=back) for back in range(len(closes) - 1, -1, -1)]
    made = [
        DailyBar(key, day, close, close * 1.01, close * 0.99, close, None if place % 50 == 0 else 1000.0 + place % 7)
        for place, (day, close) in enumerate(zip(days, closes, strict=True))
    ]
    return [*made, DailyBar(key, DAY, 9.0, 9.0, 9.0, 9.0, 9.0), DailyBar(key, DAY + LATER, 9.0, 9.0, 9.0, 9.0, 9.0)]


def _grades_and_moods(session: Session) -> None:
    graded = [
        *(Grade("btc", AS_OF - LATER, GradeKind.TRADER, 64.0), Grade("btc", AS_OF, GradeKind.TRADER, 82.1)),
        *(Grade("btc", AS_OF + 2 * LATER, GradeKind.TRADER, 1.0), Grade("eth", AS_OF - 3 * LATER, GradeKind.TM, 40.0)),
        *(Grade("eth", AS_OF - 30 * LATER, GradeKind.INVESTOR, 9.0), Grade("evil", AS_OF, GradeKind.TRADER, 50.0)),
        *(Grade("new", AS_OF - LATER, GradeKind.TRADER, 79.0), Grade("new", AS_OF, GradeKind.TRADER, 80.5)),
    ]
    upsert_grades(session, SOURCE, graded, NOW)
    called = [TradingSignal("btc", AS_OF - LATER, -1), TradingSignal("btc", AS_OF, 1), TradingSignal("eth", AS_OF, 0)]
    upsert_trading_signals(session, SOURCE, [*called, TradingSignal("eth", AS_OF + 2 * LATER, 1)], NOW)
    moods = {AS_OF - LATER: 64.0, AS_OF: 27.0, DAY: 30.0, DAY + LATER: 99.0}
    upsert_metrics(session, "files", [Metric(None, day, MOOD, "score", value) for day, value in moods.items()], NOW)
    totals = {AS_OF: 3.5151e12, DAY: 9.9e12}
    upsert_metrics(session, SOURCE, [Metric(None, day, TOTAL, "usd", value) for day, value in totals.items()], NOW)


def _runs(session: Session) -> None:
    outcomes = {
        DataKind.DAILY_BARS: RunOutcome(RunStatus.OK, received=0),
        DataKind.TRADER_GRADES: RunOutcome(RunStatus.FAILED, error_class="RateLimited"),
        DataKind.SENTIMENT: RunOutcome(RunStatus.OK, received=0),
        DataKind.ONCHAIN_METRICS: RunOutcome(RunStatus.OK, received=0),  # only detail: no gap
        DataKind.INVESTOR_GRADES: RunOutcome(RunStatus.FAILED),  # interrupted
        DataKind.GRADES: RunOutcome(RunStatus.OK, received=5),
    }
    for kind, outcome in outcomes.items():
        finish_run(session, start_run(session, SOURCE, kind, NOW), outcome, NOW)
    start_run(session, SOURCE, DataKind.TRADING_SIGNALS, NOW)
    long_after = NOW + 5 * LATER
    finish_run(session, start_run(session, SOURCE, DataKind.TOP_ASSETS, long_after),
               RunOutcome(RunStatus.FAILED, error_class="Unavailable"), long_after)  # fmt: skip


def snapshot_of(store: Store, wanted: Wanted = WANTED) -> Snapshot:
    with store.reader() as session:
        found = read_snapshot(session, wanted)
    assert found is not None
    return found


def save(store: Store, briefing: Briefing) -> None:
    with store.writer() as session:
        save_briefing(
            session, briefing_row(briefing, 1, "{}"), [fact_row(briefing.briefing_id, fact) for fact in briefing.facts]
        )
