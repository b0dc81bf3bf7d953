import numpy as np
import pytest

from agent.analytics.confidence import calibration, confidence
from agent.analytics.errors import AnalyticsError
from agent.analytics.scorecard.outcomes import measure_outcomes
from agent.analytics.scorecard.signal_score import Firings, score_signals
from agent.analytics.scorecard.track_record import walk_forward

NAN = np.nan
RNG = np.random.default_rng(31)
CLOSE = np.exp(np.cumsum(RNG.normal(0.001, 0.04, (160, 6)), axis=0))
CLOSE[90:, 2] = NAN
CLOSE[:30, 4] = NAN
KNOWN = np.isfinite(CLOSE) & (np.arange(160)[:, np.newaxis] >= 10)
SIGNAL = Firings("signal", -1, KNOWN & (RNG.random(CLOSE.shape) < 0.08), KNOWN)


@pytest.mark.parametrize("horizon", [1, 7, 30])
def test_each_prediction_is_the_confidence_of_a_score_made_on_that_day(horizon: int) -> None:
    record = walk_forward(SIGNAL, measure_outcomes(CLOSE, horizon))
    assert len(record.day) > 40
    for day in np.unique(record.day)[::4].tolist():
        seen = slice(0, day + 1)
        then = Firings("signal", -1, SIGNAL.fired[seen], SIGNAL.known[seen])
        (score,) = score_signals([then], [measure_outcomes(CLOSE[seen], horizon)], np.random.default_rng(1), 2)
        value = confidence(score, 1.0).value
        expected = NAN if value is None else value
        np.testing.assert_allclose(record.predicted[record.day == day], expected, rtol=1e-12)


@pytest.mark.parametrize("horizon", [1, 7, 30])
def test_what_happens_from_the_next_day_on_changes_no_prediction(horizon: int) -> None:
    day = 100
    changed = CLOSE.copy()
    changed[day + 1 :] = changed[day + 1 :][::-1] * 3.0
    fired = SIGNAL.fired.copy()
    fired[day + 1 :] = False
    first = walk_forward(SIGNAL, measure_outcomes(CLOSE, horizon))
    second = walk_forward(Firings("signal", -1, fired, KNOWN), measure_outcomes(changed, horizon))
    upto = first.day <= day
    np.testing.assert_array_equal(first.predicted[upto], second.predicted)


def test_a_prediction_worked_out_by_hand() -> None:
    close = np.array([[1.0], [2.0], [1.0], [2.0], [4.0], [2.0]])  # up, down, up, up, down
    fired = np.array([[True], [False], [True], [False], [True], [False]])
    record = walk_forward(Firings("s", 1, fired, np.ones(fired.shape, dtype=bool)), measure_outcomes(close, 1))
    assert record.day.tolist() == [0, 2, 4]
    assert record.happened.tolist() == [True, True, False]
    # day 2: base rate 1 of 2, its own 1 of 1; base (30 * 0.5 + 2 * 0.5) / 32 = 0.5, then (30 * 0.5 + 1) / 31
    # day 4: base rate 3 of 4, its own 2 of 2; base (15 + 3) / 34, then (30 * base + 2) / 32
    np.testing.assert_allclose(record.predicted, [NAN, 16 / 31, (30 * 18 / 34 + 2) / 32])


def test_predictions_come_true_out_of_sample_where_there_is_an_edge() -> None:
    rng = np.random.default_rng(5)
    fired = rng.random((600, 10)) < 0.05
    chance = np.where(fired, 0.8, 0.5)
    up = rng.random(fired.shape) < chance
    close = np.vstack((np.ones((1, 10)), np.cumprod(np.where(up, 1.02, 1 / 1.02), axis=0)[:-1]))
    record = walk_forward(Firings("s", 1, fired, np.ones(fired.shape, dtype=bool)), measure_outcomes(close, 1))
    late = record.day > 200
    found = calibration(record.predicted[late], record.happened[late])
    assert found.expected_calibration_error.value is not None
    assert found.expected_calibration_error.value < 0.08
    assert abs(record.predicted[late].mean() - record.happened[late].mean()) < 0.08


def test_a_signal_without_direction_predicts_nothing() -> None:
    record = walk_forward(Firings("s", 0, SIGNAL.fired, KNOWN), measure_outcomes(CLOSE, 7))
    assert record.day.shape == record.predicted.shape == record.happened.shape == (0,)


@pytest.mark.parametrize("shape", [(0, 3), (5, 0), (3, 3)])
def test_a_panel_too_short_for_the_horizon_predicts_nothing(shape: tuple[int, int]) -> None:
    flags = np.ones(shape, dtype=bool)
    assert walk_forward(Firings("s", 1, flags, flags), measure_outcomes(np.ones(shape), 7)).day.size == 0


def test_flags_of_another_panel_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="signal has flags of shape"):
        walk_forward(SIGNAL, measure_outcomes(CLOSE[:100], 7))
