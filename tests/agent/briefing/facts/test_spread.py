"""Facts of how alike the holdings move and how the portfolio fell, against NumPy, empyrical and by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import empyrical
import numpy as np
import pytest

from agent.briefing.facts.spread import market_coins
from agent.briefing.material import Material, briefing_material
from agent.briefing.snapshot import Snapshot
from agent.claims.fact import Fact, Metric, RowRange
from agent.store.assets import AssetRow
from agent.store.reading import values_sha256
from tests.agent.briefing.snapshots import (
    AS_OF,
    BITCOIN,
    COSMOS,
    DAYS,
    ETHEREUM,
    FETCHED,
    LATE_COIN,
    NEW_COIN,
    Given,
    make_snapshot,
    steady,
    walk,
)

Make = Callable[..., Snapshot]
AMOUNTS = {BITCOIN: "0.5", ETHEREUM: "2.25", COSMOS: "40"}
MARKET = np.array(walk(9))
CLOSES = {
    asset_id: (np.array(walk(asset_id)) * MARKET**power).tolist()
    for asset_id, power in zip(AMOUNTS, (0.9, 1.1, 0.6), strict=True)
}
OTHERS = {NEW_COIN: walk(21), LATE_COIN: walk(22)}  # tracked, and not held
PANEL = np.array([CLOSES[asset_id] for asset_id in AMOUNTS]).T
HELD = np.array([float(amount) for amount in AMOUNTS.values()])
VALUES = PANEL @ HELD
WEIGHTS = PANEL[-1] * HELD / VALUES[-1]
RETURNS = PANEL[1:] / PANEL[:-1] - 1
NEW = {
    *(Metric.SORTINO, Metric.WEIGHTED_CORRELATION, Metric.TORSION_BETS, Metric.COMPONENT_BETS, Metric.ENOUGH_HOLDINGS),
    *(Metric.ALIKE_GROUPS, Metric.STRESS_DAYS, Metric.STRESS_CORRELATION, Metric.DEEPEST_FALL),
    *(Metric.MARKET_CORRELATION, Metric.MARKET_BETA),
}


def stablecoin(asset_id: int) -> AssetRow:
    return AssetRow(asset_id, "USD", "Dollar", None, 3, (), FETCHED, FETCHED, {}, "stablecoin")


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    plain = make_snapshot(Given(closes={**CLOSES, **OTHERS}, holdings=AMOUNTS))
    return replace(plain, assets={LATE_COIN: stablecoin(LATE_COIN)})


@pytest.fixture(scope="module")
def made(snapshot: Snapshot) -> Material:
    return briefing_material(snapshot)


def fact(made: Material, key: str) -> Fact:
    return made.facts[f"portfolio/{key}"]


def value(made: Material, key: str) -> float:
    return float(fact(made, key).value or 0)


def test_the_sortino_ratio_is_that_of_empyrical(made: Material) -> None:
    history = (VALUES[1:] / VALUES[:-1] - 1)[-365:]
    assert value(made, "sortino_365d") == pytest.approx(empyrical.sortino_ratio(history, annualization=365))
    assert fact(made, "sortino_365d").window == "365d"


def test_pairs_are_weighted_by_the_product_of_their_weights(made: Material) -> None:
    matrix, products = np.corrcoef(RETURNS[-90:].T), np.outer(WEIGHTS, WEIGHTS)
    pairs = np.triu_indices(3, 1)
    expected = (matrix[pairs] * products[pairs]).sum() / products[pairs].sum()
    assert value(made, "weighted_correlation_90d") == pytest.approx(expected)


def test_the_average_coin_is_of_equal_weights_and_stablecoins_are_none(made: Material) -> None:
    coins = np.column_stack([PANEL, OTHERS[NEW_COIN]])[-91:]
    market, mix = (coins[1:] / coins[:-1] - 1).mean(axis=1), RETURNS[-90:] @ WEIGHTS
    assert value(made, "market_correlation") == pytest.approx(np.corrcoef(mix, market)[0, 1])
    assert value(made, "market_beta") == pytest.approx(np.polyfit(market, mix, 1)[0])


def test_the_average_coin_is_traced_to_the_closes_of_all_of_them(made: Material, snapshot: Snapshot) -> None:
    coins = fact(made, "market_beta").derivation.inputs[-1]
    assert isinstance(coins, RowRange)
    stored = snapshot.prices.close[-91:]
    assert (coins.key, coins.rows) == ((("source", "sandbox"),), stored.size)
    assert coins.sha256 == values_sha256([repr(cell) for cell in stored.ravel().tolist()])


def test_coins_without_a_bar_for_a_month_are_not_of_the_market() -> None:
    gone = [*walk(5)[: DAYS - 31], *[float("nan")] * 31]
    plain = make_snapshot(Given(closes={**CLOSES, NEW_COIN: gone}, holdings=AMOUNTS))
    assert market_coins(plain).shape == (DAYS, 3)


def test_on_bitcoins_worst_days_the_pairs_are_averaged_beside_all_days(made: Material) -> None:
    year = RETURNS[-365:]
    worst = year[np.argsort(year[:, 0])[:36]]
    pairs = np.triu_indices(3, 1)
    assert value(made, "stress_days") == 36
    assert value(made, "stress_correlation") == pytest.approx(np.corrcoef(worst.T)[pairs].mean())
    assert value(made, "average_correlation_365d") == pytest.approx(np.corrcoef(year.T)[pairs].mean())
    found = [fact(made, key) for key in ("stress_days", "stress_correlation", "average_correlation_365d")]
    assert {item.window for item in found} == {"365d"}
    assert [item.other for item in found] == ["asset:1", "asset:1", None]
    assert [item.universe_size for item in found] == [None, 3, 3]


def test_the_deepest_fall_carries_the_days_of_its_peak_and_its_trough(made: Material) -> None:
    year = VALUES[-366:]
    falls = year / np.maximum.accumulate(year) - 1
    trough = int(falls.argmin())
    peak = int(year[: trough + 1].argmax())
    found = fact(made, "deepest_fall")
    assert float(found.value or 0) == pytest.approx(falls.min() * 100)
    assert (found.start, found.as_of) == tuple(AS_OF - timedelta(days=365 - place) for place in (peak, trough))


def test_a_fall_that_shows_as_nothing_is_none(snapshot_factory: Make) -> None:
    rising = [100 * 1.001**place for place in range(DAYS)]
    rising[-50:] = [close * 0.9989 for close in rising[-50:]]  # a fall of a hundredth of a per cent on one day
    seen = snapshot_factory(closes={BITCOIN: rising, ETHEREUM: rising}, holdings={BITCOIN: "1", ETHEREUM: "1"})
    assert "portfolio/deepest_fall" not in briefing_material(seen).facts


def test_holdings_that_move_as_one_are_one_group_and_one_of_them_is_enough() -> None:
    twin = (np.array(CLOSES[ETHEREUM]) * 3).tolist()
    made = briefing_material(
        make_snapshot(
            Given(
                closes={BITCOIN: walk(31), ETHEREUM: CLOSES[ETHEREUM], COSMOS: twin},
                holdings=dict.fromkeys(AMOUNTS, "1"),
            )
        )
    )
    groups, enough = (fact(made, metric) for metric in (Metric.ALIKE_GROUPS, Metric.ENOUGH_HOLDINGS))
    assert (groups.universe, groups.universe_size, groups.window) == ("holdings", 3, "90d")
    assert (groups.value, enough.value) == (Decimal(2), Decimal(2))


def test_uncorrelated_holdings_of_equal_risk_are_as_many_bets_as_they_are(snapshot_factory: Make) -> None:
    ones, twos = np.tile([0.02, -0.02], DAYS // 2), np.tile([0.01, 0.01, -0.01, -0.01], DAYS // 4)
    prices = {BITCOIN: np.cumprod(1 + ones), ETHEREUM: np.cumprod(1 + twos)}
    amounts = {
        BITCOIN: 1 / prices[BITCOIN][-1],
        ETHEREUM: 2 / prices[ETHEREUM][-1],
    }  # half the risk at twice the weight
    made = briefing_material(
        snapshot_factory(
            closes={key: each.tolist() for key, each in prices.items()},
            holdings={key: repr(float(amount)) for key, amount in amounts.items()},
        )
    )
    assert value(made, "torsion_bets") == pytest.approx(2, abs=1e-3)
    assert value(made, "component_bets") == pytest.approx(2, abs=1e-3)


def test_all_of_it_is_told_and_none_of_it_must_be(made: Material) -> None:
    claims = [item for item in made.claims if {each.metric for each in item.facts} & NEW]
    assert {item.facts[0].metric for item in claims} >= NEW - {
        *(Metric.STRESS_CORRELATION, Metric.ALIKE_GROUPS, Metric.ENOUGH_HOLDINGS)
    }
    assert not any(item.mandatory for item in claims)
    assert all(0.2 <= item.salience <= 0.5 for item in claims)


def test_nothing_older_than_its_window_counts(made: Material) -> None:
    """The same holdings with another past before the last 366 closes."""
    past = {key: [*walk(90 + key)[:30], *closes[30:]] for key, closes in {**CLOSES, **OTHERS}.items()}
    plain = make_snapshot(Given(closes=past, holdings=AMOUNTS))
    other = briefing_material(replace(plain, assets={LATE_COIN: stablecoin(LATE_COIN)}))
    found = {key: item.value for key, item in made.facts.items() if item.metric in NEW}
    assert found == {key: other.facts[key].value for key in found}


@pytest.mark.parametrize(
    ("closes", "holdings", "known"),
    [
        ({BITCOIN: walk(1)}, {BITCOIN: "1"}, {Metric.SORTINO, Metric.DEEPEST_FALL, Metric.MARKET_CORRELATION}),
        ({BITCOIN: steady(5.0), ETHEREUM: steady(2.0)}, {BITCOIN: "1", ETHEREUM: "1"}, {Metric.ALIKE_GROUPS}),
        ({BITCOIN: walk(1, days=20), ETHEREUM: walk(2, days=20)}, {BITCOIN: "1", ETHEREUM: "1"}, set()),
        ({BITCOIN: [*walk(1, days=DAYS - 1), float("nan")], ETHEREUM: walk(2)}, {BITCOIN: "1", ETHEREUM: "1"}, set()),
        ({ETHEREUM: walk(2), COSMOS: walk(3)}, {ETHEREUM: "1", COSMOS: "1"}, NEW - {
            Metric.STRESS_DAYS, Metric.STRESS_CORRELATION, Metric.ALIKE_GROUPS, Metric.ENOUGH_HOLDINGS}),
        ({ETHEREUM: walk(2)}, {ETHEREUM: "0"}, set()),
        ({ETHEREUM: walk(2)}, {}, set()),
    ],
    ids=["one", "still", "short", "unpriced", "no bitcoin", "nothing", "empty"],
)  # fmt: skip
def test_what_is_not_known_is_not_told(
    snapshot_factory: Make, closes: dict[int, list[float]], holdings: dict[int, str], known: set[Metric]
) -> None:
    made = briefing_material(snapshot_factory(closes=closes, holdings=holdings))
    assert {item.metric for item in made.facts.values()} & NEW == known | (
        {Metric.MARKET_BETA} if len(known) > 1 else set()
    )
