from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from datasources.sandbox.coin_metrics import answered, asset_metrics
from datasources.sandbox.contract import MarketData
from datasources.sandbox.history import ReplayMarket
from datasources.sandbox.market import SandboxMarket
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


FLOWS = "PriceUSD,FlowInExUSD,FlowOutExUSD"
DAY = timedelta(days=1)


def ask(market: MarketData, now: datetime, **params: str) -> tuple[int, dict[str, Any]]:
    status, body = answered(lambda: asset_metrics(market, now, params, "http://x"))
    assert isinstance(body, dict)
    return status, body


def rows(market: MarketData, now: datetime, **params: str) -> list[dict[str, Any]]:
    status, body = ask(market, now, **{"assets": "btc", "page_size": "10000", **params})
    assert status == 200
    found: list[dict[str, Any]] = body["data"]
    return found


def test_the_invented_market_has_a_chain(client: httpx.Client) -> None:
    names = "PriceUSD,AdrActCnt,TxCnt,CapMVRVCur,CapMrktCurUSD,SplyCur,HashRate,FlowInExUSD,FlowOutExUSD,IssTotNtv"
    query = {"assets": "btc,eth", "metrics": names + ",FeeTotNtv", "start_time": "2025-10-10", "sort": "time"}
    bitcoin, ether = client.get(METRICS, params=query).json()["data"]
    assert {name for name in bitcoin if "-" not in name} == {"asset", "time", *names.split(","), "FeeTotNtv"}
    assert "HashRate" not in ether
    cap = float(bitcoin["PriceUSD"]) * float(bitcoin["SplyCur"])
    assert float(bitcoin["CapMrktCurUSD"]) == pytest.approx(cap, rel=1e-5)
    assert all(isinstance(value, str) for value in bitcoin.values())


def test_a_days_price_is_the_reference_rate_of_the_next(market: SandboxMarket) -> None:
    found = rows(market, NOW, metrics="PriceUSD,ReferenceRateUSD", start_time="2025-09-30")
    prices = {row["time"][:10]: row["PriceUSD"] for row in found}
    rates = {row["time"][:10]: row["ReferenceRateUSD"] for row in found if row["ReferenceRateUSD"] is not None}
    assert list(rates) == [f"2025-10-{day:02d}" for day in range(5, 12)]  # the last seven only, today among them
    assert [rates[f"2025-10-{day:02d}"] for day in range(6, 12)] == [
        prices[f"2025-10-{day:02d}"] for day in range(5, 11)
    ]
    assert prices["2025-10-11"] is None


@pytest.mark.parametrize(("hour", "minute", "complete"), [(0, 0, False), (2, 59, False), (3, 0, True)])
def test_the_newest_day_is_complete_from_three_o_clock(
    market: SandboxMarket, *, hour: int, minute: int, complete: bool
) -> None:
    now = datetime(2025, 10, 11, hour, minute, tzinfo=UTC)
    assert (rows(market, now, metrics="TxCnt")[-1]["time"][:10] == "2025-10-10") is complete
    ragged = rows(market, now, metrics="TxCnt,ReferenceRateUSD", start_time="2025-10-10", end_time="2025-10-10")[0]
    assert (ragged["TxCnt"] is not None) is complete
    assert ragged["ReferenceRateUSD"] is not None


def test_flows_are_restated_after_a_week_and_nothing_else_is(market: SandboxMarket) -> None:
    span = {"start_time": "2025-10-01", "end_time": "2025-10-10"}
    early = {row["time"]: row for row in rows(market, NOW, metrics=FLOWS + ",TxCnt", **span)}
    late = {row["time"]: row for row in rows(market, NOW + 30 * DAY, metrics=FLOWS + ",TxCnt", **span)}
    latest = {row["time"]: row for row in rows(market, NOW + 300 * DAY, metrics=FLOWS + ",TxCnt", **span)}
    changed = [time[:10] for time in early if early[time]["FlowInExUSD"] != late[time]["FlowInExUSD"]]
    assert changed == [f"2025-10-{day:02d}" for day in range(4, 11)]
    for time in early:
        assert float(late[time]["FlowInExUSD"]) == pytest.approx(float(early[time]["FlowInExUSD"]), rel=0.08)
        assert early[time]["FlowInExUSD-status"] == ("flash" if time[:10] in changed else "reviewed")
        assert (early[time]["PriceUSD"], early[time]["TxCnt"]) == (late[time]["PriceUSD"], late[time]["TxCnt"])
    assert latest == late


def test_a_paid_metric_fails_the_call_unless_that_is_ignored(client: httpx.Client) -> None:
    params = {"assets": "btc", "metrics": "PriceUSD,NVTAdj", "page_size": "1"}
    refused = client.get(METRICS, params=params)
    assert refused.status_code == 403
    assert refused.json()["error"]["type"] == "forbidden"
    row = client.get(METRICS, params={**params, "ignore_forbidden_errors": "true"}).json()["data"][0]
    assert set(row) == {"asset", "time", "PriceUSD"}


def test_a_metric_nobody_has_is_unsupported(client: httpx.Client) -> None:
    params = {"assets": "btc", "metrics": "PriceUSD,Vibes", "page_size": "1"}
    assert client.get(METRICS, params=params).status_code == 400
    assert client.get(METRICS, params={**params, "ignore_unsupported_errors": "true"}).status_code == 200


@pytest.mark.parametrize(
    "extra", [{"frequency": "1h"}, {"format": "csv"}, {"sort": "height"}, {"limit_per_asset": "x"},
              {"start_time": "9999-12-31", "start_inclusive": "false"}],
)  # fmt: skip
def test_what_the_sandbox_cannot_do_is_refused(client: httpx.Client, extra: dict[str, str]) -> None:
    assert client.get(METRICS, params={"assets": "btc", "metrics": "PriceUSD", **extra}).status_code == 400


def test_rows_can_be_limited_and_bounds_excluded(market: SandboxMarket) -> None:
    newest = rows(market, NOW, assets="btc,eth", metrics="TxCnt", limit_per_asset="2")
    assert [row["asset"] + row["time"][8:10] for row in newest] == ["btc09", "btc10", "eth09", "eth10"]
    oldest = rows(market, NOW, metrics="TxCnt", limit_per_asset="1", paging_from="start")
    assert [row["time"][:10] for row in oldest] == ["2023-01-01"]
    days = {"start_time": "2025-10-07", "end_time": "2025-10-10"}
    inner = rows(market, NOW, metrics="TxCnt", start_inclusive="false", end_inclusive="false", **days)
    assert [row["time"][:10] for row in inner] == ["2025-10-08", "2025-10-09"]


def test_the_catalogue_marks_what_is_free(client: httpx.Client) -> None:
    answer = client.get("/v4/catalog-v2/asset-metrics", params={"assets": "btc", "page_size": "1"}).json()
    (asset,) = answer["data"]
    found = {row["metric"]: row["frequencies"][0] for row in asset["metrics"]}
    assert asset["asset"] == "btc"
    assert found["HashRate"] == {
        "frequency": "1d",
        "min_time": "2023-01-01T00:00:00.000000000Z",
        "max_time": "2025-10-10T00:00:00.000000000Z",
        "community": True,
    }
    assert "community" not in found["NVTAdj"]
    assert "HashRate" not in str(client.get("/v4/catalog-v2/asset-metrics", params={"assets": "eth"}).json())


def test_catalogue_pages_start_at_the_start(client: httpx.Client) -> None:
    body = client.get("/v4/reference-data/assets", params={"page_size": "15"}).json()
    found = body["data"]
    while "next_page_url" in body:
        body = client.get(body["next_page_url"]).json()
        found += body["data"]
    tickers = [row["asset"] for row in found]
    assert tickers == sorted(set(tickers))
    assert {"asset": "btc", "full_name": "Bitcoin"} in found
    assert len(tickers) > 35


def test_a_history_without_chains_answers_with_nothing(tmp_path: Path) -> None:
    (tmp_path / "fear-and-greed.csv").write_text("date,value,classification\n2025-10-10,64,Greed\n")
    assert rows(ReplayMarket(tmp_path), NOW, metrics="PriceUSD") == []
