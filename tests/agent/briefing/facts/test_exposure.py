"""Facts of where a portfolio lies and what it is in the end, added up by hand."""

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from agent.briefing.facts.exposure import MORE_TRAITS, TOLD_TRAITS, add_exposure_facts
from agent.briefing.material import Material, briefing_material
from agent.briefing.snapshot import Snapshot
from agent.claims.fact import Fact, FactRef, Metric, RowRef
from agent.claims.naming import NamedAsset
from agent.store.assets import AssetRow
from tests.agent.briefing.drafted import portfolio_book
from tests.agent.briefing.snapshots import FETCHED, NAN, Given, make_snapshot, steady

BITCOIN, WRAPPED, DOLLAR, EURO, MEME, STAKED, ETHER = range(1, 8)
EXPOSURE = {Metric.TRAIT_SHARE, Metric.END_SHARE, Metric.CASH_SHARE, Metric.HELD_AGAIN, Metric.END_NUMBER}


def row(asset_id: int, name: str, slug: str | None = None, **more: object) -> AssetRow:
    plain = AssetRow(asset_id, name[:4].upper(), name, slug, asset_id, (), FETCHED, FETCHED, {})
    return replace(plain, **more)  # type: ignore[arg-type]  # fields of a row


ROWS = {
    item.asset_id: item
    for item in (
        row(BITCOIN, "Bitcoin", "bitcoin", rank=1),
        row(WRAPPED, "Wrapped", kind="wrapped", underlying_id=BITCOIN, rank=15),
        row(DOLLAR, "Dollar", "tether", kind="stablecoin", rank=3),
        row(EURO, "Euro", "euro-coin", kind="stablecoin", rank=120),
        row(MEME, "Meme", categories=("Meme",), rank=300),
        row(STAKED, "Staked", kind="staked", underlying_id=ETHER, rank=None),
        row(ETHER, "Ether", "ethereum", rank=2),
    )
}
NAMES = {key: NamedAsset(key, item.name, item.symbol) for key, item in ROWS.items()}


def holding(worth: Mapping[int, float], rows: Mapping[int, AssetRow] = ROWS, **closes: list[float]) -> Snapshot:
    """A portfolio of one of each at these prices."""
    prices = {key: steady(price) for key, price in worth.items()} | {int(key[1:]): own for key, own in closes.items()}
    plain = make_snapshot(Given(closes=prices, holdings=dict.fromkeys(prices, "1"), names=NAMES))
    return replace(plain, assets=rows, names=NAMES)


WORTH = {BITCOIN: 40.0, WRAPPED: 20.0, DOLLAR: 15.0, EURO: 5.0, MEME: 12.0, STAKED: 8.0}


@pytest.fixture(scope="module")
def made() -> Material:
    return briefing_material(holding(WORTH))


def shares(facts: Mapping[str, Fact], metric: Metric) -> dict[str, float]:
    found = [fact for fact in facts.values() if fact.metric is metric]
    return {fact.label or fact.subject: float(fact.value or 0) for fact in found}


def all_of(snapshot: Snapshot) -> tuple[Mapping[str, Fact], Mapping[str, object]]:
    """The facts of every trait, up to three groups each, and what is not known."""
    book = portfolio_book(snapshot)
    unknown = add_exposure_facts(book, snapshot, (*TOLD_TRAITS, *MORE_TRAITS), 3)
    return book.seal("seed").facts, unknown


def test_forms_of_an_asset_add_up_also_where_it_is_not_held_itself(made: Material) -> None:
    assert shares(made.facts, Metric.END_SHARE) == pytest.approx({"asset:1": 60.0, "asset:7": 8.0})
    assert made.facts["portfolio/held_again"].value == pytest.approx(20)


def test_stablecoins_are_cash_of_their_currency(made: Material) -> None:
    assert shares(made.facts, Metric.CASH_SHARE) == pytest.approx({"US dollar": 15.0, "euro": 5.0})


def test_the_number_of_things_held_counts_forms_once(made: Material) -> None:
    expected = 1 / sum(share**2 for share in (0.6, 0.15, 0.05, 0.12, 0.08))
    assert float(made.facts["portfolio/end_number"].value or 0) == pytest.approx(expected)


def test_the_groups_of_a_trait_stand_largest_first_and_the_unknown_is_none() -> None:
    facts, unknown = all_of(holding(WORTH))
    tiers = [facts[f"portfolio/tier by market value/{place}"] for place in range(3)]
    assert [fact.label for fact in tiers] == ["top 10", "11 to 50", "beyond 250"]
    assert [float(fact.value or 0) for fact in tiers] == pytest.approx([55, 20, 12])
    sectors = {fact.label: float(fact.value or 0) for key, fact in facts.items() if key.startswith("portfolio/sector/")}
    assert sectors == pytest.approx({"layer 1": 40, "stablecoin": 20, "meme": 12})
    assert unknown["tier by market value"] == [STAKED]
    assert unknown["sector"] == [WRAPPED, STAKED]
    assert all(re.fullmatch(r"[A-Za-z0-9 .&()/-]{1,60}", fact.label or "x") for fact in facts.values())


def test_a_trait_is_traced_to_weights_and_to_what_says_it() -> None:
    facts, _ = all_of(holding(WORTH))
    by_file, by_source = (facts[f"portfolio/sector/{place}"].derivation.inputs for place in (0, 2))
    assert by_file == (
        FactRef(facts["asset:1/weight"].fact_id),
        RowRef("asset", (("asset_id", "1"),), "slug", "bitcoin"),
    )
    assert by_source[1] == RowRef("asset", (("asset_id", "5"),), "categories", '["Meme"]')
    ranked = facts["portfolio/tier by market value/1"].derivation.inputs
    assert ranked[1] == RowRef("asset", (("asset_id", "2"),), "rank", "15")


def cited(fact: Fact) -> dict[int, set[str]]:
    """The columns of assets that a figure was made from."""
    found: dict[int, set[str]] = {}
    for item in fact.derivation.inputs:
        if isinstance(item, RowRef):
            found.setdefault(int(dict(item.key)["asset_id"]), set()).add(item.column)
    return found


def test_forms_are_traced_to_what_says_what_they_stand_for(made: Material) -> None:
    assert cited(made.facts["asset:7/end_share"]) == {STAKED: {"kind", "underlying_id"}}
    assert cited(made.facts["portfolio/held_again"]).keys() == {BITCOIN, WRAPPED}
    assert cited(made.facts["portfolio/cash_share/euro"]) == {EURO: {"kind", "slug"}}


def test_a_briefing_tells_one_group_of_each_trait_and_no_more_than_shows(made: Material) -> None:
    told = [(item.template, item.facts[0].qualifier or item.facts[0].label) for item in made.claims]
    traits = [what for template, what in told if template == "trait_share"]
    assert traits == ["sector", "chain", "tier by market value"]
    assert {template for template, _ in told} >= {"in_the_end", "cash_share", "held_again"}
    assert not any(item.mandatory for item in made.claims if item.template == "trait_share")


@pytest.mark.parametrize(("wrapped", "is_told"), [(0.02, False), (5.0, True)])
def test_what_shows_as_nothing_or_as_before_is_not_told(wrapped: float, is_told: bool) -> None:  # noqa: FBT001 - a parameter
    made = briefing_material(holding({BITCOIN: 50.0, WRAPPED: wrapped, MEME: 50.0}))
    told = {item.template for item in made.claims}
    numbers = [item for item in made.claims if item.facts[0].metric is Metric.END_NUMBER]
    assert ("held_again" in told) is is_told
    assert bool(numbers) is is_told
    assert "portfolio/end_number" in made.facts


def test_a_single_coin_is_not_said_to_be_all_of_its_sector() -> None:
    told = {item.template for item in briefing_material(holding({BITCOIN: 5.0})).claims}
    assert not told & {"trait_share", "in_the_end", "cash_share", "held_again"}


def test_a_form_of_something_unknown_counts_as_itself_and_is_named() -> None:
    lost = {**ROWS, WRAPPED: replace(ROWS[WRAPPED], underlying_id=None)}
    facts, unknown = all_of(holding({BITCOIN: 5.0, WRAPPED: 5.0}, lost))
    assert unknown["underlying asset"] == [WRAPPED]
    assert not {fact.metric for fact in facts.values()} & {Metric.END_SHARE, Metric.HELD_AGAIN}


def test_a_holding_that_went_to_nothing_has_no_part_in_any_group() -> None:
    made = briefing_material(holding({BITCOIN: 5.0, WRAPPED: 0.0, MEME: 5.0}))
    assert made.facts["portfolio/end_number"].value == 2
    assert cited(made.facts["portfolio/end_number"]) == {
        BITCOIN: {"kind", "underlying_id"},
        MEME: {"kind", "underlying_id"},
    }
    assert not {fact.metric for fact in made.facts.values()} & {Metric.END_SHARE, Metric.HELD_AGAIN}


def test_forms_of_forms_are_followed_to_the_end() -> None:
    twice = {**ROWS, STAKED: replace(ROWS[STAKED], underlying_id=WRAPPED)}
    facts, _ = all_of(holding({STAKED: 5.0, MEME: 5.0}, twice))
    assert shares(facts, Metric.END_SHARE) == pytest.approx({"asset:1": 50.0})


@pytest.mark.parametrize(
    "snapshot",
    [
        holding(WORTH, {}),
        holding(WORTH, {key: item for key, item in ROWS.items() if key != MEME}),
        holding({BITCOIN: 5.0}, _5=steady(5.0, NAN)),
        holding({BITCOIN: 0.0}),
        holding({}),
    ],
    ids=["nothing known", "one not known", "unpriced", "worth nothing", "nothing held"],
)
def test_without_prices_or_assets_nothing_is_said(snapshot: Snapshot) -> None:
    assert not EXPOSURE & {fact.metric for fact in briefing_material(snapshot).facts.values()}
