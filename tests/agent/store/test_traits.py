from datetime import UTC, datetime

from agent.store.assets import upsert_listings
from agent.store.engine import Store
from agent.store.traits import Traits, asset_traits
from datasources.records import AssetListing

NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)


def test_the_traits_of_every_asset_that_a_source_lists_are_read(store: Store) -> None:
    listings = [
        AssetListing("1", "BTC", "Bitcoin", "bitcoin", 1, ("layer-1",)),
        AssetListing("2", "SOL", "Solana", "solana", 5, ("layer-1",)),
        AssetListing("3", "NEW", "New Coin"),
    ]
    with store.writer() as session:
        upsert_listings(session, "sandbox", listings, NOW)
        upsert_listings(session, "other", [AssetListing("x", "ELSE", "Elsewhere")], NOW)
        found = asset_traits(session, "sandbox")
    assert found == {
        1: Traits("coin", 1, "bitcoin", ("layer-1",)),
        2: Traits("coin", 5, "solana", ("layer-1",)),
        3: Traits("coin", None, None, ()),
    }
