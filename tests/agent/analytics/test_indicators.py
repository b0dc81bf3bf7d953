from collections.abc import Callable

import numpy as np
import pytest
import talib
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.analytics import indicators
from agent.analytics.errors import AnalyticsError

NAN = np.nan
RNG = np.random.default_rng(3)
CLOSE = 100.0 * np.exp(np.cumsum(RNG.normal(0.0, 0.04, (120, 5)), axis=0))

# the worked example of a 14-day RSI that most textbooks print
EXAMPLE = [
    44.34,
    44.09,
    44.15,
    43.61,
    44.33,
    44.83,
    45.10,
    45.42,
    45.84,
    46.08,
    45.89,
    46.03,
    45.61,
    46.28,
    46.28,
    46.00,
]


def ema(values: list[float], period: int) -> list[float]:
    """Exponential average seeded with the mean of the first `period` values; one result per value from there on."""
    results = [sum(values[:period]) / period]
    for value in values[period:]:
        results.append(results[-1] + (value - results[-1]) * 2 / (period + 1))
    return results


def one_by_one(close: np.ndarray, function: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """The rule for missing days, spelled out asset by asset and day by day."""
    result = np.full(close.shape, NAN)
    for column in range(close.shape[1]):
        run: list[int] = []
        for day in range(len(close)):
            if np.isnan(close[day, column]):
                continue
            if run and day - run[-1] > 4:
                run = []
            run.append(day)
            result[day, column] = function(close[run, column])[-1]
    return result


def test_rsi_by_hand() -> None:
    # changes +1, -0.5, +1.5, -1 over 2 days: average gain 0.5, 1, 0.5; average loss 0.25, 0.125, 0.5625
    rsi = indicators.rsi(np.array([10.0, 11.0, 10.5, 12.0, 11.0]), 2)
    np.testing.assert_allclose(rsi, [NAN, NAN, 100 * 0.5 / 0.75, 100 * 1 / 1.125, 100 * 0.5 / 1.0625])


def test_rsi_of_the_textbook_example() -> None:
    np.testing.assert_allclose(indicators.rsi(np.array(EXAMPLE))[-2:], [70.46, 66.25], atol=0.005)


def test_rsi_is_wilders_for_every_asset() -> None:
    expected = np.column_stack([talib.RSI(np.ascontiguousarray(column), 14) for column in CLOSE.T])
    np.testing.assert_array_equal(indicators.rsi(CLOSE), expected)


def test_rsi_does_not_depend_on_the_unit_of_price() -> None:
    np.testing.assert_allclose(indicators.rsi(CLOSE * 1e-17), indicators.rsi(CLOSE), rtol=1e-9)


def test_rsi_of_a_price_that_never_moved_is_unknown() -> None:
    close = np.full(40, 1.0)
    assert np.isnan(indicators.rsi(close)).all()
    close[30:] = 1.01
    rsi = indicators.rsi(close)
    assert np.isnan(rsi[:30]).all()
    assert (rsi[30:] == 100.0).all()


def test_rsi_of_an_unbroken_rise_and_fall_is_at_its_ends() -> None:
    rise = np.arange(1.0, 31.0)
    assert (indicators.rsi(rise)[14:] == 100.0).all()
    assert (indicators.rsi(rise[::-1])[14:] == 0.0).all()


def test_macd_by_hand() -> None:
    close = CLOSE[:60, 0].tolist()
    # both averages start at the slow one's first value, so the fast one is seeded with the closes just before it
    line = [fast - slow for fast, slow in zip(ema(close[14:], 12), ema(close, 26), strict=True)]
    signal = ema(line, 9)
    macd = indicators.macd(np.array(close))
    assert np.isnan(macd.line[:33]).all()
    np.testing.assert_allclose(macd.line[33:], line[8:], rtol=1e-9)
    np.testing.assert_allclose(macd.signal[33:], signal, rtol=1e-9)
    np.testing.assert_allclose(macd.histogram[33:], np.array(line[8:]) - signal, rtol=1e-7)


def test_macd_is_that_of_the_library_for_every_asset() -> None:
    expected = [talib.MACD(np.ascontiguousarray(column), 12, 26, 9) for column in CLOSE.T]
    for ours, theirs in zip(indicators.macd(CLOSE), zip(*expected, strict=True), strict=True):
        np.testing.assert_array_equal(ours, np.column_stack(theirs))


def test_sma_by_hand_and_against_the_library() -> None:
    np.testing.assert_allclose(indicators.sma(np.array([1.0, 2.0, 6.0, 1.0]), 3), [NAN, NAN, 3.0, 3.0])
    np.testing.assert_allclose(indicators.sma(CLOSE[:, 0], 20), talib.SMA(CLOSE[:, 0].copy(), 20), rtol=1e-12)


def test_ema_by_hand_and_against_the_library() -> None:
    # seeded with (1 + 2 + 6) / 3 = 3; then 3 + (1 - 3) * 2 / 4 = 2
    np.testing.assert_allclose(indicators.ema(np.array([1.0, 2.0, 6.0, 1.0]), 3), [NAN, NAN, 3.0, 2.0])
    np.testing.assert_array_equal(indicators.ema(CLOSE, 20)[:, 1], talib.EMA(CLOSE[:, 1].copy(), 20))


def test_a_period_of_one_is_refused() -> None:
    for call in (indicators.rsi, indicators.sma, indicators.ema):
        with pytest.raises(AnalyticsError, match="at least 2"):
            call(CLOSE, 1)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.0, 0.5))
def test_missing_days_follow_the_rule(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    close = CLOSE[:70, :3].copy()
    close[rng.random(close.shape) < share] = NAN
    start = int(rng.integers(0, 60))
    close[start : start + 6, 0] = NAN
    np.testing.assert_array_equal(indicators.rsi(close, 5), one_by_one(close, lambda run: talib.RSI(run, 5)))
    np.testing.assert_array_equal(indicators.sma(close, 5), one_by_one(close, lambda run: indicators.sma(run, 5)))
    expected = one_by_one(close, lambda run: talib.MACD(run, 3, 6, 4)[2])
    np.testing.assert_array_equal(indicators.macd(close, 3, 6, 4).histogram, expected)


@pytest.mark.parametrize(
    ("before", "now", "cross"),
    [
        (-1.0, 1.0, 1),
        (0.0, 1.0, 1),
        (1.0, 2.0, 0),
        (1.0, -1.0, -1),
        (0.0, -1.0, -1),
        (1.0, 0.0, 0),
        (-1e-12, 1e-12, 0),
        (NAN, 1.0, NAN),
        (1.0, NAN, NAN),
    ],
)
def test_a_cross_is_a_change_of_sign_beyond_rounding(before: float, now: float, cross: float) -> None:
    result = indicators.macd_cross(np.array([5.0, before, now]), np.array([10.0, 10.0, 10.0]))
    np.testing.assert_array_equal(result, cross)


def test_a_cross_looks_over_a_short_gap_but_not_over_a_long_one() -> None:
    close = np.full((6, 3), 10.0)
    histogram = np.full((6, 3), 1.0)
    histogram[:-1] = -1.0
    close[2:5, 0] = NAN
    close[1:5, 1] = NAN
    close[-1, 2] = NAN
    histogram[np.isnan(close)] = NAN
    np.testing.assert_array_equal(indicators.macd_cross(histogram, close), [1, NAN, NAN])


def test_the_macd_of_a_constant_price_does_not_cross() -> None:
    close = np.full((120, 1), 0.1)
    assert all(indicators.macd_cross(indicators.macd(close).histogram[:t], close[:t]) == 0 for t in range(36, 121))


def test_the_previous_extreme_leaves_today_out() -> None:
    high = np.array([9.0, 3.0, 5.0, 4.0, 99.0])
    low = np.array([0.1, 2.0, 1.0, 3.0, 0.1])
    extremes = indicators.previous_extreme(high, low, 3)
    assert (extremes.high, extremes.low) == (5.0, 1.0)


def test_the_previous_extreme_agrees_with_the_library() -> None:
    extremes = indicators.previous_extreme(CLOSE * 1.01, CLOSE * 0.99)
    for column in range(5):
        assert extremes.high[column] == talib.MAX(CLOSE[:, column] * 1.01, 20)[-2]
        assert extremes.low[column] == talib.MIN(CLOSE[:, column] * 0.99, 20)[-2]


def test_the_previous_extreme_needs_the_whole_window_and_a_bar_today() -> None:
    high = np.ones((21, 3))
    high[0, 1] = NAN
    high[-1, 2] = NAN
    assert np.isnan(indicators.previous_extreme(high, high).high).tolist() == [False, True, True]


def test_the_previous_extreme_is_unknown_over_a_bar_whose_price_was_only_sampled() -> None:
    close = np.full((22, 4), 10.0)
    high, low = close + 1.0, close - 1.0
    high[5, 0] = low[5, 0] = NAN  # within the 20 bars before the last
    high[0, 1] = low[0, 1] = NAN  # before them
    high[-1, 2] = low[-1, 2] = NAN  # the last bar, which is left out
    close[5, 3] = high[5, 3] = low[5, 3] = NAN  # no bar at all: the window reaches one day further back
    extremes = indicators.previous_extreme(high, low, close=close)
    np.testing.assert_array_equal(extremes.high, [NAN, 11.0, 11.0, 11.0])
    np.testing.assert_array_equal(extremes.low, [NAN, 9.0, 9.0, 9.0])
    close[-1] = 12.0
    np.testing.assert_array_equal(indicators.breakout(high, low, close), [NAN, 1.0, 1.0, 1.0])


def test_only_a_missing_low_hides_only_the_lowest_low() -> None:
    high, low = np.full((4, 1), 2.0), np.full((4, 1), 1.0)
    low[1] = NAN
    extremes = indicators.previous_extreme(high, low, 3, np.full((4, 1), 1.5))
    np.testing.assert_array_equal(extremes.high, [2.0])
    np.testing.assert_array_equal(extremes.low, [NAN])


@pytest.mark.parametrize(("close", "passed"), [(5.1, 1), (5.0, 0), (1.0, 0), (0.9, -1), (NAN, NAN)])
def test_a_breakout_is_a_close_beyond_the_previous_extreme(close: float, passed: float) -> None:
    high, low = np.array([3.0, 5.0, 6.0]), np.array([1.0, 2.0, 0.5])
    np.testing.assert_array_equal(indicators.breakout(high, low, np.array([2.0, 3.0, close]), 2), passed)


def test_a_breakout_of_no_days_is_unknown() -> None:
    empty = np.empty((0, 2))
    assert np.isnan(indicators.breakout(empty, empty, empty)).all()


def test_arrays_of_different_shapes_are_refused() -> None:
    with pytest.raises(AnalyticsError, match=r"high \(3,\), low \(2,\)"):
        indicators.previous_extreme(np.ones(3), np.ones(2))


@pytest.mark.parametrize("days", [0, 1, 3, 40])
def test_assets_without_bars_give_nothing_and_no_warning(days: int) -> None:
    empty = np.full((days, 2), NAN)
    macd = indicators.macd(empty)
    for values in (indicators.rsi(empty), indicators.sma(empty, 3), indicators.ema(empty, 3), *macd):
        assert values.shape == (days, 2)
        assert np.isnan(values).all()
    for values in (
        indicators.macd_cross(macd.histogram, empty),
        *indicators.previous_extreme(empty, empty),
        indicators.breakout(empty, empty, empty),
    ):
        assert values.shape == (2,)
        assert np.isnan(values).all()
