"""A CoinGecko source in front of the scripted server of the sources' tests."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from datasources.access import Access
from datasources.base import Batch, Query, Terms
from datasources.coingecko.source import CoinGeckoSource
from datasources.records import DataKind

MakeAccess = Callable[..., Access]
TERMS = Terms("Data provided by CoinGecko", "https://www.coingecko.com", "terms", None)


@pytest.fixture
def make_gecko(server: Any, access: MakeAccess) -> Callable[..., CoinGeckoSource]:
    """Make a source of the scripted server; `plan` and `api_key` are its own, other changes those of its access."""

    def make(plan: Any = "keyless", api_key: str = "", **changes: Any) -> CoinGeckoSource:
        settings = {"max_attempts": 1} | changes
        return CoinGeckoSource("gecko", TERMS, access(server.base_url, **settings), plan=plan, api_key=api_key)

    return make


@pytest.fixture
def fetch() -> Callable[..., list[Batch[Any]]]:
    """Fetch everything and close; what came before a failure is in `into`, if that is given."""

    def run(source: CoinGeckoSource, kind: DataKind, into: list[Batch[Any]] | None = None, **query: Any) -> Any:
        async def scenario() -> list[Batch[Any]]:
            found = [] if into is None else into
            try:
                async for batch in source.fetch(kind, Query(**query)):
                    found.append(batch)
            finally:
                await source.aclose()
            return found

        return asyncio.run(scenario())

    return run
