import numpy as np
import pytest
from scipy import stats

from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure
from agent.analytics.scorecard.grade_score import GradeScore, score_grades
from agent.analytics.scorecard.outcomes import measure_outcomes

NAN = np.nan


def market(days: int, assets: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    returns = 0.02 * rng.standard_t(4, (days, 1)) + 0.03 * rng.standard_t(4, (days, assets))
    return np.asarray(np.exp(np.cumsum(returns, axis=0)))


def score(close: np.ndarray, grades: np.ndarray, horizon: int = 1, bitcoin: np.ndarray | None = None) -> GradeScore:
    outcomes = [measure_outcomes(close, horizon, bitcoin)]
    (found,) = score_grades([("grade", grades)], outcomes, np.random.default_rng(1), 200)
    return found


def test_the_information_coefficient_is_the_mean_of_scipys_daily_rank_correlations() -> None:
    close, rng = market(150, 15, 1), np.random.default_rng(2)
    grades = np.round(rng.uniform(0, 100, close.shape), -1)  # with many ties
    grades[rng.random(close.shape) < 0.1] = NAN
    found = score(close, grades, 7)
    returns = close[7:] / close[:-7] - 1
    expected = []
    for grade, outcome in zip(grades[:-7], returns, strict=True):
        known = np.isfinite(grade)
        if known.sum() >= 10:
            expected.append(stats.spearmanr(grade[known], outcome[known]).statistic)
    assert found.information_coefficient.figure.value == pytest.approx(np.mean(expected), rel=1e-12)
    assert found.days == len(expected)


def test_the_top_fifth_is_compared_with_the_bottom_fifth_and_with_holding() -> None:
    # ten assets, two to a fifth; the first day's returns are 0 %, 1 %, ... 9 %, the second day's the reverse
    day = np.arange(10) / 100
    close = np.cumprod(np.vstack((np.ones(10), 1 + day, 1 + day[::-1])), axis=0)
    grades = np.tile(np.arange(10.0), (3, 1))
    grades[1] = [1, 2, 3, 4, 5, 6, 7, 9, 10, 8]
    found = score(close, grades, bitcoin=close[:, 9])
    # first day: top 8 %, 9 %, bottom 0 %, 1 %; second: top is 2 %, 1 % (grades 9 and 10), bottom 9 %, 8 %
    assert found.top_return.figure.value == pytest.approx((0.085 + 0.015) / 2)
    assert found.top_minus_bottom.figure.value == pytest.approx(((0.085 - 0.005) + (0.015 - 0.085)) / 2)
    assert found.top_excess.figure.value == pytest.approx(((0.085 - 0.045) + (0.015 - 0.045)) / 2)
    assert found.top_excess_bitcoin.figure.value == pytest.approx(((0.085 - 0.09) + (0.015 - 0.0)) / 2)
    assert found.hit_rate.figure.value == 0.5
    assert (found.sample_size, found.days, found.left_early) == (20, 2, 0)


def test_a_grade_that_knows_the_future_is_perfect() -> None:
    close = market(100, 12, 3)
    grades = np.full(close.shape, NAN)
    grades[:-1] = close[1:] / close[:-1]
    found = score(close, grades)
    assert found.information_coefficient.figure.value == pytest.approx(1.0)
    assert found.hit_rate.figure.value == 1.0


def test_a_grade_that_knows_nothing_is_within_chance() -> None:
    close, rng = market(400, 30, 5), np.random.default_rng(6)
    slow = np.cumsum(rng.normal(0.0, 1.0, close.shape), axis=0)
    for horizon in (1, 7, 30):
        found = score(close, slow, horizon)
        assert found.information_coefficient.p_value.value is not None
        assert found.information_coefficient.p_value.value > 0.05
        assert found.top_minus_bottom.p_value.value is not None
        assert found.top_minus_bottom.p_value.value > 0.05


def test_a_planted_information_coefficient_lies_in_its_interval() -> None:
    rng = np.random.default_rng(8)
    grades = rng.normal(0.0, 1.0, (600, 40))
    returns = np.zeros(grades.shape)
    # a correlation of 0.1 in bivariate normals is a rank correlation of 6 / pi * asin(0.1 / 2) = 0.0955
    returns[1:] = 0.03 * (0.1 * grades[:-1] + np.sqrt(1 - 0.01) * rng.normal(0.0, 1.0, grades[:-1].shape))
    found = score(np.exp(np.cumsum(returns, axis=0)), grades).information_coefficient
    assert found.low.value is not None
    assert found.high.value is not None
    assert 0 < found.low.value < 0.0955 < found.high.value
    assert found.t_ratio.value is not None
    assert found.t_ratio.value > 5


def test_days_with_fewer_than_ten_graded_assets_do_not_count() -> None:
    close = market(30, 12, 9)
    grades = np.tile(np.arange(12.0), (30, 1))
    grades[5:, :3] = NAN
    found = score(close, grades)
    assert (found.days, found.sample_size) == (5, 60)
    nothing = score(close, grades[::-1].copy() * NAN)
    assert nothing.information_coefficient.figure == Figure(None, "on no day was the outcome of 10 graded assets known")
    assert nothing.sample_size == 0


def test_delisted_assets_are_kept_and_counted() -> None:
    close = market(30, 12, 9)
    close[20:, 0] = NAN
    found = score(close, np.tile(np.arange(12.0), (30, 1)), 7)
    assert found.left_early == 7
    assert found.sample_size == 23 * 12 - 3  # the delisted asset cannot be entered on days 20, 21 and 22


def test_days_of_equal_grades_and_of_ties_are_told_apart_from_the_others() -> None:
    grades = np.tile(np.arange(12.0), (30, 1))
    grades[:10] = 50.0
    grades[10:15] = [0] * 6 + [1] * 6  # a correlation, but no fifth: six share the highest place
    found = score(market(30, 12, 9), grades)
    assert (found.days, found.ranked_days, found.split_days) == (29, 19, 14)


def test_grades_that_are_all_equal_have_no_correlation_and_no_fifths() -> None:
    found = score(market(40, 12, 9), np.full((40, 12), 50.0))
    assert found.information_coefficient.figure.value is None
    assert found.top_minus_bottom.figure.value is None
    assert found.days == 39


def test_a_long_history_is_the_sum_of_its_days() -> None:
    close, rng = market(131, 12, 4), np.random.default_rng(3)
    grades = rng.uniform(0, 100, close.shape)
    found = score(close, grades)
    halves = [score(close[first:last], grades[first:last]) for first, last in ((0, 66), (65, 131))]
    values = [half.information_coefficient.figure.value for half in halves]
    assert found.information_coefficient.figure.value == pytest.approx(np.mean(values))  # 65 days each
    assert found.sample_size == sum(half.sample_size for half in halves)


@pytest.mark.parametrize("shape", [(0, 12), (5, 0), (1, 12), (5, 12)])
def test_a_panel_without_closes_scores_nothing_and_gives_no_warning(shape: tuple[int, int]) -> None:
    found = score(np.full(shape, NAN), np.ones(shape))
    assert found.sample_size == found.days == 0
    assert found.top_excess.low.value is None


def test_a_score_as_of_a_day_uses_nothing_later() -> None:
    close, rng = market(90, 12, 4), np.random.default_rng(3)
    grades = rng.uniform(0, 100, close.shape)
    changed, later_grades = close.copy(), grades.copy()
    changed[60:] *= rng.lognormal(0.0, 1.0, changed[60:].shape)
    later_grades[60:] = 0.0
    before = score(close[:60], grades[:60], 7)
    after = score(changed[:60], later_grades[:60], 7)
    assert before == after
    # the same days within the longer panel give the same mean
    kept = np.where(np.arange(90)[:, np.newaxis] < 53, grades, NAN)
    within = score(changed, kept, 7)
    assert within.top_minus_bottom.figure.value == pytest.approx(before.top_minus_bottom.figure.value)


def test_grades_of_another_panel_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="grade has grades of shape"):
        score(market(20, 12, 1), np.ones((20, 11)))
