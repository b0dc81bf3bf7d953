from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.jobs.collection_plan import (
    ON_REQUEST,
    ORDER,
    Scope,
    Situation,
    Step,
    Task,
    Tier,
    bar_queries,
    bar_steps,
    kinds_of,
    settled_gaps,
    steps,
    tasks,
)
from agent.store.coverage import Coverage, DayRun
from datasources.base import Capability, Query
from datasources.records import DataKind

TODAY = date(2025, 10, 11)
SCOPE = Scope(held=("2",), rest=("1", "3"))
WHOLE = Situation(SCOPE, TODAY, 100)
APART = Situation(Scope(("2",), ("4",), ("1", "3")), TODAY, 100, apart=True)
EVERYTHING = {kind: Capability(1, 100) for kind in DataKind}


def run(first: str, last: str) -> DayRun:
    return DayRun(date.fromisoformat(first), date.fromisoformat(last))


def missing(asset_id: int, *runs: DayRun) -> Coverage:
    return Coverage(asset_id, None, None, runs)


def queries(kind: DataKind, situation: Situation = WHOLE, watermark: date | None = None) -> tuple[Query, ...]:
    return tuple(query for step in steps(kind, situation, watermark) for query in step.queries)


def parts(found: Sequence[Step]) -> list[tuple[Tier, tuple[str, ...]]]:
    return [(step.tier, query.provider_ids) for step in found for query in step.queries]


def test_assets_come_before_what_refers_to_them() -> None:
    kinds = kinds_of(EVERYTHING, None)
    assert kinds[:3] == (DataKind.ASSETS, DataKind.TOP_ASSETS, DataKind.DAILY_BARS)
    assert kinds.index(DataKind.INDICES) < kinds.index(DataKind.INDEX_HOLDINGS)


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
    assert queries(DataKind.ASSETS) == (Query(),)
    assert queries(DataKind.TOP_ASSETS) == (Query(limit=100),)


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (DataKind.QUOTES, Query(("2", "1", "3"))),
        (DataKind.GRADES, Query(("2", "1", "3"))),
        (DataKind.MARKET_CAPS, Query(("2", "1", "3"))),
        (DataKind.LEVELS, Query(("2",))),
        (DataKind.QUANT_METRICS, Query(("2",))),
        (DataKind.CORRELATIONS, Query(("2",))),
        (DataKind.REPORTS, Query(("2",))),
        (DataKind.MARKET_METRICS, Query((), date(2025, 9, 13), TODAY)),
        (DataKind.SENTIMENT, Query((), date(2025, 9, 13), TODAY)),
        (DataKind.ONCHAIN_METRICS, Query(("2", "1", "3"), date(2025, 9, 13), TODAY)),
        (DataKind.HOURLY_BARS, Query(("2",), date(2025, 10, 9), TODAY)),
        (DataKind.GRADE_HISTORY, Query(("2",), date(2025, 9, 13), TODAY)),
        (DataKind.TRADER_GRADES, Query(("2", "1", "3"), date(2025, 10, 8), TODAY)),
    ],
)
def test_each_kind_asks_about_its_own_assets_and_days(kind: DataKind, asked: Query) -> None:
    assert queries(kind) == (asked,)


@pytest.mark.parametrize(
    ("kind", "watermark", "start"),
    [
        (DataKind.TRADING_SIGNALS, None, "2025-10-08"),
        (DataKind.TRADING_SIGNALS, "2025-10-11", "2025-10-08"),  # days just past are asked for again
        (DataKind.TRADING_SIGNALS, "2025-10-01", "2025-10-01"),
        (DataKind.TRADING_SIGNALS, "2025-07-01", "2025-09-13"),  # no further back than 29 days
        (DataKind.ONCHAIN_METRICS, "2025-10-11", "2025-10-04"),  # a week is restated
        (DataKind.MARKET_METRICS, "2025-10-11", "2025-10-08"),
    ],
)
def test_daily_rows_are_asked_for_from_the_last_good_day_on(kind: DataKind, watermark: str | None, start: str) -> None:
    good = None if watermark is None else date.fromisoformat(watermark)
    (query,) = queries(kind, WHOLE, good)
    assert (query.start, query.end) == (date.fromisoformat(start), TODAY)


def test_the_first_time_as_many_days_of_the_market_come_as_are_kept() -> None:
    (query,) = queries(DataKind.SENTIMENT, Situation(SCOPE, TODAY, 100, first_days=400))
    assert (query.start, query.end) == (date(2024, 9, 7), TODAY)


@pytest.mark.parametrize("kind", [DataKind.QUOTES, DataKind.LEVELS, DataKind.TRADER_GRADES, DataKind.HOURLY_BARS])
def test_with_no_assets_nothing_is_asked(kind: DataKind) -> None:
    assert queries(kind, Situation(Scope(), TODAY, 100)) == ()


@pytest.mark.parametrize("kind", [DataKind.INDEX_HOLDINGS, DataKind.INDEX_PERFORMANCE])
def test_indices_are_asked_about_by_their_own_keys(kind: DataKind) -> None:
    assert queries(kind) == ()
    (query,) = queries(kind, Situation(SCOPE, TODAY, 100, indices=("7", "8")))
    assert query.provider_ids == ("7", "8")


def test_what_is_held_is_asked_for_apart_from_the_rest_where_credits_count() -> None:
    assert parts(steps(DataKind.QUOTES, APART, None)) == [
        (Tier.HOLDINGS, ("2",)),
        (Tier.WATCHLIST, ("4",)),
        (Tier.UNIVERSE, ("1", "3")),
    ]
    assert parts(steps(DataKind.LEVELS, APART, None)) == [(Tier.HOLDINGS, ("2",)), (Tier.WATCHLIST, ("4",))]
    assert parts(steps(DataKind.TOP_ASSETS, APART, None)) == [(Tier.MARKET, ())]


def test_a_second_opinion_is_asked_about_what_is_held_or_watched_or_else_the_ten_largest() -> None:
    assert Scope(("2",), ("4",), ("1", "3")).narrowed() == Scope(("2",), ("4",))
    many = tuple(str(number) for number in range(20))
    assert Scope(rest=many).narrowed() == Scope(rest=many[:10])


def test_a_tier_is_that_of_the_least_important_asset() -> None:
    scope = APART.scope
    assert [scope.tier(keys) for keys in (("2",), ("2", "4"), ("2", "4", "3"))] == [
        Tier.HOLDINGS,
        Tier.WATCHLIST,
        Tier.UNIVERSE,
    ]


def test_tasks_are_named_by_kind_and_by_tier_beyond_the_holdings() -> None:
    found = tasks(DataKind.QUOTES, steps(DataKind.QUOTES, APART, None), apart=True)
    assert [task.key for task in found] == ["quotes", "quotes/watchlist", "quotes/universe"]
    (whole,) = tasks(DataKind.QUOTES, steps(DataKind.QUOTES, WHOLE, None), apart=False)
    assert whole == Task(DataKind.QUOTES, Tier.HOLDINGS, "quotes", (Query(("2", "1", "3")),))
    assert tasks(DataKind.QUOTES, (), apart=False) == ()


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


def test_a_long_list_of_assets_is_cut_into_full_pages() -> None:
    late = run("2025-10-10", "2025-10-10")
    covered = {f"{number:03}": missing(number, late) for number in range(300)}
    assert [len(query.provider_ids) for query in bar_queries(covered)] == [297, 3]


def test_market_values_are_asked_for_in_full_pages_of_250() -> None:
    keys = tuple(f"{number:03}" for number in range(501))
    asked = queries(DataKind.MARKET_CAPS, Situation(Scope(rest=keys), TODAY, 501))
    assert [len(query.provider_ids) for query in asked] == [250, 250, 1]
    assert tuple(key for query in asked for key in query.provider_ids) == keys


def test_where_credits_count_the_newest_bars_of_all_come_before_the_history_of_any() -> None:
    gap = run("2025-10-05", "2025-10-10")
    covered = {"1": missing(1, gap), "2": missing(2, gap)}
    found = tasks(DataKind.DAILY_BARS, bar_steps(covered, APART), apart=True)
    assert found == (
        Task(
            DataKind.DAILY_BARS,
            Tier.HOLDINGS,
            "daily_bars",
            steps=(Query(("2",), date(2025, 10, 8), date(2025, 10, 10)),),
            history=(Query(("2",), date(2025, 10, 5), date(2025, 10, 7)),),
        ),
        Task(
            DataKind.DAILY_BARS,
            Tier.UNIVERSE,
            "daily_bars/universe",
            steps=(Query(("1",), date(2025, 10, 8), date(2025, 10, 10)),),
            history=(Query(("1",), date(2025, 10, 5), date(2025, 10, 7)),),
        ),
    )


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


@given(st.dictionaries(st.sampled_from("1234"), RUNS))
def test_apart_every_missing_day_is_asked_for_as_often_as_together(gaps: dict[str, list[DayRun]]) -> None:
    covered = {key: missing(int(key), *runs) for key, runs in gaps.items()}

    def days(found: Sequence[Query]) -> list[tuple[str, int]]:
        return sorted(
            (key, day)
            for query in found
            if query.start and query.end
            for key in query.provider_ids
            for day in range(query.start.toordinal(), query.end.toordinal() + 1)
        )

    split = [query for step in bar_steps(covered, APART) for query in step.queries]
    assert days(split) == days(bar_queries(covered))
