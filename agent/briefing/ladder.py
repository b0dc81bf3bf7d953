"""From a model's draft to sentences that may be published, or to the decision that there are none.

Valid -> `first`; else once more, told which rules were broken (codes, never the bad text) -> `retry`; else the good
sentences if every mandatory claim is among them -> `dropped`; else `fallback`. Two drafts at most are ever asked for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from agent.briefing.draft import DraftError, DraftSentence, Use
from agent.briefing.glue import HOLDING_PHRASES, MARKET_PHRASES, Place, glue_tokens, placed_glue
from agent.claims.claim import Claim, SectionKey, Sentence
from agent.claims.fact import Entity
from agent.claims.forms import clauses, compose
from agent.claims.violation import Violation
from agent.claims.wording import Clause
from agent.llm.errors import LLMError
from agent.llm.port import Result

MAX_CLAIMS_IN_SENTENCE = 3
_MARKET_SECTIONS = frozenset({SectionKey.MARKET, SectionKey.MOVERS})

Verify = Callable[[Sentence, Mapping[str, Claim], Mapping[str, Entity], date], tuple[Violation, ...]]
"""Reads a finished sentence again; empty means true."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken rule, in words a program can read: where it was and which claims it touched."""

    code: str
    section: SectionKey | None = None
    sentence: int | None = None  # counted from 1 in the order of the draft
    claim_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """What a draft is held against: the claims that were offered, their names and day, and the verifier."""

    claims: Mapping[str, Claim]
    entities: Mapping[str, Entity]
    as_of: date
    verify: Verify


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft read through: the sentences that hold, the faults of the others, whether nothing mandatory is lost."""

    sentences: tuple[tuple[SectionKey, Sentence], ...]
    faults: tuple[Fault, ...]
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """One draft asked for: what came of it and what it cost."""

    outcome: str  # valid, invalid, or the code of the error that stopped it
    faults: tuple[Fault, ...] = ()
    result: Result | None = None
    error: LLMError | None = None
    checked: Checked | None = None


@dataclass(frozen=True, slots=True)
class Climb:
    """The step that was reached, its sentences (none for `fallback`) and every attempt on the way."""

    step: str
    sentences: tuple[tuple[SectionKey, Sentence], ...]
    attempts: tuple[Attempt, ...]

    @property
    def dropped(self) -> int:
        """How many drafted sentences were left out to get here."""
        if self.step != "dropped":
            return 0
        chosen = next(attempt for attempt in reversed(self.attempts) if _is_usable(attempt.checked))
        return len({fault.sentence for fault in chosen.faults if fault.sentence is not None})


Propose = Callable[[tuple[Fault, ...]], Result]
"""Asks the model for a draft, given the faults of the one before."""
Parse = Callable[[str], tuple[DraftSentence, ...]]


def climb(propose: Propose, parse: Parse, ground: Ground) -> Climb:
    """Ask for drafts until one holds, twice at most, then make the best of what came; never raises an LLMError."""
    attempts: list[Attempt] = []
    for step in ("first", "retry"):
        attempt = _attempt(propose, parse, ground, attempts[-1].faults if attempts else ())
        attempts.append(attempt)
        if attempt.outcome == "valid" and attempt.checked is not None:
            return Climb(step, attempt.checked.sentences, tuple(attempts))
        if attempt.error is not None:
            break
    for attempt in reversed(attempts):
        if attempt.checked is not None and _is_usable(attempt.checked):
            return Climb("dropped", attempt.checked.sentences, tuple(attempts))
    return Climb("fallback", (), tuple(attempts))


def _is_usable(checked: Checked | None) -> bool:
    return checked is not None and checked.is_complete and bool(checked.sentences)


def _attempt(propose: Propose, parse: Parse, ground: Ground, faults: tuple[Fault, ...]) -> Attempt:
    try:
        result = propose(faults)
    except LLMError as error:
        return Attempt(error.code, error=error)
    try:
        checked = check_draft(parse(result.text), ground)
    except DraftError as error:
        return Attempt("invalid", (Fault(error.code),), result)
    return Attempt("invalid" if checked.faults else "valid", checked.faults, result, checked=checked)


def check_draft(draft: Sequence[DraftSentence], ground: Ground) -> Checked:
    """Hold every sentence of `draft` against the rules and the verifier.

    A sentence goes to the section of its claims, wherever the draft had it.
    """
    review = Review(ground)
    for position, sentence in enumerate(draft, start=1):
        review.read(position, sentence)
    missing = tuple(
        claim.claim_id for claim in ground.claims.values() if claim.mandatory and claim.claim_id not in review.used
    )
    if missing:
        review.faults.append(Fault("missing_mandatory", claim_ids=missing))
    if not review.sentences and not review.faults:
        review.faults.append(Fault("empty"))
    return Checked(tuple(review.sentences), tuple(review.faults), not missing)


@dataclass(slots=True)
class Review:
    """Reads sentence after sentence and remembers which claims are used up."""

    ground: Ground
    used: set[str] = field(default_factory=set)
    sentences: list[tuple[SectionKey, Sentence]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    _texts: set[str] = field(default_factory=set)

    def read(self, position: int, draft: DraftSentence) -> Sentence | None:
        """Keep the sentence and give it in print, or note what is wrong with it and give None."""
        ids = tuple(use.claim_id for use in draft.uses)
        known = tuple(claim_id for claim_id in ids if claim_id in self.ground.claims)
        try:
            self._require_structure(draft, ids, known)
            sentence = self._composed(draft)
            self._require_truth(sentence)
            _reject(*(["repeated_text"] if sentence.text in self._texts else []))
        except _Rejected as rejected:
            # unknown ids are the model's own words, so they are not repeated to it
            self.faults.extend(Fault(code, draft.section, position, known) for code in rejected.codes)
            return None
        self.used.update(ids)
        self._texts.add(sentence.text)
        self.sentences.append((self.ground.claims[ids[0]].section, sentence))
        return sentence

    def _require_structure(self, draft: DraftSentence, ids: tuple[str, ...], known: tuple[str, ...]) -> None:
        sections = {self.ground.claims[claim_id].section for claim_id in known}
        checks = {
            "no_claim": not ids,
            "too_many_claims": len(ids) > MAX_CLAIMS_IN_SENTENCE,
            "unknown_claim": len(known) < len(ids),
            "duplicate_claim": len(set(ids)) < len(ids) or not self.used.isdisjoint(ids),
            "mixed_sections": draft.section is not None and len(sections) > 1,
        }
        _reject(*(code for code, is_broken in checks.items() if is_broken))

    def _require_truth(self, sentence: Sentence) -> None:
        ground = self.ground
        violations = ground.verify(sentence, ground.claims, ground.entities, ground.as_of)
        _reject(*(violation.code for violation in violations))

    def _composed(self, draft: DraftSentence) -> Sentence:
        """The sentence in print."""
        sections = {self.ground.claims[use.claim_id].section for use in draft.uses}
        parts: list[str | tuple[Claim, Clause]] = []
        for glue, use in _alternating(draft.parts):
            place = Place.CLOSING if use is None else Place.BETWEEN if parts else Place.OPENING
            text = placed_glue(glue, place)
            if text is None:
                raise _Rejected(("glue",))
            if not _fits_sections(glue, sections):
                raise _Rejected(("glue_place",))
            parts.extend([text] if text else [])
            parts.extend([self._worded(use)] if use is not None else [])
        return compose(parts)

    def _worded(self, use: Use) -> tuple[Claim, Clause]:
        claim = self.ground.claims[use.claim_id]
        wordings = clauses(claim, self.ground.entities, self.ground.as_of)
        if not 0 <= use.form < len(wordings):
            raise _Rejected(("unknown_form",))
        return claim, wordings[use.form]


class _Rejected(Exception):
    """A sentence breaks the rules that `codes` name."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


def _reject(*codes: str) -> None:
    """Raise _Rejected if there is any code; each is named once."""
    if codes:
        raise _Rejected(tuple(dict.fromkeys(codes)))


def _alternating(parts: Sequence[str | Use]) -> list[tuple[str, Use | None]]:
    """Each claim with all the text before it; last, the text after the last claim with None."""
    pairs: list[tuple[str, Use | None]] = []
    pending = ""
    for part in parts:
        if isinstance(part, Use):
            pairs.append((pending, part))
            pending = ""
        else:
            pending = f"{pending} {part}" if pending else part
    return [*pairs, (pending, None)]


def _fits_sections(glue: str, sections: set[SectionKey]) -> bool:
    """Whether what the glue says of its subject (held, of the market) is so for the claims of these sections."""
    tokens = frozenset(glue_tokens(glue) or ())
    if tokens & HOLDING_PHRASES:
        return sections == {SectionKey.PORTFOLIO}
    return not tokens & MARKET_PHRASES or sections <= _MARKET_SECTIONS
