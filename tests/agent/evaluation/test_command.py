import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from agent.cli.context import Context
from agent.cli.evaluation import register
from agent.errors import CoinbriefError
from agent.evaluation.cases import Case, chosen_cases
from agent.evaluation.evaluation import Evaluation, evaluate
from agent.evaluation.markets import Market
from agent.evaluation.recipes import Recipe
from agent.evaluation.running import Bench, Variant
from agent.evaluation.scripted import ScriptedModel
from tests.agent.evaluation.conftest import SMALL

APP = typer.Typer()
register(APP)


@APP.callback()
def options() -> None:
    """So that the command has to be named."""


@pytest.fixture
def context(tmp_path: Path) -> Context:
    path = tmp_path / "coinbrief.toml"
    path.write_text(f'[store]\npath = "{tmp_path / "store.db"}"\n[market]\nsource = "sandbox"\n')
    return Context(path)


@pytest.fixture(autouse=True)
def small_cases(monkeypatch: pytest.MonkeyPatch, bench: Bench) -> None:
    """Cases of the small market only, which is not built anew."""

    built = bench.market(SMALL)[0].path

    def copied(recipe: Recipe, path: Path) -> Market:
        return Market(recipe, Path(shutil.copyfile(built, path)))

    monkeypatch.setattr("agent.evaluation.running.build_market", copied)

    def small(which: str, limit: int) -> tuple[Case, ...]:
        return chosen_cases(which, limit, (SMALL,))

    monkeypatch.setattr("agent.evaluation.cases.chosen_cases", small)


def run(context: Context, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(APP, ["eval", *arguments], obj=context)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def test_two_models_are_compared_and_everything_is_in_the_file(context: Context, tmp_path: Path) -> None:
    out, record = tmp_path / "eval.json", tmp_path / "answers.jsonl"
    code, shown = run(
        context, "--limit", "2", "--cases", "questions", "--against", "scripted:liar:21", "--out", str(out),
        "--record", str(record),
    )  # fmt: skip
    assert code == 0
    assert "No language model is configured" in shown
    assert "From scripted:honest to scripted:liar:21" in shown
    assert "not significant" in shown
    written = json.loads(out.read_text())
    assert written["ok"] is True
    assert len(written["runs"]) == 4
    assert {"case_id", "false", "drafts", "spent", "text"} <= written["runs"][0].keys()
    assert record.read_text().count("\n") >= 2
    code, shown = run(
        context, "--limit", "2", "--cases", "questions", "--model", f"replay:{record}", "--json"
    )  # fmt: skip
    assert code == 0
    again = json.loads(shown)
    assert [item["text"] for item in again["runs"]] == [item["text"] for item in written["runs"][:2]]


def test_a_false_statement_or_a_missing_briefing_is_exit_code_1(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = evaluate(chosen_cases("questions", 1, (SMALL,)), [Variant("template", None)])
    assert clean.is_clean
    for change in ({"false_statements": 1}, {"unpublished": 1}):
        summary = replace(clean.summaries[0], **change)
        spoilt = replace(clean, summaries=(summary,))

        def fake(*_arguments: object, found: Evaluation = spoilt, **_more: object) -> Evaluation:
            return found

        monkeypatch.setattr("agent.evaluation.evaluation.evaluate", fake)
        assert run(context, "--limit", "1")[0] == 1


def test_what_cannot_be_evaluated_is_refused(context: Context) -> None:
    with pytest.raises(CoinbriefError, match="no language model is configured"):
        run(context, "--model", "configured")
    with pytest.raises(ValueError, match="needs cases"):
        evaluate([], [Variant("x", ScriptedModel())])
