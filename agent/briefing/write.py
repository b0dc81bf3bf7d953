"""The model writer: claims in, verified sentences out, and the template wherever the model is of no use.

The model is given the wordings of the claims and nothing that anyone outside has written but the sanitised names of
coins. It arranges; `ladder` decides what of that may be published.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from agent.briefing.document import Section, Writer
from agent.briefing.draft import parse_briefing_draft
from agent.briefing.ladder import Attempt, Climb, Fault, Ground, Verify, climb
from agent.briefing.offer import Offer, Options, offer
from agent.briefing.profile import Profile
from agent.claims.claim import Claim, SectionKey, Sentence
from agent.claims.fact import Entity
from agent.claims.forms import sentence
from agent.claims.verify import verify_sentence
from agent.llm.port import Json, LanguageModel, Message, Result

MOST_FAULTS_TOLD = 12  # more would not fit beside a full input
TEMPLATE_WROTE = "The template wrote this text instead."


@dataclass(frozen=True, slots=True)
class Report:
    """How the text came about: every attempt, the claims there was no room for, and those kept from the model."""

    attempts: tuple[Attempt, ...] = ()
    left_out: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()


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
    options: Options | None = None,
) -> Written:
    """Sentences arranged by `model`, or the template's where it fails.

    Two drafts are asked for at most. A section of which the model was offered nothing keeps the template's sentences
    that state no claim (`No signal fired on the day.`); mandatory claims that were kept from the model are put first
    in their section. Raises KeyError or ValueError for a claim that has no words.
    """
    wanted = options or Options()
    made = offer(claims, entities, as_of, wanted)
    if made.obstacle is not None:
        return _fallback(template, made, (), made.obstacle)
    ground = Ground({claim.claim_id: claim for claim in made.claims}, entities, as_of, verify)
    result = climb(lambda faults: _propose(model, made, faults), parse_briefing_draft, ground)
    if result.step == "fallback":
        return _fallback(template, made, result.attempts, *_why_fallen(result))
    own = [(claim.section, sentence(claim, entities, as_of)) for claim in made.withheld if claim.mandatory]
    arranged = _within_length(result.sentences, ground.claims, wanted.profile)
    digest = made.request.prompt_sha256
    writer = Writer(f"model {model.model}", result.step, digest, (*_why_rewritten(result), *made.notes))
    return Written(_by_section([*own, *arranged], template()), writer, _report(made, result.attempts))


def faults_message(faults: Sequence[Fault]) -> Message:
    """The broken rules of the draft before, as codes; nothing of its text."""
    items: list[Json] = []
    for fault in faults[:MOST_FAULTS_TOLD]:
        ids: list[Json] = [*fault.claim_ids]
        section = fault.section.value if fault.section is not None else None
        items.append({"code": fault.code, "section": section, "sentence": fault.sentence, "claims": ids})
    told: dict[str, Json] = {"violations": items, "task": "write the whole answer again within the rules"}
    return Message("user", json.dumps(told, separators=(",", ":")))


def _propose(model: LanguageModel, made: Offer, faults: tuple[Fault, ...]) -> Result:
    request = made.request
    if faults:
        request = replace(request, messages=(*request.messages, faults_message(faults)))
    return model.generate(request)


def _within_length(
    placed: Sequence[tuple[SectionKey, Sentence]], claims: Mapping[str, Claim], profile: Profile
) -> Sequence[tuple[SectionKey, Sentence]]:
    """The sentences without the least salient ones of sections that came out too long; mandatory ones stay."""

    def rank(item: Sentence) -> tuple[bool, float]:
        made = [claims[claim_id] for claim_id in item.claim_ids]
        return not any(claim.mandatory for claim in made), -max(claim.salience for claim in made)

    kept: set[str] = set()
    for key in SectionKey:
        ranked = sorted((item for home, item in placed if home is key), key=rank)
        count = max(profile.most_sentences(key), sum(not rank(item)[0] for item in ranked))
        kept |= {item.text for item in ranked[:count]}
    return [(home, item) for home, item in placed if item.text in kept]


def _by_section(
    placed: Iterable[tuple[SectionKey, Sentence]], written_without: Sequence[Section]
) -> dict[SectionKey, tuple[Sentence, ...]]:
    every = tuple(placed)
    safe = {
        section.key: section.sentences
        for section in written_without
        if section.sentences and not any(item.claim_ids for item in section.sentences)
    }
    by_section = {key: tuple(item for home, item in every if home is key) for key in SectionKey}
    return {key: found or safe.get(key, ()) for key, found in by_section.items() if found or key in safe}


def _fallback(template: Template, made: Offer, attempts: tuple[Attempt, ...], *reasons: str) -> Written:
    sentences = {section.key: section.sentences for section in template()}
    digest = made.request.prompt_sha256 if attempts else None
    writer = Writer("template", "fallback", digest, (*reasons, TEMPLATE_WROTE))
    return Written(sentences, writer, _report(made, attempts))


def _report(made: Offer, attempts: tuple[Attempt, ...]) -> Report:
    return Report(attempts, made.left_out, tuple(claim.claim_id for claim in made.withheld))


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
