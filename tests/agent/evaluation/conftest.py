"""A small frozen market, built once for all tests of this folder."""

import pytest

from agent.evaluation.recipes import Recipe
from agent.evaluation.running import Bench

SMALL = Recipe(
    "small", 3, tokens=8, days=100, holdings=3, trouble=((1, "crash"), (2, "disputed"), (3, "failed")),
    hostile_names=True, scanned_days=2,
)  # fmt: skip


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("evaluation"), timer=lambda: 0.0)
