import numpy as np
import pytest
import scipy.stats

from agent.analytics.errors import AnalyticsError
from agent.analytics.stress import bitcoin_shock, historical_day, stress_correlation

NAN = np.nan
RNG = np.random.default_rng(31)
BITCOIN = RNG.normal(0.0, 0.03, 365)
COINS = BITCOIN[:, np.newaxis] * [1.0, 1.5, 0.4] + RNG.normal(0.0, 0.02, (365, 3))
SHARES = np.array([0.5, 0.3, 0.2])


def average(returns: np.ndarray) -> float:
    return float(np.corrcoef(returns.T)[np.triu_indices(returns.shape[1], k=1)].mean())


def test_a_fall_of_bitcoin_by_hand() -> None:
    # each day either coin moves exactly 2 and 0.5 times as much: 0.6 * 2 + 0.4 * 0.5 = 1.4 times -30 %
    returns = np.outer(BITCOIN, [2.0, 0.5])
    shock = bitcoin_shock(np.array([0.6, 0.4]), returns, BITCOIN)
    assert shock.change_pct.value == pytest.approx(-42.0)
    assert shock.low_pct.value == pytest.approx(-42.0)
    assert shock.high_pct.value == pytest.approx(-42.0)
    assert [beta.value for beta in shock.betas] == pytest.approx([2.0, 0.5])
    assert (shock.shock_pct, shock.covered_share.value, shock.uncovered) == (-30.0, pytest.approx(1.0), ())


def test_the_expectation_and_its_band_agree_with_a_regression() -> None:
    shock = bitcoin_shock(SHARES, COINS, BITCOIN, -0.2)
    line = scipy.stats.linregress(BITCOIN, COINS @ SHARES)
    residuals = COINS @ SHARES - line.intercept - line.slope * BITCOIN
    noise = np.sqrt((residuals**2).sum() / 363)
    assert shock.change_pct.value == pytest.approx(-20.0 * line.slope, rel=1e-9)
    assert shock.low_pct.value == pytest.approx(-20.0 * line.slope - 100 * noise, rel=1e-9)
    assert shock.high_pct.value == pytest.approx(-20.0 * line.slope + 100 * noise, rel=1e-9)


def test_only_the_last_365_days_count() -> None:
    longer, series = np.vstack((COINS[:40] * 9, COINS)), np.concatenate((BITCOIN[:40], BITCOIN))
    assert bitcoin_shock(SHARES, longer, series) == bitcoin_shock(SHARES, COINS, BITCOIN)
    assert stress_correlation(longer, series) == stress_correlation(COINS, BITCOIN)


def test_a_holding_without_enough_history_is_named_and_not_imputed() -> None:
    returns = COINS.copy()
    returns[:-89, 1] = NAN
    shock = bitcoin_shock(SHARES, returns, BITCOIN)
    assert shock.uncovered == (1,)
    assert shock.covered_share.value == pytest.approx(0.7)
    assert shock.betas[1].reason is not None
    rest = bitcoin_shock(np.array([5 / 7, 2 / 7]), COINS[:, [0, 2]], BITCOIN)
    assert shock.change_pct.value == pytest.approx(rest.change_pct.value)
    returns[-90, 1] = 0.01
    assert bitcoin_shock(SHARES, returns, BITCOIN).uncovered == ()


def test_holdings_that_share_too_few_days_have_an_expectation_but_no_band() -> None:
    returns = COINS.copy()
    returns[::2, 0], returns[1::2, 1] = NAN, NAN
    shock = bitcoin_shock(SHARES, returns, BITCOIN)
    assert shock.change_pct.value is not None
    assert shock.low_pct.reason == "the covered holdings have fewer than 90 days in common with Bitcoin"


@pytest.mark.parametrize("bitcoin", [np.zeros(365), np.full(365, NAN)])
def test_a_bitcoin_that_is_flat_or_unknown_gives_reasons(bitcoin: np.ndarray) -> None:
    shock = bitcoin_shock(SHARES, COINS, bitcoin)
    assert shock.covered_share.value == 0.0
    assert shock.uncovered == (0, 1, 2)
    assert shock.change_pct.reason == shock.low_pct.reason == shock.high_pct.reason
    assert stress_correlation(COINS, bitcoin).selection_alone.reason is not None


def test_a_day_that_was_by_hand() -> None:
    # 0.5 * -20 % + 0.2 * -40 % over the 0.7 that had a price: -18 / 0.7
    day = historical_day(SHARES, np.array([-0.2, NAN, -0.4]))
    assert day.change_pct.value == pytest.approx(-18.0 / 0.7)
    assert (day.covered_share.value, day.uncovered) == (pytest.approx(0.7), (1,))
    whole = historical_day(SHARES, np.array([-0.1, 0.0, 0.1]))
    assert whole.change_pct.value == pytest.approx(-3.0)


def test_a_day_before_all_holdings_says_so() -> None:
    day = historical_day(SHARES, np.full(3, NAN))
    assert day.change_pct.reason == "no holding had a return on that day"
    assert day.covered_share.value == 0.0


def test_stress_takes_the_worst_tenth_of_bitcoins_days() -> None:
    worst = np.argsort(BITCOIN)[:36]
    found = stress_correlation(COINS, BITCOIN)
    assert found.worst_days == 36
    assert found.average.value == pytest.approx(average(COINS[worst]), abs=1e-12)
    assert found.all_days.value == pytest.approx(average(COINS), abs=1e-12)
    assert found.difference.value == pytest.approx(average(COINS[worst]) - average(COINS), abs=1e-12)


def test_selection_alone_explains_the_correlations_of_an_unchanged_market() -> None:
    # two coins that move exactly with Bitcoin plus noise of their own that is orthogonal to it on all days
    noise = np.linalg.qr(np.column_stack((np.ones(365), BITCOIN, RNG.normal(size=(365, 2)))))[0][:, 2:] * 0.02 * 19
    coins = BITCOIN[:, np.newaxis] + noise
    worst = np.argsort(BITCOIN)[:36]
    narrow, wide, own = BITCOIN[worst].var(ddof=1), BITCOIN.var(ddof=1), (noise**2).sum(axis=0)[0] / 364
    found = stress_correlation(coins, BITCOIN)
    assert found.all_days.value == pytest.approx(wide / (wide + own))
    assert found.selection_alone.value == pytest.approx(narrow / (narrow + own))


def test_stress_shows_a_dependence_that_rises_when_bitcoin_falls() -> None:
    coins = COINS.copy()
    worst = np.argsort(BITCOIN)[:36]
    coins[worst] = 0.5 * coins[worst] + RNG.normal(0.0, 0.05, (36, 1))
    found = stress_correlation(coins, BITCOIN)
    assert found.average.value is not None
    assert found.selection_alone.value is not None
    assert found.average.value > found.selection_alone.value + 0.2


def test_too_few_common_days_one_holding_and_a_still_one_are_reasons() -> None:
    returns = COINS.copy()
    returns[:37, 0] = NAN
    short = "needs 329 daily returns in common with Bitcoin in the last 365 days, has 328"
    assert stress_correlation(returns, BITCOIN).average.reason == short
    assert stress_correlation(COINS[:, :1], BITCOIN).average.reason == "needs 2 holdings, has 1"
    still = stress_correlation(np.column_stack((COINS, np.zeros(365))), BITCOIN)
    assert still.average.reason == "a holding did not move on these days"


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="one known weight"):
        bitcoin_shock(SHARES[:2], COINS, BITCOIN)
    with pytest.raises(AnalyticsError, match="one known weight"):
        historical_day(np.array([1.0, NAN]), np.zeros(2))
    with pytest.raises(AnalyticsError, match="same 365 days"):
        stress_correlation(COINS, BITCOIN[:-1])
