"""Figures of a run of days as arrays."""

from datetime import timedelta
from pathlib import Path

import numpy as np

from agent.store.assets import upsert_listings
from agent.store.metric_days import metric_days
from agent.store.metrics import upsert_metrics
from datasources.records import AssetListing, Metric
from tests.agent.measuring.market import LAST, NOW
from tests.agent.store.migrated import migrated

ONE = timedelta(days=1)


def test_figures_of_a_name_come_by_day_and_asset_and_nothing_else(tmp_path: Path) -> None:
    store = migrated(tmp_path / "market.db")
    given = [
        Metric("a", LAST - 2 * ONE, "x", "usd", 1.0),
        Metric("b", LAST, "x", "usd", 2.0),
        Metric("b", LAST - 3 * ONE, "x", "usd", 9.0),  # before the first day
        Metric("a", LAST, "y", "usd", 8.0),
        Metric(None, LAST, "x", "usd", 7.0),  # of the market
    ]
    with store.writer() as session:
        upsert_listings(session, "one", [AssetListing(key, key, key, None, None) for key in "ab"], NOW)
        upsert_metrics(session, "one", given, NOW)
    with store.reader() as session:
        ids, values = metric_days(session, "one", "x", LAST - 2 * ONE, LAST)
        assert ids.tolist() == [1, 2]
        np.testing.assert_array_equal(values, [[1.0, np.nan], [np.nan, np.nan], [np.nan, 2.0]])
        ids, values = metric_days(session, "one", "x", LAST - 2 * ONE, LAST, 2)
        assert (ids.tolist(), values[-1].tolist()) == ([2], [2.0])
        ids, values = metric_days(session, "none", "x", LAST, LAST)
        assert (len(ids), values.shape) == (0, (1, 0))
