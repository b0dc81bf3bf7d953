from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.store.assets import upsert_listings
from agent.store.engine import Store
from datasources.records import AssetListing
from tests.agent.store.migrated import migrated

NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)


@pytest.fixture
def new_store(tmp_path: Path) -> Callable[[str], Store]:
    def make(name: str) -> Store:
        return migrated(tmp_path / f"{name}.db", lock_timeout_s=5)

    return make


@pytest.fixture
def store(new_store: Callable[[str], Store]) -> Store:
    return new_store("store")


@pytest.fixture
def listed(store: Store) -> Store:
    """A store whose source `sandbox` has listed the assets `a`, `b` and `c`, with ids 1, 2 and 3."""
    with store.writer() as session:
        upsert_listings(session, "sandbox", [AssetListing(key, key.upper(), f"Coin {key}") for key in "abc"], NOW)
    return store
