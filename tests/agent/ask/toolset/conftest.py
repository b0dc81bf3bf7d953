import pytest

from agent.store.engine import Store
from tests.agent.ask.toolset.asked_market import asked_market
from tests.agent.measuring.opinions import scanned_template


@pytest.fixture(scope="session")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A market to ask about; for reading only."""
    folder = tmp_path_factory.mktemp("asked")
    return asked_market(scanned_template(tmp_path_factory), folder / "asked.db")
