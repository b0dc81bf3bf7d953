from pathlib import Path
from shutil import copyfile

import pytest

from tests.agent.cli.commands import Commands
from tests.agent.jobs.stores import collected_template, empty_template, no_pictures, running_world  # fixtures

__all__ = ["collected_template", "empty_template", "no_pictures", "running_world"]


@pytest.fixture
def fresh(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, no_pictures: None
) -> Commands:
    """Settings and no database."""
    commands = Commands(tmp_path, capsys, monkeypatch)
    commands.configure()
    return commands


@pytest.fixture
def coinbrief(fresh: Commands, collected_template: Path) -> Commands:
    """Settings and a collected market with a portfolio."""
    database = fresh.folder / "coinbrief.db"
    copyfile(collected_template, database)
    database.chmod(0o600)
    return fresh
