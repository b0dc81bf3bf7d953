"""What both wire formats share: an answer's parts, and reading them from what a server may have sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from agent.llm.errors import LLMError, Malformed
from agent.llm.faults import error_from_body
from agent.llm.port import Json, ToolCall, Usage
from agent.llm.strict_json import parse_strict_json

TRY_OTHER = "try again, or use another model or server"
MAX_BODY_BYTES = 4_000_000
"""The largest answer that is read."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What a complete answer holds; `cost_usd` only where the server itself states it.

    `thinking_field` names the field that held the model's thoughts, which are no part of the text.
    """

    text: str
    tool_calls: tuple[ToolCall, ...]
    usage: Usage
    model: str | None
    cost_usd: Decimal | None
    thinking_field: str | None = None


def load_document(body: bytes) -> dict[str, Json]:
    """The JSON object in `body`; raises Malformed where there is none."""
    try:
        document = parse_strict_json(body)
    except ValueError:
        raise _unreadable(body) from None
    if not isinstance(document, dict):
        raise Malformed(f"the answer is not a JSON object; {TRY_OTHER}")
    return document


def _unreadable(body: bytes) -> LLMError:
    start = body.lstrip()[:64].lower()
    if start.startswith((b"<!doctype", b"<html")):
        return Malformed("the answer is a web page; check the base URL and any proxy in between")
    if start.startswith((b"data:", b"event:")):
        return Malformed("the answer is an event stream that was not asked for; use another server")
    return Malformed(f"the answer is not JSON; {TRY_OTHER}")


def require_no_error(document: Mapping[str, Json]) -> None:
    """Raise the error that an answer with a good status may hold all the same."""
    if document.get("error"):
        raise error_from_body(document["error"])


def completion_from(
    document: Mapping[str, Json],
    text: str,
    tool_calls: tuple[ToolCall, ...],
    usage: Usage,
    thinking_field: str | None,
) -> Completion:
    """The answer, whose text and tool calls were read before; raises Malformed for an empty one."""
    if not text.strip() and not tool_calls:
        raise Malformed(f"the answer is empty; {TRY_OTHER}")
    model = document.get("model")
    return Completion(
        text, tool_calls, usage, model if isinstance(model, str) else None, _cost_in(document), thinking_field
    )


def tool_call_from(name: Json, arguments: Json, call_id: Json, position: int) -> ToolCall:
    """A tool call from its parts; raises Malformed for a nameless one and for arguments that are no JSON object."""
    if not isinstance(name, str) or not name:
        raise Malformed(f"a tool call has no function name; {TRY_OTHER}")
    # some servers send an object where the format has a string, and nothing where there are no arguments
    given = (arguments.strip() if isinstance(arguments, str) else arguments) or {}
    try:
        parsed = parse_strict_json(given) if isinstance(given, str) else given
    except ValueError:
        raise Malformed(f"the arguments of a tool call are not JSON; {TRY_OTHER}") from None
    if not isinstance(parsed, dict):
        raise Malformed(f"the arguments of a tool call are not an object; {TRY_OTHER}")
    return ToolCall(call_id if isinstance(call_id, str) and call_id else f"call_{position}", name, parsed)


def count_in(holder: Json, key: str) -> int | None:
    """A number of tokens, None where the server gave none or nonsense."""
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _cost_in(document: Mapping[str, Json]) -> Decimal | None:
    """What the server says it charged in US dollars (OpenRouter's usage.cost), else None."""
    usage = document.get("usage")
    cost = usage.get("cost") if isinstance(usage, dict) else None
    if isinstance(cost, bool) or not isinstance(cost, int | float) or cost < 0:
        return None
    return Decimal(str(cost))


def counted_usage(document: Mapping[str, Json], sent: str, made: str) -> Usage:
    """The tokens under these two names, and their details; each None where the server said nothing of it."""
    usage = document.get("usage")
    if not isinstance(usage, dict):
        return Usage()
    return Usage(
        input_tokens=count_in(usage, sent),
        output_tokens=count_in(usage, made),
        cached_tokens=count_in(usage.get(f"{sent}_details"), "cached_tokens"),
        reasoning_tokens=count_in(usage.get(f"{made}_details"), "reasoning_tokens"),
    )
