"""Support and resistance, listed or derived."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import argrelextrema

from agent.analytics.errors import AnalyticsError
from agent.analytics.signals.levels import (
    LEVEL_DAYS,
    Levels,
    derived_level_history,
    derived_levels,
    provided_levels,
    provided_or_derived,
)

NAN = np.nan
FIELDS = tuple(field.name for field in fields(Levels))


def valley(days: int = 130, low_at: int = 100, high_at: int = 115) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Steady at 50 USD, lows at 49 and highs at 51, but for one day down to 40 and one up to 60."""
    close = np.full((days, 1), 50.0)
    high, low = close + 1.0, close - 1.0
    low[low_at], high[high_at] = 40.0, 60.0
    return high, low, close


def last_row(high: np.ndarray, low: np.ndarray, close: np.ndarray) -> Levels:
    return derived_levels(high, low, close, np.ones(close.shape[1]))


def walk(days: int, assets: int, seed: int, missing: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    close = np.exp(np.cumsum(rng.normal(0.0, 0.04, (days, assets)), axis=0))
    spread = np.exp(np.abs(rng.normal(0.0, 0.02, close.shape)))
    holes = rng.random(close.shape) < missing
    return tuple(np.where(holes, NAN, values) for values in (close * spread, close / spread, close))


def assert_same(found: Levels, expected: Levels) -> None:
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name), err_msg=name)


def row_of(levels: Levels, row: int) -> Levels:
    return Levels(*(getattr(levels, name)[row] for name in FIELDS))


def test_support_is_the_swing_low_below_and_resistance_the_swing_high_above() -> None:
    levels = last_row(*valley())
    assert (levels.support.item(), levels.resistance.item()) == (40.0, 60.0)
    assert (levels.support_previous.item(), levels.resistance_previous.item()) == (40.0, 60.0)
    assert (levels.close.item(), levels.close_previous.item(), levels.provided.item()) == (50.0, 50.0, 0.0)


def test_a_turning_point_is_known_five_bars_later() -> None:
    high, low, close = valley(low_at=120)
    found = [last_row(high[:days], low[:days], close[:days]).support.item() for days in range(124, 128)]
    np.testing.assert_array_equal(found, [NAN, NAN, 40.0, 40.0])  # day 120 is known at the end of day 125


def test_the_levels_before_are_those_of_the_bar_before() -> None:
    high, low, close = valley(low_at=120)
    levels = last_row(high[:126], low[:126], close[:126])
    assert levels.support.item() == 40.0
    assert np.isnan(levels.support_previous.item())


def test_a_low_that_a_neighbour_equals_is_no_turning_point() -> None:
    high, low, close = valley()
    low[105] = 40.0
    assert np.isnan(last_row(high, low, close).support.item())


def test_the_nearest_of_several_levels_counts() -> None:
    high, low, close = valley(days=140)
    low[80], low[125], high[90] = 45.0, 30.0, 70.0
    levels = last_row(high, low, close)
    assert (levels.support.item(), levels.resistance.item()) == (45.0, 60.0)


def test_a_level_at_the_price_is_support_and_the_price_below_it_leaves_it() -> None:
    high, low, close = valley()
    close[-2:] = [[40.0], [39.0]]  # closes outside the bar's own range do not matter here
    levels = last_row(high, low, close)
    assert np.isnan(levels.support.item())
    assert levels.support_previous.item() == 40.0


def test_a_turning_point_is_forgotten_after_120_days() -> None:
    high, low, close = valley(days=260, low_at=100, high_at=101)
    found = [last_row(high[:days], low[:days], close[:days]) for days in (220, 221)]
    np.testing.assert_array_equal([levels.support.item() for levels in found], [40.0, NAN])
    np.testing.assert_array_equal([levels.resistance.item() for levels in found], [60.0, 60.0])


def test_nine_tenths_of_120_days_must_have_high_and_low() -> None:
    high, low, close = valley(days=108, high_at=101)
    assert last_row(high, low, close).support.item() == 40.0
    assert np.isnan(last_row(high[1:], low[1:], close[1:]).support.item())
    high[50] = NAN
    assert np.isnan(last_row(high, low, close).support.item())
    assert last_row(high, low, close).close.item() == 50.0


def test_a_long_gap_begins_anew_and_a_short_one_is_skipped() -> None:
    high, low, close = valley()
    for gap, expected in ((3, 40.0), (4, NAN)):
        arrays = [values.copy() for values in (high, low, close)]
        for values in arrays:
            values[102 : 102 + gap] = NAN
        np.testing.assert_array_equal(last_row(*arrays).support, [expected])


def test_an_asset_without_a_bar_today_has_no_levels() -> None:
    high, low, close = valley()
    close[-1] = NAN
    levels = last_row(high, low, close)
    assert all(np.isnan(getattr(levels, name)).all() for name in FIELDS if name != "atr")


def test_derived_levels_are_those_of_plain_extrema() -> None:
    high, low, close = walk(160, 12, 3)
    levels = last_row(high, low, close)
    for asset in range(12):
        lows = argrelextrema(low[:, asset], np.less, order=5)[0]
        highs = argrelextrema(high[:, asset], np.greater, order=5)[0]
        window = [point for point in lows if 40 <= point <= 154]
        below = [low[point, asset] for point in window if low[point, asset] <= close[-1, asset]]
        window = [point for point in highs if 40 <= point <= 154]
        above = [high[point, asset] for point in window if high[point, asset] >= close[-1, asset]]
        np.testing.assert_equal(levels.support[asset], max(below, default=NAN))
        np.testing.assert_equal(levels.resistance[asset], min(above, default=NAN))
    assert np.isfinite(levels.support).sum() > 6


@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.02, 0.08]), st.integers(1, 220))
def test_every_row_of_the_history_is_what_that_day_knew(seed: int, missing: float, days: int) -> None:
    arrays = walk(220, 6, seed, missing)
    atr = np.ones(arrays[0].shape)
    history = derived_level_history(*arrays, atr)
    tail = [values[max(days - LEVEL_DAYS, 0) : days] for values in arrays]
    assert_same(row_of(history, days - 1), derived_levels(*tail, atr[days - 1]))


def test_ragged_panels_have_levels_where_they_can() -> None:
    high, low, close = walk(200, 5, 1)
    for values in (high, low, close):
        values[:170, 1] = NAN  # listed 30 days ago
        values[150:156, 2] = NAN  # delisted for some days
        values[:, 3] = NAN
        values[:, 4] = 1e-12  # a price that never moves
    levels = last_row(high, low, close)
    assert np.isfinite(levels.support).tolist() == [True, False, False, False, False]


@pytest.mark.parametrize("days", [1, 5, 11])
def test_short_panels_have_no_levels(days: int) -> None:
    assert np.isnan(last_row(*walk(days, 2, 1)).support).all()


def test_empty_panels_are_handled() -> None:
    assert last_row(*(np.empty((150, 0)),) * 3).support.shape == (0,)
    assert derived_level_history(*(np.empty((0, 3)),) * 4).support.shape == (0, 3)
    with pytest.raises(AnalyticsError, match="at least one day"):
        last_row(*(np.empty((0, 3)),) * 3)
    with pytest.raises(AnalyticsError, match="one shape"):
        last_row(np.ones((2, 3)), np.ones((2, 3)), np.ones((2, 2)))


def test_listed_levels_are_sorted_by_the_price() -> None:
    listed = [[90.0, 110.0, 95.0, 120.0], [], [100.0], [50.0]]
    close = np.array([100.0, 100.0, 100.0, NAN])
    before = np.array([92.0, 100.0, 101.0, 60.0])
    levels = provided_levels(listed, close, before, np.ones(4))
    np.testing.assert_array_equal(levels.support, [95.0, NAN, 100.0, NAN])
    np.testing.assert_array_equal(levels.resistance, [110.0, NAN, 100.0, NAN])
    np.testing.assert_array_equal(levels.support_previous, [90.0, NAN, 100.0, 50.0])
    np.testing.assert_array_equal(levels.resistance_previous, [95.0, NAN, NAN, NAN])
    np.testing.assert_array_equal(levels.provided, [1.0, NAN, 1.0, NAN])


def test_a_listing_for_each_asset_is_needed() -> None:
    with pytest.raises(AnalyticsError, match=r"listed \(1,\)"):
        provided_levels([[1.0]], *(np.ones(2),) * 3)
    assert provided_levels([], *(np.empty(0),) * 3).support.shape == (0,)


def test_the_providers_levels_are_preferred_and_never_mixed_with_derived_ones() -> None:
    high, low, close = (np.tile(values, 2) for values in valley())
    derived = last_row(high, low, close)
    provided = provided_levels([[45.0], []], derived.close, derived.close_previous, derived.atr)
    levels = provided_or_derived(provided, derived)
    np.testing.assert_array_equal(levels.support, [45.0, 40.0])
    np.testing.assert_array_equal(levels.resistance, [NAN, 60.0])
    np.testing.assert_array_equal(levels.provided, [1.0, 0.0])
