import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.analytics.errors import AnalyticsError
from agent.analytics.over_diversification import over_diversification, sufficient_holdings, volatility_changes

NAN = np.nan
IDENTICAL = np.full((2, 2), 0.04)


def some_covariance(count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    returns = (rng.normal(0.0, 0.03, (90, 1)) + rng.normal(0.0, 0.03, (90, count))) * rng.uniform(0.3, 3.0, count)
    return np.atleast_2d(np.cov(returns.T))


def volatility(shares: np.ndarray, covariance: np.ndarray) -> float:
    return float(np.sqrt(shares @ covariance @ shares))


def test_dropping_one_of_two_uncorrelated_holdings_by_hand() -> None:
    # half and half of 0.2 and 0.2: sqrt(0.02) = 0.1414 falls away, 0.2 is left: sqrt(2) - 1 more
    changes = volatility_changes(np.array([0.5, 0.5]), np.diag([0.04, 0.04]))
    np.testing.assert_allclose(changes, [np.sqrt(2) - 1] * 2)


def test_dropping_one_of_two_identical_holdings_changes_nothing() -> None:
    found = over_diversification(np.array([0.3, 0.7]), IDENTICAL)
    assert found.idle == (0, 1)
    assert [change.value for change in found.volatility_changes] == pytest.approx([0.0, 0.0], abs=1e-12)
    assert (found.sufficient_count.value, found.sufficient) == (1, (1,))


@given(st.integers(2, 7), st.integers(0, 2**32 - 1))
def test_a_change_is_that_of_the_portfolio_without_the_holding(count: int, seed: int) -> None:
    covariance = some_covariance(count, seed)
    shares = np.random.default_rng(seed).dirichlet(np.ones(count))
    changes = volatility_changes(shares, covariance)
    for column in range(count):
        rest = np.delete(shares, column) / (1.0 - shares[column])
        without = np.delete(np.delete(covariance, column, axis=0), column, axis=1)
        expected = volatility(rest, without) / volatility(shares, covariance) - 1.0
        assert changes[column] == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_the_holdings_that_suffice_by_hand() -> None:
    # 0 and 1 are the same, 2 is apart; all vary by 1, weights 0.4, 0.2, 0.4
    covariance = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    # all: variance 0.6^2 + 0.4^2 = 0.52, reduction 1 - 0.7211 = 0.2789; 0 and 2: 1 - sqrt(0.32) / 0.8 = 0.2929
    found = over_diversification(np.array([0.4, 0.2, 0.4]), covariance)
    assert found.sufficient == (0, 2)
    # 0.7211 for all; without 0 sqrt(0.2^2 + 0.4^2) / 0.6 = 0.7454, without 1 sqrt(0.5) = 0.7071, without 2 1
    expected = [np.sqrt(0.2) / 0.6, np.sqrt(0.5), 1.0] / np.sqrt(0.52) - 1.0
    assert [change.value for change in found.volatility_changes] == pytest.approx(expected)
    assert found.idle == ()


@given(st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_what_suffices_reaches_its_part_and_one_less_does_not(count: int, seed: int) -> None:
    covariance = some_covariance(count, seed)
    shares = np.random.default_rng(seed).dirichlet(np.ones(count))
    deviations = np.sqrt(np.diag(covariance))

    def reduction(columns: np.ndarray) -> float:
        part = np.where(np.isin(np.arange(count), columns), shares, 0.0)
        return 1.0 - volatility(part, covariance) / float(part @ deviations)

    found = sufficient_holdings(shares, covariance, 0.9)
    target = 0.9 * reduction(np.arange(count))
    assert found[0] == shares.argmax()
    assert reduction(found) >= target - 1e-9
    assert len(found) == 1 or reduction(found[:-1]) < target


def test_holdings_of_no_weight_are_neither_picked_nor_idle() -> None:
    found = over_diversification(np.array([0.5, 0.0, 0.5]), np.diag([0.04, 0.09, 0.04]))
    assert found.sufficient == (0, 2)
    assert found.idle == ()


def test_a_single_holding_suffices_and_cannot_be_dropped() -> None:
    found = over_diversification(np.ones(1), np.array([[0.04]]))
    assert found.sufficient == (0,)
    assert "the only holding" in (found.volatility_changes[0].reason or "")


@pytest.mark.parametrize("covariance", [np.zeros((2, 2)), np.full((2, 2), NAN)])
def test_a_mix_that_does_not_vary_or_is_unknown_is_a_reason(covariance: np.ndarray) -> None:
    found = over_diversification(np.array([0.5, 0.5]), covariance)
    assert found.sufficient == found.idle == ()
    assert found.sufficient_count.reason == "the portfolio did not move, or a weight or covariance is not known"


def test_a_holding_that_does_not_vary_dampens_and_is_not_idle() -> None:
    # a third in cash: without it the mix varies by 1 / (2/3) = 1.5 times as much
    found = over_diversification(np.array([2 / 3, 1 / 3]), np.diag([0.04, 0.0]))
    assert found.volatility_changes[1].value == pytest.approx(0.5)


@pytest.mark.parametrize("part", [0.0, 1.1])
def test_a_part_that_is_none_is_refused(part: float) -> None:
    with pytest.raises(AnalyticsError, match="above 0 and at most 1"):
        sufficient_holdings(np.ones(1), np.ones((1, 1)), part)
