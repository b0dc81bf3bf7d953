from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace

import pytest
import typer
from typer.testing import CliRunner, Result

from agent.cli import backfill as command
from agent.jobs.backfill import Progress
from agent.llm.errors import LLMError, Unauthorized
from tests.agent.cli.commands import Commands

DAYS = (date(2025, 10, 1), date(2025, 10, 2))


@dataclass
class Work:
    """A back-fill that does as it is told and remembers the days."""

    started: Progress | None = None
    found: tuple[Progress, ...] = ()
    error: LLMError | None = None
    days: list[date] = field(default_factory=list)

    def start(self, days: Iterable[date]) -> Progress | None:
        self.days = list(days)
        if self.error is not None:
            raise self.error
        return self.started

    def finish(self) -> tuple[Progress, ...]:
        return self.found


def run(monkeypatch: pytest.MonkeyPatch, work: Work, *arguments: str) -> Result:
    language = SimpleNamespace(backfill=lambda: work)
    monkeypatch.setattr(command, "application", lambda _context: SimpleNamespace(language=language))
    app = typer.Typer()
    command.register(app)
    return CliRunner().invoke(app, arguments)


def test_days_are_handed_over_and_the_batch_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    work = Work(started=Progress("batch_1", "sent", DAYS))
    result = run(monkeypatch, work, "--from", "2025-10-01", "--to", "2025-10-02")
    assert (result.exit_code, work.days) == (0, list(DAYS))
    assert result.stdout.startswith("batch_1: 2 days handed over")


def test_one_day_is_enough_and_what_is_written_already_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    work = Work()
    result = run(monkeypatch, work, "--from", "2025-10-01")
    assert (result.exit_code, work.days) == (0, [DAYS[0]])
    assert result.stdout.startswith("nothing to hand over")


def test_without_days_what_was_answered_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    work = Work(found=(Progress("batch_1", "done", DAYS, DAYS[:1]),))
    assert run(monkeypatch, work).stdout == "batch_1: done, 1 of 2 days answered\n"
    assert run(monkeypatch, Work()).stdout == "no batch is on its way\n"


def test_a_batch_that_was_not_taken_is_an_error_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, Work(error=Unauthorized("the key was rejected")), "--from", "2025-10-01")
    assert result.exit_code == 1
    assert result.stderr == "error: the key was rejected\n"


def test_without_a_model_the_settings_are_named(fresh: Commands) -> None:
    assert "llm.model" in fresh.bad("backfill", "--from", "2025-10-01")
