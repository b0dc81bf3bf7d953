import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasources.sandbox.contract import MarketData
from datasources.sandbox.history import ReplayMarket
from datasources.sandbox.market import SandboxMarket
from datasources.sandbox.providers import PROVIDER_ROUTES
from datasources.sandbox.wire import encode

START = datetime(2022, 12, 30, tzinfo=UTC)
PATH_PARAMS = {"coin_id": "bitcoin", "chain": "Ethereum", "coins": "coingecko:bitcoin,x", "period": "1w"}
USUAL = {
    "vs_currency": "usd", "vs_currencies": "usd", "ids": "bitcoin,ethereum", "days": "2", "symbol": "BTCUSDT",
    "interval": "1d", "ignore_unsupported_errors": "true",
    "assets": "btc,eth", "metrics": "PriceUSD,TxCnt,ReferenceRateUSD", "page_size": "20",
}  # fmt: skip
OTHERS = (
    "startTime", "endTime", "limit", "page", "per_page", "order", "price_change_percentage", "status", "start_time",
    "end_time", "next_page_token", "paging_from", "limit_per_asset", "include_rehypothecated", "dataType",
)  # fmt: skip
moments = st.integers(0, 1400 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
paths = st.sampled_from(sorted(PROVIDER_ROUTES))
texts = st.sampled_from(["", "0", "1", "-1", "x", "true", "1e9", "9" * 12, "2025-10-10", "99999999", "a,b", "٣", "0.A"])


@pytest.fixture(scope="module")
def replay(tmp_path_factory: pytest.TempPathFactory) -> ReplayMarket:
    root = tmp_path_factory.mktemp("history")
    for folder, text in (
        ("daily-ohlcv", "date,open,high,low,close,turnover_usd\n2024-10-01,1,2,1,2,10\n2024-10-03,2,4,2,3,20\n"),
        ("on-chain", "time,PriceUSD,HashRate\n2024-10-01,2.5,\n2024-10-03,,9\n"),
    ):
        (root / folder).mkdir()
        (root / folder / "btc.csv").write_text(text)
    return ReplayMarket(root)


def status_of(market: MarketData, now: datetime, path: str, params: dict[str, str]) -> int:
    status, body = PROVIDER_ROUTES[path](market, now, params, PATH_PARAMS, "http://127.0.0.1" + path)
    json.loads(encode(body))
    return status


@settings(max_examples=60, deadline=None)
@given(now=moments, path=paths)
def test_every_address_answers_at_any_time(
    market: SandboxMarket, replay: ReplayMarket, now: datetime, path: str
) -> None:
    assert status_of(market, now, path, USUAL) in {200, 400, 404}
    assert status_of(replay, now, path, USUAL) in {200, 400, 404}


@settings(max_examples=60, deadline=None)
@given(path=paths, params=st.dictionaries(st.sampled_from([*USUAL, *OTHERS]), texts, max_size=4))
def test_no_parameter_is_a_crash(market: SandboxMarket, path: str, params: dict[str, str]) -> None:
    now = datetime(2024, 10, 5, 1, 2, tzinfo=UTC)
    assert status_of(market, now, path, {**USUAL, **params}) in {200, 400, 401, 403, 404, 422}


def test_every_address_is_mounted(client: httpx.Client) -> None:
    for path in PROVIDER_ROUTES:
        answer = client.get(path.replace(":path", "").format(**PATH_PARAMS), params=USUAL)
        assert answer.status_code == 200, path
        answer.json()


def test_a_time_zone_changes_nothing(market: SandboxMarket) -> None:
    now = datetime(2024, 10, 5, 1, 0, tzinfo=UTC)
    elsewhere = datetime.fromisoformat("2024-10-04T20:00:00-05:00")
    for path, handler in PROVIDER_ROUTES.items():
        answers = [encode(handler(market, at, USUAL, PATH_PARAMS, "http://x")[1]) for at in (now, elsewhere)]
        assert answers[0] == answers[1], path
