import os
import re
from importlib.metadata import version

import pytest

from tests.agent.cli.commands import Commands

COMMANDS = {
    "demo", "init", "sandbox", "collect", "sources", "doctor", "asset", "portfolio",
    "scan", "signals", "grades", "token", "scorecard", "correlation", "index",
    "brief", "explain", "ask", "recall", "reports", "note", "costs", "backfill", "eval", "serve", "dashboard", "backup",
    "export", "outbox",
}  # fmt: skip
GROUPS = {
    "asset": ("find",),
    "portfolio": ("import", "add", "remove", "show", "frontier", "what-if", "stress", "rebalance", "targets"),
    "index": ("create", "list", "show", "track", "delete"),
    "note": ("add", "list", "remove"),
    "outbox": ("list", "send", "resolve"),
}
PATHS = [
    (),
    *((name,) for name in sorted(COMMANDS)),
    *((group, name) for group, names in GROUPS.items() for name in names),
]


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_every_command_explains_itself(fresh: Commands, path: tuple[str, ...]) -> None:
    text = fresh.good(*path, "--help")
    assert text.startswith("Usage: coinbrief")
    assert "--help" in text


def test_the_help_lists_every_command_that_is_tested_here(fresh: Commands) -> None:
    listed = re.findall(r"^  ([a-z-]+) ", fresh.good("--help").partition("Commands:")[2], re.MULTILINE)
    assert set(listed) == COMMANDS
    for group, names in GROUPS.items():
        listed = re.findall(r"^  ([a-z-]+) ", fresh.good(group, "--help").partition("Commands:")[2], re.MULTILINE)
        assert set(listed) == set(names)


def test_the_version_is_the_installed_one(fresh: Commands) -> None:
    assert fresh.good("--version").strip() == f"coinbrief {version('coinbrief')}"


def test_no_command_prints_the_help(fresh: Commands) -> None:
    assert "Usage: coinbrief" in fresh().out + fresh().err


def test_an_unknown_command_is_an_error_of_use(fresh: Commands) -> None:
    assert "No such command" in fresh.bad("gossip", status=2)


BROKEN = """
[briefing]
recipients = ["not an address"]
colour = "blue"
[schedule]
timezone = "Mars/Olympus"
brief = "at seven"
[smtp]
port = "25"
"""


@pytest.mark.parametrize(
    "command",
    [("collect",), ("brief",), ("ask", "x"), ("outbox", "list"), ("serve",), ("portfolio", "show"), ("backup", "b.db")],
    ids=" ".join,
)
def test_bad_settings_are_one_error_that_lists_every_problem(fresh: Commands, command: tuple[str, ...]) -> None:
    fresh.configure(BROKEN)
    err = fresh.bad(*command)
    assert err.startswith("error: 5 problems in the settings:\n")
    for path in ("briefing.recipients", "briefing.colour", "schedule.timezone", "schedule.brief", "smtp.port"):
        assert path in err
    assert not (fresh.folder / "coinbrief.db").exists()


def test_a_settings_file_that_is_not_there_is_named(fresh: Commands) -> None:
    assert "nowhere.toml" in fresh.bad("--config", "nowhere.toml", "brief")


def test_an_unknown_variable_is_named(fresh: Commands) -> None:
    fresh.configure(environ={"COINBRIEF_STORE__PTAH": "x"})
    assert "COINBRIEF_STORE__PTAH" in fresh.bad("brief")


@pytest.mark.parametrize(
    "command",
    [("ask", "How is Bitcoin?"), ("portfolio", "show"), ("explain", "abc"), ("export", "out"), ("outbox", "list"),
     ("backup", "copy.db"), ("brief",), ("brief", "--rebuild", "p1-2025-10-11-daily-1")],
    ids=" ".join,
)  # fmt: skip
def test_before_anything_is_collected_each_command_says_what_to_do(fresh: Commands, command: tuple[str, ...]) -> None:
    err = fresh.bad(*command)
    assert err.startswith("error: ")
    assert "coinbrief collect" in err or "there is no briefing" in err


@pytest.mark.skipif(os.geteuid() != 0, reason="the mode bits only matter to others")
def test_a_folder_that_cannot_be_made_is_an_error_in_words(coinbrief: Commands) -> None:
    (coinbrief.folder / "taken").write_text("a file")
    assert "taken" in coinbrief.bad("export", "taken", "--table", "asset")
    assert "taken" in coinbrief.bad("brief", "--out", "taken")
    assert "taken" in coinbrief.bad("init", "--path", "taken/coinbrief.toml")
