"""What is read beside the figures of the whole market."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from agent.briefing.gather_market import read_bitcoin_values, read_month_before
from agent.briefing.snapshot import MetricSeen
from agent.store.assets import get_assets, upsert_listings
from agent.store.bulk import raw_connection
from agent.store.metrics import upsert_metrics
from datasources.records import AssetListing, Metric
from tests.agent.measuring.market import LAST, NOW
from tests.agent.store.migrated import migrated

ONE = timedelta(days=1)
TOTAL = "market.total_market_cap_usd"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Totals and market values of two sources."""
    store = migrated(tmp_path / "market.db")
    with store.writer() as writer:
        for source in ("one", "two"):
            upsert_listings(writer, source, [AssetListing("b", "BTC", "Bitcoin", "bitcoin", 1)], NOW)
        raw_connection(writer).execute("UPDATE asset_ref SET asset_id = 1")
        totals = [Metric(None, LAST - back * ONE, TOTAL, "usd", 100.0 + back) for back in (0, 29, 30, 31)]
        upsert_metrics(writer, "one", totals, NOW)
        upsert_metrics(writer, "two", [Metric("b", LAST - ONE, "onchain.market_cap_usd", "usd", 5.0)], NOW)
    with store.reader() as reader:
        yield reader


def test_a_month_before_is_the_day_thirty_days_before_the_last_of_the_source(session: Session) -> None:
    seen = [MetricSeen(TOTAL, "one", LAST - back * ONE, 1.0, NOW) for back in (0, 1)]
    other = replace(seen[0], name="sentiment.fear_greed_index")
    (found,) = read_month_before(session, [*seen, other])
    assert (found.source, found.day, found.value) == ("one", LAST - 30 * ONE, 130.0)


def test_bitcoins_market_value_is_of_the_first_source_that_has_it(session: Session) -> None:
    assets = get_assets(session, [1])
    (found,) = read_bitcoin_values(session, ("one", "two"), LAST, assets)
    assert (found.asset_id, found.source, found.days, found.values) == (1, "two", (LAST - ONE,), (5.0,))
    assert not list(read_bitcoin_values(session, ("one", "two"), LAST, {}))
    assert not list(read_bitcoin_values(session, ("one", "two"), LAST + 30 * ONE, assets))
