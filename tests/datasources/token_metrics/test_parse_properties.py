"""Whatever a row holds, it becomes records, nothing, or a quarantined row; never another exception."""

import json
import math
from contextlib import suppress
from dataclasses import astuple
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from datasources.errors import SourceError
from datasources.records import DataKind
from datasources.token_metrics.context import Context
from datasources.token_metrics.intake import Intake
from datasources.token_metrics.parse import PARSERS, parse_rows
from datasources.token_metrics.wire import open_envelope

FIXTURES = Path(__file__).parents[2] / "fixtures" / "token_metrics"
NOW = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)
ROWS = [row for path in sorted(FIXTURES.glob("*.json")) for row in json.loads(path.read_text(encoding="utf-8"))["data"]]

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


def _check(part: object) -> None:
    if isinstance(part, float):
        assert math.isfinite(part)
    elif isinstance(part, str):
        part.encode()
        assert "\x00" not in part
    elif isinstance(part, tuple):
        for inner in part:
            _check(inner)


@given(st.sampled_from(sorted(PARSERS)), st.lists(mutated_rows() | values, max_size=4))
@settings(max_examples=150)
def test_a_mutated_row_is_read_or_quarantined_and_never_breaks_the_parser(kind: DataKind, rows: list[Any]) -> None:
    intake = Intake(kind, (), None, ("secret",))
    records, quarantined = intake.take(parse_rows(kind, rows, Context(NOW, date(2025, 6, 9))))
    for record in records:
        _check(astuple(record))
        assert getattr(record, "day", date.min) <= date(2025, 6, 9)
    for row in quarantined:
        assert row.reason
        assert len(row.raw) <= 4_000
        assert row.raw.isascii()
    assert len(quarantined) <= len(rows)


@given(values | st.fixed_dictionaries({}, optional={"success": values, "message": values, "data": values}))
def test_any_answer_has_rows_or_is_a_source_error(answer: Any) -> None:
    with suppress(SourceError):
        assert isinstance(open_envelope("demo", "/price", answer), list)
