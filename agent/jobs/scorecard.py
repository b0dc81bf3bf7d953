"""The scorecard: how every signal and every grade did, from what was known at the time, stored for later scans."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from agent.analytics.bars import Flags, Floats
from agent.analytics.confidence import HORIZONS, Calibration, calibration
from agent.analytics.own_grade import grade_assets
from agent.analytics.scorecard.bootstrap import DRAWS
from agent.analytics.scorecard.grade_score import GradeScore, score_grades
from agent.analytics.scorecard.outcomes import Outcomes, measure_outcomes
from agent.analytics.scorecard.signal_score import Firings, SignalScore, corrected, score_signals
from agent.analytics.scorecard.track_record import walk_forward
from agent.analytics.signals.registry import SIGNALS
from agent.analytics.signals.signal import Signal, Subject
from agent.measuring.confidences import Score, horizon_of, score_json
from agent.measuring.ground import Scope
from agent.measuring.history import HISTORY_DAYS, HistoryGround, history_ground, read_history
from agent.store.engine import Store
from agent.store.track_records import TrackRecordRow, replace_track_records, track_records_known

SEED = 20_251_010  # the draws of the bootstrap: the same data gives the same intervals
FRESH_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The scores as of the close of `day`, from `days` days and the most traded coins of each.

    `calibration` compares what confidences would have said, one firing after the other, with what happened. With
    `filled_in`, figures count that a provider gave later than their own day: such scores are not point in time.
    """

    day: date
    days: int
    assets: int
    signals: tuple[SignalScore, ...]
    grades: tuple[GradeScore, ...]
    calibration: Calibration
    filled_in: bool


def score_day(
    store: Store,
    scope: Scope,
    clock: Callable[[], datetime],
    *,
    days: int = HISTORY_DAYS,
    filled_in: bool = False,
    draws: int = DRAWS,
) -> Scorecard | None:
    """Score everything up to a day, and store it unless it is back-filled; None without a single bar.

    `draws` is how many times the days are drawn for the intervals.
    """
    with store.reader() as session:
        rows = read_history(session, scope, days=days, filled_in=filled_in)
    if rows is None:
        return None
    scorecard = _scored(history_ground(rows), scope.day, draws, filled_in=filled_in)
    if not filled_in:
        computed_at = clock()
        scores: list[Score] = [*scorecard.signals, *scorecard.grades]
        records = [TrackRecordRow(scope.day, s.name, s.horizon_days, score_json(s), computed_at) for s in scores]
        with store.writer() as session:
            replace_track_records(session, scope.source, scope.day, records)
    return scorecard


def is_score_due(store: Store, scope: Scope) -> bool:
    """Whether the track records are missing, or more than a week older than the day."""
    with store.reader() as session:
        known = track_records_known(session, scope.source, scope.day)
    return not known or scope.day - known[0].day > FRESH_FOR


def _scored(history: HistoryGround, day: date, draws: int, *, filled_in: bool) -> Scorecard:
    rng = np.random.default_rng(SEED)
    predicted: list[Floats] = []
    happened: list[Flags] = []
    scores: list[SignalScore] = []
    for subject in Subject:
        outcomes = _outcomes(history, subject)
        scores += score_signals(_firings(history, subject), outcomes, rng, draws)
        by_horizon = {item.horizon_days: item for item in outcomes}
        for firings in _firings(history, subject):
            record = walk_forward(firings, by_horizon[horizon_of(firings.name)])
            known = np.isfinite(record.predicted)
            predicted.append(record.predicted[known])
            happened.append(record.happened[known])
    return Scorecard(
        day=day,
        days=len(history.days),
        assets=len(history.asset_ids),
        signals=corrected(scores),
        grades=score_grades(_grades(history), _outcomes(history, Subject.ASSET), rng, draws),
        calibration=calibration(np.concatenate(predicted), np.concatenate(happened)),
        filled_in=filled_in,
    )


def _outcomes(history: HistoryGround, subject: Subject) -> list[Outcomes]:
    closes = {
        Subject.ASSET: history.close,
        Subject.SECTOR: history.sector_close,
        Subject.MARKET: history.market_close,
    }
    compared = history.compared if subject is Subject.ASSET else None
    return [measure_outcomes(closes[subject], days, history.bitcoin, compared) for days in HORIZONS]


def _firings(history: HistoryGround, subject: Subject) -> Iterator[Firings]:
    for signal in SIGNALS:
        if signal.subject is subject and _has_part(history, signal):
            reading = signal.read(history.ground)
            yield Firings(signal.name, signal.direction, reading.fired, reading.known)


def _has_part(history: HistoryGround, signal: Signal) -> bool:
    return signal.subject is not Subject.SECTOR or history.ground.sectors is not None


def _grades(history: HistoryGround) -> Iterator[tuple[str, Floats]]:
    own = grade_assets(history.ground.measures, history.compared)
    yield "coinbrief_short_term", own.short_term
    yield "coinbrief_long_term", own.long_term
    for kind, values in history.grades.items():
        yield f"{kind.value}_grade", np.where(history.compared, values, np.nan)
