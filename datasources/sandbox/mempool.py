"""mempool.space: the network of the first token's chain, made of its on-chain metrics.

Pure functions from a market and a time to a status and a JSON body. Hash rates are in H/s and above 2^53, times of the
difficulty adjustment in milliseconds, as the provider really sends them. What the market does not hold is a 404.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from datasources.sandbox.contract import ONE_DAY, MarketData, OnchainRow, last_final_day

Answer = tuple[int, object]

ASSET = "btc"
PERIOD_DAYS: Mapping[str, int] = {
    "3d": 3, "1w": 7, "1m": 30, "3m": 91, "6m": 182, "1y": 365, "2y": 730, "3y": 1095, "all": 100_000,
}  # fmt: skip
BLOCKS_PER_ADJUSTMENT = 2016
BLOCK_SECONDS = 600
_TERA = 12  # decimals between H/s and TH/s
_SAT = 100_000_000
_VBYTES_A_DAY = 144_000_000
_NOTHING: Answer = (404, "Not Found")


def recommended_fees(market: MarketData, now: datetime) -> Answer:
    """`/v1/fees/recommended`: whole satoshis per virtual byte."""
    fees = _newest(market, now, "FeeTotNtv")
    if fees is None:
        return _NOTHING
    hour = max(1, round(fees * _SAT / _VBYTES_A_DAY))
    names = ("fastestFee", "halfHourFee", "hourFee", "economyFee", "minimumFee")
    return 200, dict(zip(names, (2 * hour, hour + hour // 2, hour, max(1, hour // 2), 1), strict=True))


def hash_rates(market: MarketData, now: datetime, period: str) -> Answer:
    """`/v1/mining/hashrate/{period}`: a value of each final day, and the difficulty after each adjustment."""
    days = PERIOD_DAYS.get(period)
    last = last_final_day(now)
    rates = _hash_rates(market, now, max(date.min.toordinal(), last.toordinal() - (days or 0) + 1))
    if days is None or not rates:
        return _NOTHING
    changes = [rate for place, rate in enumerate(rates) if place % 14 == 0]
    difficulty = [
        {"time": _seconds(day), "timestamp": _seconds(day), "difficulty": _difficulty(rate)} for day, rate in changes
    ]
    height = market.block_height(now)
    if height is not None:
        tips = [height - (last - day).days * 144 for day, _ in changes]
        difficulty = [row | {"height": tip} for row, tip in zip(difficulty, tips, strict=True)]
    return 200, {
        "hashrates": [{"timestamp": _seconds(day), "avgHashrate": rate} for day, rate in rates],
        "difficulty": difficulty,
        "currentHashrate": rates[-1][1],
        "currentDifficulty": _difficulty(rates[-1][1]),
    }


def difficulty_adjustment(market: MarketData, now: datetime) -> Answer:
    """`/v1/difficulty-adjustment`: how far the period is; times in milliseconds."""
    height = market.block_height(now)
    rates = _hash_rates(market, now, last_final_day(now).toordinal() - 14)
    if height is None or len(rates) < 2:
        return _NOTHING
    done = height % BLOCKS_PER_ADJUSTMENT
    left = BLOCKS_PER_ADJUSTMENT - done
    change = round(100.0 * (rates[-1][1] / rates[0][1] - 1.0), 6)
    now_ms = int(now.timestamp() * 1000)
    return 200, {
        "progressPercent": 100.0 * done / BLOCKS_PER_ADJUSTMENT,
        "difficultyChange": change,
        "estimatedRetargetDate": now_ms + left * BLOCK_SECONDS * 1000,
        "remainingBlocks": left,
        "remainingTime": left * BLOCK_SECONDS * 1000,
        "previousRetarget": round(change / 2.0, 6),
        "previousTime": now_ms // 1000 - done * BLOCK_SECONDS,
        "nextRetargetHeight": height + left,
        "timeAvg": BLOCK_SECONDS * 1000,
        "adjustedTimeAvg": BLOCK_SECONDS * 1000,
        "timeOffset": 0,
        "expectedBlocks": done + 0.5,
    }


def tip_height(market: MarketData, now: datetime) -> Answer:
    """`/blocks/tip/height`: a bare number."""
    height = market.block_height(now)
    return _NOTHING if height is None else (200, height)


def _hash_rates(market: MarketData, now: datetime, first: int) -> list[tuple[date, int]]:
    """Hashes a second of each final day from an ordinal on that has any."""
    rows = market.onchain_days(now, ASSET, date.fromordinal(max(1, first)), last_final_day(now))
    found = ((row.day, _value(row, "HashRate")) for row in rows)
    return [(day, int(rate.scaleb(_TERA).to_integral_value())) for day, rate in found if rate is not None]


def _newest(market: MarketData, now: datetime, name: str) -> Decimal | None:
    """The metric of the last final day; the one before will do."""
    last = last_final_day(now)
    rows: Sequence[OnchainRow] = market.onchain_days(now, ASSET, last - ONE_DAY, last)
    values = [value for row in rows if (value := _value(row, name)) is not None]
    return values[-1] if values else None


def _value(row: OnchainRow, name: str) -> Decimal | None:
    text = dict(row.values).get(name)
    return None if text is None else Decimal(text)


def _difficulty(hashes_per_second: int) -> float:
    return hashes_per_second * BLOCK_SECONDS / 2**32


def _seconds(day: date) -> int:
    return int(
        (datetime.combine(day, datetime.min.time(), UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    )
