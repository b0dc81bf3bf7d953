"""Scores added up: what a variant did over all its cases, and how two variants differ over the same ones."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Final

from agent.evaluation.paired import Flips, Shift, clustered_shift, mcnemar_exact
from agent.evaluation.scoring import Score


@dataclass(frozen=True, slots=True)
class Summary:
    """One variant over its cases; figures that no case has are None."""

    variant: str
    runs: int
    briefings: int
    questions: int
    passed: int
    false_statements: int
    unpublished: int
    incomplete: int
    recomputed: int
    steps: Mapping[str, int]
    rejected_share: float | None
    reading_s: float | None
    too_long: int
    distinct_trigrams: float | None
    repeated_starts: int
    input_tokens: float | None
    output_tokens: float | None
    cost_usd: Decimal | None
    latency_s: float | None
    own_s: float | None

    @property
    def is_clean(self) -> bool:
        """Whether nothing false was published and nothing was left unpublished."""
        return not self.false_statements and not self.unpublished


@dataclass(frozen=True, slots=True)
class Flip:
    """A run that one variant passed and the other did not."""

    case_id: str
    repeat: int
    first_passed: bool
    why: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two variants over the same runs: pass and fail, the flips by case, and how figures moved."""

    first: str
    second: str
    passes: Flips
    flips: tuple[Flip, ...]
    shifts: Mapping[str, Shift]


_FIGURES: Final[Mapping[str, Callable[[Score], float | None]]] = {
    "reading_s": lambda score: float(score.reading_s),
    "distinct_trigrams": lambda score: score.distinct_trigrams,
    "rejected_sentences": lambda score: float(score.rejected),
    "input_tokens": lambda score: _float(score.spent.input_tokens),
    "output_tokens": lambda score: _float(score.spent.output_tokens),
    "cost_usd": lambda score: _float(score.spent.cost_usd),
    "latency_s": lambda score: score.spent.latency_s,
}


def summarise(variant: str, scores: Sequence[Score]) -> Summary:
    """All scores of a variant in one record."""
    drafted = sum(score.drafted for score in scores)
    costs = [score.spent.cost_usd for score in scores if score.spent.cost_usd is not None]
    return Summary(
        variant=variant,
        runs=len(scores),
        briefings=sum(score.kind == "briefing" for score in scores),
        questions=sum(score.kind == "question" for score in scores),
        passed=sum(score.passed for score in scores),
        false_statements=sum(len(score.false) for score in scores),
        unpublished=sum(not score.published for score in scores),
        incomplete=sum(bool(score.missing) for score in scores),
        recomputed=sum(score.recomputed for score in scores),
        steps=Counter(score.step for score in scores),
        rejected_share=sum(score.rejected for score in scores) / drafted if drafted else None,
        reading_s=_median([score.reading_s for score in scores]),
        too_long=sum(score.too_long for score in scores),
        distinct_trigrams=_median([score.distinct_trigrams for score in scores]),
        repeated_starts=sum(score.repeated_starts for score in scores),
        input_tokens=_median([score.spent.input_tokens for score in scores]),
        output_tokens=_median([score.spent.output_tokens for score in scores]),
        cost_usd=sum(costs, Decimal(0)) if costs else None,
        latency_s=_median([score.spent.latency_s for score in scores]),
        own_s=_median([score.own_s for score in scores]),
    )


def compare(first: Sequence[Score], second: Sequence[Score]) -> Comparison:
    """Two variants over the same runs; raises ValueError for none that both have."""
    others = {(score.case_id, score.repeat): score for score in second}
    pairs = [(one, others[key]) for one in first if (key := (one.case_id, one.repeat)) in others]
    if not pairs:
        raise ValueError("the two variants have no run of the same case")
    flips = tuple(
        Flip(one.case_id, one.repeat, one.passed, why_failed(other if one.passed else one))
        for one, other in pairs
        if one.passed != other.passed
    )
    return Comparison(
        first=pairs[0][0].variant,
        second=pairs[0][1].variant,
        passes=mcnemar_exact([(one.passed, other.passed) for one, other in pairs]),
        flips=flips,
        shifts=dict(_shifts(pairs)),
    )


def why_failed(score: Score) -> str:
    """Why a run did not pass, in a few words."""
    if not score.published:
        return f"not published: {'; '.join(score.notes)}"
    if score.false:
        return f"false: {score.false[0]}"
    return f"incomplete: {', '.join(score.missing)}" if score.missing else "passed"


def _shifts(pairs: Sequence[tuple[Score, Score]]) -> list[tuple[str, Shift]]:
    found = []
    for name, read in _FIGURES.items():
        known = [(one, other, score.market) for score, (one, other) in
                 ((pair[0], (read(pair[0]), read(pair[1]))) for pair in pairs)
                 if one is not None and other is not None]  # fmt: skip
        if known:
            firsts, seconds, markets = zip(*known, strict=True)
            found.append((name, clustered_shift(firsts, seconds, markets)))
    return found


def _float(value: int | Decimal | None) -> float | None:
    return None if value is None else float(value)


def _median(values: Sequence[float | int | None]) -> float | None:
    known = [float(value) for value in values if value is not None]
    return median(known) if known else None
