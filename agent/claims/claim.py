"""A claim: what may be said of one or more facts, and how much it matters to this reader."""

from dataclasses import dataclass
from enum import StrEnum

from agent.claims.fact import Fact


class ClaimKind(StrEnum):
    """What a claim states of its facts."""

    LEVEL = "level"
    CHANGE = "change"
    COMPARISON = "comparison"
    RANK = "rank"
    STREAK = "streak"
    THRESHOLD = "threshold"
    COUNT = "count"
    CORRELATION = "correlation"
    DIVERSIFICATION = "diversification"
    GRADE_CHANGE = "grade_change"
    SIGNAL = "signal"
    ON_CHAIN = "on_chain"
    EXTREME = "extreme"
    WHAT_IF = "what_if"
    COMPUTED = "computed"
    MISSING = "missing"


class SectionKey(StrEnum):
    """The sections of a briefing, in reading order."""

    SINCE_LAST = "since_last"
    PORTFOLIO = "portfolio"
    MARKET = "market"
    MOVERS = "movers"
    SIGNALS = "signals"
    GAPS = "gaps"


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement that code has found true.

    `template` names the wording in `forms`; `facts` are in the order that wording takes them; `salience` is 0 to 1
    relative to the reader's holdings; a `mandatory` claim must appear in every briefing that has it.
    """

    claim_id: str
    kind: ClaimKind
    template: str
    section: SectionKey
    facts: tuple[Fact, ...]
    salience: float
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of published text; a figure names the fact it shows."""

    text: str
    fact_id: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One published sentence and the claims it makes."""

    segments: tuple[Segment, ...]
    claim_ids: tuple[str, ...]

    @property
    def text(self) -> str:
        """The sentence as it is read."""
        return "".join(segment.text for segment in self.segments)
