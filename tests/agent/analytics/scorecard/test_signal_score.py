from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from agent.analytics.confidence import confidence
from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure
from agent.analytics.scorecard.outcomes import measure_outcomes
from agent.analytics.scorecard.signal_score import Firings, SignalScore, corrected, score_signals

NAN = np.nan


def market(days: int, assets: int, seed: int) -> np.ndarray:
    """Closes with a shock of the day that all share and heavy tails: nothing to be found in them."""
    rng = np.random.default_rng(seed)
    returns = 0.02 * rng.standard_t(4, (days, 1)) + 0.03 * rng.standard_t(4, (days, assets))
    return np.asarray(np.exp(np.cumsum(returns, axis=0)))


def firings(fired: np.ndarray, direction: int = 1, name: str = "signal") -> Firings:
    return Firings(name, direction, fired, np.ones(fired.shape, dtype=bool))


def score(close: np.ndarray, signal: Firings, horizon: int = 1, bitcoin: np.ndarray | None = None) -> SignalScore:
    (found,) = score_signals([signal], [measure_outcomes(close, horizon, bitcoin)], np.random.default_rng(1), 200)
    return found


# Two assets over five days. Returns of the next day: +10 %, -10 %, +20 %, 0 % and -50 %, 0 %, +100 %, +10 %.
CLOSE = np.array([[100.0, 200.0], [110.0, 100.0], [99.0, 100.0], [118.8, 200.0], [118.8, 220.0]])
FIRED = np.array([[True, True], [True, False], [False, False], [True, False], [True, True]])


def test_a_score_worked_out_by_hand() -> None:
    found = score(CLOSE, firings(FIRED), bitcoin=CLOSE[:, 0])
    assert (found.sample_size, found.days, found.windows, found.left_early) == (4, 3, 3, 0)
    # +10 %, -50 %, -10 %, 0 %: one of four rose; of all eight asset-days four rose
    assert found.hit_rate.figure.value == pytest.approx(0.25)
    assert found.base_rate.value == pytest.approx(0.5)
    assert found.mean_return.figure.value == pytest.approx((0.1 - 0.5 - 0.1 + 0.0) / 4)
    # the days' means are -20 %, -5 %, +60 %, +5 %
    assert found.mean_excess.figure.value == pytest.approx((0.3 - 0.3 - 0.05 - 0.05) / 4)
    assert found.mean_excess_bitcoin.figure.value == pytest.approx((0.0 - 0.6 + 0.0 + 0.0) / 4)


def test_a_falling_signal_is_right_when_the_price_falls() -> None:
    found = score(CLOSE, firings(FIRED, -1))
    # of its four firings two fell (and one stood still); of all eight asset-days two fell
    assert found.hit_rate.figure.value == pytest.approx(0.5)
    assert found.base_rate.value == pytest.approx(0.25)


def test_the_base_rate_is_of_the_days_on_which_the_signal_could_be_read() -> None:
    known = np.zeros(CLOSE.shape, dtype=bool)
    known[:2] = True
    found = score(CLOSE, Firings("signal", 1, FIRED & known, known))
    # +10 %, -50 %, -10 %, 0 %
    assert found.base_rate.value == pytest.approx(0.25)
    assert found.base_windows == 2


def test_a_signal_without_direction_has_returns_but_no_hits() -> None:
    found = score(CLOSE, firings(FIRED, 0))
    assert found.mean_return.figure.value == pytest.approx(-0.125)
    assert found.hit_rate.figure == found.base_rate == Figure(None, "the signal has no direction")


def test_a_signal_that_never_fired_says_so() -> None:
    found = score(CLOSE, firings(np.zeros(CLOSE.shape, dtype=bool)))
    assert found.sample_size == found.days == found.windows == 0
    assert found.hit_rate.low.reason == "the signal never fired with its horizon over"
    assert found.mean_excess.p_value.reason == (
        "the signal never fired with its horizon over and another asset to compare with"
    )
    assert found.base_rate.value == pytest.approx(0.5)


def test_without_bitcoin_there_is_no_excess_over_it() -> None:
    found = score(CLOSE, firings(FIRED))
    assert (
        found.mean_excess_bitcoin.figure.reason == "the signal never fired with its horizon over and a close of Bitcoin"
    )


def test_delisted_assets_count_with_their_last_close() -> None:
    close = CLOSE.copy()
    close[2:, 1] = NAN
    fired = np.zeros(CLOSE.shape, dtype=bool)
    fired[0, 1] = fired[1, 1] = True
    found = score(close, firings(fired, -1), 2)
    # from 200 to 100, then nothing after 100: -50 % and 0 %
    assert found.mean_return.figure.value == pytest.approx(-0.25)
    assert (found.sample_size, found.left_early) == (2, 2)


def test_firings_of_overlapping_windows_are_counted_apart() -> None:
    close = market(100, 2, 5)
    fired = np.zeros(close.shape, dtype=bool)
    fired[[3, 4, 9, 10, 11, 40, 95]] = True
    found = score(close, firings(fired), 7)
    # the last horizon is not over; 3, 10 and 40 are a week apart
    assert (found.sample_size, found.days, found.windows) == (12, 6, 3)


def test_a_market_wide_signal_is_compared_with_all_its_days() -> None:
    close = market(300, 1, 2)
    fired = np.zeros(close.shape, dtype=bool)
    fired[::9] = True
    found = score(close, firings(fired))
    returns = close[1:, 0] / close[:-1, 0] - 1
    assert found.mean_excess.figure.value == pytest.approx(returns[fired[:-1, 0]].mean() - returns.mean())


def test_in_a_market_without_any_edge_nothing_is_proven() -> None:
    close, rng = market(500, 20, 11), np.random.default_rng(12)
    persistent = np.cumsum(rng.normal(0.0, 0.2, (500, 1)), axis=0) + rng.normal(0.0, 1.0, close.shape)
    flags = [rng.random(close.shape) < 0.03 for _ in range(30)]
    flags += [persistent > np.quantile(persistent, 1 - share / 100) for share in range(1, 11)]
    signals = [firings(fired, 1 if index % 2 else -1, f"s{index}") for index, fired in enumerate(flags)]
    outcomes = [measure_outcomes(close, horizon, close[:, 0]) for horizon in (1, 7, 30)]
    scores = score_signals(signals, outcomes, rng, 300)
    assert [found.name for found in scores if confidence(found, 1.0).proven] == []
    p_values = [found.mean_excess.p_value.value for found in scores if found.mean_excess.p_value.value is not None]
    assert len(p_values) > 100
    # chance alone gives 5 % of them below 0.05
    assert np.mean(np.array(p_values) < 0.05) < 0.1


def test_a_planted_edge_is_found_among_many_signals_without_one() -> None:
    rng = np.random.default_rng(21)
    close = market(500, 20, 22)
    edge = rng.random(close.shape) < 0.03
    boost = np.zeros(close.shape)
    boost[1:] = np.where(edge[:-1], 0.02, 0.0)
    close = close * np.exp(np.cumsum(boost, axis=0))
    noise = [firings(rng.random(close.shape) < 0.03, 1, f"s{index}") for index in range(30)]
    scores = score_signals([*noise, firings(edge, 1, "edge")], [measure_outcomes(close, 1)], rng, 300)
    assert [found.name for found in scores if confidence(found, 1.0).proven] == ["edge"]
    value = scores[-1].mean_excess
    assert value.low.value is not None
    assert value.high.value is not None
    assert value.low.value < 0.02 * 0.97 < value.high.value


def test_the_same_edge_against_the_signals_direction_proves_nothing() -> None:
    rng = np.random.default_rng(21)
    close = market(500, 20, 22)
    edge = rng.random(close.shape) < 0.03
    boost = np.zeros(close.shape)
    boost[1:] = np.where(edge[:-1], 0.02, 0.0)
    found = score(close * np.exp(np.cumsum(boost, axis=0)), firings(edge, -1))
    assert found.adjusted_p_value.value is not None
    assert found.adjusted_p_value.value < 0.01
    assert confidence(found, 1.0).reason == "unproven: what followed went against its direction, compared with holding"


@pytest.mark.parametrize("end", [10, 31, 60, 119])
def test_a_score_as_of_a_day_uses_nothing_later(end: int) -> None:
    close, rng = market(120, 12, 3), np.random.default_rng(4)
    close[70:, 3] = NAN
    fired = rng.random(close.shape) < 0.1
    changed = close.copy()
    changed[end:] *= rng.lognormal(0.0, 1.0, changed[end:].shape)
    # what was known on the day: firings whose horizon was over, whatever came later
    for horizon in (1, 7):
        outcomes, later = measure_outcomes(close[:end], horizon), measure_outcomes(changed, horizon)
        masked = replace(
            later,
            returns=np.where(np.arange(120)[:, np.newaxis] < end - horizon, later.returns, NAN)[:end],
            left_early=later.left_early[:end],
            holding=np.where(np.arange(120) < end - horizon, later.holding, NAN)[:end],
            bitcoin=later.bitcoin[:end],
        )
        first, second = (
            score_signals([firings(fired[:end])], [item], np.random.default_rng(5), 50) for item in (outcomes, masked)
        )
        assert first == second


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=20))
def test_p_values_are_corrected_as_scipy_does(p_values: list[float]) -> None:
    template = score(CLOSE, firings(FIRED))
    scores = [
        replace(template, mean_excess=replace(template.mean_excess, p_value=Figure(p_value, None)))
        for p_value in p_values
    ]
    adjusted = corrected(scores)
    expected = stats.false_discovery_control(p_values, method="bh")
    np.testing.assert_allclose([found.adjusted_p_value.value for found in adjusted], expected, atol=1e-15)
    assert {found.tests for found in adjusted} == {len(p_values)}
    assert corrected(adjusted) == adjusted


def test_scores_without_a_p_value_are_not_counted_as_tests() -> None:
    tested = score(market(200, 3, 1), firings(np.random.default_rng(2).random((200, 3)) < 0.1))
    silent = score(CLOSE, firings(np.zeros(CLOSE.shape, dtype=bool)))
    found = corrected([silent, tested])
    assert found[0].adjusted_p_value == silent.mean_excess.p_value
    assert found[1].adjusted_p_value == tested.mean_excess.p_value
    assert found[1].tests == 1


def test_scores_come_by_signal_and_then_by_horizon_from_a_generator() -> None:
    outcomes = [measure_outcomes(CLOSE, horizon) for horizon in (1, 2)]
    scores = score_signals((firings(FIRED, 1, name) for name in "ab"), outcomes, np.random.default_rng(1), 10)
    assert [(found.name, found.horizon_days) for found in scores] == [("a", 1), ("a", 2), ("b", 1), ("b", 2)]


@pytest.mark.parametrize("shape", [(0, 3), (5, 0), (5, 3)])
def test_a_panel_without_closes_scores_nothing_and_gives_no_warning(shape: tuple[int, int]) -> None:
    found = score(np.full(shape, NAN), firings(np.ones(shape, dtype=bool)))
    assert found.sample_size == 0
    assert found.base_rate == Figure(None, "no outcome is known")
    assert confidence(found, 1.0).value is None


def test_no_signal_or_no_horizon_gives_no_score() -> None:
    rng = np.random.default_rng(1)
    assert score_signals([], [measure_outcomes(CLOSE, 1)], rng) == ()
    assert score_signals([firings(FIRED)], [], rng) == ()


def test_flags_of_another_panel_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="signal has flags of shape"):
        score(CLOSE, firings(FIRED[:4]))
