from dataclasses import fields

import empyrical
import numpy as np
import pytest
import scipy.stats

from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure
from agent.analytics.report import PortfolioReport, portfolio_report

NAN = np.nan
RNG = np.random.default_rng(17)
RETURNS = RNG.normal(0.0005, 0.03, (366, 1)) + RNG.normal(0.0, 0.02, (366, 3))
CLOSES = np.array([30_000.0, 2_000.0, 0.5]) * np.cumprod(1 + RETURNS, axis=0)
AMOUNTS = np.array([0.4, 3.0, 9_000.0])


def figures(report: PortfolioReport) -> dict[str, Figure]:
    values = {field.name: getattr(report, field.name) for field in fields(report)}
    return {name: value for name, value in values.items() if isinstance(value, Figure)}


def test_values_and_concentration_by_hand() -> None:
    closes = np.array([[100.0, 50.0], [120.0, 40.0]])
    report = portfolio_report(np.array([1.0, 2.0]), closes)
    assert report.value_usd.value == 200.0
    assert report.change_1d_usd.value == 0.0  # 120 + 80 - 100 - 100
    assert report.change_1d_pct.value == 0.0
    assert [part.value for part in report.contributions_1d_usd] == [20.0, -20.0]
    assert [share.value for share in report.weights] == pytest.approx([0.6, 0.4])
    assert report.hhi.value == pytest.approx(0.52)  # 0.36 + 0.16
    assert report.effective_number.value == pytest.approx(1 / 0.52)
    assert report.holding_count == 2


def test_every_figure_of_a_full_history_agrees_with_the_peers() -> None:
    report = portfolio_report(AMOUNTS, CLOSES, CLOSES[:, 0])
    assert all(figure.reason is None for figure in figures(report).values())
    shares = AMOUNTS * CLOSES[-1] / (AMOUNTS * CLOSES[-1]).sum()
    last = (CLOSES[1:] / CLOSES[:-1] - 1)[-90:]
    covariance = np.cov(last.T) * 365
    volatility = np.sqrt(shares @ covariance @ shares)
    weighted = shares @ np.sqrt(np.diag(covariance))
    pairs = np.corrcoef(last.T)[np.triu_indices(3, k=1)]
    line = scipy.stats.linregress(last[:, 0], last @ shares)
    history = np.diff(CLOSES @ AMOUNTS) / (CLOSES @ AMOUNTS)[:-1]
    expected = {
        "volatility_90d": volatility,
        "weighted_volatility_90d": weighted,
        "diversification_ratio": weighted / volatility,
        "average_correlation_90d": pairs.mean(),
        "correlation_to_benchmark_90d": line.rvalue,
        "beta_90d": line.slope,
        "sharpe_365d": empyrical.sharpe_ratio(history, annualization=365),
        "maximum_drawdown_365d": empyrical.max_drawdown(history),
    }
    for name, value in expected.items():
        assert getattr(report, name).value == pytest.approx(value, rel=1e-10), name


def test_rows_before_the_windows_change_nothing() -> None:
    longer = np.vstack((CLOSES[:30] * 1.7, CLOSES))
    assert portfolio_report(AMOUNTS, longer) == portfolio_report(AMOUNTS, CLOSES)


def test_a_young_holding_limits_the_history_and_is_named() -> None:
    closes = CLOSES.copy()
    closes[:-22, 1] = NAN
    report = portfolio_report(AMOUNTS, closes, CLOSES[:, 0])
    assert report.volatility_90d == Figure(None, "needs 81 daily returns in the last 90 days, has 21")
    assert report.sharpe_365d == Figure(None, "needs 329 daily returns in the last 365 days, has 21")
    assert (report.limiting_90d, report.limiting_365d) == (1, 1)
    assert report.change_1d_pct.value is not None
    assert report.unpriced == ()


def test_a_missing_day_in_a_full_history_is_left_out() -> None:
    closes = CLOSES.copy()
    closes[-40, 2] = NAN
    report = portfolio_report(AMOUNTS, closes, CLOSES[:, 0])
    assert all(figure.reason is None for figure in figures(report).values())
    assert report.limiting_90d == 2
    kept = np.delete((CLOSES[1:] / CLOSES[:-1] - 1)[-90:], [50, 51], axis=0)
    shares = AMOUNTS * CLOSES[-1] / (AMOUNTS * CLOSES[-1]).sum()
    assert report.volatility_90d.value == pytest.approx(np.std(kept @ shares, ddof=1) * np.sqrt(365))


def test_the_close_before_the_first_return_counts_as_part_of_the_window() -> None:
    closes = CLOSES.copy()
    closes[-91, 1] = NAN
    assert portfolio_report(AMOUNTS, closes).limiting_90d == 1
    closes[-91, 1], closes[-92, 1] = 1.0, NAN
    assert portfolio_report(AMOUNTS, closes).limiting_90d is None


def test_a_holding_without_a_close_today_leaves_the_value_unknown() -> None:
    closes = CLOSES.copy()
    closes[-1, 2] = NAN
    report = portfolio_report(AMOUNTS, closes)
    assert report.unpriced == (2,)
    assert report.contributions_1d_usd[0].value is not None
    reasons = {figure.reason for figure in figures(report).values()}
    assert reasons == {"1 of 3 holdings has no close on the last day"}


def test_a_holding_without_a_close_yesterday_leaves_the_change_unknown() -> None:
    closes = CLOSES.copy()
    closes[-2, 2] = NAN
    report = portfolio_report(AMOUNTS, closes)
    assert report.change_1d_usd == Figure(None, "a holding has no close on the day before")
    assert report.contributions_1d_usd[2].reason == "a close is missing on the last day or the day before"
    assert report.value_usd.value is not None


def test_a_single_holding_is_not_diversified() -> None:
    report = portfolio_report(np.array([0.0, 3.0, 0.0]), CLOSES, CLOSES[:, 1])
    assert report.diversification_ratio.value == pytest.approx(1.0)
    assert report.average_correlation_90d == Figure(None, "needs 2 holdings, has 1")
    assert report.effective_number.value == 1.0
    assert report.beta_90d.value == pytest.approx(1.0)
    assert report.correlation_to_benchmark_90d.value == pytest.approx(1.0)


def test_two_identical_holdings_diversify_nothing() -> None:
    report = portfolio_report(np.array([1.0, 1.0]), CLOSES[:, [0, 0]])
    assert report.effective_number.value == pytest.approx(2.0)
    assert report.average_correlation_90d.value == pytest.approx(1.0)
    assert report.diversification_ratio.value == pytest.approx(1.0)


def test_a_diversification_ratio_is_never_below_one() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        closes = np.cumprod(1 + rng.normal(0.0, rng.uniform(0.001, 0.2, 4), (120, 4)), axis=0)
        value = portfolio_report(rng.uniform(0.0, 5.0, 4), closes).diversification_ratio.value
        assert value is not None
        assert value >= 1.0 - 1e-12


def test_a_portfolio_that_never_moved_says_so() -> None:
    report = portfolio_report(np.array([1.0, 2.0]), np.ones((366, 2)), CLOSES[:, 0])
    assert report.volatility_90d.value == 0.0
    assert report.maximum_drawdown_365d.value == 0.0
    assert report.diversification_ratio.reason == "the portfolio did not move in the last 90 days"
    assert report.correlation_to_benchmark_90d.reason == "the portfolio did not move in the last 90 days"
    assert report.sharpe_365d.reason == "the portfolio did not move in the last 365 days"
    assert report.average_correlation_90d.reason == "2 of 2 holdings did not move in the last 90 days"
    assert report.beta_90d.value == 0.0


def test_a_benchmark_that_is_flat_short_or_absent_says_so() -> None:
    flat = portfolio_report(AMOUNTS, CLOSES, np.ones(366))
    assert (
        flat.beta_90d.reason
        == flat.correlation_to_benchmark_90d.reason
        == "the benchmark did not move in the last 90 days"
    )
    short = CLOSES[:, 0].copy()
    short[:-11] = NAN
    reason = "needs 81 daily returns in common with the benchmark in the last 90 days, has 10"
    assert portfolio_report(AMOUNTS, CLOSES, short).beta_90d.reason == reason
    assert portfolio_report(AMOUNTS, CLOSES).beta_90d.reason == "no benchmark was given"


@pytest.mark.parametrize("amounts", [np.zeros(3), np.array([])])
def test_an_empty_portfolio_has_no_figures(amounts: np.ndarray) -> None:
    report = portfolio_report(amounts, CLOSES[:, : len(amounts)])
    assert {figure.reason for figure in figures(report).values()} == {"the portfolio holds nothing"}
    assert report.holding_count == 0


def test_one_day_of_history_gives_a_value_and_reasons() -> None:
    report = portfolio_report(AMOUNTS, CLOSES[-1:], CLOSES[-1:, 0])
    assert report.value_usd.value == pytest.approx(float(CLOSES[-1] @ AMOUNTS))
    assert report.change_1d_pct.reason == "a holding has no close on the day before"
    assert report.volatility_90d.reason == "needs 81 daily returns in the last 90 days, has 0"


def test_prices_of_nothing_and_of_infinity_break_nothing() -> None:
    assert portfolio_report(np.ones(1), np.zeros((3, 1))).value_usd.reason == "the portfolio is worth nothing"
    assert portfolio_report(np.ones(1), np.full((3, 1), np.inf)).unpriced == (0,)


def test_a_benchmark_of_other_days_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="same 366 days"):
        portfolio_report(AMOUNTS, CLOSES, CLOSES[1:, 0])
