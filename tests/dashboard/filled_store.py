"""What a collection of five coins over 120 days leaves in the store, and the settings that show it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from streamlit.testing.v1 import AppTest

from agent.briefing.document import Briefing
from agent.store import portfolios
from agent.store.assets import set_ranks, upsert_listings
from agent.store.bars import upsert_daily_bars
from agent.store.engine import Store
from agent.store.grades import upsert_grades
from agent.store.levels import upsert_levels
from agent.store.metrics import upsert_metrics
from agent.store.runs import RunOutcome, RunStatus, finish_run, start_run
from agent.store.sources import source_id
from agent.store.trading_signals import upsert_trading_signals
from datasources.records import (
    AssetListing,
    DailyBar,
    DataKind,
    Grade,
    GradeKind,
    Level,
    Metric,
    TradingSignal,
)
from datasources.terms import invented_terms

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
NOW = datetime(2026, 1, 10, 8, 0, tzinfo=UTC)
LAST_DAY = date(2026, 1, 9)
DAYS = 120
SOURCE = "sandbox"
HOSTILE_NAME = "Cash $60k to $70k *free* <b>now</b> :rocket: [x](http://example.test)"
Open = Callable[..., AppTest]
# provider's key, symbol, name, first price, step per day
COINS = (
    ("1", "BTC", "Bitcoin", 50_000.0, 100.0),
    ("2", "ETH", "Ethereum", 3_000.0, -5.0),
    ("3", "TWIN", "Twin Alpha", 2.0, 0.01),
    ("4", "TWIN", "Twin Beta", 0.0004, 0.000001),
    ("5", "CASH", HOSTILE_NAME, 1.0, 0.0),
)


@dataclass(frozen=True)
class Filled:
    """The filled database, its settings file and the briefing it holds."""

    config: Path
    store: Store
    briefing: Briefing
    ids: dict[str, int]


def settings_file(folder: Path) -> Path:
    """Settings whose clock stands still at `NOW`."""
    path = folder / "coinbrief.toml"
    path.write_text(f'[store]\npath = "coinbrief.db"\n[sandbox]\nnow = "{NOW.isoformat()}"\n')
    return path


def bars(key: str, first: float, step: float) -> list[DailyBar]:
    made = []
    for place in range(DAYS):
        close = first + step * (place + 3 * (place % 3 - 1))  # up two days, down one
        day = LAST_DAY - timedelta(days=DAYS - 1 - place)
        made.append(DailyBar(key, day, close, close * 1.01, close * 0.99, close, 1000.0 + place))
    return made


def fill(store: Store) -> dict[str, int]:
    """Write what a collection would have written; give the asset ids by the source's keys."""
    store.upgrade()
    with store.writer() as session:
        source_id(session, SOURCE, invented_terms("token_metrics", replayed=False))
        listings = [
            AssetListing(key, symbol, name, slug="bitcoin" if key == "1" else None) for key, symbol, name, *_ in COINS
        ]
        ids = upsert_listings(session, SOURCE, listings, NOW)
        set_ranks(session, SOURCE, {key: int(key) for key, *_ in COINS})
        for key, _, _, first, step in COINS:
            upsert_daily_bars(session, SOURCE, bars(key, first, step), NOW - timedelta(hours=3))
        grades = [
            Grade(key, LAST_DAY - timedelta(days=back), kind, 60.0 + back)
            for key in ("1", "2")
            for kind in GradeKind
            for back in range(3)
        ]
        upsert_grades(session, SOURCE, grades, NOW)
        upsert_trading_signals(session, SOURCE, [TradingSignal("1", LAST_DAY, 1)], NOW)
        upsert_levels(session, SOURCE, [Level("1", LAST_DAY, 55_000.0, date(2025, 12, 1))], NOW)
        market = [
            Metric(None, LAST_DAY, "market.total_market_cap_usd", "usd", 3.52e12),
            Metric(None, LAST_DAY, "sentiment.fear_greed_index", "score", 27.0),
        ]
        upsert_metrics(session, SOURCE, market, NOW)
        run = start_run(session, SOURCE, DataKind.DAILY_BARS, NOW - timedelta(hours=3))
        finish_run(session, run, RunOutcome(RunStatus.OK, received=600), NOW - timedelta(hours=3))
        portfolio = portfolios.create(session, "main", NOW)
        for key, amount in (("1", "0.5"), ("2", "4"), ("5", "1000")):
            row = portfolios.HoldingRow(ids[key], Decimal(amount), None, NOW)
            portfolios.put_holding(session, portfolio.portfolio_id, row)
        portfolios.create(session, "nothing", NOW)
    return ids
