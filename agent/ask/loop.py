"""The bounded tool loop: a model chooses which tools to call; what it writes meanwhile is thrown away."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from agent.ask.lookup import Findings
from agent.ask.phrases import ambiguous_note, ranking_text, unknown_note
from agent.ask.tools import Candidate, ToolAnswer, Toolbox, ToolStatus, tool_definitions
from agent.claims.claim import Claim
from agent.claims.fact import Entity
from agent.claims.figures import day_text
from agent.claims.forms import clauses
from agent.llm.port import Json, LanguageModel, Message, Request, Result, ToolCall
from agent.llm.prompt import load_prompt

STOPPED = "The search was stopped at its limit; the answer rests on what was found by then."


@dataclass(frozen=True, slots=True)
class Limits:
    """How far the loop may go; the wall clock is looked at before each call of the model."""

    rounds: int = 6
    calls: int = 12
    wall_clock_s: float = 60.0
    most_claims: int = 40


def gather(model: LanguageModel, question: str, tools: Toolbox, limits: Limits, timer: Callable[[], float]) -> Findings:
    """What the model's tool calls found for `question`; raises `LLMError` if the model fails."""
    search = _Search(tools, limits)
    prompt = load_prompt("ask")
    messages = [
        Message("system", prompt.render({"as_of": day_text(tools.data.as_of)})),
        Message("user", question),
    ]
    started = timer()
    for _ in range(limits.rounds):
        if timer() - started > limits.wall_clock_s:
            search.is_stopped = True
            break
        request = Request("ask", tuple(messages), tools=tool_definitions(), prompt_sha256=prompt.sha256)
        result = model.generate(request)
        if not result.tool_calls or not search.run(result, messages):
            break
    else:
        search.is_stopped = True
    return search.findings()


@dataclass(slots=True)
class _Search:
    """The state of one loop: what was called and what it gave."""

    tools: Toolbox
    limits: Limits
    claims: dict[str, Claim] = field(default_factory=dict)
    entities: dict[str, Entity] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    looked_at: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    is_stopped: bool = False

    def run(self, result: Result, messages: list[Message]) -> bool:
        """Answer the calls of one round; False if there is no sense in another."""
        is_new = False
        messages.append(Message("assistant", "", tool_calls=result.tool_calls))
        for call in result.tool_calls:
            content, ran = self._answer(call)
            is_new = is_new or ran
            messages.append(Message("tool", content, tool_call_id=call.call_id))
        return is_new and not self.is_stopped

    def _answer(self, call: ToolCall) -> tuple[str, bool]:
        key = f"{call.name} {json.dumps(dict(call.arguments), sort_keys=True)}"
        if key in self.seen:
            return '{"status": "repeated", "note": "already answered"}', False
        if len(self.seen) >= self.limits.calls:
            self.is_stopped = True
            return '{"status": "stopped", "note": "no calls left"}', False
        self.seen.add(key)
        answer = self.tools.run(call.name, call.arguments)
        self._keep(call, answer)
        return json.dumps(self._answer_json(answer)), True

    def _keep(self, call: ToolCall, answer: ToolAnswer) -> None:
        self.entities |= answer.entities
        for claim in answer.claims[: self.limits.most_claims - len(self.claims)]:
            self.claims.setdefault(claim.claim_id, claim)
        if answer.status is ToolStatus.AMBIGUOUS:
            self.notes.append(ambiguous_note(answer.candidates))
            self.candidates.extend(answer.candidates)
        elif answer.status is ToolStatus.UNKNOWN:
            self.notes.append(unknown_note(str(call.arguments.get("asset", ""))))
        elif answer.status is not ToolStatus.REJECTED:
            self.looked_at.append(_phrase(call.name, call.arguments, answer))

    def _answer_json(self, answer: ToolAnswer) -> dict[str, Json]:
        statements: list[Json] = [
            {"id": claim.claim_id, "states": self._words(claim, answer.entities)}
            for claim in answer.claims
            if claim.claim_id in self.claims
        ]
        return {"status": answer.status.value, "note": answer.note, "statements": statements}

    def _words(self, claim: Claim, entities: Mapping[str, Entity]) -> str:
        return "".join(segment.text for segment in clauses(claim, entities, self.tools.data.as_of)[0])

    def findings(self) -> Findings:
        """All that was found."""
        notes = dict.fromkeys([*self.notes, *([STOPPED] if self.is_stopped else [])])
        understood = f"Understood: {'; '.join(dict.fromkeys(self.looked_at))}." if self.looked_at else ""
        candidates = tuple(dict.fromkeys(self.candidates))
        return Findings(understood, tuple(self.claims.values()), self.entities, tuple(notes), candidates)


def _phrase(name: str, arguments: Mapping[str, Json], answer: ToolAnswer) -> str:
    """What a call looked at, from its checked arguments and the names of the data; never the model's words."""
    if name == "portfolio":
        return "your portfolio"
    if name == "market_rank":
        view, window, count = arguments["view"], str(arguments["window"]), arguments["count"]
        is_ranking = view != "overview" and isinstance(count, int)
        return ranking_text(window, int(str(count)), top=view == "top") if is_ranking else "the market as a whole"
    kind = "price, changes and indicators" if name == "asset" else "indicators, signals and grades"
    return f"{kind} of {answer.candidates[0].name if answer.candidates else 'all coins'}"
