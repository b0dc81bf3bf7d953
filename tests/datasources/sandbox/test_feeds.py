from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from datasources.sandbox.history import ReplayMarket
from datasources.sandbox.server import RunningSandbox

NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
METRICS = "/v4/timeseries/asset-metrics"


@pytest.fixture(scope="module")
def replay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    root = tmp_path_factory.mktemp("history")
    (root / "on-chain").mkdir()
    days = [f"2025-10-0{day},{day}.50,{'' if day == 3 else day}" for day in range(1, 10)]
    (root / "on-chain" / "btc.csv").write_text("time,PriceUSD,TxCnt\n" + "\n".join(days) + "\n")
    (root / "on-chain" / "eth.csv").write_text("time,PriceUSD\n2025-10-09,9.90\n2025-10-11,1\n")
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


def test_metrics_are_exact_strings_with_nanosecond_times(replay: httpx.Client) -> None:
    body = replay.get(METRICS, params={"assets": "btc", "metrics": "PriceUSD,TxCnt", "end_time": "2025-10-03"}).json()
    assert body == {
        "data": [
            {"asset": "btc", "time": "2025-10-01T00:00:00.000000000Z", "PriceUSD": "1.50", "TxCnt": "1"},
            {"asset": "btc", "time": "2025-10-02T00:00:00.000000000Z", "PriceUSD": "2.50", "TxCnt": "2"},
            {"asset": "btc", "time": "2025-10-03T00:00:00.000000000Z", "PriceUSD": "3.50", "TxCnt": None},
        ]
    }


def test_a_metric_that_is_missing_alone_gives_no_row(replay: httpx.Client) -> None:
    body = replay.get(METRICS, params={"assets": "btc,eth", "metrics": "TxCnt", "page_size": "1000"}).json()
    assert [row["TxCnt"] for row in body["data"]] == ["1", "2", "4", "5", "6", "7", "8", "9"]


@pytest.mark.parametrize(("paging", "first"), [({}, "8.50"), ({"paging_from": "start"}, "1.50")])
def test_pages_are_linked_and_give_every_row_once(replay: httpx.Client, paging: dict[str, str], first: str) -> None:
    params = {"assets": "btc", "metrics": "PriceUSD", "page_size": "2", **paging}
    body = replay.get(METRICS, params=params).json()
    pages = [body["data"]]
    while "next_page_url" in body:
        body = replay.get(body["next_page_url"]).json()
        pages.append(body["data"])
    assert "next_page_token" not in body
    assert pages[0][0]["PriceUSD"] == first
    assert [len(page) for page in pages] == [2, 2, 2, 2, 1]
    assert sorted(row["PriceUSD"] for page in pages for row in page) == [f"{day}.50" for day in range(1, 10)]


def test_an_unfinished_day_is_not_there(replay: httpx.Client) -> None:
    body = replay.get(METRICS, params={"assets": "*", "metrics": "PriceUSD", "start_time": "2025-10-09"}).json()
    assert [(row["asset"], row["time"][:10]) for row in body["data"]] == [("btc", "2025-10-09"), ("eth", "2025-10-09")]


def test_an_unknown_asset_fails_the_call_unless_that_is_ignored(replay: httpx.Client) -> None:
    params = {"assets": "btc,zzz", "metrics": "PriceUSD"}
    refused = replay.get(METRICS, params=params)
    assert refused.status_code == 400
    assert refused.json()["error"]["type"] == "bad_parameter"
    assert len(replay.get(METRICS, params={**params, "ignore_unsupported_errors": "true"}).json()["data"]) == 9


@pytest.mark.parametrize(
    "params", [{}, {"assets": "btc"}, {"assets": "btc", "metrics": "TxCnt", "page_size": "0"},
               {"assets": "btc", "metrics": "TxCnt", "start_time": "today"},
               {"assets": "btc", "metrics": "TxCnt", "next_page_token": "0.x"},
        {"assets": "btc", "metrics": "TxCnt", "next_page_token": "0.LTU="}],
)  # fmt: skip
def test_unreadable_parameters_are_refused(replay: httpx.Client, params: dict[str, str]) -> None:
    assert replay.get(METRICS, params=params).status_code == 400


def test_a_market_without_a_chain_answers_with_nothing(client: httpx.Client) -> None:
    answer = client.get(METRICS, params={"assets": "btc", "metrics": "PriceUSD"})
    assert answer.status_code == 200
    assert answer.json() == {"data": []}
    assert len(client.get("/fng/?limit=3").json()["data"]) == 3
