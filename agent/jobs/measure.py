"""What is measured after a collection: the last close is scanned, scores that are due are made, indices go on."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from agent.briefing.gather import last_day_with_bars
from agent.briefing.wanted import Wanted
from agent.jobs.own_indices import track_indices
from agent.jobs.progress import KindReport
from agent.jobs.scan import scan_day
from agent.jobs.scorecard import is_score_due, score_day
from agent.measuring.ground import scope_of
from agent.store.engine import Store

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of measuring the close of `day`: how many assets, signals and grades; whether scores were made anew."""

    day: date
    assets: int
    signals: int
    graded: int
    scored: bool
    indices: int


def brought_anything(reports: Sequence[KindReport]) -> bool:
    """Whether a collection changed anything that could be measured."""
    return any(report.written or report.revised for report in reports)


def measure_last_close(store: Store, wanted: Wanted, clock: Callable[[], datetime]) -> Measured | None:
    """Measure the last close there is; None without any. Running it again gives the same."""
    with store.reader() as session:
        day = last_day_with_bars(session, wanted.source, wanted.first_open_day)
    if day is None:
        return None
    scope = scope_of(wanted, day)
    due = is_score_due(store, scope)
    scored = due and score_day(store, scope, clock) is not None
    report = scan_day(store, scope, clock)
    tracked = track_indices(store, scope, clock)
    found = Measured(day, report.assets, len(report.rows), report.graded, scored, len(tracked))
    LOG.info("measured the close of %s: %s", day, found)
    return found
