import numpy as np
import pandas as pd
import pytest
import talib
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.analytics import trend
from agent.analytics.errors import AnalyticsError

NAN = np.nan
RNG = np.random.default_rng(8)
CLOSE = 100.0 * np.exp(np.cumsum(RNG.normal(0.0, 0.04, (120, 3)), axis=0))
HIGH = CLOSE * np.exp(np.abs(RNG.normal(0.0, 0.02, CLOSE.shape)))
LOW = CLOSE / np.exp(np.abs(RNG.normal(0.0, 0.02, CLOSE.shape)))


def series(column: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return HIGH[:, column].copy(), LOW[:, column].copy(), CLOSE[:, column].copy()


def stretches(high: np.ndarray, close: np.ndarray) -> list[list[int]]:
    """The days of bars that follow each other, the rule for gaps and sampled bars spelled out day by day."""
    found: list[list[int]] = [[]]
    last = -99
    for day in np.flatnonzero(np.isfinite(close)).tolist():
        if day - last > 4:
            found.append([])
        last = day
        if np.isnan(high[day]):
            found.append([])
        else:
            found[-1].append(day)
    return found


def test_an_average_true_range_by_hand() -> None:
    high, low, close = np.array([[10.0, 12.0, 11.0, 15.0], [9.0, 9.0, 8.0, 14.0], [9.0, 11.0, 8.0, 14.0]])
    # true ranges 3, 3 (11 - 8) and 7 (15 - 8); over 2 bars: (3 + 3) / 2 = 3, then (3 * 1 + 7) / 2 = 5
    np.testing.assert_allclose(trend.atr(high, low, close, 2), [NAN, NAN, 3.0, 5.0])


def test_directional_movement_by_hand() -> None:
    high, low, close = np.array([[10.0, 12.0, 13.0, 12.0], [8.0, 9.0, 9.5, 8.5], [9.0, 11.0, 12.0, 9.0]])
    # +DM 2, 1, 0; -DM 0, 0, 1; true ranges 3, 3.5, 3.5; sums over 2 bars: S - S / 2 + value
    directional = trend.directional_movement(high, low, close, 2)
    np.testing.assert_allclose(directional.plus_di, [NAN, NAN, 100 * 2 / 5, 100 * 1 / 6])
    np.testing.assert_allclose(directional.minus_di, [NAN, NAN, 0.0, 100 * 1 / 6])
    np.testing.assert_allclose(directional.adx, [NAN, NAN, NAN, (100 + 0) / 2])


def test_wilders_figures_are_those_of_the_library() -> None:
    ranges, directional = trend.atr(HIGH, LOW, CLOSE), trend.directional_movement(HIGH, LOW, CLOSE)
    for column in range(3):
        bars = series(column)
        np.testing.assert_array_equal(ranges[:, column], talib.ATR(*bars, 14))
        np.testing.assert_array_equal(directional.adx[:, column], talib.ADX(*bars, 14))
        np.testing.assert_array_equal(directional.plus_di[:, column], talib.PLUS_DI(*bars, 14))
        np.testing.assert_array_equal(directional.minus_di[:, column], talib.MINUS_DI(*bars, 14))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.0, 0.3), st.floats(0.0, 0.1))
def test_missing_days_are_skipped_and_long_gaps_and_sampled_bars_begin_anew(
    seed: int, missing: float, sampled: float
) -> None:
    rng = np.random.default_rng(seed)
    high, low, close = HIGH.copy(), LOW.copy(), CLOSE.copy()
    close[rng.random(close.shape) < missing] = NAN
    close[40:45, 0] = NAN
    high[np.isnan(close) | (rng.random(close.shape) < sampled)] = NAN
    low[np.isnan(high)] = NAN
    ranges, expected = trend.atr(high, low, close, 3), np.full(close.shape, NAN)
    adx, expected_adx = trend.directional_movement(high, low, close, 3).adx, np.full(close.shape, NAN)
    for column in range(3):
        for days in filter(None, stretches(high[:, column], close[:, column])):
            bars = high[days, column], low[days, column], close[days, column]
            expected[days, column] = talib.ATR(*bars, 3)
            expected_adx[days, column] = talib.ADX(*bars, 3)
    np.testing.assert_array_equal(ranges, expected)
    np.testing.assert_array_equal(adx, expected_adx)


def test_a_sampled_bar_makes_the_range_unknown_until_there_are_enough_bars_again() -> None:
    high, low = HIGH.copy(), LOW.copy()
    high[60, 0] = low[60, 1] = NAN
    known = np.isfinite(trend.atr(high, low, CLOSE))
    expected = np.arange(120) >= 14
    assert (known[:, 2] == expected).all()
    expected[60:75] = False
    assert (known[:, 0] == expected).all()
    assert (known[:, 1] == expected).all()


def test_directional_movement_does_not_depend_on_the_unit_of_price() -> None:
    tiny = trend.directional_movement(HIGH * 1e-17, LOW * 1e-17, CLOSE * 1e-17)
    for ours, expected in zip(tiny, trend.directional_movement(HIGH, LOW, CLOSE), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-9)


def test_a_price_that_never_moved_has_a_range_of_zero_and_no_direction() -> None:
    close = np.full(60, 5.0)
    assert (trend.atr(close, close, close)[14:] == 0.0).all()
    assert all(np.isnan(line).all() for line in trend.directional_movement(close, close, close))
    high = close.copy()
    high[40] = 6.0
    known = np.isfinite(trend.directional_movement(high, close, close).plus_di)
    assert (known == (np.arange(60) >= 40)).all()


def test_bollinger_bands_by_hand() -> None:
    # mean 2, squares 1 + 0 + 1 over 3: deviation sqrt(2 / 3)
    bands = trend.bollinger(np.array([1.0, 2.0, 3.0]), 3, 2.0)
    np.testing.assert_allclose(bands.upper, [NAN, NAN, 2 + 2 * np.sqrt(2 / 3)])
    np.testing.assert_allclose(bands.lower, [NAN, NAN, 2 - 2 * np.sqrt(2 / 3)])


def test_bollinger_bands_agree_with_the_library() -> None:
    bands = trend.bollinger(CLOSE)
    for column in range(3):
        upper, _, lower = talib.BBANDS(CLOSE[:, column].copy(), 20, 2.0, 2.0)
        np.testing.assert_allclose(bands.upper[:, column], upper, rtol=1e-9)
        np.testing.assert_allclose(bands.lower[:, column], lower, rtol=1e-9)


def test_bollinger_bands_keep_their_width_after_a_crash() -> None:
    # running sums of squares would still carry the rounding of the first closes
    close = np.concatenate((np.full(20, 1e6), np.tile([1e-6, 2e-6], 20)))
    bands = trend.bollinger(close)
    np.testing.assert_allclose([bands.upper[-1], bands.lower[-1]], [2.5e-6, 0.5e-6], rtol=1e-9)


def test_a_donchian_channel_agrees_with_pandas() -> None:
    channel = trend.donchian(HIGH, LOW, CLOSE, 20)
    np.testing.assert_array_equal(channel.high, pd.DataFrame(HIGH).rolling(20).max().shift(1))
    np.testing.assert_array_equal(channel.low, pd.DataFrame(LOW).rolling(20).min().shift(1))


@pytest.mark.parametrize("shape", [(0, 2), (1, 2), (40, 2), (40, 0)])
def test_assets_without_bars_give_nothing_and_no_warning(shape: tuple[int, int]) -> None:
    bars = (np.full(shape, NAN),) * 3
    for values in (
        trend.atr(*bars),
        *trend.directional_movement(*bars),
        *trend.bollinger(bars[0]),
        *trend.donchian(*bars),
    ):
        assert values.shape == shape
        assert np.isnan(values).all()


def test_arrays_of_several_shapes_and_periods_of_one_are_refused() -> None:
    for call in (trend.atr, trend.directional_movement, trend.donchian):
        with pytest.raises(AnalyticsError, match="one shape"):
            call(HIGH, LOW, CLOSE[1:])
        with pytest.raises(AnalyticsError, match="at least 2"):
            call(HIGH, LOW, CLOSE, 1)
