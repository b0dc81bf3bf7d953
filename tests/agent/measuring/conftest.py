from pathlib import Path
from shutil import copyfile

import pytest

from agent.store.engine import Store
from tests.agent.measuring.market import filled
from tests.agent.measuring.opinions import scanned_template


@pytest.fixture(scope="session")
def market_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("market") / "market.db").path


@pytest.fixture
def market(market_template: Path, tmp_path: Path) -> Store:
    """A store of its own with the market in it."""
    path = tmp_path / "market.db"
    copyfile(market_template, path)
    path.chmod(0o600)
    return Store(path)


@pytest.fixture(scope="session")
def scanned_market(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The market with what a provider says of it, scanned; for reading only."""
    return Store(scanned_template(tmp_path_factory))
