"""Finding out what an endpoint can do, by asking it for things whose answer shows whether it obeyed.

A server that takes a JSON Schema need not follow it, and one that lists a model need not run it. So the schema allows
one random word that no prompt names, the tool has to be called with another, and a stream has to come in pieces.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from agent.llm.capability import JSON_MODES, CapabilityProfile, JsonMode
from agent.llm.errors import LLMError
from agent.llm.port import Json, LanguageModel, Message, Request, Result, Schema, Tool
from agent.llm.strict_json import parse_answer_json

_PURPOSE = "probe"
_LIMIT = 2000  # a reasoning model spends hundreds before its first word


class ProbedModel(LanguageModel, Protocol):
    """An adapter: it knows what it found out, and what its server offers."""

    @property
    def profile(self) -> CapabilityProfile:
        """What the endpoint can do, as far as it was said or found out."""
        ...

    def list_models(self) -> tuple[str, ...]:
        """The names of the models that the server offers; raises an `LLMError`."""
        ...


MakeModel = Callable[[CapabilityProfile | None], ProbedModel]
"""Makes the adapter for one endpoint, with a profile or, with None, one that finds out for itself."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: `ok` False is worth a warning, and only for the check `answer` does it mean that nothing works."""

    check: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """What was found; without a profile the model can not be used at all."""

    profile: CapabilityProfile | None
    findings: tuple[Finding, ...]


def probe(make_model: MakeModel, clock: Callable[[], datetime], nonce: str) -> ProbeReport:
    """Ask an endpoint four to eight short questions. `nonce` is a random word of letters; no `LLMError` is raised."""
    model = make_model(None)
    findings = [_check_name(model)]
    try:
        result = model.generate(_plain_request())
    except LLMError as error:
        return ProbeReport(None, (*findings, Finding("answer", ok=False, detail=str(error))))
    findings.append(Finding("answer", ok=True, detail=f"{result.model} answered in {result.latency_s:.1f} s"))
    json_mode, finding = _check_schema(model, make_model, nonce)
    findings.append(finding)
    calls_tools, finding = _check_tool(model, nonce)
    findings.append(finding)
    streams, counts, finding = _check_stream(model)
    findings.append(finding)
    learned = model.profile
    profile = replace(
        learned,
        json_mode=json_mode,
        tools=calls_tools,
        stream=streams and learned.stream,
        usage_in_stream=counts and learned.usage_in_stream,
        probed_at=clock(),
    )
    return ProbeReport(profile, tuple(findings))


def _check_name(model: ProbedModel) -> Finding:
    try:
        names = model.list_models()
    except LLMError as error:
        return Finding("name", ok=False, detail=f"the server lists no models: {error}")
    if model.model in names:
        return Finding("name", ok=True, detail=f"{model.model} is one of {len(names)} models")
    return Finding("name", ok=False, detail=f"{model.model} is none of the {len(names)} models that the server lists")


def _plain_request() -> Request:
    # two system messages and a temperature, so that a server that takes neither says so here
    system = (Message("system", "You are being tested."), Message("system", "Answer with one word."))
    messages = (*system, Message("user", "Say hello."))
    return Request(_PURPOSE, messages, max_output_tokens=_LIMIT, temperature=0.0)


def _check_schema(model: ProbedModel, make_model: MakeModel, nonce: str) -> tuple[JsonMode, Finding]:
    """The strictest mode that brought the one word the schema allows; prompt where none did."""
    first, seen = model.profile.json_mode, ""
    for mode in JSON_MODES[JSON_MODES.index(first) :]:
        try:
            result = make_model(replace(model.profile, json_mode=mode)).generate(_schema_request(nonce))
        except LLMError as error:
            seen = f"{seen}{mode}: {error}; "
            continue
        if _word_in(result) == nonce:
            return mode, Finding("schema", ok=mode == "schema", detail=f"{seen}{mode}: obeyed")
        seen = f"{seen}{mode}: taken and not obeyed; "
    return "prompt", Finding("schema", ok=False, detail=f"{seen}answers will often be rejected")


def _schema_request(nonce: str) -> Request:
    body: dict[str, Json] = {
        "type": "object",
        "properties": {"word": {"type": "string", "enum": [nonce]}},
        "required": ["word"],
        "additionalProperties": False,
    }
    messages = (Message("system", "Answer in JSON."), Message("user", "Choose a word."))
    return Request(_PURPOSE, messages, Schema("choice", body), max_output_tokens=_LIMIT)


def _word_in(result: Result) -> Json:
    try:
        answer = parse_answer_json(result.text)
    except ValueError:
        return None
    return answer.get("word") if isinstance(answer, dict) and len(answer) == 1 else None


def _check_tool(model: ProbedModel, nonce: str) -> tuple[bool, Finding]:
    parameters: dict[str, Json] = {
        "type": "object",
        "properties": {"word": {"type": "string"}},
        "required": ["word"],
        "additionalProperties": False,
    }
    tool = Tool("keep_word", "Keeps a word.", parameters)
    messages = (Message("system", "Use the tool."), Message("user", f"Keep the word {nonce}."))
    request = Request(_PURPOSE, messages, tools=(tool,), max_output_tokens=_LIMIT, must_call_tool=True)
    try:
        result = model.generate(request)
    except LLMError as error:
        return False, Finding("tool", ok=False, detail=str(error))
    ok = any(call.name == tool.name and call.arguments.get("word") == nonce for call in result.tool_calls)
    return ok, Finding("tool", ok=ok, detail="the tool was called" if ok else "the tool was not called as asked")


def _check_stream(model: ProbedModel) -> tuple[bool, bool, Finding]:
    """Whether an answer came in pieces, and whether with its count of tokens."""
    pieces: list[str] = []
    messages = (Message("system", "Answer in one sentence."), Message("user", "What is a ledger?"))
    try:
        result = model.generate(Request(_PURPOSE, messages, max_output_tokens=_LIMIT), pieces.append)
    except LLMError as error:
        return False, False, Finding("stream", ok=False, detail=str(error))
    counts = not result.usage_estimated
    count = "its tokens counted" if counts else "its tokens not counted"
    ok = len(pieces) > 1
    return ok, counts, Finding("stream", ok=ok, detail=f"{len(pieces)} pieces, {count}")
