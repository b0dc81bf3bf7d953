from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest

from agent.analytics.errors import OptimizerMissing
from agent.analytics.optimize.covariance import Kind
from agent.analytics.optimize.frontier import Distance
from agent.analytics.optimize.problem import Unknown
from agent.analytics.optimize.weighting import Method, Weighting
from agent.measuring import weighing
from agent.measuring.errors import MeasuringError, WrongArgument
from agent.measuring.walking import Walk
from agent.measuring.weighing import FrontierAnalysis, Terms, frontier_analysis
from agent.store.engine import Store
from tests.agent.measuring.held_market import MARKET_VALUES_USD, YOUNG, closes, held_market, wanted
from tests.agent.measuring.market import LAST, STABLECOIN


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return held_market(tmp_path_factory.getbasetemp() / "held-market")


@pytest.fixture(scope="module", autouse=True)
def few_points() -> Iterator[None]:
    """A coarse frontier: its points cost most of the time, and none is looked at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weighing, "POINTS", 5)
        yield


@pytest.fixture(scope="module")
def plain(store: Store) -> FrontierAnalysis:
    return frontier_analysis(store, wanted(), Terms(estimator=Kind.SAMPLE, walk_forward=True))


def outcome(found: FrontierAnalysis, method: Method) -> Weighting:
    (weighting,) = [each.outcome for each in found.weightings if each.method is method]
    assert isinstance(weighting, Weighting)
    return weighting


def test_the_minimum_variance_is_below_that_of_any_tried_mix(plain: FrontierAnalysis) -> None:
    prices = closes(1, 2, 3, 4)[-366:]
    covariance = np.cov((prices[1:] / prices[:-1] - 1).T)
    least = outcome(plain, Method.MINIMUM_VARIANCE)
    tried = np.random.default_rng(1).dirichlet(np.ones(4), 2000)
    variances = np.einsum("pi,ij,pj->p", tried, covariance, tried)
    assert least.volatility.value == pytest.approx(np.sqrt(least.weights @ covariance @ least.weights * 365), rel=1e-9)
    assert least.weights @ covariance @ least.weights <= variances.min() * (1 + 1e-6)


def test_the_distance_is_that_of_todays_weights(plain: FrontierAnalysis) -> None:
    prices = closes(1, 2, 3, 4)[-366:]
    returns = prices[1:] / prices[:-1] - 1
    values = prices[-1] * np.array([0.5, 2.0, 1.25, 4.0])
    shares = values / values.sum()
    assert isinstance(plain.distance, Distance)
    assert plain.distance.annual_return == pytest.approx(float(returns.mean(axis=0) @ shares) * 365)
    assert plain.distance.volatility == pytest.approx(float(np.sqrt(shares @ np.cov(returns.T) @ shares * 365)))
    assert isinstance(plain.today, Weighting)
    assert plain.today.turnover.value == 0
    assert plain.first_day == LAST - timedelta(days=364)


def test_market_values_give_weights_in_proportion(plain: FrontierAnalysis) -> None:
    values = np.array(list(MARKET_VALUES_USD.values()))
    assert outcome(plain, Method.MARKET_VALUE).weights == pytest.approx(values / values.sum())
    assert {(each.day, each.source) for each in plain.market_values} == {(LAST, "sandbox")}


def test_a_limit_holds(store: Store) -> None:
    found = frontier_analysis(store, wanted(), Terms(max_weight_pct=30.0))
    for each in found.weightings:
        assert isinstance(each.outcome, Weighting)
        assert each.outcome.weights.max() <= 0.3 + 1e-9


def test_the_walk_begins_after_its_first_window(plain: FrontierAnalysis) -> None:
    assert isinstance(plain.walk, Walk)
    # the store has 450 days: row 180 is the first with 180 returns before it
    assert plain.walk.first_day == LAST - timedelta(days=449 - 180)
    assert plain.walk.last_day == LAST
    assert [track.name for track in plain.walk.result.tracks][:2] == ["equal", "buy_and_hold"]
    assert not isinstance(plain.walk.covariances, Unknown)


def test_what_cannot_be_measured_is_left_out_and_named(store: Store) -> None:
    found = frontier_analysis(store, wanted("young"), Terms())
    assert [(each.asset_id, each.reason) for each in found.left_out] == [
        (YOUNG, "needs 329 daily returns in the last 365 days, has 13")
    ]
    assert [each.asset_id for each in found.holdings] == [1, 2]
    values = closes(1, 2, YOUNG)[-1]
    assert found.covered_share.value == pytest.approx(values[:2].sum() / values.sum())
    assert isinstance(found.today, Weighting)
    assert found.today.weights == pytest.approx(values[:2] / values[:2].sum())


def test_a_coin_that_never_moves_is_left_out(store: Store) -> None:
    found = frontier_analysis(store, wanted("mixed"), Terms())
    assert [(each.asset_id, each.reason) for each in found.left_out] == [
        (STABLECOIN, "did not move in the last 365 days")
    ]


def test_one_holding_has_no_frontier_and_the_reason_is_given(store: Store) -> None:
    found = frontier_analysis(store, wanted("single"), Terms(walk_forward=True))
    assert found.frontier == Unknown("needs 2 holdings that can be measured together, has 1 of 1")
    assert found.weightings == ()
    assert isinstance(found.walk, Unknown)


def test_weights_of_today_that_are_not_known_leave_the_distance_unknown(store: Store) -> None:
    found = frontier_analysis(store, wanted("unpriced"), Terms())
    assert found.distance == found.today == Unknown("no close on 2025-10-10 of Gone")
    equal = outcome(found, Method.EQUAL)
    assert equal.turnover.value is None
    assert found.covered_share.reason == "no close on 2025-10-10 of Gone"


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"days": 29}, "--days must be from 30 to 1099, got 29"),
        ({"days": 1100}, "--days"),
        ({"max_weight_pct": 0.0}, "--max-weight must be above 0"),
        ({"max_weight_pct": float("nan")}, "--max-weight"),
        ({"cost_bps": -1.0}, "--cost-bps must be from 0 to 1000"),
    ],
)
def test_terms_that_cannot_be_meant_are_refused(bad: dict[str, float], said: str) -> None:
    with pytest.raises(WrongArgument, match=said):
        Terms(**bad)  # type: ignore[arg-type]  # numbers of both kinds


def test_a_limit_that_leaves_no_portfolio_says_what_is_needed(store: Store) -> None:
    with pytest.raises(WrongArgument, match=r"4 holdings .* at least 25\.0 each"):
        frontier_analysis(store, wanted(), Terms(max_weight_pct=0.4))


def test_a_missing_optimizer_is_an_error_in_words(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_args: object) -> None:
        raise OptimizerMissing

    monkeypatch.setattr(weighing, "efficient_frontier", missing)
    with pytest.raises(MeasuringError, match="skfolio"):
        frontier_analysis(store, wanted(), Terms())
