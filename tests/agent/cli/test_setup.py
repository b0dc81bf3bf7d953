import tomllib

import pytest

from config.settings import Settings, default_config_text, load_settings
from tests.agent.cli.commands import Commands


def test_init_writes_every_option_with_its_default(fresh: Commands) -> None:
    out = fresh.good("init", "--path", "mine.toml")
    written = fresh.folder / "mine.toml"
    assert "mine.toml" in out
    assert written.read_text() == default_config_text()
    assert load_settings(written, {}).smtp == Settings().smtp


def test_init_replaces_nothing_without_force(fresh: Commands) -> None:
    before = fresh.config.read_text()
    err = fresh.bad("init")
    assert "--force" in err
    assert fresh.config.read_text() == before
    fresh.good("init", "--force")
    assert tomllib.loads(fresh.config.read_text())["store"]["path"] == "coinbrief-data/coinbrief.db"


def test_init_does_not_need_good_settings(fresh: Commands) -> None:
    fresh.config.write_text("nonsense")
    fresh.good("init", "--path", "other.toml")


@pytest.mark.parametrize(
    "arguments",
    [("--now", "yesterday"), ("--port", "0"), ("--port", "99999"), ("--tokens", "0"), ("--seed", "-1")],
    ids=" ".join,
)  # fmt: skip
def test_a_sandbox_that_cannot_be_is_refused(fresh: Commands, arguments: tuple[str, str]) -> None:
    assert "nvalid value" in fresh.bad("sandbox", *arguments, status=2)


def test_a_sandbox_of_a_folder_without_history_is_refused(fresh: Commands) -> None:
    assert "daily-ohlcv" in fresh.bad("sandbox", "--data", str(fresh.folder))


@pytest.mark.parametrize("arguments", [("--now", "soon"), ("--tokens", "0")], ids=" ".join)
def test_a_demo_that_cannot_be_is_refused(fresh: Commands, arguments: tuple[str, str]) -> None:
    assert "nvalid value" in fresh.bad("demo", "--dir", "d", *arguments, status=2)
    assert not (fresh.folder / "d" / "coinbrief.db").exists()


def test_a_demo_of_a_folder_without_history_is_refused(fresh: Commands) -> None:
    assert "daily-ohlcv" in fresh.bad("demo", "--dir", "d", "--data", str(fresh.folder))
