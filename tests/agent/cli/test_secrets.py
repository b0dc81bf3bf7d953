import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from datasources.sandbox.faults import Fault, FaultKind
from datasources.sandbox.server import RunningSandbox
from tests.agent.cli.commands import Commands, Outcome
from tests.agent.delivery.smtp_server import ScriptedServer as MailServer
from tests.agent.jobs.world import new_market
from tests.agent.llm.scripted import ScriptedServer, failure, running_server

DATA_KEY = "tm-7a1f0c55-e2d9-4b3f-8e6d-1c2b3a495867"
MODEL_KEY = "sk-proj-1c2d3e4f5a6b7c8d9e0f"
PASSWORD = "hunter2-of-the-mail-server"
SECRETS = (DATA_KEY, MODEL_KEY, PASSWORD)


@pytest.fixture(scope="module")
def provider() -> Iterator[RunningSandbox]:
    with RunningSandbox(new_market(), api_key=None) as running:
        yield running


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedServer]:
    with running_server() as server:
        server.play(failure(401, f"Incorrect API key provided: {MODEL_KEY}"))
        yield server


def settings(provider: RunningSandbox, model: ScriptedServer, mail: MailServer) -> str:
    return f"""
[store]
path = "coinbrief.db"
[market]
source = "token_metrics"
universe = 3
history_days = 40
[sources.token_metrics]
base_url = "{provider.base_url}"
api_key = "{DATA_KEY}"
requests_per_minute = 6000
max_attempts = 1
[llm]
base_url = "{model.base_url}"
model = "tiny"
api_key = "{MODEL_KEY}"
[smtp]
host = "127.0.0.1"
port = {mail.port}
security = "none"
username = "ann"
password = "{PASSWORD}"
[briefing]
recipients = ["ann@example.org"]
out_dir = "saved"
[log]
level = "debug"
"""


def test_a_secret_is_in_no_output_no_log_no_row_and_no_file(
    fresh: Commands, provider: RunningSandbox, model: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    with MailServer({"AUTH": f"535 {PASSWORD} is wrong"}, extensions=("AUTH PLAIN",)) as mail:
        fresh.config.write_text(settings(provider, model, mail))
        provider.faults.add(Fault(FaultKind.UNAUTHORIZED, "/v2/correlation"))
        outcomes = [
            fresh("collect"),
            fresh("collect", "--kind", "price", "--json"),
            fresh("brief", "--send", "--facts"),
            fresh("ask", "How is Bitcoin?", "--json"),
            fresh("outbox", "list", "--json"),
            fresh("export", "out"),
            fresh("collect", "--kind", "nonsense"),
        ]
    assert outcomes[0].status == 0
    assert model.requests
    assert model.requests[0].headers["authorization"] == f"Bearer {MODEL_KEY}"
    for secret in SECRETS:
        assert secret not in said(outcomes) + caplog.text
        assert_not_stored(secret, fresh.folder)


def said(outcomes: list[Outcome]) -> str:
    return "".join(outcome.out + outcome.err for outcome in outcomes)


def assert_not_stored(secret: str, folder: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "coinbrief.toml"]
    assert {path.suffix for path in files} >= {".db", ".md", ".html", ".eml", ".csv"}
    for path in files:
        assert secret.encode() not in path.read_bytes(), path
    with closing(sqlite3.connect(folder / "coinbrief.db")) as connection:
        assert secret not in "\n".join(connection.iterdump())


def test_a_secret_in_bad_settings_is_not_repeated(fresh: Commands) -> None:
    fresh.config.write_text(
        f'[smtp]\nport = "x"\npassword = "{PASSWORD}"\npasword = "{PASSWORD}"\n'
        f'[llm]\napi_key = "{MODEL_KEY}"\nbase_url = "ftp://x"\n[sources.token_metrics]\napi_key = ["{DATA_KEY}"]\n'
    )
    fresh.patch.setenv("COINBRIEF_LLM__API_KEYS", MODEL_KEY)
    err = fresh.bad("collect")
    assert "smtp.port" in err
    for secret in SECRETS:
        assert secret not in err


def test_a_secret_in_the_environment_works_and_is_not_shown(fresh: Commands, provider: RunningSandbox) -> None:
    fresh.config.write_text(
        '[store]\npath = "coinbrief.db"\n[market]\nsource = "token_metrics"\n[sources.token_metrics]\n'
        f'base_url = "{provider.base_url}"\nrequests_per_minute = 6000\n'
    )
    fresh.patch.setenv("COINBRIEF_SOURCES__TOKEN_METRICS__API_KEY", DATA_KEY)
    outcome = fresh("collect", "--kind", "assets", "--json")
    assert json.loads(outcome.out)[0]["received"] == 40
    assert DATA_KEY not in outcome.out + outcome.err
