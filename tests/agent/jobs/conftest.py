from tests.agent.jobs.stores import (  # fixtures
    collected,
    collected_template,
    empty_template,
    no_pictures,
    running_world,
    store,
    world,
)
from tests.agent.measuring.conftest import market, market_template  # fixtures

__all__ = [
    "collected",
    "collected_template",
    "empty_template",
    "market",
    "market_template",
    "no_pictures",
    "running_world",
    "store",
    "world",
]
