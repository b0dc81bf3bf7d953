import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from datasources.sandbox.app import MinuteLimit
from datasources.sandbox.faults import Fault, FaultKind, FaultPlan
from datasources.sandbox.history import ReplayMarket
from datasources.sandbox.market import SandboxMarket
from datasources.sandbox.server import DEMO_API_KEY, RunningSandbox, SandboxError, serve

NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
REFUSAL = {"success": False, "message": "Some thing wrong", "length": 0, "data": []}
IDENTITY = {"TOKEN_ID", "TOKEN_NAME", "TOKEN_SYMBOL"}
CANDLE = {"OPEN", "HIGH", "LOW", "CLOSE", "VOLUME"}
SCORES = {
    "DEFI_USAGE_SCORE", "COMMUNITY_SCORE", "EXCHANGE_SCORE", "VC_SCORE", "TOKENOMICS_SCORE", "DEFI_SCANNER_SCORE",
    "ACTIVITY_SCORE", "SECURITY_SCORE", "REPOSITORY_SCORE", "COLLABORATION_SCORE",
}  # fmt: skip
TM_FIGURES = {"TM_GRADE", "TM_GRADE_24h_PCT_CHANGE", "TM_TRADER_GRADE_24H_CHANGE", "QUANT_GRADE"}
# the keys of the reference's recorded and documented rows
KEYS = {
    "tokens": IDENTITY | {"EXCHANGE_LIST", "CATEGORY_LIST", "tm_link", "contract_address", "TM_LINK"},
    "top-market-cap-tokens": IDENTITY | {"EXCHANGE_LIST", "CATEGORY_LIST", "tm_link", "TM_LINK"},
    "price": IDENTITY | {"CURRENT_PRICE"},
    "daily-ohlcv": IDENTITY | {"DATE"} | CANDLE,
    "hourly-ohlcv": IDENTITY | {"TIMESTAMP"} | CANDLE,
    "tm-grade": IDENTITY | TM_FIGURES | {"TM_GRADE_SIGNAL", "MOMENTUM"},
    "tm-grade-history": IDENTITY | TM_FIGURES | {"TM_GRADE_SIGNAL", "MOMENTUM", "DATE", "TRADING_SIGNAL"},
    "trader-grades": IDENTITY
    | {"DATE", "TA_GRADE", "QUANT_GRADE", "TM_TRADER_GRADE", "TM_TRADER_GRADE_24H_PCT_CHANGE"},
    "investor-grades": IDENTITY
    | SCORES
    | {"DATE", "TM_INVESTOR_GRADE", "TM_INVESTOR_GRADE_7D_PCT_CHANGE", "FUNDAMENTAL_GRADE", "TECHNOLOGY_GRADE"}
    | {"VALUATION_GRADE"},
    "trading-signals": IDENTITY
    | {"DATE", "TRADING_SIGNAL", "TOKEN_TREND", "TRADING_SIGNALS_RETURNS", "HOLDING_RETURNS", "tm_link"}
    | {"TM_TRADER_GRADE", "TM_INVESTOR_GRADE", "TM_LINK"},
    "market-metrics": {"DATE", "LAST_TM_GRADE_SIGNAL", "TM_GRADE_PERC_HIGH_COINS", "TM_GRADE_SIGNAL"}
    | {"TOTAL_CRYPTO_MCAP"},
    "resistance-support": IDENTITY | {"DATE", "HISTORICAL_RESISTANCE_SUPPORT_LEVELS"},
    "quantmetrics": IDENTITY
    | {"DATE", "VOLATILITY", "ALL_TIME_RETURN", "CAGR", "SHARPE", "SORTINO", "MAX_DRAWDOWN", "SKEW", "TAIL_RATIO"}
    | {"RISK_REWARD_RATIO", "PROFIT_FACTOR", "KURTOSIS", "DAILY_VALUE_AT_RISK", "DAILY_RETURN_AVG"}
    | {"DAILY_RETURN_STD"},
    "correlation": IDENTITY | {"DATE", "TOP_CORRELATION"},
}


def rows(client: httpx.Client, path: str, **params: str) -> list[dict[str, object]]:
    answer = client.get(f"/v2/{path}", params=params)
    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == ["success", "message", "length", "data"]
    assert (body["success"], body["message"], body["length"]) == (True, "Data fetched successfully", len(body["data"]))
    found: list[dict[str, object]] = body["data"]
    return found


@pytest.mark.parametrize("path", sorted(KEYS))
def test_rows_have_the_keys_of_the_reference(client: httpx.Client, path: str) -> None:
    row = rows(client, path, token_id="3375")[0]
    assert set(row) == KEYS[path]


def test_a_bar_has_the_recorded_form(client: httpx.Client) -> None:
    row = rows(client, "daily-ohlcv", token_id="3375", limit="1")[0]
    assert (row["TOKEN_ID"], row["TOKEN_NAME"], row["TOKEN_SYMBOL"]) == (3375, "Bitcoin", "BTC")
    assert row["DATE"] == "2025-10-10T00:00:00.000Z"
    assert rows(client, "hourly-ohlcv", token_id="3375")[0]["TIMESTAMP"] == "2025-10-11T05:00:00.000Z"


def test_whole_numbers_have_no_decimal_point(tmp_path: Path) -> None:
    (tmp_path / "daily-ohlcv").mkdir()
    line = "2025-10-10,103821,106063,101225.5,103966,1,108720681775.491"
    (tmp_path / "daily-ohlcv" / "BTC.csv").write_text(f"date,open,high,low,close,volume,turnover_usd\n{line}\n")
    with RunningSandbox(ReplayMarket(tmp_path), clock=lambda: NOW, api_key=None) as running:
        answer = httpx.get(
            f"{running.base_url}/daily-ohlcv", headers={"api_key": DEMO_API_KEY}, trust_env=False, verify=False
        )
    assert answer.text.endswith(
        '"data":[{"TOKEN_ID":3375,"TOKEN_NAME":"Bitcoin","TOKEN_SYMBOL":"BTC","DATE":"2025-10-10T00:00:00.000Z",'
        '"OPEN":103821,"HIGH":106063,"LOW":101225.5,"CLOSE":103966,"VOLUME":108720681775.491}]}'
    )


def test_prices_have_ids_as_strings_and_symbols_in_lower_case(client: httpx.Client) -> None:
    row = rows(client, "price", token_id="3306")[0]
    assert (row["TOKEN_ID"], row["TOKEN_SYMBOL"], row["TOKEN_NAME"]) == ("3306", "eth", "Ethereum")
    assert isinstance(row["CURRENT_PRICE"], (int, float))


def test_grades_are_strings_now_and_numbers_in_history(client: httpx.Client) -> None:
    assert isinstance(rows(client, "tm-grade", token_id="3375")[0]["TM_GRADE"], str)
    assert isinstance(rows(client, "tm-grade-history", token_id="3375")[0]["TM_GRADE"], float)


def test_signals_of_grades_are_words_and_of_the_market_numbers(client: httpx.Client) -> None:
    words = {"Strong Buy", "Buy", "Neutral", "Sell", "Strong Sell"}
    assert {row["TM_GRADE_SIGNAL"] for row in rows(client, "tm-grade", limit="100")} <= words
    assert {row["TM_GRADE_SIGNAL"] for row in rows(client, "market-metrics")} <= {-1, 0, 1}


def test_lists_are_null_where_there_is_none(client: httpx.Client) -> None:
    listings = rows(client, "tokens", limit="100") + rows(client, "tokens", limit="100", page="2")
    assert any(row["CATEGORY_LIST"] is None for row in listings)
    assert any(row["contract_address"] == {} for row in listings)
    assert rows(client, "correlation", token_id="3379")[0]["TOP_CORRELATION"] is None
    signals = rows(client, "trading-signals", limit="100")
    assert any(row["TRADING_SIGNALS_RETURNS"] is None for row in signals)


def test_a_correlation_names_twenty_tokens_with_three_decimals(client: httpx.Client) -> None:
    top = rows(client, "correlation", token_id="3306")[0]["TOP_CORRELATION"]
    assert isinstance(top, list)
    assert len(top) == 20
    assert all(
        set(item) == {"correlation", "token"} and round(item["correlation"], 3) == item["correlation"] for item in top
    )


def test_pages_follow_each_other_and_end_short(client: httpx.Client) -> None:
    pages = [
        rows(client, "daily-ohlcv", startDate="2025-10-09", endDate="2025-10-10", page=str(page))
        for page in range(1, 9)
    ]
    keys = [(row["TOKEN_ID"], row["DATE"]) for page in pages for row in page]
    assert len(keys) == len(set(keys))
    assert [str(key[1]) for key in keys] == sorted((str(key[1]) for key in keys), reverse=True)
    sizes = [len(page) for page in pages]
    assert sizes[0] == 50
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == 0


def test_the_largest_tokens_come_first_in_pages_of_top_k(client: httpx.Client) -> None:
    first, second = (rows(client, "top-market-cap-tokens", top_k="3", page=page) for page in ("1", "2"))
    assert first[0]["TOKEN_SYMBOL"] == "BTC"
    assert len(first) == len(second) == 3
    assert not {row["TOKEN_ID"] for row in first} & {row["TOKEN_ID"] for row in second}


def test_signals_can_be_filtered(client: httpx.Client) -> None:
    assert {row["TRADING_SIGNAL"] for row in rows(client, "trading-signals", signal="-1")} == {-1}


@pytest.mark.parametrize(
    "path",
    [
        "daily-ohlcv?limit=101",
        "daily-ohlcv?limit=0",
        "tokens?page=0",
        "tokens?limit=1000&page=0",
        "daily-ohlcv?startDate=2025-01-01&endDate=2025-03-01",
        "price",
        "price?token_id=BTC",
        "top-market-cap-tokens?top_k=101",
        "trading-signals?signal=2",
        "trading-signals?marketcap=1000",
    ],
)
def test_bad_requests_get_the_providers_words(client: httpx.Client, path: str) -> None:
    answer = client.get(f"/v2/{path}")
    assert answer.status_code == 400
    assert answer.json() == REFUSAL


def test_an_unknown_endpoint_is_not_found(client: httpx.Client) -> None:
    answer = client.get("/v2/trader-indices")
    assert answer.status_code == 404
    assert answer.json() == REFUSAL


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-api-key": "tm-1"},
        {"x-api-key": DEMO_API_KEY.replace("4000", "4001")},
        {"authorization": f"Bearer {DEMO_API_KEY}"},
    ],
)
def test_a_wrong_key_is_refused(sandbox: RunningSandbox, headers: dict[str, str]) -> None:
    answer = httpx.get(f"{sandbox.base_url}/tokens", headers=headers, trust_env=False, verify=False)
    assert answer.status_code == 401
    assert answer.json() == REFUSAL


def test_the_older_key_header_works_too(sandbox: RunningSandbox) -> None:
    answer = httpx.get(f"{sandbox.base_url}/tokens", headers={"api_key": DEMO_API_KEY}, trust_env=False, verify=False)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("kind", "status"),
    [("401", 401), ("429", 429), ("500", 500), ("success_false", 200)],
)
def test_refusals_on_request(client: httpx.Client, kind: str, status: int) -> None:
    answer = client.get("/v2/tokens", headers={"x-sandbox-fault": kind})
    assert answer.status_code == status
    assert answer.json() == REFUSAL
    assert "retry-after" not in answer.headers


def test_a_rate_limit_can_say_when_to_come_back(client: httpx.Client) -> None:
    assert client.get("/v2/tokens", headers={"x-sandbox-fault": "429:7"}).headers["retry-after"] == "7"


def test_a_cut_body_breaks_off(client: httpx.Client) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/v2/tokens", headers={"x-sandbox-fault": "cut"})
    assert client.get("/v2/tokens").status_code == 200


def test_a_malformed_body_is_no_json(client: httpx.Client) -> None:
    answer = client.get("/v2/tokens", headers={"x-sandbox-fault": "malformed"})
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        answer.json()


def test_a_page_for_people_comes_with_200(client: httpx.Client) -> None:
    answer = client.get("/v2/tokens", headers={"x-sandbox-fault": "html"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")


def test_a_repeated_page_is_always_the_first(client: httpx.Client) -> None:
    query = "/v2/daily-ohlcv?limit=5"
    repeated = client.get(f"{query}&page=3", headers={"x-sandbox-fault": "repeated_page"})
    assert repeated.json() == client.get(query).json() != client.get(f"{query}&page=3").json()


def test_a_short_length_is_one_less_than_the_rows(client: httpx.Client) -> None:
    body = client.get("/v2/tokens?limit=5", headers={"x-sandbox-fault": "short_length"}).json()
    assert (body["length"], len(body["data"])) == (4, 5)


def test_an_empty_answer_is_a_success(client: httpx.Client) -> None:
    body = client.get("/v2/tokens", headers={"x-sandbox-fault": "empty"}).json()
    assert (body["success"], body["length"], body["data"]) == (True, 0, [])


def test_a_slow_answer_outlasts_an_impatient_client_and_reaches_a_patient_one(client: httpx.Client) -> None:
    with pytest.raises(httpx.ReadTimeout):
        client.get("/v2/tokens", headers={"x-sandbox-fault": "slow:0.5"}, timeout=0.05)
    assert client.get("/v2/tokens", headers={"x-sandbox-fault": "slow:0.01"}).status_code == 200


def test_an_unknown_fault_is_refused(client: httpx.Client) -> None:
    assert client.get("/v2/tokens", headers={"x-sandbox-fault": "fire"}).status_code == 400


def test_planned_faults_happen_twice_and_then_never_again(sandbox: RunningSandbox, client: httpx.Client) -> None:
    sandbox.faults.add(Fault(FaultKind.SERVER_ERROR, path_prefix="/v2/price", times=2))
    paths = ["tokens", "price?token_id=3375", "price?token_id=3375", "price?token_id=3375", "tokens"]
    assert [client.get(f"/v2/{path}").status_code for path in paths] == [200, 500, 500, 200, 200]


def test_faults_can_be_planned_over_http(client: httpx.Client) -> None:
    planned = client.post("/_sandbox/faults", json={"kind": "429", "times": 1, "retry_after_s": 3})
    assert planned.status_code == 201
    assert [client.get("/v2/tokens").status_code for _ in range(2)] == [429, 200]
    shown = client.get("/_sandbox/faults").json()
    assert (shown[0]["kind"], shown[0]["fired"]) == ("429", 1)
    assert client.post("/_sandbox/faults", content=b"[1]").status_code == 400
    assert client.post("/_sandbox/faults", content=b"{").status_code == 400
    client.delete("/_sandbox/faults")
    assert client.get("/_sandbox/faults").json() == []


def test_every_request_is_counted_by_path(market: SandboxMarket) -> None:
    with RunningSandbox(market, clock=lambda: NOW, faults=FaultPlan(Fault(FaultKind.EMPTY, times=1))) as running:
        with httpx.Client(
            base_url=running.base_url, headers={"x-api-key": DEMO_API_KEY}, trust_env=False, verify=False
        ) as client:
            for path in ("/tokens", "/tokens", "/market-metrics"):
                client.get(path)
            assert client.get(f"{running.origin}/_sandbox/requests").json() == dict(running.requests)
        assert running.requests == {"/v2/tokens": 2, "/v2/market-metrics": 1}


def test_the_minute_limit_refuses_and_later_admits() -> None:
    seconds = iter([0.0, 10.0, 20.0, 59.9, 60.0])
    limit = MinuteLimit(2, lambda: next(seconds))
    assert [limit.admits("key") for _ in range(5)] == [True, True, False, False, True]


def test_a_rate_limited_sandbox_says_so(market: SandboxMarket) -> None:
    with RunningSandbox(market, clock=lambda: NOW, requests_per_minute=2) as running:
        headers = {"x-api-key": DEMO_API_KEY}
        with httpx.Client(base_url=running.base_url, headers=headers, trust_env=False, verify=False) as client:
            answers = [client.get("/tokens") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json() == REFUSAL


def test_a_sandbox_stops_when_its_block_ends(market: SandboxMarket) -> None:
    with RunningSandbox(market, clock=lambda: NOW) as running:
        url = running.base_url
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/tokens", trust_env=False, verify=False)
    with pytest.raises(SandboxError, match="not running"):
        _ = running.base_url


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_taken_port_is_an_error_with_a_way_out(market: SandboxMarket, taken: int) -> None:
    with pytest.raises(SandboxError, match="choose another port"), RunningSandbox(market, port=taken):
        pass


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.org"])
def test_other_hosts_than_loopback_are_refused(market: SandboxMarket, host: str) -> None:
    with pytest.raises(SandboxError, match="this machine only"):
        serve(market, host=host, port=0)


@pytest.mark.parametrize(
    ("kind", "status", "content_type"),
    [
        ("402", 402, "application/json"),
        ("403", 403, "application/json"),
        ("404", 404, "application/json"),
        ("502", 502, "application/json"),
        ("503", 503, "application/json"),
        ("html_403", 403, "text/html; charset=UTF-8"),
        ("html_503", 503, "text/html; charset=UTF-8"),
        ("redirect", 302, None),
        ("wrong_type", 200, "text/plain; charset=utf-8"),
    ],
)
def test_every_failure_has_its_status_and_type(
    client: httpx.Client, kind: str, status: int, content_type: str | None
) -> None:
    answer = client.get("/v2/tokens", headers={"x-sandbox-fault": kind})
    assert (answer.status_code, answer.headers.get("content-type")) == (status, content_type)


def test_a_failure_is_told_in_the_provider_s_own_words(client: httpx.Client) -> None:
    header = {"x-sandbox-fault": "429"}
    assert client.get("/coingecko/api/v3/ping", headers=header).json()["status"]["error_code"] == 429
    assert client.get("/binance/api/v3/ping", headers=header).json()["code"] == -1003
    assert client.get("/v4/reference-data/assets", headers=header).json()["error"]["type"] == "too_many_requests"


@pytest.mark.parametrize("kind", ["hang", "stall", "drip:0.2"])
def test_a_silent_server_outlasts_an_impatient_client_and_serves_the_next(client: httpx.Client, kind: str) -> None:
    with pytest.raises(httpx.ReadTimeout):
        client.get("/v2/tokens", headers={"x-sandbox-fault": kind}, timeout=0.05)
    assert client.get("/v2/tokens").status_code == 200


def test_a_reset_connection_is_an_error_at_once(client: httpx.Client) -> None:
    with pytest.raises(httpx.ReadError):
        client.get("/v2/tokens", headers={"x-sandbox-fault": "reset"})


def test_a_truncated_answer_looks_whole_to_http(client: httpx.Client) -> None:
    answer = client.get("/v2/tokens", headers={"x-sandbox-fault": "truncated"})
    assert answer.status_code == 200
    assert "content-length" not in answer.headers
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        answer.json()


def test_a_bomb_is_small_until_it_is_unpacked(client: httpx.Client) -> None:
    with client.stream("GET", "/v2/tokens", headers={"x-sandbox-fault": "gzip_bomb"}) as answer:
        assert int(answer.headers["content-length"]) < 100_000
        assert sum(map(len, answer.iter_bytes())) > 32 * 1024 * 1024


def test_an_overlapping_page_repeats_the_end_of_the_page_before(client: httpx.Client) -> None:
    query = "/v2/tokens?limit=5"
    first, second = (client.get(f"{query}&page={page}").json()["data"] for page in (1, 2))
    page = client.get(f"{query}&page=2", headers={"x-sandbox-fault": "overlapping_page"}).json()["data"]
    assert page == [*first[-3:], *second]


def test_a_key_can_be_revoked_mid_run(sandbox: RunningSandbox, client: httpx.Client) -> None:
    sandbox.faults.add(Fault(FaultKind.UNAUTHORIZED, path_prefix="/v2", after=2))
    assert [client.get("/v2/tokens?limit=1").status_code for _ in range(4)] == [200, 200, 401, 401]
