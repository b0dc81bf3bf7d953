"""Binance's public spot data: klines of a day and of an hour, in USDT, numbers as strings.

Every function is pure: from a market, a time and parameters to a status and a JSON body. The candle that is not over
yet comes last, as the provider sends it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from datasources.sandbox.contract import ONE_DAY, MarketBar, MarketData, MarketHour, Token
from datasources.sandbox.decimals import SMALL, fixed
from datasources.sandbox.majors import QUOTE
from datasources.sandbox.paging import BadQuery, parse_whole

Params = Mapping[str, str]
Answer = tuple[int, object]
Kline = list[str | int]

ONE_HOUR = timedelta(hours=1)
INTERVALS = {"1d": ONE_DAY, "1h": ONE_HOUR}
DEFAULT_LIMIT = 500
MAXIMUM_LIMIT = 1000
_MILLISECOND = timedelta(milliseconds=1)
_FIRST_ORDINAL = 719_163  # 1970-01-01
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MS = 253_402_214_400_000  # 9999-12-31
_TRADE_USD = 800.0


def ping() -> Answer:
    """Reachable."""
    return 200, {}


def klines(market: MarketData, now: datetime, params: Params) -> Answer:
    """At most `limit` (500, never above 1,000) candles between startTime and endTime, ascending by opening time.

    With a startTime the oldest of them, without one the newest. Symbols that do not trade, other intervals than a day
    and an hour and malformed numbers are refused in the provider's words.
    """
    for name in ("symbol", "interval"):
        if not params.get(name):
            return _refusal(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")
    token, step = _pair(market, now, params["symbol"]), INTERVALS.get(params["interval"])
    if token is None:
        return _refusal(-1121, "Invalid symbol.")
    if step is None:
        return _refusal(-1120, "Invalid interval.")
    try:
        limit, start_ms, end_ms = _limit(params), _time_ms(params, "startTime"), _time_ms(params, "endTime")
    except BadQuery as error:
        return _refusal(-1100, str(error))
    return 200, [_kline(candle, step) for candle in _candles(market, now, token, step, limit, start_ms, end_ms)]


def exchange_info(market: MarketData, now: datetime, params: Params) -> Answer:
    """The pairs, one with `symbol`; those that no longer trade are on a break."""
    pairs = {token.symbol + QUOTE: token for token in _listed(market, now)}
    if "symbol" in params:
        if params["symbol"] not in pairs:
            return _refusal(-1121, "Invalid symbol.")
        pairs = {params["symbol"]: pairs[params["symbol"]]}
    limits = [
        {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 6000},
        {"rateLimitType": "RAW_REQUESTS", "interval": "MINUTE", "intervalNum": 5, "limit": 61000},
    ]
    symbols = [_pair_row(name, token, now) for name, token in sorted(pairs.items())]
    body = {"timezone": "UTC", "serverTime": _ms(now), "rateLimits": limits, "exchangeFilters": [], "symbols": symbols}
    return 200, body


def pairs(market: MarketData, now: datetime) -> dict[str, tuple[str, str]]:
    """Base asset -> (slug, name) of every pair listed by `now`."""
    return {token.symbol: (token.slug, token.name) for token in _listed(market, now)}


def _candles(
    market: MarketData, now: datetime, token: Token, step: timedelta, limit: int, start_ms: int | None,
    end_ms: int | None,
) -> Sequence[MarketBar | MarketHour]:  # fmt: skip
    last = min(now.astimezone(UTC), _at(end_ms) if end_ms is not None else now)
    first = datetime.combine(token.listed_on, datetime.min.time(), UTC)
    if start_ms is not None:
        first = max(first, _at(start_ms))
    if step == ONE_HOUR:  # days may be missing, which must not shorten an answer; hours are not
        bounds = (first, first + (limit + 1) * step) if start_ms is not None else (last - limit * step, last)
        first, last = max(first, bounds[0]), min(last, bounds[1])
    bounds_ms = _ms(first), _ms(last)
    candles = _read(market, now, token, step, first, last)
    found = [candle for candle in candles if bounds_ms[0] <= _opened_ms(candle) <= bounds_ms[1]]
    return found[:limit] if start_ms is not None else found[-limit:]


def _read(
    market: MarketData, now: datetime, token: Token, step: timedelta, first: datetime, last: datetime
) -> list[MarketBar | MarketHour]:
    if first > last:
        return []
    days = first.date(), last.date()
    unfinished: MarketBar | MarketHour | None
    if step == ONE_DAY:
        found: list[MarketBar | MarketHour] = list(market.token_bars(now, token.token_id, *days))
        unfinished = market.open_bar(now, token.token_id)
    else:
        found = list(market.hourly_bars(now, [token.token_id], *days)[::-1])
        unfinished = market.open_hour(now, token.token_id)
    return [*found, unfinished] if unfinished is not None else found


def _kline(candle: MarketBar | MarketHour, step: timedelta) -> Kline:
    opened_ms = _opened_ms(candle)
    worth = candle.volume_usd
    base = 3.0 * worth / (candle.high_usd + candle.low_usd + candle.close_usd)
    bought = 0.45 + 0.01 * (opened_ms // 3_600_000 % 11)
    form = fixed if candle.low_usd < SMALL else "{:.8f}".format
    return [
        opened_ms, form(candle.open_usd), form(candle.high_usd), form(candle.low_usd), form(candle.close_usd),
        f"{base:.8f}", opened_ms + step // _MILLISECOND - 1, f"{worth:.8f}", int(worth / _TRADE_USD),
        f"{base * bought:.8f}", f"{worth * bought:.8f}", "0",
    ]  # fmt: skip


def _pair(market: MarketData, now: datetime, symbol: str) -> Token | None:
    token = market.pair_tokens().get(symbol.removesuffix(QUOTE)) if symbol.endswith(QUOTE) else None
    return token if token is not None and _is_listed(token, now) else None


def _listed(market: MarketData, now: datetime) -> list[Token]:
    return [token for token in market.pair_tokens().values() if _is_listed(token, now)]


def _is_listed(token: Token, now: datetime) -> bool:
    return token.listed_on < now.astimezone(UTC).date()


def _pair_row(symbol: str, token: Token, now: datetime) -> dict[str, object]:
    gone = token.delisted_on is not None and token.delisted_on <= now.astimezone(UTC).date()
    return {
        "symbol": symbol, "status": "BREAK" if gone else "TRADING", "baseAsset": token.symbol,
        "baseAssetPrecision": 8, "quoteAsset": QUOTE, "quotePrecision": 8, "quoteAssetPrecision": 8,
        "isSpotTradingAllowed": True, "isMarginTradingAllowed": False, "filters": [], "permissions": [],
    }  # fmt: skip


def _opened_ms(candle: MarketBar | MarketHour) -> int:
    if isinstance(candle, MarketHour):
        return _ms(candle.opened_at)
    return (candle.day.toordinal() - _FIRST_ORDINAL) * 86_400_000


def _limit(params: Params) -> int:
    limit = parse_whole(params, "limit", DEFAULT_LIMIT)
    if limit < 1:
        raise BadQuery("Illegal characters found in parameter 'limit'; legal range is '^[0-9]{1,20}$'.")
    return min(limit, MAXIMUM_LIMIT)


def _time_ms(params: Params, name: str) -> int | None:
    text = params.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 15):
        raise BadQuery(f"Illegal characters found in parameter '{name}'; legal range is '^[0-9]{{1,20}}$'.")
    return min(int(text), _LAST_MS)


def _at(milliseconds: int) -> datetime:
    return _FIRST + timedelta(milliseconds=milliseconds)


def _ms(at: datetime) -> int:
    return (at - _FIRST) // _MILLISECOND


def _refusal(code: int, message: str) -> Answer:
    return 400, {"code": code, "msg": message}
