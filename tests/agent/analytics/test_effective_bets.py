import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st

from agent.analytics.effective_bets import effective_number_of_bets, minimum_torsion_bets, principal_component_bets

NAN = np.nan
HALVES = np.array([0.5, 0.5])


def equal(count: int, rho: float) -> np.ndarray:
    return np.full((count, count), rho) + (1.0 - rho) * np.eye(count)


def some_covariance(count: int, seed: int, own: float = 0.03) -> np.ndarray:
    rng = np.random.default_rng(seed)
    returns = (rng.normal(0.0, 0.03, (120, 1)) + rng.normal(0.0, own, (120, count))) * rng.uniform(0.3, 3.0, count)
    return np.cov(returns.T)


def published_torsion(covariance: np.ndarray) -> np.ndarray:
    """The torsion matrix by the published algorithm, with matrix roots and inverses, run to the end."""
    deviations = np.sqrt(np.diag(covariance))
    root = np.real(scipy.linalg.sqrtm(covariance / np.outer(deviations, deviations)))
    lengths = np.ones(len(root))
    for _ in range(300):
        scaled = np.diag(lengths) @ root
        rotation = np.linalg.inv(np.real(scipy.linalg.sqrtm(scaled @ scaled.T))) @ scaled
        lengths = np.diag(rotation @ root)
    nearest = np.diag(lengths) @ rotation @ np.linalg.inv(root)
    return np.diag(deviations) @ nearest @ np.diag(1.0 / deviations)


@pytest.mark.parametrize(("count", "seed", "own"), [(2, 0, 0.03), (5, 1, 0.03), (9, 2, 0.03), (5, 3, 0.003)])
def test_minimum_torsion_bets_agree_with_the_published_algorithm(count: int, seed: int, own: float) -> None:
    covariance = some_covariance(count, seed, own)
    shares = np.random.default_rng(seed).dirichlet(np.ones(count))
    torsion = published_torsion(covariance)
    uncorrelated = torsion @ covariance @ torsion.T
    np.testing.assert_allclose(uncorrelated, np.diag(np.diag(uncorrelated)), atol=1e-10)
    parts = np.linalg.solve(torsion.T, shares) * (torsion @ covariance @ shares) / (shares @ covariance @ shares)
    np.testing.assert_allclose(minimum_torsion_bets(shares, covariance), parts, atol=1e-9)


def test_minimum_torsion_bets_of_uncorrelated_holdings_are_their_variances() -> None:
    # variances of the parts: 0.25 * 0.04 = 0.01 and 0.25 * 0.12 = 0.03
    parts = minimum_torsion_bets(HALVES, np.diag([0.04, 0.12]))
    np.testing.assert_allclose(parts, [0.25, 0.75])
    # entropy of 1/4 and 3/4: exp(0.25 ln 4 + 0.75 ln(4/3)) = 4 / 3^0.75
    assert effective_number_of_bets(parts) == pytest.approx(4 / 3**0.75)


def test_minimum_torsion_bets_of_two_correlated_holdings_by_hand() -> None:
    # with correlation 0.6 the root of C is (a b; b a), a^2 + b^2 = 1, 2ab = 0.6: a = 3/sqrt(10), b = 1/sqrt(10)
    # by symmetry both scales are equal, so the bets are the root times v = (0.8, 0.2): (2.6, 1.4) / sqrt(10)
    parts = minimum_torsion_bets(np.array([0.8, 0.2]), equal(2, 0.6))
    np.testing.assert_allclose(parts, [2.6**2 / (2.6**2 + 1.4**2), 1.4**2 / (2.6**2 + 1.4**2)])


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.99])
def test_equal_holdings_of_one_correlation_make_n_torsion_bets_however_high_it_is(rho: float) -> None:
    bets = minimum_torsion_bets(np.full(5, 0.2), equal(5, rho))
    assert effective_number_of_bets(bets) == pytest.approx(5.0)


def test_principal_component_bets_of_two_holdings_by_hand() -> None:
    # components (1, 1) and (1, -1), over sqrt(2), of variances 1.6 and 0.4; exposures 1 and 0.6, over sqrt(2)
    # parts 0.5 * 1.6 = 0.8 and 0.18 * 0.4 = 0.072
    parts = principal_component_bets(np.array([0.8, 0.2]), equal(2, 0.6))
    np.testing.assert_allclose(parts, [0.8 / 0.872, 0.072 / 0.872])


@pytest.mark.parametrize("rho", [0.01, 0.5, 1.0])
def test_equal_holdings_of_one_correlation_make_one_principal_bet_however_low_it_is(rho: float) -> None:
    bets = principal_component_bets(np.full(5, 0.2), equal(5, rho))
    assert effective_number_of_bets(bets) == pytest.approx(1.0)


@given(st.integers(2, 7), st.integers(0, 2**32 - 1))
def test_bets_are_parts_of_one_and_their_number_is_between_one_and_n(count: int, seed: int) -> None:
    covariance = some_covariance(count, seed)
    shares = np.random.default_rng(seed).dirichlet(np.ones(count))
    for bets in (minimum_torsion_bets(shares, covariance), principal_component_bets(shares, covariance)):
        assert bets.sum() == pytest.approx(1.0)
        assert (bets >= 0).all()
        assert 1.0 - 1e-9 <= effective_number_of_bets(bets) <= count + 1e-9


def test_two_identical_holdings_have_no_torsion_bets_but_one_principal_bet() -> None:
    assert np.isnan(minimum_torsion_bets(HALVES, np.full((2, 2), 0.04))).all()
    assert effective_number_of_bets(principal_component_bets(HALVES, np.full((2, 2), 0.04))) == pytest.approx(1.0)


def test_a_holding_that_does_not_vary_carries_no_bet() -> None:
    covariance = np.diag([0.04, 0.0, 0.04])
    np.testing.assert_allclose(minimum_torsion_bets(np.array([0.4, 0.2, 0.4]), covariance), [0.5, 0.0, 0.5])


@pytest.mark.parametrize("covariance", [np.zeros((2, 2)), np.full((2, 2), NAN)])
def test_a_mix_that_does_not_vary_or_is_unknown_makes_no_bets(covariance: np.ndarray) -> None:
    for split in (minimum_torsion_bets, principal_component_bets):
        assert np.isnan(effective_number_of_bets(split(HALVES, covariance)))


def test_a_single_holding_is_one_bet() -> None:
    for split in (minimum_torsion_bets, principal_component_bets):
        assert effective_number_of_bets(split(np.ones(1), np.array([[0.04]]))) == pytest.approx(1.0)
