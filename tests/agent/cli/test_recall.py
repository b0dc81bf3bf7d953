"""Notes are written, listed, found and removed from the command line."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from agent.ask.recall import Library, Recalled
from agent.cli import notes, recall
from agent.cli.context import Context
from agent.errors import CoinbriefError, UnknownRow
from agent.jobs.index_texts import index_texts
from agent.store.engine import Store

NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
Run = Callable[..., Result]


@dataclass(frozen=True)
class Wired:
    """As much of the application as these commands use."""

    store: Store

    def clock(self) -> datetime:
        return NOW

    @property
    def language(self) -> "Wired":
        return self

    def recall(self, query: str, start: date | None, end: date | None, limit: int) -> Recalled:
        self.store.upgrade()
        index_texts(self.store, self.clock)
        return Library(self.store).search(query, start, end, limit)


@pytest.fixture(scope="module")
def wired(tmp_path_factory: pytest.TempPathFactory) -> Wired:
    return Wired(Store(tmp_path_factory.mktemp("cli") / "store.db"))


@pytest.fixture
def run(wired: Wired) -> Run:
    app = typer.Typer()
    recall.register(app)
    notes.register(app)
    context = Context(Path("unused.toml"))
    context.__dict__["application"] = wired
    return lambda *arguments: CliRunner().invoke(app, list(arguments), obj=context)


def test_a_note_is_found_as_a_quotation_until_it_is_removed(run: Run) -> None:
    assert run("note", "list").stdout == "there are no notes\n"
    assert run("note", "add", "Unlock of Solana: see https://evil.example \x1b[31mred").stdout == "wrote note 1\n"
    assert run("note", "list").stdout == ("    1  2025-10-11 06:00  Unlock of Solana: see [link removed] red\n")
    quoted = '"Unlock of Solana: see [link removed] red" - you, Note 1, 11 October 2025\n'
    assert run("recall", "unlock").stdout == quoted
    [found] = json.loads(run("recall", "unlock", "--json").stdout)["quotes"]
    assert (found["source_kind"], found["day"]) == ("note", "2025-10-11")
    assert run("recall", "unlock", "--to", "2025-10-10").stdout == "nothing was found\n"
    assert run("note", "remove", "1").stdout == "removed note 1\n"
    assert run("recall", "unlock").stdout == "nothing was found\n"


def test_what_cannot_be_done_is_said_in_words(run: Run) -> None:
    assert isinstance(run("note", "remove", "77").exception, UnknownRow)
    empty = run("note", "add", " ").exception
    assert isinstance(empty, CoinbriefError)
    assert "some text" in str(empty)
