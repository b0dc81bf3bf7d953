"""Finding what answers a question: the calls of the question grammar first, then those that a model asks for.

A model only chooses tools; what it writes meanwhile is thrown away. Rounds, calls and time are bounded, and a call that
was made already is not made again.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, Protocol

from agent.ask.arguments import Arguments
from agent.ask.quotes import Quote
from agent.ask.steps import Step
from agent.ask.tools import Candidate, ToolStatus
from agent.ask.toolset.result import ToolResult
from agent.briefing.amounts import shows_amounts
from agent.claims.claim import Claim
from agent.claims.fact import Entity, Fact, Unit
from agent.claims.figures import day_text
from agent.claims.forms import sentence
from agent.llm.port import Json, LanguageModel, Message, Request, Result, Tool, ToolCall
from agent.llm.prompt import load_prompt

STOPPED = "The search was stopped at its limit; the answer rests on what was found by then."
PROMPT_VERSION = "2"
_SHOWN_CLAIMS = 12  # of one tool, to the model; the answer may use all
_WRONG_CALLS = frozenset({ToolStatus.REJECTED, ToolStatus.UNKNOWN})
Chooser = Literal["grammar", "model"]


class Tools(Protocol):
    """The typed, read-only tools over one reader's data."""

    @property
    def as_of(self) -> date:
        """The last full UTC day of the data."""
        ...

    def run(self, name: str, arguments: Arguments | Mapping[str, Json]) -> ToolResult:
        """Run one tool; what is wrong is answered, never raised."""
        ...

    def definitions(self) -> tuple[Tool, ...]:
        """The tools as a model is told of them."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a search may go; the wall clock is looked at before each call of the model."""

    rounds: int = 6
    calls: int = 12
    wall_clock_s: float = 60.0
    most_claims: int = 40


@dataclass(slots=True)
class Gathering:
    """What was found so far, and the steps that led there.

    Without `keep_searches` no answer of the model is kept to be used again: its calls repeat words of the question.
    """

    tools: Tools
    limits: Limits = field(default_factory=Limits)
    share_amounts: bool = True
    keep_searches: bool = True
    results: list[ToolResult] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    is_stopped: bool = False
    focus: frozenset[str] = frozenset()  # metrics and labels of the facts that are told first

    def call(self, name: str, arguments: Arguments | Mapping[str, Json], chosen_by: Chooser) -> ToolResult | None:
        """Run a tool and keep what it gave; None if it was run before or no call is left."""
        key = f"{name} {_text_of(arguments)}"
        if key in self.seen:
            return None
        if len(self.seen) >= self.limits.calls:
            self.is_stopped = True
            return None
        self.seen.add(key)
        result = self._in_order(self.tools.run(name, arguments))
        self.results.append(result)
        self.steps.append(_step(name, arguments, chosen_by, result))
        return result

    def _in_order(self, result: ToolResult) -> ToolResult:
        """The result with the claims first that state most of what the question names."""
        return replace(result, claims=tuple(sorted(result.claims, key=lambda claim: -self.nearness(claim))))

    def nearness(self, claim: Claim) -> int:
        """How much of what the question names a claim states."""
        return len(self.focus.intersection(name for fact in claim.facts for name in (fact.metric, fact.label) if name))

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Every claim found, once, in the order found."""
        found = {claim.claim_id: claim for result in self.results for claim in result.claims}
        return tuple(found.values())[: self.limits.most_claims]

    @property
    def leading(self) -> tuple[Claim, ...]:
        """The most direct claim of each result: a tool gives it first."""
        first = {result.claims[0].claim_id: result.claims[0] for result in self.results if result.claims}
        return tuple(first.values())

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts of all results, with those they were computed from."""
        return tuple({fact.fact_id: fact for result in self.results for fact in result.facts}.values())

    @property
    def entities(self) -> Mapping[str, Entity]:
        """The names of all subjects."""
        return {subject: entity for result in self.results for subject, entity in result.entities.items()}

    @property
    def notes(self) -> tuple[str, ...]:
        """What the tools could not say, each once."""
        told = [
            result.note
            for result, step in zip(self.results, self.steps, strict=True)
            # what a model asked for wrongly says nothing to the reader
            if result.note and (step.chosen_by == "grammar" or result.status not in _WRONG_CALLS)
        ]
        return tuple(dict.fromkeys([*told, *([STOPPED] if self.is_stopped else [])]))

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The assets that were asked back for."""
        return tuple(dict.fromkeys(item for result in self.results for item in result.candidates))

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """Passages of others."""
        return tuple(dict.fromkeys(item for result in self.results for item in result.quotes))

    def result_json(self, result: ToolResult) -> dict[str, Json]:
        """A result as a model reads it: statements and the ids of facts, no row and no text of others."""
        claims = [claim for claim in result.claims if self.share_amounts or not shows_amounts(claim)]
        shown: list[Json] = [
            sentence(claim, result.entities, self.tools.as_of).text for claim in claims[:_SHOWN_CLAIMS]
        ]
        facts: list[Json] = [
            {"id": fact.fact_id, "is": f"{fact.metric} of {_name(fact.subject, result.entities)}"}
            for fact in {fact.fact_id: fact for claim in claims[:_SHOWN_CLAIMS] for fact in claim.facts}.values()
            if fact.value is not None and fact.unit not in (Unit.TEXT, Unit.DATE)
        ]
        told: dict[str, Json] = {"status": result.status.value, "statements": shown, "facts": facts}
        if result.note:
            told["note"] = result.note
        if result.rows:
            told["computed_over"] = f"{result.rows:,} {result.universe}".strip()
        return told


def search(
    model: LanguageModel,
    question: str,
    earlier: Sequence[str],
    gathering: Gathering,
    timer: Callable[[], float],
) -> None:
    """Let the model call tools until it has what it needs; raises `LLMError` if it fails."""
    prompt = load_prompt("ask", PROMPT_VERSION)
    found: list[Json] = [dict(gathering.result_json(result)) for result in gathering.results]
    opening: dict[str, Json] = {"question": question, "earlier": list(earlier), "found": found}
    messages = [
        Message("system", prompt.render({"as_of": day_text(gathering.tools.as_of)})),
        Message("user", json.dumps(opening, ensure_ascii=False)),
    ]
    definitions, started = gathering.tools.definitions(), timer()
    scope = gathering.tools.as_of.isoformat() if gathering.keep_searches else None
    for _ in range(gathering.limits.rounds):
        if timer() - started > gathering.limits.wall_clock_s:
            gathering.is_stopped = True
            return
        request = Request("ask", tuple(messages), tools=definitions, prompt_sha256=prompt.sha256, cache_scope=scope)
        result = model.generate(request)
        if not result.tool_calls or not _answered(result, messages, gathering):
            return
    gathering.is_stopped = True


def _answered(result: Result, messages: list[Message], gathering: Gathering) -> bool:
    """Answer the calls of one round; False if there is no sense in another."""
    is_new = False
    messages.append(Message("assistant", "", tool_calls=result.tool_calls))
    for call in result.tool_calls:
        found = gathering.call(call.name, call.arguments, "model")
        messages.append(Message("tool", _reply(call, found, gathering), tool_call_id=call.call_id))
        is_new = is_new or found is not None
    return is_new and not gathering.is_stopped


def _reply(call: ToolCall, found: ToolResult | None, gathering: Gathering) -> str:
    if found is not None:
        return json.dumps(gathering.result_json(found), ensure_ascii=False)
    status = "stopped" if gathering.is_stopped else "repeated"
    return json.dumps({"status": status, "note": f"no new call of {call.name} is made"})


def _step(name: str, arguments: Arguments | Mapping[str, Json], chosen_by: Chooser, result: ToolResult) -> Step:
    return Step(
        tool=name,
        arguments=_text_of(arguments),
        chosen_by=chosen_by,
        status=result.status.value,
        claims=len(result.claims),
        rows=result.rows,
        universe=result.universe,
        truncated=result.truncated,
        as_of=result.as_of,
        note=result.note,
    )


def _text_of(arguments: Arguments | Mapping[str, Json]) -> str:
    """The arguments as JSON, without those that were left open."""
    given = arguments.model_dump(mode="json") if isinstance(arguments, Arguments) else dict(arguments)
    return json.dumps({key: value for key, value in sorted(given.items()) if value not in (None, [], ())})


def _name(subject: str, entities: Mapping[str, Entity]) -> str:
    entity = entities.get(subject)
    return subject.partition(":")[0] if entity is None else entity.name
