import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.analytics.errors import AnalyticsError
from agent.analytics.risk_contribution import covariance_matrix, risk_contributions

NAN = np.nan


def test_a_covariance_by_hand() -> None:
    # deviations from the means 0.02 and 0.01: (-0.01, 0, 0.01) and (-0.02, 0.01, 0.01)
    returns = np.array([[0.01, -0.01], [0.02, 0.02], [0.03, 0.02]])
    np.testing.assert_allclose(covariance_matrix(returns), [[1e-4, 1.5e-4], [1.5e-4, 3e-4]])


def test_the_covariance_agrees_with_numpy() -> None:
    returns = np.random.default_rng(1).normal(0.0, 0.05, (90, 7))
    np.testing.assert_allclose(covariance_matrix(returns), np.cov(returns.T), rtol=1e-12)


def test_one_day_has_no_covariance_and_one_series_is_no_panel() -> None:
    assert np.isnan(covariance_matrix(np.ones((1, 2)))).all()
    with pytest.raises(AnalyticsError, match="days x assets"):
        covariance_matrix(np.ones(5))


def test_contributions_of_two_holdings_by_hand() -> None:
    # C w = (0.04 * 0.6 + 0.01 * 0.4, 0.01 * 0.6 + 0.09 * 0.4) = (0.028, 0.042)
    # w * C w = (0.0168, 0.0168), variance 0.0336: the holding of 40 % brings half the risk
    covariance = np.array([[0.04, 0.01], [0.01, 0.09]])
    np.testing.assert_allclose(risk_contributions(np.array([0.6, 0.4]), covariance), [0.5, 0.5])


def test_a_hedge_takes_risk_away() -> None:
    # C w = (0.75 - 0.2, -0.6 + 0.25) = (0.55, -0.35); w * C w = (0.4125, -0.0875), sum 0.325
    covariance = np.array([[1.0, -0.8], [-0.8, 1.0]])
    parts = risk_contributions(np.array([0.75, 0.25]), covariance)
    np.testing.assert_allclose(parts, [0.4125 / 0.325, -0.0875 / 0.325])


@given(st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_contributions_sum_to_one_and_are_the_slopes_of_the_volatility(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    covariance = covariance_matrix(rng.normal(0.0, 0.05, (60, count)))
    shares = rng.dirichlet(np.ones(count))
    parts = risk_contributions(shares, covariance)
    assert parts.sum() == pytest.approx(1.0)
    volatility = np.sqrt(shares @ covariance @ shares)
    for asset in range(count):
        more = shares.copy()
        more[asset] += 1e-6
        slope = (np.sqrt(more @ covariance @ more) - volatility) / 1e-6
        assert parts[asset] == pytest.approx(shares[asset] * slope / volatility, abs=1e-4)


@pytest.mark.parametrize("covariance", [np.zeros((2, 2)), np.full((2, 2), NAN)])
def test_a_mix_that_does_not_vary_or_is_unknown_has_no_contributions(covariance: np.ndarray) -> None:
    assert np.isnan(risk_contributions(np.array([0.5, 0.5]), covariance)).all()
