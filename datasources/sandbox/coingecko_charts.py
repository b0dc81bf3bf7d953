"""CoinGecko's market charts: points of price, market cap and volume, in milliseconds.

One day is in steps of five minutes, up to 90 days in hours, longer or with `interval=daily` in days at 00:00 UTC: the
price at that midnight and the volume of the day before. Each ends with a point for now; the daily point of today is
there ten minutes after midnight. A one-day chart steps back once, by 955 ms, as the provider's have done.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from datasources.sandbox.coingecko import CURRENCY, coin_not_found
from datasources.sandbox.contract import ONE_DAY, MarketData, Token

Params = Mapping[str, str]
Answer = tuple[int, object]
Point = tuple[int, float, float]  # milliseconds, price, volume

FREE_DAYS = 365
HOURLY_DAYS = 90
FINAL_AFTER = timedelta(minutes=10)
_STEP_MS = 300_000
_HOUR = timedelta(hours=1)
_BACKWARD_MS = 955
_START = datetime(1970, 1, 1, tzinfo=UTC)


def market_chart(market: MarketData, now: datetime, params: Params, coin_id: str) -> Answer:
    """`/coins/{id}/market_chart`."""
    token = market.find_token(coin_id)
    if token is None or token.listed_on >= now.astimezone(UTC).date():
        return coin_not_found()
    for name in ("vs_currency", "days"):
        if not params.get(name):
            return 422, {"error": f"Missing parameter {name}"}
    days = _days(params["days"])
    if params["vs_currency"] != CURRENCY or days is None:
        return 422, {"error": "invalid vs_currency" if params["vs_currency"] != CURRENCY else "invalid days"}
    if days > FREE_DAYS:
        return 401, _too_long(now)
    if params.get("interval") == "daily" or days > HOURLY_DAYS:
        points = [*_daily(market, now, token, days), *_at(market, now, token)]
    elif days > 1:
        points = [*_hourly(market, now, token, days), *_at(market, now, token)]
    else:
        points = _minutely(market, now, token)
    return 200, _chart(points, market.supply(token.token_id))


def _chart(points: Iterable[Point], supply: float | None) -> dict[str, list[list[float | int | None]]]:
    found = list(points)
    return {
        "prices": [[at, price] for at, price, _ in found],
        "market_caps": [[at, None if supply is None else price * supply] for at, price, _ in found],
        "total_volumes": [[at, volume] for at, _, volume in found],
    }


def _daily(market: MarketData, now: datetime, token: Token, days: int) -> Iterator[Point]:
    """A point at 00:00 of each of the days up to today, made of the day before."""
    moment = now.astimezone(UTC)
    newest = (moment - FINAL_AFTER).date() - ONE_DAY
    for point in market.daily_points(now, token.token_id, moment.date() - days * ONE_DAY, newest):
        midnight = datetime.combine(point.day + ONE_DAY, datetime.min.time(), UTC)
        yield _ms(midnight), point.close_usd, point.volume_usd


def _hourly(market: MarketData, now: datetime, token: Token, days: int) -> Iterator[Point]:
    """A point shortly after each full hour, with the volume of 24 hours; the stamps are never exact."""
    moment = now.astimezone(UTC)
    first = moment - days * ONE_DAY
    volumes: deque[float] = deque(maxlen=24)
    for hour in market.hourly_bars(now, [token.token_id], first.date() - ONE_DAY, moment.date())[::-1]:
        volumes.append(hour.volume_usd)
        ended = hour.opened_at + _HOUR
        if ended > first:
            late_ms = min(_ms(ended) // 3_600_000 * 7919 % 60_000, _ms(moment) - _ms(ended))
            yield _ms(ended) + late_ms, hour.close_usd, sum(volumes)


def _minutely(market: MarketData, now: datetime, token: Token) -> list[Point]:
    """A point every five minutes of the last 24 hours, then now twice, the second time a little before the first."""
    newest = _ms(now) // _STEP_MS
    times = [_START + timedelta(milliseconds=(newest - place) * _STEP_MS) for place in range(287, -1, -1)]
    found = [point for moment in times for point in _at(market, moment, token)]
    current = list(_at(market, now, token))
    return [*found, *current, *((at - _BACKWARD_MS, price, volume) for at, price, volume in current)]


def _at(market: MarketData, moment: datetime, token: Token) -> Iterator[Point]:
    """The point of any moment; none where the token does not trade."""
    for row in market.snapshots(moment, [token.token_id]):
        yield _ms(moment), row.price_usd, row.volume_24h_usd


def _days(text: str) -> int | None:
    """The number of days; `max` is more than any."""
    if text == "max":
        return 100_000
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 and int(text) else None


def _too_long(now: datetime) -> dict[str, object]:
    status = {
        "timestamp": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}+00:00",
        "error_code": 10012,
        "error_message": "Your request exceeds the allowed time range. Public API users are limited to querying "
        "historical data within the past 365 days.",
    }
    return {"error": {"status": status}}


def _ms(moment: datetime) -> int:
    return (moment - _START) // timedelta(milliseconds=1)
