"""A question to an answer: understood by the grammar, completed by a model if there is one, arranged, and verified.

Every sentence is worded by `forms` and read again by the verifier, whoever chose it. The grammar's own calls are made
first, so a model that fails, lies or finds nothing costs the reader nothing but its wording.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from agent.ask.answer import Answer
from agent.ask.arranging import MOST_SENTENCES, Arranged, Show, Wish, arrange
from agent.ask.gathering import Gathering, Limits, Tools, search
from agent.ask.intents import Context, NameLookup, Plan
from agent.ask.moderation import moderate
from agent.ask.planning import plan_question
from agent.ask.planning_text import CAN_ANSWER, declined_note, understood_text
from agent.briefing.amounts import shows_amounts
from agent.briefing.document import Writer
from agent.briefing.ladder import Ground, Verify
from agent.briefing.write import TEMPLATE_WROTE
from agent.claims.claim import Claim, Sentence
from agent.claims.fact import Metric
from agent.claims.figures import direction
from agent.claims.forms import sentence
from agent.claims.nouns import spoken
from agent.claims.verify import VERSION, verify_sentence
from agent.llm.errors import LLMError
from agent.llm.moderations import Moderator
from agent.llm.port import LanguageModel

NOTHING_LEFT = "Nothing is left of the question that could be answered."
NOTHING_FOUND = "Nothing on this is in the data."
OPPOSITE = "The question assumes another direction than the data shows."
UNVERIFIED = "Some statements failed their check and were left out."
CUT_SHORT = "The language model's answer was cut short; what it had arranged by then is shown."
_TEMPLATE = Writer("template", "template")


@dataclass(frozen=True, slots=True)
class Models:
    """The model that arranges and the one that chooses tools; both may be the same."""

    writer: LanguageModel
    finder: LanguageModel


@dataclass(frozen=True, slots=True)
class Manner:
    """How a question is answered: with which models, limits and verifier, and whom each sentence is shown to.

    `announce` is told, before the first sentence, what was understood and what has to be known before reading on.
    """

    models: Models | None = None
    limits: Limits = field(default_factory=Limits)
    share_amounts: bool = True
    keep_searches: bool = True
    max_input_tokens: int = 6000
    verify: Verify = verify_sentence
    moderator: Moderator | None = None
    show: Show = lambda _sentence: None
    announce: Callable[[str], None] = lambda _line: None
    timer: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, and what a follow-up is completed from."""

    answer: Answer
    context: Context


def answer_question(
    question: str, tools: Tools, names: NameLookup, manner: Manner, context: Context | None = None
) -> Reply:
    """Answer `question`; never raises an `LLMError`.

    With models: at most `limits.rounds` calls to find data, then at most two for the text. What has no place in a
    question is taken out before anything is looked up, and told.
    """
    moderated = moderate(question, manner.moderator)
    gathering = Gathering(tools, manner.limits, manner.share_amounts, manner.keep_searches)
    if moderated.refusal is not None or not moderated.text:
        notes = (moderated.refusal or NOTHING_LEFT, *moderated.notes)
        return Reply(_Desk(question, Plan(notes=notes), gathering, manner).plain(_TEMPLATE), context or Plan())
    plan = plan_question(moderated.text, names, tools.as_of, context)
    plan = replace(plan, notes=(*moderated.notes, *plan.notes))
    gathering.focus = frozenset(plan.focus)
    for call in plan.calls:
        if call.tool != "help":
            gathering.call(call.tool, call.arguments, "grammar")
    desk = _Desk(moderated.text, plan, gathering, manner)
    for line in desk.preface():
        manner.announce(line)
    answer = desk.plain(_TEMPLATE) if manner.models is None else desk.with_models(manner.models, context)
    return Reply(answer, plan if plan.calls else context or plan)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Puts what was found into an answer to one question."""

    question: str
    plan: Plan
    gathering: Gathering
    manner: Manner

    def with_models(self, models: Models, context: Context | None) -> Answer:
        """The answer with a model's help, or the plain one where that fails."""
        earlier = [context.understood] if context is not None and context.understood else []
        try:
            if not (self.plan.candidates or self.gathering.candidates):  # what is ambiguous is asked back, not guessed
                search(models.finder, self.question, earlier, self.gathering, self.manner.timer)
        except LLMError as error:
            return self.plain(_fallen(error.plain))
        offered = [claim for claim in self.gathering.claims if not self._is_withheld(claim)]
        if not offered:
            return self.plain(_TEMPLATE)
        ground = self._ground(offered)
        wish = Wish(self.question, tuple(ground.claims.values()), ground, self.manner.max_input_tokens)
        arranged = arrange(models.writer, wish, self.manner.show)
        if arranged.step == "fallback":
            return self.plain(replace(_fallen(_reason(arranged)), prompt_sha256=arranged.prompt_sha256))
        return self._completed(models.writer.model, arranged)

    def preface(self) -> tuple[str, ...]:
        """What was understood, what is declined, and whether the question assumes what is not so."""
        declined = [declined_note(kind, self.gathering.tools.as_of) for kind in self.plan.declined]
        opposite = [OPPOSITE] if self._contradicts(self.gathering.claims) else []
        return tuple(line for line in (self.plan.understood, *declined, *opposite) if line)

    def plain(self, writer: Writer) -> Answer:
        """One sentence per claim, in the order found."""
        sentences = self._worded(self._chosen(), ())
        return self._answer(sentences, writer, ())

    def _completed(self, name: str, arranged: Arranged) -> Answer:
        """The model's sentences, and after them what answers the question directly and is not among them."""
        used = {claim_id for item in arranged.sentences for claim_id in item.claim_ids}
        missing = [claim for claim in self._due() if claim.claim_id not in used]
        sentences = (*arranged.sentences, *self._worded(missing, arranged.sentences))
        error = arranged.attempts[-1].error
        writer = Writer(f"model {name}", arranged.step, arranged.prompt_sha256)
        return self._answer(sentences, writer, (CUT_SHORT,) if error is not None else ())

    def _due(self) -> list[Claim]:
        """What has to be said: the first claim of every result, and what was kept from the model."""
        withheld = [claim for claim in self.gathering.claims if self._is_withheld(claim)]
        return [*self.gathering.leading, *withheld[:MOST_SENTENCES]]

    def _is_withheld(self, claim: Claim) -> bool:
        return not self.manner.share_amounts and shows_amounts(claim)

    def _ground(self, claims: Sequence[Claim]) -> Ground:
        leading = {claim.claim_id for claim in self.gathering.leading}
        marked = {claim.claim_id: replace(claim, mandatory=claim.claim_id in leading) for claim in claims}
        return Ground(marked, self.gathering.entities, self.gathering.tools.as_of, self.manner.verify)

    def _chosen(self) -> list[Claim]:
        """As many claims as an answer has room for, each result having its share of them."""
        results = [result.claims for result in self.gathering.results if result.claims]
        share = max(MOST_SENTENCES // max(len(results), 1), 2)
        chosen = {claim.claim_id: claim for claims in results for claim in claims[:share]}
        return list(chosen.values())

    def _worded(self, claims: Sequence[Claim], before: Sequence[Sentence]) -> tuple[Sentence, ...]:
        """The claims as sentences of their own, those that are true and not said yet; each is shown."""
        entities, as_of = self.gathering.entities, self.gathering.tools.as_of
        known = {claim.claim_id: claim for claim in self.gathering.claims}
        said = {item.text for item in before}
        worded: list[Sentence] = []
        for claim in dict.fromkeys(claims):
            item = sentence(claim, entities, as_of)
            if item.text not in said and not self.manner.verify(item, known, entities, as_of):
                said.add(item.text)
                worded.append(item)
                self.manner.show(item)
        return tuple(worded)

    def _answer(self, sentences: Sequence[Sentence], writer: Writer, notes: Sequence[str]) -> Answer:
        gathering = self.gathering
        used = {claim_id for item in sentences for claim_id in item.claim_ids}
        claims = tuple(claim for claim in gathering.claims if claim.claim_id in used)
        candidates = tuple(dict.fromkeys((*self.plan.candidates, *gathering.candidates)))
        return Answer(
            question=self.question,
            understood=self.plan.understood or understood_text(self.plan.calls),
            sentences=tuple(sentences),
            facts=gathering.facts,
            claims=claims,
            entities=gathering.entities,
            as_of=gathering.tools.as_of,
            writer=writer,
            notes=tuple(dict.fromkeys((*self._notes(claims, candidates), *notes))),
            candidates=candidates,
            quotes=gathering.quotes,
            steps=tuple(gathering.steps),
            verifier_version=VERSION,
        )

    def _notes(self, claims: Sequence[Claim], candidates: Sequence[object]) -> tuple[str, ...]:
        helped = [CAN_ANSWER] if any(call.tool == "help" for call in self.plan.calls) else []
        told = [_as_sentence(note) for note in self.gathering.notes]
        notes = [*self.preface(), *helped, *self._unknown(claims), *self.plan.notes, *told]
        is_empty = not (self.gathering.claims or self.gathering.quotes or candidates or told)
        if self.gathering.results and is_empty:
            notes.append(NOTHING_FOUND)
        if self.gathering.claims and not claims:
            notes.append(UNVERIFIED)
        return tuple(note for note in notes if note != self.plan.understood)

    def _unknown(self, claims: Sequence[Claim]) -> list[str]:
        """That a broad answer has no figure of what the question names."""
        named = next((found for name in self.plan.focus if (found := spoken(name))), None)
        if named is None or not claims or any(map(self.gathering.nearness, claims)):
            return []
        return [f"There is no figure here for the {named}."]

    def _contradicts(self, claims: Sequence[Claim]) -> bool:
        """Whether the move that the question takes for granted went the other way, or nowhere."""
        premise = self.plan.premise
        if premise is None:
            return False
        window = premise.window or "1d"
        moves = [
            fact for claim in claims for fact in claim.facts if fact.metric is Metric.CHANGE and fact.window == window
        ]
        return bool(moves) and direction(moves[0]) != premise.direction


def _as_sentence(note: str) -> str:
    return f"{note[:1].upper()}{note[1:]}{'' if note.endswith(('.', '?', '!')) else '.'}"


def _fallen(*reasons: str) -> Writer:
    return Writer("template", "fallback", notes=(*reasons, TEMPLATE_WROTE))


def _reason(arranged: Arranged) -> str:
    error = arranged.attempts[-1].error
    return error.plain if error is not None else "The language model's drafts broke the rules twice."
