"""Whatever a row holds, it becomes records, nothing, or a quarantined row; never another exception."""

import math
from dataclasses import astuple
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from datasources.binance.failures import failure_of
from datasources.binance.parse import opened_at, parse_candle, parse_pair
from datasources.binance.plan import INTERVALS
from datasources.context import Context
from datasources.errors import SourceError
from datasources.intake import Intake, read_row
from datasources.records import DailyBar, DataKind, HourlyBar

NOW = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)
LAST = date(2025, 6, 9)
OPENS = 1_749_427_200_000  # 2025-06-09 00:00 UTC
CANDLE = [OPENS, "3", "4", "2", "3.5", "10", OPENS + 3_599_999, "1000.5", 3, "5", "500", "0"]
PAIR = {"symbol": "BTCUSDT", "status": "TRADING", "baseAsset": "BTC", "quoteAsset": "USDT"}

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["NaN", "-1", "1e400", "Infinity", "\ud800", " 5 ", 10**400, -0.0, OPENS, OPENS * 1_000])
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def candles(draw: st.DrawFn) -> list[Any]:
    row: list[Any] = list(CANDLE)
    for place in draw(st.lists(st.integers(0, len(row) - 1), max_size=3)):
        row[place] = draw(values)
    return row[: draw(st.integers(0, 12))] + draw(st.lists(values, max_size=1))


@st.composite
def pairs(draw: st.DrawFn) -> dict[str, Any]:
    row: dict[str, Any] = PAIR | draw(st.dictionaries(st.sampled_from(sorted(PAIR)), values, max_size=2))
    for key in draw(st.lists(st.sampled_from(sorted(PAIR)), max_size=1)):
        row[key.lower() + "x"] = row.pop(key, None)
    return row


@given(st.sampled_from(sorted(INTERVALS)), st.lists(candles() | values, max_size=4))
@settings(max_examples=60)
def test_a_mutated_candle_is_read_or_quarantined(kind: DataKind, rows: list[Any]) -> None:
    context = Context(NOW, LAST, date(2017, 1, 1))
    intake = Intake(kind, ("BTCUSDT",), None, ())
    records, quarantined = intake.take(parse_candle("BTCUSDT", row, INTERVALS[kind], context) for row in rows)
    for record in records:
        assert isinstance(record, DailyBar | HourlyBar)
        assert all(math.isfinite(part) for part in astuple(record) if isinstance(part, float))
        assert (record.day if isinstance(record, DailyBar) else record.opened_at.date()) <= LAST
    assert all(row.reason and len(row.raw) <= 4_000 and row.raw.isascii() for row in quarantined)
    assert all(opened is None or opened.tzinfo is UTC for opened in map(opened_at, rows))


@given(st.lists(pairs() | values, max_size=3))
@settings(max_examples=60)
def test_a_mutated_pair_is_read_or_quarantined(rows: list[Any]) -> None:
    records, quarantined = Intake(DataKind.ASSETS, (), None, ()).take(read_row(row, parse_pair) for row in rows)
    assert len(records) <= 1
    assert len(quarantined) <= len(rows)


@given(st.integers(100, 599), values | st.fixed_dictionaries({}, optional={"code": values | st.integers(-2_000, 0)}))
def test_any_body_is_no_failure_or_a_typed_one(status: int, body: Any) -> None:
    failure = failure_of("binance", status, body)
    assert failure is None or isinstance(failure, SourceError)
