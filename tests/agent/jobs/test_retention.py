from datetime import timedelta

from agent.jobs.retention import Retention, forget_old
from agent.store.answers import AnswerRow, list_answers, save_answer
from agent.store.engine import Store
from agent.store.facts import FactRow, facts_of
from tests.agent.jobs.world import NOW


def keep(store: Store, days_ago: int) -> str:
    answer_id = f"a-{days_ago}"
    row = AnswerRow(answer_id, NOW - timedelta(days=days_ago), "How is it?", "{}")
    with store.writer() as session:
        save_answer(session, row, [FactRow(answer_id, "f1", "market", "close", "{}")])
    return answer_id


def test_answers_older_than_they_may_be_go_with_their_facts_and_the_others_stay(collected: Store) -> None:
    old, young = keep(collected, 31), keep(collected, 29)
    assert forget_old(collected, Retention(30, 400), lambda: NOW) == 1
    with collected.reader() as session:
        assert [row.answer_id for row in list_answers(session)] == [young]
        assert facts_of(session, old) == ()
        assert len(facts_of(session, young)) == 1


def test_forgetting_twice_forgets_nothing_more(collected: Store) -> None:
    keep(collected, 31)
    retention = Retention(30, 400)
    assert [forget_old(collected, retention, lambda: NOW) for _ in range(2)] == [1, 0]
