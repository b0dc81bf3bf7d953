"""The Chat Completions wire format: our request to its body, its body to an answer or the error it really is."""

import json
from collections.abc import Mapping

from agent.llm.errors import Malformed, Refused, Truncated
from agent.llm.port import Json, Message, Request, Schema, Tool, ToolCall, Usage
from agent.llm.wire_answer import (
    TRY_OTHER,
    Completion,
    completion_from,
    counted_usage,
    load_document,
    require_no_error,
    tool_call_from,
)

SCHEMA_IN_WORDS = "Answer with one JSON object and nothing else. It must match this JSON Schema:\n"
_THINKING_FIELDS = ("reasoning_content", "reasoning", "thinking")


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
    say_schema(body["messages"], schema)


def say_schema(messages: Json, schema: Schema) -> None:
    """Put the schema into words at the end of the first message: some chat templates allow one system message only."""
    first = messages[0] if isinstance(messages, list) and messages else None
    if isinstance(first, dict):
        first["content"] = f"{first['content']}\n\n{SCHEMA_IN_WORDS}{json.dumps(dict(schema.body))}"


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
    """The answer in `body`; raises the `LLMError` that fits."""
    return completion_of(load_document(body))


def completion_of(document: Mapping[str, Json]) -> Completion:
    """The answer in `document`.

    Raises the `LLMError` that fits: an error object sent with status 200, no choices, a refusal, a cut or an empty
    answer, unreadable tool arguments. Only the finish reasons stop and tool_calls are accepted.
    """
    require_no_error(document)
    choice = _first_choice(document)
    message = choice.get("message")
    if not isinstance(message, dict):
        raise Malformed(f"the answer has no message; {TRY_OTHER}")
    _require_finished(choice.get("finish_reason"), message)
    content = message.get("content")
    return completion_from(
        document,
        content if isinstance(content, str) else "",
        _parse_tool_calls(message.get("tool_calls")),
        usage_of(document),
        thinking_field_of(message),
    )


def usage_of(document: Mapping[str, Json]) -> Usage:
    """The tokens the server counted, whatever else the document holds."""
    return counted_usage(document, "prompt_tokens", "completion_tokens")


def thinking_field_of(message: Mapping[str, Json]) -> str | None:
    """The field in which a message brings thoughts, None if it brings none."""
    return next((name for name in _THINKING_FIELDS if message.get(name)), None)


def _first_choice(document: Mapping[str, Json]) -> dict[str, Json]:
    choices = document.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise Malformed(f"the answer has no choices; {TRY_OTHER}")
    return choices[0]


def _require_finished(finish_reason: Json, message: Mapping[str, Json]) -> None:
    if finish_reason == "length":
        raise Truncated("the answer reached the length limit; raise llm.max_output_tokens or shorten the request")
    if finish_reason == "content_filter":
        raise Refused("a content filter stopped the answer; use another model or server")
    if message.get("refusal"):
        raise Refused("the model refused; use another model")
    if finish_reason is None:
        raise Truncated(f"the answer does not say that it is complete; {TRY_OTHER}")
    if finish_reason not in ("stop", "tool_calls"):
        raise Malformed(f"the answer ended for an unknown reason; {TRY_OTHER}")


def _parse_tool_calls(value: Json) -> tuple[ToolCall, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise Malformed(f"the tool calls are not a list; {TRY_OTHER}")
    return tuple(_parse_tool_call(item, position) for position, item in enumerate(value))


def _parse_tool_call(item: Json, position: int) -> ToolCall:
    function = item.get("function") if isinstance(item, dict) else None
    if not isinstance(item, dict) or not isinstance(function, dict):
        raise Malformed(f"a tool call has no function; {TRY_OTHER}")
    return tool_call_from(function.get("name"), function.get("arguments"), item.get("id"), position)
