import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from agent.briefing.archive import parse_briefing
from tests.agent.cli.commands import Commands
from tests.agent.jobs.writing import assert_true, sentences


@pytest.fixture
def commands(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Commands:
    return Commands(tmp_path, capsys, monkeypatch)


def test_the_demo_prints_a_true_briefing_saves_it_and_says_what_works_next(commands: Commands) -> None:
    started = time.monotonic()
    text = commands.good("demo", "--tokens", "20", "--dir", "d", "--now", "2025-10-11T06:00Z")
    assert time.monotonic() - started < 30
    folder = commands.folder / "d"
    with closing(sqlite3.connect(folder / "coinbrief.db")) as connection:
        documents = connection.execute("SELECT document FROM briefing ORDER BY day").fetchall()
    yesterday, today = (parse_briefing(document) for (document,) in documents)
    for briefing in (yesterday, today):
        assert_true(briefing)
    printed = " ".join(text.split())
    for sentence in sentences(today):
        assert sentence in printed
    saved = re.findall(r"^  (\S+\.(?:md|html|eml))$", text, re.MULTILINE)
    assert {Path(path).suffix for path in saved} == {".md", ".html", ".eml"}
    assert all((commands.folder / path).exists() for path in saved)
    ((config, fact_id),) = re.findall(r"coinbrief --config (\S+) explain (\w+)", text)
    assert commands.good("--config", config, "explain", fact_id).startswith(f"{fact_id}: ")
    assert commands.good("--config", config, "ask", "How is my portfolio?")
    assert parse_briefing(commands.good("--config", config, "brief", "--json")) == today
