"""What is read of the reader's indices and of how signals did, from a real store, and the way back to its rows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.analytics.figure import Figure
from agent.analytics.scorecard.bootstrap import Estimate
from agent.analytics.scorecard.signal_score import SignalScore
from agent.briefing.explain import explain_fact
from agent.briefing.gather_own import INDEX_DAYS, read_indices, read_scores
from agent.briefing.material import briefing_material
from agent.briefing.snapshot import IndexSeen, ScoreSeen, SignalSeen, Snapshot
from agent.claims.claim import Claim
from agent.claims.fact import Metric
from agent.measuring.confidences import score_json
from agent.store.engine import Store
from agent.store.own_indices import IndexRuleRow, OwnIndex, create_index_rule, put_own_index
from agent.store.track_records import TrackRecordRow, replace_track_records
from tests.agent.briefing.documents import briefing_of
from tests.agent.briefing.filled import NOW, SOURCE, fill, save, snapshot_of
from tests.agent.briefing.snapshots import AS_OF

ONE = timedelta(days=1)
FIRED = SignalSeen(1, "golden_cross", 1, 1.0, "", 0.5421, 1203, proven=True, horizon_days=30)


def scored(horizon_days: int, hits: float | None = 0.542) -> SignalScore:
    known = Estimate(*[Figure(0.02, None)] * 5)
    return SignalScore(
        name="golden_cross",
        direction=1,
        horizon_days=horizon_days,
        sample_size=1203,
        days=200,
        windows=40,
        left_early=0,
        hit_rate=Estimate.missing("never") if hits is None else replace(known, figure=Figure(hits, None)),
        base_rate=Figure(0.51, None),
        base_windows=50,
        mean_return=known,
        mean_excess=known,
        mean_excess_bitcoin=known,
        adjusted_p_value=Figure(0.01, None),
        tests=200,
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = fill(Path(tmp_path_factory.mktemp("own")) / "c.db")
    old = AS_OF - INDEX_DAYS * ONE
    with made.writer() as session:
        for name in ("majors", "ended", "new"):
            create_index_rule(session, IndexRuleRow(name, {}, NOW))
        put_own_index(session, OwnIndex("majors", [(AS_OF - ONE, 0.1), (AS_OF, 0.21), (AS_OF + ONE, 9.0)], []), NOW)
        put_own_index(session, OwnIndex("ended", [(old, 0.5)], []), NOW)
        records = [TrackRecordRow(AS_OF - ONE, "golden_cross", n, score_json(scored(n)), NOW) for n in (7, 30)]
        replace_track_records(session, SOURCE, AS_OF - ONE, records)
        replace_track_records(session, SOURCE, AS_OF + ONE, [replace(row, day=AS_OF + ONE) for row in records])
    yield made
    made.close()


@pytest.fixture(scope="module")
def seen(store: Store) -> Snapshot:
    return snapshot_of(store)


def test_the_levels_of_the_last_four_hundred_days_are_read(store: Store, seen: Snapshot) -> None:
    assert seen.indices == (IndexSeen("majors", (AS_OF - ONE, AS_OF), (0.1, 0.21), NOW),)
    with store.reader() as session:
        before = read_indices(session, AS_OF - ONE)
    assert {index.name: index.days for index in before} == {
        "ended": (AS_OF - INDEX_DAYS * ONE,),
        "majors": (AS_OF - ONE,),
    }


def test_scores_are_of_proven_signals_over_their_own_horizon_as_known_then(store: Store, seen: Snapshot) -> None:
    assert seen.scores == {}
    with store.reader() as session:
        found = read_scores(session, SOURCE, AS_OF, [FIRED, replace(FIRED, name="death_cross")])
        assert found == {"golden_cross": ScoreSeen(AS_OF - ONE, scored(30), NOW)}
        assert read_scores(session, SOURCE, AS_OF, [replace(FIRED, proven=False)]) == {}
        assert read_scores(session, SOURCE, AS_OF - 2 * ONE, [FIRED]) == {}


def hits_told(snapshot: Snapshot) -> list[Claim]:
    return [claim for claim in briefing_material(snapshot).claims if claim.template == "signal_hits"]


def test_a_proven_signal_of_a_holding_is_told_with_what_followed_it(seen: Snapshot) -> None:
    fired = replace(seen, signals=(FIRED,))
    assert hits_told(fired) == []
    [claim] = hits_told(replace(fired, scores={"golden_cross": ScoreSeen(AS_OF, scored(30), NOW)}))
    hits, firings, base = claim.facts
    assert [str(fact.value) for fact in claim.facts] == ["54.200", "1203", "51.00"]
    assert (hits.label, hits.qualifier, hits.window) == ("rise", "golden_cross", "30d")
    assert (firings.metric, base.metric) == (Metric.FIRINGS, Metric.BASE_RATE)
    [record] = [each for each in briefing_material(fired).claims if each.template == "signal_record"]
    assert claim.salience < record.salience
    assert hits_told(replace(fired, scores={"golden_cross": ScoreSeen(AS_OF, scored(30, None), NOW)})) == []


def test_what_followed_a_signal_is_traced_to_its_place_in_the_stored_score(store: Store, seen: Snapshot) -> None:
    with store.reader() as session:
        scores = read_scores(session, SOURCE, AS_OF, [FIRED])
    made = replace(briefing_of(replace(seen, signals=(FIRED,), scores=scores)), briefing_id="scored")
    save(store, made)
    facts = {fact.metric: fact for fact in made.facts}
    with store.reader() as session:
        for metric, value in ((Metric.HIT_RATE, "0.542"), (Metric.FIRINGS, "1203"), (Metric.BASE_RATE, "0.51")):
            traced = explain_fact(session, facts[metric].fact_id, "scored")
            assert [(row.reference.value, row.now) for row in traced.rows] == [(value, value)]
            assert not traced.has_changed
    restated = TrackRecordRow(AS_OF - ONE, "golden_cross", 30, score_json(scored(30, 0.6)), NOW)
    with store.writer() as session:
        replace_track_records(session, SOURCE, AS_OF - ONE, [restated])
    with store.reader() as session:
        changed = explain_fact(session, facts[Metric.HIT_RATE].fact_id, "scored")
    assert [(row.reference.value, row.now) for row in changed.rows] == [("0.542", "0.6")]
