from dataclasses import replace

import numpy as np
import pytest

from agent.analytics.look_through import US_DOLLAR
from agent.briefing.holding_traits import EURO, Classified, spreads
from agent.measuring.exposures import classified, read_underlyings, see_through
from agent.measuring.positions import held_only
from agent.measuring.study import Study, read_study
from agent.portfolio.classification import Attribute, Classification, Origin
from agent.store.engine import Store
from tests.agent.measuring.held_market import WRAPPED, held_market, wanted


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return held_market(tmp_path_factory.getbasetemp() / "held-market")


def study_of(store: Store, name: str) -> Study:
    with store.reader() as session:
        return held_only(read_study(session, wanted(name)))


def only(study: Study, asset_id: int, **changes: object) -> Study:
    """The study of one of its assets, whose row is changed."""
    (place,) = [place for place, asset in enumerate(study.assets) if asset.asset_id == asset_id]
    asset = study.assets[place]
    row = replace(asset.row, **changes)  # type: ignore[arg-type]  # the fields of a row
    return replace(study, assets=(replace(asset, row=row),), amounts=study.amounts[:1], closes=study.closes[:, [place]])


def test_an_underlying_that_is_not_held_is_read_and_named(store: Store) -> None:
    alone = only(study_of(store, "mixed"), WRAPPED)
    with store.reader() as session:
        underlyings = read_underlyings(session, alone)
    assert set(underlyings) == {1}
    found = see_through(alone, np.array([10.0]), underlyings)
    assert [(each.name, each.share.value, each.holdings) for each in found.in_the_end] == [
        ("Bitcoin", 1.0, ("Wrapped Bitcoin",))
    ]


def test_an_underlying_that_is_not_known_is_said(store: Store) -> None:
    alone = only(study_of(store, "mixed"), WRAPPED, underlying_id=None)
    found = see_through(alone, np.array([10.0]), {})
    assert found.unresolved == (("Wrapped Bitcoin", "what a wrapped asset stands for is not known"),)


@pytest.mark.parametrize(("slug", "currency"), [("euro-coin", EURO), ("tether", US_DOLLAR), (None, US_DOLLAR)])
def test_a_stablecoin_is_cash_of_its_currency(store: Store, slug: str | None, currency: str) -> None:
    alone = only(study_of(store, "mixed"), 2, kind="stablecoin", slug=slug)
    found = see_through(alone, np.array([10.0]), {})
    assert [each.name for each in found.in_the_end] == [f"Cash ({currency})"]


def test_labels_of_a_source_are_stripped_and_none_is_mistaken_for_unknown(store: Store) -> None:
    study = study_of(store, "unpriced")
    hostile = only(study, 2, slug=None, categories=("Unknown ecosystem",))
    assert classified(hostile)[0].traits.chain is None
    long = only(study, 2, slug=None, categories=(f"{'x' * 90} ecosystem",))
    chain = classified(long)[0].traits.chain
    assert chain == Attribute("x" * 60, Origin.CATEGORY)


@pytest.mark.parametrize(("rank", "tier"), [(1, "top 10"), (11, "11 to 50"), (400, "beyond 250"), (None, None)])
def test_the_tier_is_that_of_the_rank(store: Store, rank: int | None, tier: str | None) -> None:
    assert classified(only(study_of(store, "mixed"), 2, rank=rank))[0].cap_tier == tier


def test_shares_are_added_up_by_every_trait_and_the_unknown_part_is_told() -> None:
    layer = Classification(sector=Attribute("layer 1", Origin.FILE), region=Attribute("CH", Origin.FILE))
    holdings = [
        Classified(1, "A", "top 10", layer),
        Classified(2, "B", None, Classification()),
        Classified(3, "C", "top 10", replace(layer, region=None)),
    ]
    found = {each.trait: each.exposure for each in spreads(np.array([0.5, 0.3, 0.2]), holdings)}
    assert list(found) == ["tier by market value", "sector", "chain", "consensus", "use case", "region"]
    assert [(each.label, each.share.value) for each in found["sector"].groups] == [("layer 1", 0.7)]
    assert found["sector"].unknown.share.value == pytest.approx(0.3)
    assert found["region"].unknown.share.value == pytest.approx(0.5)
    assert found["chain"].unknown.share.value == pytest.approx(1.0)
