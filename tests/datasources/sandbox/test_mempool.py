from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from datasources.sandbox import mempool
from datasources.sandbox.history import ReplayMarket
from datasources.sandbox.market import SandboxMarket

NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
ROOT = "/mempool/api"


def get(client: httpx.Client, path: str) -> Any:
    answer = client.get(ROOT + path)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def replay(tmp_path: Path) -> ReplayMarket:
    (tmp_path / "on-chain").mkdir()
    lines = ["time,HashRate,FeeTotNtv", "2025-10-09,900000000.5,14.4", "2025-10-10,1000000000.25,28.8"]
    (tmp_path / "on-chain" / "btc.csv").write_text("\n".join(lines) + "\n")
    return ReplayMarket(tmp_path)


def test_fees_are_whole_and_ordered(client: httpx.Client) -> None:
    fees = get(client, "/v1/fees/recommended")
    names = ["fastestFee", "halfHourFee", "hourFee", "economyFee", "minimumFee"]
    assert list(fees) == names
    assert all(isinstance(fee, int) and fee >= 1 for fee in fees.values())
    assert [fees[name] for name in names] == sorted(fees.values(), reverse=True)


def test_hash_rates_are_in_hashes_and_too_large_for_a_float(client: httpx.Client, market: SandboxMarket) -> None:
    body = get(client, "/v1/mining/hashrate/1m")
    assert len(body["hashrates"]) == 30
    assert body["hashrates"][-1]["timestamp"] == 1_760_054_400  # 2025-10-10
    newest = dict(market.onchain(NOW, "btc")[-1].values)["HashRate"]
    assert body["currentHashrate"] == pytest.approx(float(newest or 0) * 1e12)
    assert body["currentHashrate"] > 2**53
    assert body["currentDifficulty"] == pytest.approx(body["currentHashrate"] * 600 / 2**32)
    assert client.get(f"{ROOT}/v1/mining/hashrate/5d").status_code == 404


def test_the_height_is_a_bare_number_that_grows_by_a_block_every_ten_minutes(client: httpx.Client) -> None:
    height = get(client, "/blocks/tip/height")
    assert isinstance(height, int)
    market = SandboxMarket(tokens=1, seed=7)
    assert mempool.tip_height(market, NOW) == (200, height)
    assert mempool.tip_height(market, NOW + timedelta(days=1)) == (200, height + 144)


def test_times_of_the_adjustment_are_in_milliseconds(client: httpx.Client) -> None:
    body = get(client, "/v1/difficulty-adjustment")
    assert set(body) == {
        "progressPercent", "difficultyChange", "estimatedRetargetDate", "remainingBlocks", "remainingTime",
        "previousRetarget", "previousTime", "nextRetargetHeight", "timeAvg", "adjustedTimeAvg", "timeOffset",
        "expectedBlocks",
    }  # fmt: skip
    assert body["remainingTime"] == body["remainingBlocks"] * 600_000
    assert body["estimatedRetargetDate"] == int(NOW.timestamp() * 1000) + body["remainingTime"]
    assert body["nextRetargetHeight"] % 2016 == 0


def test_a_replay_serves_what_its_chain_holds(replay: ReplayMarket) -> None:
    # 28.8 coins of fees in 144 blocks of a million vbytes are 20 satoshis for each
    assert mempool.recommended_fees(replay, NOW) == (
        200,
        {"fastestFee": 40, "halfHourFee": 30, "hourFee": 20, "economyFee": 10, "minimumFee": 1},
    )
    status, body = mempool.hash_rates(replay, NOW, "1w")
    assert status == 200
    assert isinstance(body, dict)
    assert [row["avgHashrate"] for row in body["hashrates"]] == [900000000500000000000, 1000000000250000000000]
    assert mempool.tip_height(replay, NOW)[0] == 404
    assert mempool.difficulty_adjustment(replay, NOW)[0] == 404


def test_before_the_first_day_there_is_nothing(market: SandboxMarket) -> None:
    before = datetime(2022, 6, 1, tzinfo=UTC)
    assert mempool.recommended_fees(market, before)[0] == 404
    assert mempool.hash_rates(market, before, "all")[0] == 404
