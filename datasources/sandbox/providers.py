"""The addresses of the providers beside Token Metrics, and which of their assets are which tokens."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from datasources.sandbox import binance, coin_metrics, coingecko, coingecko_charts, defillama, feeds, mempool
from datasources.sandbox.contract import MarketData
from datasources.sandbox.paging import BadQuery

Params = Mapping[str, str]
Answer = tuple[int, object]
Handler = Callable[[MarketData, datetime, Params, Params, str], Answer]
"""Market, time, parameters of the query and of the path, address without its query -> status and JSON body."""


def binance_pairs(market: MarketData, now: datetime) -> dict[str, tuple[str, str]]:
    """The market's USDT pairs at `now`: base asset -> (slug, name)."""
    return binance.pairs(market, now)


def coin_metrics_tickers(market: MarketData, now: datetime) -> dict[str, tuple[str, str]]:
    """The market's on-chain assets at `now`: ticker -> (slug, name)."""
    return {item.asset: (item.slug, item.name) for item in market.onchain_coverage(now)}


def _fear_and_greed(market: MarketData, now: datetime, params: Params, _path: Params, _url: str) -> Answer:
    try:
        return 200, feeds.fear_and_greed(market, now, params)
    except BadQuery as error:
        return 400, {"name": "Fear and Greed Index", "data": [], "metadata": {"error": str(error)}}


def _onchain(build: Callable[[MarketData, datetime, Params, str], dict[str, object]]) -> Handler:
    """A Coin Metrics endpoint: its mistakes are answers, too."""
    return lambda market, now, params, _path, url: coin_metrics.answered(lambda: build(market, now, params, url))


def _plain(build: Callable[[MarketData, datetime], Answer]) -> Handler:
    """An endpoint without parameters."""
    return lambda market, now, _params, _path, _url: build(market, now)


def _asked(build: Callable[[MarketData, datetime, Params], Answer]) -> Handler:
    """An endpoint with parameters in its query."""
    return lambda market, now, params, _path, _url: build(market, now, params)


def _named(build: Callable[[MarketData, datetime, str], Answer], name: str) -> Handler:
    """An endpoint with one parameter in its path."""
    return lambda market, now, _params, path, _url: build(market, now, path[name])


_COINGECKO: Final = "/coingecko/api/v3"
_BINANCE: Final = "/binance/api/v3"
_LLAMA: Final = "/llama/api"
_MEMPOOL: Final = "/mempool/api"

PROVIDER_ROUTES: Final[Mapping[str, Handler]] = MappingProxyType(
    {
        f"{_COINGECKO}/ping": lambda *_: coingecko.ping(),
        f"{_COINGECKO}/coins/list": _asked(coingecko.coins_list),
        f"{_COINGECKO}/coins/markets": _asked(coingecko.coins_markets),
        f"{_COINGECKO}/coins/{{coin_id}}/market_chart": lambda market, now, params, path, _: (
            coingecko_charts.market_chart(market, now, params, path["coin_id"])
        ),
        f"{_COINGECKO}/simple/price": _asked(coingecko.simple_price),
        f"{_COINGECKO}/global": _plain(coingecko.global_figures),
        f"{_COINGECKO}/global/decentralized_finance_defi": _plain(coingecko.global_defi),
        f"{_BINANCE}/ping": lambda *_: binance.ping(),
        f"{_BINANCE}/klines": _asked(binance.klines),
        f"{_BINANCE}/exchangeInfo": _asked(binance.exchange_info),
        "/v4/timeseries/asset-metrics": _onchain(coin_metrics.asset_metrics),
        "/v4/catalog-v2/asset-metrics": _onchain(coin_metrics.catalogue),
        "/v4/reference-data/assets": _onchain(coin_metrics.assets),
        f"{_LLAMA}/v2/chains": _plain(defillama.chains),
        f"{_LLAMA}/v2/historicalChainTvl": lambda market, now, *_: defillama.chain_history(market, now, None),
        f"{_LLAMA}/v2/historicalChainTvl/{{chain}}": _named(defillama.chain_history, "chain"),
        f"{_LLAMA}/protocols": _plain(defillama.protocols),
        f"{_LLAMA}/overview/dexs": _asked(defillama.exchange_volumes),
        f"{_LLAMA}/overview/fees": _asked(defillama.fees),
        "/llama/stablecoins/stablecoins": _asked(defillama.stablecoins),
        "/llama/stablecoins/stablecoincharts/all": _plain(defillama.stablecoin_charts),
        "/llama/coins/prices/current/{coins:path}": _named(defillama.current_prices, "coins"),
        "/fng/": _fear_and_greed,
        f"{_MEMPOOL}/v1/fees/recommended": _plain(mempool.recommended_fees),
        f"{_MEMPOOL}/v1/mining/hashrate/{{period}}": _named(mempool.hash_rates, "period"),
        f"{_MEMPOOL}/v1/difficulty-adjustment": _plain(mempool.difficulty_adjustment),
        f"{_MEMPOOL}/blocks/tip/height": _plain(mempool.tip_height),
    }
)
"""Every address by its template; all are asked with GET."""
