"""A question to an answer: the model where there is one, the grammar where there is none or it fails.

Every sentence is worded by `forms` and read again by the verifier, whoever chose it.
"""

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.ask.answer import Answer
from agent.ask.grammar import MOST_CHARACTERS, Intent, Topic, parse_question
from agent.ask.lookup import Findings, look_up
from agent.ask.loop import Limits, gather
from agent.ask.mentions import with_names
from agent.ask.phrases import TOO_LONG, UNVERIFIED, declined_notes
from agent.ask.selection import MOST_CLAIMS, relevant_claims
from agent.ask.tools import AskData, Candidate, Toolbox
from agent.briefing.document import Writer
from agent.briefing.draft import answer_schema, parse_answer_draft
from agent.briefing.ladder import Climb, Fault, Ground, Verify, climb
from agent.briefing.write import TEMPLATE_WROTE, claim_json, faults_message
from agent.claims.claim import Claim, Sentence
from agent.claims.fact import Fact
from agent.claims.forms import sentence
from agent.claims.verify import verify_sentence
from agent.llm.errors import LLMError
from agent.llm.port import Json, LanguageModel, Message, Request, Result
from agent.llm.prompt import load_prompt

_TEMPLATE = Writer("template", "template")


def answer_question(
    question: str,
    data: AskData,
    *,
    portfolio: str,
    model: LanguageModel | None = None,
    verify: Verify = verify_sentence,
    limits: Limits | None = None,
    timer: Callable[[], float] = time.monotonic,
) -> Answer:
    """The answer to `question` from `data`.

    With a model: at most `limits.rounds` calls with tools, then at most two for the text; a model that fails is
    replaced by the grammar and the template, and a note says so. Never raises an `LLMError`.
    """
    asked = question[:MOST_CHARACTERS]
    intent = with_names(parse_question(asked), asked, data)
    desk = _Desk(asked, intent, data, verify)
    preface = (*declined_notes(intent, data.as_of), *((TOO_LONG,) if len(question) > MOST_CHARACTERS else ()))
    if model is None:
        return desk.plain(look_up(intent, Toolbox(data, portfolio)), _TEMPLATE, preface)
    tools = Toolbox(data, portfolio, _rivals(asked, intent, data))
    try:
        found = gather(model, asked, tools, limits or Limits(), timer)
    except LLMError as error:
        return desk.plain(look_up(intent, tools), _fallen(error.plain), preface)
    if not found.claims:
        plain = look_up(intent, tools)
        # a model that called no tool, or only in vain, has understood nothing that the grammar has not
        return desk.plain(plain if plain.claims or not found.notes else found, _TEMPLATE, preface)
    return desk.arranged(found, model, preface)


def _rivals(question: str, intent: Intent, data: AskData) -> Callable[[Candidate], tuple[Candidate, ...]]:
    """For an asset, all that share its name in the question, unless the question itself tells them apart.

    Without this a model could settle by guessing what only the reader can know.
    """
    contests = [candidates for mention in intent.mentions if len(candidates := data.resolve(mention)) > 1]
    identified = {int(number) for number in re.findall(r"(?:\bid\s+|#)(\d{1,12})\b", question, re.IGNORECASE)}

    def rivals(candidate: Candidate) -> tuple[Candidate, ...]:
        is_named = candidate.name.lower() in question.lower() and len(data.resolve(candidate.name)) == 1
        if is_named or candidate.asset_id in identified:
            return ()
        return next((contest for contest in contests if candidate in contest), ())

    return rivals


def _fallen(*reasons: str) -> Writer:
    return Writer("template", "fallback", notes=(*reasons, TEMPLATE_WROTE))


@dataclass(frozen=True, slots=True)
class _Desk:
    """Puts findings into an answer to one question."""

    question: str
    intent: Intent
    data: AskData
    verify: Verify

    def plain(self, found: Findings, writer: Writer, preface: Sequence[str]) -> Answer:
        """One sentence per claim, in the order found."""
        claims = {claim.claim_id: claim for claim in found.claims}
        worded = [sentence(claim, found.entities, self.data.as_of) for claim in found.claims]
        true = [item for item in worded if not self.verify(item, claims, found.entities, self.data.as_of)]
        notes = (*preface, *found.notes, *((UNVERIFIED,) if len(true) < len(worded) else ()))
        return self._answer(found, true, writer, notes)

    def arranged(self, found: Findings, model: LanguageModel, preface: Sequence[str]) -> Answer:
        """The claims as the model arranges them, or one by one if its drafts fail."""
        claims = {claim.claim_id: replace(claim, mandatory=False) for claim in found.claims}
        ground = Ground(claims, found.entities, self.data.as_of, self.verify)
        result = climb(lambda faults: self._propose(model, found, faults), parse_answer_draft, ground)
        digest = load_prompt("answer").sha256
        if result.step == "fallback":
            chosen = replace(found, claims=self._chosen(found.claims))
            return self.plain(chosen, replace(_fallen(_reason(result)), prompt_sha256=digest), preface)
        writer = Writer(f"model {model.model}", result.step, digest)
        return self._answer(found, [item for _, item in result.sentences], writer, (*preface, *found.notes))

    def _chosen(self, claims: Sequence[Claim]) -> tuple[Claim, ...]:
        narrowed = relevant_claims(claims, self.intent) if self.intent.topic is not Topic.UNKNOWN else ()
        return narrowed or tuple(sorted(claims, key=lambda claim: -claim.salience)[:MOST_CLAIMS])

    def _propose(self, model: LanguageModel, found: Findings, faults: tuple[Fault, ...]) -> Result:
        prompt = load_prompt("answer")
        offered: list[Json] = [dict(claim_json(claim, found.entities, self.data.as_of)) for claim in found.claims]
        messages = [
            Message("system", prompt.render({"sentences": str(MOST_CLAIMS)})),
            Message("user", json.dumps({"question": self.question, "claims": offered})),
            *([faults_message(faults)] if faults else []),
        ]
        schema = answer_schema(sorted(claim.claim_id for claim in found.claims))
        return model.generate(Request("answer", tuple(messages), schema, prompt_sha256=prompt.sha256))

    def _answer(self, found: Findings, sentences: Sequence[Sentence], writer: Writer, notes: Sequence[str]) -> Answer:
        used = {claim_id for item in sentences for claim_id in item.claim_ids}
        claims = tuple(claim for claim in found.claims if claim.claim_id in used)
        return Answer(
            question=self.question,
            understood=found.understood,
            sentences=tuple(sentences),
            facts=_facts_of(claims),
            claims=claims,
            entities=found.entities,
            as_of=self.data.as_of,
            writer=writer,
            notes=tuple(dict.fromkeys(notes)),
            candidates=found.candidates,
        )


def _facts_of(claims: Sequence[Claim]) -> tuple[Fact, ...]:
    facts: Mapping[str, Fact] = {fact.fact_id: fact for claim in claims for fact in claim.facts}
    return tuple(facts.values())


def _reason(result: Climb) -> str:
    error = result.attempts[-1].error
    return error.plain if error is not None else "The language model's drafts broke the rules twice."
