import numpy as np
import pytest

from agent.analytics.diversification import (
    diversification_ratio,
    effective_number,
    herfindahl_index,
    top_share,
    weighted_volatility,
    weights,
)
from agent.analytics.errors import AnalyticsError

NAN = np.nan


def test_weights_are_shares_of_the_total() -> None:
    np.testing.assert_allclose(weights(np.array([50.0, 30.0, 20.0])), [0.5, 0.3, 0.2])


def test_weights_are_unknown_if_a_value_is_or_if_there_is_none() -> None:
    assert np.isnan(weights(np.array([50.0, NAN]))).all()
    assert np.isnan(weights(np.array([0.0, 0.0]))).all()
    assert weights(np.array([])).size == 0


def test_a_negative_value_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="short positions"):
        weights(np.array([1.0, -1.0]))


def test_concentration_by_hand() -> None:
    shares = np.array([0.5, 0.3, 0.2])
    assert herfindahl_index(shares) == pytest.approx(0.38)  # 0.25 + 0.09 + 0.04
    assert effective_number(shares) == pytest.approx(1 / 0.38)
    assert top_share(shares, 2) == pytest.approx(0.8)
    assert top_share(shares, 9) == pytest.approx(1.0)


def test_equal_holdings_count_in_full_and_a_single_one_counts_once() -> None:
    assert effective_number(np.full(4, 0.25)) == pytest.approx(4.0)
    assert herfindahl_index(np.array([1.0])) == 1.0
    assert effective_number(np.array([1.0])) == 1.0


def test_concentration_of_unknown_or_no_weights_is_unknown() -> None:
    for shares in (np.array([NAN, NAN]), np.array([])):
        assert np.isnan(herfindahl_index(shares))
        assert np.isnan(effective_number(shares))
        assert np.isnan(top_share(shares, 1))


def test_the_top_of_nothing_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="at least 1 holding"):
        top_share(np.array([1.0]), 0)


def test_weighted_volatility_leaves_out_holdings_of_no_weight() -> None:
    # 0.75 * 0.4 + 0.25 * 0.8
    assert weighted_volatility(np.array([0.75, 0.25, 0.0]), np.array([0.4, 0.8, NAN])) == pytest.approx(0.5)
    assert np.isnan(weighted_volatility(np.array([0.5, 0.5]), np.array([0.4, NAN])))
    assert np.isnan(weighted_volatility(np.array([0.0]), np.array([0.4])))


def test_two_equal_uncorrelated_holdings_have_a_ratio_of_the_root_of_two() -> None:
    # volatility of the half-and-half mix: sqrt(0.25 * 0.04 + 0.25 * 0.04) = 0.2 / sqrt(2)
    assert diversification_ratio(0.2, 0.2 / np.sqrt(2)) == pytest.approx(np.sqrt(2))


@pytest.mark.parametrize(("weighted", "portfolio"), [(0.2, 0.0), (0.2, NAN), (NAN, 0.2)])
def test_the_ratio_is_unknown_without_both_volatilities(weighted: float, portfolio: float) -> None:
    assert np.isnan(diversification_ratio(weighted, portfolio))
