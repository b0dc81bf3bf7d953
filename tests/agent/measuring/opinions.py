"""What a provider says of the stored market, and a market that was scanned with it."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from agent.briefing.wanted import Wanted
from agent.jobs.scan import scan_day
from agent.measuring.ground import Scope
from agent.store import portfolios
from agent.store.bulk import raw_connection
from agent.store.grades import upsert_grades
from agent.store.metrics import upsert_metrics
from agent.store.portfolios import HoldingRow
from agent.store.sources import source_id
from agent.store.trading_signals import upsert_trading_signals
from datasources.records import Grade, GradeKind, Metric, TradingSignal
from tests.agent.measuring.market import LAST, NOW, SOURCE, filled

CHAIN = "sandbox_coin_metrics"
ONE = timedelta(days=1)
TODAY = LAST + ONE
WANTED = Wanted("main", TODAY, "daily", SOURCE, (CHAIN,))
ADDRESSES = [1000.0 + 10 * (back % 7) for back in range(150)]  # the newest first


def scanned_template(factory: pytest.TempPathFactory) -> Path:
    """The scanned market, made once for all packages of tests; for reading and copying."""
    folder = factory.getbasetemp() / "scanned-market"
    if not folder.exists():
        folder.mkdir()
        _scanned(folder / "market.db")
    return folder / "market.db"


def _scanned(path: Path) -> None:
    """The market with grades of some coins, a chain of one, a portfolio of two, and its last two days scanned."""
    store = filled(path)
    with store.writer() as session:
        upsert_grades(session, SOURCE, _grades(), NOW)
        turns = [TradingSignal("02", LAST - back * ONE, 1 if back < 3 else -1) for back in range(10)]
        upsert_trading_signals(session, SOURCE, turns, NOW)
        number = source_id(session, CHAIN)
        raw_connection(session).execute(
            "INSERT INTO asset_ref (source_id, provider_id, asset_id, evidence, linked_at) "
            "VALUES (?, 'two', 2, 'override', 0)",
            (number,),
        )
        upsert_metrics(session, CHAIN, _metrics(), NOW)
        portfolio = portfolios.create(session, "main", NOW)
        rows = [HoldingRow(asset_id, Decimal(1), None, NOW) for asset_id in (2, 14)]
        portfolios.replace_holdings(session, portfolio.portfolio_id, rows)
        portfolios.create(session, "empty", NOW)
    for day in (LAST - ONE, LAST):
        scan_day(store, Scope(SOURCE, day, (CHAIN,)), lambda: NOW)


def _grades() -> list[Grade]:
    return [
        Grade("01", LAST, GradeKind.TRADER, 55.0, change_pct=1.5, label="Neutral"),
        Grade("02", LAST - ONE, GradeKind.TRADER, 64.0),
        Grade("02", LAST, GradeKind.TRADER, 82.0),
        Grade("03", LAST - 2 * ONE, GradeKind.TRADER, 71.0),
        Grade("04", LAST - 30 * ONE, GradeKind.TRADER, 99.0),
        Grade("02", TODAY, GradeKind.TM, 60.0),
    ]


def _metrics() -> list[Metric]:
    days = [LAST - back * ONE for back in range(len(ADDRESSES))]
    active = [
        Metric("two", day, "onchain.active_addresses", "count", value)
        for day, value in zip(days, ADDRESSES, strict=True)
    ]
    return [*active, Metric("two", LAST, "asset.market_cap_usd", "usd", 2.5e9)]
