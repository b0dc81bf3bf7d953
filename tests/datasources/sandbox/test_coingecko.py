import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from datasources.sandbox.coingecko_charts import market_chart
from datasources.sandbox.contract import MarketData
from datasources.sandbox.history import ReplayMarket
from datasources.sandbox.market import SandboxMarket
from datasources.sandbox.server import RunningSandbox

NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ROOT = "/coingecko/api/v3"
# the 26 keys that the provider's description requires of a row
ROW_KEYS = {
    "id", "symbol", "name", "image", "current_price", "market_cap", "fully_diluted_valuation", "total_volume",
    "high_24h", "low_24h", "price_change_24h", "price_change_percentage_24h", "market_cap_change_24h",
    "market_cap_change_percentage_24h", "circulating_supply", "total_supply", "max_supply", "ath",
    "ath_change_percentage", "atl", "atl_change_percentage", "market_cap_rank", "ath_date", "atl_date",
    "last_updated", "roi",
}  # fmt: skip


@pytest.fixture(scope="module")
def replay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    root = tmp_path_factory.mktemp("history")
    (root / "daily-ohlcv").mkdir()
    lines = ["date,open,high,low,close,turnover_usd", "2025-10-08,1,2,1,2,10", "2025-10-10,2,4,2,3,20"]
    (root / "daily-ohlcv" / "BTC.csv").write_text("\n".join(lines) + "\n")
    with (
        RunningSandbox(ReplayMarket(Path(root)), clock=lambda: NOW) as running,
        httpx.Client(base_url=running.origin, trust_env=False, verify=False) as client,
    ):
        yield client


def get(client: httpx.Client, path: str, **params: str) -> Any:
    answer = client.get(f"{ROOT}{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def chart(market: MarketData, now: datetime, coin: str, **params: str) -> Any:
    status, body = market_chart(market, now, {"vs_currency": "usd", **params}, coin)
    assert status == 200
    return body


def test_it_can_be_reached(client: httpx.Client) -> None:
    assert get(client, "/ping") == {"gecko_says": "(V3) To the Moon!"}


def test_coins_are_listed_by_id_with_their_contracts_on_request(client: httpx.Client) -> None:
    coins = get(client, "/coins/list")
    assert [set(coin) for coin in coins] == [{"id", "symbol", "name"}] * len(coins)
    assert {"id": "binancecoin", "symbol": "bnb", "name": "BNB"} in coins
    ids = [coin["id"] for coin in coins]
    assert ids == sorted(set(ids))
    symbols = [coin["symbol"] for coin in coins]
    assert symbols.count("andy") > 2
    platforms = {coin["id"]: coin["platforms"] for coin in get(client, "/coins/list", include_platform="true")}
    assert platforms["bitcoin"] == {}
    assert all(address for found in platforms.values() for address in found.values())


def test_coins_that_no_longer_trade_are_inactive() -> None:
    market = SandboxMarket(tokens=600, seed=3)
    with RunningSandbox(market, clock=lambda: NOW) as running, _client(running) as client:
        active, inactive = (
            {coin["id"] for coin in get(client, "/coins/list", status=status)} for status in ("active", "inactive")
        )
    assert inactive
    assert not active & inactive
    assert active | inactive == {token.slug for token in market.tokens(NOW)}


def test_a_market_row_has_the_required_keys(client: httpx.Client) -> None:
    row = get(client, "/coins/markets", vs_currency="usd", ids="bitcoin", price_change_percentage="1h,24h,7d,1y")[0]
    assert set(row) >= ROW_KEYS
    assert (row["id"], row["symbol"], row["market_cap_rank"]) == ("bitcoin", "btc", 1)
    assert row["market_cap"] == pytest.approx(row["current_price"] * row["circulating_supply"])
    assert row["low_24h"] <= row["current_price"] <= row["high_24h"]
    assert row["last_updated"] == "2025-10-11T06:00:00.000Z"
    assert row["price_change_percentage_24h_in_currency"] == pytest.approx(row["price_change_percentage_24h"])
    assert isinstance(row["price_change_percentage_1y_in_currency"], float)


def test_prices_are_those_of_the_other_providers(client: httpx.Client, market: SandboxMarket) -> None:
    price = market.prices(NOW, [3375])[0].price_usd
    assert get(client, "/coins/markets", vs_currency="usd", ids="bitcoin")[0]["current_price"] == price
    assert get(client, "/simple/price", vs_currencies="usd", ids="bitcoin") == {"bitcoin": {"usd": price}}


def test_ranks_are_those_of_token_metrics_without_tokens_that_stand_for_others(
    client: httpx.Client, market: SandboxMarket
) -> None:
    order = [token.slug for token in market.top_tokens(NOW)]
    everything = get(client, "/coins/markets", vs_currency="usd", include_rehypothecated="true", per_page="250")
    assert [row["id"] for row in everything] == order
    assert [row["market_cap_rank_with_rehypothecated"] for row in everything] == list(range(1, len(order) + 1))
    wrapped = {row["id"] for row in everything if row["market_cap_rank"] is None}
    assert wrapped >= {"wrapped-bitcoin", "staked-ether", "weth", "wrapped-beacon-eth"}
    rows = get(client, "/coins/markets", vs_currency="usd", per_page="250")
    assert [row["id"] for row in rows] == [slug for slug in order if slug not in wrapped]
    assert [row["market_cap_rank"] for row in rows] == list(range(1, len(rows) + 1))


def test_pages_are_cut_to_250_and_end_with_an_empty_one() -> None:
    with RunningSandbox(SandboxMarket(tokens=400, seed=3), clock=lambda: NOW) as running, _client(running) as client:
        pages = [get(client, "/coins/markets", vs_currency="usd", per_page="251", page=str(page)) for page in (1, 2, 3)]
    assert len(pages[0]) == 250
    assert 0 < len(pages[1]) < 250
    assert pages[2] == []
    ids = [row["id"] for page in pages for row in page]
    assert len(ids) == len(set(ids))


def test_replayed_history_knows_no_market_value_and_invents_none(replay: httpx.Client) -> None:
    (row,) = get(replay, "/coins/markets", vs_currency="usd", ids="bitcoin")
    assert row["current_price"] == 3
    assert {row[name] for name in ("market_cap", "circulating_supply", "market_cap_rank")} == {None}


def test_an_id_after_a_space_is_silently_missing(client: httpx.Client) -> None:
    assert [row["id"] for row in get(client, "/coins/markets", vs_currency="usd", ids="bitcoin, ethereum")] == [
        "bitcoin"
    ]
    assert list(get(client, "/simple/price", vs_currencies="usd", ids="bitcoin, ethereum,nobody")) == ["bitcoin"]


def test_an_unknown_currency_leaves_a_coin_empty(client: httpx.Client) -> None:
    assert get(client, "/simple/price", vs_currencies="xyz", ids="bitcoin") == {"bitcoin": {}}


def test_a_simple_price_tells_more_on_request(client: httpx.Client) -> None:
    names = ("include_market_cap", "include_24hr_vol", "include_24hr_change", "include_last_updated_at")
    row = get(client, "/simple/price", vs_currencies="usd", ids="bitcoin", **dict.fromkeys(names, "true"))["bitcoin"]
    assert set(row) == {"usd", "usd_market_cap", "usd_24h_vol", "usd_24h_change", "last_updated_at"}
    assert row["last_updated_at"] == 1760162400  # seconds


def test_optional_figures_are_null_for_some_coins(client: httpx.Client) -> None:
    rows = get(client, "/coins/markets", vs_currency="usd", per_page="250", price_change_percentage="200d")
    for name in ("fully_diluted_valuation", "max_supply", "total_supply", "roi", "high_24h", "price_change_24h"):
        assert 0 < sum(row[name] is None for row in rows) < len(rows), name
    assert {type(row["current_price"]) for row in rows} >= {float}
    assert isinstance(rows[0]["market_cap"], int)


def test_rows_can_be_ordered(client: httpx.Client) -> None:
    volumes = [row["total_volume"] for row in get(client, "/coins/markets", vs_currency="usd", order="volume_desc")]
    assert volumes == sorted(volumes, reverse=True)
    ids = [row["id"] for row in get(client, "/coins/markets", vs_currency="usd", order="id_asc")]
    assert ids == sorted(ids)
    assert get(client, "/coins/markets", vs_currency="usd", order="market_cap_asc")[-1]["market_cap_rank"] != 1


@pytest.mark.parametrize(
    ("path", "params", "status", "error"),
    [
        ("/coins/markets", {}, 422, "Missing parameter vs_currency"),
        ("/coins/markets", {"vs_currency": "xyz"}, 422, "invalid vs_currency"),
        ("/coins/markets", {"vs_currency": "usd", "category": "meme"}, 422, "the sandbox cannot filter by category"),
        ("/simple/price", {"ids": "bitcoin"}, 422, "Missing parameter vs_currencies"),
        ("/coins/bitcoin/market_chart", {"vs_currency": "usd"}, 422, "Missing parameter days"),
        ("/coins/bitcoin/market_chart", {"vs_currency": "usd", "days": "-1"}, 422, "invalid days"),
        ("/coins/nobody/market_chart", {"vs_currency": "usd", "days": "1"}, 404, "coin not found"),
    ],
)
def test_mistakes_are_answered_in_the_providers_words(
    client: httpx.Client, path: str, params: dict[str, str], status: int, error: str
) -> None:
    answer = client.get(ROOT + path, params=params)
    assert (answer.status_code, answer.json()) == (status, {"error": error})


@pytest.mark.parametrize("days", ["366", "max"])
def test_more_than_a_year_needs_a_plan(client: httpx.Client, days: str) -> None:
    answer = client.get(f"{ROOT}/coins/bitcoin/market_chart", params={"vs_currency": "usd", "days": days})
    assert answer.status_code == 401
    assert answer.json()["error"]["status"]["error_code"] == 10012


def test_a_daily_chart_is_midnights_and_now(market: SandboxMarket) -> None:
    now = datetime(2025, 10, 11, 14, 39, 54, tzinfo=UTC)
    body = chart(market, now, "bitcoin", days="90", interval="daily")
    prices = dict(body["prices"])
    assert len(body["prices"]) == 91  # as recorded
    assert body["prices"][-1][0] == int(now.timestamp()) * 1000
    assert all(at % 86_400_000 == 0 for at, _ in body["prices"][:-1])
    (bar,) = market.daily_bars(now, [3375], date(2025, 10, 10), date(2025, 10, 10))
    midnight = 1760140800000  # 2025-10-11, which is the close of the 10th
    assert prices[midnight] == bar.close_usd
    assert dict(body["total_volumes"])[midnight] == bar.volume_usd
    assert dict(body["market_caps"])[midnight] == pytest.approx(bar.close_usd * (market.supply(3375) or 0))


@pytest.mark.parametrize(("minute", "points"), [(9, 365), (10, 366)])
def test_the_midnight_point_is_there_after_ten_minutes(market: SandboxMarket, minute: int, points: int) -> None:
    body = chart(market, datetime(2025, 10, 11, 0, minute, tzinfo=UTC), "bitcoin", days="365")
    assert len(body["prices"]) == points


def test_a_day_is_in_steps_of_five_minutes_and_steps_back_once(market: SandboxMarket) -> None:
    times = [at for at, _ in chart(market, NOW, "bitcoin", days="1")["prices"]]
    steps = [later - before for before, later in itertools.pairwise(times)]
    assert steps.count(300_000) == 287
    assert steps[-1] == -955


def test_a_month_is_in_hours_that_are_never_exact(market: SandboxMarket) -> None:
    times = [at for at, _ in chart(market, NOW + timedelta(minutes=50), "bitcoin", days="3")["prices"]]
    assert len(times) == 3 * 24 + 1
    assert len({at // 3_600_000 for at in times}) >= 3 * 24
    assert sum(at % 3_600_000 == 0 for at in times) < 3


def test_a_chart_never_shows_more_than_was_there(market: SandboxMarket) -> None:
    early, late = (chart(market, now, "ethereum", days="30", interval="daily") for now in (NOW, NOW + 5 * DAY))
    assert set(map(tuple, early["prices"][:-1])) - set(map(tuple, late["prices"])) == {
        tuple(point) for point in early["prices"][:5]
    }


def test_the_whole_market_is_wrapped_in_data_and_stamped_in_seconds(client: httpx.Client) -> None:
    data = get(client, "/global")["data"]
    assert data["updated_at"] == 1760162400
    assert 1e11 < data["total_market_cap"]["usd"] < 1e13
    shares = data["market_cap_percentage"]
    assert next(iter(shares)) == "btc"
    assert list(shares.values()) == sorted(shares.values(), reverse=True)
    assert sum(shares.values()) < 100


def test_decentralised_finance_comes_in_long_strings(client: httpx.Client) -> None:
    data = get(client, "/global/decentralized_finance_defi")["data"]
    assert isinstance(data["top_coin_defi_dominance"], float)
    assert len(data["defi_market_cap"]) > 60
    ratio = 100 * float(data["defi_market_cap"]) / float(data["eth_market_cap"])
    assert float(data["defi_to_eth_ratio"]) == pytest.approx(ratio)


def test_a_replay_shows_its_files_and_no_supplies(replay: httpx.Client) -> None:
    assert get(replay, "/coins/list") == [{"id": "bitcoin", "symbol": "btc", "name": "Bitcoin"}]
    row = get(replay, "/coins/markets", vs_currency="usd")[0]
    assert (row["current_price"], row["market_cap"], row["market_cap_rank"]) == (3, None, None)
    body = get(replay, "/coins/bitcoin/market_chart", vs_currency="usd", days="30", interval="daily")
    assert body["prices"] == [[1759968000000, 2.0], [1760140800000, 3.0], [1760162400000, 3.0]]
    assert body["market_caps"][0] == [1759968000000, None]
    assert get(replay, "/global")["data"]["total_market_cap"] == {}
    assert get(replay, "/global/decentralized_finance_defi") == {"data": {}}


def _client(running: RunningSandbox) -> httpx.Client:
    return httpx.Client(base_url=running.origin, trust_env=False, verify=False)
