"""The portfolio beside other weights, worked out from the closes that the market was made of."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from agent.analytics.figure import Figure
from agent.analytics.optimize.covariance import Kind
from agent.analytics.optimize.frontier import Distance
from agent.analytics.optimize.problem import Unknown
from agent.analytics.optimize.weighting import Method, Weighting, WeightingResult
from agent.ask.tools import ToolStatus
from agent.ask.toolset import portfolio_weights
from agent.ask.toolset.desk import Tools
from agent.ask.toolset.result import ToolResult
from agent.claims.claim import Claim
from agent.claims.fact import Metric, RowRange, RowRef
from agent.claims.forms import clauses, compose
from agent.claims.verify import verify_sentence
from agent.measuring import weighing
from agent.measuring.weighing import FrontierAnalysis, OptimizerLacking, Terms, frontier_analysis
from agent.store.engine import Store
from agent.store.reading import read_range, read_row
from tests.agent.measuring.held_market import MARKET_VALUES_USD, YOUNG, closes, held_market, wanted
from tests.agent.measuring.market import LAST

PRICES = closes(1, 2, 3, 4)[-366:]
RETURNS = PRICES[1:] / PRICES[:-1] - 1
VALUES = PRICES[-1] * np.array([0.5, 2.0, 1.25, 4.0])
SHARES = VALUES / VALUES.sum()
DATED = (Metric.VOLATILITY, Metric.SHARPE)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return held_market(tmp_path_factory.getbasetemp() / "held-market")


@pytest.fixture(scope="module", autouse=True)
def few_points() -> Iterator[None]:
    """A coarse frontier: its points cost most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weighing, "POINTS", 5)
        yield


@pytest.fixture(scope="module")
def analysis(store: Store) -> FrontierAnalysis:
    return frontier_analysis(store, wanted(), Terms(estimator=Kind.SAMPLE))


@pytest.fixture(scope="module")
def answer(store: Store) -> ToolResult:
    return Tools(store, wanted(), "seed").run("portfolio", {"view": "weights"})


def asked(store: Store, found: FrontierAnalysis | Exception, portfolio: str = "plain") -> ToolResult:
    """The answer of a portfolio that was analysed before."""

    def analysed(*_: object) -> FrontierAnalysis:
        if isinstance(found, Exception):
            raise found
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(portfolio_weights, "frontier_analysis", analysed)
        return Tools(store, wanted(portfolio), "seed").run("portfolio", {"view": "weights"})


def text(found: ToolResult, claim: Claim) -> str:
    """The claim in its first wording; each of its wordings verifies."""
    sentences = [compose([(claim, clause)]) for clause in clauses(claim, found.entities, LAST)]
    for sentence in sentences:
        assert verify_sentence(sentence, {claim.claim_id: claim}, found.entities, LAST) == ()
    return sentences[0].text


def told(found: ToolResult) -> dict[tuple[str | None, str | None], tuple[float, float]]:
    """By way and metric: the figure with other weights, and as it is."""
    pairs = [claim.facts for claim in found.claims if claim.template == "reweighted"]
    return {(then.label, then.qualifier): (float(then.value or 0), float(now.value or 0)) for then, now in pairs}


def volatility(shares: np.ndarray) -> float:
    return float((RETURNS @ shares).std(ddof=1) * np.sqrt(365) * 100)


def test_volatilities_are_those_of_the_same_days_at_other_weights(answer: ToolResult) -> None:
    found = told(answer)
    market = np.array(list(MARKET_VALUES_USD.values()))
    now = volatility(SHARES)
    assert found["equally", "volatility"] == pytest.approx((volatility(np.full(4, 0.25)), now))
    assert found["by market value", "volatility"] == pytest.approx((volatility(market / market.sum()), now))
    tried = np.random.default_rng(1).dirichlet(np.ones(4), 500)
    least = found["for the least variance", "volatility"][0]
    assert least <= min(volatility(shares) for shares in tried) * (1 + 1e-6)


def test_each_way_is_told_and_what_it_is_for_comes_first(answer: ToolResult) -> None:
    pairs = list(told(answer))
    assert pairs[:3] == [
        ("for the least variance", "volatility"),
        ("equally", "volatility"),
        ("for equal shares of risk", "volatility"),
    ]
    assert {way for way, _ in pairs} == set(portfolio_weights._WAYS.values())
    assert len(pairs) == 8
    saliences = [claim.salience for claim in answer.claims]
    assert saliences == sorted(saliences, reverse=True)


def test_a_sharpe_ratio_and_a_number_of_holdings_are_told_beside_those_of_today(answer: ToolResult) -> None:
    found, mix = told(answer), RETURNS @ SHARES
    best, now = found["for the highest Sharpe ratio", "mix_sharpe"]
    assert now == pytest.approx(mix.mean() / mix.std(ddof=1) * np.sqrt(365))
    tried = RETURNS @ np.random.default_rng(2).dirichlet(np.ones(4), 500).T
    assert best >= float((tried.mean(axis=0) / tried.std(axis=0, ddof=1)).max() * np.sqrt(365)) * (1 - 1e-6)
    spread, held = found["for the least variance", "effective_number"]
    assert held == pytest.approx(1 / (SHARES**2).sum())
    assert held < spread <= 4


def test_a_figure_over_days_says_so_and_one_of_today_does_not(answer: ToolResult) -> None:
    facts = [fact for claim in answer.claims for fact in claim.facts]
    for fact in facts:
        of = Metric(fact.qualifier) if fact.qualifier else fact.metric
        assert fact.window == (None if of is Metric.EFFECTIVE_NUMBER else "365d")
        assert fact.as_of == LAST


def test_the_distance_from_the_frontier_is_told_in_percentage_points(
    answer: ToolResult, analysis: FrontierAnalysis
) -> None:
    assert isinstance(analysis.distance, Distance)
    values = {claim.template: float(claim.facts[0].value or 0) for claim in answer.claims if len(claim.facts) == 1}
    assert values == {
        "frontier_volatility": pytest.approx((analysis.distance.excess_volatility.value or 0) * 100),
        "frontier_return": pytest.approx((analysis.distance.forgone_return.value or 0) * 100),
    }


def test_every_sentence_looks_back_verifies_and_leads_to_stored_rows(store: Store, answer: ToolResult) -> None:
    assert all(text(answer, claim).startswith("Looking back") for claim in answer.claims)
    inputs = {item for fact in answer.facts for item in fact.derivation.inputs}
    with store.reader() as session:
        for item in inputs:
            if isinstance(item, RowRef):
                row = read_row(session, item.table, item.key)
                assert row is not None
                assert row.values[item.column] == item.value
            elif isinstance(item, RowRange):
                assert (
                    read_range(session, item.table, item.key, item.column, item.first, item.last).sha256 == item.sha256
                )
    assert {item.rows for item in inputs if isinstance(item, RowRange)} == {366}


def test_weights_by_market_value_lead_to_the_market_values(answer: ToolResult) -> None:
    (by_value,) = (fact for fact in answer.facts if fact.label == "by market value" and fact.qualifier == "volatility")
    named = [ref.value for ref in by_value.derivation.inputs if isinstance(ref, RowRef) and ref.table == "metric"]
    assert named == [repr(float(value)) for value in MARKET_VALUES_USD.values()]


def test_weights_that_change_nothing_that_is_shown_are_not_told(store: Store, analysis: FrontierAnalysis) -> None:
    today, nothing = analysis.today, Figure(0.0, None)
    assert isinstance(today, Weighting)
    assert isinstance(analysis.distance, Distance)
    same = replace(
        analysis,
        weightings=(WeightingResult(Method.EQUAL, today),),
        distance=replace(analysis.distance, excess_volatility=nothing, forgone_return=nothing),
    )
    found = asked(store, same)
    start = "Looking back over 365 days, no other weights of your holdings would have returned "
    ends = [text(found, claim).removeprefix(start) for claim in found.claims]
    assert ends == ["as much with less volatility.", "more with no more volatility."]


def test_what_is_not_known_of_a_way_or_of_the_frontier_is_said_why(store: Store, analysis: FrontierAnalysis) -> None:
    lacking = Unknown("1 of 4 assets have no market value", (2,))
    half = replace(
        analysis,
        weightings=(WeightingResult(Method.MARKET_VALUE, lacking),),
        distance=Unknown("there is no frontier"),
    )
    found = asked(store, half)
    assert found.claims == ()
    assert found.note == (
        "not known of holdings weighted by market value: 1 of 4 assets have no market value; "
        "not known: there is no frontier"
    )


def test_of_a_part_of_the_portfolio_nothing_is_told(store: Store) -> None:
    found = Tools(store, wanted("young"), "seed").run("portfolio", {"view": "weights"})
    assert (found.status, found.rows, found.universe) == (ToolStatus.EMPTY, 3, "your 3 holdings")
    assert found.note == (
        f"cannot be weighed with the others: C{YOUNG} (needs 329 daily returns in the last 365 days, has 13)"
    )


@pytest.mark.parametrize(
    ("portfolio", "said"),
    [("single", "not known: needs 2 holdings"), ("empty", "nothing is held"), ("unpriced", "Gone (needs 329")],
)
def test_a_portfolio_that_cannot_be_weighed_gets_the_reason(store: Store, portfolio: str, said: str) -> None:
    found = Tools(store, wanted(portfolio), "seed").run("portfolio", {"view": "weights"})
    assert found.status is ToolStatus.EMPTY
    assert said in found.note


def test_without_an_optimizer_the_answer_says_what_to_install(store: Store) -> None:
    found = asked(store, OptimizerLacking("weightings need skfolio: install coinbrief[optimize]"))
    assert (found.status, found.claims) == (ToolStatus.EMPTY, ())
    assert found.note == "weightings need skfolio: install coinbrief[optimize]"
