from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.jobs import brief
from tests.agent.cli.commands import Commands
from tests.agent.jobs.stores import (  # fixtures
    collected_template,
    empty_template,
    no_pictures,
    running_world,
    world,
)
from tests.agent.llm.scripted import ScriptedServer, running_server
from tests.end_to_end.installed import Installed, copy_database, scanned

__all__ = ["collected_template", "empty_template", "no_pictures", "running_world", "world"]


@pytest.fixture(scope="session")
def model_server() -> Iterator[ScriptedServer]:
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def scanned_template(collected_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scanned(collected_template, tmp_path_factory.mktemp("scanned"))


@pytest.fixture
def installed(
    scanned_template: Path,
    model_server: ScriptedServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Installed:
    """A collected market that is scanned already, and a model that is asked at the loopback server."""
    copy_database(scanned_template, tmp_path)
    monkeypatch.setattr(brief, "scan_if_changed", lambda *_arguments: None)
    found = Installed(Commands(tmp_path, capsys, monkeypatch), model_server.forget())
    found.configure()
    return found
