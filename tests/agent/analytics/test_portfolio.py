import numpy as np
import pytest

from agent.analytics.errors import AnalyticsError
from agent.analytics.portfolio import (
    contributions_usd,
    holding_values,
    limiting_holding,
    mix_returns,
    portfolio_values,
    weights,
)

NAN = np.nan
AMOUNTS = np.array([2.0, 10.0, 0.0])
CLOSES = np.array([[100.0, 5.0, NAN], [110.0, NAN, NAN], [120.0, 4.0, NAN], [90.0, 6.0, NAN]])


def test_a_day_counts_only_if_every_holding_with_an_amount_has_a_close() -> None:
    # 2*100 + 10*5, missing, 2*120 + 10*4, 2*90 + 10*6
    np.testing.assert_array_equal(portfolio_values(AMOUNTS, CLOSES), [250.0, NAN, 280.0, 240.0])


def test_a_holding_of_no_amount_is_worth_nothing_with_or_without_a_close() -> None:
    assert holding_values(AMOUNTS, CLOSES)[:, 2].tolist() == [0.0] * 4


def test_weights_by_hand() -> None:
    np.testing.assert_allclose(weights(AMOUNTS, CLOSES), [180 / 240, 60 / 240, 0.0])


def test_contributions_add_up_to_the_change_in_value() -> None:
    parts = contributions_usd(AMOUNTS, CLOSES)
    np.testing.assert_allclose(parts, [2 * (90 - 120), 10 * (6 - 4), 0.0])
    values = portfolio_values(AMOUNTS, CLOSES)
    assert parts.sum() == pytest.approx(values[-1] - values[-2])


def test_contributions_need_both_closes() -> None:
    np.testing.assert_allclose(contributions_usd(AMOUNTS, CLOSES, days=2), [2 * (90 - 110), NAN, 0.0])
    np.testing.assert_allclose(contributions_usd(AMOUNTS, CLOSES, days=4), [NAN, NAN, 0.0])


def test_the_limiting_holding_is_the_one_with_the_fewest_closes() -> None:
    assert limiting_holding(AMOUNTS, CLOSES, 4) == 1
    assert limiting_holding(AMOUNTS, CLOSES, 2) is None


def test_a_mix_is_the_weighted_mean_of_its_holdings_returns() -> None:
    returns = np.array([[0.1, -0.2, NAN], [NAN, 0.1, 0.0]])
    # 0.75 * 0.1 + 0.25 * -0.2 = 0.025
    np.testing.assert_allclose(mix_returns(np.array([0.75, 0.25, 0.0]), returns), [0.025, NAN])


@pytest.mark.parametrize("amount", [-1.0, NAN, np.inf])
def test_an_amount_that_cannot_be_held_is_refused(amount: float) -> None:
    with pytest.raises(AnalyticsError, match="amounts must be zero or more"):
        portfolio_values(np.array([amount]), np.ones((2, 1)))


@pytest.mark.parametrize("closes", [np.ones((2, 3)), np.ones(2), np.ones((0, 2))])
def test_closes_that_do_not_fit_are_refused(closes: np.ndarray) -> None:
    with pytest.raises(AnalyticsError, match="days x 2 holdings"):
        portfolio_values(np.ones(2), closes)


def test_a_change_over_no_days_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="at least 1 day"):
        contributions_usd(AMOUNTS, CLOSES, days=0)
