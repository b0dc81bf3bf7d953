from datetime import UTC, date, datetime, timedelta

from agent.store.bars import upsert_daily_bars
from agent.store.engine import Store
from agent.store.scan_states import ScanStateRow, put_scan_state, scan_state_of
from datasources.records import DailyBar

DAY = date(2025, 10, 10)
NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
ONE = timedelta(days=1)


def state(day: date, payload: bytes = b"x") -> ScanStateRow:
    return ScanStateRow(day, date(2024, 9, 1), payload, NOW)


def bar(day: date, close: float = 10.0) -> DailyBar:
    return DailyBar("a", day, close, close, close, close, 1.0)


def kept(store: Store) -> list[date]:
    with store.reader() as session:
        days = [DAY - ONE * back for back in range(5)]
        return [day for day in days if scan_state_of(session, "sandbox", day) is not None]


def test_a_state_is_read_back_and_only_the_newest_two_are_kept(listed: Store) -> None:
    with listed.writer() as session:
        for back in (3, 2, 1, 0):
            put_scan_state(session, "sandbox", state(DAY - ONE * back, bytes([back])))
        assert scan_state_of(session, "sandbox", DAY) == state(DAY, b"\x00")
    assert kept(listed) == [DAY, DAY - ONE]


def test_a_changed_bar_drops_the_states_of_its_day_and_of_later_ones(listed: Store) -> None:
    with listed.writer() as session:
        upsert_daily_bars(session, "sandbox", [bar(DAY - ONE)], NOW)
        put_scan_state(session, "sandbox", state(DAY - ONE))
        put_scan_state(session, "sandbox", state(DAY))
    with listed.writer() as session:
        upsert_daily_bars(session, "sandbox", [bar(DAY - ONE, 11.0)], NOW + timedelta(hours=1))
    assert kept(listed) == []


def test_a_new_day_keeps_the_state_of_the_day_before(listed: Store) -> None:
    with listed.writer() as session:
        upsert_daily_bars(session, "sandbox", [bar(DAY - ONE)], NOW)
        put_scan_state(session, "sandbox", state(DAY - ONE))
        put_scan_state(session, "sandbox", state(DAY))
        upsert_daily_bars(session, "sandbox", [bar(DAY)], NOW)
    assert kept(listed) == [DAY - ONE]


def test_the_same_bar_again_and_bars_of_another_source_drop_nothing(listed: Store) -> None:
    with listed.writer() as session:
        upsert_daily_bars(session, "sandbox", [bar(DAY)], NOW)
        put_scan_state(session, "sandbox", state(DAY))
        upsert_daily_bars(session, "sandbox", [bar(DAY)], NOW + timedelta(hours=1))
    assert kept(listed) == [DAY]
