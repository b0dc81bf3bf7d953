from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.errors import BadRow, UnknownAsset, UnknownRow
from agent.store.assets import upsert_listings
from agent.store.bars import (
    bar_revisions,
    daily_bar,
    daily_bars,
    last_day,
    learned_at,
    upsert_daily_bars,
    upsert_hourly_bars,
)
from agent.store.bulk import Written, raw_connection
from agent.store.coverage import Coverage, DayRun, Gap, coverage, known_gaps, record_gaps
from agent.store.engine import Store
from agent.store.panel import load_panel, refresh_columns
from datasources.records import AssetListing, DailyBar, HourlyBar

FIRST = date(2025, 10, 1)
T1 = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
T2 = T1 + timedelta(hours=1)


def bar(key: str, offset: int, close: float = 10.0, volume: float | None = 5.0) -> DailyBar:
    return DailyBar(key, FIRST + timedelta(days=offset), close, close + 1, close / 2, close, volume)


def write(store: Store, bars: list[DailyBar], fetched_at: datetime = T1) -> Written:
    with store.writer() as session:
        return upsert_daily_bars(session, "sandbox", bars, fetched_at)


def test_a_bar_is_read_back_as_it_was_written(listed: Store) -> None:
    assert write(listed, [bar("a", 0, 10.5, None)]) == Written(inserted=1)
    with listed.reader() as session:
        row = daily_bar(session, "sandbox", 1, FIRST)
        assert row is not None
        assert (row.open_usd, row.high_usd, row.low_usd, row.close_usd) == (10.5, 11.5, 5.25, 10.5)
        assert (row.volume_usd, row.fetched_at, row.day) == (None, T1, FIRST)
        assert daily_bar(session, "sandbox", 2, FIRST) is None
        assert daily_bar(session, "never collected", 1, FIRST) is None


def test_the_same_bars_again_change_nothing(listed: Store) -> None:
    bars = [bar(key, offset) for key in "abc" for offset in range(4)]
    assert write(listed, bars) == Written(inserted=12)
    assert write(listed, bars, T2) == Written(unchanged=12)
    with listed.reader() as session:
        row = daily_bar(session, "sandbox", 1, FIRST)
    assert row is not None
    assert row.fetched_at == T1


def test_a_changed_bar_is_replaced_and_kept_as_it_was(listed: Store) -> None:
    write(listed, [bar("a", 0, 10.0), bar("b", 0, 20.0)])
    assert write(listed, [bar("a", 0, 11.0), bar("b", 0, 20.0)], T2) == Written(revised=1, unchanged=1)
    with listed.reader() as session:
        row = daily_bar(session, "sandbox", 1, FIRST)
        [(before, superseded_at)] = bar_revisions(session, "sandbox", 1, FIRST)
        assert bar_revisions(session, "sandbox", 2, FIRST) == ()
    assert row is not None
    assert (row.close_usd, row.fetched_at) == (11.0, T2)
    assert (before.close_usd, before.fetched_at, superseded_at) == (10.0, T1, T2)


def test_a_volume_that_appears_later_is_a_revision(listed: Store) -> None:
    write(listed, [bar("a", 0, volume=None)])
    assert write(listed, [bar("a", 0, volume=7.0)], T2) == Written(revised=1)


def test_an_older_fetch_does_not_replace_a_newer_one(listed: Store) -> None:
    write(listed, [bar("a", 0, 11.0)], T2)
    assert write(listed, [bar("a", 0, 10.0)], T1) == Written(unchanged=1)


def test_of_a_bar_that_comes_twice_the_last_one_counts(listed: Store) -> None:
    assert write(listed, [bar("a", 0, 10.0), bar("b", 0), bar("a", 0, 12.0)]) == Written(inserted=2, unchanged=1)
    with listed.reader() as session:
        row = daily_bar(session, "sandbox", 1, FIRST)
    assert row is not None
    assert row.close_usd == 12.0


def test_bars_of_unlisted_assets_are_refused_by_name(listed: Store) -> None:
    with pytest.raises(UnknownAsset, match="sandbox has not listed the assets 'y', 'z'"):
        write(listed, [bar("z", 0), bar("a", 0), bar("y", 0)])


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -1.0, 0.0])
def test_a_price_that_is_none_refuses_the_whole_batch(listed: Store, wrong: float) -> None:
    with pytest.raises(BadRow, match="bar_daily"):
        write(listed, [bar("a", 0), DailyBar("b", FIRST, 1, 1, 1, wrong, 1)])
    with listed.reader() as session:
        assert daily_bar(session, "sandbox", 1, FIRST) is None


def test_bars_are_read_oldest_first_within_both_ends(listed: Store) -> None:
    write(listed, [bar("a", offset, 10.0 + offset) for offset in (5, 1, 3, 0)])
    with listed.reader() as session:
        rows = daily_bars(session, "sandbox", 1, FIRST + timedelta(days=1), FIRST + timedelta(days=5))
        assert [row.close_usd for row in rows] == [11.0, 13.0, 15.0]
        assert daily_bars(session, "sandbox", 1, FIRST, FIRST - timedelta(days=1)) == ()


def test_the_bars_of_two_sources_are_kept_apart(listed: Store) -> None:
    with listed.writer() as session:
        upsert_listings(session, "files", [AssetListing("a", "A", "Coin a")], T1)
        upsert_daily_bars(session, "files", [bar("a", 0, 99.0)], T1)
        assert upsert_daily_bars(session, "sandbox", [bar("a", 0, 10.0)], T1) == Written(inserted=1)
        row = daily_bar(session, "files", 4, FIRST)
    assert row is not None
    assert row.close_usd == 99.0


def test_a_sampled_price_has_a_close_and_nothing_else(listed: Store) -> None:
    sampled = DailyBar("a", FIRST, None, None, None, 10.0, 5.0)
    assert write(listed, [sampled]) == Written(inserted=1)
    assert write(listed, [sampled], T2) == Written(unchanged=1)
    with listed.reader() as session:
        row = daily_bar(session, "sandbox", 1, FIRST)
    assert row is not None
    assert (row.open_usd, row.high_usd, row.low_usd, row.close_usd, row.fetched_at) == (None, None, None, 10.0, T1)


def test_a_true_candle_replaces_a_sample_and_the_sample_is_kept(listed: Store) -> None:
    write(listed, [DailyBar("a", FIRST, None, None, None, 10.0, 5.0)])
    assert write(listed, [bar("a", 0)], T2) == Written(revised=1)
    with listed.reader() as session:
        row = daily_bar(session, "sandbox", 1, FIRST)
        [(before, superseded_at)] = bar_revisions(session, "sandbox", 1, FIRST)
    assert row is not None
    assert row.high_usd == 11.0
    assert (before.open_usd, before.high_usd, before.low_usd, before.close_usd) == (None, None, None, 10.0)
    assert superseded_at == T2


@pytest.mark.parametrize(
    "wrong",
    [
        DailyBar("a", FIRST, None, None, None, -1.0, None),
        DailyBar("a", FIRST, None, None, None, float("inf"), None),
        DailyBar("a", FIRST, None, None, None, 1.0, -1.0),
        DailyBar("a", FIRST, -1.0, None, None, 1.0, None),
    ],
)
def test_a_sampled_price_keeps_the_rules_of_the_others(listed: Store, wrong: DailyBar) -> None:
    with pytest.raises(BadRow, match="ck_bar_daily"):
        write(listed, [wrong])


def test_the_last_day_and_when_it_was_learned_are_those_of_any_source_of_a_chain(listed: Store) -> None:
    write(listed, [bar("a", 0), bar("a", 3)], T2)
    with listed.writer() as session:
        upsert_listings(session, "files", [AssetListing("a", "A", "Coin a")], T1)
        upsert_daily_bars(session, "files", [bar("a", 3), bar("a", 7)], T1)
        last = FIRST + timedelta(days=9)
        day = [FIRST + timedelta(days=offset) for offset in range(10)]
        assert last_day(session, "sandbox", FIRST, last) == day[3]
        assert last_day(session, ["sandbox", "files"], FIRST, last) == day[7]
        assert last_day(session, ["sandbox", "files"], FIRST, day[6]) == day[3]
        assert last_day(session, ["sandbox", "files"], day[4], day[6]) is None
        assert last_day(session, ["sandbox", "files"], day[6], day[4]) is None
        assert last_day(session, ["nobody"], FIRST, last) is None
        assert learned_at(session, "files", day[3]) == T1
        assert learned_at(session, ["files", "sandbox"], day[3]) == T2
        with pytest.raises(UnknownRow, match="no bar from files, nobody is stored for 2025-10-01"):
            learned_at(session, ["files", "nobody"], FIRST)
        with pytest.raises(ValueError, match="at least one source"):
            last_day(session, [], FIRST, last)


def test_hourly_bars_are_upserted_by_hour(listed: Store) -> None:
    hour = HourlyBar("a", datetime(2025, 10, 1, 7, tzinfo=UTC), 1, 2, 0.5, 1.5, None)
    later = HourlyBar("a", datetime(2025, 10, 1, 7, tzinfo=UTC), 1, 2, 0.5, 1.75, None)
    with listed.writer() as session:
        assert upsert_hourly_bars(session, "sandbox", [hour], T1) == Written(inserted=1)
        assert upsert_hourly_bars(session, "sandbox", [hour], T2) == Written(unchanged=1)
        assert upsert_hourly_bars(session, "sandbox", [later], T2) == Written(revised=1)
        rows = raw_connection(session).execute("SELECT hour, close_usd FROM bar_hourly").fetchall()
    assert rows == [(int(datetime(2025, 10, 1, 7, tzinfo=UTC).timestamp()) // 3600, 1.75)]


def test_an_hour_that_is_not_whole_is_refused(listed: Store) -> None:
    crooked = HourlyBar("a", datetime(2025, 10, 1, 7, 30, tzinfo=UTC), 1, 2, 0.5, 1.5, None)
    with pytest.raises(ValueError, match="not a whole hour"), listed.writer() as session:
        upsert_hourly_bars(session, "sandbox", [crooked], T1)


bars = st.builds(
    bar,
    st.sampled_from("abc"),
    st.integers(0, 3),
    st.sampled_from([10.0, 20.0, 30.0]),
    st.sampled_from([None, 5.0]),
)
batches = st.lists(st.tuples(st.lists(bars, max_size=12), st.integers(0, 5), st.booleans()), max_size=6)


@given(batches)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_batches_ends_like_a_dictionary(
    new_store: Callable[[str], Store], steps: list[tuple[list[DailyBar], int, bool]]
) -> None:
    store = new_store("property")
    model: dict[tuple[str, date], tuple[DailyBar, int]] = {}
    replaced: set[tuple[str, date, int]] = set()  # of several replaced at one instant, history keeps the first
    with store.writer() as session:
        upsert_listings(session, "sandbox", [AssetListing(key, key, key) for key in "abc"], T1)
        for batch, hour, packed in steps:
            written = upsert_daily_bars(session, "sandbox", batch, T1 + timedelta(hours=hour))
            expected = Written()
            for item in {(item.provider_id, item.day): item for item in batch}.values():
                key = (item.provider_id, item.day)
                old = model.get(key)
                if old is None:
                    expected += Written(inserted=1)
                elif old[1] <= hour and old[0] != item:
                    expected += Written(revised=1)
                    replaced.add((*key, hour))
                else:
                    continue
                model[key] = (item, hour)
            unchanged = len(batch) - expected.inserted - expected.revised
            assert written == Written(expected.inserted, expected.revised, unchanged)
            if packed:
                refresh_columns(session, "sandbox")
        raw = raw_connection(session)
        panel = load_panel(session, "sandbox", FIRST, FIRST + timedelta(days=3), asset_ids=[1, 2, 3])
        stored = raw.execute("SELECT asset_id, day, close_usd, volume_usd FROM bar_daily").fetchall()
        kept = raw.execute("SELECT count(*) FROM bar_revision").fetchone()[0]
    numbers = {"a": 1, "b": 2, "c": 3}
    epoch = date(1970, 1, 1)
    assert sorted(stored, key=str) == sorted(
        ((numbers[k], (d - epoch).days, b.close_usd, b.volume_usd) for (k, d), (b, _) in model.items()), key=str
    )
    for (key, day), (item, _) in model.items():
        assert panel.values["close"][(day - FIRST).days, numbers[key] - 1] == item.close_usd
    assert kept == len(replaced)


def test_coverage_names_the_days_still_to_be_fetched(listed: Store) -> None:
    write(listed, [bar("a", offset) for offset in (1, 2, 4)] + [bar("b", offset) for offset in range(6)])
    with listed.writer() as session:
        record_gaps(session, "sandbox", [Gap(1, FIRST + timedelta(days=3), FIRST + timedelta(days=3), "none")], T1)
        found = coverage(session, "sandbox", FIRST, FIRST + timedelta(days=5), [1, 2, 3])
    day = [FIRST + timedelta(days=offset) for offset in range(6)]
    assert found == {
        1: Coverage(1, day[1], day[4], (DayRun(day[0], day[0]), DayRun(day[5], day[5]))),
        2: Coverage(2, day[0], day[5], ()),
        3: Coverage(3, None, None, (DayRun(day[0], day[5]),)),
    }


def test_a_gap_that_is_confirmed_again_only_grows(listed: Store) -> None:
    day = [FIRST + timedelta(days=offset) for offset in range(6)]
    with listed.writer() as session:
        record_gaps(session, "sandbox", [Gap(1, day[0], day[4], "not listed yet")], T1)
        record_gaps(session, "sandbox", [Gap(1, day[0], day[2], "empty answer"), Gap(2, day[1], day[1], "x")], T2)
        assert known_gaps(session, "sandbox") == (
            Gap(1, day[0], day[4], "empty answer"),
            Gap(2, day[1], day[1], "x"),
        )
        assert known_gaps(session, "sandbox", [2]) == (Gap(2, day[1], day[1], "x"),)


def test_gaps_outside_the_span_do_not_touch_it(listed: Store) -> None:
    before = Gap(1, FIRST - timedelta(days=9), FIRST - timedelta(days=2), "before")
    over_the_start = Gap(2, FIRST - timedelta(days=9), FIRST, "over the start")
    with listed.writer() as session:
        record_gaps(session, "sandbox", [before, over_the_start], T1)
        found = coverage(session, "sandbox", FIRST, FIRST + timedelta(days=1), [1, 2])
    assert found[1].missing == (DayRun(FIRST, FIRST + timedelta(days=1)),)
    assert found[2].missing == (DayRun(FIRST + timedelta(days=1), FIRST + timedelta(days=1)),)
