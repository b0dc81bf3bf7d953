from dataclasses import replace
from datetime import date, timedelta

import pytest

from agent.errors import BadRow
from agent.store.engine import Store
from agent.store.readings import QuotedSpan, ReadingRow, digests_read, latest_readings, put_reading
from agent.store.tables import ReportReading
from tests.agent.store.conftest import NOW

READ = ReadingRow(
    sha256="a1",
    model="tiny",
    state="read",
    topics=("technology", "market"),
    sentiment="mixed",
    asset_ids=(3, 1),
    days=(date(2025, 10, 3),),
    quotes=(QuotedSpan(1, 2, "Sölana's fees fell. Validators agreed."),),
    prompt_sha256="p1",
    read_at=NOW,
)
UNREADABLE = ReadingRow("a1", "other", "unreadable", (), None, (), (), (), "p1", NOW + timedelta(days=1))


def test_a_reading_comes_back_as_it_was_stored_and_a_newer_one_replaces_it(store: Store) -> None:
    newer = replace(READ, topics=("team",), quotes=(), days=(), read_at=NOW + timedelta(hours=1))
    with store.writer() as session:
        put_reading(session, READ)
        assert latest_readings(session, ["a1", "b2"]) == {"a1": READ}
        put_reading(session, newer)
        session.expire_all()
        assert latest_readings(session, ["a1"]) == {"a1": newer}
        assert latest_readings(session, ["b2"]) == {}


def test_a_text_is_read_once_by_each_model_whatever_came_of_it(store: Store) -> None:
    with store.writer() as session:
        for row in (READ, replace(READ, sha256="b2"), UNREADABLE):
            put_reading(session, row)
        assert digests_read(session, "tiny") == {"a1", "b2"}
        assert digests_read(session, "other") == {"a1"}
        assert digests_read(session, "third") == frozenset()


def test_the_last_reading_is_shown_and_any_before_an_unreadable_one(store: Store) -> None:
    third = replace(READ, model="third", read_at=NOW + timedelta(hours=1))
    with store.writer() as session:
        put_reading(session, UNREADABLE)
        assert latest_readings(session, ["a1"]) == {"a1": UNREADABLE}
        for row in (third, READ):
            put_reading(session, row)
        assert latest_readings(session, ["a1"]) == {"a1": third}


@pytest.mark.parametrize("wrong", [{"state": "read"}, {"sentiment": "mixed"}, {"state": "believed"}])
def test_a_text_is_either_read_with_a_tone_or_unreadable_without_one(store: Store, wrong: dict[str, str]) -> None:
    values = {name: getattr(UNREADABLE, name) for name in ReadingRow.__slots__} | wrong
    with pytest.raises(BadRow, match="ck_report_reading"), store.writer() as session:
        session.add(ReportReading(**values))
