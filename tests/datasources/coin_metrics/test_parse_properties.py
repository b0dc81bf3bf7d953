"""Whatever an answer holds, it becomes records, a reason or a typed error; never another exception."""

import math
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from datasources.coin_metrics.catalogue import parse_catalogue
from datasources.coin_metrics.parse import last_complete_day, parse_rows
from datasources.coin_metrics.wire import open_envelope, parse_next_page
from datasources.context import Context
from datasources.errors import SourceError
from datasources.intake import Intake
from datasources.records import DataKind, Metric

NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
ROWS: list[dict[str, Any]] = [
    {"asset": "btc", "time": "2026-03-22T00:00:00.000000000Z", "AdrActCnt": "733522", "FlowInExUSD": None},
    {"asset": "btc", "metrics": [{"metric": "TxCnt", "frequencies": [{"frequency": "1d", "community": True}]}]},
    {"data": [], "next_page_url": "https://h.example/v4/x?next_page_token=1", "error": None},
]
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["NaN", "-1", "1e400", "9999-12-31", "2026-03-22", "\ud800", "http://[", 10**400, -0.0])
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    row = dict(draw(st.sampled_from(ROWS)))
    for key in draw(st.lists(st.sampled_from(sorted(row)), max_size=3)):
        row[key] = draw(values)
    for key in draw(st.lists(st.sampled_from(sorted(row)), max_size=2)):
        row[draw(st.sampled_from([key.lower(), key + "x"]))] = row.pop(key, None)
    return draw(st.sampled_from([row, row, row, [row], {"data": [row]}, draw(values)]))


@settings(max_examples=25)
@given(st.lists(mutated(), max_size=4), st.none() | st.dates(date(2026, 3, 1), date(2026, 4, 1)))
def test_rows_give_sound_metrics_or_a_reason(rows: list[Any], last_day: date | None) -> None:
    context = Context(NOW, last_day, date(2026, 1, 1))
    parsed = parse_rows(rows, {"btc": frozenset({"AdrActCnt"})}, context)
    records, quarantined = Intake(DataKind.ONCHAIN_METRICS, ("btc",), None, ()).take(parsed)
    for record in records:
        assert isinstance(record, Metric)
        assert math.isfinite(record.value)
        assert record.value >= 0
        assert date(2026, 1, 1) <= record.day <= min(last_day or record.day, last_complete_day(NOW))
    assert all(row.reason and row.raw.isascii() for row in quarantined)


@settings(max_examples=25)
@given(st.lists(mutated(), max_size=4))
def test_the_catalogue_gives_known_assets_or_a_reason(rows: list[Any]) -> None:
    found = parse_catalogue(rows, {"btc": ()})
    assert set(found.free) <= {"btc"}
    assert all(row.fault for row in found.faults)


@settings(max_examples=25)
@given(mutated(), values)
def test_envelopes_give_rows_or_a_typed_error(answer: Any, address: Any) -> None:
    with suppress(SourceError):
        rows, further = open_envelope("demo", "/x", answer)
        assert isinstance(rows, list)
        parse_next_page("demo", "https://h.example/v4", "/x", further)
    with suppress(SourceError):
        parse_next_page("demo", "https://h.example/v4", "/x", address)
