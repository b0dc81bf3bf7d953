"""CoinGecko v3: coins, market rows, prices and the market as a whole, with the provider's oddities.

Pure functions from a market, a time and parameters to a status and a JSON body. Wrapped and staked tokens are left
out of the ranking unless `include_rehypothecated=true`; `per_page` is cut to 250; an id after ", " is not found and
not missed; a plan without a key sees 365 days. Money is US dollars only. For charts see `coingecko_charts`.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from datasources.sandbox.contract import ONE_DAY, MarketData, Snapshot, Token

Params = Mapping[str, str]
Answer = tuple[int, object]
Json = dict[str, object]

CURRENCY = "usd"
MAXIMUM_PER_PAGE = 250
DEFAULT_PER_PAGE = 100
WINDOWS: Mapping[str, timedelta] = {
    "1h": timedelta(hours=1), "24h": ONE_DAY, "7d": 7 * ONE_DAY, "14d": 14 * ONE_DAY, "30d": 30 * ONE_DAY,
    "200d": 200 * ONE_DAY, "1y": 365 * ONE_DAY,
}  # fmt: skip
_REHYPOTHECATED = "wrapped-tokens"
_UNSUPPORTED = ("category", "names", "symbols", "include_tokens")
_GLOBAL_CACHE = timedelta(minutes=10)


def ping() -> Answer:
    """Reachable."""
    return 200, {"gecko_says": "(V3) To the Moon!"}


def coins_list(market: MarketData, now: datetime, params: Params) -> Answer:
    """Every coin by id; `status=inactive` gives those that no longer trade."""
    trading = {token.token_id for token in market.top_tokens(now)}
    inactive = params.get("status", "active") == "inactive"
    chosen = [token for token in market.tokens(now) if (token.token_id in trading) != inactive]
    chosen.sort(key=lambda token: token.slug)
    if params.get("include_platform") != "true":
        return 200, [_coin(token) for token in chosen]
    return 200, [_coin(token) | {"platforms": dict(token.contract_addresses)} for token in chosen]


def coins_markets(market: MarketData, now: datetime, params: Params) -> Answer:
    """A page of market rows, largest first unless `order` says otherwise."""
    refused = _refused(params)
    if refused is not None:
        return refused
    ranked = _ranked(market, now, params)
    size = min(_whole(params, "per_page", DEFAULT_PER_PAGE), MAXIMUM_PER_PAGE)
    start = (_whole(params, "page", 1) - 1) * size
    if params.get("order", "market_cap_desc").startswith("volume"):
        ranked = _by_volume(market, now, ranked, descending=params["order"] == "volume_desc")
    page = ranked[start : start + size]
    snapshots = {row.token_id: row for row in market.snapshots(now, [token.token_id for token, _, _ in page])}
    changes = _changes(market, now, snapshots, params)
    return 200, [
        _market_row(token, snapshots[token.token_id], ranks, now) | changes.get(token.token_id, {})
        for token, *ranks in page
        if token.token_id in snapshots
    ]


def simple_price(market: MarketData, now: datetime, params: Params) -> Answer:
    """Prices by coin id; an unknown id has no key, an unknown currency leaves the coin empty."""
    for name in ("vs_currencies", "ids"):
        if not params.get(name):
            return 422, {"error": f"Missing parameter {name}"}
    found = {slug: token for slug in params["ids"].split(",") if (token := market.find_token(slug)) is not None}
    snapshots = {row.token_id: row for row in market.snapshots(now, [token.token_id for token in found.values()])}
    in_dollars = CURRENCY in params["vs_currencies"].split(",")
    return 200, {
        slug: _simple(snapshots[token.token_id], params, now) if in_dollars else {}
        for slug, token in found.items()
        if token.token_id in snapshots
    }


def global_figures(market: MarketData, now: datetime) -> Answer:
    """`/global`: the whole market every ten minutes; tokens that stand for another one are not counted."""
    at = now.astimezone(UTC).replace(minute=now.minute // 10 * 10, second=0, microsecond=0)
    counted = [token for token in market.top_tokens(at) if not is_rehypothecated(token)]
    rows = market.snapshots(at, [token.token_id for token in counted])
    volume = sum(row.volume_24h_usd for row in rows)
    total, before = _total(rows), _total_before(rows)
    by_id = {row.token_id: row for row in rows}
    shares = {
        token.symbol.lower(): 100.0 * cap / total
        for token in reversed(counted[:10])
        if total and (cap := _cap(by_id[token.token_id])) is not None
    }
    data: Json = {
        "active_cryptocurrencies": len(market.top_tokens(at)),
        "upcoming_icos": 0,
        "ongoing_icos": 49,
        "ended_icos": 3376,
        "markets": len({venue for token in counted for venue in token.exchanges}),
        "total_market_cap": {} if total is None else {CURRENCY: total},
        "total_volume": {CURRENCY: volume},
        "market_cap_percentage": dict(reversed(shares.items())),
        "market_cap_change_percentage_24h_usd": _percent(total, before),
        "updated_at": int(at.timestamp()),
    }
    return 200, {"data": data}


def global_defi(market: MarketData, now: datetime) -> Answer:
    """`/global/decentralized_finance_defi`: exact decimals as long strings, but for one share that is a number."""
    ranked = market.top_tokens(now)
    defi = [
        token for token in ranked if any(item.slug == "decentralized-finance-defi" for item in token.categories or ())
    ]
    rows = market.snapshots(now, [token.token_id for token in defi])
    total, ether = _total(rows), market.find_token("ethereum")
    everything = _total(market.snapshots(now, [token.token_id for token in ranked if not is_rehypothecated(token)]))
    base = market.snapshots(now, [ether.token_id]) if ether is not None else ()
    ether_cap = _cap(base[0]) if base else None
    top = _cap(rows[0]) if rows else None
    if total is None or everything is None or top is None:
        return 200, {"data": {}}
    return 200, {
        "data": {
            "defi_market_cap": _long(total),
            "eth_market_cap": _long(ether_cap or 0.0),
            "defi_to_eth_ratio": _long(100.0 * total / ether_cap if ether_cap else 0.0),
            "trading_volume_24h": _long(sum(row.volume_24h_usd for row in rows)),
            "defi_dominance": _long(100.0 * total / everything),
            "top_coin_name": defi[0].name,
            "top_coin_defi_dominance": 100.0 * top / total,
        }
    }


def is_rehypothecated(token: Token) -> bool:
    """Whether a token stands for another one, wrapped or staked."""
    return bool(token.categories) and token.categories is not None and token.categories[0].slug == _REHYPOTHECATED


def coin_not_found() -> Answer:
    """The answer for an id that does not exist."""
    return 404, {"error": "coin not found"}


Ranked = tuple[Token, int | None, int]


def _ranked(market: MarketData, now: datetime, params: Params) -> list[Ranked]:
    """Tokens with their rank among those that stand for themselves, and among all; in the order asked."""
    include = params.get("include_rehypothecated") == "true"
    everything: list[Ranked] = []
    own_rank = 0
    for rank, token in enumerate(market.top_tokens(now), 1):
        categories = token.categories  # thousands of tokens pass here for every page
        if categories and categories[0].slug == _REHYPOTHECATED:
            if include:
                everything.append((token, None, rank))
        else:
            own_rank += 1
            everything.append((token, own_rank, rank))
    if "ids" in params:
        wanted = frozenset(params["ids"].split(","))
        everything = [row for row in everything if row[0].slug in wanted]
    order = params.get("order", "market_cap_desc")
    if order.startswith("id_"):
        everything.sort(key=lambda row: row[0].slug)
    return everything[::-1] if order in {"market_cap_asc", "id_desc"} else everything


def _by_volume(market: MarketData, now: datetime, ranked: list[Ranked], *, descending: bool) -> list[Ranked]:
    rows = market.snapshots(now, [token.token_id for token, _, _ in ranked])
    volumes = {row.token_id: row.volume_24h_usd for row in rows}
    return sorted(ranked, key=lambda row: volumes.get(row[0].token_id, 0.0), reverse=descending)


def _refused(params: Params) -> Answer | None:
    if not params.get("vs_currency"):
        return 422, {"error": "Missing parameter vs_currency"}
    if params["vs_currency"] != CURRENCY:
        return 422, {"error": "invalid vs_currency"}
    unsupported = [name for name in _UNSUPPORTED if name in params]
    if unsupported:
        return 422, {"error": f"the sandbox cannot filter by {', '.join(unsupported)}"}
    return None


def _market_row(token: Token, row: Snapshot, ranks: Sequence[int | None], now: datetime) -> Json:
    cap, number = _cap(row), token.token_id
    before = row.price_24h_ago_usd if number % 41 else None  # some coins lack what depends on yesterday
    change = None if before is None else row.price_usd - before
    percent = _percent(row.price_usd, before)
    maximum = None if row.supply is None or number % 9 < 4 else row.supply * 1.25
    (high_day, high), (low_day, low) = row.highest, row.lowest
    return {
        "id": token.slug,
        "symbol": token.symbol.lower(),
        "name": token.name,
        "image": f"https://sandbox.invalid/coins/{number}/large.png",
        "current_price": _number(row.price_usd),
        "market_cap": None if cap is None else round(cap),
        "market_cap_rank": None if cap is None else ranks[0],
        "market_cap_rank_with_rehypothecated": None if cap is None else ranks[1],
        "fully_diluted_valuation": None if maximum is None else round(maximum * row.price_usd),
        "total_volume": _number(row.volume_24h_usd),
        "high_24h": None if before is None else _number(row.high_24h_usd),
        "low_24h": None if before is None else _number(row.low_24h_usd),
        "price_change_24h": change,
        "price_change_percentage_24h": percent,
        "market_cap_change_24h": None if change is None or row.supply is None else change * row.supply,
        "market_cap_change_percentage_24h": None if row.supply is None else percent,
        "circulating_supply": row.supply,
        "total_supply": None if row.supply is None or number % 17 == 0 else row.supply,
        "max_supply": maximum,
        "ath": _number(high),
        "ath_change_percentage": _percent(row.price_usd, high),
        "ath_date": f"{high_day.isoformat()}T00:00:00.000Z",
        "atl": _number(low),
        "atl_change_percentage": _percent(row.price_usd, low),
        "atl_date": f"{low_day.isoformat()}T00:00:00.000Z",
        "roi": _return(row.price_usd, low) if number % 5 == 0 else None,
        "last_updated": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z",
    }


def _changes(market: MarketData, now: datetime, snapshots: Mapping[int, Snapshot], params: Params) -> dict[int, Json]:
    """The price changes asked for by window; null where a coin is too young for it."""
    ids, found = list(snapshots), {token_id: Json() for token_id in snapshots}
    for window in params.get("price_change_percentage", "").split(","):
        span = WINDOWS.get(window)
        if span is None:
            continue
        if span > ONE_DAY:
            before = _closes_before(market, now - span, ids)
        else:
            before = {row.token_id: row.price_usd for row in market.prices(now - span, ids)}
        for token_id, row in snapshots.items():
            found[token_id][f"price_change_percentage_{window}_in_currency"] = _percent(
                row.price_usd, before.get(token_id)
            )
    return found


def _closes_before(market: MarketData, moment: datetime, ids: Sequence[int]) -> dict[int, float]:
    """The last final closes at a moment long ago, which are quicker to have than the prices then."""
    day = moment.astimezone(UTC).date() - ONE_DAY
    return {row.token_id: row.close_usd for row in market.daily_bars(moment, ids, day, day)}


def _simple(row: Snapshot, params: Params, now: datetime) -> Json:
    found: Json = {CURRENCY: _number(row.price_usd)}
    if params.get("include_market_cap") == "true":
        found["usd_market_cap"] = _cap(row)
    if params.get("include_24hr_vol") == "true":
        found["usd_24h_vol"] = row.volume_24h_usd
    if params.get("include_24hr_change") == "true":
        found["usd_24h_change"] = _percent(row.price_usd, row.price_24h_ago_usd)
    if params.get("include_last_updated_at") == "true":
        found["last_updated_at"] = int(now.timestamp())
    return found


def _coin(token: Token) -> Json:
    return {"id": token.slug, "symbol": token.symbol.lower(), "name": token.name}


def _cap(row: Snapshot) -> float | None:
    return None if row.supply is None else row.supply * row.price_usd


def _total(rows: Sequence[Snapshot]) -> float | None:
    caps = [cap for row in rows if (cap := _cap(row)) is not None]
    return sum(caps) if caps else None


def _total_before(rows: Sequence[Snapshot]) -> float | None:
    caps = [
        row.supply * (row.price_usd if row.price_24h_ago_usd is None else row.price_24h_ago_usd)
        for row in rows
        if row.supply is not None
    ]
    return sum(caps) if caps else None


def _percent(value: float | None, before: float | None) -> float | None:
    return None if value is None or not before else 100.0 * (value / before - 1.0)


def _return(value: float, before: float) -> Json:
    return {"times": value / before - 1.0, "currency": CURRENCY, "percentage": 100.0 * (value / before - 1.0)}


def _number(value: float) -> float | int:
    """Whole numbers lose their decimal point, as the provider's do."""
    return int(value) if value == int(value) else value


def _long(value: float) -> str:
    """More digits than a float holds."""
    return f"{value:.17f}" + "0123456789" * 4


def _whole(params: Params, name: str, default: int) -> int:
    text = params.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 and int(text) else default
