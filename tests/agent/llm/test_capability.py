import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.llm.capability import CapabilityProfile, choose_wire, poorer
from agent.llm.chat import ChatCompletionsModel
from agent.llm.errors import BadRequest, Unauthorized
from agent.llm.port import Message, Request, Schema, Tool
from agent.llm.responses import ResponsesModel
from agent.llm.transport import Endpoint, host_of
from agent.llm.wire_choice import model_from
from agent.llm.wire_model import WireModel
from tests.agent.llm.scripted import (
    KEY,
    NOW,
    Reply,
    ScriptedServer,
    Seen,
    completion,
    failure,
    model_at,
    new_model,
    new_responses_model,
    running_server,
)

ASK = Request("test", (Message("system", "Be short."), Message("user", "Hello?")))
SCHEMA = Schema("thing", {"type": "object", "properties": {}, "required": [], "additionalProperties": False})
STRUCTURED = replace(ASK, schema=SCHEMA)
TOOLS = (Tool("price", "A price.", {"type": "object", "properties": {}}),)
PROFILES = st.builds(
    CapabilityProfile,
    st.sampled_from(["chat", "responses"]),
    st.sampled_from(["schema", "object", "prompt"]),
    max_tokens_field=st.sampled_from(["max_tokens", "max_completion_tokens", "max_output_tokens"]),
    stream=st.booleans(),
    thinking_field=st.none() | st.text(),
    probed_at=st.none() | st.datetimes(timezones=st.just(UTC)),
)


@pytest.fixture(scope="module")
def running() -> Iterator[ScriptedServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def server(running: ScriptedServer) -> ScriptedServer:
    return running.forget()


@given(PROFILES)
def test_a_profile_is_the_same_after_being_kept(profile: CapabilityProfile) -> None:
    text = profile.to_json()
    assert CapabilityProfile.from_json(text) == profile
    assert json.loads(text).keys() == asdict(profile).keys()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"wire": "chat", "speed": 3}', "speed"),
        ('{"wire": "telepathy"}', "wire"),
        ('{"wire": "chat", "tools": "yes"}', "tools"),
        ('{"wire": "chat", "probed_at": "2025-10-11T07:00:00"}', "probed_at"),
        ("{}", "wire"),
        ("[]", "not a capability profile"),
        ("{", "not a capability profile"),
    ],
)
def test_what_is_no_profile_is_refused_by_name(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        CapabilityProfile.from_json(text)


@pytest.mark.parametrize("mode", ["object", "prompt"])
def test_with_a_profile_nothing_is_found_out_again(server: ScriptedServer, mode: str) -> None:
    profile = CapabilityProfile.from_json(
        json.dumps({"wire": "chat", "json_mode": mode, "max_tokens_field": "max_completion_tokens"})
    )
    server.play(completion("```json\n{}\n```"))
    with model_at(server.base_url, profile=profile) as model:
        assert model.generate(STRUCTURED).text == "{}"
        assert model.profile == profile
    (seen,) = server.requests
    assert seen.body["max_completion_tokens"] == 500
    assert seen.body.get("response_format") == {"object": {"type": "json_object"}}.get(mode)
    assert "additionalProperties" in seen.body["messages"][0]["content"]


def test_a_profile_that_the_server_no_longer_keeps_to_is_said_so(server: ScriptedServer) -> None:
    server.play(failure(400, "response_format is not supported"))
    with (
        model_at(server.base_url, profile=CapabilityProfile("chat")) as model,
        pytest.raises(BadRequest, match="doctor"),
    ):
        model.generate(STRUCTURED)
    assert len(server.requests) == 1


def test_a_profile_of_the_other_wire_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        new_model("http://127.0.0.1:9/v1", profile=CapabilityProfile("responses"))


def test_a_model_that_calls_no_tools_is_not_asked_to(server: ScriptedServer) -> None:
    profile = CapabilityProfile("chat", tools=False)
    with model_at(server.base_url, profile=profile) as model, pytest.raises(BadRequest, match="no tools"):
        model.generate(replace(ASK, tools=TOOLS))
    assert server.requests == []


@pytest.mark.parametrize(
    ("field", "request_"),
    [
        ("temperature", replace(ASK, temperature=0.2)),
        ("tool_choice", replace(ASK, tools=TOOLS, must_call_tool=True)),
    ],
)
def test_a_field_the_server_does_not_take_is_sent_once_only(
    server: ScriptedServer, field: str, request_: Request
) -> None:
    def script(seen: Seen) -> Reply:
        return failure(400, f"Unsupported value: '{field}'") if field in seen.body else completion("hello")

    server.script = script
    with model_at(server.base_url) as model:
        model.generate(request_)
        model.generate(request_)
    assert [field in seen.body for seen in server.requests] == [True, False, False]


def test_a_temperature_is_sent_where_it_is_taken_and_wanted(server: ScriptedServer) -> None:
    silent = CapabilityProfile("chat", sends_temperature=False)
    with model_at(server.base_url) as model, model_at(server.base_url, profile=silent) as quiet:
        for one in (model, quiet):
            one.generate(replace(ASK, temperature=0.2))
            one.generate(ASK)
    assert [seen.body.get("temperature") for seen in server.requests] == [0.2, None, None, None]


def test_a_template_that_allows_one_system_message_gets_one(server: ScriptedServer) -> None:
    def script(seen: Seen) -> Reply:
        is_refused = [message["role"] for message in seen.body["messages"]].count("system") > 1
        return failure(400, "System message must be at the beginning.") if is_refused else completion("hello")

    server.script = script
    request = replace(ASK, messages=(*ASK.messages, Message("system", "In English.")))
    with model_at(server.base_url) as model:
        model.generate(request)
        assert model.profile.single_system_message
    assert server.requests[-1].body["messages"] == [
        {"role": "system", "content": "Be short.\n\nIn English."},
        {"role": "user", "content": "Hello?"},
    ]


@given(st.sampled_from([400, 404, 422, 500]), st.text(), PROFILES, st.data())
def test_whatever_a_server_refuses_there_are_only_so_many_ways_to_ask(
    status: int, text: str, profile: CapabilityProfile, data: st.DataObject
) -> None:
    messages = (*ASK.messages, Message("system", "In English."))
    request = replace(ASK, messages=messages, schema=data.draw(st.sampled_from([None, SCHEMA])), temperature=0.0)
    said = f"{text} response_format stream_options stream temperature {profile.max_tokens_field} one system message"
    tried, left = {profile}, [profile]
    while left and len(tried) < 1000:
        new = [other for other in poorer(left.pop(), request, status, said, streams=True) if other not in tried]
        tried.update(new)
        left += new
    assert len(tried) <= 3 * 2**6


@pytest.mark.parametrize(
    ("base_url", "wire"),
    [
        ("", "responses"),
        ("https://api.openai.com/v1", "responses"),
        ("https://mine.openai.azure.com/openai/v1/", "responses"),
        ("https://openrouter.ai/api/v1", "chat"),
        ("http://localhost:11434/v1", "chat"),
        ("https://api.openai.com.evil.example/v1", "chat"),
    ],
)
def test_openai_and_azure_are_spoken_to_in_responses_and_all_others_in_chat(base_url: str, wire: str) -> None:
    assert choose_wire(base_url) == wire
    assert choose_wire(base_url, "chat") == "chat"
    assert choose_wire(base_url, "responses") == "responses"


def test_the_adapter_is_that_of_the_setting_then_of_the_profile_then_of_the_host() -> None:
    options: dict[str, Any] = {"timeout_s": 1.0, "max_output_tokens": 1, "clock": lambda: datetime.now(UTC)}
    responses = CapabilityProfile("responses", stream=False)
    here, openai = "http://localhost/v1", "https://api.openai.com/v1"
    assert isinstance(model_from(None, here, KEY, "m", **options), ChatCompletionsModel)
    assert isinstance(model_from(None, openai, KEY, "m", **options), ResponsesModel)
    kept = model_from(responses, here, KEY, "m", **options)
    assert isinstance(kept, ResponsesModel)
    assert kept.profile is responses
    forced = model_from(responses, here, KEY, "m", wire="chat", **options)
    assert isinstance(forced, ChatCompletionsModel)
    assert forced.profile == CapabilityProfile("chat")


@pytest.mark.parametrize("make", [new_model, new_responses_model])
def test_a_key_is_not_sent_to_another_host(server: ScriptedServer, make: Callable[..., WireModel]) -> None:
    model = make(server.base_url, allowed_host="api.openai.com")
    with pytest.raises(Unauthorized, match=r"the key is for api\.openai\.com") as caught:
        model.generate(ASK)
    with pytest.raises(Unauthorized):
        model.list_models()
    assert server.requests == []
    assert KEY not in f"{caught.value} {vars(caught.value)}"


@pytest.mark.parametrize("changes", [{"allowed_host": "{host}"}, {"allowed_host": "elsewhere", "api_key": ""}])
def test_a_key_goes_to_its_own_host_and_no_key_to_any(server: ScriptedServer, changes: dict[str, str]) -> None:
    host = server.base_url.split("/")[2]
    with model_at(server.base_url, **{name: value.format(host=host) for name, value in changes.items()}) as model:
        assert model.generate(ASK).text == "hello"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://API.OpenAI.com:443/v1", "api.openai.com"),
        ("http://localhost:11434/v1", "localhost:11434"),
        ("http://box/v1", "box"),
        ("https://user:pass@box:8443/v1", "box:8443"),
        ("https://api.openai.com@evil.example/v1", "evil.example"),
    ],
)
def test_a_host_is_a_name_and_a_port_of_its_own(url: str, host: str) -> None:
    assert host_of(url) == host


def test_an_endpoint_shows_no_key() -> None:
    with model_at("http://127.0.0.1:9/v1") as model:
        endpoint = model._transport._endpoint
    assert isinstance(endpoint, Endpoint)
    assert KEY not in repr(endpoint)


def test_nothing_of_the_environment_is_sent_in_responses_either(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID", "CUSTOM_HEADERS", "API_VERSION"):
        monkeypatch.setenv(f"OPENAI_{name}", "X-Leak: leaked-7")
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "leaked-7")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/leaked-7")
    model = new_responses_model(server.base_url, clock=lambda: NOW)
    with pytest.raises(Exception, match="output"):  # the answer is a chat completion
        model.generate(ASK)
    model.close()
    (seen,) = server.requests
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    assert "leaked-7" not in json.dumps([seen.headers, seen.body, seen.path])
