"""The port: what the rest of coinbrief asks of a language model, and what it gets back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol, TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Role = Literal["system", "user", "assistant", "tool"]
OnText: TypeAlias = Callable[[str], None]
"""Takes the pieces of an answer as they come."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool the model wants called; `arguments` is a finite JSON object."""

    call_id: str
    name: str
    arguments: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn; an assistant's turn may hold tool calls, and a tool's turn answers the call `tool_call_id`."""

    role: Role
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    """The JSON Schema an answer must have, in the subset every server takes.

    Plain anyOf, all properties required, additionalProperties false, no numeric or length constraints.
    """

    name: str
    body: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool the model may call; `parameters` is a JSON Schema object."""

    name: str
    description: str
    parameters: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Request:
    """One stateless call; it has a schema or tools, never both.

    Raises ValueError for both: a grammar that enforces the schema makes tool calls impossible on local servers.
    """

    purpose: str
    messages: tuple[Message, ...]
    schema: Schema | None = None
    tools: tuple[Tool, ...] = ()
    max_output_tokens: int | None = None  # None: the model's own setting
    prompt_sha256: str | None = None
    temperature: float | None = None  # None, or a model that takes none: the model's own
    must_call_tool: bool = False  # as far as the server can be made to
    cache_scope: str | None = None  # the facts it is about; without, its answer is not kept to be used again

    def __post_init__(self) -> None:
        if self.schema is not None and self.tools:
            raise ValueError("a request has a schema or tools, never both: gather with tools, then write with a schema")


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the server counted them, None where it said nothing.

    Cached tokens are part of the input, reasoning tokens part of the output.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """A complete answer: text, or tool calls, or both.

    `cost_usd` is None where no price is known; `usage_estimated` says that a stream came without its count of tokens
    and `usage` is a third of the bytes instead. `wire` is chat or responses.
    """

    text: str
    tool_calls: tuple[ToolCall, ...]
    usage: Usage
    model: str
    request_id: str | None
    latency_s: float
    cost_usd: Decimal | None
    wire: str = "chat"
    usage_estimated: bool = False


class LanguageModel(Protocol):
    """Anything that answers a request or raises an `LLMError`."""

    @property
    def model(self) -> str:
        """The model's configured name."""
        ...

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        """Answer `request` completely or raise an `LLMError`.

        `on_text` gets the text in pieces as it comes, from the calling thread; what it got is worth nothing until
        the result is returned. A request with tools, or a server that does not stream, gives it the whole text at once.
        """
        ...


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One attempt for the ledger: `outcome` is `ok` or the error's code; `retries` are the transport's own."""

    purpose: str
    model: str
    host: str
    prompt_sha256: str | None
    started_at: datetime
    latency_s: float
    usage: Usage
    cost_usd: Decimal | None
    outcome: str
    request_id: str | None
    output_format: str  # json_schema, json_object, prompt, or text where no schema was asked for
    retries: int
    wire: str = "chat"
    usage_estimated: bool = False


class CallLog(Protocol):
    """Where records of calls go."""

    def on_call(self, record: CallRecord) -> None:
        """Keep `record`; called once per attempt, failed ones included."""
        ...
