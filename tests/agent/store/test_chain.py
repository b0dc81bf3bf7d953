"""Panels of one asset's bars from several sources, and where the sources disagree."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from sqlmodel import Session

from agent.store.bars import upsert_daily_bars
from agent.store.bulk import raw_connection
from agent.store.disputes import Dispute, price_disputes
from agent.store.engine import Store
from agent.store.panel import Panel, load_panel, refresh_columns
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


def read(store: Store, *arguments: object, **options: float) -> Panel:
    with store.reader() as session:
        return load_panel(session, *arguments, **options)


@pytest.mark.parametrize("packed", [False, True])
def test_a_chain_gives_each_asset_its_home_and_fills_what_that_lacks(filled: Store, *, packed: bool) -> None:
    if packed:
        with filled.writer() as session:
            assert [refresh_columns(session, source) for source in ("sandbox", "samples")] == [9, 10]
    panel = read(filled, ["sandbox", "samples"], FIRST, LAST, FIELDS)
    assert panel.sources == ("sandbox", "samples")
    assert panel.asset_ids.tolist() == [1, 2, 3]
    assert panel.origin.dtype == np.int8
    assert panel.origin.T.tolist() == [
        [0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, -1],
        [1, 1, 1, 1, 1, -1, -1, -1, -1, -1],
    ]
    closes = panel.values["close"].T
    np.testing.assert_array_equal(closes[0], [100, 101, 102, 103, 104.5, 105, 106, 107, 108, 109.5])
    np.testing.assert_array_equal(closes[1], [50.0] * 9 + [NAN])
    np.testing.assert_array_equal(closes[2], [7.0] * 5 + [NAN] * 5)
    np.testing.assert_array_equal(panel.values["high"][:, 0], [101, 102, 103, 104, NAN, 106, 107, 108, 109, NAN])
    np.testing.assert_array_equal(panel.values["open"][4:6, 0], [NAN, 105.1])
    np.testing.assert_array_equal(panel.values["low"][:, 2], [NAN] * 10)


def test_volumes_come_from_the_home_alone(filled: Store) -> None:
    volume = read(filled, ["sandbox", "samples"], FIRST, LAST, ("volume",)).values["volume"].T
    np.testing.assert_array_equal(volume[0], [5, 5, 5, 5, NAN, 5, 5, 5, 5, NAN])
    np.testing.assert_array_equal(volume[2], [999.0] * 5 + [NAN] * 5)  # its home is `samples`


def test_candles_fill_a_chain_as_closes_do(filled: Store) -> None:
    panel = read(filled, ["samples", "sandbox"], FIRST, LAST, FIELDS, [1])
    assert panel.origin.T.tolist() == [[0] * 10]
    assert np.isnan(panel.values["high"]).all()
    with filled.writer() as session:
        raw_connection(session).execute("DELETE FROM bar_daily WHERE source_id = 2 AND day = 20364")  # 2025-10-03
    panel = read(filled, ["samples", "sandbox"], FIRST, LAST, FIELDS, [1])
    assert panel.origin[2, 0] == 1
    assert [panel.values[field][2, 0] for field in ("open", "high", "low", "close")] == [102.1, 103.0, 101.0, 102.0]
    assert np.isnan(panel.values["volume"][2, 0])


def test_the_tolerance_decides_what_is_filled(filled: Store) -> None:
    chain = ["sandbox", "samples"]
    assert read(filled, chain, FIRST, LAST, tolerance_pct=0.4).origin[:, 0].tolist().count(1) == 0
    assert read(filled, chain, FIRST, LAST, tolerance_pct=20.0).origin[9].tolist() == [1, 1, -1]


def test_days_outside_the_span_say_nothing_of_agreement(filled: Store) -> None:
    panel = read(filled, ["sandbox", "samples"], FIRST + timedelta(days=4), FIRST + timedelta(days=4))
    assert panel.asset_ids.tolist() == [1, 2, 3]
    assert panel.origin.tolist() == [[1, 0, 1]]
    span = (FIRST + timedelta(days=4), FIRST + timedelta(days=5))
    two = read(filled, ["sandbox", "samples"], *span, ("close",), [2, 9, 1])
    assert two.origin.T.tolist() == [[0, 0], [-1, -1], [1, 1]]  # of asset 1 the first source has one day in two


def test_a_chain_of_one_is_that_source(filled: Store) -> None:
    alone = read(filled, "sandbox", FIRST, LAST, FIELDS)
    chained = read(filled, ["sandbox"], FIRST, LAST, FIELDS)
    with_nobody = read(filled, ["nobody", "sandbox", "sandbox"], FIRST, LAST, FIELDS)
    assert (alone.sources, chained.sources, with_nobody.sources) == (
        ("sandbox",), ("sandbox",), ("nobody", "sandbox"),
    )  # fmt: skip
    for field in FIELDS:
        np.testing.assert_array_equal(chained.values[field], alone.values[field])
        np.testing.assert_array_equal(with_nobody.values[field], alone.values[field])
    np.testing.assert_array_equal(alone.origin, chained.origin)
    np.testing.assert_array_equal(with_nobody.origin, np.where(alone.origin == 0, 1, -1))


def test_one_source_says_where_it_has_bars_whatever_is_asked_of_it(filled: Store) -> None:
    panel = read(filled, "samples", FIRST, LAST, ("high",))
    assert list(panel.values) == ["high"]
    assert np.isnan(panel.values["high"]).all()
    assert panel.origin.T.tolist() == [[0] * 10, [0] * 10, [0] * 5 + [-1] * 5]


def test_sources_without_a_bar_give_an_empty_panel(store: Store) -> None:
    panel = read(store, ["one", "two"], FIRST, LAST)
    assert panel.values["close"].shape == panel.origin.shape == (10, 0)


def test_a_chain_needs_a_source(store: Store) -> None:
    with pytest.raises(ValueError, match="at least one source"):
        read(store, [], FIRST, LAST)


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
    panel = read(filled, ["sandbox", "samples"], FIRST, LAST)
    key = (("day", "2025-10-05"), ("source", panel.sources[panel.origin[4, 0]]), ("asset_id", "1"))
    with filled.reader() as session:
        row = read_row(session, "bar_daily", key)
        highs = read_range(session, "bar_daily", key[1:], "high_usd", "2025-10-05", "2025-10-06")
    assert row is not None
    assert (row.values["close_usd"], row.values["high_usd"], row.fetched_at) == ("104.5", None, T2)
    assert highs.values == (None, None)
