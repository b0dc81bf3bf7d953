from datetime import UTC, date, datetime
from typing import Any

import pytest

from datasources.base import Query
from datasources.binance.plan import plan_spans
from datasources.records import DataKind

NOW = datetime(2025, 6, 10, 12, 30, tzinfo=UTC)
BTC = {"provider_ids": ("BTCUSDT",)}


def spans(kind: DataKind, **query: Any) -> list[Any]:
    return list(plan_spans(kind, Query(**query), NOW))


def test_days_are_asked_for_from_the_first_opening_to_the_last_millisecond() -> None:
    (span,) = spans(DataKind.DAILY_BARS, **BTC, start=date(2025, 6, 1), end=date(2025, 6, 3))
    assert span.params(span.first) == {
        "symbol": "BTCUSDT",
        "interval": "1d",
        "startTime": 1_748_736_000_000,  # 2025-06-01 00:00:00.000
        "endTime": 1_748_995_199_999,  # 2025-06-03 23:59:59.999
        "limit": 1_000,
    }


def test_without_days_it_is_the_last_29_that_are_over() -> None:
    (span,) = spans(DataKind.DAILY_BARS, **BTC)
    assert (span.first, span.end) == (datetime(2025, 5, 12, tzinfo=UTC), datetime(2025, 6, 10, tzinfo=UTC))


def test_hours_are_asked_for_up_to_the_one_that_is_not_over() -> None:
    (span,) = spans(DataKind.HOURLY_BARS, **BTC, start=date(2025, 6, 10), end=date(2025, 6, 12))
    assert (span.first, span.end) == (datetime(2025, 6, 10, tzinfo=UTC), datetime(2025, 6, 10, 12, tzinfo=UTC))
    assert span.params(span.first)["interval"] == "1h"


@pytest.mark.parametrize("start", [date(2025, 6, 10), date(2026, 1, 1)])
def test_days_that_are_not_over_are_not_asked_for(start: date) -> None:
    assert spans(DataKind.DAILY_BARS, **BTC, start=start) == []


@pytest.mark.parametrize(
    ("kind", "start", "end", "pages"),
    [
        (DataKind.DAILY_BARS, date(2022, 9, 14), date(2025, 6, 9), 1),  # 1,000 days
        (DataKind.DAILY_BARS, date(2022, 9, 13), date(2025, 6, 9), 2),
        (DataKind.HOURLY_BARS, date(2025, 5, 1), date(2025, 6, 10), 1),  # 40 days and 12 hours: 972 hours
        (DataKind.HOURLY_BARS, date(2025, 4, 29), date(2025, 6, 10), 2),  # 1,020 hours
    ],
)
def test_a_page_holds_a_thousand_candles(kind: DataKind, start: date, end: date, pages: int) -> None:
    (span,) = spans(kind, **BTC, start=start, end=end)
    assert span.pages == pages


def test_a_symbol_is_not_asked_for_while_it_was_another_asset() -> None:
    found = spans(DataKind.DAILY_BARS, provider_ids=("LUNAUSDT", "BTCUSDT"), start=date(2022, 5, 1))
    assert [span.first.date() for span in found] == [date(2022, 5, 31), date(2022, 5, 1)]
    assert spans(DataKind.DAILY_BARS, provider_ids=("LUNAUSDT",), start=date(2022, 5, 1), end=date(2022, 5, 30)) == []


def test_each_pair_is_asked_for_once_and_no_more_than_the_limit() -> None:
    ids = ("BTCUSDT", "BTCUSDT", "ETHUSDT", "SOLUSDT")
    assert [span.provider_id for span in spans(DataKind.DAILY_BARS, provider_ids=ids, limit=2)] == [
        "BTCUSDT",
        "ETHUSDT",
    ]
    assert spans(DataKind.DAILY_BARS, provider_ids=ids, limit=0) == []
