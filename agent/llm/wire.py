"""The Chat Completions wire format: our request to its body, its body to an answer or the error it really is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from agent.llm.errors import LLMError, Malformed, Refused, Truncated
from agent.llm.faults import error_from_body
from agent.llm.port import Json, Message, Request, Schema, Tool, ToolCall, Usage
from agent.llm.strict_json import parse_strict_json

_TRY_OTHER = "try again, or use another model or server"


@dataclass(frozen=True, slots=True)
class Completion:
    """What a complete body holds; `cost_usd` only where the server itself states it."""

    text: str
    tool_calls: tuple[ToolCall, ...]
    usage: Usage
    model: str | None
    cost_usd: Decimal | None


def request_body(request: Request, model: str, output_format: str, limit: tuple[str, int]) -> dict[str, Json]:
    """The body to send.

    `output_format` is json_schema, json_object, prompt or text; `limit` the length field's name and value.
    """
    messages: list[Json] = [_message_body(message) for message in request.messages]
    body: dict[str, Json] = {"model": model, "messages": messages, limit[0]: limit[1]}
    if request.tools:
        body["tools"] = [_tool_body(tool) for tool in request.tools]
    if request.schema is not None:
        _add_schema(body, request.schema, output_format)
    return body


def _add_schema(body: dict[str, Json], schema: Schema, output_format: str) -> None:
    if output_format == "json_schema":
        definition: dict[str, Json] = {"name": schema.name, "strict": True, "schema": dict(schema.body)}
        body["response_format"] = {"type": "json_schema", "json_schema": definition}
        return
    if output_format == "json_object":
        body["response_format"] = {"type": "json_object"}
    instruction = "Answer with one JSON object and nothing else. It must match this JSON Schema:\n"
    messages = body["messages"]
    first = messages[0] if isinstance(messages, list) and messages else None
    if isinstance(first, dict):
        # into the first message: some chat templates allow one leading system message only
        first["content"] = f"{first['content']}\n\n{instruction}{json.dumps(dict(schema.body))}"


def _message_body(message: Message) -> dict[str, Json]:
    body: dict[str, Json] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        body["tool_calls"] = [
            {
                "id": call.call_id,
                "type": "function",
                "function": {"name": call.name, "arguments": json.dumps(dict(call.arguments))},
            }
            for call in message.tool_calls
        ]
    if message.tool_call_id is not None:
        body["tool_call_id"] = message.tool_call_id
    return body


def _tool_body(tool: Tool) -> dict[str, Json]:
    function: dict[str, Json] = {
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
    }
    return {"type": "function", "function": function}


def parse_completion(body: bytes) -> Completion:
    """The answer in `body`.

    Raises the `LLMError` that fits: an error object sent with status 200, no choices, a refusal, a cut or an empty
    answer, unreadable tool arguments. Only the finish reasons stop and tool_calls are accepted.
    """
    document = _parse_document(body)
    choice = _first_choice(document)
    message = choice.get("message")
    if not isinstance(message, dict):
        raise Malformed(f"the answer has no message; {_TRY_OTHER}")
    _require_finished(choice.get("finish_reason"), message)
    tool_calls = _parse_tool_calls(message.get("tool_calls"))
    content = message.get("content")
    text = content if isinstance(content, str) else ""
    if not text.strip() and not tool_calls:
        raise Malformed(f"the answer is empty; {_TRY_OTHER}")
    model = document.get("model")
    return Completion(
        text, tool_calls, _parse_usage(document), model if isinstance(model, str) else None, _parse_cost(document)
    )


def _parse_document(body: bytes) -> dict[str, Json]:
    try:
        document = parse_strict_json(body)
    except ValueError:
        raise _unreadable(body) from None
    if not isinstance(document, dict):
        raise Malformed(f"the answer is not a JSON object; {_TRY_OTHER}")
    if document.get("error"):
        raise error_from_body(document["error"])
    return document


def _unreadable(body: bytes) -> LLMError:
    start = body.lstrip()[:64].lower()
    if start.startswith((b"<!doctype", b"<html")):
        return Malformed("the answer is a web page; check the base URL and any proxy in between")
    if start.startswith((b"data:", b"event:")):
        return Malformed("the answer is an event stream that was not asked for; use another server")
    return Malformed(f"the answer is not JSON; {_TRY_OTHER}")


def _first_choice(document: Mapping[str, Json]) -> dict[str, Json]:
    choices = document.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise Malformed(f"the answer has no choices; {_TRY_OTHER}")
    return choices[0]


def _require_finished(finish_reason: Json, message: Mapping[str, Json]) -> None:
    if finish_reason == "length":
        raise Truncated("the answer reached the length limit; raise llm.max_output_tokens or shorten the request")
    if finish_reason == "content_filter":
        raise Refused("a content filter stopped the answer; use another model or server")
    if message.get("refusal"):
        raise Refused("the model refused; use another model")
    if finish_reason is None:
        raise Truncated(f"the answer does not say that it is complete; {_TRY_OTHER}")
    if finish_reason not in ("stop", "tool_calls"):
        raise Malformed(f"the answer ended for an unknown reason; {_TRY_OTHER}")


def _parse_tool_calls(value: Json) -> tuple[ToolCall, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise Malformed(f"the tool calls are not a list; {_TRY_OTHER}")
    return tuple(_parse_tool_call(item, position) for position, item in enumerate(value))


def _parse_tool_call(item: Json, position: int) -> ToolCall:
    function = item.get("function") if isinstance(item, dict) else None
    if not isinstance(item, dict) or not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise Malformed(f"a tool call has no function name; {_TRY_OTHER}")
    raw = function.get("arguments")
    try:
        # some servers send an object where the format has a string, and nothing where there are no arguments
        arguments = parse_strict_json(raw) if isinstance(raw, str) and raw.strip() else (raw or {})
    except ValueError:
        raise Malformed(f"the arguments of a tool call are not JSON; {_TRY_OTHER}") from None
    if not isinstance(arguments, dict):
        raise Malformed(f"the arguments of a tool call are not an object; {_TRY_OTHER}")
    call_id = item.get("id")
    return ToolCall(
        call_id if isinstance(call_id, str) and call_id else f"call_{position}", str(function["name"]), arguments
    )


def _parse_usage(document: Mapping[str, Json]) -> Usage:
    usage = document.get("usage")
    if not isinstance(usage, dict):
        return Usage()
    return Usage(
        input_tokens=_count(usage, "prompt_tokens"),
        output_tokens=_count(usage, "completion_tokens"),
        cached_tokens=_count(usage.get("prompt_tokens_details"), "cached_tokens"),
        reasoning_tokens=_count(usage.get("completion_tokens_details"), "reasoning_tokens"),
    )


def _count(holder: Json, key: str) -> int | None:
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _parse_cost(document: Mapping[str, Json]) -> Decimal | None:
    """What the server says it charged in US dollars (OpenRouter's usage.cost), else None."""
    usage = document.get("usage")
    cost = usage.get("cost") if isinstance(usage, dict) else None
    if isinstance(cost, bool) or not isinstance(cost, int | float) or cost < 0:
        return None
    return Decimal(str(cost))
