"""Where sources disagree about a price, and whose bar a figure is traced to."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from sqlmodel import Session

from agent.store.bars import upsert_daily_bars
from agent.store.bulk import raw_connection
from agent.store.disputes import Dispute, price_disputes
from agent.store.engine import Store
from agent.store.reading import read_range, read_row
from agent.store.sources import source_id
from datasources.records import DailyBar

FIRST = date(2025, 10, 1)
LAST = FIRST + timedelta(days=9)
FIELDS = ("open", "high", "low", "close", "volume")
T1 = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
T2 = T1 + timedelta(hours=1)
NAN = np.nan


def link(session: Session, source: str, keys: dict[str, int]) -> None:
    """Let a source's keys mean assets that another one has listed."""
    number = source_id(session, source)
    raw_connection(session).executemany(
        "INSERT INTO asset_ref (source_id, provider_id, asset_id, evidence, linked_at) VALUES (?, ?, ?, 'override', 0)",
        [(number, key, asset_id) for key, asset_id in keys.items()],
    )


def candle(key: str, offset: int, close: float, volume: float = 5.0) -> DailyBar:
    return DailyBar(key, FIRST + timedelta(days=offset), close + 0.1, close + 1, close - 1, close, volume)


def sample(key: str, offset: int, close: float) -> DailyBar:
    return DailyBar(key, FIRST + timedelta(days=offset), None, None, None, close, 999.0)


@pytest.fixture
def filled(listed: Store) -> Store:
    """Asset 1 has holes that `samples` can fill, asset 2 is priced otherwise there, asset 3 is only there."""
    with listed.writer() as session:
        link(session, "samples", {"one": 1, "two": 2, "three": 3})
        bars = [candle("a", day, 100.0 + day) for day in range(9) if day != 4]
        bars += [candle("b", day, 50.0) for day in range(9)]
        upsert_daily_bars(session, "sandbox", bars, T1)
        samples = [sample("one", day, 100.5 + day) for day in range(10)]
        samples += [sample("two", day, 60.0) for day in range(10)]
        samples += [sample("three", day, 7.0) for day in range(5)]
        upsert_daily_bars(session, "samples", samples, T2)
    return listed


def test_prices_that_differ_too_much_are_disputed(filled: Store) -> None:
    with filled.reader() as session:
        found = price_disputes(session, ["samples", "sandbox"], FIRST, 2.0)
        assert price_disputes(session, ["samples", "sandbox"], FIRST, 20.0) == ()  # 60 is 20 % above 50
        assert price_disputes(session, ["samples", "sandbox"], FIRST, 2.0, [1, 3]) == ()
        assert price_disputes(session, ["samples", "nobody"], FIRST, 0.0) == ()
        narrow = price_disputes(session, ["sandbox", "samples"], FIRST, 0.4, asset_ids=[1])
        assert price_disputes(session, ["sandbox", "samples"], LAST, 0.0) == ()
    assert found == (Dispute(2, FIRST, (("samples", 60.0, T2), ("sandbox", 50.0, T1)), pytest.approx(20.0)),)
    assert [(item.asset_id, item.closes[0][0], item.spread_pct) for item in narrow] == [
        (1, "sandbox", pytest.approx(0.5)),
    ]


def test_the_spread_of_three_prices_is_from_the_lowest_to_the_highest(filled: Store) -> None:
    with filled.writer() as session:
        link(session, "third", {"2": 2})
        upsert_daily_bars(session, "third", [sample("2", 0, 40.0)], T1)
        [found] = price_disputes(session, ["sandbox", "third", "samples"], FIRST, 2.0)
    assert [name for name, _, _ in found.closes] == ["sandbox", "third", "samples"]
    assert found.spread_pct == pytest.approx(50.0)


def test_a_tolerance_below_zero_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="cannot be negative"), store.reader() as session:
        price_disputes(session, ["a"], FIRST, -1.0)


def test_a_bar_is_traced_to_the_source_it_is_from(filled: Store) -> None:
    key = (("day", "2025-10-05"), ("source", "samples"), ("asset_id", "1"))
    with filled.reader() as session:
        row = read_row(session, "bar_daily", key)
        highs = read_range(session, "bar_daily", key[1:], "high_usd", "2025-10-05", "2025-10-06")
    assert row is not None
    assert (row.values["close_usd"], row.values["high_usd"], row.fetched_at) == ("104.5", None, T2)
    assert highs.values == (None, None)
