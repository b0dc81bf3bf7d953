"""What one run of one case comes to: truth, completeness, step, length, repetition, tokens, cost, time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from agent.briefing.draft import DraftError, parse_answer_draft, parse_briefing_draft
from agent.briefing.profile import Profile, reading_time_s
from agent.claims.claim import SectionKey, Sentence
from agent.evaluation.watched import Exchange


@dataclass(frozen=True, slots=True)
class Spent:
    """What the calls of a run took: None where the server, or a price, is not known."""

    calls: int
    input_tokens: int | None
    output_tokens: int | None
    most_input_tokens: int | None  # of one call
    cost_usd: Decimal | None
    latency_s: float
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """One run of one case, with everything that is needed to see why it failed.

    `drafted` and `rejected` count the sentences of the model's drafts and those that were not published; `missing` are
    mandatory claims of a briefing, gold figures of an answer. `own_s` is the time the run took beside the model.
    """

    case_id: str
    kind: str
    market: str
    day: str
    variant: str
    repeat: int
    published: bool
    writer: str
    step: str
    false: tuple[str, ...]
    missing: tuple[str, ...]
    recomputed: int
    sentences: int
    drafted: int
    rejected: int
    reading_s: int
    too_long: int
    distinct_trigrams: float
    repeated_starts: int
    spent: Spent
    own_s: float
    text: str
    notes: tuple[str, ...] = ()
    drafts: tuple[str, ...] = field(default=())

    @property
    def passed(self) -> bool:
        """Whether it was published, true and complete."""
        return self.published and not self.false and not self.missing


def spent(exchanges: Sequence[Exchange]) -> Spent:
    """What the calls took; a failed call is a call."""
    results = [exchange.result for exchange in exchanges if exchange.result is not None]
    inputs = [result.usage.input_tokens for result in results if result.usage.input_tokens is not None]
    outputs = [result.usage.output_tokens for result in results if result.usage.output_tokens is not None]
    costs = [result.cost_usd for result in results if result.cost_usd is not None]
    is_counted = bool(results) and len(inputs) == len(outputs) == len(results)
    return Spent(
        calls=len(exchanges),
        input_tokens=sum(inputs) if is_counted else None,
        output_tokens=sum(outputs) if is_counted else None,
        most_input_tokens=max(inputs) if is_counted else None,
        cost_usd=sum(costs, Decimal(0)) if results and len(costs) == len(results) else None,
        latency_s=sum(result.latency_s for result in results),
        errors=tuple(exchange.error for exchange in exchanges if exchange.error is not None),
    )


def drafted_sentences(exchanges: Sequence[Exchange]) -> tuple[tuple[str, ...], ...]:
    """The claims of each sentence of the last draft that can be read."""
    for exchange in reversed(exchanges):
        if exchange.result is None or exchange.request.tools:
            continue
        parse = parse_briefing_draft if exchange.request.purpose == "briefing" else parse_answer_draft
        try:
            return tuple(tuple(use.claim_id for use in item.uses) for item in parse(exchange.result.text))
        except DraftError:
            continue
    return ()


def rejected_count(drafted: Sequence[tuple[str, ...]], published: Sequence[Sentence]) -> int:
    """How many drafted sentences are not among those published, told by the claims they put together."""
    there = Counter(sentence.claim_ids for sentence in published)
    return sum((Counter(drafted) - there).values())


def distinct_trigrams(text: str) -> float:
    """Distinct runs of three words per run, 1 where there is no repetition; 1 for fewer than three words."""
    words = text.lower().split()
    runs = list(zip(words, words[1:], words[2:], strict=False))
    return len(set(runs)) / len(runs) if runs else 1.0


def repeated_starts(texts: Sequence[str]) -> int:
    """How many sentences begin with the same two words as the one before them."""
    starts = [tuple(text.lower().split()[:2]) for text in texts]
    return sum(one == other for one, other in pairwise(starts))


def sentences_too_many(counts: Mapping[SectionKey, int], mandatory: Mapping[SectionKey, int], profile: Profile) -> int:
    """How many sentences the sections of a model's briefing have beyond what the profile and the duty allow."""
    return sum(max(0, count - max(profile.most_sentences(key), mandatory.get(key, 0))) for key, count in counts.items())


def reading_seconds(texts: Sequence[str]) -> int:
    """How long the text takes to read."""
    return reading_time_s(" ".join(texts))
