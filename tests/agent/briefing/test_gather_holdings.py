"""What is read of the holdings besides prices, from a real store, and that every figure of it is traced back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from agent.briefing.explain import explain_fact
from agent.briefing.gather_holdings import read_own_grades
from agent.briefing.material import briefing_material
from agent.briefing.snapshot import OwnGradeSeen, Snapshot
from agent.claims.fact import Metric as Measured
from agent.store.assets import link_asset
from agent.store.engine import Store
from agent.store.levels import upsert_levels
from agent.store.metrics import upsert_metrics
from agent.store.own_grades import OwnGradeDay, PartName, put_own_grades
from datasources.records import Level, Metric
from tests.agent.briefing.documents import briefing_of
from tests.agent.briefing.filled import COINS, LATER, NOW, SOURCE, WANTED, fill, save, snapshot_of
from tests.agent.briefing.snapshots import AS_OF

BTC, ETH = 1, 2
CLOSE = COINS[0][4][-1]
MVRV, ADDRESSES, INFLOW = "onchain.mvrv", "onchain.active_addresses", "onchain.exchange_inflow_usd"


def graded(days_before: int, short: list[float], long: list[float]) -> OwnGradeDay:
    day, parts = AS_OF - timedelta(days=days_before), (PartName("trend", "short_term", 1.0),)
    return OwnGradeDay(day, np.array([BTC, ETH]), np.array(short), np.array(long), parts, np.array([short]), NOW)


def of_chain(key: str, name: str, days_before: int, value: float) -> Metric:
    return Metric(key, AS_OF - timedelta(days=days_before), name, "usd", value)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = fill(Path(tmp_path_factory.mktemp("held")) / "c.db")
    flows = [of_chain("btc", INFLOW, back, 1e6 + back) for back in range(9)]
    flows += [of_chain("btc", "onchain.exchange_outflow_usd", back, 5e5) for back in range(9)]
    with made.writer() as session:
        put_own_grades(session, SOURCE, graded(1, [51.0, 70.0], [40.0, np.nan]))
        put_own_grades(session, SOURCE, graded(0, [63.24, np.nan], [40.5, np.nan]))
        known = [of_chain("btc", MVRV, 1, 2.2), of_chain("btc", MVRV, 30, 9.9), of_chain("new", MVRV, 1, 5.0)]
        upsert_metrics(session, SOURCE, [*known, of_chain("btc", MVRV, -1, 8.8)], NOW)
        link_asset(session, "files", "btc", BTC, NOW)
        upsert_metrics(session, "files", [of_chain("btc", MVRV, 0, 7.7)], NOW)
        upsert_metrics(session, SOURCE, [of_chain("eth", ADDRESSES, 2, 1234.0), *flows], NOW)
        levels = [Level("btc", AS_OF - LATER, CLOSE * 0.999), Level("btc", AS_OF - LATER, CLOSE * 1.4)]
        upsert_levels(session, SOURCE, [*levels, Level("eth", AS_OF - timedelta(days=91), 1.0)], NOW)
    yield made
    made.close()


@pytest.fixture(scope="module")
def seen(store: Store) -> Snapshot:
    return snapshot_of(store)


def test_own_grades_are_read_with_those_of_the_day_before(seen: Snapshot) -> None:
    assert seen.own_grades[:4] == (
        OwnGradeSeen(BTC, "short_term", 63.24, 51.0, NOW),
        OwnGradeSeen(BTC, "long_term", 40.5, 40.0, NOW),
        OwnGradeSeen(ETH, "short_term", None, 70.0, NOW),
        OwnGradeSeen(ETH, "long_term", None, None, NOW),
    )


def test_a_day_without_any_grade_has_none_to_miss(store: Store) -> None:
    with store.reader() as session:
        assert read_own_grades(session, SOURCE, AS_OF - timedelta(days=5), [BTC]) == ()
        assert read_own_grades(session, SOURCE, AS_OF, []) == ()


def test_the_market_s_own_source_counts_and_nothing_of_later_or_long_ago_does(seen: Snapshot) -> None:
    (ratio,) = [item for item in seen.onchain if item.name == MVRV]
    assert (ratio.source, ratio.days, ratio.values) == (SOURCE, (AS_OF - LATER,), (2.2,))
    assert {item.asset_id for item in seen.onchain} == {BTC, ETH}


def test_levels_of_more_than_ninety_days_ago_are_left_out(seen: Snapshot) -> None:
    assert [(item.asset_id, item.levels_usd) for item in seen.levels] == [(BTC, (CLOSE * 0.999, CLOSE * 1.4))]


def test_what_is_told_of_the_holdings_is_traced_to_rows_with_the_same_values(store: Store, seen: Snapshot) -> None:
    made = replace(briefing_of(seen), briefing_id="traced")
    save(store, made)
    wanted = {
        Measured.OWN_GRADE,
        Measured.OWN_GRADE_PREVIOUS,
        Measured.MVRV,
        Measured.ACTIVE_ADDRESSES,
        Measured.EXCHANGE_NET_FLOW,
        Measured.SUPPORT,
        Measured.SIGNAL,
    }
    facts = [fact for fact in made.facts if fact.metric in wanted]
    assert {fact.metric for fact in facts} == wanted
    with store.reader() as session:
        for fact in facts:
            traced = explain_fact(session, fact.fact_id, "traced")
            assert traced.rows or traced.ranges
            assert not traced.has_changed, (fact.metric, traced.rows, traced.ranges)
        grade = next(fact for fact in facts if fact.metric is Measured.OWN_GRADE and fact.qualifier == "short_term")
        assert explain_fact(session, grade.fact_id, "traced").measure == "own grade (short term)"
    with store.writer() as session:
        put_own_grades(session, SOURCE, graded(0, [12.5, np.nan], [40.5, np.nan]))
    with store.reader() as session:
        changed = explain_fact(session, grade.fact_id, "traced")
    assert [(row.reference.value, row.now) for row in changed.rows] == [("63.24", "12.5")]


def test_another_portfolio_has_nothing_of_it(store: Store) -> None:
    empty = snapshot_of(store, replace(WANTED, portfolio="empty"))
    assert (empty.own_grades, empty.onchain, empty.levels) == ((), (), ())
    assert not {fact.metric for fact in briefing_material(empty).facts.values()} & {
        Measured.OWN_GRADE,
        Measured.MVRV,
        Measured.SUPPORT,
    }
