import json
from collections.abc import Iterator

import pytest

from agent.jobs.doctor import examine_sources
from agent.store.engine import Store
from datasources.sandbox.faults import Fault, FaultKind
from datasources.sandbox.server import DEMO_API_KEY, RunningSandbox
from tests.agent.cli.commands import LIVE_PATHS, Commands, live_settings
from tests.agent.jobs.stores import store, world  # fixtures
from tests.agent.jobs.world import World, new_market

__all__ = ["store", "world"]

SHORT = dict.fromkeys(LIVE_PATHS, "timeout_s = 0.3\n")


@pytest.fixture(scope="module")
def provider() -> Iterator[RunningSandbox]:
    with RunningSandbox(new_market()) as running:
        yield running


@pytest.fixture
def live(fresh: Commands, provider: RunningSandbox) -> Commands:
    """The real market, every provider of which is the sandbox."""
    provider.faults.clear()
    fresh.config.write_text(live_settings(provider.origin, token_metrics=f'api_key = "{DEMO_API_KEY}"'))
    return fresh


def findings(commands: Commands, *, status: int) -> dict[str, dict[str, object]]:
    """What the doctor says of each subject, the last word of each."""
    outcome = commands("doctor", "--json")
    assert outcome.status == status, outcome
    return {item["subject"]: item for item in json.loads(outcome.out)}


def test_all_is_well_where_every_source_answers(live: Commands) -> None:
    live.good("collect", "--source", "fear_greed")
    found = findings(live, status=0)
    assert found.keys() == {"database", *LIVE_PATHS}
    assert not any(item["wrong"] for item in found.values())
    text = live.good("doctor")
    assert all(line.startswith("ok ") for line in text.splitlines() if line[:1] not in {"", " ", "A"})
    assert "answered in " in text
    assert "coin_metrics" in text
    assert "not for commercial use" in text
    assert text.endswith("\nAll is well.\n")


def test_it_works_before_there_is_a_database(live: Commands) -> None:
    found = findings(live, status=0)
    assert "there was none at" in str(found["database"]["message"])


def test_a_server_that_is_down_is_found(live: Commands) -> None:
    live.config.write_text(live_settings("http://127.0.0.1:9", token_metrics='api_key = "tm-key-of-mine"'))
    outcome = live("doctor")
    assert outcome.status == 1
    wrong = [line.split()[1] for line in outcome.out.splitlines() if line.startswith("WRONG")]
    assert wrong == ["token_metrics", "binance", "coingecko", "coin_metrics", "defillama", "fear_greed", "mempool"]
    assert "could not be reached" in " ".join(outcome.out.split())
    assert "7 of 8 findings need your attention." in outcome.out
    assert "tm-key-of-mine" not in outcome.out + outcome.err


def test_a_key_that_is_refused_is_found(live: Commands, provider: RunningSandbox) -> None:
    live.config.write_text(live_settings(provider.origin, token_metrics='api_key = "tm-of-somebody-else"'))
    found = findings(live, status=1)
    assert [subject for subject, item in found.items() if item["wrong"]] == ["token_metrics"]
    assert "answered 401: the key is missing, wrong" in str(found["token_metrics"]["message"])
    assert "somebody" not in json.dumps(found)


def test_a_key_that_is_missing_is_a_finding_and_not_the_end(live: Commands, provider: RunningSandbox) -> None:
    live.config.write_text(live_settings(provider.origin))
    found = findings(live, status=1)
    assert "sources.token_metrics.api_key" in str(found["sources"]["message"])
    assert "database" in found


def test_a_server_that_never_answers_does_not_hold_it_up(live: Commands, provider: RunningSandbox) -> None:
    provider.faults.add(Fault(FaultKind.HANG, "/coingecko"))
    live.config.write_text(
        live_settings(provider.origin, **{**SHORT, "token_metrics": f'api_key = "{DEMO_API_KEY}"\ntimeout_s = 5\n'})
    )
    found = findings(live, status=1)
    assert [subject for subject, item in found.items() if item["wrong"]] == ["coingecko"]
    assert "no complete answer within 0.3 s" in str(found["coingecko"]["message"])


def test_nobody_waits_longer_than_patience_allows(world: World, store: Store) -> None:
    """A collection may wait for half a minute and try again; who examines it wants to know now."""
    world.running.faults.add(Fault(FaultKind.HANG, "/v2"))
    (finding,) = examine_sources(world.collection(store), patience_s=0.2)
    assert finding.wrong
    assert finding.message.startswith("no answer within 0.2 s")


def test_a_damaged_database_is_found_and_nobody_is_asked(coinbrief: Commands) -> None:
    database = coinbrief.folder / "coinbrief.db"
    content = bytearray(database.read_bytes())
    content[4096 * 3 : 4096 * 40] = b"\xff" * (4096 * 37)
    database.write_bytes(content)
    found = findings(coinbrief, status=1)
    assert found["database"]["wrong"]
    assert "database comes first" in str(found["sources"]["message"])
    assert "Traceback" not in coinbrief("doctor").err


def test_a_file_that_is_no_database_is_found(coinbrief: Commands) -> None:
    (coinbrief.folder / "coinbrief.db").write_bytes(b"not a database, but long enough to be read as one" * 100)
    found = findings(coinbrief, status=1)
    assert found["database"]["wrong"]
    assert found.keys() == {"database", "sources"}
