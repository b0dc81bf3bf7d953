"""A whole evaluation: one variant, or two over the same cases, in a folder that is thrown away afterwards."""

import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from agent.evaluation.cases import Case
from agent.evaluation.running import Around, Bench, Variant
from agent.evaluation.scoring import Score
from agent.evaluation.summary import Comparison, Summary, compare, summarise


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was found: a summary per variant, their comparison if there are two, and every run."""

    summaries: tuple[Summary, ...]
    comparison: Comparison | None
    scores: tuple[Score, ...]
    note: str = ""

    @property
    def is_clean(self) -> bool:
        """Whether nothing false was published and nothing was left unpublished."""
        return all(summary.is_clean for summary in self.summaries)


def evaluate(
    cases: Sequence[Case],
    variants: Sequence[Variant],
    *,
    repeats: int = 1,
    max_input_tokens: int = 6000,
    note: str = "",
    around: Around = lambda _run: nullcontext(),
) -> Evaluation:
    """Run every variant over the cases, each repeated; raises ValueError for no case, no variant, or more than two."""
    if not cases or not 1 <= len(variants) <= 2:
        raise ValueError("an evaluation needs cases, and one variant or two")
    with tempfile.TemporaryDirectory(prefix="coinbrief-eval-") as folder:
        bench = Bench(Path(folder), max_input_tokens=max_input_tokens, around=around)
        scores = [tuple(bench.run(cases, variant, repeats)) for variant in variants]
    summaries = tuple(summarise(variant.name, own) for variant, own in zip(variants, scores, strict=True))
    comparison = compare(*scores) if len(scores) == 2 else None
    return Evaluation(summaries, comparison, tuple(score for own in scores for score in own), note)
