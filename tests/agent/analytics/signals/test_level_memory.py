from dataclasses import fields

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.analytics.signals.level_memory import LevelMemory
from agent.analytics.signals.levels import LEVEL_DAYS, Levels, SwingBars, derived_levels

NAN = np.nan
ASSETS = 8


def walk(seed: int, days: int, missing: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Random walks with days missing, a week missing, sampled prices without high and low, and a coin that left."""
    rng = np.random.default_rng(seed)
    close = np.exp(np.cumsum(rng.normal(0.0, 0.04, (days, ASSETS)), axis=0))
    spread = np.exp(np.abs(rng.normal(0.0, 0.02, close.shape)))
    holes = rng.random(close.shape) < missing
    holes[70:77, 1] = True
    holes[-rng.integers(1, 7) :, 2] = True
    sampled = rng.random(close.shape) < missing / 2
    high, low = (np.where(holes | sampled, NAN, values) for values in (close * spread, close / spread))
    return high, low, np.where(holes, NAN, close)


def begins_on(close: np.ndarray, day: int) -> np.ndarray:
    """Which runs begin on the day, told from the whole history."""
    return np.isfinite(close[day]) & ~np.isfinite(close[max(day - 4, 0) : day]).any(axis=0)


def carried(memory: LevelMemory, arrays: tuple[np.ndarray, ...], day: int) -> tuple[LevelMemory, Levels]:
    close, begins = arrays[2], begins_on(arrays[2], day)
    following = memory.after(day, begins, *(values[max(day - 43, 0) : day + 1] for values in arrays))
    before = np.array([column[np.isfinite(column)][-1:].sum() for column in close[max(day - 4, 0) : day].T])
    before = np.where(np.isfinite(close[day]) & ~begins, before, NAN)
    return following, following.levels(memory, ~begins, close[day], before, np.ones(ASSETS))


def from_bars(arrays: tuple[np.ndarray, ...], day: int) -> LevelMemory:
    return LevelMemory.of(SwingBars.of(*(values[max(day + 1 - LEVEL_DAYS, 0) : day + 1] for values in arrays)), day)


def assert_same(found: Levels, arrays: tuple[np.ndarray, ...], day: int) -> None:
    expected = derived_levels(*(values[: day + 1] for values in arrays), np.ones(ASSETS))
    for field in fields(Levels):
        np.testing.assert_array_equal(getattr(found, field.name), getattr(expected, field.name), err_msg=field.name)


@settings(max_examples=8)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.03, 0.09]))
def test_levels_carried_forward_from_the_first_day_are_those_of_the_bars(seed: int, missing: float) -> None:
    arrays = walk(seed, 200, missing)
    memory = LevelMemory.nothing(ASSETS)
    for day in range(200):
        memory, levels = carried(memory, arrays, day)
        if day >= 100 and day % 7 == 0:
            assert_same(levels, arrays, day)


@settings(max_examples=8)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.03, 0.09]), st.integers(0, 190))
def test_a_memory_of_bars_goes_on_like_one_that_was_carried(seed: int, missing: float, day: int) -> None:
    arrays = walk(seed, 200, missing)
    memory = from_bars(arrays, day)
    for following in range(day + 1, min(day + 12, 200)):
        memory, levels = carried(memory, arrays, following)
        assert_same(levels, arrays, following)


def test_columns_change_places_with_their_swings() -> None:
    arrays = walk(3, 180, 0.0)
    old, new = np.array([0, 5, 7]), np.array([2, 0, 1])
    moved = from_bars(arrays, 170).of_columns(old, new, 3)
    expected = from_bars(tuple(values[:, [5, 7, 0]] for values in arrays), 170)
    np.testing.assert_array_equal(moved.support, expected.support)
    np.testing.assert_array_equal(moved.measured, expected.measured)
    swings = [sorted(zip(m.owner.tolist(), m.row.tolist(), m.price.tolist(), strict=True)) for m in (moved, expected)]
    assert swings[0] == swings[1] != []


def test_swings_of_more_than_120_days_ago_are_dropped() -> None:
    memory = from_bars(walk(4, 200, 0.0), 180)
    assert len(memory.row)
    assert memory.row.min() > 60
