"""How signals and grades did in the past, from the stored scores."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.analytics.confidence import PROVEN_DAYS, confidence
from agent.analytics.errors import AnalyticsError
from agent.analytics.scorecard.grade_score import GradeScore
from agent.analytics.scorecard.signal_score import SignalScore
from agent.analytics.signals.registry import SIGNALS, signal_named
from agent.ask.arguments import TrackRecord
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.result import Finding
from agent.briefing.facts.scores import (
    ScoreFigure,
    StoredScore,
    grade_fifths,
    grade_record,
    signal_excess,
    signal_hits,
)
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import MARKET
from agent.measuring.confidences import horizon_of, parse_score
from agent.measuring.errors import WrongArgument
from agent.store.track_records import track_records_known

MOST_SIGNALS = 6
USUAL_DAYS = 7
GRADES = {
    "tm": "tm_grade",
    "trader": "trader_grade",
    "investor": "investor_grade",
    "short_term": "coinbrief_short_term",
    "long_term": "coinbrief_long_term",
}
"""What the scores of a grade are stored under."""
_SECTION = SectionKey.SIGNALS
_KNOWN = frozenset(signal.name for signal in SIGNALS)
_NONE = "no track record is stored yet: `coinbrief scorecard` works them out"


@dataclass(frozen=True, slots=True)
class _Scores:
    """The stored scores, by what they are of: signals that are still known, and grades."""

    signals: Sequence[tuple[SignalScore, StoredScore]]
    grades: Sequence[tuple[GradeScore, StoredScore]]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.signals) + len(self.grades)


def track_record(ledger: Ledger, wish: TrackRecord) -> Finding:
    """The records of a signal, of a grade, or of every grade and the signals that are proven."""
    _require_known(wish)
    read, scores = ledger.read, _stored(ledger)
    if not scores.count:
        return Finding(as_of=read.market_day, universe="scores", notes=(_NONE,))
    notes: list[str] = []
    drafts: list[Draft] = []
    if wish.signal is not None:
        drafts += _of_signal(ledger, scores, wish.signal, wish.days)
        notes += [] if drafts else [f"no outcome of {wish.signal.replace('_', ' ')} is known"]
    if wish.grade is not None or wish.signal is None:
        graded = list(_of_grades(ledger, scores, wish))
        which = "any" if wish.grade is None else "the"
        notes += [] if graded else [f"fewer than {PROVEN_DAYS} days of outcomes of {which} grade are known"]
        drafts += graded
    if wish.grade is None and wish.signal is None:
        proven, counted = _proven(scores, wish.days)
        drafts = [*_of_proven(ledger, proven[:MOST_SIGNALS]), *drafts]
        notes.append(f"{len(proven):,} of {counted:,} signals that fired before are proven")
    return Finding(ledger.claims(drafts), read.market_day, scores.count, "scores", notes=tuple(notes))


def _require_known(wish: TrackRecord) -> None:
    if wish.signal is None:
        return
    try:
        signal_named(wish.signal)
    except AnalyticsError as error:
        raise WrongArgument(f"{str(error).partition(';')[0]}; a signal is called as in `coinbrief signals`") from None


def _stored(ledger: Ledger) -> _Scores:
    read = ledger.read
    with read.store.reader() as session:
        rows = track_records_known(session, read.source, read.market_day)
    signals: list[tuple[SignalScore, StoredScore]] = []
    grades: list[tuple[GradeScore, StoredScore]] = []
    for row in rows:
        score = parse_score(row.score)
        stored = StoredScore(score, read.source, row.day, row.computed_at)
        if isinstance(score, GradeScore):
            grades.append((score, stored))
        elif score.name in _KNOWN:  # others are of an earlier version
            signals.append((score, stored))
    return _Scores(signals, grades)


def _of_signal(ledger: Ledger, scores: _Scores, name: str, days: int | None) -> Iterator[Draft]:
    """How a signal did over the days asked for, or over each number of days."""
    for score, stored in scores.signals:
        if score.name == name and days in {None, score.horizon_days}:
            yield from _drafted(ledger, "signal_hits", signal_hits(score, stored), 0.8)
            yield from _drafted(ledger, "signal_excess", signal_excess(score, stored), 0.75)


def _of_grades(ledger: Ledger, scores: _Scores, wish: TrackRecord) -> Iterator[Draft]:
    """How the grade asked for did over each number of days, or every grade over the usual one."""
    days = wish.days or (USUAL_DAYS if wish.grade is None else None)
    stored_as = {name: grade for grade, name in GRADES.items() if wish.grade in {None, grade}}
    for score, stored in scores.grades:
        if score.name in stored_as and days in {None, score.horizon_days}:
            grade = stored_as[score.name]
            yield from _drafted(ledger, "grade_record", grade_record(score, stored, grade), 0.7)
            yield from _drafted(ledger, "grade_fifths", grade_fifths(score, stored, grade), 0.65)


def _proven(scores: _Scores, days: int | None) -> tuple[list[tuple[SignalScore, StoredScore]], int]:
    """The proven signals, the largest excess in a signal's direction first, and how many signals fired at all.

    Each is looked at over the days asked for, or over its own horizon.
    """
    fired = [
        (score, stored)
        for score, stored in scores.signals
        if score.sample_size and score.horizon_days == (days or horizon_of(score.name))
    ]
    proven = [item for item in fired if confidence(item[0], 1.0).proven]
    proven.sort(key=lambda item: (-abs(item[0].mean_excess.figure.value or 0.0), item[0].name))
    return proven, len(fired)


def _of_proven(ledger: Ledger, proven: Sequence[tuple[SignalScore, StoredScore]]) -> Iterator[Draft]:
    for score, stored in proven:
        yield from _drafted(ledger, "signal_excess", signal_excess(score, stored), 0.8)


def _drafted(ledger: Ledger, template: str, figures: Sequence[ScoreFigure], salience: float) -> Iterator[Draft]:
    """The claim of these figures, none if they are not known."""
    if figures:
        keys = [
            ledger.add(MARKET, each.metric, each.unit, each.value, each.derivation, **each.details) for each in figures
        ]
        yield Draft(template, ClaimKind.SIGNAL, _SECTION, tuple(keys), salience)
