import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

import numpy as np
import pytest

from agent.analytics.figure import Figure
from agent.cli.output import jsonable, print_json


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Thing:
    figures: Mapping[str, Figure]
    values: np.ndarray
    colour: Colour


def test_figures_are_a_value_or_a_reason_and_what_is_no_number_is_null(capsys: pytest.CaptureFixture[str]) -> None:
    figures = {"known": Figure(1.5, None), "unknown": Figure(None, "too few days")}
    print_json(Thing(figures, np.array([[1.0, np.nan], [np.inf, 2.0]]), Colour.RED))
    assert json.loads(capsys.readouterr().out) == {
        "figures": {
            "known": {"value": 1.5, "reason": None},
            "unknown": {"value": None, "reason": "too few days"},
        },
        "values": [[1.0, None], [None, 2.0]],
        "colour": "red",
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float("nan"), None),
        (np.float64("-inf"), None),
        (np.int64(3), 3),
        (np.array([True, False]), [True, False]),
        (np.array(["2025-10-10"], dtype="datetime64[D]"), ["2025-10-10"]),
        (Decimal("1E+2"), "100"),
        (datetime(2025, 10, 10, 6, tzinfo=UTC), "2025-10-10T06:00:00+00:00"),
        ((date(2025, 10, 10), None, True), ["2025-10-10", None, True]),
        ({Colour.RED: 1, 2: b"\xff", date(2025, 1, 2): ""}, {"red": 1, "2": "ff", "2025-01-02": ""}),
        ("naïve", "naïve"),
    ],
)
def test_everything_a_result_may_hold_has_one_form(value: object, expected: object) -> None:
    assert jsonable(value) == expected


def test_what_has_no_form_is_an_error() -> None:
    with pytest.raises(TypeError, match="object has no JSON form"):
        jsonable({"thing": object()})
