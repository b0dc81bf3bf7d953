from pathlib import Path

import pytest

from agent.store.engine import Store
from tests.agent.store.migrated import migrated


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return migrated(tmp_path / "store.db", lock_timeout_s=5)
