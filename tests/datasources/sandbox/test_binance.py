from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from datasources.sandbox.binance import klines
from datasources.sandbox.contract import MarketData
from datasources.sandbox.history import ReplayMarket
from datasources.sandbox.market import SandboxMarket
from datasources.sandbox.providers import binance_pairs, coin_metrics_tickers

NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
KLINES = "/binance/api/v3/klines"
DAY_MS = 86_400_000
TODAY_MS = 1_760_140_800_000  # 2025-10-11


def ask(market: MarketData, now: datetime = NOW, **params: str) -> Any:
    status, body = klines(market, now, {"symbol": "BTCUSDT", "interval": "1d", **params})
    assert status == 200, body
    return body


def test_it_can_be_reached(client: httpx.Client) -> None:
    assert client.get("/binance/api/v3/ping").json() == {}


def test_a_candle_is_twelve_fields_with_numbers_as_strings(client: httpx.Client, market: SandboxMarket) -> None:
    rows = client.get(KLINES, params={"symbol": "BTCUSDT", "interval": "1d", "limit": "2"}).json()
    (bar,) = market.daily_bars(NOW, [3375], date(2025, 10, 10), date(2025, 10, 10))
    row = rows[0]
    assert len(row) == 12
    assert (row[0], row[6], row[11]) == (TODAY_MS - DAY_MS, TODAY_MS - 1, "0")
    assert [float(value) for value in row[1:5]] == [bar.open_usd, bar.high_usd, bar.low_usd, bar.close_usd]
    assert all(isinstance(row[place], str) for place in (1, 2, 3, 4, 5, 7, 9, 10, 11))
    assert isinstance(row[8], int)
    assert float(row[7]) == pytest.approx(bar.volume_usd)
    assert bar.low_usd <= float(row[7]) / float(row[5]) <= bar.high_usd


def test_the_candle_that_is_not_over_comes_last(market: SandboxMarket) -> None:
    rows = ask(market, limit="3")
    assert [row[0] for row in rows] == [TODAY_MS - 2 * DAY_MS, TODAY_MS - DAY_MS, TODAY_MS]
    assert rows[-1][6] > NOW.timestamp() * 1000
    assert float(rows[-1][4]) == market.prices(NOW, [3375])[0].price_usd


def test_an_hour_is_a_candle_too(market: SandboxMarket) -> None:
    rows = ask(market, NOW + timedelta(minutes=30), interval="1h", limit="30")
    assert [row[0] for row in rows] == [TODAY_MS + 3_600_000 * (6 - place) for place in range(29, -1, -1)]
    final = market.hourly_bars(NOW, [3375], date(2025, 10, 11), date(2025, 10, 11))[0]
    assert [float(value) for value in rows[-2][1:5]] == [
        final.open_usd, final.high_usd, final.low_usd, final.close_usd,
    ]  # fmt: skip
    assert rows[-1][6] > rows[-1][0]


def test_a_start_gives_the_oldest_and_an_end_the_newest(market: SandboxMarket) -> None:
    start, end = str(TODAY_MS - 20 * DAY_MS), str(TODAY_MS - 10 * DAY_MS)
    first = [row[0] for row in ask(market, startTime=start, limit="3")]
    assert first == [int(start), int(start) + DAY_MS, int(start) + 2 * DAY_MS]
    assert [row[0] for row in ask(market, endTime=end, limit="2")] == [int(end) - DAY_MS, int(end)]
    assert len(ask(market, startTime=start, endTime=end)) == 11
    assert ask(market, startTime=str(TODAY_MS + 1)) == []
    assert ask(market, startTime=end, endTime=start) == []


@pytest.mark.parametrize("interval", ["1d", "1h"])
def test_pages_from_the_last_close_on_give_every_candle_once(market: SandboxMarket, interval: str) -> None:
    start = TODAY_MS - 12 * DAY_MS
    found: list[int] = []
    while True:
        rows = ask(market, interval=interval, startTime=str(start), limit="7")
        found += [row[0] for row in rows]
        if len(rows) < 7:
            break
        start = rows[-1][6] + 1
    step = DAY_MS if interval == "1d" else 3_600_000
    assert found == list(range(TODAY_MS - 12 * DAY_MS, int(NOW.timestamp() * 1000) + 1, step))


def test_the_limit_is_500_and_never_above_1000(market: SandboxMarket) -> None:
    assert len(ask(market)) == 500
    assert len(ask(market, limit="5000")) == 1000


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"interval": "1d"}, -1102),
        ({"symbol": "BTCUSDT"}, -1102),
        ({"symbol": "NOPEUSDT", "interval": "1d"}, -1121),
        ({"symbol": "BTCEUR", "interval": "1d"}, -1121),
        ({"symbol": "USDTUSDT", "interval": "1d"}, -1121),
        ({"symbol": "BTCUSDT", "interval": "7m"}, -1120),
        ({"symbol": "BTCUSDT", "interval": "1d", "limit": "x"}, -1100),
        ({"symbol": "BTCUSDT", "interval": "1d", "limit": "0"}, -1100),
        ({"symbol": "BTCUSDT", "interval": "1d", "startTime": "-5"}, -1100),
    ],
)
def test_mistakes_have_the_providers_codes(client: httpx.Client, params: dict[str, str], code: int) -> None:
    answer = client.get(KLINES, params=params)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_time_beyond_the_calendar_is_no_crash(market: SandboxMarket) -> None:
    assert len(ask(market, endTime="9" * 15, limit="2")) == 2
    assert ask(market, startTime="9" * 15) == []


def test_pairs_are_those_that_can_be_asked_for(client: httpx.Client, market: SandboxMarket) -> None:
    rows = client.get("/binance/api/v3/exchangeInfo").json()["symbols"]
    assert {row["baseAsset"] for row in rows} == set(binance_pairs(market, NOW))
    assert all(row["symbol"] == row["baseAsset"] + "USDT" for row in rows)
    assert binance_pairs(market, NOW)["BNB"] == ("binancecoin", "BNB")
    assert "HYPE" not in binance_pairs(market, datetime(2024, 11, 29, 12, tzinfo=UTC))  # its first day is not over
    assert all(klines(market, NOW, {"symbol": row["symbol"], "interval": "1d", "limit": "1"})[0] == 200 for row in rows)
    unknown = client.get("/binance/api/v3/exchangeInfo", params={"symbol": "NOPE"})
    assert unknown.json() == {"code": -1121, "msg": "Invalid symbol."}


def test_tickers_of_the_chain_name_slugs(market: SandboxMarket) -> None:
    assert coin_metrics_tickers(market, NOW)["ada"] == ("cardano", "Cardano")


def test_a_gap_in_a_replay_does_not_shorten_an_answer(tmp_path: Path) -> None:
    (tmp_path / "daily-ohlcv").mkdir()
    days = ["2025-10-01", "2025-10-02", "2025-10-08", "2025-10-09"]
    lines = ["date,open,high,low,close,turnover_usd", *(f"{day},1,2,1,2,10" for day in days)]
    (tmp_path / "daily-ohlcv" / "BTC.csv").write_text("\n".join(lines) + "\n")
    replay = ReplayMarket(tmp_path)
    assert len(ask(replay, limit="3")) == 3
    assert len(ask(replay, startTime=str(TODAY_MS - 10 * DAY_MS), limit="3")) == 3
    assert ask(replay, interval="1h") == []  # the files hold days only
    assert ask(replay, limit="1")[0][:5] == [TODAY_MS - 2 * DAY_MS, *("1.00000000", "2.00000000") * 2]


def test_tiny_prices_keep_their_digits(market: SandboxMarket) -> None:
    token = market.pair_tokens()["SHIB"]
    (bar,) = market.token_bars(NOW, token.token_id, date(2025, 10, 10), date(2025, 10, 10))
    assert float(ask(market, symbol="SHIBUSDT", limit="2")[0][4]) == pytest.approx(bar.close_usd, rel=1e-4)
