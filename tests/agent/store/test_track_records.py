from datetime import UTC, date, datetime, timedelta

import pytest

from agent.store.engine import Store
from agent.store.track_records import TrackRecordRow, replace_track_records, track_records_known

DAY = date(2025, 10, 10)
NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)


def record(name: str, day: date = DAY, horizon: int = 7) -> TrackRecordRow:
    return TrackRecordRow(day, name, horizon, {"hit_rate": 0.55, "sample_size": 40}, NOW)


def test_the_newest_records_that_were_known_on_a_day_are_read(listed: Store) -> None:
    early = DAY - timedelta(days=7)
    with listed.writer() as session:
        replace_track_records(session, "sandbox", early, [record("rsi_oversold", early), record("gone", early)])
        replace_track_records(session, "sandbox", DAY, [record("rsi_oversold", horizon=30), record("breakout_up")])
        assert track_records_known(session, "sandbox", DAY) == (
            record("breakout_up"),
            record("rsi_oversold", horizon=30),
        )
        before = track_records_known(session, "sandbox", DAY - timedelta(days=1))
        assert track_records_known(session, "sandbox", early - timedelta(days=1)) == ()
    assert [row.name for row in before] == ["gone", "rsi_oversold"]


def test_the_records_of_a_day_are_replaced_as_a_whole(listed: Store) -> None:
    with listed.writer() as session:
        replace_track_records(session, "sandbox", DAY, [record("a"), record("b")])
        replace_track_records(session, "sandbox", DAY, [record("c")])
        assert [row.name for row in track_records_known(session, "sandbox", DAY)] == ["c"]


def test_a_record_as_of_another_day_is_refused(listed: Store) -> None:
    with pytest.raises(ValueError, match="cannot be stored under"), listed.writer() as session:
        replace_track_records(session, "sandbox", DAY, [record("a", DAY - timedelta(days=1))])
