import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal

import httpx2
import pytest

from agent.llm.errors import (
    BadRequest,
    ContextTooLong,
    LLMError,
    Malformed,
    QuotaSpent,
    RateLimited,
    Refused,
    Truncated,
    Unauthorized,
    Unavailable,
    Unreachable,
)
from agent.llm.port import Message, Request, Schema, Tool, ToolCall, Usage
from agent.llm.transport import _Call
from tests.agent.llm.scripted import (
    KEY,
    NOW,
    Ledger,
    Reply,
    ScriptedServer,
    Seen,
    completion,
    failure,
    model_at,
    running_server,
    tool_call,
)

ASK = Request("test", (Message("system", "Be short."), Message("user", "Hello?")))
SCHEMA = Schema("thing", {"type": "object", "properties": {}, "required": [], "additionalProperties": False})
STRUCTURED = Request("test", ASK.messages, SCHEMA, prompt_sha256="ab12")
TOOLS = (Tool("price", "A price.", {"type": "object", "properties": {}}),)


@pytest.fixture(scope="module")
def running() -> Iterator[ScriptedServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def server(running: ScriptedServer) -> ScriptedServer:
    return running.forget()


def test_an_answer_comes_with_text_usage_model_and_request_id(server: ScriptedServer) -> None:
    usage = {
        "prompt_tokens": 12,
        "completion_tokens": 5,
        "prompt_tokens_details": {"cached_tokens": 4},
        "completion_tokens_details": {"reasoning_tokens": 2},
    }
    server.play(completion("hello", usage=usage))
    with model_at(server.base_url) as model:
        result = model.generate(ASK)
    assert (result.text, result.model, result.request_id) == ("hello", "tiny", "req-7")
    assert result.usage == Usage(12, 5, 4, 2)
    assert result.cost_usd is None  # a local server has no list price, and unknown is not free
    assert server.requests[0].path == "/v1/chat/completions"
    assert server.requests[0].body == {
        "model": "tiny",
        "max_tokens": 500,
        "messages": [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Hello?"}],
    }


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {},
        {"prompt_tokens": None, "completion_tokens": "5"},
        {"prompt_tokens_details": None},
        {"prompt_tokens": -1},
    ],
)
def test_usage_a_server_leaves_out_is_unknown(server: ScriptedServer, usage: dict[str, object] | None) -> None:
    server.play(completion("hello", usage=usage))
    assert server.model.generate(ASK).usage == Usage()


BAD_ANSWERS = {
    "a web page with status 200": (Reply(b"<!doctype html><p>Sign in", content_type="text/html"), Malformed),
    "malformed JSON": (Reply(b'{"choices": [{"mess'), Malformed),
    "NaN in the body": (Reply(b'{"choices": NaN}'), Malformed),
    "a list instead of an object": (Reply(b"[]"), Malformed),
    "an empty body": (Reply(b""), Malformed),
    "an event stream nobody asked for": (
        Reply(b'data: {"choices": []}\n\n', content_type="text/event-stream"),
        Malformed,
    ),
    "no choices": (Reply(b'{"choices": []}'), Malformed),
    "choices null": (Reply(b'{"choices": null}'), Malformed),
    "no message": (Reply(b'{"choices": [{"finish_reason": "stop"}]}'), Malformed),
    "content null": (completion(None), Malformed),
    "content blank": (completion("  \n"), Malformed),
    "an unknown finish reason": (completion("hello", "function_call"), Malformed),
    "no finish reason": (completion("hello", None), Truncated),
    "the length limit": (completion("hel", "length"), Truncated),
    "the content filter": (completion("", "content_filter"), Refused),
    "a refusal": (completion(None, refusal="I can not."), Refused),
    "an error with status 200": (Reply(b'{"error": {"code": 502, "message": "upstream"}}'), Unavailable),
    "a rate limit with status 200": (Reply(b'{"error": {"code": 429, "message": "slow"}}'), RateLimited),
    "no credit with status 200": (Reply(b'{"error": {"code": 402, "message": "add credits"}}'), QuotaSpent),
    "a nameless error with status 200": (Reply(b'{"error": "something"}'), Unavailable),
    "cut tool arguments": (completion(None, "tool_calls", [tool_call("price", '{"asset": "Bit')]), Malformed),
    "NaN in tool arguments": (completion(None, "tool_calls", [tool_call("price", '{"x": NaN}')]), Malformed),
    "an overflowing number in tool arguments": (
        completion(None, "tool_calls", [tool_call("price", '{"x": 1e999}')]),
        Malformed,
    ),
    "a key twice in tool arguments": (
        completion(None, "tool_calls", [tool_call("price", '{"x": 1, "x": 2}')]),
        Malformed,
    ),
    "tool arguments that are a list": (completion(None, "tool_calls", [tool_call("price", "[1]")]), Malformed),
    "a tool call without a function": (completion(None, "tool_calls", [{"id": "call-1"}]), Malformed),
    "the connection cut in the body": (Reply(b'{"choices": [', cut=True), Unavailable),
    "status 400": (failure(400, "bad thing"), BadRequest),
    "status 401": (failure(401, f"Incorrect API key provided: {KEY}", "invalid_api_key"), Unauthorized),
    "status 402": (failure(402, "pay"), QuotaSpent),
    "status 403": (failure(403, "not for you"), Unauthorized),
    "status 404": (failure(404, "model not found"), BadRequest),
    "status 413": (failure(413, "large"), ContextTooLong),
    "too many tokens by code": (failure(400, "no", "context_length_exceeded"), ContextTooLong),
    "too many tokens by text": (
        failure(400, "'max_tokens' is too large: 1500. This model's maximum context length is 2048 tokens"),
        ContextTooLong,
    ),
    "a refused request": (failure(400, "no", "content_filter"), Refused),
    "status 422": (failure(422, "no"), BadRequest),
    "status 429": (failure(429, "slow"), RateLimited),
    "a spent quota": (failure(429, "You exceeded your current quota", "insufficient_quota"), QuotaSpent),
    "status 500": (failure(500, "boom"), Unavailable),
    "status 503 as a web page": (Reply(b"<html>", 503, content_type="text/html"), Unavailable),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_a_bad_answer_is_the_error_it_really_is_and_holds_no_key(server: ScriptedServer, name: str) -> None:
    reply, expected = BAD_ANSWERS[name]
    server.play(reply)
    model, ledger = server.model, server.ledger
    with pytest.raises(LLMError) as caught:
        model.generate(ASK)
    assert KEY not in repr(model) + repr(vars(model))
    assert type(caught.value) is expected
    assert len(server.requests) == 1
    assert [record.outcome for record in ledger.records] == [expected.code]
    assert KEY not in f"{caught.value} {caught.value!r} {vars(caught.value)} {ledger.records}"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_server_that_says_nothing_in_time_is_unavailable(server: ScriptedServer) -> None:
    server.play(Reply(b'{"choices"', stall=True))
    with model_at(server.base_url, timeout_s=0.1) as model, pytest.raises(Unavailable):
        model.generate(ASK)


def test_a_server_that_drips_is_given_up_at_the_deadline(server: ScriptedServer) -> None:
    server.play(Reply(b"", drip_s=0.01))  # every byte comes well within the time a byte may take
    with model_at(server.base_url, timeout_s=0.1) as model, pytest.raises(Unavailable, match="too long"):
        model.generate(ASK)


def test_an_enormous_answer_is_not_read_to_its_end(server: ScriptedServer) -> None:
    server.play(Reply(b" " * 4_100_000))
    with model_at(server.base_url) as model, pytest.raises(Malformed, match="4 MB"):
        model.generate(ASK)


def test_no_server_at_all_is_unreachable() -> None:
    with running_server() as server:
        gone = server.base_url
    ledger = Ledger()
    with model_at(gone, call_log=ledger) as model, pytest.raises(Unreachable, match=r"llm\.base_url"):
        model.generate(ASK)
    assert [record.outcome for record in ledger.records] == ["unreachable"]


def test_a_server_that_speaks_no_tls_is_unreachable(server: ScriptedServer) -> None:
    with model_at(server.base_url.replace("http:", "https:")) as model, pytest.raises(Unreachable):
        model.generate(ASK)
    assert server.requests == []


@pytest.mark.parametrize("reply", [Reply(b"", stall=True), Reply(b'{"choices": [', cut=True), failure(503, "later")])
def test_what_fails_after_it_was_sent_may_have_been_billed(server: ScriptedServer, reply: Reply) -> None:
    server.play(reply)
    ledger = Ledger()
    with model_at(server.base_url, timeout_s=0.2, call_log=ledger) as model, pytest.raises(Unavailable):
        model.generate(ASK)
    assert [record.outcome for record in ledger.records] == ["unavailable"]


def test_a_server_that_is_gone_for_the_retry_only_may_have_billed_the_first() -> None:
    def last_answer(_seen: Seen) -> Reply:
        server.stop_listening()
        return failure(503, "later")

    ledger = Ledger()
    with running_server() as server:
        server.script = last_answer
        with model_at(server.base_url, max_retries=1, call_log=ledger) as model, pytest.raises(Unavailable):
            model.generate(ASK)
        assert len(server.requests) == 1
    assert [record.outcome for record in ledger.records] == ["unavailable"]


def test_a_call_that_was_given_up_is_not_sent_by_the_connection_that_comes_late() -> None:
    call = _Call(deadline=0.0, max_bytes=1)
    call.on_trace("connection.connect_tcp.complete", {})
    assert not call.sent.is_set()
    call.given_up.set()
    with pytest.raises(httpx2.ReadTimeout, match="given up"):
        call.on_trace("http11.send_request_headers.started", {})
    assert call.sent.is_set()


def test_a_passing_failure_is_retried_by_the_transport_and_counted(server: ScriptedServer) -> None:
    server.play(failure(503, "later"), failure(429, "slow"), completion("hello"))
    ledger = Ledger()
    with model_at(server.base_url, max_retries=2, call_log=ledger) as model:
        assert model.generate(ASK).text == "hello"
    assert len(server.requests) == 3
    assert [record.retries for record in ledger.records] == [2]


def test_there_are_two_retries_and_no_more(server: ScriptedServer) -> None:
    server.play(failure(503, "later"))
    with model_at(server.base_url, max_retries=2) as model, pytest.raises(Unavailable):
        model.generate(ASK)
    assert len(server.requests) == 3


def test_a_spent_quota_is_not_retried(server: ScriptedServer) -> None:
    server.play(failure(429, "no", "insufficient_quota"))
    with model_at(server.base_url, max_retries=2) as model, pytest.raises(QuotaSpent):
        model.generate(ASK)
    assert len(server.requests) == 1


def test_a_wait_longer_than_a_call_may_take_is_not_waited_for(server: ScriptedServer) -> None:
    server.play(Reply(b"{}", 429, {"retry-after": "90"}))
    with model_at(server.base_url, max_retries=2) as model, pytest.raises(RateLimited) as caught:
        model.generate(ASK)
    assert caught.value.retry_after_s == 90.0
    assert len(server.requests) == 1


def test_a_redirect_is_not_followed_so_the_key_stays_with_its_host(server: ScriptedServer) -> None:
    with running_server() as other:
        server.play(Reply(b"", 307, {"location": f"{other.base_url}/chat/completions"}))
        with model_at(server.base_url) as model, pytest.raises(BadRequest, match="redirects"):
            model.generate(ASK)
        assert other.requests == []


def test_nothing_of_the_environment_is_sent(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-other")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-admin")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Secret: s3cret")
    with model_at(server.base_url) as model:
        model.generate(ASK)
    sent = json.dumps(server.requests[0].headers)
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert not any(word in sent for word in ("sk-other", "sk-admin", "org-1", "s3cret"))


def test_a_server_without_a_key_gets_a_placeholder(server: ScriptedServer) -> None:
    with model_at(server.base_url, api_key="") as model:
        model.generate(ASK)
    assert server.requests[0].headers["authorization"] == "Bearer no-key"


@pytest.mark.parametrize(
    ("accepted", "formats"),
    [
        ("json_schema", ["json_schema"]),
        ("json_object", ["json_schema", "json_object"]),
        (None, ["json_schema", "json_object", None]),
    ],
)
def test_structured_output_degrades_and_what_worked_is_remembered(
    server: ScriptedServer, accepted: str | None, formats: list[str | None]
) -> None:
    def script(seen: Seen) -> Reply:
        asked = seen.body.get("response_format", {}).get("type")
        return completion("{}") if asked == accepted else failure(400, "response_format is not supported")

    server.script = script
    ledger = Ledger()
    with model_at(server.base_url, call_log=ledger) as model:
        model.generate(STRUCTURED)
        model.generate(STRUCTURED)
    asked = [seen.body.get("response_format", {}).get("type") for seen in server.requests]
    assert asked == [*formats, accepted]
    assert [record.output_format for record in ledger.records] == [name or "prompt" for name in asked]
    is_told_in_words = "additionalProperties" in server.requests[-1].body["messages"][0]["content"]
    assert is_told_in_words == (accepted != "json_schema")


def test_a_server_that_refuses_every_format_is_a_bad_request(server: ScriptedServer) -> None:
    server.play(failure(400, "response_format is not supported"))
    with model_at(server.base_url) as model, pytest.raises(BadRequest):
        model.generate(STRUCTURED)
    assert len(server.requests) == 3


def test_the_other_length_field_is_tried_where_the_first_is_refused(server: ScriptedServer) -> None:
    def script(seen: Seen) -> Reply:
        message = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
        return failure(400, message) if "max_tokens" in seen.body else completion("hello")

    server.script = script
    with model_at(server.base_url) as model:
        model.generate(ASK)
        model.generate(ASK)
    assert ["max_tokens" in seen.body for seen in server.requests] == [True, False, False]
    assert server.requests[-1].body["max_completion_tokens"] == 500


def test_tools_and_a_schema_never_go_together() -> None:
    with pytest.raises(ValueError, match="never both"):
        Request("test", ASK.messages, SCHEMA, TOOLS)


def test_tool_calls_and_their_answers_travel_both_ways(server: ScriptedServer) -> None:
    server.play(completion(None, "stop", [tool_call("price", '{"asset": "Bitcoin"}')]))  # some servers say stop
    call = ToolCall("call-0", "price", {"asset": "Solana"})
    messages = (*ASK.messages, Message("assistant", "", (call,)), Message("tool", "{}", tool_call_id="call-0"))
    with model_at(server.base_url) as model:
        result = model.generate(Request("test", messages, tools=TOOLS))
    assert result.tool_calls == (ToolCall("call-1", "price", {"asset": "Bitcoin"}),)
    sent = server.requests[0].body
    assert sent["messages"][2]["tool_calls"][0]["function"] == {"name": "price", "arguments": '{"asset": "Solana"}'}
    assert sent["messages"][3] == {"role": "tool", "content": "{}", "tool_call_id": "call-0"}
    assert "response_format" not in sent


def test_a_call_is_recorded_with_all_that_the_ledger_needs(server: ScriptedServer) -> None:
    server.play(completion("{}", usage={"prompt_tokens": 12, "completion_tokens": 5}))
    ledger = Ledger()
    seconds = itertools.count(1.0, 0.5)  # each look at the clock is half a second later
    with model_at(server.base_url, call_log=ledger, timer=lambda: next(seconds)) as model:
        result = model.generate(STRUCTURED)
        (record,) = ledger.records
        assert record.host == model.host
    assert (record.purpose, record.model, record.prompt_sha256, record.started_at) == ("test", "tiny", "ab12", NOW)
    assert record.latency_s == result.latency_s > 0
    assert record.latency_s % 0.5 == 0.0
    assert (record.request_id, record.outcome, record.wire) == ("req-7", "ok", "chat")
    assert record.usage == Usage(12, 5)
    assert record.cost_usd is None


def test_a_price_is_known_only_for_a_listed_host() -> None:
    from agent.llm.pricing import cost_usd  # noqa: PLC0415 - loads its tables only here

    usage = Usage(1000, 500)
    assert cost_usd(usage, "gpt-4o", "https://api.openai.com/v1", NOW) == Decimal("0.0075")  # 2.50 and 10 per million
    assert cost_usd(usage, "gpt-4o", "http://127.0.0.1:8080/v1", NOW) is None
    assert cost_usd(usage, "no-such-model", "https://api.openai.com/v1", NOW) is None
    assert cost_usd(Usage(), "gpt-4o", "https://api.openai.com/v1", NOW) is None


def test_importing_the_adapter_loads_no_sdk() -> None:
    code = (
        "import sys, agent.llm.wire_choice, agent.llm.probe, agent.llm.breaker;"
        "import agent.briefing.write, agent.ask.respond;"
        "print(*(name in sys.modules for name in ('openai', 'genai_prices', 'httpx2', 'pandas')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"] * 4
