import numpy as np
import pytest
from scipy import stats

from datasources.sandbox.grades import change_pct, momentum_word, percentile, signal_word
from datasources.sandbox.quant import QUANT_FIELDS, quant_metrics, top_correlations, turning_points, unit_returns
from datasources.sandbox.sentiment import index_label, index_values


def test_metrics_agree_with_scipy_and_their_formulas() -> None:
    closes = 100 * np.exp(np.cumsum(np.random.default_rng(5).normal(0.001, 0.03, 365)))
    metrics = quant_metrics(closes, 50.0, 730)
    assert metrics is not None
    figures = dict(zip(QUANT_FIELDS, metrics, strict=True))
    returns = closes[1:] / closes[:-1] - 1
    assert figures["SKEW"] == pytest.approx(stats.skew(returns), rel=1e-4)
    assert figures["KURTOSIS"] == pytest.approx(stats.kurtosis(returns), rel=1e-4)
    assert figures["SHARPE"] == pytest.approx(returns.mean() / returns.std(ddof=1) * 365**0.5, rel=1e-4)
    assert figures["CAGR"] == pytest.approx((closes[-1] / 50) ** 0.5 - 1, rel=1e-4)
    assert figures["ALL_TIME_RETURN"] == pytest.approx(closes[-1] / 50 - 1, rel=1e-4)
    assert figures["DAILY_VALUE_AT_RISK"] == pytest.approx(np.percentile(returns, 5), rel=1e-4)
    assert -1 < figures["MAX_DRAWDOWN"] < 0


def test_the_drawdown_is_the_deepest_fall_from_a_high() -> None:
    closes = np.concatenate([np.linspace(100, 200, 60), np.linspace(200, 50, 30), np.linspace(50, 120, 20)])
    metrics = quant_metrics(closes, 100.0, 110)
    assert metrics is not None
    assert dict(zip(QUANT_FIELDS, metrics, strict=True))["MAX_DRAWDOWN"] == pytest.approx(-0.75)


def test_ninety_closes_are_the_least() -> None:
    assert quant_metrics(np.concatenate([np.full(300, np.nan), np.arange(1.0, 90.0)]), 1.0, 89) is None


def test_correlations_are_those_of_numpy() -> None:
    walk = np.cumsum(np.random.default_rng(1).normal(size=(91, 30)), axis=0)
    found = top_correlations(unit_returns(walk)[:, 0], unit_returns(walk)[:, 1:])
    assert found is not None
    expected = np.corrcoef(np.diff(walk, axis=0).T)[0, 1:]
    strongest = sorted(np.argsort(-np.abs(expected))[:20].tolist())
    assert found == [(place, round(float(expected[place]), 3)) for place in strongest]


def test_a_peak_and_a_trough_are_turning_points() -> None:
    closes = np.concatenate([np.arange(0, 15), np.arange(13, -10, -1), np.arange(-8, 20)]) + 100.0
    assert turning_points(closes) == [(14, 114.0), (37, 91.0)]
    assert turning_points(closes[:20]) == []


def test_percentiles_run_from_the_lowest_to_the_highest() -> None:
    among = np.array([True, True, True, False])
    assert percentile(np.array([3.0, 1.0, 2.0, 9.0]), among).tolist() == [100.0, 0.0, 50.0, 100.0]
    assert percentile(np.array([3.0]), np.array([True])).tolist() == [50.0]


@pytest.mark.parametrize(
    ("grade", "word"), [(80, "Strong Buy"), (79.9, "Buy"), (50, "Neutral"), (39.9, "Sell"), (5, "Strong Sell")]
)
def test_a_grade_has_its_word(grade: float, word: str) -> None:
    assert signal_word(grade) == word


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (None, "No Momentum"), (12, "Momentum Surging"), (3, "Gaining Momentum"), (0, "Holding Steady"),
        (-5, "Losing Momentum"), (-30, "Momentum Crashing"),
    ],
)  # fmt: skip
def test_a_change_has_its_word(change: float | None, word: str) -> None:
    assert momentum_word(change) == word


def test_a_change_is_in_percent_and_absent_without_a_grade_before() -> None:
    assert change_pct(55.0, 50.0) == 10.0
    assert change_pct(55.0, float("nan")) is None


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (25, "Extreme Fear"),
        (26, "Fear"),
        (46, "Fear"),
        (47, "Neutral"),
        (54, "Neutral"),
        (55, "Greed"),
        (76, "Extreme Greed"),
    ],
)
def test_index_values_have_the_labels_of_the_real_index(value: int, label: str) -> None:
    assert index_label(value) == label


def test_a_flat_market_is_neutral_and_a_rising_one_greedy() -> None:
    assert set(index_values(np.zeros(60)).tolist()) <= set(range(69, 71))
    assert index_values(np.linspace(0, 1, 60))[-1] > 90
    assert len(index_values(np.zeros(30))) == 0
