"""The endpoints of Token Metrics beyond bars, grades and signals; keys are those of the reference's section 2a."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from datasources.sandbox.endpoints import ENDPOINTS
from datasources.sandbox.history import ReplayMarket
from datasources.sandbox.market import SandboxMarket
from datasources.sandbox.server import DEMO_API_KEY, RunningSandbox
from datasources.sandbox.wire_v3 import snake_case

NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
IDENTITY = {"TOKEN_ID", "TOKEN_NAME", "TOKEN_SYMBOL"}
TECHNOLOGY = IDENTITY | {
    "DATE", "TECHNOLOGY_GRADE", "ACTIVITY_SCORE", "SECURITY_SCORE", "REPOSITORY_SCORE", "COLLABORATION_SCORE",
    "DEFI_SCANNER_SCORE",
}  # fmt: skip
FUNDAMENTAL = IDENTITY | {
    "FUNDAMENTAL_GRADE", "FUNDAMENTAL_GRADE_CLASS", "COMMUNITY_SCORE", "EXCHANGE_SCORE", "VC_SCORE",
    "TOKENOMICS_SCORE", "DEFI_SCANNER_SCORE",
}  # fmt: skip
MEDIA = ("MARKET", "NEWS", "REDDIT", "TWITTER")
BTC = {"token_id": "3375"}
KEYS: dict[str, tuple[dict[str, str], set[str]]] = {
    "technology-grade": (BTC, TECHNOLOGY),
    "technology-grade-history": (BTC, TECHNOLOGY),
    "fundamental-grade": (BTC, FUNDAMENTAL),
    "fundamental-grade-history": (BTC, FUNDAMENTAL | {"DATE"}),
    "hourly-trading-signals": (BTC, IDENTITY | {"TIMESTAMP", "CLOSE", "SIGNAL", "POSITION"}),
    "price-prediction": (BTC, IDENTITY | {"DATE", "PRICE_PREDICTION"}),
    "scenario-analysis": (BTC, IDENTITY | {"DATE", "SCENARIO_PREDICTION"}),
    "ai-reports": (
        BTC,
        IDENTITY | {"INVESTMENT_ANALYSIS_POINTER", "INVESTMENT_ANALYSIS", "DEEP_DIVE", "CODE_REVIEW"},
    ),
    "crypto-investors": (
        {},
        {"INVESTOR_NAME", "INVESTOR_WEBSITE", "INVESTOR_TWITTER", "ROUND_COUNT", "ROI_AVERAGE", "ROI_MEDIAN"},
    ),
    "indices": (
        {},
        {"ID", "NAME", "TICKER", "PRICE", "COINS", "24H", "7D", "1M", "24H_VOLUME", "INDEX_GRADE", "ALL_TIME"}
        | {"MARKET_CAP", "TOP_GAINERS_ICONS"},
    ),
    "indices-holdings": (
        {"id": "1"},
        IDENTITY
        | {"COIN", "CG_ID", "WEIGHT", "MARKET_CAP", "PRICE", "CURRENT_ROI", "TRADER_GRADE", "TRADER_GRADE_CHANGE_24H"}
        | {"ICON", "DATE"},
    ),
    "indices-performance": ({"id": "1"}, {"ID", "DATE", "INDEX_CUMULATIVE_ROI", "MARKET_CAP", "VOLUME", "FDV"}),
    "moonshot-tokens": (
        {},
        {"TOKEN_NAME", "TOKEN_SYMBOL", "LAST_TRADING_SIGNAL_TIME", "TM_TRADER_GRADE", "TM_TRADER_GRADE_24H_PCT_CHANGE"}
        | {"PRICE_CHANGE_PERCENTAGE_7D_IN_CURRENCY", "MARKET_CAP", "VOLUME_24H", "MOONSHOT_AT", "MOONSHOT_END_AT"}
        | {"MOONSHOT_ROI"},
    ),
    "sentiments": (
        {},
        {"DATETIME", "NEWS_SUMMARY", "REDDIT_SUMMARY", "TWITTER_SUMMARY"}
        | {f"{medium}_SENTIMENT_GRADE" for medium in MEDIA}
        | {f"{medium}_SENTIMENT_LABEL" for medium in MEDIA},
    ),
}  # fmt: skip


def rows(client: httpx.Client, path: str, **params: str) -> list[dict[str, object]]:
    answer = client.get(path, params=params)
    assert answer.status_code == 200
    found: list[dict[str, object]] = answer.json()["data"]
    return found


@pytest.mark.parametrize("name", sorted(KEYS))
def test_rows_have_the_keys_of_the_reference(client: httpx.Client, name: str) -> None:
    params, keys = KEYS[name]
    assert set(rows(client, f"/v2/{name}", **params)[0]) == keys


@pytest.mark.parametrize("name", sorted(KEYS))
def test_what_a_past_day_shows_never_changes(market: SandboxMarket, name: str) -> None:
    params, _ = KEYS[name]
    dated = name.endswith(("history", "performance")) or name in {"sentiments", "hourly-trading-signals"}
    if not dated:
        assert ENDPOINTS[name](market, NOW, params) == ENDPOINTS[name](market, NOW, params)
        return
    days = (
        {"startDate": "2025-10-01", "endDate": "2025-10-05", "limit": "100"} if "-h" in name or "perf" in name else {}
    )
    before = [str(row) for row in ENDPOINTS[name](market, NOW, params | days)]
    later = {str(row) for row in ENDPOINTS[name](market, NOW + timedelta(hours=5), params | days | {"limit": "100"})}
    assert set(before) <= later


def test_signals_of_hours_are_strings(client: httpx.Client) -> None:
    found = rows(client, "/v2/hourly-trading-signals", token_id="3375", limit="100")
    assert {row["SIGNAL"] for row in found} <= {"-1", "0", "1"}
    assert {row["POSITION"] for row in found} <= {"-1", "0", "1"}
    assert client.get("/v2/hourly-trading-signals").status_code == 400


def test_an_index_is_worth_what_it_holds(client: httpx.Client) -> None:
    holdings = rows(client, "/v2/indices-holdings", id="1")
    assert sum(float(str(row["WEIGHT"])) for row in holdings) == pytest.approx(100)
    last = rows(client, "/v2/indices-performance", id="1", startDate="2025-10-10", endDate="2025-10-10")[0]
    mean_roi = sum(float(str(row["CURRENT_ROI"])) for row in holdings) / len(holdings)
    assert last["INDEX_CUMULATIVE_ROI"] == pytest.approx(mean_roi, abs=1e-6)
    assert rows(client, "/v2/indices", indicesType="passive")[0]["ALL_TIME"] == pytest.approx(100 * mean_roi, abs=1e-3)


def test_an_unknown_index_has_no_rows_and_a_missing_id_is_refused(client: httpx.Client) -> None:
    assert rows(client, "/v2/indices-holdings", id="99") == []
    assert client.get("/v2/indices-performance").status_code == 400


def test_past_moonshots_have_ended_and_active_ones_have_not(client: httpx.Client) -> None:
    past = rows(client, "/v2/moonshot-tokens", type="past", limit="100")
    assert past
    assert all(str(row["MOONSHOT_END_AT"]) <= "2025-10-11T06" for row in past)
    assert {row["MOONSHOT_END_AT"] for row in rows(client, "/v2/moonshot-tokens")} == {None}


def test_a_base_prediction_is_the_price_at_that_worth_of_the_market(client: httpx.Client) -> None:
    found = rows(client, "/v2/price-prediction", token_id="3375")[0]["PRICE_PREDICTION"]
    assert isinstance(found, dict)
    for row in found["price_prediction"]:
        expected = found["current_price"] * row["total_mcap_scenario"] / found["total_mcap"]
        assert row["predicted_price_base"] == pytest.approx(expected, rel=1e-5)
        assert row["predicted_roi_base"] == pytest.approx(expected / found["current_price"] - 1, abs=1e-4)


@pytest.mark.parametrize("name", sorted(KEYS))
def test_nothing_is_invented_beside_real_history(tmp_path: Path, name: str) -> None:
    (tmp_path / "daily-ohlcv").mkdir()
    days = [f"2025-0{month}-{day:02d}" for month in (8, 9) for day in range(1, 31)]
    lines = "".join(f"{day},10,12,9,11,1,1000\n" for day in days)
    (tmp_path / "daily-ohlcv" / "BTC.csv").write_text(f"date,open,high,low,close,volume,turnover_usd\n{lines}")
    assert ENDPOINTS[name](ReplayMarket(tmp_path), datetime(2025, 9, 20, 6, tzinfo=UTC), KEYS[name][0]) == []


def test_some_reports_are_hostile(client: httpx.Client) -> None:
    texts = "".join(str(row["DEEP_DIVE"]) for row in rows(client, "/v2/ai-reports", limit="100"))
    for trap in ("Ignore all previous instructions", "<script>", "](https://", "\u001b", "\u202e", "\u0000"):
        assert trap in texts


def test_keys_of_version_3_follow_the_documented_rule() -> None:
    documented = {
        "24H": "24_h",
        "1M": "1_m",
        "24H_VOLUME": "24_h_volume",
        "TM_GRADE_24h_PCT_CHANGE": "tm_grade_24_h_pct_change",
        "TM_TRADER_GRADE_24H_CHANGE": "tm_trader_grade_24_h_change",
        "INDEX_CUMULATIVE_ROI": "index_cumulative_roi",
    }
    assert {key: snake_case(key) for key in documented} == documented


def test_version_3_has_the_rows_of_version_2_under_its_own_names(client: httpx.Client) -> None:
    old = rows(client, "/v2/daily-ohlcv", token_id="3375", startDate="2025-10-01", endDate="2025-10-03")
    new = rows(client, "/v3/daily-ohlcv", slug="bitcoin", start_date="2025-10-01", end_date="2025-10-03")
    assert [{key.lower(): value for key, value in row.items()} | {"slug": "bitcoin"} for row in old] == new
    assert client.get("/v3/daily-ohlcv", params={"startDate": "2025-10-01"}).status_code == 400
    assert rows(client, "/v3/daily-ohlcv", slug="no-such-token") == []


def test_version_3_disagrees_with_itself_about_one_key(client: httpx.Client) -> None:
    assert "tm_grade_24_h_pct_change" in rows(client, "/v3/tm-grade", token_id="3375")[0]
    assert "tm_grade_24h_pct_change" in rows(client, "/v3/tm-grade-history", token_id="3375")[0]


def test_version_3_signals_have_words_and_other_grades(client: httpx.Client) -> None:
    row = rows(client, "/v3/trading-signals", token_id="3375")[0]
    words = {-1: ("bearish", "down"), 0: ("neutral", "sideways"), 1: ("bullish", "up")}
    assert row["token_signal_str"] == words[int(str(row["trading_signal"]))][0]
    assert row["token_trend_str"] == words[int(str(row["token_trend"]))][1]
    assert {"tm_grade", "fundamental_grade"} <= set(row)
    assert not {"tm_trader_grade", "tm_investor_grade"} & set(row)


def test_lists_of_version_3_are_short_unless_expanded(client: httpx.Client) -> None:
    short = rows(client, "/v3/tokens", token_id="3375")[0]["exchange_list"]
    full = rows(client, "/v3/tokens", token_id="3375", expand="exchange_list,category_list")[0]["exchange_list"]
    assert isinstance(short, list)
    assert isinstance(full, list)
    assert len(short) == 3 < len(full)


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_the_chat_answers_in_the_documented_form(client: httpx.Client, version: str) -> None:
    asked = {"messages": [{"user": "What is the next 100x coin ?"}]}
    body = client.post(f"/{version}/tmai", json=asked).json()
    assert list(body) == ["success", "message", "answer", "thread"]
    assert body["message"] == "AI Chatbot response successful"
    assert body["thread"] == [{"user": "What is the next 100x coin ?"}, {"chatbot": body["answer"]}]
    assert client.post(f"/{version}/tmai", json={"messages": []}).status_code == 400
    assert client.post(f"/{version}/tmai", content=b"{").status_code == 400
    assert client.post(f"/{version}/tmai", json=asked, headers={"x-api-key": "none"}).status_code == 401


def test_the_credits_of_a_month_end_and_come_back(market: SandboxMarket) -> None:
    times = [NOW, NOW, NOW, datetime(2025, 11, 1, tzinfo=UTC)]
    with RunningSandbox(market, clock=lambda: times[0], monthly_credits=2) as running:
        headers = {"x-api-key": DEMO_API_KEY}
        with httpx.Client(base_url=running.base_url, headers=headers, trust_env=False, verify=False) as client:
            answers = [client.get("/tokens") for _ in range(3)]
            times[0] = times[3]
            answers.append(client.get("/tokens"))
            assert client.get(f"{running.origin}/fng/").status_code == 200
    assert [answer.status_code for answer in answers] == [200, 200, 402, 200]
    assert answers[2].json() == {"success": False, "message": "Some thing wrong", "length": 0, "data": []}


def test_each_provider_has_a_rate_limit_of_its_own(market: SandboxMarket) -> None:
    paths = ["/fng/", "/binance/api/v3/ping", "/fng/", "/binance/api/v3/ping", "/coingecko/api/v3/ping"]
    with (
        RunningSandbox(market, clock=lambda: NOW, requests_per_minute=1) as running,
        httpx.Client(base_url=running.origin, trust_env=False, verify=False) as client,
    ):
        answers = [client.get(path) for path in paths]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429, 200]
    assert answers[3].json() == {"code": -1003, "msg": "Too Many Requests"}
