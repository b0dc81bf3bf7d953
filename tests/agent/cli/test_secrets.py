import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from datasources.sandbox.server import RunningSandbox
from tests.agent.cli.commands import Commands, Outcome, live_settings
from tests.agent.cli.echo import Echo, running_echo
from tests.agent.delivery.smtp_server import ScriptedServer as MailServer
from tests.agent.jobs.world import new_market
from tests.agent.llm.scripted import ScriptedServer, failure, running_server

DATA_KEY = "tm-7a1f0c55-e2d9-4b3f-8e6d-1c2b3a495867"
GECKO_KEY = "CG-demo8JqLm4vXr2TzWb9"
MODEL_KEY = "sk-proj-1c2d3e4f5a6b7c8d9e0f"
PASSWORD = "hunter2-of-the-mail-server"
ACCOUNT = "ann-of-the-mail-server"
SECRETS = (DATA_KEY, GECKO_KEY, MODEL_KEY, PASSWORD, ACCOUNT)


@pytest.fixture(scope="module")
def provider() -> Iterator[RunningSandbox]:
    with RunningSandbox(new_market(), api_key=None) as running:
        yield running


@pytest.fixture
def echo(provider: RunningSandbox) -> Iterator[tuple[Echo, str]]:
    provider.faults.clear()
    with running_echo(provider.origin) as running:
        yield running


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedServer]:
    with running_server() as server:
        server.play(failure(401, f"Incorrect API key provided: {MODEL_KEY}"))
        yield server


def settings(origin: str, model: ScriptedServer, mail: MailServer, plan: str) -> str:
    sources = live_settings(
        origin,
        token_metrics=f'api_key = "{DATA_KEY}"\nold_key_header = true\n',
        coingecko=f'plan = "{plan}"\napi_key = "{GECKO_KEY}"\n',
        **dict.fromkeys(("binance", "coin_metrics", "defillama", "fear_greed", "mempool"), "enabled = false\n"),
    )
    return f"""
{sources}
[llm]
base_url = "{model.base_url}"
model = "tiny"
api_key = "{MODEL_KEY}"
[smtp]
host = "127.0.0.1"
port = {mail.port}
security = "none"
username = "{ACCOUNT}"
password = "{PASSWORD}"
[briefing]
recipients = ["reader@example.org"]
out_dir = "saved"
[log]
level = "debug"
"""


def test_a_secret_is_in_no_output_no_log_no_row_and_no_file(
    fresh: Commands, echo: tuple[Echo, str], model: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    server, origin = echo
    server.failing.update({"/v2/correlation": 401, "/coingecko/api/v3/global": 429, "/v2/investors": 500})
    with MailServer({"AUTH": f"535 {PASSWORD} is wrong for {ACCOUNT}"}, extensions=("AUTH PLAIN",)) as mail:
        fresh.config.write_text(settings(origin, model, mail, "demo"))
        outcomes = [
            fresh("collect"),
            fresh("collect", "--kind", "price", "--json"),
            fresh("collect", "--plan"),
            fresh("sources"),
            fresh("sources", "--json"),
            fresh("sources", "--quarantine"),
            fresh("doctor"),
            fresh("asset", "find", "BTC", "--json"),
            fresh("brief", "--send", "--facts"),
            fresh("ask", "How is Bitcoin?", "--json"),
            fresh("outbox", "list", "--json"),
            fresh("export", "out"),
            fresh("backup", "copy.db"),
            fresh("collect", "--kind", "nonsense"),
        ]
    assert outcomes[0].status == 0, outcomes[0].err
    assert server.seen == {"x-api-key": {DATA_KEY}, "api_key": {DATA_KEY}, "x-cg-demo-api-key": {GECKO_KEY}}
    assert model.requests
    assert model.requests[0].headers["authorization"] == f"Bearer {MODEL_KEY}"
    assert_quarantined(fresh.folder)
    for secret in SECRETS:
        assert secret not in said(outcomes) + caplog.text
        assert_not_stored(secret, fresh.folder)


def test_the_key_of_a_paid_plan_is_not_kept_either(fresh: Commands, echo: tuple[Echo, str]) -> None:
    server, origin = echo
    fresh.config.write_text(
        live_settings(origin, coingecko=f'plan = "pro"\napi_key = "{GECKO_KEY}"\n', source="public")
    )
    outcomes = [
        fresh("--config", "coinbrief.toml", "collect", "--source", "coingecko", "--kind", "assets", "--kind", "quotes"),
        fresh("sources", "--quarantine"),
    ]
    assert server.seen == {"x-cg-pro-api-key": {GECKO_KEY}}
    assert "coingecko quotes: " in outcomes[1].out
    assert GECKO_KEY not in said(outcomes)
    for path in fresh.folder.glob("coinbrief.db*"):
        assert GECKO_KEY.encode() not in path.read_bytes(), path


def said(outcomes: list[Outcome]) -> str:
    return "".join(outcome.out + outcome.err for outcome in outcomes)


def assert_quarantined(folder: Path) -> None:
    """Rows with a key in place of a value were set aside, so that there was something to hide."""
    with closing(sqlite3.connect(folder / "coinbrief.db")) as connection:
        found = dict(connection.execute("SELECT source, count(*) FROM quarantine GROUP BY source").fetchall())
    assert found.keys() >= {"token_metrics", "coingecko"}


def assert_not_stored(secret: str, folder: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "coinbrief.toml"]
    assert {path.suffix for path in files} >= {".db", ".md", ".html", ".eml", ".csv"}
    for path in files:
        assert secret.encode() not in path.read_bytes(), path
    for database in ("coinbrief.db", "copy.db"):
        with closing(sqlite3.connect(folder / database)) as connection:
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
    fresh.config.write_text(live_settings(provider.origin))
    fresh.patch.setenv("COINBRIEF_SOURCES__TOKEN_METRICS__API_KEY", DATA_KEY)
    outcome = fresh("collect", "--kind", "assets", "--source", "token_metrics", "--json")
    assert json.loads(outcome.out)[0]["received"] == 40
    assert DATA_KEY not in outcome.out + outcome.err
