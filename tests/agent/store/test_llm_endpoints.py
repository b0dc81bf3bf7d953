from datetime import UTC, datetime, timedelta

from agent.store.engine import Store
from agent.store.llm_batches import BatchRow, add_batch, finish_batch, open_batches
from agent.store.llm_cache import CacheRow, cached_answer, forget_answers, keep_answer
from agent.store.llm_endpoints import EndpointRow, find_endpoint, put_breaker, put_profile

NOW = datetime(2026, 11, 27, 15, 30, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = ("host", "m", "chat")


def test_what_an_endpoint_can_do_and_how_it_did_lately_are_stored_apart(store: Store) -> None:
    with store.writer() as session:
        assert find_endpoint(session, *KEY) is None
        put_breaker(session, *KEY, '{"failures":1}')
        put_profile(session, *KEY, "{}", NOW)
        assert find_endpoint(session, *KEY) == EndpointRow(*KEY, "{}", NOW, '{"failures":1}')
        put_breaker(session, *KEY, None)
        put_profile(session, *KEY, '{"tools":true}', NOW + DAY)
        put_profile(session, "host", "m", "responses", "{}", NOW)
        assert find_endpoint(session, *KEY) == EndpointRow(*KEY, '{"tools":true}', NOW + DAY, None)
        assert find_endpoint(session, "host", "m", "responses") == EndpointRow(
            "host", "m", "responses", "{}", NOW, None
        )


def test_a_kept_answer_is_found_until_its_time_is_over_and_then_replaced(store: Store) -> None:
    first = CacheRow("k", NOW, NOW + DAY, "m", "one", "{}")
    with store.writer() as session:
        keep_answer(session, first)
        keep_answer(session, CacheRow("k", NOW, NOW + 2 * DAY, "m", "two", "{}"))
        assert cached_answer(session, "k", NOW) == first  # what is good stays, so that the same request says the same
        assert cached_answer(session, "other", NOW) is None
        assert cached_answer(session, "k", NOW + DAY) is None
        third = CacheRow("k", NOW + DAY, NOW + 3 * DAY, "m", "three", "{}")
        keep_answer(session, third)
        assert cached_answer(session, "k", NOW + DAY) == third
        forget_answers(session, NOW + 3 * DAY)
        assert cached_answer(session, "k", NOW) is None


def test_a_batch_is_open_until_it_is_finished(store: Store) -> None:
    row = BatchRow("b1", "backfill", "host", "m", "r1", '{"2026-11-01":"ab"}', NOW)
    with store.writer() as session:
        add_batch(session, row)
        assert open_batches(session, "backfill") == (row,)
        assert open_batches(session, "evaluation") == ()
        finish_batch(session, "b1", "done", NOW + DAY)
        assert open_batches(session, "backfill") == ()
