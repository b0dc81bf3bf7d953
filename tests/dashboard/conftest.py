"""A filled database, an empty one, and the pages run in this process without a socket."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from agent.briefing.wanted import Wanted
from agent.jobs.brief import Scribe
from agent.store.engine import Store
from agent.store.runs import RunOutcome, RunStatus, finish_run, start_run
from datasources.records import DataKind
from tests.agent.store.migrated import migrated
from tests.dashboard.filled_store import APP, NOW, SOURCE, Filled, Open, fill, settings_file


@pytest.fixture(scope="session", autouse=True)
def _no_component_packages() -> Iterator[None]:
    """Keep each run from reading the metadata of every installed package in search of components; we use none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("streamlit.components.v2.manifest_scanner.scan_component_manifests", list)
        yield


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    folder = tmp_path_factory.mktemp("filled")
    store = Store(folder / "coinbrief.db")
    ids = fill(store)
    scribe = Scribe(store, lambda: NOW)
    for day in (NOW.date() - timedelta(days=2), NOW.date()):
        briefing = scribe.brief(Wanted("main", day, "daily", SOURCE))
    return Filled(settings_file(folder), store, briefing, ids)


@pytest.fixture
def failing(filled: Filled, tmp_path: Path) -> Path:
    """Settings of a copy in which the last collections failed and prices are late."""
    copy = Store(tmp_path / "coinbrief.db")
    filled.store.backup(copy.path)
    with copy.writer() as session:
        run = start_run(session, SOURCE, DataKind.DAILY_BARS, NOW)
        error = "sandbox: the server said $5 of $9 is *busy*"
        finish_run(session, run, RunOutcome(RunStatus.FAILED, error_class="Unavailable", error=error), NOW)
    path = tmp_path / "coinbrief.toml"
    path.write_text('[store]\npath = "coinbrief.db"\n[sandbox]\nnow = "2026-01-12T08:00:00+00:00"\n')
    return path


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """Settings of a database that was made and never filled."""
    migrated(tmp_path / "coinbrief.db")
    return settings_file(tmp_path)


@pytest.fixture
def missing(tmp_path: Path) -> Path:
    """Settings that name a database which is not there."""
    return settings_file(tmp_path)


@pytest.fixture
def broken(filled: Filled, tmp_path: Path) -> Path:
    """Settings of a file that is no database."""
    (tmp_path / "coinbrief.db").write_bytes(b"not a database, but long enough to be read as one" * 100)
    return settings_file(tmp_path)


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Run the whole app, or one of its pages alone, with a settings file and parameters in the address."""

    def run(config: Path, page: str | None = None, **parameters: str) -> AppTest:
        monkeypatch.setenv("COINBRIEF_CONFIG", str(config))
        script = APP if page is None else APP.parent / "views" / f"{page}.py"
        app = AppTest.from_file(str(script), default_timeout=20)
        for name, value in parameters.items():
            app.query_params[name] = value
        return app.run()

    return run


@pytest.fixture(scope="session")
def pages_read() -> dict[str, AppTest]:
    return {}


@pytest.fixture
def read_page(filled: Filled, open_page: Open, pages_read: dict[str, AppTest]) -> Open:
    """A page of the filled database for tests that only look at it: run once, then shared."""

    def read(page: str) -> AppTest:
        if page not in pages_read:
            pages_read[page] = open_page(filled.config, page)
        return pages_read[page]

    return read
