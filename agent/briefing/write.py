"""The model writer: claims in, verified sentences out, and the template wherever the model is of no use.

The model is given the wordings of the claims and nothing that anyone outside has written but the sanitised names of
coins. It arranges; `ladder` decides what of that may be published.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from agent.briefing.document import Section, Writer
from agent.briefing.draft import briefing_schema, parse_briefing_draft
from agent.briefing.ladder import Attempt, Climb, Fault, Ground, Verify, climb
from agent.claims.claim import Claim, SectionKey, Sentence
from agent.claims.fact import Entity
from agent.claims.forms import clauses
from agent.claims.verify import verify_sentence
from agent.llm.port import Json, LanguageModel, Message, Request, Result, Schema
from agent.llm.prompt import load_prompt

TEMPLATE_WROTE = "The template wrote this text instead."
_READERS = {
    "holder": "someone who holds the coins of a portfolio",
    "researcher": "someone who studies which coins changed and why that is said",
    "operator": "someone who runs the service and needs to know what failed",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """For whom the briefing is arranged, and how long a section may be."""

    reader: Literal["holder", "researcher", "operator"] = "holder"
    sentences_per_section: int = 6


@dataclass(frozen=True, slots=True)
class Report:
    """How the text came about: every attempt, and the claims that were never offered to the model."""

    attempts: tuple[Attempt, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """Sentences by section in reading order, who wrote them, and how."""

    sentences: Mapping[SectionKey, tuple[Sentence, ...]]
    writer: Writer
    report: Report


Template = Callable[[], Sequence[Section]]
"""Writes all sections without a model."""


def write_sections(
    model: LanguageModel,
    claims: Sequence[Claim],
    entities: Mapping[str, Entity],
    as_of: date,
    *,
    template: Template,
    verify: Verify = verify_sentence,
    profile: Profile | None = None,
    max_input_tokens: int = 6000,
) -> Written:
    """Sentences arranged by `model`, or the template's where it fails.

    Two drafts are asked for at most. A section of which the model was offered nothing keeps the template's sentences
    that state no claim (`No signal fired on the day.`). Raises KeyError or ValueError for a claim that has no words.
    """
    plan = _plan(claims, entities, as_of, profile or Profile(), max_input_tokens)
    if plan.obstacle is not None:
        return _fallback(template, plan, (), plan.obstacle)
    ground = Ground({claim.claim_id: claim for claim in plan.offered}, entities, as_of, verify)
    result = climb(lambda faults: _propose(model, plan, faults), parse_briefing_draft, ground)
    if result.step == "fallback":
        return _fallback(template, plan, result.attempts, *_why_fallen(result))
    writer = Writer(f"model {model.model}", result.step, plan.prompt_sha256, (*_why_rewritten(result), *plan.notes))
    report = Report(result.attempts, plan.left_out)
    return Written(_by_section(result.sentences, template()), writer, report)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the model is asked: the prompt, the claims that fit, and why it cannot be asked, if so."""

    messages: tuple[Message, ...]
    schema: Schema
    prompt_sha256: str
    offered: tuple[Claim, ...]
    left_out: tuple[str, ...]
    obstacle: str | None

    @property
    def notes(self) -> tuple[str, ...]:
        count = len(self.left_out)
        if not count:
            return ()
        noun = "statement was" if count == 1 else "statements were"
        return (f"{count} {noun} not offered to the model because its input is limited.",)


def _plan(
    claims: Sequence[Claim], entities: Mapping[str, Entity], as_of: date, profile: Profile, max_input_tokens: int
) -> _Plan:
    prompt = load_prompt("briefing")
    rules = prompt.render(
        {"reader": _READERS[profile.reader], "sentences_per_section": str(profile.sentences_per_section)}
    )
    worded = {claim.claim_id: claim_json(claim, entities, as_of) for claim in claims}
    offered = _fitting(claims, worded, max_input_tokens - estimated_tokens(rules) - _FRAME_TOKENS)
    kept = {claim.claim_id for claim in offered}
    obstacle = None
    if not offered:
        obstacle = "There was nothing for the model to arrange."
    if any(claim.mandatory and claim.claim_id not in kept for claim in claims):
        obstacle = "The statements that must appear do not fit the model's input limit."
    keys = [key for key in SectionKey if any(claim.section is key for claim in offered)]
    return _Plan(
        messages=(Message("system", rules), Message("user", _payload(offered, worded, keys, as_of))),
        schema=briefing_schema(sorted(kept), keys),
        prompt_sha256=prompt.sha256,
        offered=offered,
        left_out=tuple(claim.claim_id for claim in claims if claim.claim_id not in kept),
        obstacle=obstacle,
    )


_FRAME_TOKENS = 300
"""Set aside for the payload's own keys, the schema and the list of broken rules."""


def estimated_tokens(text: str) -> int:
    """An upper estimate of the tokens of `text`: a third of its UTF-8 bytes, rounded up."""
    return -(-len(text.encode()) // 3)


def claim_json(claim: Claim, entities: Mapping[str, Entity], as_of: date) -> dict[str, Json]:
    """A claim as the model reads it: id, kind, salience, and its wordings as text."""
    forms: list[Json] = ["".join(segment.text for segment in clause) for clause in clauses(claim, entities, as_of)]
    return {
        "id": claim.claim_id,
        "kind": claim.kind.value,
        "salience": round(claim.salience, 2),
        "must": claim.mandatory,
        "forms": forms,
    }


def _fitting(claims: Sequence[Claim], worded: Mapping[str, Json], budget_tokens: int) -> tuple[Claim, ...]:
    """The claims that fit the budget, mandatory ones first, then by salience; in their given order."""
    ranked = sorted(claims, key=lambda claim: (not claim.mandatory, -claim.salience))
    kept: set[str] = set()
    left = budget_tokens
    for claim in ranked:
        # once in the payload and, its id, once in the schema
        cost = estimated_tokens(json.dumps(worded[claim.claim_id])) + estimated_tokens(claim.claim_id) + 2
        if cost > left:
            break
        kept.add(claim.claim_id)
        left -= cost
    return tuple(claim for claim in claims if claim.claim_id in kept)


def _payload(offered: Sequence[Claim], worded: Mapping[str, Json], keys: Sequence[SectionKey], as_of: date) -> str:
    sections: list[Json] = [
        {"key": key.value, "claims": [worded[claim.claim_id] for claim in offered if claim.section is key]}
        for key in keys
    ]
    return json.dumps({"as_of": as_of.isoformat(), "sections": sections})


def faults_message(faults: Sequence[Fault]) -> Message:
    """The broken rules of the draft before, as codes; nothing of its text."""
    items: list[Json] = []
    for fault in faults[:40]:
        ids: list[Json] = [*fault.claim_ids]
        section = fault.section.value if fault.section is not None else None
        items.append({"code": fault.code, "section": section, "sentence": fault.sentence, "claims": ids})
    return Message("user", json.dumps({"violations": items, "task": "write the whole answer again within the rules"}))


def _propose(model: LanguageModel, plan: _Plan, faults: tuple[Fault, ...]) -> Result:
    messages = plan.messages if not faults else (*plan.messages, faults_message(faults))
    return model.generate(Request("briefing", messages, plan.schema, prompt_sha256=plan.prompt_sha256))


def _by_section(
    placed: Sequence[tuple[SectionKey, Sentence]], written_without: Sequence[Section]
) -> dict[SectionKey, tuple[Sentence, ...]]:
    safe = {
        section.key: section.sentences
        for section in written_without
        if section.sentences and not any(sentence.claim_ids for sentence in section.sentences)
    }
    by_section = {key: tuple(sentence for home, sentence in placed if home is key) for key in SectionKey}
    return {key: found or safe.get(key, ()) for key, found in by_section.items() if found or key in safe}


def _fallback(template: Template, plan: _Plan, attempts: tuple[Attempt, ...], *reasons: str) -> Written:
    sentences = {section.key: section.sentences for section in template()}
    digest = plan.prompt_sha256 if attempts else None
    return Written(
        sentences, Writer("template", "fallback", digest, (*reasons, TEMPLATE_WROTE)), Report(attempts, plan.left_out)
    )


def _why_fallen(result: Climb) -> tuple[str, ...]:
    last = result.attempts[-1]
    if last.error is not None:
        return (last.error.plain,)
    return ("The language model's drafts broke the rules twice.",)


def _why_rewritten(result: Climb) -> tuple[str, ...]:
    if result.step == "retry":
        return ("The model's first draft broke the rules, so it wrote a second one.",)
    if result.step == "dropped":
        noun = "sentence that failed its check was" if result.dropped == 1 else "sentences that failed their check were"
        return (f"{result.dropped} {noun} left out.",)
    return ()
