import asyncio
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from datasources.access import Access
from datasources.errors import Unsupported
from datasources.registry import PROVIDERS, open_files, open_source
from datasources.terms import TERMS

# What a provider wants beside an address; the others want nothing.
OPTIONS: dict[str, dict[str, Any]] = {
    "token_metrics": {"api_key": ""},
    "defillama": {"stablecoins_url": "http://127.0.0.1:9", "coins_url": "http://127.0.0.1:9"},
}


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("prefix", ["", "sandbox_", "replay_"])
def test_every_provider_is_opened_under_the_name_its_data_is_stored_under(
    access: Callable[..., Access], provider: str, prefix: str
) -> None:
    name = prefix + provider
    source = open_source(provider, name, TERMS[provider], access("http://127.0.0.1:9"), **OPTIONS.get(provider, {}))
    assert source.name == name
    assert source.terms is TERMS[provider]
    assert source.requests == 0
    assert source.capabilities
    asyncio.run(source.aclose())


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_source_shows_its_key_or_address_when_it_is_printed(access: Callable[..., Access], provider: str) -> None:
    options = OPTIONS.get(provider, {})
    if provider == "token_metrics":
        options = {"api_key": "tm-5ec2e7aa-1111"}
    if provider == "coingecko":
        options = {"plan": "demo", "api_key": "tm-5ec2e7aa-1111"}
    source = open_source(provider, provider, TERMS[provider], access("http://127.0.0.1:9"), **options)
    assert "5ec2e7aa" not in repr(source) + str(source)
    asyncio.run(source.aclose())


def test_files_are_opened_by_their_folder(tmp_path: Path) -> None:
    source = open_files(TERMS["files"], tmp_path, lambda: datetime(2025, 6, 10, tzinfo=UTC))
    assert (source.name, source.terms) == ("files", TERMS["files"])


def test_a_name_that_is_not_registered_says_which_ones_are(access: Callable[..., Access]) -> None:
    with pytest.raises(
        Unsupported, match="token_metrics, coingecko, binance, coin_metrics, defillama, fear_greed, mem"
    ):
        open_source("coinbase", "coinbase", TERMS["files"], access("http://127.0.0.1:9"))


def test_looking_at_the_registry_imports_no_source() -> None:
    code = (
        "import sys, datasources.registry, datasources.terms; print([m for m in sys.modules if m in ('httpx', 'csv')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert done.stdout.strip() == "[]"
