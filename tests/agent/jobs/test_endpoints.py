from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from agent.errors import StoreMissing
from agent.jobs.endpoints import EndpointKey, RememberingModel, keep_profile, read_endpoint
from agent.llm.breaker import BreakerState
from agent.llm.capability import CapabilityProfile
from agent.llm.errors import LLMError, QuotaSpent, Refused, Unauthorized, Unavailable
from agent.llm.port import Message, OnText, Request, Result, Usage
from agent.store.engine import Store
from agent.store.llm_endpoints import put_breaker, put_profile
from tests.agent.jobs.world import NOW, Clock

KEY = EndpointKey("api.example", "tiny", "chat")
PROFILE = CapabilityProfile("chat", json_mode="object", tools=False, probed_at=NOW)
REQUEST = Request("ask", (Message("user", "hello"),))


@dataclass
class Server:
    """Fails as it is told, and counts how often it was asked."""

    error: LLMError | None = None
    model: str = "tiny"
    asked: int = field(default=0)

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return Result("hi", (), Usage(), "tiny", None, 0.0, Decimal(0))


def remembering(store: Store, server: Server, clock: Clock, key: EndpointKey = KEY) -> RememberingModel:
    return RememberingModel(server, store, key, clock)


def fails(store: Store, server: Server, clock: Clock, error: type[LLMError], key: EndpointKey = KEY) -> None:
    with pytest.raises(error):
        remembering(store, server, clock, key).generate(REQUEST)


@pytest.mark.parametrize("error", [Unauthorized, QuotaSpent])
def test_an_account_that_failed_is_left_alone_by_the_next_process_for_an_hour(
    store: Store, error: type[LLMError]
) -> None:
    clock, server = Clock(), Server(error("no"))
    fails(store, server, clock, error)
    clock.now += timedelta(minutes=59)
    fails(store, server, clock, error)
    assert server.asked == 1
    clock.now += timedelta(minutes=2)
    server.error = None
    assert remembering(store, server, clock).generate(REQUEST).text == "hi"
    assert read_endpoint(store, KEY)[1] == BreakerState()


def test_failures_in_a_row_are_counted_over_processes(store: Store) -> None:
    clock, server = Clock(), Server(Unavailable("down"))
    for _ in range(6):
        fails(store, server, clock, Unavailable)
    assert server.asked == 5


def test_an_answer_that_is_no_use_is_an_answer_all_the_same(store: Store) -> None:
    server = Server(Refused("no"))
    for _ in range(6):
        fails(store, server, Clock(), Refused)
    assert server.asked == 6
    assert read_endpoint(store, KEY) == (None, None)


def test_another_model_at_the_same_host_is_asked(store: Store) -> None:
    clock, server = Clock(), Server(Unauthorized("no"))
    fails(store, server, clock, Unauthorized)
    fails(store, server, clock, Unauthorized, replace(KEY, model="small"))
    assert server.asked == 2


def test_what_an_endpoint_can_do_is_remembered_and_it_is_asked_again_at_once(store: Store) -> None:
    clock, server = Clock(), Server(Unauthorized("no"))
    fails(store, server, clock, Unauthorized)
    keep_profile(store, KEY, PROFILE, NOW)
    assert read_endpoint(store, KEY) == (PROFILE, None)
    fails(store, server, clock, Unauthorized)
    assert server.asked == 2


def test_what_an_older_version_kept_is_as_if_nothing_was(store: Store) -> None:
    with store.writer() as session:
        put_profile(session, KEY.host, KEY.model, KEY.wire, '{"wire": "telepathy"}', NOW)
        put_breaker(session, KEY.host, KEY.model, KEY.wire, "not JSON")
    assert read_endpoint(store, KEY) == (None, None)


def test_without_a_database_nothing_is_known_and_the_model_answers(tmp_path: Path) -> None:
    store = Store(tmp_path / "none.db")
    assert read_endpoint(store, KEY) == (None, None)
    assert remembering(store, Server(), Clock()).generate(REQUEST).text == "hi"
    with pytest.raises(StoreMissing), store.reader():
        pass


def test_a_store_that_cannot_be_written_hides_neither_answer_nor_error(tmp_path: Path) -> None:
    clock, server = Clock(), Server(Unauthorized("no"))
    fails(Store(tmp_path / "none.db"), server, clock, Unauthorized)
