"""Facts of the portfolio's risk, against NumPy."""

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest

from agent.briefing.material import Material, briefing_material
from agent.briefing.snapshot import Snapshot
from agent.claims.fact import Fact, FactRef, Metric, RowRange, Unit
from agent.claims.naming import subject_of
from tests.agent.briefing.snapshots import BITCOIN, COSMOS, DAYS, ETHEREUM, NEW_COIN, Given, make_snapshot, steady, walk

Make = Callable[..., Snapshot]
AMOUNTS = {BITCOIN: "0.5", ETHEREUM: "2.25", COSMOS: "40", NEW_COIN: "3"}
MARKET = np.array(walk(9))
CLOSES = {
    asset_id: (np.array(walk(asset_id)) * MARKET**power).tolist()
    for asset_id, power in zip(AMOUNTS, (0.9, 1.1, 0.6, 0.4), strict=True)
}
PANEL = np.array([CLOSES[asset_id] for asset_id in AMOUNTS]).T
HELD = np.array([float(amount) for amount in AMOUNTS.values()])
WORTH = float(PANEL[-1] @ HELD)
WEIGHTS = PANEL[-1] * HELD / WORTH
RETURNS = PANEL[1:] / PANEL[:-1] - 1
COVARIANCE = np.cov(RETURNS[-90:].T)


@pytest.fixture(scope="module")
def made() -> Material:
    return briefing_material(make_snapshot(Given(closes=CLOSES, holdings=AMOUNTS)))


def fact(made: Material, key: str) -> Fact:
    return made.facts[f"portfolio/{key}"]


def value(made: Material, key: str) -> float:
    return float(fact(made, key).value or 0)


def test_independent_bets_are_the_square_of_the_diversification_ratio(made: Material) -> None:
    spreads = np.sqrt(np.diag(COVARIANCE))
    ratio = WEIGHTS @ spreads / np.sqrt(WEIGHTS @ COVARIANCE @ WEIGHTS)
    assert value(made, "independent_bets") == pytest.approx(ratio**2)
    ratio_id = fact(made, "diversification_ratio").fact_id
    assert fact(made, "independent_bets").derivation.inputs == (FactRef(ratio_id),)


def test_the_three_largest_holdings_have_the_sum_of_their_weights(made: Material) -> None:
    assert value(made, "top_share_3") == pytest.approx(np.sort(WEIGHTS)[-3:].sum() * 100)
    assert "portfolio/top_share_5" not in made.facts  # there are four


def test_the_parts_of_the_risk_are_those_of_the_variance(made: Material) -> None:
    parts = WEIGHTS * (COVARIANCE @ WEIGHTS) / (WEIGHTS @ COVARIANCE @ WEIGHTS) * 100
    shown = [float(made.facts[f"{subject_of(asset_id)}/risk_share"].value or 0) for asset_id in AMOUNTS]
    assert shown == pytest.approx(parts)
    assert sum(shown) == pytest.approx(100)


def test_the_most_and_the_least_alike_pair_are_the_extremes_of_all_pairs(made: Material) -> None:
    matrix = np.corrcoef(RETURNS[-90:].T)
    pairs = {(one, other): matrix[one, other] for one, other in combinations(range(4), 2)}
    for key, extreme in (("most_alike", max), ("least_alike", min)):
        one, other = extreme(pairs, key=lambda pair: pairs[pair])
        found, ids = fact(made, key), list(AMOUNTS)
        assert (found.subject, found.other) == (subject_of(ids[one]), subject_of(ids[other]))
        assert value(made, key) == pytest.approx(pairs[one, other])
        assert (found.universe, found.universe_size, found.rank) == ("pairs", 6, 1)
        assert found.rank_from_bottom is (key == "least_alike")


def test_value_at_risk_is_exceeded_on_one_day_in_twenty(made: Material) -> None:
    losses = np.sort(-(RETURNS[-365:] @ WEIGHTS))[::-1]
    assert value(made, "value_at_risk") == pytest.approx(losses[18] * 100)  # 5 % of 365 days are 18.25
    assert value(made, "value_at_risk_usd") == pytest.approx(losses[18] * WORTH)
    worst = (losses[:18].sum() + losses[18] * 0.25) / 18.25
    assert value(made, "expected_shortfall") == pytest.approx(worst * 100)
    assert fact(made, "value_at_risk_usd").unit is Unit.USD


def test_a_fall_of_bitcoin_goes_with_what_the_betas_make_of_it(made: Material) -> None:
    bitcoin = RETURNS[-365:, 0]
    betas = [np.polyfit(bitcoin, RETURNS[-365:, place], 1)[0] for place in range(4)]
    assert value(made, "shock") == -30
    assert value(made, "shock_change") == pytest.approx(-30 * float(WEIGHTS @ betas))
    assert value(made, "shock_change_usd") == pytest.approx(-0.3 * float(WEIGHTS @ betas) * WORTH)
    assert {item.table for item in fact(made, "shock_change").derivation.inputs if isinstance(item, RowRange)} == {
        "bar_daily"
    }


def test_losses_of_less_than_half_a_cent_are_not_told() -> None:
    dust = {asset_id: f"{float(amount) * 1e-9:.12f}" for asset_id, amount in AMOUNTS.items()}
    made = briefing_material(make_snapshot(Given(closes=CLOSES, holdings=dust)))
    assert {"portfolio/value_at_risk_usd", "portfolio/shock_change_usd"} & made.facts.keys() == set()
    assert {"shock", "value_at_risk"} & {claim.template for claim in made.claims} == set()


def test_every_figure_of_risk_is_told(made: Material) -> None:
    told = {claim.template for claim in made.claims}
    assert {"most_alike", "risk_against_weight", "value_at_risk", "shock", "figure", "extreme"} <= told
    bets = [claim for claim in made.claims if claim.facts[0].metric is Metric.INDEPENDENT_BETS]
    assert len(bets) == 1


@pytest.mark.parametrize(
    ("closes", "holdings"),
    [
        ({BITCOIN: walk(1)}, {BITCOIN: "1"}),  # one holding: no pairs, no parts
        ({BITCOIN: steady(5.0), ETHEREUM: steady(2.0)}, {BITCOIN: "1", ETHEREUM: "1"}),  # nothing moved
        ({BITCOIN: walk(1, days=20), ETHEREUM: walk(2, days=20)}, {BITCOIN: "1", ETHEREUM: "1"}),
        ({BITCOIN: [*walk(1, days=DAYS - 1), float("nan")], ETHEREUM: walk(2)}, {BITCOIN: "1", ETHEREUM: "1"}),
        ({ETHEREUM: walk(2)}, {ETHEREUM: "0"}),
    ],
    ids=["one", "still", "short", "unpriced", "nothing"],
)
def test_what_is_not_known_of_the_risk_is_not_told(
    snapshot_factory: Make, closes: dict[int, list[float]], holdings: dict[int, str]
) -> None:
    made = briefing_material(snapshot_factory(closes=closes, holdings=holdings))
    metrics = {item.metric for item in made.facts.values()}
    assert not metrics & {Metric.INDEPENDENT_BETS, Metric.RISK_SHARE}
    assert "portfolio/most_alike" not in made.facts
