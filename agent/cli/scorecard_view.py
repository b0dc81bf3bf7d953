"""How a scorecard looks: signals by family, grades, whether confidences came true, and how to read it all."""

from typing import TYPE_CHECKING, Any, Final

from agent.claims.figures import day_text
from agent.cli.page import grouped, print_grouped, print_heading, print_paragraph, print_table
from agent.cli.shown import NONE, count_of, direction_word, number, or_none, percent, source_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from agent.analytics.confidence import Calibration
    from agent.analytics.figure import Figure
    from agent.analytics.scorecard.bootstrap import Estimate
    from agent.analytics.scorecard.grade_score import GradeScore
    from agent.analytics.scorecard.signal_score import SignalScore
    from agent.jobs.scorecard import Scorecard

DEFAULT_HORIZON: Final = 7
_SIGNALS: Final = ("Signal", "Direction", "Firings", "Days", "Hit rate, %", "Base, %", "Excess, %", "Adjusted p")
_GRADES: Final = ("Grade", "Graded", "Days", "Information coefficient", "Top less bottom fifth, %")


def scored_rows(found: "Scorecard", source: str, horizon: int | None) -> dict[str, Any]:
    """The scorecard as JSON has it, each signal with its family and verdict; all horizons unless one is given."""
    from agent.analytics.confidence import confidence
    from agent.analytics.signals.registry import signal_named
    from agent.cli.output import jsonable

    def kept(score: "SignalScore | GradeScore") -> bool:
        return horizon in (None, score.horizon_days)

    signals = [
        {
            **jsonable(score),
            "family": signal_named(score.name).family.value,
            "proven": (trust := confidence(score, 1.0)).proven,
            "verdict": trust.reason,
        }
        for score in filter(kept, found.signals)
    ]
    return {
        "source": source,
        "day": found.day,
        "days": found.days,
        "assets": found.assets,
        "filled_in": found.filled_in,
        "stored": not found.filled_in,
        "signals": signals,
        "grades": list(filter(kept, found.grades)),
        "calibration": found.calibration,
    }


def print_scorecard(console: "Console", found: "Scorecard", source: str, horizon: int) -> None:
    """The scorecard of one horizon."""
    from agent.measuring.history import COMPARED

    about = ". FILLED IN: not point in time, and not stored" if found.filled_in else ""
    print_heading(
        console, f"Scorecard at the close of {day_text(found.day)} (UTC), source: {source_words(source)}{about}"
    )
    filled_in = " Figures that a provider gave later than their own day count too." if found.filled_in else ""
    print_paragraph(
        console,
        f"What followed within {count_of(horizon, 'day')}, from {count_of(found.days, 'day')} of bars and at most "
        f"{COMPARED} of the most traded coins of each day ({count_of(found.assets, 'asset')} in all).{filled_in}",
    )
    _print_signals(
        console, [score for score in found.signals if score.horizon_days == horizon], filled_in=found.filled_in
    )
    _print_grades(console, [score for score in found.grades if score.horizon_days == horizon])
    _print_calibration(console, found.calibration)
    _print_guide(console, horizon)


def _print_signals(console: "Console", scores: "Sequence[SignalScore]", *, filled_in: bool) -> None:
    from agent.analytics.confidence import confidence
    from agent.analytics.signals.registry import signal_named

    fired = [score for score in scores if score.sample_size]
    for family, names in grouped((score.name, signal_named(score.name).family.value) for score in fired).items():
        print_heading(console, f"Signals: {family}")
        own = [score for score in fired if score.name in names]
        notes = [f"{_over_bitcoin(score)}; {confidence(score, 1.0).reason}{_no_p(score)}" for score in own]
        print_table(console, _SIGNALS, [_signal_row(score) for score in own], left=2, notes=notes)
        reasons = [(f"{score.name}, hit rate and base", score.base_rate.reason) for score in own]
        print_grouped(console, [(name, reason) for name, reason in reasons if reason is not None])
    hint = "" if filled_in else " --filled-in counts data that came later."
    never = [score.name for score in scores if not score.sample_size]
    if never:
        print_heading(console, "Not scored")
        print_paragraph(
            console,
            f"{', '.join(never)}: never fired with its horizon over, or its data was never there in time.{hint}",
        )


def _signal_row(score: "SignalScore") -> tuple[str, ...]:
    return (
        score.name,
        direction_word(score.direction),
        f"{score.sample_size:,}",
        f"{score.days:,}",
        _interval(score.hit_rate, 100),
        or_none(score.base_rate, percent),
        _interval(score.mean_excess, 100, signed=True),
        or_none(score.adjusted_p_value, _p_value),
    )


def _over_bitcoin(score: "SignalScore") -> str:
    estimate = score.mean_excess_bitcoin
    if estimate.figure.value is None:
        return f"over Bitcoin: {NONE}, {estimate.figure.reason}"
    return f"over Bitcoin {_interval(estimate, 100, signed=True)} %"


def _no_p(score: "SignalScore") -> str:
    reason = score.adjusted_p_value.reason
    return "" if reason is None else f"; adjusted p: {NONE}, {reason}"


def _print_grades(console: "Console", scores: "Sequence[GradeScore]") -> None:
    print_heading(console, "Grades")
    known = [score for score in scores if score.sample_size]
    if known:
        rows = [
            (
                score.name,
                f"{score.sample_size:,}",
                f"{score.days:,}",
                _interval(score.information_coefficient, 1, digits=3, signed=True),
                _interval(score.top_minus_bottom, 100, signed=True),
            )
            for score in known
        ]
        print_table(console, _GRADES, rows)
    lacking = ((score.name, score.information_coefficient.figure.reason) for score in scores if not score.sample_size)
    print_grouped(console, [(name, reason) for name, reason in lacking if reason is not None])


def _print_calibration(console: "Console", found: "Calibration") -> None:
    print_heading(console, "Did confidences come true?")
    if not found.bins:
        print_paragraph(console, f"Not known: {found.brier.reason}.")
        return
    rows = [
        (
            f"{percent(item.low, 0)} to {percent(item.high, 0)}",
            f"{item.count:,}",
            percent(item.predicted),
            percent(item.happened),
        )
        for item in found.bins
    ]
    print_table(console, ("Confidence, %", "Firings", "Mean said, %", "Happened, %"), rows)
    print_paragraph(
        console,
        f"{count_of(found.sample_size, 'firing')} of all signals, each at its own horizon, said before the outcome. "
        f"Brier score {_three(found.brier)} (0 is best), skill {_three(found.brier_skill)} (0 is no better than always "
        f"saying the share that happened, 1 is best), expected calibration error "
        f"{_three(found.expected_calibration_error)} (0 is best).",
    )
    figures = (("Brier score", found.brier), ("skill", found.brier_skill))
    print_grouped(console, [(name, figure.reason) for name, figure in figures if figure.reason is not None])


def _print_guide(console: "Console", horizon: int) -> None:
    print_heading(console, "How to read this")
    print_paragraph(
        console,
        "Square brackets are intervals at 95%, from a bootstrap over blocks of days. Hit rate: the share of firings "
        "followed by a move in the signal's direction; base: the same share over all days on which the signal could be "
        "read. Excess: the mean return less that of holding all compared coins over the same days (for a signal of the "
        "market, less its mean); for a signal that points down a negative excess speaks for it. Adjusted p: how "
        "probable an excess so far from 0 would be by chance, corrected for all signals and horizons that were tested. "
        "Proven: 30 days of firings or more, an excess in the signal's direction, and an adjusted p of at most 0.05. "
        "Information coefficient: the mean rank correlation of grade and return.",
    )
    print_paragraph(
        console,
        "What it cannot say: whether the past repeats, what trading costs, or what happened to coins that were never "
        f"collected. Firings on one day, or less than {count_of(horizon, 'day')} apart, tell much the same thing, so "
        "many firings on few days say little. An unproven signal is not thereby shown to be worthless.",
    )


def _interval(estimate: "Estimate", scale: float, *, digits: int = 1, signed: bool = False) -> str:
    if estimate.figure.value is None:
        return NONE
    mean = number(estimate.figure.value * scale, digits, signed=signed)
    if estimate.low.value is None or estimate.high.value is None:
        return f"{mean} [no interval]"
    low, high = (number(end * scale, digits, signed=signed) for end in (estimate.low.value, estimate.high.value))
    return f"{mean} [{low}, {high}]"


def _p_value(value: float) -> str:
    return "<0.001" if value < 0.001 else number(value, 3)


def _three(figure: "Figure") -> str:
    return or_none(figure, lambda value: number(value, 3))
