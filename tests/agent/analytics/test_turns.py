import numpy as np
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


def test_a_swing_that_60_bars_have_followed_is_forgotten() -> None:
    turns = Turns.nothing(1)
    recent = np.array([5.0, 4.0, 3.0, 2.0, 1.0, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0])[:, np.newaxis]
    _, turns = turns.after(np.array([80], dtype=np.int32), recent, np.array([50.0]))
    assert (turns.age[0, 0], turns.close[0, 0]) == (5, 0.5)
    flat = np.full((11, 1), 5.0)
    for bar in range(81, 137):
        _, turns = turns.after(np.array([bar], dtype=np.int32), flat, np.array([50.0]))
        assert np.isfinite(turns.close[0, 0]) == (bar <= 135)
