import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from agent.cli import assets
from agent.cli.context import Context
from agent.identity.listings import store_listings
from agent.store.engine import Store
from datasources.records import AssetListing
from tests.agent.cli.commands import Commands

NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
PEPE = AssetListing("1", "PEPE", "Pepe [red]", "pepe", 30, contract_addresses=(("eth", "0x" + "a" * 40),))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    store = Store(tmp_path / "coinbrief.db")
    store.upgrade()
    with store.writer() as session:
        store_listings(session, "sandbox", [PEPE, replace(PEPE, provider_id="2", slug=None, inactive=True)], NOW)
        other = AssetListing("pepe", "pepe", "Pepe", "pepe", contract_addresses=(("eth", "0x" + "b" * 40),))
        store_listings(session, "sandbox_coingecko", [other], NOW)
    path = tmp_path / "coinbrief.toml"
    path.write_text('[store]\npath = "coinbrief.db"\n[market]\nsource = "sandbox"\n')
    return path


def run(config: Path, arguments: Sequence[str]) -> Result:
    app = typer.Typer()

    @app.callback()
    def options(context: typer.Context) -> None:
        context.obj = Context(config)

    assets.register(app)
    return CliRunner().invoke(app, list(arguments))


def test_candidates_are_listed_with_reasons_and_sources(config: Path) -> None:
    done = run(config, ["asset", "find", "pepe"])
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "Pepe [red] (PEPE), asset 1: coin, rank 30"
    assert lines[1:5] == [
        "  because: symbol is PEPE; CoinGecko id is pepe; token id pepe at sandbox_coingecko",
        "  CoinGecko id: pepe",
        "  known by sandbox as 1, listed 2025-10-11",
        "  known by sandbox_coingecko as pepe, linked by slug 2025-10-11",
    ]
    assert lines[5] == "Pepe [red] (PEPE), asset 2: coin, rank 30, no longer listed"


def test_candidates_are_printed_as_json(config: Path) -> None:
    found = json.loads(run(config, ["asset", "find", "PEPE", "--json"]).stdout)
    assert found["text"] == "PEPE"
    assert [item["active"] for item in found["candidates"]] == [True, False]
    assert found["candidates"][0]["known_by"][1]["evidence"] == "slug"
    assert found["suggestions"] == []


def test_what_is_not_found_is_said_with_names_close_to_it(config: Path) -> None:
    done = run(config, ["asset", "find", "peppe"])
    assert done.exit_code == 1
    assert done.stderr.splitlines() == ["no asset is known as 'peppe'", "close to it: pepe"]
    done = run(config, ["asset", "find", "nothing like it", "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["candidates"] == []


def test_the_command_finds_what_a_collection_brought(coinbrief: Commands) -> None:
    lines = coinbrief.good("asset", "find", "pepe").splitlines()
    assert sum(", asset " in line for line in lines) >= 2, "two coins are called Pepe"
    (bitcoin,) = json.loads(coinbrief.good("asset", "find", "bitcoin", "--json"))["candidates"][:1]
    assert (bitcoin["symbol"], bitcoin["rank"]) == ("BTC", 1)
    assert {"source": "sandbox", "provider_id": "3375"}.items() <= bitcoin["known_by"][0].items()
    assert "no asset is known as 'pepppe'" in coinbrief.bad("asset", "find", "pepppe")


def test_before_anything_is_collected_the_command_says_what_to_do(fresh: Commands) -> None:
    assert "coinbrief collect" in fresh.bad("asset", "find", "BTC")
