"""Grades of assets on a day: a provider's as it was received, and coinbrief's own as they were stored."""

from datetime import date, timedelta

import numpy as np

from agent.ask.toolset.catalogue import Measured
from agent.ask.toolset.market_read import MarketRead
from agent.ask.toolset.reported import settled_day
from agent.ask.toolset.rows import grade_ref
from agent.ask.toolset.vector import Traced, Vector, nothing
from agent.briefing.facts.market import GRADE_STALE_DAYS
from agent.briefing.facts.own_grade import own_grade_ref
from agent.briefing.tracing import derivation
from agent.claims.fact import State
from agent.store.grades import previous_grade
from agent.store.own_grades import own_grades_on
from datasources.records import GradeKind

_OWN_FORMULA = "weighted percentiles among the coins of the day, as the scan stored it (docs/methodology.md)"


def grade_vector(read: MarketRead, measure: Measured, day: date, asset_id: int | None = None) -> Vector:
    """A provider's grades of the last settled day of a week; of one asset those of its own last day."""
    kind = GradeKind(measure.qualifier or "")
    until = read.wanted.first_open_day if day == read.market_day else day
    at = settled_day(lambda each: read.grades(kind, each, asset_id), until, alone=asset_id is not None)
    return nothing(measure, day) if at is None else grades_of_day(read, measure, at, day, asset_id)


def grades_of_day(read: MarketRead, measure: Measured, at: date, day: date, asset_id: int | None = None) -> Vector:
    """A provider's grades of exactly one day, as they stand on another."""
    kind = GradeKind(measure.qualifier or "")
    ids = read.members if asset_id is None else np.array([asset_id], dtype=np.int64)
    state = State.FRESH if (day - at).days < GRADE_STALE_DAYS else State.STALE

    def trace(place: int) -> Traced:
        graded = int(ids[place])
        with read.store.reader() as session:
            row = previous_grade(session, read.source, kind, graded, at + timedelta(days=1))
        stamp = read.fetched_at if row is None else row.fetched_at
        reference = grade_ref(read.source, kind.value, graded, at, values[place])
        origin = derivation("reported", f"as {read.source} reported it", reference)
        return Traced(origin, {"as_of": at, "fetched_at": stamp, "state": state})

    values = read.grades(kind, at, asset_id)
    return Vector(measure, at, ids, values, trace)


def own_grade_vector(read: MarketRead, measure: Measured, day: date) -> Vector:
    """Coinbrief's own grades of a day; none if the day was not scanned."""
    with read.store.reader() as session:
        stored = own_grades_on(session, read.source, day)
    if stored is None:
        return nothing(measure, day)
    horizon = measure.qualifier or ""
    values = stored.by_horizon[horizon]

    def trace(place: int) -> Traced:
        row = own_grade_ref(read.source, day, int(stored.asset_ids[place]), horizon, values[place])
        return Traced(derivation("own_grade", _OWN_FORMULA, row), {"as_of": day, "fetched_at": stored.computed_at})

    return Vector(measure, day, stored.asset_ids, values, trace)
