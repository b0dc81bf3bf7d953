import numpy as np
import pytest
from empyrical import annual_volatility, max_drawdown, sharpe_ratio

from agent.analytics.bars import Floats
from agent.analytics.errors import AnalyticsError
from agent.analytics.optimize.interval import Interval
from agent.analytics.optimize.problem import Unknown
from agent.analytics.optimize.simulation import Rebalance, carried, ended_count, simulated
from agent.analytics.optimize.walk_forward import BUY_AND_HOLD, Track, WalkForward, walk_forward
from agent.analytics.optimize.weighting import Method

NAN = np.nan


def closes(days: int = 260, assets: int = 3, seed: int = 6) -> Floats:
    return np.asarray(np.exp(np.cumsum(np.random.default_rng(seed).normal(0.001, 0.03, (days, assets)), axis=0)))


def baselines(prices: Floats, window: int = 20, rebalance: int = 10, costs_bps: float = 0.0) -> tuple[Track, Track]:
    equal, bought = walked(prices, window, rebalance, costs_bps).tracks
    assert (equal.name, bought.name) == (Method.EQUAL, BUY_AND_HOLD)
    return equal, bought


def walked(prices: Floats, window: int = 20, rebalance: int = 10, costs_bps: float = 0.0) -> WalkForward:
    walk = walk_forward(prices, methods=(), window=window, rebalance=rebalance, costs_bps=costs_bps)
    assert isinstance(walk, WalkForward)
    return walk


def test_weights_drift_and_are_paid_for_by_hand() -> None:
    held = np.array([[1.0, 1.0], [2.0, 1.0], [2.0, 1.0], [2.0, 2.0]])
    both = np.array([0, 1])
    half = np.array([0.5, 0.5])
    run = simulated(held, [Rebalance(0, both), Rebalance(2, both)], [half, half], costs_bps=100)
    # bought for 1 at 1 %: 0.99; the first doubles: 0.99 * 1.5; then nothing; weights are 2/3 and 1/3, so 1/3 is traded
    # at 1 %; the second doubles
    np.testing.assert_allclose(run.returns, [0.99 * 1.5 - 1, 0.0, (1 - 0.01 / 3) * 1.5 - 1], atol=1e-15)
    np.testing.assert_allclose(run.turnovers, [0.5, 1 / 6], atol=1e-15)
    np.testing.assert_allclose(run.costs, [0.01, 0.01 / 3], atol=1e-15)


def test_a_portfolio_that_lost_everything_earns_nothing_more() -> None:
    held = np.array([[1.0], [0.5], [0.0], [0.0], [3.0]])
    run = simulated(held, [Rebalance(0, np.array([0]))], [np.ones(1)], costs_bps=0)
    np.testing.assert_array_equal(run.returns, [-0.5, -1.0, NAN, NAN])


def test_the_last_close_is_carried_but_not_back() -> None:
    prices = np.array([[NAN, 1.0], [2.0, NAN], [NAN, NAN], [3.0, 4.0]])
    np.testing.assert_array_equal(carried(prices), [[NAN, 1.0], [2.0, 1.0], [2.0, 1.0], [3.0, 4.0]])


def test_assets_without_a_close_at_the_next_rebalance_are_counted() -> None:
    prices = np.ones((5, 2))
    prices[2, 0] = prices[4, 1] = NAN
    both = np.array([0, 1])
    assert ended_count(prices, [Rebalance(0, both), Rebalance(2, both)]) == 2


def test_equal_weights_and_buy_and_hold_are_those_of_the_prices() -> None:
    prices = closes()
    equal, bought = baselines(prices)
    # buy and hold is the mean of the prices, each 1 at the start
    path = (prices[20:] / prices[20]).mean(axis=1)
    np.testing.assert_allclose(bought.returns, path[1:] / path[:-1] - 1, atol=1e-12)
    worth = 1.0
    for start in range(20, 259, 10):
        worth *= (prices[min(start + 10, 259)] / prices[start]).mean()
    assert np.prod(1 + equal.returns) == pytest.approx(worth)
    assert equal.annual_return.value == pytest.approx(worth ** (365 / 239) - 1)
    assert equal.cost_per_year == 0.0
    assert bought.turnover.reason == "nothing was traded after the first purchase"


def test_costs_are_taken_from_the_value() -> None:
    prices = closes()
    free, dear = (baselines(prices, costs_bps=costs)[1] for costs in (0.0, 50.0))
    assert np.prod(1 + dear.returns) == pytest.approx(0.995 * np.prod(1 + free.returns))
    assert dear.cost_per_year == pytest.approx(0.005 * 365 / 239)


def test_assets_enter_with_the_history_of_the_window_and_leave_when_prices_end() -> None:
    prices = closes(assets=5)
    prices[:52, 2] = NAN
    prices[:53, 3] = NAN
    prices[95:, 4] = NAN
    walk = walked(prices)
    counts = dict(zip(walk.rebalances, walk.assets, strict=True))
    # nine tenths of 20 returns are there 18 days after the first close: at row 70 for one, 71 for the other
    assert (counts[60], counts[70], counts[80]) == (3, 4, 5)
    assert (counts[90], counts[100]) == (5, 4)
    assert walk.ended == 1
    assert np.isfinite(walk.tracks[0].returns).all()


def test_a_gap_in_between_changes_only_the_days_of_the_gap() -> None:
    prices = closes(assets=2)
    holed = prices.copy()
    holed[34:36, 0] = NAN
    whole, gap = baselines(prices)[1].returns, baselines(holed)[1].returns
    np.testing.assert_array_equal(np.flatnonzero(~np.isclose(whole, gap)), [13, 14, 15])
    assert np.prod(1 + gap) == pytest.approx(np.prod(1 + whole))


def test_no_return_depends_on_a_later_close() -> None:
    prices = closes()
    changed = prices.copy()
    changed[150:] *= np.random.default_rng(1).uniform(0.5, 2.0, changed[150:].shape)
    for cut in (prices[:150], changed):
        for track, other in zip(baselines(prices), baselines(cut), strict=True):
            np.testing.assert_array_equal(track.returns[:129], other.returns[:129])


def test_differences_to_equal_weights_come_with_an_interval() -> None:
    equal, bought = baselines(closes())
    assert equal.excess_return == Unknown("these are the equal weights")
    assert isinstance(bought.excess_return, Interval)
    difference = (bought.returns - equal.returns).mean() * 365
    assert bought.excess_return.estimate == pytest.approx(difference)
    assert bought.excess_return.lower < difference < bought.excess_return.upper
    for name, figure in (("volatility", annual_volatility), ("sharpe", sharpe_ratio)):
        excess, own = getattr(bought, f"excess_{name}"), getattr(bought, name).value
        assert isinstance(excess, Interval)
        assert own == pytest.approx(figure(bought.returns, annualization=365))
        assert excess.estimate == pytest.approx(own - figure(equal.returns, annualization=365))
    assert bought.maximum_drawdown.value == pytest.approx(max_drawdown(bought.returns))


def test_a_short_walk_has_no_annual_return_and_no_interval() -> None:
    _, bought = baselines(closes(days=50))
    assert bought.annual_return.reason == "needs 90 days, has 29"
    assert isinstance(bought.excess_sharpe, Unknown)


def test_dead_and_still_coins_do_not_stop_a_walk() -> None:
    prices = closes(assets=5)
    prices[:, 1] = 1.0
    prices[100:, 2] = 0.0
    prices[:, 3] = NAN
    prices[100:, 4] = 1e-12
    walk = walked(prices)
    assert all(track.sharpe.value is not None for track in walk.tracks)
    assert walk.assets[0] == 3


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (300, 0), (15, 3), (300, 1)])
def test_too_little_to_walk_on_is_a_reason(shape: tuple[int, int]) -> None:
    outcome = walk_forward(closes(*shape), methods=(), window=20)
    assert isinstance(outcome, Unknown)


def test_senseless_arguments_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="days x assets"):
        walk_forward(np.ones(5))
    with pytest.raises(AnalyticsError, match="basis points"):
        walk_forward(closes(), costs_bps=-1)
    with pytest.raises(AnalyticsError, match="market values"):
        walk_forward(closes(), methods=(Method.MARKET_VALUE,))
