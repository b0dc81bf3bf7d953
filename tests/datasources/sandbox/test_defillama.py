from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from datasources.sandbox import defillama
from datasources.sandbox.history import ReplayMarket
from datasources.sandbox.market import SandboxMarket

NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
TODAY_S = 1_760_140_800  # 2025-10-11


def get(client: httpx.Client, path: str, **params: str) -> Any:
    answer = client.get(f"/llama{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_chains_have_ids_of_every_kind(client: httpx.Client) -> None:
    rows = get(client, "/api/v2/chains")
    assert {type(row["chainId"]) for row in rows} == {int, str, type(None)}
    assert {row["gecko_id"] is None for row in rows} == {True, False}
    assert [set(row) for row in rows] == [{"gecko_id", "tvl", "tokenSymbol", "cmcId", "name", "chainId"}] * len(rows)


def test_the_history_has_a_midnight_a_day_and_ends_now(client: httpx.Client) -> None:
    points = get(client, "/api/v2/historicalChainTvl")
    days = [point["date"] for point in points]
    assert days[-2:] == [TODAY_S, int(NOW.timestamp())]
    assert all(later - before == 86_400 for before, later in pairwise(days[:-1]))
    assert points[-2]["tvl"] == pytest.approx(sum(row["tvl"] for row in get(client, "/api/v2/chains")))
    base = get(client, "/api/v2/historicalChainTvl/base")
    assert 0 < base[-1]["tvl"] < points[-1]["tvl"]
    assert client.get("/llama/api/v2/historicalChainTvl/Nowhere").status_code == 404


def test_the_past_never_changes(market: SandboxMarket) -> None:
    early = defillama.chain_history(market, NOW, None)[1]
    late = defillama.chain_history(market, NOW + timedelta(days=90), None)[1]
    assert isinstance(early, list)
    assert isinstance(late, list)
    assert late[: len(early) - 1] == early[:-1]
    charts = [defillama.stablecoin_charts(market, now)[1] for now in (NOW, NOW + timedelta(days=90))]
    assert isinstance(charts[0], list)
    assert isinstance(charts[1], list)
    assert charts[1][: len(charts[0])] == charts[0]


def test_protocols_mix_chains_with_what_must_not_be_added(client: httpx.Client) -> None:
    rows = get(client, "/api/protocols")
    assert any(row["gecko_id"] == "uniswap" for row in rows)
    for row in rows:
        chains = {name: value for name, value in row["chainTvls"].items() if name in row["chains"]}
        assert sum(chains.values()) == pytest.approx(row["tvl"])
        assert set(row["chainTvls"]) > set(chains)


def test_stablecoins_are_counted_under_their_peg(client: httpx.Client) -> None:
    rows = get(client, "/stablecoins/stablecoins")["peggedAssets"]
    assert {row["pegType"] for row in rows} == {"peggedUSD", "peggedEUR"}
    assert all(list(row["circulating"]) == [row["pegType"]] for row in rows)
    assert "price" not in rows[0]
    priced = get(client, "/stablecoins/stablecoins", includePrices="true")["peggedAssets"]
    assert priced[0]["price"] == pytest.approx(1, abs=0.01)
    assert priced[-1]["price"] is None


def test_the_days_of_stablecoins_are_strings(client: httpx.Client) -> None:
    rows = get(client, "/stablecoins/stablecoincharts/all")
    assert rows[-1]["date"] == str(TODAY_S)
    circulating, dollars = rows[-1]["totalCirculating"], rows[-1]["totalCirculatingUSD"]
    assert dollars["peggedEUR"] == pytest.approx(1.08 * circulating["peggedEUR"])
    listed = get(client, "/stablecoins/stablecoins")["peggedAssets"]
    total = sum(row["circulating"].get("peggedUSD", 0) for row in listed)
    assert circulating["peggedUSD"] == pytest.approx(total)


@pytest.mark.parametrize("path", ["/api/overview/dexs", "/api/overview/fees"])
def test_an_overview_adds_up(client: httpx.Client, path: str) -> None:
    body = get(client, path)
    chart = body["totalDataChart"]
    assert chart[-1] == [TODAY_S - 86_400, body["total24h"]]
    assert body["total7d"] == pytest.approx(sum(value for _, value in chart[-7:]))
    assert body["change_1d"] == pytest.approx(100 * (chart[-1][1] / chart[-2][1] - 1))
    assert sum(row["total24h"] or 0 for row in body["protocols"]) == pytest.approx(body["total24h"])
    day, parts = body["totalDataChartBreakdown"][-1]
    assert (day, sum(parts.values())) == (chart[-1][0], pytest.approx(chart[-1][1]))
    short = get(client, path, excludeTotalDataChart="true", excludeTotalDataChartBreakdown="true")
    assert (short["totalDataChart"], short["totalDataChartBreakdown"]) == ([], [])
    assert short["total24h"] == body["total24h"]


def test_revenue_is_less_than_fees(client: httpx.Client) -> None:
    fees, revenue = (get(client, "/api/overview/fees", dataType=kind) for kind in ("dailyFees", "dailyRevenue"))
    assert 0 < revenue["total24h"] < fees["total24h"]


def test_an_unknown_coin_is_left_out(client: httpx.Client, market: SandboxMarket) -> None:
    known = next(token for token in market.top_tokens(NOW) if token.contract_addresses)
    chain, address = known.contract_addresses[0]
    keys = f"coingecko:bitcoin,coingecko:nobody,{chain}:{address}"
    coins = get(client, f"/coins/prices/current/{keys}")["coins"]
    assert list(coins) == ["coingecko:bitcoin", f"{chain}:{address}"]
    assert "decimals" not in coins["coingecko:bitcoin"]
    assert coins[f"{chain}:{address}"]["decimals"] == 18
    assert get(client, "/coins/prices/current/coingecko:nobody") == {"coins": {}}


def test_a_price_is_that_of_its_own_time_which_may_be_long_ago(market: SandboxMarket) -> None:
    tokens = market.top_tokens(NOW)
    body = defillama.current_prices(market, NOW, ",".join(f"coingecko:{token.slug}" for token in tokens))[1]
    assert isinstance(body, dict)
    ages = []
    for token in tokens:
        row = body["coins"][f"coingecko:{token.slug}"]
        at = datetime.fromtimestamp(row["timestamp"], UTC)
        ages.append(NOW - at)
        assert row["price"] == market.prices(at, [token.token_id])[0].price_usd
    assert timedelta(0) in ages
    assert timedelta(hours=1) < max(ages) < timedelta(minutes=90)
    assert any("confidence" not in row for row in body["coins"].values())


def test_a_small_market_and_a_first_day_are_no_crash() -> None:
    tiny = SandboxMarket(tokens=1, seed=2)
    for now in (NOW, datetime(2023, 1, 2, 1, tzinfo=UTC), datetime(2022, 6, 1, tzinfo=UTC)):
        assert defillama.chains(tiny, now)[0] == 200
        assert defillama.chain_history(tiny, now, None)[0] == 200
        assert defillama.exchange_volumes(tiny, now, {})[0] == 200
        assert defillama.stablecoins(tiny, now, {})[0] == 200
        assert defillama.protocols(tiny, now) == (200, [])


def test_a_replay_holds_prices_only(tmp_path: Path) -> None:
    (tmp_path / "daily-ohlcv").mkdir()
    line = "date,open,high,low,close,turnover_usd\n2025-10-10,1,2,1,2,10\n"
    (tmp_path / "daily-ohlcv" / "BTC.csv").write_text(line)
    replay = ReplayMarket(tmp_path)
    assert defillama.chains(replay, NOW) == (200, [])
    assert defillama.chain_history(replay, NOW, None) == (200, [])
    assert defillama.stablecoin_charts(replay, NOW) == (200, [])
    status, body = defillama.current_prices(replay, NOW, "coingecko:bitcoin")
    assert (status, isinstance(body, dict) and body["coins"]["coingecko:bitcoin"]["price"]) == (200, 2.0)
