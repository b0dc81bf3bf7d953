"""Grades in answers: each leads back to the stored grade of its asset and day."""

import numpy as np

from agent.claims.fact import Metric, RowRef
from agent.store.engine import Store
from agent.store.own_grades import own_grades_on
from tests.agent.ask.toolset.asked_market import ok, tools_of
from tests.agent.measuring.market import LAST, SOURCE


def test_a_grade_of_our_own_leads_back_to_what_the_scan_stored(asked: Store) -> None:
    with asked.reader() as session:
        stored = own_grades_on(session, SOURCE, LAST)
    assert stored is not None
    short = float(stored.short_term[stored.asset_ids == 2][0])
    facts = ok(tools_of(asked), "grades", asset="C2").facts
    [grade] = [fact for fact in facts if fact.metric is Metric.OWN_GRADE and fact.qualifier == "short_term"]
    key = (("day", LAST.isoformat()), ("source", SOURCE), ("asset_id", "2"))
    assert np.isfinite(short)
    assert grade.derivation.inputs == (RowRef("own_grade_day", key, "short_term", repr(short)),)
