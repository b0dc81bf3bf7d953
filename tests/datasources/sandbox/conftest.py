from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from datasources.sandbox.market import SandboxMarket
from datasources.sandbox.server import DEMO_API_KEY, RunningSandbox

NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def market() -> SandboxMarket:
    return SandboxMarket(tokens=160, seed=7)


@pytest.fixture(scope="session")
def _running(market: SandboxMarket) -> Iterator[RunningSandbox]:
    with RunningSandbox(market, clock=lambda: NOW) as running:
        yield running


@pytest.fixture
def sandbox(_running: RunningSandbox) -> Iterator[RunningSandbox]:
    _running.faults.clear()
    yield _running
    _running.faults.clear()


@pytest.fixture
def client(sandbox: RunningSandbox) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=sandbox.origin, headers={"x-api-key": DEMO_API_KEY}, trust_env=False, verify=False
    ) as client:
        yield client
