"""Every bad server of the reference, in both wires, streamed or not: exactly one of our errors, and no key in it."""

from collections.abc import Iterator
from typing import Any

import pytest

from agent.llm.errors import LLMError, Malformed, Unavailable
from agent.llm.port import Message, Request, Result, Schema, Tool, ToolCall, Usage
from agent.llm.wire_model import WireModel
from tests.agent.llm.bad_servers import MODES, bad_tool_arguments, in_all_modes
from tests.agent.llm.scripted import (
    KEY,
    Reply,
    ScriptedServer,
    as_reply,
    chunk,
    completion,
    event_stream,
    new_model,
    new_responses_model,
    output_text,
    response,
    response_stream,
    running_server,
    tool_call,
)

ASK = Request("test", (Message("system", "Be short."), Message("user", "Hello?")))
SCHEMA = Schema("thing", {"type": "object", "properties": {}, "required": [], "additionalProperties": False})
STRUCTURED = Request("test", ASK.messages, SCHEMA)
TOOLS = (Tool("price", "A price.", {"type": "object", "properties": {}}),)
ROWS = in_all_modes()
FENCED = 'Here it is:\n```json\n{"a": 1}\n```\nDone.'


@pytest.fixture(scope="module")
def running() -> Iterator[ScriptedServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def server(running: ScriptedServer) -> ScriptedServer:
    return running.forget()


def ask(model: WireModel, mode: str, request: Request = ASK) -> tuple[Result, list[str]]:
    pieces: list[str] = []
    return model.generate(request, pieces.append if mode.endswith("stream") else None), pieces


def model_of(server: ScriptedServer, mode: str) -> WireModel:
    return server.responses_model if mode.startswith("responses") else server.model


def hurried(server: ScriptedServer, mode: str, **changes: Any) -> WireModel:
    make = new_responses_model if mode.startswith("responses") else new_model
    return make(server.base_url, **({"timeout_s": 0.2} | changes))


@pytest.mark.parametrize(("mode", "name"), [(mode, name) for mode in MODES for name in ROWS[mode]])
def test_a_bad_server_is_the_error_it_really_is(server: ScriptedServer, mode: str, name: str) -> None:
    reply, expected = ROWS[mode][name]
    server.play(reply)
    with pytest.raises(LLMError) as caught:
        ask(model_of(server, mode), mode)
    assert type(caught.value) is expected
    assert len(server.requests) == 1
    (record,) = server.ledger.records
    assert (record.outcome, record.wire) == (expected.code, mode.split(maxsplit=1)[0])
    assert KEY not in f"{caught.value} {vars(caught.value)} {record}"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def good_reply(mode: str, text: str) -> Reply:
    half = len(text) // 2
    return {
        "chat": completion(text),
        "chat stream": event_stream(chunk(text[:half]), chunk(text[half:]), chunk(None, "stop")),
        "responses": as_reply(response(output_text(text))),
        "responses stream": response_stream(text[:half], text[half:], last=response(output_text(text))),
    }[mode]


@pytest.mark.parametrize("mode", MODES)
def test_a_fenced_answer_to_a_schema_is_repaired_and_to_a_question_left_alone(
    server: ScriptedServer, mode: str
) -> None:
    server.play(good_reply(mode, FENCED))
    assert ask(model_of(server, mode), mode, STRUCTURED)[0].text == '{"a": 1}'
    assert ask(model_of(server, mode), mode)[0].text == FENCED


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", bad_tool_arguments())
def test_unreadable_tool_arguments_are_malformed(server: ScriptedServer, mode: str, name: str) -> None:
    arguments = bad_tool_arguments()[name]
    call = {"type": "function_call", "call_id": "call-1", "name": "price", "arguments": arguments}
    chat = completion(None, "tool_calls", [tool_call("price", arguments)])
    server.play(as_reply(response(call)) if mode.startswith("responses") else chat)
    with pytest.raises(Malformed):
        ask(model_of(server, mode), mode, Request("test", ASK.messages, tools=TOOLS))


@pytest.mark.parametrize("mode", MODES)
def test_a_request_with_tools_is_never_streamed(server: ScriptedServer, mode: str) -> None:
    call = {"type": "function_call", "call_id": "call-1", "name": "price", "arguments": ""}
    chat = completion("Let me see.", "tool_calls", [tool_call("price", "")])
    whole = as_reply(response(output_text("Let me see."), call))
    server.play(whole if mode.startswith("responses") else chat)
    result, pieces = ask(model_of(server, mode), mode, Request("test", ASK.messages, tools=TOOLS))
    assert result.tool_calls == (ToolCall("call-1", "price", {}),)
    assert "stream" not in server.requests[0].body
    assert pieces == (["Let me see."] if mode.endswith("stream") else [])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("reply", [Reply(b'data: {"', stall=True), Reply(b"", drip_s=0.01)], ids=["hangs", "trickles"])
def test_a_server_that_never_ends_is_given_up_in_time(server: ScriptedServer, mode: str, reply: Reply) -> None:
    server.play(reply)
    model = hurried(server, mode, max_retries=2, timeout_s=0.1)
    with pytest.raises(Unavailable):
        ask(model, mode)
    model.close()
    assert len(server.requests) == 1  # what took all of the time is not tried again


@pytest.mark.parametrize("mode", ["chat stream", "responses stream"])
def test_a_stream_that_falls_silent_is_given_up_before_the_whole_time_is_over(
    server: ScriptedServer, mode: str
) -> None:
    body = event_stream(chunk("hel"), done=False).body
    server.play(Reply(body, stall=True, content_type="text/event-stream"))
    model = hurried(server, mode, timeout_s=60.0, read_timeout_s=0.05)
    with pytest.raises(Unavailable):
        ask(model, mode)
    model.close()


@pytest.mark.parametrize("mode", MODES)
def test_an_enormous_answer_is_not_read_to_its_end(server: ScriptedServer, mode: str) -> None:
    server.play(Reply(b" " * 4_100_000))
    with pytest.raises(Malformed, match="4 MB"):
        ask(model_of(server, mode), mode)


def test_an_enormous_stream_is_not_read_to_its_end(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.llm.transport._MAX_STREAM_BYTES", 1_000_000)
    server.play(event_stream(*[": keep-alive " + "." * 1000 + "\n\n"] * 1100, chunk("hello", "stop")))
    with pytest.raises(Malformed, match="1 MB"):
        ask(server.model, "chat stream")


@pytest.mark.parametrize("mode", ["chat", "responses"])
def test_an_enormous_error_is_not_read_to_its_end_either(server: ScriptedServer, mode: str) -> None:
    server.play(Reply(b" " * 4_100_000, 500))
    with pytest.raises(Malformed, match="4 MB"):
        ask(model_of(server, mode), mode)


@pytest.mark.parametrize("mode", ["chat stream", "responses stream"])
def test_an_answer_in_one_piece_to_a_request_for_a_stream_is_an_answer(server: ScriptedServer, mode: str) -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 4, "input_tokens": 3, "output_tokens": 4}
    chat = completion("hello", usage=usage)
    server.play(chat if mode == "chat stream" else as_reply(response(output_text("hello"), usage=usage)))
    result, pieces = ask(model_of(server, mode), mode)
    assert (result.text, result.usage, result.usage_estimated) == ("hello", Usage(3, 4), False)
    assert pieces == ["hello"]
