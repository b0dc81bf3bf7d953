from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from agent.errors import NotConfigured
from agent.jobs.endpoints import EndpointKey, read_endpoint
from agent.llm.budget import Cap
from agent.llm.errors import QuotaSpent, Unauthorized
from agent.llm.port import LanguageModel, Message, Request, Usage
from agent.models import ModelWiring
from agent.store.engine import Store
from config.model_sections import CapSettings, LlmSettings, PriceSettings
from tests.agent.jobs.drafts import willing
from tests.agent.jobs.stores import empty_template, store  # fixtures
from tests.agent.jobs.world import NOW, Clock
from tests.agent.llm.scripted import KEY, ScriptedServer, completion, failure, running_server

__all__ = ["empty_template", "store"]

REQUEST = Request("ask", (Message("user", "hello"),), cache_scope="facts")
PER_MILLION = Usage(input_tokens=1_000_000, output_tokens=0)


@pytest.fixture(scope="module")
def running() -> Iterator[ScriptedServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def server(running: ScriptedServer) -> ScriptedServer:
    return running.forget()


def wiring(store: Store, clock: Clock | None = None, **settings: Any) -> ModelWiring:
    given = {"model": "tiny", "api_key": KEY, "timeout_s": 5} | settings
    return ModelWiring(LlmSettings.model_validate(given), store, clock or Clock())


def writer_of(models: ModelWiring) -> LanguageModel:
    assert models.writer is not None
    return models.writer


@pytest.mark.parametrize("settings", [{"model": ""}, {"api_key": ""}])
def test_without_a_name_or_a_way_to_it_there_is_no_model(store: Store, settings: dict[str, Any]) -> None:
    models = wiring(store, **settings)
    assert (models.writer, models.finder) == (None, None)
    with pytest.raises(NotConfigured, match=r"llm\.model"):
        models.probe("tiny")


def test_a_local_model_needs_no_key(store: Store, server: ScriptedServer) -> None:
    models = wiring(store, api_key="", base_url=server.base_url)
    assert writer_of(models).generate(REQUEST).text == "hello"


def test_one_model_does_all_unless_there_is_a_small_one(store: Store) -> None:
    alone = wiring(store)
    assert alone.finder is alone.writer
    both = wiring(store, small_model="small")
    assert both.finder is not None
    assert (both.finder.model, writer_of(both).model) == ("small", "tiny")


def test_caps_are_those_of_the_settings_and_minus_one_is_none(store: Store) -> None:
    caps = wiring(store, caps=CapSettings(call_usd=0.1, call_tokens=-1, month_usd=-1, month_tokens=0)).caps
    assert caps.call == Cap(Decimal("0.1"), None)
    assert caps.month == Cap(None, 0)


def test_a_price_of_the_settings_counts_only_if_it_is_whole(store: Store) -> None:
    whole = PriceSettings(input_usd_per_million=3, output_usd_per_million=5)
    half = PriceSettings(input_usd_per_million=3)
    models = wiring(store, small_model="small", price=whole, small_price=half)
    assert models.prices.price_of("tiny", "http://127.0.0.1/v1")(PER_MILLION, NOW) == Decimal(3)
    assert models.prices.price_of("small", "http://127.0.0.1/v1")(PER_MILLION, NOW) is None


def test_a_spent_budget_sends_nothing_and_opens_no_breaker(store: Store, server: ScriptedServer) -> None:
    models = wiring(store, base_url=server.base_url, caps=CapSettings(day_tokens=0))
    with pytest.raises(QuotaSpent):
        writer_of(models).generate(REQUEST)
    assert server.requests == []
    assert writer_of(wiring(store, base_url=server.base_url)).generate(REQUEST).text == "hello"


def test_a_kept_answer_is_given_even_where_nothing_may_be_spent(store: Store, server: ScriptedServer) -> None:
    writer_of(wiring(store, base_url=server.base_url)).generate(REQUEST)
    poor = wiring(store, base_url=server.base_url, caps=CapSettings(day_tokens=0))
    assert writer_of(poor).generate(REQUEST).text == "hello"
    assert len(server.requests) == 1


@pytest.mark.parametrize("change", [{"temperature": 0.2}, {"max_output_tokens": 77}, {"model": "other"}])
def test_what_changes_the_answer_is_asked_for_anew(
    store: Store, server: ScriptedServer, change: dict[str, Any]
) -> None:
    for settings in ({}, change, change):
        writer_of(wiring(store, base_url=server.base_url, **settings)).generate(REQUEST)
    assert len(server.requests) == 2


def test_answers_are_kept_as_long_as_the_settings_say(store: Store, server: ScriptedServer) -> None:
    clock = Clock()
    models = wiring(store, clock, base_url=server.base_url, cache_days=2)
    for days in (0, 1.9, 0.2):
        clock.now += timedelta(days=days)
        writer_of(models).generate(REQUEST)
    assert len(server.requests) == 2
    for _ in range(2):
        writer_of(wiring(store, clock, base_url=server.base_url, cache_days=0)).generate(REQUEST)
    assert len(server.requests) == 4


def test_what_a_probe_finds_is_used_from_then_on(store: Store, server: ScriptedServer) -> None:
    server.script = lambda seen: (
        failure(400, "unsupported: temperature") if "temperature" in seen.body else willing(seen)
    )
    report = wiring(store, base_url=server.base_url).probe("tiny")
    assert report.profile is not None
    key = EndpointKey(server.base_url.removeprefix("http://").removesuffix("/v1"), "tiny", "chat")
    assert read_endpoint(store, key)[0] == report.profile
    server.requests.clear()
    server.play(completion("hello"))
    writer_of(wiring(store, base_url=server.base_url, temperature=0.7)).generate(REQUEST)
    (request,) = server.requests
    assert "temperature" not in request.body


def test_the_key_goes_to_its_own_host_only(store: Store, server: ScriptedServer) -> None:
    models = wiring(store, base_url=server.base_url, key_host="api.example")
    with pytest.raises(Unauthorized, match=r"api\.example"):
        writer_of(models).generate(REQUEST)
    assert server.requests == []


def test_nothing_is_read_or_made_before_a_model_is_wanted(tmp_path: Path) -> None:
    models = wiring(Store(tmp_path / "none.db"))
    assert models.caps.call.usd == Decimal("0.25")
    assert not (tmp_path / "none.db").exists()
    assert KEY not in repr(models)
