import subprocess
import sys
from dataclasses import replace
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from agent.analytics.confidence import (
    CalibrationBin,
    Confidence,
    calibration,
    confidence,
    data_quality,
    probability,
    shrunk_rate,
)
from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure
from agent.analytics.scorecard.bootstrap import Estimate
from agent.analytics.scorecard.signal_score import SignalScore

RATES = st.floats(0.0, 1.0)


def estimate(value: float) -> Estimate:
    return Estimate(*(Figure(figure, None) for figure in (value, value - 0.01, value + 0.01, 3.0, 0.003)))


SCORE = SignalScore(
    name="signal",
    direction=1,
    horizon_days=7,
    sample_size=240,
    days=90,
    windows=60,
    left_early=0,
    hit_rate=estimate(0.65),
    base_rate=Figure(0.5, None),
    base_windows=120,
    mean_return=estimate(0.02),
    mean_excess=estimate(0.02),
    mean_excess_bitcoin=estimate(0.01),
    adjusted_p_value=Figure(0.02, None),
    tests=180,
)


def test_the_hit_rate_is_pulled_to_the_base_rate_by_thirty_windows() -> None:
    # (30 * 0.5 + 60 * 0.65) / 90; the base rate of one half stays where it is
    assert confidence(SCORE, 1.0) == Confidence(
        pytest.approx(0.6), 240, proven=True, reason="proven: what followed is beyond chance, given 180 tests"
    )


def test_a_shrunk_rate_is_the_mean_of_the_updated_beta_distribution() -> None:
    posterior = stats.beta(30 * 0.4 + 12, 30 * 0.6 + 8)
    assert shrunk_rate(np.array(12 / 20), np.array(20.0), 0.4) == pytest.approx(posterior.mean())


def test_the_base_rate_itself_is_pulled_to_one_half() -> None:
    # ten windows that all rose: (30 * 0.5 + 10 * 1) / 40, and nothing is known of the signal
    found = probability(np.array(np.nan), np.array(0.0), np.array(1.0), np.array(10.0))
    assert found == pytest.approx(0.625)


def test_bad_data_takes_away_what_the_signal_adds() -> None:
    assert confidence(SCORE, 0.5).value == pytest.approx(0.55)
    assert confidence(SCORE, 0.0).value == pytest.approx(0.5)


@given(RATES, st.integers(0, 500), RATES, st.integers(0, 500), RATES)
def test_a_probability_lies_between_those_it_is_made_of(
    hit_rate: float, windows: int, base_rate: float, base_windows: int, quality: float
) -> None:
    found = probability(
        np.array(hit_rate), np.array(float(windows)), np.array(base_rate), np.array(float(base_windows)), quality
    ).item()
    assert min(hit_rate, base_rate, 0.5) - 1e-12 <= found <= max(hit_rate, base_rate, 0.5) + 1e-12


def test_a_signal_that_was_never_scored_has_no_probability() -> None:
    assert confidence(None, 1.0) == Confidence(
        None, 0, proven=False, reason="unproven: its past firings have not been scored"
    )


def test_a_signal_that_never_fired_has_the_base_rate() -> None:
    silent = replace(
        SCORE, sample_size=0, days=0, windows=0, hit_rate=Estimate.missing("never"), base_rate=Figure(0.6, None)
    )
    found = confidence(silent, 1.0)
    assert found.value == pytest.approx((30 * 0.5 + 120 * 0.6) / 150)
    assert found.reason == "unproven: it fired on 0 days whose outcome is known, 30 are needed"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"days": 29}, "unproven: it fired on 29 days whose outcome is known, 30 are needed"),
        ({"adjusted_p_value": Figure(0.051, None)}, "unproven: what followed is within chance, given 180 tests"),
        ({"direction": -1}, "unproven: what followed went against its direction, compared with holding"),
        ({"direction": 0}, "unproven: it has no direction that could be right"),
        ({"mean_excess": Estimate.missing("nothing to compare")}, "unproven: nothing to compare"),
        ({"adjusted_p_value": Figure(None, "too few blocks")}, "unproven: too few blocks"),
    ],
)
def test_what_is_not_proven_says_why(change: dict[str, object], reason: str) -> None:
    found = confidence(replace(SCORE, **change), 1.0)  # type: ignore[arg-type]  # fields by name
    assert (found.proven, found.reason) == (False, reason)


def test_thirty_days_and_a_p_value_of_a_twentieth_are_enough() -> None:
    assert confidence(replace(SCORE, days=30, adjusted_p_value=Figure(0.05, None)), 1.0).proven


def test_quality_is_the_share_of_figures_that_are_known_fresh_and_undisputed() -> None:
    assert data_quality(1.0, 0.0) == data_quality(1.0, 1.0) == 1.0
    assert data_quality(0.8, 4.0, 0.25) == pytest.approx(0.8 * 0.75 * 0.5)
    assert data_quality(1.0, 7.0) == data_quality(1.0, 400.0) == data_quality(0.0, 0.0) == data_quality(1, 0, 1) == 0.0


@pytest.mark.parametrize("arguments", [(1.1, 0.0, 0.0), (0.5, -1.0, 0.0), (0.5, 0.0, 2.0), (float("nan"), 0.0, 0.0)])
def test_impossible_qualities_are_refused(arguments: tuple[float, float, float]) -> None:
    with pytest.raises(AnalyticsError, match="data quality needs"):
        data_quality(*arguments)
    with pytest.raises(AnalyticsError, match="from 0 to 1"):
        confidence(SCORE, 1.5)


def test_a_calibration_worked_out_by_hand() -> None:
    found = calibration(np.array([0.05, 0.65, 0.65, 1.0, np.nan]), np.array([False, True, False, True, True]))
    # errors 0.05, 0.35, 0.65, 0 squared; the share that happened is 1/2, whose own error is 1/4
    brier = (0.0025 + 0.1225 + 0.4225 + 0.0) / 4
    assert found.sample_size == 4
    assert found.brier.value == pytest.approx(brier)
    assert found.brier_skill.value == pytest.approx(1 - brier / 0.25)
    # bins: 0.05 against 0, 0.65 against 1/2 (twice), 1 against 1
    assert found.expected_calibration_error.value == pytest.approx((0.05 + 2 * 0.15 + 0.0) / 4)
    assert found.bins == (
        CalibrationBin(0.0, 0.1, 1, 0.05, 0.0),
        CalibrationBin(0.6, 0.7, 2, 0.65, 0.5),
        CalibrationBin(0.9, 1.0, 1, 1.0, 1.0),
    )


@given(st.lists(st.tuples(RATES, st.booleans()), min_size=1, max_size=40))
def test_the_brier_score_is_the_mean_squared_error_and_every_prediction_has_a_bin(
    pairs: list[tuple[float, bool]],
) -> None:
    predicted, happened = (np.array(column) for column in zip(*pairs, strict=True))
    found = calibration(predicted, happened)
    assert found.brier.value == pytest.approx(fmean((chance - came) ** 2 for chance, came in pairs), abs=1e-15)
    assert sum(item.count for item in found.bins) == len(pairs)
    for item in found.bins:
        inside = (predicted >= item.low) & ((predicted < item.high) | (item.high == 1.0))
        assert item.count == inside.sum()
        assert item.happened == pytest.approx(happened[inside].mean())


def test_nothing_predicted_and_outcomes_all_alike_are_reasons() -> None:
    nothing = calibration(np.array([np.nan]), np.array([True]))
    assert (nothing.sample_size, nothing.brier.reason, nothing.bins) == (0, "nothing was predicted", ())
    assert calibration(np.array([0.9, 0.8]), np.array([True, True])).brier_skill.reason == "every outcome was the same"


def test_predictions_that_cannot_be_probabilities_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="from 0 to 1"):
        calibration(np.array([1.2]), np.array([True]))
    with pytest.raises(AnalyticsError, match="each prediction needs its outcome"):
        calibration(np.array([0.2, 0.3]), np.array([True]))


def test_importing_the_scorecard_loads_nothing_heavy() -> None:
    modules = "ranks own_grade confidence scorecard.signal_score scorecard.grade_score scorecard.track_record"
    code = "import sys\n" + "".join(f"import agent.analytics.{module}\n" for module in modules.split())
    code += "print(sorted({'talib', 'pandas', 'scipy', 'sklearn'} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
