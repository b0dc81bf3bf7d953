from dataclasses import replace

import empyrical
import numpy as np
import pytest
import scipy.stats
from skfolio.measures import cvar, value_at_risk

from agent.analytics.diversification_report import DiversificationReport, diversification_report
from agent.analytics.drawdowns import Drawdown
from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure
from agent.analytics.report import portfolio_report
from agent.analytics.stress import bitcoin_shock, stress_correlation
from agent.analytics.what_if import single_figures

NAN = np.nan
RNG = np.random.default_rng(51)
RETURNS = RNG.normal(0.0005, 0.03, (400, 1)) + RNG.normal(0.0, 0.02, (400, 4))
CLOSES = np.array([30_000.0, 2_000.0, 0.5, 80.0]) * np.cumprod(1 + RETURNS, axis=0)
AMOUNTS = np.array([0.4, 3.0, 9_000.0, 40.0])


def full(closes: np.ndarray, amounts: np.ndarray = AMOUNTS) -> DiversificationReport:
    return diversification_report(amounts, closes, closes[:, 0], closes)


def reasons(report: DiversificationReport) -> dict[str, str]:
    return {name: figure.reason for name, figure in single_figures(report) if figure.reason}


def test_every_figure_of_a_full_history_agrees_with_the_peers() -> None:
    report = full(CLOSES)
    assert reasons(report) == {}
    assert report.portfolio == portfolio_report(AMOUNTS, CLOSES, CLOSES[:, 0])
    value = AMOUNTS @ CLOSES[-1]
    shares = AMOUNTS * CLOSES[-1] / value
    returns = CLOSES[1:] / CLOSES[:-1] - 1
    last, year = returns[-90:], returns[-365:] @ shares
    covariance = np.cov(last.T)
    variance = shares @ covariance @ shares
    line = scipy.stats.linregress(last.mean(axis=1), last @ shares)
    rho, pairs = np.corrcoef(last.T), np.triu_indices(4, k=1)
    products = np.outer(shares, shares)[pairs]
    history = np.diff(CLOSES @ AMOUNTS) / (CLOSES @ AMOUNTS)[:-1]
    expected = {
        "sortino_365d": empyrical.sortino_ratio(history[-365:], annualization=365),
        "top_1_share": shares.max(),
        "top_3_share": 1 - shares.min(),
        "top_5_share": 1.0,
        "correlation_to_market_90d": line.rvalue,
        "beta_to_market_90d": line.slope,
        "weighted_average_correlation_90d": (rho[pairs] * products).sum() / products.sum(),
        "independent_factors_90d": (shares @ np.sqrt(np.diag(covariance))) ** 2 / variance,
        "value_at_risk_1d_pct": value_at_risk(year) * 100,
        "value_at_risk_1d_usd": value_at_risk(year) * value,
        "conditional_value_at_risk_1d_pct": cvar(year) * 100,
        "conditional_value_at_risk_1d_usd": cvar(year) * value,
        "bitcoin_shock_usd": -0.3 * value * scipy.stats.linregress(returns[-365:, 0], year).slope,
    }
    for name, figure in expected.items():
        assert getattr(report, name).value == pytest.approx(figure, rel=1e-9), name
    parts = [part.value for part in report.risk_contributions_90d]
    assert parts == pytest.approx(shares * (covariance @ shares) / variance)
    assert report.bitcoin_shock == bitcoin_shock(shares, returns[-365:], returns[-365:, 0])
    assert report.correlation_under_stress == stress_correlation(returns[-365:], returns[-365:, 0])


def test_the_average_correlation_is_the_same_on_both_ways_to_it() -> None:
    report = full(CLOSES)
    assert report.correlation_trend.now.value == pytest.approx(
        report.portfolio.average_correlation_90d.value, abs=1e-12
    )


def test_the_deepest_fall_is_that_of_the_maximum_drawdown_in_rows_of_the_closes() -> None:
    values = np.concatenate((np.full(30, 500.0), np.linspace(100.0, 200.0, 366)))
    values[200:210] = 60.0
    report = diversification_report(np.ones(1), values[:, np.newaxis])
    fall = report.deepest_365d
    recovery = int(np.flatnonzero(values[210:] >= values[199])[0]) + 210
    assert fall == Drawdown(pytest.approx(60.0 / values[199] - 1), peak=199, trough=200, recovery=recovery)
    assert report.portfolio.maximum_drawdown_365d.value == pytest.approx(fall.depth)
    assert report.crises == (Drawdown(-0.88, peak=29, trough=200, recovery=None),)


def test_named_stretches_are_those_of_the_history() -> None:
    report = diversification_report(AMOUNTS, CLOSES, stretches={"spring": (10, 50)})
    values = CLOSES @ AMOUNTS
    assert report.stretches[0].change_pct.value == pytest.approx((values[50] / values[10] - 1) * 100)


def test_two_identical_holdings_are_one() -> None:
    report = full(CLOSES[:, [0, 0]], np.array([1.0, 2.0]))
    assert report.look_alikes_90d.count.value == 1
    assert report.independent_factors_90d.value == pytest.approx(1.0)
    assert report.principal_component_bets_90d.value == pytest.approx(1.0)
    assert "linearly dependent" in (report.minimum_torsion_bets_90d.reason or "")
    assert report.over_diversification_90d.idle == (0, 1)
    assert set(reasons(report)) == {"minimum_torsion_bets_90d"}


def test_a_single_holding_has_no_pairs_and_everything_else() -> None:
    report = full(CLOSES, np.array([0.0, 2.0, 0.0, 0.0]))
    assert [part.value for part in report.risk_contributions_90d] == pytest.approx([0.0, 1.0, 0.0, 0.0])
    assert report.look_alikes_90d.clusters[0].members == (1,)
    assert report.minimum_torsion_bets_90d.value == pytest.approx(1.0)
    assert report.over_diversification_90d.sufficient == (1,)
    assert report.portfolio.average_correlation_90d.reason == "needs 2 holdings, has 1"
    without = {name for name, reason in reasons(report).items() if reason != "needs 2 holdings, has 1"}
    assert without == set()


def test_columns_are_those_of_all_amounts() -> None:
    report = full(CLOSES[:, [3, 0, 1, 1]], np.array([0.0, 0.4, 3.0, 4.0]))
    assert {cluster.members for cluster in report.look_alikes_90d.clusters} == {(1,), (3, 2)}
    assert set(report.over_diversification_90d.sufficient) <= {1, 2, 3}
    assert report.over_diversification_90d.volatility_changes[0].value == 0.0


def test_a_listing_of_six_days_is_named_and_states_its_reason() -> None:
    closes = CLOSES.copy()
    closes[:-6, 2] = NAN
    report = full(closes)
    assert report.young_90d == report.young_365d == (2,)
    short = "needs 81 daily returns in the last 90 days, has 5"
    assert report.minimum_torsion_bets_90d.reason == report.look_alikes_90d.count.reason == short
    assert {part.reason for part in report.risk_contributions_90d} == {short}
    assert report.sortino_365d.reason == "needs 329 daily returns in the last 365 days, has 5"
    assert report.value_at_risk_1d_usd.reason == "needs 329 daily returns in the last 365 days, has 5"
    assert report.bitcoin_shock.uncovered == (2,)
    assert report.bitcoin_shock_usd.value is not None
    assert report.top_1_share.value is not None


def test_a_delisted_holding_leaves_the_reason_that_it_has_no_close() -> None:
    closes = CLOSES.copy()
    closes[-40:, 1] = NAN
    report = full(closes)
    assert set(reasons(report).values()) == {"1 of 4 holdings has no close on the last day"}
    assert report.bitcoin_shock.uncovered == ()


def test_gaps_within_a_tenth_are_left_out() -> None:
    closes = CLOSES.copy()
    closes[[-30, -60], 1], closes[-100, 2] = NAN, NAN
    report = full(closes)
    assert reasons(report) == {}
    shares = AMOUNTS * CLOSES[-1] / (AMOUNTS @ CLOSES[-1])
    kept = np.delete((CLOSES[1:] / CLOSES[:-1] - 1)[-90:], [30, 31, 60, 61], axis=0)
    parts = shares * (np.cov(kept.T) @ shares)
    assert [part.value for part in report.risk_contributions_90d] == pytest.approx(parts / parts.sum())


def test_a_coin_that_went_to_nearly_nothing_and_one_of_constant_price_have_figures() -> None:
    closes = CLOSES.copy()
    closes[-50:, 1] *= 1e-9
    closes[:, 3] = 1.0
    report = full(closes)
    still = "1 of 4 holdings did not move in the last 90 days"
    assert report.weighted_average_correlation_90d.reason == report.portfolio.average_correlation_90d.reason == still
    assert {"correlation_trend", "correlation_under_stress", "portfolio", "weighted_average_correlation_90d"} == {
        name.split(".")[0] for name in reasons(report)
    }
    assert report.look_alikes_90d.count.value is not None


@pytest.mark.parametrize("price", [1.0, 1e-12])
def test_a_portfolio_that_never_moved_says_so(price: float) -> None:
    report = full(np.full((400, 2), price), np.array([1.0, 2.0]))
    still = "the portfolio did not move in the last 90 days"
    assert report.independent_factors_90d.reason == report.principal_component_bets_90d.reason == still
    assert report.conditional_value_at_risk_1d_pct.value == 0.0
    assert report.deepest_365d is None
    assert report.crises == ()
    assert report.look_alikes_90d.count.value == 1
    assert report.sortino_365d.reason == "the portfolio did not fall on any of the last 365 days"


@pytest.mark.parametrize("closes", [np.full((400, 4), NAN), np.zeros((400, 4)), np.ones((1, 4)), CLOSES[:2]])
def test_histories_of_nothing_give_reasons(closes: np.ndarray) -> None:
    report = full(closes)
    assert report.minimum_torsion_bets_90d.reason is not None
    assert report.value_at_risk_1d_pct.reason is not None


def test_no_holdings_and_no_assets_give_reasons() -> None:
    for amounts, closes in ((np.zeros(4), CLOSES), (np.zeros(0), np.zeros((400, 0)))):
        report = diversification_report(amounts, closes)
        assert set(reasons(report).values()) <= {"the portfolio holds nothing", "no market was given"}


def test_five_hundred_holdings_are_measured() -> None:
    returns = RNG.normal(0.0, 0.03, (400, 1)) + RNG.normal(0.0, 0.03, (400, 500))
    report = full(np.cumprod(1 + returns, axis=0), np.ones(500))
    assert set(reasons(report)) == {"minimum_torsion_bets_90d"}
    assert sum(part.value or 0.0 for part in report.risk_contributions_90d) == pytest.approx(1.0)


def test_without_bitcoin_or_a_market_the_reasons_say_so() -> None:
    report = diversification_report(AMOUNTS, CLOSES)
    assert report.portfolio.beta_90d == Figure(None, "no benchmark was given")
    assert report.beta_to_market_90d == Figure(None, "no market was given")
    assert report.bitcoin_shock_usd.reason == report.bitcoin_shock.change_pct.reason


def test_a_market_of_one_series_or_of_a_short_one() -> None:
    report = diversification_report(AMOUNTS, CLOSES, market=CLOSES[:, 1])
    assert report.beta_to_market_90d.value == portfolio_report(AMOUNTS, CLOSES, CLOSES[:, 1]).beta_90d.value
    short = np.where(np.arange(400) < 380, NAN, CLOSES[:, 1])
    reason = "needs 81 daily returns in common with the market in the last 90 days, has 19"
    assert diversification_report(AMOUNTS, CLOSES, market=short).beta_to_market_90d.reason == reason
    flat = diversification_report(AMOUNTS, CLOSES, market=np.ones(400))
    assert flat.correlation_to_market_90d.reason == "the market did not move in the last 90 days"


def test_a_market_of_other_days_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="same 400 days"):
        diversification_report(AMOUNTS, CLOSES, market=CLOSES[1:])


def test_rows_before_the_windows_change_nothing_but_the_crises_and_the_trend() -> None:
    longer = full(np.vstack((CLOSES[:30] * 1.7, CLOSES)))
    shorter = full(CLOSES)
    same = {"crises": (), "deepest_365d": None, "correlation_trend": shorter.correlation_trend}
    assert replace(longer, **same) == replace(shorter, **same)


@pytest.mark.parametrize("day", [300, 370])
def test_what_the_history_shows_of_a_day_is_what_the_report_of_that_day_said(day: int) -> None:
    then, now = full(CLOSES[:day]), full(CLOSES)
    assert then.correlation_trend.now.value == pytest.approx(now.correlation_trend.history[day - 401], abs=1e-12)
    over = {fall for fall in diversification_report(AMOUNTS, CLOSES, crises=400).crises if (fall.recovery or day) < day}
    known = diversification_report(AMOUNTS, CLOSES[:day], crises=400).crises
    assert over
    assert {fall for fall in known if fall.recovery is not None} == over
