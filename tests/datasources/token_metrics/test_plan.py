from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasources.base import Query
from datasources.records import DataKind
from datasources.token_metrics.endpoints import ENDPOINTS
from datasources.token_metrics.plan import plan_calls, split_days

TODAY = date(2025, 6, 10)
YESTERDAY = date(2025, 6, 9)
IDS = tuple(str(number) for number in range(1, 251))


@given(st.dates(date(2015, 1, 1), date(2030, 1, 1)), st.integers(0, 1_000), st.integers(1, 29))
def test_windows_cover_every_day_once_and_are_never_longer_than_asked(first: date, days: int, size: int) -> None:
    last = first + timedelta(days=days)
    covered = [
        start + timedelta(days=offset)
        for start, end in split_days(first, last, size)
        for offset in range((end - start).days + 1)
    ]
    assert covered == [first + timedelta(days=offset) for offset in range(days + 1)]
    assert all((end - start).days < size for start, end in split_days(first, last, size))


def test_sixty_days_of_bars_are_three_windows_of_three_assets_each_within_a_page() -> None:
    query = Query(("3375", "3306", "3988", "4015"), date(2025, 4, 11), YESTERDAY)
    plan = plan_calls(ENDPOINTS[DataKind.DAILY_BARS], query, TODAY, last_final_day=YESTERDAY)
    windows = [("2025-04-11", "2025-05-09"), ("2025-05-10", "2025-06-07"), ("2025-06-08", "2025-06-09")]
    assert plan.calls == tuple(
        {"token_id": ids, "startDate": start, "endDate": end}
        for start, end in windows
        for ids in ("3375,3306,3988", "4015")
    )


def test_one_day_of_a_hundred_assets_is_two_calls() -> None:
    query = Query(IDS[:100], YESTERDAY, YESTERDAY)
    plan = plan_calls(ENDPOINTS[DataKind.DAILY_BARS], query, TODAY, last_final_day=YESTERDAY)
    assert [str(call["token_id"]).count(",") + 1 for call in plan.calls] == [99, 1]


def test_a_day_that_is_not_final_is_not_asked_for() -> None:
    query = Query(IDS[:1], TODAY, TODAY)
    assert plan_calls(ENDPOINTS[DataKind.DAILY_BARS], query, TODAY, last_final_day=YESTERDAY).calls == ()
    query = Query(IDS[:1], YESTERDAY, date(2026, 1, 1))
    (call,) = plan_calls(ENDPOINTS[DataKind.DAILY_BARS], query, TODAY, last_final_day=YESTERDAY).calls
    assert (call["startDate"], call["endDate"]) == ("2025-06-09", "2025-06-09")


def test_without_days_a_history_is_its_last_29() -> None:
    plan = plan_calls(ENDPOINTS[DataKind.TRADING_SIGNALS], Query(("1",)), TODAY, last_final_day=TODAY)
    assert plan.calls == ({"token_id": "1", "startDate": "2025-05-13", "endDate": "2025-06-10"},)


def test_without_ids_days_are_asked_for_one_by_one() -> None:
    query = Query((), YESTERDAY, TODAY)
    plan = plan_calls(ENDPOINTS[DataKind.TRADING_SIGNALS], query, TODAY, last_final_day=TODAY)
    assert [call["startDate"] for call in plan.calls] == ["2025-06-09", "2025-06-10"]


@pytest.mark.parametrize("kind", list(ENDPOINTS))
def test_no_call_names_more_than_a_hundred_ids_and_none_is_named_twice(kind: DataKind) -> None:
    plan = plan_calls(ENDPOINTS[kind], Query(IDS + IDS, TODAY, TODAY), TODAY, last_final_day=TODAY)
    chunks = [str(call.get(ENDPOINTS[kind].id_name, "")).split(",") for call in plan.calls]
    assert all(len(chunk) <= 100 for chunk in chunks)
    if ENDPOINTS[kind].takes_ids:
        assert [asset for chunk in chunks for asset in chunk] == list(IDS)


def test_a_limit_shortens_the_ids_or_the_page() -> None:
    assert plan_calls(ENDPOINTS[DataKind.QUOTES], Query(IDS, limit=2), TODAY, last_final_day=TODAY).ids == ("1", "2")
    assert plan_calls(ENDPOINTS[DataKind.ASSETS], Query(limit=30), TODAY, last_final_day=TODAY).page_size == 30
    assert plan_calls(ENDPOINTS[DataKind.ASSETS], Query(limit=0), TODAY, last_final_day=TODAY).calls == ()


def test_what_knows_only_the_present_is_not_asked_about_the_past() -> None:
    for kind in (DataKind.QUOTES, DataKind.GRADES):
        query = Query(("1",), None, YESTERDAY)
        assert plan_calls(ENDPOINTS[kind], query, TODAY, last_final_day=TODAY).calls == ()
