import json
from collections.abc import Iterator
from typing import Any

import pytest

from agent.llm.transport import host_of
from agent.store.engine import Store
from agent.store.llm_endpoints import find_endpoint
from tests.agent.cli.commands import Commands
from tests.agent.jobs.drafts import willing
from tests.agent.llm.scripted import KEY, ScriptedServer, failure, running_server


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with running_server() as running:
        yield running


@pytest.fixture
def examined(fresh: Commands, server: ScriptedServer) -> Commands:
    server.forget().script = willing
    fresh.configure(
        f'[llm]\nbase_url = "{server.base_url}"\napi_key = "{KEY}"\nmodel = "tiny"\nsmall_model = "small"\n'
    )
    return fresh


def findings(text: str) -> dict[str, dict[str, Any]]:
    return {item["subject"]: item for item in json.loads(text)}


def test_each_model_is_examined_and_what_it_can_do_is_remembered(examined: Commands, server: ScriptedServer) -> None:
    found = findings(examined.good("doctor", "--llm", "--json"))
    checks = ("name", "answer", "schema", "tool", "stream")
    assert found.keys() == {f"{model}: {check}" for model in ("tiny", "small") for check in checks}
    with Store(examined.folder / "coinbrief.db").reader() as session:
        rows = [find_endpoint(session, host_of(server.base_url), model, "chat") for model in ("tiny", "small")]
    assert [row is not None and json.loads(row.profile or "{}")["json_mode"] for row in rows] == ["schema", "schema"]


def test_a_model_that_does_not_answer_is_wrong_and_the_key_is_not_shown(
    examined: Commands, server: ScriptedServer
) -> None:
    server.play(failure(401, f"Incorrect API key provided: {KEY}"))
    outcome = examined("doctor", "--llm")
    assert outcome.status == 1
    assert "WRONG  tiny: answer" in outcome.out
    assert KEY not in outcome.out + outcome.err


def test_a_model_with_a_weakness_is_not_wrong(examined: Commands, server: ScriptedServer) -> None:
    server.script = lambda seen: failure(404, "no such page") if seen.path.endswith("/models") else willing(seen)
    text = examined.good("doctor", "--llm")
    assert "the server lists no models" in text
    assert text.endswith("All is well.\n")


def test_without_a_model_the_settings_are_named(fresh: Commands) -> None:
    assert "llm.model" in fresh.bad("doctor", "--llm")
