"""Whatever a row holds, it becomes records, nothing, or a quarantined row; never another exception."""

import json
import math
from contextlib import suppress
from dataclasses import astuple
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasources.errors import SourceError
from datasources.intake import Intake
from datasources.records import DataKind
from datasources.token_metrics.answer import AnswerContext
from datasources.token_metrics.chat import chat_answer
from datasources.token_metrics.horizon import Horizon, NewestOfDay
from datasources.token_metrics.parse import PARSERS, parse_rows
from datasources.token_metrics.wire import open_envelope

FIXTURES = Path(__file__).parents[2] / "fixtures" / "token_metrics"
NOW = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)
CONTEXT = AnswerContext(NOW, date(2025, 6, 9), index_id="7", active=True)
PATHS = sorted(FIXTURES.glob("*.json")) + sorted((Path(__file__).parent / "fixtures").glob("*.json"))
ROWS = [row for path in PATHS for row in json.loads(path.read_text(encoding="utf-8"))["data"]]

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["NaN", "-1", "1e400", "2025-06-08", "9999-12-31", "\ud800", "0x1", " 5 ", 10**400, -0.0])
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def mutated_rows(draw: st.DrawFn) -> dict[str, Any]:
    row = dict(draw(st.sampled_from(ROWS)))
    for key in draw(st.lists(st.sampled_from(sorted(row)), max_size=3)):
        row[key] = draw(values)
    for key in draw(st.lists(st.sampled_from(sorted(row)), max_size=2)):
        row[draw(st.sampled_from([key.lower(), key.upper(), key + "x"]))] = row.pop(key, None)
    return row


def _objects(value: Any) -> list[Any]:
    """Every object and list within a value, itself included."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    found = [value] if isinstance(value, dict | list) and value else []
    return found + [part for item in inner for part in _objects(item)]


@st.composite
def broken_inside(draw: st.DrawFn) -> Any:
    """A row of which one thing is replaced, dropped or renamed at any depth."""
    row = json.loads(json.dumps(draw(st.sampled_from(ROWS))))
    holder = draw(st.sampled_from(_objects(row)))
    at = draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
    if isinstance(holder, dict) and draw(st.booleans()):
        kept = holder.pop(at)
        holder[draw(st.sampled_from([at.upper(), at.lower(), "x" + at]))] = kept
    else:
        holder[at] = draw(values)
    return row


def _check(part: object) -> None:
    if isinstance(part, float):
        assert math.isfinite(part)
    elif isinstance(part, str):
        part.encode()
        assert "\x00" not in part
    elif isinstance(part, tuple | list):
        for inner in part:
            _check(inner)


@given(st.sampled_from(sorted(PARSERS)), st.lists(mutated_rows() | broken_inside() | values, max_size=4))
@settings(max_examples=60)
def test_a_mutated_row_is_read_or_quarantined_and_never_breaks_the_parser(kind: DataKind, rows: list[Any]) -> None:
    intake = Intake(kind, (), None, ("secret",))
    records, quarantined = intake.take(parse_rows(kind, rows, CONTEXT))
    for record in records:
        _check(astuple(record))
        assert getattr(record, "day", date.min) <= date(2025, 6, 9)
    for row in quarantined:
        assert row.reason
        assert len(row.raw) <= 4_000
        assert row.raw.isascii()
    assert len(quarantined) <= len(rows)


@settings(max_examples=60)
@given(values | st.fixed_dictionaries({}, optional={"success": values, "message": values, "data": values}))
def test_any_answer_has_rows_or_is_a_source_error(answer: Any) -> None:
    with suppress(SourceError):
        assert isinstance(open_envelope("demo", "/price", answer), list)


@pytest.mark.parametrize("kind", sorted(PARSERS))
@given(st.lists(mutated_rows() | broken_inside(), min_size=1, max_size=3))
@settings(max_examples=10)
def test_no_parser_breaks_on_the_mutated_rows_of_any_endpoint(kind: DataKind, rows: list[Any]) -> None:
    for parsed in parse_rows(kind, rows, CONTEXT):
        assert parsed.fault is None or not parsed.records
        for record in parsed.records:
            _check(astuple(record))


@given(values | st.fixed_dictionaries({}, optional={"success": values, "answer": values, "data": values}))
@settings(max_examples=60)
def test_any_answer_of_the_chat_is_a_text_or_a_source_error(answer: Any) -> None:
    with suppress(SourceError):
        text = chat_answer("demo", answer)
        text.encode()
        assert 0 < len(text) <= 20_000


@given(st.lists(mutated_rows() | values, max_size=5), st.lists(st.sampled_from(["3375", "1"]), max_size=2))
@settings(max_examples=60)
def test_a_listing_can_be_walked_back_over_any_rows(rows: list[Any], ids: list[str]) -> None:
    horizon, newest = Horizon(date(2025, 6, 1), date(2025, 6, 9), NOW.date(), ids), NewestOfDay(NOW)
    kept = horizon.keep(rows)
    newest.add(kept)
    assert len(newest.rows) <= len(kept) <= len(rows)
