import json
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import typer
from typer.testing import CliRunner

from agent.cli import costs as command
from agent.cli.costs_view import print_costs
from agent.cli.source_view import wide_console
from agent.jobs.costs import Costs, costs
from agent.llm.budget import Caps
from agent.store.engine import Store
from tests.agent.jobs.called import CAPS, MONTH, NOW, called  # a fixture
from tests.agent.jobs.stores import store  # a fixture

__all__ = ["called", "store"]


def printed(capsys: pytest.CaptureFixture[str], found: Costs) -> list[str]:
    print_costs(wide_console(), found)
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def test_a_reader_sees_calls_failures_and_caps(called: Store, capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, costs(called, CAPS, MONTH, NOW))
    assert "Language models since 1 November 2026 (UTC)" in lines
    assert "Day (UTC) Calls Failed Kept Input Cached Output Reasoning Cost, USD Unknown" in lines
    assert "2026-11-27 4 2 1 200 80 40 20 0.0100 2" in lines
    assert "total 5 2 1 300 120 60 25 0.0200 2" in lines
    assert "the key was rejected 1" in lines
    assert "a cap was reached, nothing was sent 1" in lines
    assert "One call 500 tokens none none none" in lines
    assert "The day 0.50 USD 0.60 USD 0.00 USD 2026-11-28 00:00" in lines
    assert "The month 1,000 tokens 520 tokens 480 tokens 2026-12-01 00:00" in lines
    assert any(line.startswith("1 call never told what it cost") for line in lines)
    assert max(map(len, lines)) <= 100


def test_a_cost_nobody_knows_is_not_shown_as_nothing(called: Store, capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, costs(called, Caps(), MONTH, NOW, "model"))
    assert "small 1 0 0 100 40 20 5 none 1" in lines
    assert "Nothing is capped: see [llm.caps] in the settings." in lines


def test_nothing_called_is_said(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert "No language model was called." in printed(capsys, costs(store, Caps(), MONTH, NOW))


def run(monkeypatch: pytest.MonkeyPatch, answer: Callable[[datetime | None, str], Costs], *arguments: str) -> str:
    monkeypatch.setattr(
        command, "application", lambda _context: SimpleNamespace(language=SimpleNamespace(costs=answer))
    )
    app = typer.Typer()
    command.register(app)
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_command_hands_on_its_options_and_prints_json(called: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[datetime | None, str]] = []

    def answer(since: datetime | None, by: str) -> Costs:
        asked.append((since, by))
        return costs(called, CAPS, since or MONTH, NOW, "purpose")

    found = json.loads(run(monkeypatch, answer, "--since", "2026-11-27", "--by", "purpose", "--json"))
    assert [line["key"] for line in found["lines"]] == ["ask", "briefing"]
    assert found["total"]["usd"] == "0.01"
    assert "Purpose" in run(monkeypatch, answer)
    assert asked == [(datetime(2026, 11, 27, tzinfo=UTC), "purpose"), (None, "day")]
