import numpy as np
import pytest

from agent.analytics.correlation_trend import correlation_trend
from agent.analytics.figure import Figure

RNG = np.random.default_rng(12)


def average(returns: np.ndarray) -> float:
    return float(np.corrcoef(returns.T)[np.triu_indices(returns.shape[1], k=1)].mean())


def test_the_trend_compares_the_windows_of_today_and_of_before() -> None:
    returns = RNG.normal(0.0, 0.03, (200, 4))
    returns[-60:] += RNG.normal(0.0, 0.05, (60, 1))
    trend = correlation_trend(returns)
    now = average(returns[-90:])
    assert trend.now.value == pytest.approx(now, abs=1e-12)
    assert trend.change_30d.value == pytest.approx(now - average(returns[-120:-30]), abs=1e-12)
    assert trend.change_90d.value == pytest.approx(now - average(returns[-180:-90]), abs=1e-12)
    assert len(trend.history) == 200
    assert trend.history[79] is None
    assert trend.history[80] == pytest.approx(average(returns[:81]), abs=1e-12)


def test_the_history_is_of_the_last_365_days_and_earlier_ones_change_nothing() -> None:
    returns = RNG.normal(0.0, 0.03, (500, 3))
    trend = correlation_trend(returns)
    assert len(trend.history) == 365
    assert None not in trend.history
    assert correlation_trend(returns[-454:]) == trend


def test_a_short_history_has_a_figure_but_no_change() -> None:
    trend = correlation_trend(RNG.normal(0.0, 0.03, (100, 3)))
    assert trend.now.value is not None
    assert trend.change_30d.reason is not None
    assert "up to 30 days before" in trend.change_30d.reason
    assert "up to 90 days before" in (trend.change_90d.reason or "")


def test_one_holding_has_no_trend() -> None:
    assert correlation_trend(np.zeros((100, 1))).now == Figure(None, "needs 2 holdings, has 1")


@pytest.mark.parametrize("returns", [np.zeros((100, 2)), np.full((100, 2), np.nan), np.zeros((0, 2))])
def test_no_correlation_today_is_the_reason_for_all(returns: np.ndarray) -> None:
    trend = correlation_trend(returns)
    assert trend.now.reason == trend.change_30d.reason == trend.change_90d.reason
    assert set(trend.history) <= {None}
