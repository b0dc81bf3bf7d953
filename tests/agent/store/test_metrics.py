from datetime import UTC, date, datetime, timedelta

from agent.store.bulk import Written, raw_connection
from agent.store.engine import Store
from agent.store.metrics import (
    metric_as_known,
    metric_history,
    metric_history_as_known,
    metric_on,
    upsert_metrics,
)
from datasources.records import Metric

DAY = date(2025, 10, 10)
EVE = DAY - timedelta(days=1)
T1 = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
T2 = T1 + timedelta(days=1)
T3 = T2 + timedelta(days=1)
T4 = T3 + timedelta(days=1)
MOMENT = timedelta(microseconds=1)
NAME = "onchain.active_addresses"


def fetch(store: Store, value: float, fetched_at: datetime, day: date = DAY, key: str | None = "a") -> Written:
    with store.writer() as session:
        return upsert_metrics(session, "sandbox", [Metric(key, day, NAME, "count", value)], fetched_at)


def known(store: Store, at: datetime, day: date = DAY, asset_id: int | None = 1) -> float | None:
    with store.reader() as session:
        row = metric_as_known(session, "sandbox", NAME, asset_id, day, at)
    return None if row is None else row.value


def test_a_restated_figure_is_known_at_each_moment_as_it_was_then(listed: Store) -> None:
    assert fetch(listed, 100.0, T1) == Written(inserted=1)
    assert fetch(listed, 110.0, T2) == Written(revised=1)
    assert fetch(listed, 120.0, T4) == Written(revised=1)
    moments = {
        T1 - MOMENT: None,
        T1: 100.0,
        T2 - MOMENT: 100.0,
        T2: 110.0,
        T3: 110.0,
        T4 - MOMENT: 110.0,
        T4: 120.0,
        T4 + timedelta(days=99): 120.0,
    }
    assert {at: known(listed, at) for at in moments} == moments


def test_a_figure_that_is_fetched_again_unchanged_leaves_no_trace(listed: Store) -> None:
    fetch(listed, 100.0, T1)
    assert fetch(listed, 100.0, T3) == Written(unchanged=1)
    assert known(listed, T2) == 100.0
    with listed.reader() as session:
        assert raw_connection(session).execute("SELECT count(*) FROM metric_revision").fetchone() == (0,)


def test_what_was_known_says_when_it_was_learned(listed: Store) -> None:
    fetch(listed, 100.0, T1)
    fetch(listed, 110.0, T3)
    with listed.reader() as session:
        row = metric_as_known(session, "sandbox", NAME, 1, DAY, T2)
    assert row is not None
    assert (row.asset_id, row.day, row.name, row.unit, row.value, row.fetched_at) == (1, DAY, NAME, "count", 100.0, T1)


def test_a_figure_replaced_within_the_instant_it_came_was_never_known(listed: Store) -> None:
    for value, fetched_at in ((100.0, T1), (110.0, T2), (115.0, T2)):
        fetch(listed, value, fetched_at)
    assert [known(listed, at) for at in (T1, T2 - MOMENT, T2)] == [100.0, 100.0, 115.0]


def test_a_history_is_read_as_it_was_known(listed: Store) -> None:
    fetch(listed, 1.0, T1, EVE)
    fetch(listed, 2.0, T3, DAY)
    fetch(listed, 9.0, T3, EVE)
    fetch(listed, 77.0, T1, EVE, key=None)
    fetch(listed, 78.0, T2, EVE, key=None)
    with listed.reader() as session:
        history = [
            [(row.day, row.value) for row in metric_history_as_known(session, "sandbox", NAME, asset_id, EVE, DAY, at)]
            for asset_id, at in ((1, T2), (1, T3), (None, T1), (None, T2), (2, T4))
        ]
        assert metric_history_as_known(session, "sandbox", NAME, 1, DAY, EVE, T4) == ()
        assert metric_history_as_known(session, "nobody", NAME, 1, EVE, DAY, T4) == ()
    assert history == [[(EVE, 1.0)], [(EVE, 9.0), (DAY, 2.0)], [(EVE, 77.0)], [(EVE, 78.0)], []]


def test_the_figures_of_other_sources_and_names_are_left_out(listed: Store) -> None:
    fetch(listed, 1.0, T1)
    with listed.writer() as session:
        upsert_metrics(session, "sandbox", [Metric("a", DAY, "other", "count", 5.0)], T1)
        upsert_metrics(session, "elsewhere", [Metric(None, DAY, NAME, "count", 6.0)], T1)
        assert metric_as_known(session, "elsewhere", NAME, 1, DAY, T1) is None
        found = metric_on(session, "elsewhere", NAME, None, DAY)
    assert found is not None
    assert found.value == 6.0
    assert known(listed, T1) == 1.0


def test_the_last_figure_is_found_over_a_gap(listed: Store) -> None:
    fetch(listed, 1.0, T1, EVE - timedelta(days=30))
    fetch(listed, 2.0, T1, EVE, key="b")
    with listed.reader() as session:
        found = metric_on(session, "sandbox", NAME, 1, DAY)
        assert metric_on(session, "sandbox", NAME, 1, EVE - timedelta(days=31)) is None
        assert metric_on(session, "sandbox", NAME, 3, DAY) is None
    assert found is not None
    assert (found.day, found.value, found.fetched_at) == (EVE - timedelta(days=30), 1.0, T1)


def test_a_history_seeks_its_days_instead_of_walking_over_every_asset(listed: Store) -> None:
    with listed.writer() as session:
        steps: list[str] = []
        raw = raw_connection(session)
        raw.set_trace_callback(steps.append)
        metric_history(session, "sandbox", NAME, 1, EVE, DAY)
        metric_history_as_known(session, "sandbox", NAME, 1, EVE, DAY, T1)
        raw.set_trace_callback(None)
        plans = [
            row[3]
            for step in steps
            if "span" in step
            for row in raw.execute(f"EXPLAIN QUERY PLAN {step}")
            if "metric" in row[3] and "span" not in row[3]
        ]
    key = "(day=? AND source_id=? AND name=? AND asset_id=?"
    assert plans == [
        f"SEARCH metric USING PRIMARY KEY {key})",
        f"SEARCH metric USING PRIMARY KEY {key})",
        f"SEARCH metric_revision USING PRIMARY KEY {key} AND superseded_at>?)",
    ]
