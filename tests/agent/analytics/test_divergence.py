import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.analytics.divergence import divergence_of

NAN = np.nan


def window(last: float, last_rsi: float, swing_rsi: float = 30.0) -> tuple[np.ndarray, np.ndarray]:
    """A slow rise with one swing low at 90, 20 bars before the last; closes of 66 bars and RSIs of the last 61."""
    close = np.linspace(100.0, 110.0, 66)
    close[45] = 90.0
    close[-1] = last
    rsi = np.full(61, 50.0)
    rsi[40], rsi[-1] = swing_rsi, last_rsi
    return close[:, np.newaxis], rsi[:, np.newaxis]


def test_a_lower_low_with_a_higher_rsi_is_bullish() -> None:
    assert [part.item() for part in divergence_of(*window(89.0, 35.0))] == [1.0, 90.0, 30.0]


def test_a_higher_high_with_a_lower_rsi_is_bearish() -> None:
    close, rsi = window(89.0, 35.0)
    found = divergence_of(200.0 - close, 100.0 - rsi)
    assert [part.item() for part in found] == [-1.0, 110.0, 70.0]


@pytest.mark.parametrize(("last", "rsi"), [(90.0, 35.0), (91.0, 35.0), (89.0, 30.0), (89.0, 25.0)])
def test_without_a_lower_low_and_a_higher_rsi_there_is_none(last: float, rsi: float) -> None:
    np.testing.assert_array_equal(np.ravel(divergence_of(*window(last, rsi))), [0.0, NAN, NAN])


def test_it_is_found_once_for_a_swing() -> None:
    close, rsi = window(88.0, 36.0)
    close[60], rsi[55] = 89.0, 35.0  # was one already
    assert divergence_of(close, rsi).direction == 0.0
    rsi[55] = 29.0  # a lower low, but with a lower RSI
    assert divergence_of(close, rsi).direction == 1.0


def test_a_swing_needs_five_bars_on_either_side() -> None:
    close, rsi = window(89.0, 35.0)
    close[50] = 90.0  # as low as the swing, so neither is one
    assert divergence_of(close, rsi).direction == 0.0
    close[50], close[51] = 105.0, 89.5  # six bars later: the swing is one, but the last close is not the first below it
    rsi[46] = 20.0
    assert divergence_of(close, rsi).direction == 1.0


def test_with_anything_missing_it_is_unknown() -> None:
    close, rsi = window(89.0, 35.0)
    close[0] = NAN
    assert np.isnan(divergence_of(close, rsi)).all()
    close, rsi = window(89.0, 35.0)
    rsi[0] = NAN
    assert np.isnan(divergence_of(close, rsi)).all()
    assert divergence_of(np.empty((66, 0)), np.empty((61, 0))).direction.shape == (0,)


def spelled_out(close: list[float], rsi: list[float]) -> list[float]:
    """The definition, bar by bar; `rsi` begins at the sixth close."""
    strength = [NAN] * 5 + rsi
    swings = [
        bar
        for bar in range(5, len(close) - 6)
        if all(close[bar] < close[other] for other in range(bar - 5, bar + 6) if other != bar)
    ]
    if not swings:
        return [0.0, NAN, NAN]
    swing = swings[-1]
    found = [
        bar
        for bar in range(swing + 1, len(close))
        if close[bar] < min(close[swing:bar]) and strength[bar] > strength[swing]
    ]
    return [1.0, close[swing], strength[swing]] if found == [len(close) - 1] else [0.0, NAN, NAN]


@given(st.integers(0, 2**32 - 1), st.sampled_from([1.0, -1.0]))
def test_it_is_what_the_definition_says(seed: int, direction: float) -> None:
    rng = np.random.default_rng(seed)
    close = 100.0 + np.cumsum(rng.integers(-3, 4, (66, 40)), axis=0).astype(float)
    close[-1] = close[-12:-1].min(axis=0) - rng.integers(0, 3, 40)
    rsi = rng.uniform(20.0, 60.0, (61, 40))
    found = np.array(divergence_of(direction * close, direction * rsi))
    expected = np.array([spelled_out(*pair) for pair in zip(close.T.tolist(), rsi.T.tolist(), strict=True)])
    np.testing.assert_array_equal(found, direction * expected.T)
