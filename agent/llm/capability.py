"""What an endpoint can do: assumed at first, found out by asking, and kept so that it need not be found out again."""

from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import AwareDatetime, ConfigDict, TypeAdapter, ValidationError, with_config

from agent.llm.faults import names_field, names_output_format, names_system_message
from agent.llm.port import Message, Request

Wire: TypeAlias = Literal["chat", "responses"]
WireSetting: TypeAlias = Literal["auto", "chat", "responses"]
JsonMode: TypeAlias = Literal["schema", "object", "prompt"]
JSON_MODES: tuple[JsonMode, ...] = ("schema", "object", "prompt")
"""How an answer's form can be asked for, the strictest first."""
MaxTokensField: TypeAlias = Literal["max_tokens", "max_completion_tokens", "max_output_tokens"]
OUTPUT_FORMATS = {"schema": "json_schema", "object": "json_object", "prompt": "prompt"}
"""What the wire formats call these."""
_OTHER_FIELD: dict[str, MaxTokensField] = {
    "max_tokens": "max_completion_tokens",
    "max_completion_tokens": "max_tokens",
}


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True)
class CapabilityProfile:
    """The switches of one endpoint and model.

    `json_mode` is the strictest that is obeyed, not merely taken; `thinking_field` names the field that brings thoughts
    beside the answer; `probed_at` (aware UTC) is None for a profile that nobody has tried.
    """

    wire: Wire
    json_mode: JsonMode = "schema"
    tools: bool = True
    tool_choice_required: bool = True
    max_tokens_field: MaxTokensField = "max_tokens"
    single_system_message: bool = False
    usage_in_stream: bool = True
    stream: bool = True
    sends_temperature: bool = True
    thinking_field: str | None = None
    probed_at: AwareDatetime | None = None

    def to_json(self) -> str:
        """The profile as JSON text, the same text for the same profile."""
        return _adapter().dump_json(self).decode()

    @staticmethod
    def from_json(text: str) -> "CapabilityProfile":
        """The profile in `text`; raises ValueError for unknown keys and for values a profile can not have."""
        try:
            return _adapter().validate_json(text, strict=True)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"])) or "it"
            known = ", ".join(field.name for field in fields(CapabilityProfile))
            raise ValueError(f"not a capability profile: {place}: {first['msg']}; its keys are {known}") from None


@cache
def _adapter() -> TypeAdapter[CapabilityProfile]:
    return TypeAdapter(CapabilityProfile)


def poorer(
    profile: CapabilityProfile, request: Request, status: int, text: str, *, streams: bool
) -> tuple[CapabilityProfile, ...]:
    """What to try after a server refused `request` with `status` and `text`: profiles that ask for less, best first."""
    if request.schema is not None and names_output_format(status, text):
        left = JSON_MODES[JSON_MODES.index(profile.json_mode) + 1 :]
        return tuple(replace(profile, json_mode=mode) for mode in left[:1])
    changed: list[CapabilityProfile] = []
    other = _OTHER_FIELD.get(profile.max_tokens_field)
    if other is not None and names_field(status, text, profile.max_tokens_field):
        changed.append(replace(profile, max_tokens_field=other))
    if request.temperature is not None and names_field(status, text, "temperature"):
        changed.append(replace(profile, sends_temperature=False))
    if request.must_call_tool and names_field(status, text, "tool_choice"):
        changed.append(replace(profile, tool_choice_required=False))
    if streams and names_field(status, text, "stream_options"):
        changed.append(replace(profile, usage_in_stream=False))
    if streams and names_field(status, text, "stream"):
        changed.append(replace(profile, stream=False))
    if with_one_system_message(request.messages) != request.messages and names_system_message(status, text):
        changed.append(replace(profile, single_system_message=True))
    return tuple(change for change in changed if change != profile)


def with_one_system_message(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """`messages` with all that the system says in one message at the start."""
    said = [message.content for message in messages if message.role == "system"]
    others = tuple(message for message in messages if message.role != "system")
    return (Message("system", "\n\n".join(said)), *others) if said else others


def is_openai(base_url: str) -> bool:
    """Whether `base_url` ("" is OpenAI's own) is OpenAI's API, run by OpenAI or by Azure."""
    host = urlsplit(base_url).hostname or ""
    return not base_url or host == "api.openai.com" or host.endswith(".openai.azure.com")


def choose_wire(base_url: str, wire: WireSetting = "auto") -> Wire:
    """`wire`, or where that is left open Responses for OpenAI and Azure and Chat Completions for everybody else."""
    if wire != "auto":
        return wire
    return "responses" if is_openai(base_url) else "chat"
