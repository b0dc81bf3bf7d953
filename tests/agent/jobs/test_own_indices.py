from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from agent.errors import NameTaken, UnknownRow
from agent.jobs.own_indices import create_index, remove_index, track_indices
from agent.measuring.errors import WrongArgument
from agent.measuring.ground import Scope
from agent.measuring.index_wishes import IndexWish
from agent.store.assets import upsert_listings
from agent.store.bars import upsert_daily_bars
from agent.store.engine import Store
from agent.store.indices import index_holdings_on, index_values_between, list_indices
from agent.store.own_indices import OWN_SOURCE, index_rules
from datasources.records import AssetListing, DailyBar
from tests.agent.jobs.database import rows_of

LAST = date(2025, 10, 10)
NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
SCOPE = Scope("sandbox", LAST)
CLOSES = {"a": [10.0, 11.0, 12.0], "b": [20.0, 20.0, 10.0]}


def clock() -> datetime:
    return NOW


@pytest.fixture
def priced(store: Store) -> Store:
    with store.writer() as session:
        upsert_listings(session, "sandbox", [AssetListing("a", "AAA", "Alpha"), AssetListing("b", "BBB", "Beta")], NOW)
        bars = [
            DailyBar(key, LAST - timedelta(days=2 - row), price, price, price, price, 1000.0)
            for key, prices in CLOSES.items()
            for row, price in enumerate(prices)
        ]
        upsert_daily_bars(session, "sandbox", bars, NOW)
    return store


def test_an_index_is_stored_with_its_returns_and_holdings(priced: Store) -> None:
    report = create_index(priced, SCOPE, clock, IndexWish("pair", assets=("AAA", "BBB"), rebalance="never"))
    assert report.level.value == pytest.approx(50 * 1.2 + 50 * 0.5)
    assert report.change_1d_pct.value == pytest.approx((85 / 105 - 1) * 100)
    assert (report.day, report.rebalances, report.stored) == (LAST, 1, True)
    with priced.reader() as session:
        values = index_values_between(session, OWN_SOURCE, "pair", date(2025, 1, 1), LAST)
        held = index_holdings_on(session, OWN_SOURCE, "pair", LAST)
    assert [row.cumulative_return for row in values] == pytest.approx([0.0, 0.05, -0.15])
    assert [(row.asset_id, row.weight_pct, row.day) for row in held] == [
        (1, 50.0, LAST - timedelta(days=2)), (2, 50.0, LAST - timedelta(days=2)),
    ]  # fmt: skip


def test_tracking_again_goes_to_the_new_day_and_stores_each_day_once(priced: Store) -> None:
    create_index(priced, Scope("sandbox", LAST - timedelta(days=1)), clock, IndexWish("pair", assets=("AAA", "BBB")))
    create_index(priced, SCOPE, clock, IndexWish("one", assets=("AAA",)))
    reports = track_indices(priced, SCOPE, clock)
    assert [(each.name, each.day) for each in reports] == [("one", LAST), ("pair", LAST)]
    assert [each.name for each in track_indices(priced, SCOPE, clock, ["one"])] == ["one"]
    with priced.reader() as session:
        assert len(index_values_between(session, OWN_SOURCE, "pair", date(2025, 1, 1), LAST)) == 3


def test_an_index_without_a_level_says_why_and_stores_no_values(priced: Store) -> None:
    report = create_index(priced, SCOPE, clock, IndexWish("caps", weighting="cap"))
    assert not report.stored
    assert "asset.market_cap_usd" in str(report.level.reason)
    with priced.reader() as session:
        assert [row.name for row in index_rules(session)] == ["caps"]
        assert list_indices(session, OWN_SOURCE) == ()


@pytest.mark.parametrize(
    ("wish", "error"), [(IndexWish("Bad"), WrongArgument), (IndexWish("pair", assets=("AAA",)), NameTaken)]
)
def test_a_wish_that_cannot_be_stores_nothing(priced: Store, wish: IndexWish, error: type[Exception]) -> None:
    create_index(priced, SCOPE, clock, IndexWish("pair", assets=("AAA", "BBB")))
    before = rows_of(Path(priced.path))
    with pytest.raises(error):
        create_index(priced, SCOPE, clock, wish)
    assert rows_of(Path(priced.path)) == before


def test_a_deleted_index_is_gone_with_everything_of_it(priced: Store) -> None:
    create_index(priced, SCOPE, clock, IndexWish("pair", assets=("AAA", "BBB")))
    remove_index(priced, "pair")
    with priced.reader() as session:
        assert index_rules(session) == ()
        assert list_indices(session, OWN_SOURCE) == ()
    for lost in (lambda: remove_index(priced, "pair"), lambda: track_indices(priced, SCOPE, clock, ["pair"])):
        with pytest.raises(UnknownRow, match="'pair'"):
            lost()


def test_without_an_index_there_is_nothing_to_track(priced: Store) -> None:
    assert track_indices(priced, SCOPE, clock) == ()
