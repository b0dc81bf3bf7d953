"""Figures of a stored score of a signal or a grade, each ready to become a fact and traced to the score's row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from agent.analytics.confidence import PROVEN_DAYS
from agent.analytics.scorecard.grade_score import GradeScore
from agent.analytics.scorecard.signal_score import SignalScore
from agent.briefing.tracing import derivation
from agent.claims.fact import Derivation, Metric, RowRef, Unit

LEAST_CASES = 2  # what followed one case is no record
FOLLOWED_BY = {1: "rise", -1: "fall"}
_EXCESS = "mean return after a firing less that of holding for as long x 100"


@dataclass(frozen=True, slots=True)
class ScoreFigure:
    """One figure of a score."""

    metric: Metric
    unit: Unit
    value: Decimal
    derivation: Derivation
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class StoredScore:
    """A score with where it is stored: the market's source, the day that it knew outcomes of, when it was made."""

    score: SignalScore | GradeScore
    source: str
    day: date
    computed_at: datetime

    def figure(
        self, metric: Metric, unit: Unit, field: str, value: float, formula: str, **details: object
    ) -> ScoreFigure:
        """A figure of the score; `field` leads to it within the score, fractions become per cent."""
        key = (
            ("day", self.day.isoformat()),
            ("source", self.source),
            ("name", self.score.name),
            ("horizon_days", str(self.score.horizon_days)),
        )
        row = RowRef("track_record", key, f"score.{field}", repr(value))
        shown = Decimal(repr(value)) * (100 if unit in {Unit.PCT, Unit.PP} else 1)
        common = {
            "qualifier": self.score.name,
            "window": f"{self.score.horizon_days}d",
            "as_of": self.day,
            "fetched_at": self.computed_at,
        }
        return ScoreFigure(metric, unit, shown, derivation("reported", formula, row), common | details)


def signal_hits(score: SignalScore, stored: StoredScore) -> tuple[ScoreFigure, ...]:
    """How often a signal's direction was right, of how many firings, and at all times; nothing if that is not known."""
    word = FOLLOWED_BY.get(score.direction)
    hits, base = score.hit_rate.figure.value, score.base_rate.value
    if word is None or hits is None or base is None or score.sample_size < LEAST_CASES:
        return ()
    share = f"share of firings that a {word} followed x 100"
    always = f"share of all days that a {word} followed x 100"
    return (
        stored.figure(Metric.HIT_RATE, Unit.PCT, "hit_rate.figure.value", hits, share, label=word),
        _firings(score, stored),
        stored.figure(Metric.BASE_RATE, Unit.PCT, "base_rate.value", base, always, label=word),
    )


def signal_excess(score: SignalScore, stored: StoredScore) -> tuple[ScoreFigure, ...]:
    """How many firings there were, and what followed them beyond holding; nothing if that is not known."""
    excess = score.mean_excess.figure.value
    if excess is None or score.sample_size < LEAST_CASES:
        return ()
    figure = stored.figure(Metric.EXCESS_RETURN, Unit.PP, "mean_excess.figure.value", excess, _EXCESS)
    return _firings(score, stored), figure


def grade_record(score: GradeScore, stored: StoredScore, grade: str) -> tuple[ScoreFigure, ...]:
    """The mean rank correlation of a grade and what followed, and over how many days; nothing for a few days."""
    value = score.information_coefficient.figure.value
    if value is None or score.ranked_days < PROVEN_DAYS:
        return ()
    formula = "mean of the days' rank correlations of grade and return"
    field = "information_coefficient.figure.value"
    correlation = stored.figure(Metric.GRADE_CORRELATION, Unit.RATIO, field, value, formula, qualifier=grade)
    formula = "days on which at least 10 graded coins have an outcome, and neither grades nor outcomes are all equal"
    days = stored.figure(Metric.GRADE_DAYS, Unit.COUNT, "ranked_days", score.ranked_days, formula, qualifier=grade)
    return correlation, days


def grade_fifths(score: GradeScore, stored: StoredScore, grade: str) -> tuple[ScoreFigure, ...]:
    """By how much, and on how many days, the fifth with the highest grades did better than that with the lowest."""
    spread, better = (item.figure.value for item in (score.top_minus_bottom, score.hit_rate))
    if spread is None or better is None or score.split_days < PROVEN_DAYS:
        return ()
    less = "mean over days of the return of the highest fifth less that of the lowest x 100"
    share = "share of days on which the highest fifth did better x 100"
    days = "days on which at least 10 graded coins have an outcome, and ties leave neither fifth empty"
    return (
        stored.figure(Metric.GRADE_SPREAD, Unit.PP, "top_minus_bottom.figure.value", spread, less, qualifier=grade),
        stored.figure(Metric.GRADE_HIT_RATE, Unit.PCT, "hit_rate.figure.value", better, share, qualifier=grade),
        stored.figure(Metric.SPLIT_DAYS, Unit.COUNT, "split_days", score.split_days, days, qualifier=grade),
    )


def _firings(score: SignalScore, stored: StoredScore) -> ScoreFigure:
    formula = "firings whose outcome is known"
    return stored.figure(Metric.FIRINGS, Unit.COUNT, "sample_size", score.sample_size, formula)
