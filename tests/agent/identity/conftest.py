import shutil
from pathlib import Path

import pytest

from agent.store.engine import Store


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("identity") / "empty.db"
    Store(path).upgrade()
    return path


@pytest.fixture
def store(empty_database: Path, tmp_path: Path) -> Store:
    path = tmp_path / "store.db"
    shutil.copy(empty_database, path)
    path.chmod(0o600)
    return Store(path, lock_timeout_s=5)
