from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from agent.app import Application
from agent.errors import NotConfigured
from agent.jobs.errors import NothingCollected
from agent.llm.port import CallRecord, Usage
from agent.store.answers import AnswerRow, list_answers, save_answer
from config.settings import load_settings
from tests.agent.jobs.stores import collected_template, empty_template, running_world  # fixtures

__all__ = ["collected_template", "empty_template", "running_world"]

MARKET = '[market]\nsource = "sandbox"\nuniverse = 12\nhistory_days = 120\n'
SANDBOX = '[sandbox]\ntokens = 40\nnow = "2025-10-11T06:00Z"\n'
WALL = datetime(2026, 1, 2, 23, 30, tzinfo=UTC)


def application(path: Path, text: str = "") -> Application:
    config = path.with_suffix(".toml")
    config.write_text(f'[store]\npath = "{path}"\n{MARKET}{SANDBOX}{text}')
    return Application(load_settings(config, {}), lambda: WALL)


def test_a_question_is_answered_as_of_the_time_the_service_lives_in(tmp_path: Path, collected_template: Path) -> None:
    store = tmp_path / "store.db"
    store.write_bytes(collected_template.read_bytes())
    store.chmod(0o600)
    language = application(store).language
    shown: list[str] = []
    announced: list[str] = []
    reply = language.ask("price of bitcoin", show=lambda item: shown.append(item.text), announce=announced.append)
    assert reply.answer.as_of == date(2025, 10, 10)
    assert shown == [sentence.text for sentence in reply.answer.sentences]
    assert announced == [reply.answer.understood]
    follow_up = language.ask("and ethereum?", before=reply).answer
    assert "Ethereum" in follow_up.text
    assert "Bitcoin" not in follow_up.text


def test_a_question_before_anything_was_collected_says_what_to_do(tmp_path: Path) -> None:
    app = application(tmp_path / "store.db")
    app.store.upgrade()
    with pytest.raises(NothingCollected, match="coinbrief collect"):
        app.language.ask("price of bitcoin")


def test_costs_are_those_of_this_month_by_the_wall_clock(tmp_path: Path) -> None:
    app = application(tmp_path / "store.db")
    assert app.language.costs().lines == ()
    for at in (WALL, WALL - timedelta(days=5)):
        app.models.ledger.on_call(_call(at))
    app.models.ledger.flush()
    assert [line.key for line in app.language.costs().lines] == ["2026-01-02"]
    assert app.language.costs(WALL - timedelta(days=30), "model").total.calls == 2


def _call(at: datetime) -> CallRecord:
    return CallRecord("ask", "tiny", "host", None, at, 1.0, Usage(10, 10), None, "ok", None, "text", 0)


def test_what_needs_a_model_or_a_permission_names_the_setting(tmp_path: Path) -> None:
    language = application(tmp_path / "store.db").language
    with pytest.raises(NotConfigured, match=r"llm\.model"):
        language.backfill()
    with pytest.raises(NotConfigured, match=r"llm\.model"):
        language.probe()
    with pytest.raises(NotConfigured, match=r"sources\.token_metrics\.chat"):
        language.ask_provider("What about Bitcoin?")


def test_a_back_fill_has_the_models_caps_and_address(tmp_path: Path) -> None:
    text = '[llm]\nmodel = "tiny"\nbase_url = "http://127.0.0.1:9/v1"\n[llm.caps]\nday_tokens = 7\n'
    work = application(tmp_path / "store.db", text).language.backfill()
    assert work.caps.day.tokens == 7
    assert (work.batches.model, work.batches.host) == ("tiny", "127.0.0.1:9")


@pytest.mark.parametrize(("days", "left"), [(365, ["young", "old"]), (30, ["young"]), (0, [])])
def test_answers_are_forgotten_when_the_settings_say(tmp_path: Path, days: int, left: list[str]) -> None:
    app = application(tmp_path / "store.db", f"[privacy]\nkeep_answers_days = {days}\n")
    app.store.upgrade()
    with app.store.writer() as session:
        for name, age in (("young", 1), ("old", 31)):
            save_answer(session, AnswerRow(name, WALL - timedelta(days=age), "How is it?", "{}"), ())
    assert app.language.forget() == 2 - len(left)
    with app.store.reader() as session:
        assert [row.answer_id for row in list_answers(session)] == left
