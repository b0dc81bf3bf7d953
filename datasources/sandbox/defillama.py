"""DefiLlama's three free hosts: value locked, stablecoins, exchange volumes, fees, and prices by coin.

Pure functions from a market, a time and parameters to a status and a JSON body. A day is a whole number of seconds in
one answer and a string in another; a coin that is not known is left out; the last point of value locked is of now.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from datasources.sandbox.contract import ONE_DAY, Defi, DefiLine, MarketData, Token
from datasources.sandbox.defi import EURO_USD

Params = Mapping[str, str]
Answer = tuple[int, object]
Json = dict[str, object]

GECKO = "coingecko"
_CHAINS = {"bsc": "binance-smart-chain"}
_RATES = {"peggedUSD": 1.0, "peggedEUR": EURO_USD}
_CHANGES = {"change_1d": 1, "change_7d": 7, "change_1m": 30}
_TOTALS = {"total7d": 7, "total30d": 30, "total1y": 365}
_STALE_SECONDS = 4800


def chains(market: MarketData, now: datetime) -> Answer:
    """`/v2/chains`: value locked in each chain; ids of coins and chains may be null, one chain id is a string."""
    found = market.defi(now)
    return 200, [
        {
            "gecko_id": line.gecko_id,
            "tvl": line.values[-1],
            "tokenSymbol": line.symbol,
            "cmcId": None if line.gecko_id is None else str(1000 + place),
            "name": line.name,
            "chainId": line.chain_id,
        }
        for place, line in enumerate(found.chains if found else ())
    ]


def chain_history(market: MarketData, now: datetime, chain: str | None) -> Answer:
    """`/v2/historicalChainTvl[/{chain}]`: a point at 00:00 UTC of every day, made of the day before, and one of now."""
    found = market.defi(now)
    if found is None:
        return 200, []
    lines = [line for line in found.chains if chain is None or line.name.lower() == chain.lower()]
    if not lines:
        return 404, "Chain not found"
    values = _sums(lines)
    points = [{"date": at, "tvl": value} for at, value in zip(_midnights(found, now), values, strict=True) if value]
    drift = 1.0 + 0.01 * (now.astimezone(UTC).hour - 12) / 12.0
    return 200, [*points, {"date": int(now.timestamp()), "tvl": values[-1] * drift}]


def protocols(market: MarketData, now: datetime) -> Answer:
    """`/protocols`: value locked by chain and, apart from it, staked, borrowed and in pools."""
    found = market.defi(now)
    return 200, [_protocol(place, line) for place, line in enumerate(found.protocols if found else ())]


def stablecoins(market: MarketData, now: datetime, params: Params) -> Answer:
    """`/stablecoins`: what circulates of each, under a key that is the peg's."""
    found = market.defi(now)
    lines = [line for line in (found.stablecoins if found else ()) if line.values[-1] > 0]
    priced = params.get("includePrices") == "true"
    rows = [_stablecoin(place, line) | ({"price": _price(market, now, line)} if priced else {}) for place, line in
            enumerate(lines, 1)]  # fmt: skip
    return 200, {"peggedAssets": rows}


def stablecoin_charts(market: MarketData, now: datetime) -> Answer:
    """`/stablecoincharts/all`: what circulates of all by peg at 00:00 UTC; the days are strings."""
    found = market.defi(now)
    if found is None:
        return 200, []
    sums = {peg: _sums([line for line in found.stablecoins if line.peg == peg]) for peg in _RATES}
    sums = {peg: values for peg, values in sums.items() if values}
    return 200, [
        {
            "date": str(at),
            "totalCirculating": {peg: values[place] for peg, values in sums.items()},
            "totalCirculatingUSD": {peg: values[place] * _RATES[peg] for peg, values in sums.items()},
        }
        for place, at in enumerate(_midnights(found, now))
    ]


def exchange_volumes(market: MarketData, now: datetime, params: Params) -> Answer:
    """`/overview/dexs`."""
    found = market.defi(now)
    return 200, _overview(found, found.volumes if found else (), params)


def fees(market: MarketData, now: datetime, params: Params) -> Answer:
    """`/overview/fees`; of revenue, a third of the fees."""
    found = market.defi(now)
    share = 1.0 if params.get("dataType", "dailyFees") == "dailyFees" else 1.0 / 3.0
    return 200, _overview(found, found.fees if found else (), params, share)


def current_prices(market: MarketData, now: datetime, coins: str) -> Answer:
    """`/prices/current/{coins}`: the price of each known coin, at its own time, which may be 80 minutes ago."""
    found: dict[str, Json] = {}
    for key in dict.fromkeys(coins.split(",")):
        token = _token(market, key)
        row = None if token is None else _priced(market, now, token, key)
        if row is not None:
            found[key] = row
    return 200, {"coins": found}


def _priced(market: MarketData, now: datetime, token: Token, key: str) -> Json | None:
    number = token.token_id
    at = now - timedelta(seconds=_STALE_SECONDS if number % 11 == 5 else number % 5 * 60)
    prices = market.prices(at, [number])
    if not prices:
        return None
    row: Json = {"price": prices[0].price_usd, "symbol": token.symbol, "timestamp": int(at.timestamp())}
    decimals = {} if key.startswith(f"{GECKO}:") else {"decimals": 18}
    return row | decimals | ({} if number % 23 == 7 else {"confidence": 0.99})


def _token(market: MarketData, key: str) -> Token | None:
    chain, _, address = key.partition(":")
    if chain == GECKO:
        return market.find_token(address)
    known = _CHAINS.get(chain, chain)
    return market.token_at(known, address) or market.token_at(known, address.lower())


def _protocol(place: int, line: DefiLine) -> Json:
    tvl = line.values[-1]
    home = {"Ethereum": 0.7 * tvl, "Base": 0.3 * tvl}
    parent: Json = {} if place % 4 else {"parentProtocol": f"parent#{line.gecko_id}"}
    return parent | {
        "id": str(100 + place),
        "name": line.name,
        "symbol": line.symbol or "-",
        "category": "Dexs" if place % 2 == 0 else "Lending",
        "chains": list(home),
        "slug": line.gecko_id or line.name.lower().replace(" ", "-"),
        "tvl": tvl,
        "chainTvls": home | {"Ethereum-staking": 0.1 * tvl, "staking": 0.1 * tvl, "borrowed": 0.4 * tvl, "pool2": 0.0},
        "change_1h": None if place % 3 == 0 else 0.0,
        "change_1d": _change(line.values, 1),
        "change_7d": _change(line.values, 7),
        "mcap": tvl / 1.4,
        "gecko_id": line.gecko_id,
        "cmcId": None,
        "listedAt": 1672531200 + 86_400 * place,
    }


def _stablecoin(place: int, line: DefiLine) -> Json:
    def circulating(days: int) -> dict[str, float]:
        held = len(line.values) > days
        return {line.peg: line.values[-1 - days]} if held else {}  # a young one has no amount, not a zero

    return {
        "id": str(place),
        "name": line.name,
        "symbol": line.symbol,
        "gecko_id": line.gecko_id,
        "pegType": line.peg,
        "pegMechanism": "fiat-backed",
        "circulating": circulating(0),
        "circulatingPrevDay": circulating(1),
        "circulatingPrevWeek": circulating(7),
        "circulatingPrevMonth": circulating(30),
        "chainCirculating": {"Ethereum": {"current": {line.peg: line.values[-1]}}},
        "chains": ["Ethereum"],
    }


def _price(market: MarketData, now: datetime, line: DefiLine) -> float | None:
    token = None if line.gecko_id is None else market.find_token(line.gecko_id)
    prices = [] if token is None else market.prices(now, [token.token_id])
    return prices[0].price_usd if prices else None


def _overview(found: Defi | None, lines: Sequence[DefiLine], params: Params, share: float = 1.0) -> Json:
    values = [share * value for value in _sums(lines)]
    days = [] if found is None else [int((at - ONE_DAY).timestamp()) for at in _ends(found, len(values))]
    charts = zip(days, values, strict=True)
    breakdown = ([at, {line.name: share * line.values[place] for line in lines}] for place, at in enumerate(days))
    return {
        "totalDataChart": [] if _is_true(params, "excludeTotalDataChart") else [list(pair) for pair in charts],
        "totalDataChartBreakdown": [] if _is_true(params, "excludeTotalDataChartBreakdown") else list(breakdown),
        "allChains": [] if found is None else [line.name for line in found.chains],
        "chain": None,
        "total24h": values[-1] if values else None,
        "total48hto24h": values[-2] if len(values) > 1 else None,
        **{name: sum(values[-span:]) if values else None for name, span in _TOTALS.items()},
        "totalAllTime": sum(values) if values else None,
        **{name: _change(values, span) for name, span in _CHANGES.items()},
        "change_7dover7d": _change([sum(values[-14:-7]), sum(values[-7:])], 1),
        "change_30dover30d": _change([sum(values[-60:-30]), sum(values[-30:])], 1),
        "total7DaysAgo": values[-8] if len(values) > 7 else None,
        "total30DaysAgo": values[-31] if len(values) > 30 else None,
        "protocols": [_part(place, line, share) for place, line in enumerate(lines)],
    }


def _part(place: int, line: DefiLine, share: float) -> Json:
    volume = line.values[-1] * share
    return {
        "defillamaId": str(100 + place),
        "name": line.name,
        "displayName": line.name,
        "module": line.gecko_id or line.name,
        "category": "Dexs",
        "slug": line.gecko_id or line.name,
        "chains": ["Ethereum"],
        "total24h": volume if volume > 0 else None,
        "total7d": sum(line.values[-7:]) * share,
        "change_1d": _change(line.values, 1),
        "breakdown24h": {"ethereum": {line.name: volume}},
    }


def _sums(lines: Sequence[DefiLine]) -> list[float]:
    """The sum over all lines of each day."""
    return [round(sum(values), 2) for values in zip(*(line.values for line in lines), strict=True)]


def _ends(found: Defi, count: int) -> list[datetime]:
    """The midnights at which the first `count` days end."""
    first = datetime.combine(found.first_day, datetime.min.time(), UTC)
    return [first + (place + 1) * ONE_DAY for place in range(count)]


def _midnights(found: Defi, now: datetime) -> Iterable[int]:
    """The seconds of the midnights at which the days up to the last final one end."""
    return [int(at.timestamp()) for at in _ends(found, (now.astimezone(UTC).date() - found.first_day).days)]


def _change(values: Sequence[float], days: int) -> float | None:
    """In percent; None where there is no value so long ago, or it is zero."""
    if len(values) <= days or not values[-1 - days]:
        return None
    return 100.0 * (values[-1] / values[-1 - days] - 1.0)


def _is_true(params: Params, name: str) -> bool:
    return params.get(name) == "true"
