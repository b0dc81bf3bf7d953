import numpy as np
import pytest

from agent.analytics.diversification_report import diversification_report
from agent.analytics.errors import AnalyticsError
from agent.analytics.what_if import Change, changed, what_if

NAN = np.nan
RNG = np.random.default_rng(41)
RETURNS = RNG.normal(0.0, 0.03, (366, 1)) + RNG.normal(0.0, 0.02, (366, 3))
CLOSES = np.array([30_000.0, 2_000.0, 0.5]) * np.cumprod(1 + RETURNS, axis=0)
AMOUNTS = np.array([0.4, 3.0, 0.0])
PRICES = np.array([100.0, 50.0, 10.0])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Change(0, amount=7.0), [7.0, 2.0, 0.0]),
        (Change(1, amount=0.0), [1.0, 0.0, 0.0]),
        (Change(1, value_usd=300.0), [1.0, 6.0, 0.0]),
        (Change(1, weight=0.0), [1.0, 0.0, 0.0]),
        (Change(2, weight=0.2), [1.0, 2.0, 5.0]),  # 20 % beside 200 USD are 50 USD, five at 10
        (Change(0, weight=0.75), [3.0, 2.0, 0.0]),  # 75 % beside 100 USD are 300 USD
    ],
)
def test_a_holding_gets_its_new_size(change: Change, expected: list[float]) -> None:
    np.testing.assert_allclose(changed(np.array([1.0, 2.0, 0.0]), PRICES, change), expected)


def test_adding_an_asset_not_held_compares_both_portfolios() -> None:
    result = what_if(AMOUNTS, CLOSES, Change(2, weight=0.25), bitcoin=CLOSES[:, 0])
    assert result.before == diversification_report(AMOUNTS, CLOSES, CLOSES[:, 0])
    assert result.after == diversification_report(np.array(result.amounts), CLOSES, CLOSES[:, 0])
    assert result.after.portfolio.weights[2].value == pytest.approx(0.25)
    differences = {each.name: each for each in result.differences}
    volatility = differences["portfolio.volatility_90d"]
    assert volatility.before == result.before.portfolio.volatility_90d
    assert volatility.after == result.after.portfolio.volatility_90d
    after, before = volatility.after.value, volatility.before.value
    assert after is not None
    assert before is not None
    assert volatility.difference.value == after - before
    assert {"look_alikes_90d.count", "correlation_trend.now", "bitcoin_shock.change_pct"} <= set(differences)


def test_changes_are_made_one_after_the_other() -> None:
    result = what_if(AMOUNTS, CLOSES, Change(1, amount=0.0), Change(2, weight=0.5))
    assert result.amounts[:2] == (0.4, 0.0)
    assert result.after.portfolio.weights[0].value == pytest.approx(0.5)


def test_a_figure_that_only_one_side_has_says_which_is_missing() -> None:
    closes = CLOSES.copy()
    closes[:-7, 2] = NAN
    differences = {each.name: each for each in what_if(AMOUNTS, closes, Change(2, amount=9.0)).differences}
    ratio = differences["portfolio.diversification_ratio"]
    assert ratio.before.value is not None
    assert ratio.difference.reason == "after: needs 81 daily returns in the last 90 days, has 6"
    without = {each.name: each for each in what_if(np.ones(3), closes, Change(2, weight=0.0)).differences}
    assert without["portfolio.diversification_ratio"].after.value is not None
    assert (without["portfolio.diversification_ratio"].difference.reason or "").startswith("before: needs 81")


def test_dropping_everything_is_a_portfolio_that_holds_nothing() -> None:
    result = what_if(np.array([1.0, 0.0, 0.0]), CLOSES, Change(0, amount=0.0))
    assert result.after.portfolio.value_usd.reason == "the portfolio holds nothing"


def test_a_size_that_is_none_or_more_than_one_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="exactly one"):
        Change(0)
    with pytest.raises(AnalyticsError, match="exactly one"):
        Change(0, amount=1.0, weight=0.5)
    with pytest.raises(AnalyticsError, match="zero or more"):
        Change(0, amount=-1.0)
    with pytest.raises(AnalyticsError, match="below 1"):
        Change(0, weight=1.0)


def test_what_cannot_be_changed_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="no column 3"):
        changed(AMOUNTS, PRICES, Change(3, amount=1.0))
    with pytest.raises(AnalyticsError, match="no close on the last day"):
        changed(AMOUNTS, np.array([1.0, 1.0, NAN]), Change(2, value_usd=5.0))
    with pytest.raises(AnalyticsError, match="a rest with a known value"):
        changed(np.array([1.0, 0.0, 0.0]), PRICES, Change(0, weight=0.5))


def test_an_asset_without_a_beta_shows_in_the_covered_share_and_not_as_no_difference_alone() -> None:
    closes = CLOSES.copy()
    closes[:-50, 2] = NAN
    differences = {
        each.name: each for each in what_if(AMOUNTS, closes, Change(2, weight=0.2), bitcoin=CLOSES[:, 0]).differences
    }
    assert differences["bitcoin_shock.covered_share"].difference.value == pytest.approx(-0.2)
    assert differences["bitcoin_shock.change_pct"].difference.value == pytest.approx(0.0)
