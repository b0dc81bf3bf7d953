"""The Responses wire format: our request to its body, its body to an answer or the error it really is."""

import json
from collections.abc import Iterator, Mapping

from agent.llm.errors import LLMError, Malformed, Refused, Truncated, Unavailable
from agent.llm.port import Json, Message, Request, Tool, ToolCall, Usage
from agent.llm.wire import say_schema
from agent.llm.wire_answer import (
    TRY_OTHER,
    Completion,
    completion_from,
    counted_usage,
    load_document,
    require_no_error,
    tool_call_from,
)


def response_body(request: Request, model: str, output_format: str, max_output_tokens: int) -> dict[str, Json]:
    """The body to send, complete in itself: the server keeps nothing and is pointed to nothing it kept.

    `output_format` is json_schema, json_object, prompt or text.
    """
    items: list[Json] = [item for message in request.messages for item in _items(message)]
    body: dict[str, Json] = {"model": model, "input": items, "max_output_tokens": max_output_tokens, "store": False}
    if request.tools:
        body["tools"] = [_tool_body(tool) for tool in request.tools]
    if request.schema is None:
        return body
    if output_format == "json_schema":
        schema = request.schema
        body["text"] = {
            "format": {"type": "json_schema", "name": schema.name, "strict": True, "schema": dict(schema.body)}
        }
        return body
    if output_format == "json_object":
        body["text"] = {"format": {"type": "json_object"}}
    say_schema(items, request.schema)
    return body


def _items(message: Message) -> Iterator[dict[str, Json]]:
    if message.role == "tool":
        yield {"type": "function_call_output", "call_id": message.tool_call_id, "output": message.content}
        return
    if message.content or not message.tool_calls:
        yield {"role": message.role, "content": message.content}
    for call in message.tool_calls:
        arguments = json.dumps(dict(call.arguments))
        yield {"type": "function_call", "call_id": call.call_id, "name": call.name, "arguments": arguments}


def _tool_body(tool: Tool) -> dict[str, Json]:
    # not strict: that would demand every parameter of every tool
    parameters = dict(tool.parameters)
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": parameters,
        "strict": False,
    }


def parse_response(body: bytes) -> Completion:
    """The answer in `body`; raises the `LLMError` that fits."""
    return completion_of(load_document(body))


def completion_of(document: Mapping[str, Json]) -> Completion:
    """The answer in `document`.

    Raises the `LLMError` that fits: an error object, any status but completed, a refusal, an empty answer, unreadable
    tool arguments. What the model thought or remarked on the way is no part of the text.
    """
    require_no_error(document)
    status, output = document.get("status"), document.get("output")
    if status not in ("completed", None):
        raise _unfinished(status, document.get("incomplete_details"))
    if not isinstance(output, list):
        raise Malformed(f"the answer has no output; {TRY_OTHER}")
    if status is None:
        raise Truncated(f"the answer does not say that it is complete; {TRY_OTHER}")
    items = [item for item in output if isinstance(item, dict)]
    text = "".join(_text_of(item) for item in items if is_final_message(item))
    calls = [item for item in items if item.get("type") == "function_call"]
    has_thoughts = any(item.get("type") == "reasoning" for item in items)
    return completion_from(
        document,
        text,
        tuple(_tool_call(item, position) for position, item in enumerate(calls)),
        usage_of(document),
        "reasoning" if has_thoughts else None,
    )


def usage_of(document: Mapping[str, Json]) -> Usage:
    """The tokens the server counted, whatever else the document holds."""
    return counted_usage(document, "input_tokens", "output_tokens")


def is_final_message(item: Mapping[str, Json]) -> bool:
    """Whether an item is a message meant for the reader, not a remark on the way to one."""
    return item.get("type") == "message" and item.get("phase") in (None, "final_answer")


def _unfinished(status: Json, details: Json) -> LLMError:
    reason = details.get("reason") if isinstance(details, dict) else None
    if reason == "content_filter":
        return Refused("a content filter stopped the answer; use another model or server")
    if reason == "max_output_tokens":
        return Truncated("the answer reached the length limit; raise llm.max_output_tokens or shorten the request")
    if status == "failed":
        return Unavailable("the server failed; try again later")
    if status in ("incomplete", "in_progress", "queued"):
        return Truncated(f"the answer does not say that it is complete; {TRY_OTHER}")
    return Malformed(f"the answer ended for an unknown reason; {TRY_OTHER}")


def _text_of(item: Mapping[str, Json]) -> str:
    content = item.get("content")
    parts = [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    if any(part.get("type") == "refusal" for part in parts):
        raise Refused("the model refused; use another model")
    texts = (part.get("text") for part in parts if part.get("type") == "output_text")
    return "".join(text for text in texts if isinstance(text, str))


def _tool_call(item: Mapping[str, Json], position: int) -> ToolCall:
    return tool_call_from(item.get("name"), item.get("arguments"), item.get("call_id") or item.get("id"), position)
