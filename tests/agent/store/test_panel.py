from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from sqlmodel import Session

from agent.store.assets import upsert_listings
from agent.store.bars import upsert_daily_bars
from agent.store.bulk import raw_connection
from agent.store.engine import Store
from agent.store.panel import Panel, load_panel, refresh_columns
from datasources.records import AssetListing, DailyBar

FIRST = date(2025, 10, 1)
LAST = FIRST + timedelta(days=9)
FIELDS = ("open", "high", "low", "close", "volume")
T1 = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
T2 = T1 + timedelta(hours=1)


def read(store: Store, *arguments: object) -> Panel:
    with store.reader() as session:
        return load_panel(session, "sandbox", *arguments)


def refresh(store: Store) -> int:
    with store.writer() as session:
        return refresh_columns(session, "sandbox")


def packed_days(session: Session) -> int:
    count: int = raw_connection(session).execute("SELECT count(*) FROM bar_day_columns").fetchone()[0]
    return count


@pytest.fixture
def filled(listed: Store) -> Store:
    """Ten days of three assets at random prices, a third of the bars and of the volumes missing."""
    rng = np.random.default_rng(3)
    bars = [
        DailyBar(
            key,
            FIRST + timedelta(days=day),
            *rng.uniform(1, 9, 4).tolist(),
            float(rng.uniform()) if rng.uniform() > 1 / 3 else None,
        )
        for day in (*range(4), *range(5, 10))  # nothing at all on the fifth day
        for key in "abc"
        if rng.uniform() > 1 / 3
    ]
    with listed.writer() as session:
        upsert_daily_bars(session, "sandbox", bars, T1)
    return listed


def test_both_ways_of_reading_give_identical_arrays(filled: Store) -> None:
    from_rows = read(filled, FIRST, LAST, FIELDS)
    assert refresh(filled) == 9
    from_columns = read(filled, FIRST, LAST, FIELDS)
    np.testing.assert_array_equal(from_columns.days, from_rows.days)
    np.testing.assert_array_equal(from_columns.asset_ids, from_rows.asset_ids)
    for field in FIELDS:
        np.testing.assert_array_equal(from_columns.values[field], from_rows.values[field])


def test_the_arrays_hold_what_the_rows_say(filled: Store) -> None:
    refresh(filled)
    panel = read(filled, FIRST, LAST, FIELDS)
    expected = {field: np.full((10, 3), np.nan) for field in FIELDS}
    with filled.reader() as session:
        for day, asset_id, *figures in raw_connection(session).execute(
            "SELECT day, asset_id, open_usd, high_usd, low_usd, close_usd, volume_usd FROM bar_daily"
        ):
            for field, figure in zip(FIELDS, figures, strict=True):
                row = day - (FIRST - date(1970, 1, 1)).days
                expected[field][row, asset_id - 1] = np.nan if figure is None else figure
    for field in FIELDS:
        np.testing.assert_array_equal(panel.values[field], expected[field])
    assert panel.days[0] == np.datetime64("2025-10-01")
    assert panel.days[-1] == np.datetime64("2025-10-10")


@pytest.mark.parametrize("packed", [False, True])
def test_the_columns_are_the_assets_asked_for_in_their_order(filled: Store, *, packed: bool) -> None:
    if packed:
        refresh(filled)
    everything = read(filled, FIRST, LAST)
    some = read(filled, FIRST, LAST, ("close",), [3, 77, 1])
    np.testing.assert_array_equal(some.asset_ids, [3, 77, 1])
    np.testing.assert_array_equal(some.values["close"][:, 0], everything.values["close"][:, 2])
    np.testing.assert_array_equal(some.values["close"][:, 2], everything.values["close"][:, 0])
    assert np.isnan(some.values["close"][:, 1]).all()
    assert read(filled, FIRST, LAST, ("close",), []).values["close"].shape == (10, 0)


def test_a_changed_day_is_no_longer_read_from_its_packed_copy(filled: Store) -> None:
    refresh(filled)
    with filled.writer() as session:
        upsert_daily_bars(session, "sandbox", [DailyBar("a", FIRST, 4, 5, 3, 4.5, 1)], T2)
        assert packed_days(session) == 8
    assert read(filled, FIRST, FIRST).values["close"][0, 0] == 4.5
    assert refresh(filled) == 1
    assert read(filled, FIRST, FIRST).values["close"][0, 0] == 4.5


def test_bars_that_change_nothing_leave_the_packed_copies(filled: Store) -> None:
    again = DailyBar("a", FIRST, 4, 5, 3, 4.5, 1)
    with filled.writer() as session:
        upsert_daily_bars(session, "sandbox", [again], T2)
        refresh_columns(session, "sandbox")
        upsert_daily_bars(session, "sandbox", [again], T2)
        assert packed_days(session) == 9


def test_one_sources_copies_are_not_anothers(filled: Store) -> None:
    with filled.writer() as session:
        upsert_listings(session, "files", [AssetListing("a", "A", "Coin a")], T1)
        upsert_daily_bars(session, "files", [DailyBar("a", FIRST, 1, 1, 1, 1, 1)], T1)
        assert refresh_columns(session, "files") == 1
        assert load_panel(session, "files", FIRST, FIRST).asset_ids.tolist() == [4]
    assert 4 not in read(filled, FIRST, LAST).asset_ids


def test_without_bars_the_days_are_there_and_no_columns(store: Store) -> None:
    panel = read(store, FIRST, LAST)
    assert panel.values["close"].shape == (10, 0)
    assert len(panel.days) == 10


def test_an_unknown_field_is_named(store: Store) -> None:
    with pytest.raises(ValueError, match="no vwap: choose among open"):
        read(store, FIRST, LAST, ("close", "vwap"))


def test_a_span_cannot_end_before_it_starts(store: Store) -> None:
    with pytest.raises(ValueError, match="before its start"):
        read(store, LAST, FIRST)
