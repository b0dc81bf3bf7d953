import numpy as np
import pytest

from agent.analytics.bars import Floats
from agent.analytics.optimize.interval import Interval, Resampling, interval, mean_difference
from agent.analytics.optimize.problem import Unknown


def pair(first: Floats) -> Floats:
    return np.stack((first, np.zeros_like(first)), axis=-1)


def test_draws_are_made_of_whole_blocks_that_wrap_around() -> None:
    rows = Resampling(block=4, draws=50).rows(10)
    assert rows.shape == (50, 10)
    steps = np.diff(rows[:, :4], axis=1) % 10
    assert (steps == 1).all()
    assert set(rows.ravel().tolist()) == set(range(10))


def test_the_same_seed_gives_the_same_interval_and_another_one_another() -> None:
    series = pair(np.random.default_rng(3).normal(size=80))
    first, again, other = (interval(series, mean_difference, Resampling(5, seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_the_interval_of_independent_rows_is_that_of_the_normal_distribution() -> None:
    values = np.random.default_rng(4).normal(size=400)
    outcome = interval(pair(values), mean_difference, Resampling(1))
    assert isinstance(outcome, Interval)
    # 1.96 standard errors on each side
    half = 1.96 * values.std() / np.sqrt(400)
    assert outcome.estimate == pytest.approx(values.mean())
    assert outcome.lower == pytest.approx(values.mean() - half, abs=0.1 * half)
    assert outcome.upper == pytest.approx(values.mean() + half, abs=0.1 * half)


def test_rows_that_last_make_the_interval_wider() -> None:
    lasting = pair(np.repeat(np.random.default_rng(5).normal(size=60), 10))
    short, long = (interval(lasting, mean_difference, Resampling(block)) for block in (1, 10))
    assert isinstance(short, Interval)
    assert isinstance(long, Interval)
    # a block of 10 has k rows of one value and 10 - k of the next: its mean varies 10 * mean((k^2 + (10 - k)^2) / 100)
    # = 6.7 times as much as that of ten independent rows
    assert (long.upper - long.lower) / (short.upper - short.lower) == pytest.approx(np.sqrt(6.7), rel=0.1)


def test_a_difference_that_never_varies_has_no_width() -> None:
    outcome = interval(pair(np.full(40, 0.5)), mean_difference, Resampling(5))
    assert outcome == Interval(0.5, 0.5, 0.5, 0.95)


def test_too_few_blocks_or_an_unknown_row_give_a_reason() -> None:
    assert interval(pair(np.ones(19)), mean_difference, Resampling(5)) == Unknown(
        "an interval needs 20 observations, has 19"
    )
    holed = pair(np.r_[np.ones(30), np.nan])
    assert isinstance(interval(holed, mean_difference, Resampling(5)), Unknown)
