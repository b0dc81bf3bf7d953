import numpy as np
import pandas as pd
import pytest
import talib

from agent.analytics import volume as volumes
from agent.analytics.errors import AnalyticsError

NAN = np.nan
RNG = np.random.default_rng(5)
CLOSE = 100.0 * np.exp(np.cumsum(RNG.normal(0.0, 0.04, (90, 3)), axis=0))
VOLUME = RNG.lognormal(10.0, 1.0, CLOSE.shape)


def test_a_volume_zscore_by_hand() -> None:
    # before: 10, 20, 30, mean 20, deviation sqrt((100 + 0 + 100) / 2) = 10; today 50
    assert volumes.volume_zscore(np.array([999.0, 10.0, 20.0, 30.0, 50.0]), 3) == pytest.approx(3.0)


def test_a_volume_zscore_agrees_with_numpy() -> None:
    volume = RNG.lognormal(10.0, 1.0, 60)
    before = volume[-21:-1]
    expected = (volume[-1] - before.mean()) / before.std(ddof=1)
    assert volumes.volume_zscore(volume) == pytest.approx(expected, rel=1e-12)


def test_a_volume_that_was_constant_or_zero_has_no_zscore() -> None:
    volume = np.column_stack((np.full(21, 0.1), np.zeros(21)))
    volume[-1] = 7.0
    assert np.isnan(volumes.volume_zscore(volume)).all()


def test_a_volume_ratio_by_hand() -> None:
    # the last 2 bars have a mean of 6, the 3 before them of 4
    np.testing.assert_allclose(volumes.volume_ratio(np.array([99.0, 3.0, 4.0, 5.0, 5.0, 7.0]), 2, 3)[-1], 1.5)


def test_a_volume_ratio_agrees_with_pandas() -> None:
    frame = pd.DataFrame(VOLUME)
    expected = frame.rolling(5).mean() / frame.rolling(20).mean().shift(5)
    np.testing.assert_allclose(volumes.volume_ratio(VOLUME), expected, rtol=1e-9)


def test_a_volume_ratio_against_nothing_is_unknown() -> None:
    volume = np.zeros(26)
    volume[-1] = 5.0
    assert np.isnan(volumes.volume_ratio(volume)).all()


def test_a_volume_skips_short_gaps_and_begins_anew_after_long_ones() -> None:
    volume = np.array([3.0, NAN, 4.0, NAN, NAN, NAN, 5.0, 5.0, 7.0, NAN, NAN, NAN, NAN, 1.0])
    expected = np.full(14, NAN)
    expected[8] = 1.5
    np.testing.assert_allclose(volumes.volume_ratio(volume, 2, 3), expected)


def test_an_obv_balance_by_hand() -> None:
    # +20 (up), -30 (down), 0 (unchanged) of 20 + 30 + 50
    balance = volumes.obv_balance(np.array([1.0, 2.0, 1.0, 1.0]), np.array([99.0, 20.0, 30.0, 50.0]), 3)
    np.testing.assert_allclose(balance, [NAN, NAN, NAN, -0.1])


def test_an_obv_balance_is_a_difference_of_on_balance_volume() -> None:
    for column in range(3):
        close, volume = CLOSE[:, column].copy(), VOLUME[:, column].copy()
        gained = talib.OBV(close, volume)[20:] - talib.OBV(close, volume)[:-20]
        expected = gained / pd.Series(volume).rolling(20).sum().to_numpy()[20:]
        np.testing.assert_allclose(volumes.obv_balance(close, volume)[20:], expected, rtol=1e-9, atol=1e-12)


def test_an_obv_balance_needs_closes_and_trades() -> None:
    close, volume = np.tile(CLOSE[:30, :1], 3), np.ones((30, 3))
    volume[:, 0] = 0.0
    close[-1, 1] = NAN
    volume[5, 2] = NAN  # no bar: the window reaches one day further back
    assert np.isnan(volumes.obv_balance(close, volume)[-1]).tolist() == [True, True, False]


def test_arrays_of_two_shapes_are_refused() -> None:
    with pytest.raises(AnalyticsError, match=r"close \(3,\), volume \(2,\)"):
        volumes.obv_balance(np.ones(3), np.ones(2))


@pytest.mark.parametrize("shape", [(0, 2), (1, 2), (40, 2), (40, 0)])
def test_assets_without_volumes_give_nothing_and_no_warning(shape: tuple[int, int]) -> None:
    empty = np.full(shape, NAN)
    for values in (volumes.volume_ratio(empty), volumes.obv_balance(empty, empty)):
        assert values.shape == shape
        assert np.isnan(values).all()
    assert np.isnan(volumes.volume_zscore(empty)).tolist() == [True] * shape[1]
