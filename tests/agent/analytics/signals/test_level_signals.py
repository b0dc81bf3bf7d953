"""A close that comes near a level, and one that passes it."""

from dataclasses import fields

import numpy as np
import pytest

from agent.analytics.measures import Measures
from agent.analytics.signals.ground import Ground
from agent.analytics.signals.level_signals import LEVEL_SIGNALS
from agent.analytics.signals.levels import Levels, provided_levels
from agent.analytics.signals.registry import signal_named
from agent.analytics.signals.scan import scan

NAN = np.nan
MEASURES = Measures(**{field.name: np.array([NAN]) for field in fields(Measures)})


def fired(listed: list[float], before: float, now: float, atr: float = 2.0) -> list[str]:
    levels = provided_levels([listed], np.array([now]), np.array([before]), np.array([atr]))
    return [hit.name for hit in scan(Ground(MEASURES, levels=levels)).hits]


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        (103.0, 102.0, ["nearing_support"]),
        (103.0, 100.0, ["nearing_support"]),
        (103.0, 102.1, []),
        (102.0, 101.0, []),  # it was near already
        (99.0, 101.0, []),  # it came from below
        (101.0, 99.0, ["lost_support"]),
        (100.0, 99.9, ["lost_support"]),
        (99.0, 98.0, []),
        (103.0, 99.0, ["lost_support"]),
        (103.0, NAN, []),
        (NAN, 101.0, []),
    ],
)
def test_a_price_comes_to_a_support_and_loses_it(before: float, now: float, found: list[str]) -> None:
    assert [name for name in fired([100.0], before, now) if "support" in name] == found


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        (97.0, 98.0, ["nearing_resistance"]),
        (97.0, 100.0, ["nearing_resistance"]),
        (97.0, 97.9, []),
        (98.0, 99.0, []),
        (101.0, 99.0, []),
        (99.0, 101.0, ["broke_resistance"]),
        (100.0, 100.1, ["broke_resistance"]),
        (101.0, 102.0, []),
    ],
)
def test_a_price_comes_to_a_resistance_and_breaks_it(before: float, now: float, found: list[str]) -> None:
    assert [name for name in fired([100.0], before, now) if "resistance" in name] == found


def test_a_fall_through_one_support_to_the_next_is_both() -> None:
    assert fired([100.0, 90.0], 101.0, 91.0) == ["nearing_support", "lost_support"]


def test_the_evidence_names_the_level_and_where_it_is_from() -> None:
    levels = provided_levels([[100.0]], np.array([102.0]), np.array([103.0]), np.array([2.0]))
    (hit,) = scan(Ground(MEASURES, levels=levels)).hits
    assert (hit.direction, hit.value) == (-1, 100.0)
    assert dict(hit.evidence) == {
        "support_usd": 100.0,
        "close_usd": 102.0,
        "close_previous_usd": 103.0,
        "atr_usd": 2.0,
        "level_provided": 1.0,
    }


def test_without_a_true_range_nearness_is_unknown_and_a_loss_is_not() -> None:
    levels = provided_levels([[100.0, 120.0]], np.array([99.0]), np.array([101.0]), np.array([NAN]))
    known = dict(scan(Ground(MEASURES, levels=levels), LEVEL_SIGNALS).known)
    assert known == {"nearing_support": 0, "lost_support": 1, "nearing_resistance": 0, "broke_resistance": 1}


def test_where_there_is_no_level_nothing_is_known() -> None:
    nothing = Levels(*(np.full(2, NAN) for _ in fields(Levels)))
    assert {count for _, count in scan(Ground(MEASURES, levels=nothing), LEVEL_SIGNALS).known} == {0}
    assert signal_named("lost_support").read(Ground(MEASURES)).known.tolist() == [False]
