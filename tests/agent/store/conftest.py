import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.store.assets import upsert_listings
from agent.store.engine import Store
from datasources.records import AssetListing

NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "empty.db"
    Store(path).upgrade()
    return path


@pytest.fixture
def new_store(empty_database: Path, tmp_path: Path) -> Callable[[str], Store]:
    def make(name: str) -> Store:
        path = tmp_path / f"{name}.db"
        shutil.copy(empty_database, path)
        path.chmod(0o600)
        return Store(path, lock_timeout_s=5)

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
