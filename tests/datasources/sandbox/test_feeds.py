from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from datasources.sandbox.history import ReplayMarket
from datasources.sandbox.server import RunningSandbox

NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def replay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    root = tmp_path_factory.mktemp("history")
    index = "2025-10-10,64,Greed\n2025-10-11,27,Fear\n2025-10-12,30,Fear\n"
    (root / "fear-and-greed.csv").write_text(f"date,value,classification\n{index}")
    with (
        RunningSandbox(ReplayMarket(Path(root)), clock=lambda: NOW) as running,
        httpx.Client(base_url=running.origin, trust_env=False, verify=False) as client,
    ):
        yield client


def test_the_index_comes_as_strings_newest_first(replay: httpx.Client) -> None:
    assert replay.get("/fng/?limit=0&format=json").json() == {
        "name": "Fear and Greed Index",
        "data": [
            {
                "value": "27",
                "value_classification": "Fear",
                "timestamp": "1760140800",  # 2025-10-11T00:00:00Z
                "time_until_update": "64800",  # 18 hours
            },
            {"value": "64", "value_classification": "Greed", "timestamp": "1760054400"},
        ],
        "metadata": {"error": None},
    }
    assert len(replay.get("/fng/").json()["data"]) == 1


def test_a_bad_limit_of_the_index_is_an_error(replay: httpx.Client) -> None:
    answer = replay.get("/fng/?limit=x")
    assert answer.status_code == 400
    assert answer.json()["metadata"]["error"]


def test_the_invented_market_has_an_index_too(client: httpx.Client) -> None:
    rows = client.get("/fng/?limit=3").json()["data"]
    assert len(rows) == 3
    assert [set(row) for row in rows[1:]] == [{"value", "value_classification", "timestamp"}] * 2
