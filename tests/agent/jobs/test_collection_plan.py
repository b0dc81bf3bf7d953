from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.jobs.collection_plan import ON_REQUEST, ORDER, Scope, bar_queries, kinds_of, queries, settled_gaps
from agent.store.coverage import Coverage, DayRun
from datasources.base import Capability, Query
from datasources.records import DataKind

TODAY = date(2025, 10, 11)
SCOPE = Scope(universe=("1", "2", "3"), focus=("2",))
EVERYTHING = {kind: Capability(1, 100) for kind in DataKind}


def run(first: str, last: str) -> DayRun:
    return DayRun(date.fromisoformat(first), date.fromisoformat(last))


def missing(asset_id: int, *runs: DayRun) -> Coverage:
    return Coverage(asset_id, None, None, runs)


def test_assets_come_before_what_refers_to_them() -> None:
    kinds = kinds_of(EVERYTHING, None)
    assert kinds[:3] == (DataKind.ASSETS, DataKind.TOP_ASSETS, DataKind.DAILY_BARS)


def test_every_kind_is_either_usual_or_on_request() -> None:
    assert sorted((*ORDER, *ON_REQUEST)) == sorted(DataKind)
    assert not set(ON_REQUEST) & set(kinds_of(EVERYTHING, None))
    assert set(kinds_of(EVERYTHING, list(DataKind))) == set(DataKind)


def test_what_a_source_lacks_or_nobody_wants_is_not_collected() -> None:
    offered = {DataKind.QUOTES: Capability(1, 100), DataKind.ASSETS: Capability(1, 100)}
    assert kinds_of(offered, None) == (DataKind.ASSETS, DataKind.QUOTES)
    assert kinds_of(offered, [DataKind.LEVELS, DataKind.QUOTES]) == (DataKind.QUOTES,)
    assert kinds_of({}, None) == ()


def test_listings_are_asked_for_whole_and_ranks_only_as_far_as_the_universe() -> None:
    assert queries(DataKind.ASSETS, SCOPE, TODAY, None, 100) == (Query(),)
    assert queries(DataKind.TOP_ASSETS, SCOPE, TODAY, None, 100) == (Query(limit=100),)


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (DataKind.QUOTES, Query(("1", "2", "3"))),
        (DataKind.GRADES, Query(("1", "2", "3"))),
        (DataKind.LEVELS, Query(("2",))),
        (DataKind.QUANT_METRICS, Query(("2",))),
        (DataKind.CORRELATIONS, Query(("2",))),
        (DataKind.MARKET_METRICS, Query((), date(2025, 9, 13), TODAY)),
        (DataKind.SENTIMENT, Query((), date(2025, 9, 13), TODAY)),
        (DataKind.ONCHAIN_METRICS, Query((), date(2025, 9, 13), TODAY)),
        (DataKind.HOURLY_BARS, Query(("2",), date(2025, 10, 9), TODAY)),
        (DataKind.GRADE_HISTORY, Query(("2",), date(2025, 9, 13), TODAY)),
        (DataKind.TRADER_GRADES, Query(("1", "2", "3"), date(2025, 10, 8), TODAY)),
    ],
)
def test_each_kind_asks_about_its_own_assets_and_days(kind: DataKind, asked: Query) -> None:
    assert queries(kind, SCOPE, TODAY, None, 100) == (asked,)


@pytest.mark.parametrize(
    ("watermark", "start"),
    [
        (None, "2025-10-08"),
        ("2025-10-11", "2025-10-08"),  # days just past are asked for again
        ("2025-10-01", "2025-10-01"),
        ("2025-07-01", "2025-09-13"),  # no further back than 29 days
    ],
)
def test_daily_rows_are_asked_for_from_the_last_good_day_on(watermark: str | None, start: str) -> None:
    good = None if watermark is None else date.fromisoformat(watermark)
    (query,) = queries(DataKind.TRADING_SIGNALS, SCOPE, TODAY, good, 100)
    assert (query.start, query.end) == (date.fromisoformat(start), TODAY)


@pytest.mark.parametrize("kind", [DataKind.QUOTES, DataKind.LEVELS, DataKind.TRADER_GRADES, DataKind.HOURLY_BARS])
def test_with_no_assets_nothing_is_asked(kind: DataKind) -> None:
    assert queries(kind, Scope((), ()), TODAY, None, 100) == ()


def test_assets_that_miss_the_same_days_share_a_query_oldest_days_first() -> None:
    late, old = run("2025-10-09", "2025-10-10"), run("2025-07-01", "2025-07-03")
    covered = {"a": missing(1, old, late), "b": missing(2, late), "c": missing(3)}
    assert bar_queries(covered) == (
        Query(("a",), old.first_day, old.last_day),
        Query(("a", "b"), late.first_day, late.last_day),
    )


def test_nothing_missing_asks_nothing() -> None:
    assert bar_queries({}) == ()
    assert bar_queries({"a": missing(1)}) == ()


def test_a_gap_is_settled_only_once_a_late_bar_can_no_longer_come() -> None:
    covered = [missing(1, run("2025-09-01", "2025-09-02"), run("2025-10-05", "2025-10-10")), missing(2)]
    assert settled_gaps(covered, TODAY) == ((1, run("2025-09-01", "2025-09-02")), (1, run("2025-10-05", "2025-10-08")))
    assert settled_gaps([missing(1, run("2025-10-09", "2025-10-10"))], TODAY) == ()


RUNS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 5)).map(
        lambda pair: DayRun(TODAY - timedelta(days=pair[0] + pair[1]), TODAY - timedelta(days=pair[0]))
    ),
    max_size=3,
    unique=True,
)


@given(st.dictionaries(st.sampled_from("abcdef"), RUNS))
def test_the_queries_ask_for_every_missing_day_of_every_asset_once(gaps: dict[str, list[DayRun]]) -> None:
    covered = {key: missing(place, *runs) for place, (key, runs) in enumerate(gaps.items())}
    asked = [(key, query.start, query.end) for query in bar_queries(covered) for key in query.provider_ids]
    assert sorted(asked) == sorted((key, item.first_day, item.last_day) for key, runs in gaps.items() for item in runs)
