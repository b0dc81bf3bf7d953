import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.analytics.averages import Averages
from agent.analytics.bars import recent_bars
from agent.analytics.divergence import Divergence
from agent.analytics.measures import PanelArrays, measure_history
from agent.analytics.turns import TURN_BARS, Turns

NAN = np.nan


def walks(seed: int, days: int, missing: float) -> np.ndarray:
    """Slow waves with noise on them, so that there are divergences to find."""
    rng = np.random.default_rng(seed)
    phase = np.arange(days)[:, np.newaxis] / rng.uniform(3.0, 9.0, 12)
    close = np.exp(0.1 * np.sin(phase) + np.cumsum(rng.normal(0.0, 0.015, (days, 12)), axis=0))
    close[rng.random(close.shape) < missing] = NAN
    close[60:66, 3] = NAN  # a new run
    close[:30, 4] = 1.0  # no RSI until it moves
    return close


def carried(close: np.ndarray) -> list[Divergence]:
    averages, turns, found = Averages.nothing(12), Turns.nothing(12), []
    for day in range(len(close)):
        averages = averages.after(close[day], close[day], close[day])
        recent = recent_bars(close[: day + 1], TURN_BARS, np.isfinite(close[: day + 1]))
        rsi = np.where(np.isfinite(close[day]), averages.rsi(), NAN)
        divergence, turns = turns.after(averages.bars, recent, rsi)
        found.append(divergence)
    return found


@settings(max_examples=8)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.03, 0.2]))
def test_divergences_carried_forward_are_those_of_the_whole_windows(seed: int, missing: float) -> None:
    close = walks(seed, 150, missing)
    history = measure_history(PanelArrays(close, close, close, close))
    direction, price, strength = (np.stack(parts) for parts in zip(*carried(close), strict=True))
    np.testing.assert_array_equal(direction, history.divergence)
    np.testing.assert_array_equal(price, history.divergence_close)
    np.testing.assert_allclose(strength, history.divergence_rsi, rtol=1e-9)


def test_the_waves_have_divergences_of_both_kinds() -> None:
    direction = np.stack([found.direction for found in carried(walks(1, 150, 0.0))])
    assert (direction == 1).any()
    assert (direction == -1).any()


@pytest.mark.parametrize(("age", "direction"), [(6, 1.0), (60, 1.0), (61, 0.0)])
def test_a_swing_counts_until_60_bars_have_followed(age: int, direction: float) -> None:
    valley = np.array([5.0, 4.0, 3.0, 2.0, 1.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0])[:, np.newaxis]
    turns, first, rsi = Turns.nothing(1), 100, np.array([20.0])
    for bar in range(first - 61, first):
        _, turns = turns.after(np.array([bar], dtype=np.int32), np.full((11, 1), 5.0), rsi)
    _, turns = turns.after(np.array([first], dtype=np.int32), valley, rsi)  # the swing is 5 bars old
    for bar in range(first + 1, first + age - 5):
        _, turns = turns.after(np.array([bar], dtype=np.int32), np.full((11, 1), 5.0), rsi)
    lower = np.append(np.full(10, 5.0), 0.9)[:, np.newaxis]
    found, _ = turns.after(np.array([first + age - 5], dtype=np.int32), lower, np.array([30.0]))
    assert found.direction.tolist() == [direction]
    np.testing.assert_array_equal(found.close, [1.0 if direction else NAN])
