"""How an evaluation looks: each variant, the runs that failed, and what changed from one variant to the other."""

from typing import TYPE_CHECKING, Any, Final

from agent.cli.page import print_heading, print_paragraph, print_table
from agent.cli.shown import NONE, count_of, number, percent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rich.console import Console

    from agent.evaluation.evaluation import Evaluation
    from agent.evaluation.paired import Shift
    from agent.evaluation.scoring import Score
    from agent.evaluation.summary import Comparison, Summary

_MOST_SHOWN: Final = 10
_FIGURES: Final = ("Figure", "Change", "95 % interval", "Runs", "Verdict")


def evaluation_json(found: "Evaluation") -> dict[str, Any]:
    """The evaluation as JSON has it: summaries, the comparison, and every run with its text and drafts."""
    return {
        "ok": found.is_clean,
        "note": found.note,
        "summaries": found.summaries,
        "comparison": found.comparison,
        "runs": found.scores,
    }


def print_evaluation(console: "Console", found: "Evaluation") -> None:
    """The evaluation on the terminal."""
    cases = len({score.case_id for score in found.scores})
    print_heading(console, f"Evaluation over {count_of(cases, 'case')} of frozen markets")
    if found.note:
        print_paragraph(console, found.note)
    _print_summaries(console, found.summaries)
    _print_failures(console, [score for score in found.scores if not score.passed])
    if found.comparison is not None:
        _print_comparison(console, found.comparison)
    print_heading(console, "How to read this")
    print_paragraph(
        console,
        "False: statements that the verifier rejects, figures that are not those of the stored rows, or words that are "
        "of no wording. Rejected: sentences of the model that were not published. Reading, tokens and times are "
        "medians of a run. Own time is everything but the model; a scripted or replayed model takes none.",
    )


def _print_summaries(console: "Console", summaries: "Sequence[Summary]") -> None:
    rows = [[name, *(read(summary) for summary in summaries)] for name, read in _ROWS.items()]
    print_table(console, ("", *(summary.variant for summary in summaries)), rows)


def _steps(summary: "Summary") -> str:
    return ", ".join(f"{step} {count}" for step, count in sorted(summary.steps.items()))


def _plain(value: float | None, digits: int = 0) -> str:
    return NONE if value is None else number(value, digits)


def _cost(summary: "Summary") -> str:
    return "unknown" if summary.cost_usd is None else f"${summary.cost_usd:.4f}"


_ROWS: "Final[Mapping[str, Callable[[Summary], str]]]" = {
    "Briefings": lambda summary: number(summary.briefings, 0),
    "Questions": lambda summary: number(summary.questions, 0),
    "Passed": lambda summary: f"{summary.passed:,} of {summary.runs:,}",
    "False": lambda summary: number(summary.false_statements, 0),
    "Not published": lambda summary: number(summary.unpublished, 0),
    "Incomplete": lambda summary: number(summary.incomplete, 0),
    "Figures recomputed": lambda summary: number(summary.recomputed, 0),
    "Steps": _steps,
    "Rejected, %": lambda summary: NONE if summary.rejected_share is None else percent(summary.rejected_share),
    "Reading, s": lambda summary: _plain(summary.reading_s),
    "Sentences too many": lambda summary: number(summary.too_long, 0),
    "Distinct 3-word runs, %": lambda summary: (
        NONE if summary.distinct_trigrams is None else percent(summary.distinct_trigrams)
    ),
    "Same start as before": lambda summary: number(summary.repeated_starts, 0),
    "Input tokens": lambda summary: _plain(summary.input_tokens),
    "Output tokens": lambda summary: _plain(summary.output_tokens),
    "Cost": _cost,
    "Model time, s": lambda summary: _plain(summary.latency_s, 1),
    "Own time, s": lambda summary: _plain(summary.own_s, 2),
}


def _print_failures(console: "Console", failed: "Sequence[Score]") -> None:
    from agent.evaluation.summary import why_failed

    if not failed:
        return
    print_heading(console, "Failed")
    for score in failed[:_MOST_SHOWN]:
        print_paragraph(console, f"{score.case_id}, run {score.repeat + 1}, {score.variant}: {why_failed(score)}")
    if len(failed) > _MOST_SHOWN:
        print_paragraph(console, f"and {len(failed) - _MOST_SHOWN:,} more: see --json or --out")


def _print_comparison(console: "Console", found: "Comparison") -> None:
    passes = found.passes
    print_heading(console, f"From {found.first} to {found.second}")
    verdict = "significant" if passes.is_significant else "not significant"
    print_paragraph(
        console,
        f"{count_of(passes.only_first, 'run')} passed only with the first and {passes.only_second:,} only with the "
        f"second; {passes.both:,} passed with both, {passes.neither:,} with neither. Exact McNemar test: "
        f"p = {passes.p_value:.3f}, {verdict}.",
    )
    for flip in found.flips[:_MOST_SHOWN]:
        better = "first" if flip.first_passed else "second"
        print_paragraph(console, f"{flip.case_id}, run {flip.repeat + 1}: only the {better} passed; {flip.why}")
    if len(found.flips) > _MOST_SHOWN:
        print_paragraph(console, f"and {len(found.flips) - _MOST_SHOWN:,} more: see --json or --out")
    print_table(console, _FIGURES, [_shift_row(name, shift) for name, shift in found.shifts.items()])


def _shift_row(name: str, shift: "Shift") -> tuple[str, ...]:
    if shift.low is None or shift.high is None:
        interval, verdict = NONE, "too few markets to say"
    else:
        interval = f"{number(shift.low, 3, signed=True)} to {number(shift.high, 3, signed=True)}"
        verdict = "significant" if shift.is_significant else "not significant"
    return (name, number(shift.mean, 3, signed=True), interval, f"{shift.pairs:,}", verdict)
