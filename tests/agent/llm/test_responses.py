from collections.abc import Iterator

import pytest

from agent.llm.errors import BadRequest
from agent.llm.port import Message, Request, Schema, Tool, ToolCall, Usage
from tests.agent.llm.scripted import (
    Reply,
    ScriptedServer,
    Seen,
    as_reply,
    failure,
    new_responses_model,
    output_text,
    response,
    running_server,
)

ASK = Request("test", (Message("system", "Be short."), Message("user", "Hello?")))
SCHEMA = Schema("thing", {"type": "object", "properties": {}, "required": [], "additionalProperties": False})
STRUCTURED = Request("test", ASK.messages, SCHEMA)
TOOLS = (Tool("price", "A price.", {"type": "object", "properties": {}}),)


@pytest.fixture(scope="module")
def running() -> Iterator[ScriptedServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def server(running: ScriptedServer) -> ScriptedServer:
    return running.forget()


def test_an_answer_comes_with_text_usage_model_and_wire(server: ScriptedServer) -> None:
    usage = {
        "input_tokens": 12,
        "output_tokens": 5,
        "input_tokens_details": {"cached_tokens": 4},
        "output_tokens_details": {"reasoning_tokens": 2},
    }
    thoughts = {"type": "reasoning", "id": "rs_1", "summary": []}
    server.play(as_reply(response(thoughts, output_text("hel"), output_text("lo"), usage=usage)))
    result = server.responses_model.generate(ASK)
    assert (result.text, result.model, result.wire, result.request_id) == ("hello", "tiny", "responses", "req-7")
    assert (result.usage, result.usage_estimated) == (Usage(12, 5, 4, 2), False)
    assert server.responses_model.profile.thinking_field == "reasoning"


def test_a_request_is_complete_in_itself_and_not_to_be_kept(server: ScriptedServer) -> None:
    server.play(as_reply(response(output_text("hello"))))
    server.responses_model.generate(ASK)
    assert server.requests[0].path == "/v1/responses"
    assert server.requests[0].body == {
        "model": "tiny",
        "input": [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Hello?"}],
        "max_output_tokens": 500,
        "store": False,
    }


def test_tool_calls_and_their_answers_travel_both_ways(server: ScriptedServer) -> None:
    call = {"type": "function_call", "id": "fc_1", "call_id": "call-1", "name": "price", "arguments": '{"asset": "x"}'}
    server.play(as_reply(response(call)))
    earlier = ToolCall("call-0", "price", {"asset": "y"})
    messages = (*ASK.messages, Message("assistant", "", (earlier,)), Message("tool", "7", tool_call_id="call-0"))
    result = server.responses_model.generate(Request("test", messages, tools=TOOLS, must_call_tool=True))
    assert result.tool_calls == (ToolCall("call-1", "price", {"asset": "x"}),)
    sent = server.requests[0].body
    assert sent["input"][2:] == [
        {"type": "function_call", "call_id": "call-0", "name": "price", "arguments": '{"asset": "y"}'},
        {"type": "function_call_output", "call_id": "call-0", "output": "7"},
    ]
    assert sent["tools"] == [
        {
            "type": "function",
            "name": "price",
            "description": "A price.",
            "parameters": {"type": "object", "properties": {}},
            "strict": False,
        }
    ]
    assert sent["tool_choice"] == "required"
    assert "text" not in sent


def test_structured_output_degrades_and_what_worked_is_remembered(server: ScriptedServer) -> None:
    def script(seen: Seen) -> Reply:
        if "text" in seen.body:
            return failure(400, "Unsupported parameter: 'text.format' is not available", param="text.format")
        return as_reply(response(output_text('{"a": 1}')))

    server.script = script
    model = new_responses_model(server.base_url)
    assert model.generate(STRUCTURED).text == '{"a": 1}'
    model.generate(STRUCTURED)
    model.close()
    asked = [seen.body.get("text", {}).get("format", {}).get("type") for seen in server.requests]
    assert asked == ["json_schema", "json_object", None, None]
    assert server.requests[0].body["text"]["format"] == {
        "type": "json_schema",
        "name": "thing",
        "strict": True,
        "schema": dict(SCHEMA.body),
    }
    assert "additionalProperties" in server.requests[-1].body["input"][0]["content"]


def test_a_server_that_refuses_every_format_is_a_bad_request(server: ScriptedServer) -> None:
    server.play(failure(400, "json_schema is not supported"))
    with pytest.raises(BadRequest):
        new_responses_model(server.base_url).generate(STRUCTURED)
