import math

import empyrical
import numpy as np
import pytest

from agent.analytics.returns import simple_returns
from agent.analytics.risk import (
    downside_volatility,
    drawdown,
    maximum_drawdown,
    moments,
    realized_volatility,
    sharpe_ratio,
    sortino_ratio,
)

NAN = np.nan
RETURNS = np.random.default_rng(11).normal(0.001, 0.04, 365)


def test_moments_leave_out_missing_values() -> None:
    known, mean, deviation = moments(np.array([[1.0, NAN], [NAN, NAN], [3.0, 5.0], [5.0, NAN]]))
    assert known.tolist() == [3, 1]
    assert mean.tolist() == [3.0, 5.0]
    assert deviation[0] == pytest.approx(2.0)  # ((1-3)^2 + 0 + (5-3)^2) / 2 = 4
    assert np.isnan(deviation[1])


def test_volatility_is_the_sample_deviation_times_the_root_of_365() -> None:
    # mean 0.01, squares 0.0001 + 0.0001 + 0 = 0.0002, /2 = 0.0001, root 0.01
    assert realized_volatility(np.array([0.5, 0.0, 0.02, 0.01]), 3) == pytest.approx(0.01 * math.sqrt(365))


def test_volatility_agrees_with_empyrical() -> None:
    expected = empyrical.annual_volatility(RETURNS[-90:], annualization=365)
    assert realized_volatility(RETURNS, 90) == pytest.approx(expected, rel=1e-12)


def test_volatility_needs_nine_tenths_of_its_window() -> None:
    returns = np.full((90, 2), 0.01)
    returns[::2] = -0.01
    returns[:9, 0] = NAN
    returns[:10, 1] = NAN
    assert np.isfinite(realized_volatility(returns, 90)).tolist() == [True, False]


def test_a_price_that_does_not_move_has_no_volatility_and_no_sharpe_ratio() -> None:
    returns = simple_returns(np.full(91, 7.0))
    assert realized_volatility(returns, 90) == 0.0
    assert np.isnan(sharpe_ratio(returns))


def test_steady_growth_has_no_sharpe_ratio_made_of_rounding() -> None:
    assert np.isnan(sharpe_ratio(simple_returns(1.01 ** np.arange(300))))


def test_a_drawdown_is_measured_from_the_highest_close_of_the_window() -> None:
    close = np.array([200.0, 100.0, 125.0, 100.0])
    assert drawdown(close, 3) == pytest.approx(-0.2)  # 100 / 125 - 1
    assert drawdown(close, 4) == pytest.approx(-0.5)  # 100 / 200 - 1
    assert drawdown(np.array([1.0, 2.0, 3.0]), 3) == 0.0


def test_a_drawdown_needs_a_last_close_and_nine_tenths_of_its_window() -> None:
    close = np.ones((10, 3))
    close[-1, 0] = NAN
    close[0, 1] = NAN
    close[0:2, 2] = NAN
    assert np.isnan(drawdown(close, 10)).tolist() == [True, False, True]


def test_a_fall_to_almost_nothing_is_a_drawdown_of_almost_one() -> None:
    assert drawdown(np.array([1.0, 1e-12]), 2) == pytest.approx(-1.0)


def test_the_maximum_drawdown_counts_the_first_value_as_a_peak() -> None:
    # 40/100 - 1 = -0.6; later 60/80 - 1 = -0.25
    assert maximum_drawdown(np.array([100.0, 40.0, 80.0, 60.0])) == pytest.approx(-0.6)


def test_the_maximum_drawdown_is_compounded() -> None:
    # 0.8 * 0.8 - 1 = -0.36, not -0.4
    assert maximum_drawdown(np.array([100.0, 80.0, 64.0])) == pytest.approx(-0.36)


def test_the_maximum_drawdown_agrees_with_empyrical() -> None:
    values = 100.0 * np.cumprod(np.concatenate(([1.0], 1.0 + RETURNS)))
    assert maximum_drawdown(values) == pytest.approx(empyrical.max_drawdown(RETURNS), rel=1e-12)


def test_the_maximum_drawdown_skips_missing_days_and_needs_two_values() -> None:
    values = np.array([[NAN, NAN, 1.0], [10.0, 5.0, 2.0], [NAN, NAN, 3.0], [5.0, NAN, 4.0]])
    np.testing.assert_allclose(maximum_drawdown(values), [-0.5, NAN, 0.0])


def test_the_sharpe_ratio_is_mean_over_deviation_annualised() -> None:
    # mean 0.01, deviation 0.01
    assert sharpe_ratio(np.array([NAN, 0.0, 0.02, 0.01])) == pytest.approx(math.sqrt(365))


def test_the_sharpe_ratio_agrees_with_empyrical() -> None:
    expected = empyrical.sharpe_ratio(RETURNS, annualization=365)
    assert sharpe_ratio(RETURNS) == pytest.approx(expected, rel=1e-12)


def test_downside_volatility_counts_every_day_and_squares_only_losses() -> None:
    # losses 0.03 and 0.04: squares 0.0025 over 4 days, root 0.025
    assert downside_volatility(np.array([9.0, 0.05, -0.03, 0.0, -0.04]), 4) == pytest.approx(0.025 * math.sqrt(365))


def test_downside_volatility_agrees_with_empyrical() -> None:
    expected = empyrical.downside_risk(RETURNS[-90:], annualization=365)
    assert downside_volatility(RETURNS, 90) == pytest.approx(expected, rel=1e-12)


def test_downside_volatility_needs_nine_tenths_of_its_window() -> None:
    returns = np.full((90, 2), -0.01)
    returns[:9, 0] = NAN
    returns[:10, 1] = NAN
    np.testing.assert_allclose(downside_volatility(returns, 90), [0.01 * math.sqrt(365), NAN])


def test_the_sortino_ratio_agrees_with_empyrical_whose_missing_days_are_left_out_too() -> None:
    returns = RETURNS.copy()
    returns[::7] = NAN
    for values in (RETURNS, returns):
        expected = empyrical.sortino_ratio(values, annualization=365)
        assert sortino_ratio(values) == pytest.approx(expected, rel=1e-12)


def test_without_a_loss_or_a_second_return_there_is_no_sortino_ratio() -> None:
    assert np.isnan(sortino_ratio(np.array([[0.01, -0.01], [0.02, NAN]]))).all()


@pytest.mark.parametrize("shape", [(0, 3), (5, 3), (1, 3)])
def test_an_all_missing_panel_gives_nothing_and_no_warning(shape: tuple[int, int]) -> None:
    empty = np.full(shape, NAN)
    for figure in (
        realized_volatility(empty, 5),
        downside_volatility(empty, 5),
        sortino_ratio(empty),
        drawdown(empty, 5),
        maximum_drawdown(empty),
        sharpe_ratio(empty),
    ):
        assert figure.shape == (3,)
        assert np.isnan(figure).all()
