"""alternative.me's fear and greed index, as a pure function from a market, a time and parameters to a JSON body."""

from collections.abc import Mapping
from datetime import UTC, datetime

from datasources.sandbox.contract import ONE_DAY, MarketData, SentimentIndex
from datasources.sandbox.paging import parse_whole
from datasources.sandbox.wire import Row


def fear_and_greed(market: MarketData, now: datetime, params: Mapping[str, str]) -> Row:
    """alternative.me's answer: strings, newest first; `limit` 0 means all, default 1. Raises BadQuery."""
    limit = parse_whole(params, "limit", 1)
    found = market.sentiment(now)
    rows = [_index_row(row) for row in (found[:limit] if limit else found)]
    if rows:
        rows[0]["time_until_update"] = str(_seconds_to_midnight(now))
    return {"name": "Fear and Greed Index", "data": rows, "metadata": {"error": None}}


def _index_row(row: SentimentIndex) -> Row:
    opened = datetime.combine(row.day, datetime.min.time(), UTC)
    return {"value": str(row.value), "value_classification": row.label, "timestamp": str(int(opened.timestamp()))}


def _seconds_to_midnight(now: datetime) -> int:
    today = now.astimezone(UTC).date()
    return int((datetime.combine(today + ONE_DAY, datetime.min.time(), UTC) - now).total_seconds())
