"""Facts of the market's breadth, worked out by hand or by pandas on small markets."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from agent.briefing.facts.breadth import add_breadth_facts
from agent.briefing.snapshot import Snapshot
from agent.claims.book import FactBook
from agent.claims.fact import Fact, Metric, RowRange, Unit
from agent.claims.naming import NamedAsset
from agent.store.assets import AssetRow
from tests.agent.briefing.snapshots import AS_OF, BITCOIN, DAYS, FETCHED, NAN, Given, make_snapshot, steady, walk

SHARES = ("above_50d_share", "above_200d_share", "beat_bitcoin_share", "highs_share", "lows_share")


def asset(asset_id: int, kind: str = "coin", categories: tuple[str, ...] = ()) -> AssetRow:
    """An asset as it is stored."""
    slug = "bitcoin" if asset_id == BITCOIN else None
    return AssetRow(
        asset_id, f"C{asset_id}", f"Coin {asset_id}", slug, asset_id, categories, FETCHED, FETCHED, {}, kind
    )


def snapshot_of(closes: Mapping[int, Sequence[float]], assets: Mapping[int, AssetRow] | None = None) -> Snapshot:
    """A snapshot of these closes, all of coins unless said."""
    names = {asset_id: NamedAsset(asset_id, f"Coin {asset_id}", f"C{asset_id}") for asset_id in closes}
    known = {asset_id: asset(asset_id) for asset_id in closes} | dict(assets or {})
    return replace(make_snapshot(Given(closes, names=names)), assets=known)


def drafted(snapshot: Snapshot) -> dict[str, Fact]:
    """The facts of breadth by the last part of their keys."""
    book = FactBook(snapshot.as_of, snapshot.source, snapshot.fetched_at)
    add_breadth_facts(book, snapshot)
    return {key.rpartition("/")[2]: fact for key, fact in book.seal("seed").facts.items()}


def shares(snapshot: Snapshot) -> dict[str, float]:
    """The shares in per cent, rounded to what a float keeps."""
    return {name: round(float(fact.value or 0), 9) for name, fact in drafted(snapshot).items() if name in SHARES}


RISING = [100.0 + day for day in range(DAYS)]
FALLING = RISING[::-1]


def market(rising: int, falling: int) -> dict[int, list[float]]:
    """Bitcoin, which stands still but for a rise on the last day, and coins that only rise or only fall."""
    coins = [RISING] * rising + [FALLING] * falling
    return {BITCOIN: steady(100.0, 101.0)} | dict(enumerate(coins, 2))


def test_shares_count_what_rises_and_what_falls() -> None:
    assert shares(snapshot_of(market(14, 10))) == {
        "above_50d_share": 60.0,  # fourteen and Bitcoin of twenty-five
        "above_200d_share": 60.0,
        "highs_share": 60.0,
        "lows_share": 40.0,
        "beat_bitcoin_share": round(14 / 24 * 100, 9),
    }


@pytest.mark.parametrize(("rising", "falling", "word"), [(14, 10, "risk on"), (4, 20, "mixed")])
def test_the_regime_is_what_bitcoin_and_most_coins_agree_about(rising: int, falling: int, word: str) -> None:
    fact = drafted(snapshot_of(market(rising, falling)))["regime"]
    assert (fact.metric, fact.unit, fact.value, fact.label, fact.subject) == (
        Metric.REGIME, Unit.TEXT, None, word, "market",
    )  # fmt: skip


def test_the_market_is_risk_off_with_both_below() -> None:
    closes = market(4, 20) | {BITCOIN: steady(100.0, 99.0)}
    assert drafted(snapshot_of(closes))["regime"].label == "risk off"


def test_stablecoins_and_other_forms_are_not_counted() -> None:
    closes = market(14, 10)
    kinds = {2: asset(2, "stablecoin"), 3: asset(3, "wrapped")}
    assert shares(snapshot_of(closes, kinds))["above_50d_share"] == round(13 / 23 * 100, 9)


def test_fewer_than_twenty_coins_have_no_breadth() -> None:
    assert drafted(snapshot_of(market(10, 8))) == {}


def test_without_bitcoin_there_are_shares_and_no_regime() -> None:
    closes = market(14, 10)
    known = drafted(snapshot_of(closes, {BITCOIN: replace(asset(BITCOIN), slug=None)}))
    assert {"above_50d_share", "highs_share"} <= known.keys()
    assert not known.keys() & {"regime", "beat_bitcoin_share"}


def test_ragged_coins_count_where_their_window_is_known() -> None:
    walks = {number: walk(number) for number in range(1, 23)}
    walks[2] = walk(2, days=30)
    walks[3] = [*walk(3, days=DAYS - 1), NAN]
    walks[4] = [NAN if 5 <= DAYS - day < 12 else value for day, value in enumerate(walk(4))]
    walks |= {23: [NAN] * DAYS, 24: steady(5.0)}
    snapshot = snapshot_of(walks)
    frame = pd.DataFrame(snapshot.prices.close)
    mean = frame.rolling(50, min_periods=45).mean().iloc[-1]
    known = mean.notna() & frame.iloc[-1].notna()
    expected = (frame.iloc[-1] > mean * (1 + 1e-9))[known].mean() * 100
    assert shares(snapshot)["above_50d_share"] == pytest.approx(expected)


def test_a_market_whose_source_is_late_has_no_breadth() -> None:
    snapshot = snapshot_of(market(14, 10))
    own = np.vstack((snapshot.prices.close[1:], np.full((1, 25), NAN)))
    elsewhere = replace(snapshot.prices, own_close=own, elsewhere={0: "other"})
    assert drafted(replace(snapshot, prices=elsewhere)) == {}


def test_a_share_is_traced_to_the_closes_of_the_days_it_compares() -> None:
    snapshot = snapshot_of(market(14, 10))
    found = drafted(snapshot)
    last = hashlib.sha256("\n".join(repr(float(value)) for value in snapshot.prices.close[-1]).encode()).hexdigest()
    key = (("source", "sandbox"),)
    day = AS_OF.isoformat()
    today = RowRange("bar_daily", key, "close_usd", day, day, 25, last)
    assert found["above_50d_share"].derivation.inputs == (today,)
    first, second = found["beat_bitcoin_share"].derivation.inputs
    assert first == today
    assert isinstance(second, RowRange)
    assert second.first == second.last == "2025-07-12"  # ninety days before
    bitcoin, _ = found["regime"].derivation.inputs
    assert isinstance(bitcoin, RowRange)
    assert (bitcoin.rows, dict(bitcoin.key)["asset_id"]) == (200, "1")


def test_shares_are_of_the_market_and_in_per_cent() -> None:
    for name, fact in drafted(snapshot_of(market(14, 10))).items():
        assert (fact.subject, fact.as_of, fact.universe) == ("market", AS_OF, None)
        if name != "regime":
            assert fact.unit is Unit.PCT
            assert Decimal(0) <= (fact.value or Decimal(-1)) <= Decimal(100)
