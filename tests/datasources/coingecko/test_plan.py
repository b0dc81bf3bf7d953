from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from datasources.base import Query
from datasources.coingecko.plan import capabilities, is_id, plan_calls
from datasources.records import DataKind

NOW = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)


def plan(kind: DataKind, tier: Any = "keyless", now: datetime = NOW, **query: Any) -> Any:
    return plan_calls(kind, Query(**query), now, tier)


@pytest.mark.parametrize(
    ("start", "days"),
    [
        (date(2025, 6, 9), 1),  # closed by the midnight of today
        (date(2025, 6, 8), 2),
        (date(2025, 3, 12), 90),
        (date(2024, 6, 10), 365),
        (date(2020, 1, 1), 365),  # all the plan knows
    ],
)
def test_a_chart_is_of_as_few_days_as_reach_back_to_the_first(start: date, days: int) -> None:
    (call,) = plan(DataKind.DAILY_BARS, provider_ids=("bitcoin",), start=start).calls
    assert call.path == "/coins/bitcoin/market_chart"
    assert call.params == {"vs_currency": "usd", "days": days, "interval": "daily"}


def test_the_paid_plan_reaches_further_back() -> None:
    (call,) = plan(DataKind.DAILY_BARS, "pro", provider_ids=("bitcoin",), start=date(2023, 6, 10)).calls
    assert call.params["days"] == 731
    assert capabilities("pro")[DataKind.DAILY_BARS].history_days is None
    assert capabilities("demo")[DataKind.DAILY_BARS].history_days == 365


def test_without_a_start_it_covers_29_days_up_to_the_last_final_one() -> None:
    found = plan(DataKind.DAILY_BARS, provider_ids=("bitcoin",))
    assert (found.first_day, found.last_day) == (date(2025, 5, 12), date(2025, 6, 9))
    assert found.calls[0].params["days"] == 29


def test_just_after_midnight_the_day_before_is_not_asked_for() -> None:
    query: dict[str, Any] = {"provider_ids": ("bitcoin",), "start": date(2025, 6, 9)}
    midnight = datetime(2025, 6, 10, tzinfo=UTC)
    assert plan(DataKind.DAILY_BARS, now=midnight + timedelta(minutes=9), **query).calls == ()
    assert len(plan(DataKind.DAILY_BARS, now=midnight + timedelta(minutes=10), **query).calls) == 1


@pytest.mark.parametrize("start", [date(2025, 6, 10), date(2025, 7, 1)])
def test_days_that_are_not_over_take_no_call(start: date) -> None:
    assert plan(DataKind.DAILY_BARS, provider_ids=("bitcoin",), start=start).calls == ()


@pytest.mark.parametrize("kind", [DataKind.QUOTES, DataKind.MARKET_CAPS])
def test_quotes_and_market_values_are_asked_for_250_at_a_time_each_once_without_a_space(kind: DataKind) -> None:
    ids = tuple(f"coin-{number}" for number in range(251))
    calls = plan(kind, provider_ids=(*ids, "coin-0")).calls
    assert [call.params["ids"] for call in calls] == [",".join(ids[:250]), "coin-250"]
    assert {call.params["per_page"] for call in calls} == {250}
    assert {call.params["include_rehypothecated"] for call in calls} == {"true"}


def test_long_ids_are_asked_for_in_urls_of_bearable_length() -> None:
    ids = tuple(f"{'x' * 95}-{number:03}" for number in range(100))
    calls = plan(DataKind.QUOTES, provider_ids=ids).calls
    assert [call.params["ids"].count(",") + 1 for call in calls] == [58, 42]
    assert ",".join(call.params["ids"] for call in calls) == ",".join(ids)


@pytest.mark.parametrize(("limit", "sizes"), [(1, [1]), (250, [250]), (251, [250, 250]), (1_000, [250] * 4), (0, [])])
def test_a_ranking_takes_pages_of_250_up_to_its_limit(limit: int, sizes: list[int]) -> None:
    calls = plan(DataKind.TOP_ASSETS, limit=limit).calls
    assert [call.params["per_page"] for call in calls] == sizes
    assert [call.params["page"] for call in calls] == list(range(1, len(sizes) + 1))
    assert {call.params["order"] for call in calls} <= {"market_cap_desc"}


@pytest.mark.parametrize(
    "kind", [DataKind.QUOTES, DataKind.MARKET_CAPS, DataKind.MARKET_METRICS, DataKind.DEFI_METRICS]
)
def test_what_is_known_of_the_present_only_is_not_asked_for_on_behalf_of_the_past(kind: DataKind) -> None:
    ids = ("bitcoin",) if kind in {DataKind.QUOTES, DataKind.MARKET_CAPS} else ()
    assert plan(kind, provider_ids=ids, end=date(2025, 6, 9)).calls == ()
    assert len(plan(kind, provider_ids=ids, end=date(2025, 6, 10)).calls) == 1


@pytest.mark.parametrize(
    ("tier", "statuses"), [("keyless", ["active"]), ("demo", ["active"]), ("pro", ["active", "inactive"])]
)
def test_only_the_paid_plan_lists_what_no_longer_trades(tier: str, statuses: list[str]) -> None:
    calls = plan(DataKind.ASSETS, tier).calls
    assert [call.params for call in calls] == [{"include_platform": "true", "status": status} for status in statuses]
    assert [call.inactive for call in calls] == [status == "inactive" for status in statuses]


@pytest.mark.parametrize("value", ["bitcoin", "_", "0x", "avalanche-2", "a.b", "⚡", "x" * 200])
def test_words_can_be_ids(value: str) -> None:
    assert is_id(value)


@pytest.mark.parametrize("value", ["", ".", "..", "a b", "a,b", " a", "a/b", "a?b", "a#b", "a%20", "a\n", "x" * 201])
def test_what_would_change_a_url_or_a_list_cannot_be_an_id(value: str) -> None:
    assert not is_id(value)
