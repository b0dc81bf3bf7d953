"""A Binance source in front of the scripted server of the sources' tests."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from datasources.access import Access
from datasources.base import Batch, Query, Terms
from datasources.binance.source import BinanceSource
from datasources.records import DataKind

MakeAccess = Callable[..., Access]
TERMS = Terms("Spot prices in USDT by Binance", "https://www.binance.com", "terms", None)


@pytest.fixture
def make_binance(server: Any, access: MakeAccess) -> Callable[..., BinanceSource]:
    """Make a source of the scripted server; `changes` are those of its access."""

    def make(**changes: Any) -> BinanceSource:
        return BinanceSource("binance", TERMS, access(server.base_url, **({"max_attempts": 1} | changes)))

    return make


@pytest.fixture
def fetch() -> Callable[..., list[Batch[Any]]]:
    """Fetch everything and close; what came before a failure is in `into`, if that is given."""

    def run(source: BinanceSource, kind: DataKind, into: list[Batch[Any]] | None = None, **query: Any) -> Any:
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
