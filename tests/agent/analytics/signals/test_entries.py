from dataclasses import fields
from operator import ge

import numpy as np
import pytest

from agent.analytics.measures import Measures
from agent.analytics.signals.entries import entering, holds
from agent.analytics.signals.events import PartName
from agent.analytics.signals.ground import Ground
from agent.analytics.signals.onchain import OnchainFigures

NAN = np.nan


def ground_of(shape: tuple[int, ...], **figures: np.ndarray) -> Ground:
    measures = Measures(**{field.name: np.full(shape, NAN) for field in fields(Measures)})
    nothing = {field.name: np.full(shape, NAN) for field in fields(OnchainFigures)}
    return Ground(measures, onchain=OnchainFigures(**nothing | figures) if figures else None)


def test_a_level_is_entered_where_it_is_reached_now_and_was_not_before() -> None:
    now = np.array([3.5, 3.6, 3.4, NAN, 3.5, 9.0])
    before = np.array([3.4, 3.5, 3.6, 3.0, NAN, -1.0])
    reading = entering("onchain", "mvrv", ge, 3.5)(ground_of((6,), mvrv=now, mvrv_previous=before))
    assert reading.fired.tolist() == [True, False, False, False, False, True]
    assert reading.known.tolist() == [True, True, True, False, False, True]
    np.testing.assert_array_equal(reading.value, now)
    assert [name for name, _ in reading.evidence] == ["mvrv", "mvrv_previous"]


def test_a_further_condition_must_hold_and_be_known() -> None:
    ground = ground_of((3,), mvrv=np.full(3, 4.0), mvrv_previous=np.ones(3), nvt_proxy=np.array([1.0, -1.0, NAN]))
    read = entering(
        "onchain",
        "mvrv",
        ge,
        3.5,
        value="nvt_proxy",
        evidence=("nvt_proxy",),
        given=lambda figures: holds(figures.nvt_proxy > 0, figures.nvt_proxy),
    )
    reading = read(ground)
    assert reading.fired.tolist() == [True, False, False]
    assert reading.known.tolist() == [True, True, False]
    np.testing.assert_array_equal(reading.value, [1.0, -1.0, NAN])
    assert [name for name, _ in reading.evidence] == ["mvrv", "mvrv_previous", "nvt_proxy"]


@pytest.mark.parametrize(("part", "subjects"), [("onchain", 5), ("market", 1), ("sectors", 0)])
@pytest.mark.parametrize("days", [(), (7,)])
def test_a_part_that_is_not_there_is_known_for_nobody(part: PartName, subjects: int, days: tuple[int, ...]) -> None:
    reading = entering(part, "mvrv", ge, 3.5)(ground_of((*days, 5)))
    assert reading.fired.shape == reading.known.shape == reading.value.shape == (*days, subjects)
    assert not reading.known.any()
    assert not reading.fired.any()
