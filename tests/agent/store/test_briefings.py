from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from agent.errors import BadRow
from agent.store import portfolios
from agent.store.answers import AnswerRow, get_answer, list_answers, save_answer
from agent.store.briefings import (
    BriefingRow,
    find_snapshot,
    get_briefing,
    latest_briefing,
    list_briefings,
    next_revision,
    save_briefing,
)
from agent.store.engine import Store
from agent.store.facts import FactRow, facts_of, find_fact
from agent.store.llm_calls import (
    LlmCallRow,
    calls_of,
    calls_since,
    forget_calls,
    list_calls,
    record_calls,
    spent_usd,
)

NOW = datetime(2025, 10, 11, 7, 0, tzinfo=UTC)
DAY = date(2025, 10, 11)
BRIEFING = BriefingRow(
    briefing_id="b1",
    portfolio_id=1,
    day=DAY,
    edition="morning",
    revision=0,
    as_of=DAY - timedelta(days=1),
    written_at=NOW,
    writer="template",
    step="template",
    model=None,
    prompt_sha256=None,
    verifier_version="1",
    snapshot_sha256="s1",
    document='{"b": 1,\n "a": "ö"}',
    report="[]",
)


def fact(document: str, key: str) -> FactRow:
    return FactRow(document, key, "asset:1", "close", '{"value": "113214"}')


@pytest.fixture
def owned(store: Store) -> Store:
    with store.writer() as session:
        portfolios.create(session, "main", NOW)
        portfolios.create(session, "spare", NOW)
    return store


def test_a_briefing_is_read_back_byte_for_byte_with_its_facts(owned: Store) -> None:
    with owned.writer() as session:
        saved = save_briefing(session, BRIEFING, [fact("b1", "f2"), fact("b1", "f1")])
    with owned.reader() as session:
        assert saved == replace(BRIEFING, revision=1)
        assert get_briefing(session, "b1") == saved
        assert get_briefing(session, "b2") is None
        assert facts_of(session, "b1") == (fact("b1", "f1"), fact("b1", "f2"))
        assert find_fact(session, "f2") == fact("b1", "f2")
        assert find_fact(session, "f2", "b2") is None
        assert find_fact(session, "f9") is None


def test_the_same_snapshot_again_returns_the_stored_briefing(owned: Store) -> None:
    again = replace(BRIEFING, briefing_id="b2", written_at=NOW + timedelta(hours=1), document="{}")
    with owned.writer() as session:
        first = save_briefing(session, BRIEFING, [fact("b1", "f1")])
        assert save_briefing(session, again, [fact("b2", "f1")]) == first
        assert get_briefing(session, "b2") is None
        assert facts_of(session, "b2") == ()
        assert find_snapshot(session, 1, DAY, "morning", "s1") == first


def test_a_new_snapshot_of_the_same_edition_is_the_next_revision(owned: Store) -> None:
    with owned.writer() as session:
        save_briefing(session, BRIEFING, [])
        assert next_revision(session, 1, DAY, "morning") == 2
        second = save_briefing(session, replace(BRIEFING, briefing_id="b2", snapshot_sha256="s2"), [])
        evening = save_briefing(session, replace(BRIEFING, briefing_id="b3", edition="evening"), [])
        other = save_briefing(session, replace(BRIEFING, briefing_id="b4", portfolio_id=2), [])
    assert (second.revision, evening.revision, other.revision) == (2, 1, 1)


def test_the_latest_briefing_is_the_last_revision_of_the_last_day(owned: Store) -> None:
    eve = DAY - timedelta(days=1)
    with owned.writer() as session:
        save_briefing(session, replace(BRIEFING, briefing_id="old", day=eve), [])
        save_briefing(session, BRIEFING, [])
        save_briefing(session, replace(BRIEFING, briefing_id="b2", snapshot_sha256="s2"), [])
        found = [
            latest_briefing(session, 1),
            latest_briefing(session, 1, before=DAY),
            latest_briefing(session, 1, day=eve),
            latest_briefing(session, 1, before=eve),
            latest_briefing(session, 1, edition="evening"),
            latest_briefing(session, 2),
        ]
        listed = [row.briefing_id for row in list_briefings(session)]
        assert list_briefings(session, 2) == ()
    assert [row and row.briefing_id for row in found] == ["b2", "old", "old", None, None, None]
    assert listed == ["b2", "b1", "old"]


def test_a_briefing_for_nobody_is_refused(owned: Store) -> None:
    with pytest.raises(BadRow, match="FOREIGN KEY"), owned.writer() as session:
        save_briefing(session, replace(BRIEFING, portfolio_id=9), [])


def test_a_fact_of_another_document_is_refused(owned: Store) -> None:
    with pytest.raises(ValueError, match="belongs to 'b2'"), owned.writer() as session:
        save_briefing(session, BRIEFING, [fact("b2", "f1")])


def test_of_facts_with_one_id_the_one_stored_last_is_found(owned: Store) -> None:
    with owned.writer() as session:
        save_briefing(session, BRIEFING, [fact("b1", "f1")])
        save_briefing(session, replace(BRIEFING, briefing_id="a2", snapshot_sha256="s2"), [fact("a2", "f1")])
        assert find_fact(session, "f1") == fact("a2", "f1")
        assert find_fact(session, "f1", "b1") == fact("b1", "f1")


def test_an_answer_is_stored_once(store: Store) -> None:
    row = AnswerRow("q1", NOW, "What is the price of BTC?", "{}")
    with store.writer() as session:
        save_answer(session, row, [fact("q1", "f1")])
        save_answer(session, replace(row, document="other"), [fact("q1", "f1")])
        assert get_answer(session, "q1") == row
        assert list_answers(session) == (row,)
        assert facts_of(session, "q1") == (fact("q1", "f1"),)


def test_calls_to_models_are_listed_and_their_known_costs_added(store: Store) -> None:
    call = LlmCallRow("b1", "write", "m", "host", "sha", 100, 20, 0, 1.5, Decimal("0.00123"), "ok", "r1", NOW)
    unpriced = replace(call, document_id=None, cost_usd=None, called_at=NOW + timedelta(hours=1))
    with store.writer() as session:
        record_calls(session, [call, unpriced, replace(call, cost_usd=Decimal("0.1"))])
        assert calls_of(session, "b1") == (call, replace(call, cost_usd=Decimal("0.1")))
        assert list_calls(session, limit=1) == (replace(call, cost_usd=Decimal("0.1")),)
        assert list_calls(session, since=NOW + timedelta(minutes=1)) == (unpriced,)
        assert spent_usd(session, NOW) == Decimal("0.10123")
        assert spent_usd(session, NOW + timedelta(days=1)) == 0
        record_calls(session, [])


def test_a_call_written_when_it_was_made_is_given_its_document_later(store: Store) -> None:
    call = LlmCallRow(None, "write", "m", "host", "sha", 100, 20, 0, 1.5, None, "ok", "r1", NOW, 3, run_id="run-1")
    other = replace(call, latency_s=2.5)
    owned = replace(call, document_id="b1", run_id=None)
    with store.writer() as session:
        record_calls(session, [call, call, other])
        record_calls(session, [owned, owned, owned])
        assert [row.run_id for row in calls_of(session, "b1")] == ["run-1", "run-1", None]
        assert calls_since(session, NOW, NOW + timedelta(seconds=1)) == (
            replace(call, document_id="b1"),
            replace(call, document_id="b1"),
            other,
            owned,
        )
        assert calls_since(session, NOW - timedelta(days=1), NOW) == ()
        forget_calls(session, NOW + timedelta(seconds=1))
        assert list_calls(session) == ()
