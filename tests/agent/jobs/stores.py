"""Fixtures for whoever works on a collected market: the sandbox, and databases that are built once and copied."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.briefing.render.errors import MissingExtra
from agent.identity.listings import store_listings
from agent.jobs import deliver
from agent.jobs.holdings import import_holdings
from agent.store.engine import Store
from datasources.records import AssetListing
from datasources.sandbox.server import RunningSandbox
from tests.agent.jobs.world import NOW, USUAL, Clock, World, copied, new_market
from tests.agent.store.migrated import migrated

NAMESAKES = (
    AssetListing("9001", "PEPE", "Pepe"),
    AssetListing("9002", "PEPE", "Pepe Ordinal"),
    AssetListing("9003", "BITCOIN", "Harry Potter"),
)
HOLDINGS = b"token_id,amount\n3375,0.35\n3306,4.2\n3988,60\n"


@pytest.fixture(scope="session")
def running_world() -> Iterator[World]:
    clock, market = Clock(), new_market()
    with RunningSandbox(market, clock=clock) as running:
        yield World(running, clock, market)


@pytest.fixture
def world(running_world: World) -> World:
    return running_world.forget()


@pytest.fixture(scope="session")
def empty_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.getbasetemp() / "empty-database"
    if not folder.exists():  # another package of tests may have made it
        folder.mkdir()
        migrated(folder / "store.db")
    return folder / "store.db"


@pytest.fixture(scope="session")
def collected_template(running_world: World, empty_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 tokens, bars of the 12 largest over 120 days, and the portfolio `main` with three of them.

    Some coins with names that are taken are listed besides, as in any real market.
    """
    folder = tmp_path_factory.getbasetemp() / "collected-database"
    if not folder.exists():
        folder.mkdir()
        store = copied(empty_template, folder)
        running_world.forget().collect(store, extent=USUAL)
        with store.writer() as session:
            store_listings(session, "sandbox", NAMESAKES, NOW)
        import_holdings(store, "sandbox", "main", HOLDINGS, NOW)
    return folder / "store.db"


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """No charts, as where the `charts` extra is missing: drawing takes longer than all the rest."""

    def missing(_series: object) -> bytes:
        raise MissingExtra("matplotlib", "charts", "the chart")

    monkeypatch.setattr(deliver, "render_chart", missing)


@pytest.fixture
def store(empty_template: Path, tmp_path: Path) -> Store:
    return copied(empty_template, tmp_path)


@pytest.fixture
def collected(collected_template: Path, tmp_path: Path) -> Store:
    return copied(collected_template, tmp_path, "collected.db")
