import math

import numpy as np
import pytest
from scipy import stats

from agent.analytics.errors import AnalyticsError
from agent.analytics.scorecard.bootstrap import (
    Estimate,
    Resample,
    block_length,
    estimates,
    resample_days,
    separate_days,
)


def estimate(sums: np.ndarray, counts: np.ndarray, horizon: int = 1, **options: float) -> Estimate:
    resample = resample_days(len(sums), horizon, np.random.default_rng(1), 2000)
    (found,) = estimates(sums[:, np.newaxis], counts[:, np.newaxis], resample, "nothing counted", **options)  # type: ignore[arg-type]  # only the null is passed here
    return found


def test_blocks_are_the_cube_root_of_the_days_or_twice_the_horizon() -> None:
    assert block_length(1000, 1) == 10
    assert block_length(1001, 1) == 11
    assert block_length(1000, 30) == 60
    assert block_length(20, 30) == 20
    assert block_length(0, 7) == 1


def test_every_draw_has_as_many_days_as_the_panel_in_whole_blocks() -> None:
    weights, block = resample_days(50, 5, np.random.default_rng(3), 200)
    assert block == 10
    np.testing.assert_array_equal(weights.sum(axis=1), np.full(200, 50))
    # a circle of five blocks of ten days: a day is followed by the next in the draw nine times out of ten or more
    rises = np.maximum(np.diff(np.hstack((weights, weights[:, :1])), axis=1), 0).sum(axis=1)
    assert (rises <= 5).all()


def test_every_day_is_drawn_equally_often() -> None:
    weights = resample_days(30, 7, np.random.default_rng(3), 6000).weights
    assert np.abs(weights.mean(axis=0) - 1).max() < 0.06


def test_the_same_seed_gives_the_same_draws() -> None:
    first, second = (resample_days(60, 7, np.random.default_rng(8), 20).weights for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_the_interval_of_independent_days_is_students() -> None:
    values = np.random.default_rng(4).normal(0.3, 1.0, 400)
    found = estimate(values, np.ones(400))
    reference = stats.ttest_1samp(values, 0.0)
    low, high = reference.confidence_interval(0.95)
    assert found.figure.value == pytest.approx(values.mean())
    # blocks of 8 days leave 50 of them, so the standard error itself is only known to about a tenth
    assert found.low.value == pytest.approx(low, abs=0.02)
    assert found.high.value == pytest.approx(high, abs=0.02)
    assert found.t_ratio.value == pytest.approx(reference.statistic, rel=0.15)


def test_the_p_value_and_the_interval_are_those_of_the_same_t_ratio() -> None:
    rng = np.random.default_rng(4)
    found = estimate(rng.normal(0.1, 1.0, 300), np.ones(300))
    assert found.t_ratio.value is not None
    freedom = math.ceil(300 / block_length(300, 1)) - 1
    assert found.p_value.value == pytest.approx(2 * stats.t.sf(abs(found.t_ratio.value), freedom))
    assert found.figure.value is not None
    assert found.low.value is not None
    reach = found.figure.value / found.t_ratio.value * stats.t.ppf(0.975, freedom)
    assert found.figure.value - found.low.value == pytest.approx(reach)


def test_overlapping_windows_widen_the_interval() -> None:
    daily = np.random.default_rng(6).normal(0.0, 1.0, 1029)
    overlapping = np.convolve(daily, np.ones(30), mode="valid")  # sums over 30 days, 1000 of them
    naive = 2 * stats.norm.ppf(0.975) * overlapping.std(ddof=1) / math.sqrt(1000)
    found = estimate(overlapping, np.ones(1000), 30)
    assert found.high.value is not None
    assert found.low.value is not None
    # their mean has a standard deviation of about sqrt(30) times that of independent ones
    assert 3.5 * naive < found.high.value - found.low.value < 8 * naive


def test_firings_of_one_day_count_as_one_event_that_may_weigh_more() -> None:
    rng = np.random.default_rng(9)
    shock = rng.normal(0.0, 1.0, 200)
    one, many = estimate(shock, np.ones(200)), estimate(shock * 50, np.full(200, 50.0))
    assert many.low.value == pytest.approx(one.low.value)
    assert many.p_value.value == pytest.approx(one.p_value.value)


def test_the_null_moves_the_p_value_and_bounds_hold_the_interval() -> None:
    hits = (np.random.default_rng(2).random(300) < 0.97).astype(float)
    resample = resample_days(300, 30, np.random.default_rng(1), 500)
    against_one, against_half = (
        estimates(hits[:, np.newaxis], np.ones((300, 1)), resample, "", null, (0.0, 1.0))[0] for null in (0.97, 0.5)
    )
    assert against_one.p_value.value is not None
    assert against_half.p_value.value is not None
    assert against_half.p_value.value < 1e-3 < against_one.p_value.value
    assert against_half.high.value is not None
    assert against_half.high.value <= 1.0


def test_values_of_a_single_block_have_a_mean_but_no_interval() -> None:
    counts = np.zeros(300)
    counts[[20, 22]] = 1
    found = estimate(counts * 0.5, counts)
    assert found.figure.value == 0.5
    assert found.low.reason == found.p_value.reason == "all values lie within one block of days"


def test_values_that_never_vary_have_no_interval() -> None:
    found = estimate(np.full(300, 0.25), np.ones(300))
    assert found.figure.value == 0.25
    assert found.high.reason == "the values do not vary from block to block"


def test_nothing_counted_is_a_reason() -> None:
    assert estimate(np.zeros(50), np.zeros(50)) == Estimate.missing("nothing counted")
    assert estimates(np.zeros((0, 1)), np.zeros((0, 1)), Resample(np.zeros((2, 0)), 1), "no days")[0].low.value is None


def test_separate_days_are_picked_from_the_first_on() -> None:
    happened = np.zeros(12, dtype=bool)
    happened[[1, 2, 3, 4, 8, 10]] = True
    assert np.flatnonzero(separate_days(happened, 3)).tolist() == [1, 4, 8]
    np.testing.assert_array_equal(separate_days(happened, 1), happened)
    assert separate_days(happened[:0], 3).shape == (0,)


def test_one_draw_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="at least 2 draws"):
        resample_days(10, 1, np.random.default_rng(1), 1)
