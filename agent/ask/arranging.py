"""Writing the answer: the model arranges claims, sentence by sentence, and each is shown once the verifier has read it.

A sentence that was shown is never taken back, because it was true when it was shown; a draft that is cut short or
turns bad loses what comes after. Two drafts at most are asked for, and the second only if nothing of the first held.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from agent.ask.draft_stream import SentenceStream
from agent.briefing.draft import DraftError, DraftSentence, answer_schema, parse_answer_draft
from agent.briefing.glue import OPENERS, OPENING_ONLY
from agent.briefing.ladder import Attempt, Checked, Fault, Ground, Review
from agent.briefing.offer import fitting, offered_claim
from agent.briefing.write import faults_message
from agent.claims.claim import Claim, Sentence
from agent.llm.errors import LLMError
from agent.llm.estimate import estimated_tokens
from agent.llm.port import Json, LanguageModel, Message, Request, Result
from agent.llm.prompt import load_prompt

PROMPT_VERSION = "2"
MOST_SENTENCES = 8
_FRAME_TOKENS = 650  # the payload's own keys, the schema and the list of broken rules
Show = Callable[[Sentence], None]


@dataclass(frozen=True, slots=True)
class Arranged:
    """The verified sentences and the step they were reached at: first, retry, dropped or fallback (then there is none).

    `attempts` are the drafts, as for a briefing.
    """

    step: str
    sentences: tuple[Sentence, ...]
    attempts: tuple[Attempt, ...]
    prompt_sha256: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be arranged for which question; the ground's mandatory claims answer it directly."""

    question: str
    claims: tuple[Claim, ...]
    ground: Ground
    max_input_tokens: int = 6000


def arrange(model: LanguageModel, wish: Wish, show: Show) -> Arranged:
    """Ask for a draft and show its true sentences as they come; never raises an `LLMError`."""
    attempts: list[Attempt] = []
    digest = load_prompt("answer", PROMPT_VERSION).sha256
    for step in ("first", "retry"):
        reading = _Reading(Review(wish.ground), show)
        attempt = reading.attempt(model, _request(wish, attempts[-1].faults if attempts else ()))
        attempts.append(attempt)
        shown = tuple(sentence for _, sentence in reading.review.sentences)
        if shown:
            reached = step if attempt.outcome == "valid" else "dropped"
            return Arranged(reached, shown, tuple(attempts), digest)
        if attempt.error is not None:
            break
    return Arranged("fallback", (), tuple(attempts), digest)


@dataclass(slots=True)
class _Reading:
    """Reads one draft while it comes."""

    review: Review
    show: Show
    stream: SentenceStream = field(default_factory=SentenceStream)
    count: int = 0

    def attempt(self, model: LanguageModel, request: Request) -> Attempt:
        result: Result | None = None
        error: LLMError | None = None
        try:
            result = model.generate(request, self._take)
            # a server that does not stream, or a draft the stream could not follow: what is left is read at the end
            self._read(parse_answer_draft(result.text)[self.count :])
        except LLMError as caught:
            error = caught
        except DraftError as caught:
            self.review.faults.append(Fault(caught.code))
        checked = Checked(tuple(self.review.sentences), tuple(self.review.faults), is_complete=True)
        outcome = error.code if error is not None else "invalid" if checked.faults else "valid"
        return Attempt(outcome, checked.faults, result, error, checked)

    def _take(self, text: str) -> None:
        self._read(self.stream.feed(text))

    def _read(self, drafts: Sequence[DraftSentence]) -> None:
        for draft in drafts:
            self.count += 1
            if len(self.review.sentences) >= MOST_SENTENCES:
                continue
            sentence = self.review.read(self.count, draft)
            if sentence is not None:
                self.show(sentence)


def _request(wish: Wish, faults: tuple[Fault, ...]) -> Request:
    prompt = load_prompt("answer", PROMPT_VERSION)
    rules = prompt.render(
        {
            "sentences": str(MOST_SENTENCES),
            "openers": ", ".join(sorted(OPENERS - OPENING_ONLY - {"as for"})),
            "ordering": ", ".join(sorted(OPENING_ONLY)),
        }
    )
    ground = wish.ground
    marked = [ground.claims[claim.claim_id] for claim in wish.claims]
    worded = {claim.claim_id: offered_claim(claim, ground.entities, ground.as_of) for claim in marked}
    kept = fitting(marked, worded, wish.max_input_tokens - estimated_tokens(rules) - _FRAME_TOKENS).kept
    offered: list[Json] = [dict(worded[claim.claim_id]) for claim in kept]
    payload = json.dumps({"question": wish.question, "claims": offered}, ensure_ascii=False, separators=(",", ":"))
    request = Request(
        purpose="answer",
        messages=(Message("system", rules), Message("user", payload)),
        schema=answer_schema(sorted(claim.claim_id for claim in kept)),
        prompt_sha256=prompt.sha256,
        cache_scope=_scope(kept),
    )
    return replace(request, messages=(*request.messages, faults_message(faults))) if faults else request


def _scope(claims: Sequence[Claim]) -> str:
    """A digest of what the facts of these claims state: an answer is used again for the very same facts only."""
    stated = [(fact.fact_id, str(fact.value), str(fact.as_of)) for claim in claims for fact in claim.facts]
    return hashlib.sha256(json.dumps(stated).encode()).hexdigest()
