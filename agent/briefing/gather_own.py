"""Reading what was worked out here before: the reader's own indices as they were tracked, and how signals did."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from pydantic import TypeAdapter
from sqlmodel import Session

from agent.analytics.scorecard.signal_score import SignalScore
from agent.briefing.snapshot import IndexSeen, ScoreSeen, SignalSeen
from agent.store.indices import index_values_between
from agent.store.own_indices import OWN_SOURCE, index_rules
from agent.store.track_records import track_records_known

INDEX_DAYS = 400
_SCORE = TypeAdapter(SignalScore)


def read_index(session: Session, name: str, first: date, last: date) -> IndexSeen | None:
    """An index of the reader's own from `first` to `last`, None if none of these days has a level."""
    rows = index_values_between(session, OWN_SOURCE, name, first, last)
    if not rows:
        return None
    days, returns = tuple(row.day for row in rows), tuple(row.cumulative_return for row in rows)
    return IndexSeen(name, days, returns, max(row.fetched_at for row in rows))


def read_indices(session: Session, day: date) -> tuple[IndexSeen, ...]:
    """The reader's own indices that have a level in the 400 days up to a day, by name."""
    first = day - timedelta(days=INDEX_DAYS - 1)
    found = (read_index(session, row.name, first, day) for row in index_rules(session))
    return tuple(index for index in found if index is not None)


def read_scores(session: Session, source: str, day: date, signals: Iterable[SignalSeen]) -> Mapping[str, ScoreSeen]:
    """How the proven ones of these signals did over their own horizon, as it was known on a day, by name."""
    horizons = {signal.name: signal.horizon_days for signal in signals if signal.proven}
    if not horizons:
        return {}
    known = track_records_known(session, source, day)
    return {
        row.name: ScoreSeen(row.day, _SCORE.validate_python(row.score), row.computed_at)
        for row in known
        if horizons.get(row.name) == row.horizon_days
    }
