"""The other providers the sandbox stands in for: alternative.me's index and Coin Metrics' community API.

Both are pure functions from a market, a time and parameters to a JSON body; they hold what the market holds, which
for an invented market is no on-chain metric at all.
"""

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from urllib.parse import urlencode

from datasources.sandbox.contract import ONE_DAY, MarketData, OnchainRow, SentimentIndex
from datasources.sandbox.paging import BadQuery, parse_whole
from datasources.sandbox.wire import Row

DEFAULT_PAGE_SIZE = 100
MAXIMUM_PAGE_SIZE = 10_000


def fear_and_greed(market: MarketData, now: datetime, params: Mapping[str, str]) -> Row:
    """alternative.me's answer: strings, newest first; `limit` 0 means all, default 1. Raises BadQuery."""
    limit = parse_whole(params, "limit", 1)
    found = market.sentiment(now)
    rows = [_index_row(row) for row in (found[:limit] if limit else found)]
    if rows:
        rows[0]["time_until_update"] = str(_seconds_to_midnight(now))
    return {"name": "Fear and Greed Index", "data": rows, "metadata": {"error": None}}


def asset_metrics(market: MarketData, now: datetime, params: Mapping[str, str], url: str) -> Row:
    """Coin Metrics' `/timeseries/asset-metrics` at daily frequency; `url` is the request's, without its query.

    Pages start at the newest rows unless `paging_from=start`; rows within a page ascend, sorted by asset, then time.
    Raises BadQuery for an unknown asset (unless `ignore_unsupported_errors=true`), and for anything malformed.
    """
    known = market.onchain_assets()
    if not known:
        return {"data": []}
    metrics = _names(params, "metrics")
    rows = [
        row
        for asset in _assets(params, known)
        for record in market.onchain(now, asset)
        if _within(record.day, params) and (row := _metric_row(record, metrics))
    ]
    return _paged(rows, params, url)


def _paged(rows: Sequence[Row], params: Mapping[str, str], url: str) -> Row:
    size = parse_whole(params, "page_size", DEFAULT_PAGE_SIZE)
    if not 1 <= size <= MAXIMUM_PAGE_SIZE:
        raise BadQuery(f"page_size is 1 to {MAXIMUM_PAGE_SIZE}")
    given = _offset(params.get("next_page_token"))
    if params.get("paging_from", "end") == "start":
        page = rows[given : given + size]
    else:
        end = max(0, len(rows) - given)
        page = rows[max(0, end - size) : end]
    body: Row = {"data": list(page)}
    if given + size < len(rows):
        token = "0." + base64.urlsafe_b64encode(str(given + size).encode()).decode()
        body["next_page_token"] = token
        body["next_page_url"] = f"{url}?{urlencode({**params, 'next_page_token': token})}"
    return body


def _assets(params: Mapping[str, str], known: Sequence[str]) -> Sequence[str]:
    asked = _names(params, "assets")
    if asked == ("*",):
        return known
    unknown = [asset for asset in asked if asset not in known]
    if unknown and params.get("ignore_unsupported_errors") != "true":
        raise BadQuery(f"Bad parameter 'assets'. Value '{unknown[0]}' is not supported.")
    return sorted(set(asked) & set(known))


def _metric_row(record: OnchainRow, metrics: Sequence[str]) -> Row | None:
    """The asked metrics of a day; nulls are shown only next to a value, and a metric the asset lacks has no key."""
    values = {name: value for name, value in record.values if name in metrics}
    if all(value is None for value in values.values()):
        return None
    return {"asset": record.asset, "time": f"{record.day.isoformat()}T00:00:00.000000000Z", **values}


def _within(day: date, params: Mapping[str, str]) -> bool:
    start, end = _day(params, "start_time"), _day(params, "end_time")
    return (start is None or day >= start) and (end is None or day <= end)


def _day(params: Mapping[str, str], name: str) -> date | None:
    text = params.get(name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text[:10] if "-" in text else text[:8])
    except ValueError as error:
        raise BadQuery(f"Bad parameter '{name}'.") from error


def _names(params: Mapping[str, str], name: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in params.get(name, "").split(",") if part.strip())
    if not names:
        raise BadQuery(f"Missing parameter '{name}'.")
    return names


def _offset(token: str | None) -> int:
    if token is None:
        return 0
    try:
        text = base64.urlsafe_b64decode(token.removeprefix("0.").encode()).decode()
    except ValueError as error:
        raise BadQuery("Bad parameter 'next_page_token'.") from error
    return parse_whole({"next_page_token": text}, "next_page_token", 0)


def _index_row(row: SentimentIndex) -> Row:
    opened = datetime.combine(row.day, datetime.min.time(), UTC)
    return {"value": str(row.value), "value_classification": row.label, "timestamp": str(int(opened.timestamp()))}


def _seconds_to_midnight(now: datetime) -> int:
    today = now.astimezone(UTC).date()
    return int((datetime.combine(today + ONE_DAY, datetime.min.time(), UTC) - now).total_seconds())
