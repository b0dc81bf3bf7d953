import asyncio
from collections.abc import Iterator

import pytest

from datasources.sandbox.market import SandboxMarket
from datasources.sandbox.server import RunningSandbox
from tests.datasources.faults.bench import NOW, Bench


async def short_sleep(seconds: float) -> None:
    """A drip of a second falls every 10 ms, so that 20 of them outlast an impatient client."""
    await asyncio.sleep(0.01 if seconds >= 1 else 0)


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with RunningSandbox(SandboxMarket(tokens=145, seed=7), clock=lambda: NOW, sleep=short_sleep) as running:
        bench = Bench(running)
        yield bench
        bench.close()
