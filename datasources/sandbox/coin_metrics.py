"""Coin Metrics' community API v4: on-chain metrics, the catalogue of what may be read, and the names of assets.

Pure functions from a market, a time and parameters to a status and a JSON body. The newest day is blank until 03:00
UTC of the day after; `ReferenceRateUSD` (the price at 00:00 of its day) is there at once, for the last seven days.
"""

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from datasources.sandbox.contract import ONE_DAY, MarketData, OnchainCoverage, OnchainRow, last_final_day
from datasources.sandbox.paging import BadQuery, parse_whole
from datasources.sandbox.wire import Row

Params = Mapping[str, str]
Answer = tuple[int, object]

DEFAULT_PAGE_SIZE = 100
MAXIMUM_PAGE_SIZE = 10_000
COMPLETE_AFTER = timedelta(hours=3)
REFERENCE_RATE = "ReferenceRateUSD"
REFERENCE_DAYS = 7
RESTATED = ("FlowInExUSD", "FlowOutExUSD")
PAID = frozenset(
    {
        "NVTAdj", "NVTAdj90", "CapRealUSD", "DiffMean", "RevUSD", "FeeTotUSD", "TxTfrValAdjUSD", "TxTfrValAdjNtv",
        "VtyDayRet30d", "VtyDayRet60d", "VtyDayRet180d", "SplyFF", "SplyAct1yr", "SplyAct30d",
    }
)  # fmt: skip
"""Metrics the free plan refuses, unless the history being replayed holds them."""


class Forbidden(Exception):
    """A metric is not part of the free plan."""


def answered(build: Callable[[], Row]) -> Answer:
    """What a request gets: the body, or the provider's error for what was wrong with it."""
    try:
        return 200, build()
    except BadQuery as error:
        return 400, {"error": {"type": "bad_parameter", "message": str(error)}}
    except Forbidden as error:
        return 403, {"error": {"type": "forbidden", "message": str(error)}}


def asset_metrics(market: MarketData, now: datetime, params: Params, url: str) -> Row:
    """`/timeseries/asset-metrics` at daily frequency; `url` is the request's, without its query.

    Pages start at the newest rows unless `paging_from=start`; rows within a page ascend, sorted by asset, then time,
    or by time, then asset (`sort=time`). Raises BadQuery for what is malformed or unknown and Forbidden for a paid
    metric, unless `ignore_unsupported_errors` or `ignore_forbidden_errors` is true.
    """
    _refuse_other_forms(params)
    if not market.onchain_assets():
        return {"data": []}
    coverage = market.onchain_coverage(now)
    assets, metrics = _assets(params, market.onchain_assets()), _metrics(params, coverage)
    spans = _spans(coverage, now)
    start, end = _days(params, now)
    rows = [row for asset in assets for row in _asset_rows(market, now, asset, metrics, spans, (start, end))]
    if params.get("sort") == "time":
        rows.sort(key=lambda row: (str(row["time"]), str(row["asset"])))
    return _paged(_limited(rows, params), params, url, "end")


def catalogue(market: MarketData, now: datetime, params: Params, url: str) -> Row:
    """`/catalog-v2/asset-metrics`: what each asset has, metrics of the free plan marked; pages start at the start."""
    chosen = _chosen(market, now, params)
    wanted = _names(params, "metrics") if "metrics" in params else None
    rows = [_catalogue_row(item, wanted, now) for item in chosen]
    return _paged([row for row in rows if row["metrics"]], params, url, "start")


def assets(market: MarketData, now: datetime, params: Params, url: str) -> Row:
    """`/reference-data/assets`: tickers and names."""
    rows: list[Row] = [{"asset": item.asset, "full_name": item.name} for item in _chosen(market, now, params)]
    return _paged(rows, params, url, "start")


def _asset_rows(
    market: MarketData,
    now: datetime,
    asset: str,
    metrics: Sequence[str],
    spans: Mapping[str, frozenset[str]],
    days: tuple[date, date],
) -> Iterable[Row]:
    had = spans.get(asset, frozenset())
    keys = [name for name in metrics if name in had]
    rates = _reference_rates(market, now, asset) if REFERENCE_RATE in keys else {}
    records = {row.day: row for row in market.onchain_days(now, asset, *days) if _is_complete(row.day, now)}
    known = sorted({*records, *(day for day in rates if days[0] <= day <= days[1])})
    for day in known:
        values = _values(records.get(day), keys, rates.get(day))
        if any(value is not None for value in values.values()):
            yield {"asset": asset, "time": _time(day), **_with_status(values, day, now)}


def _values(record: OnchainRow | None, keys: Sequence[str], rate: str | None) -> dict[str, str | None]:
    held = dict(record.values) if record is not None else {}
    return {name: rate if name == REFERENCE_RATE else held.get(name) for name in keys}


def _with_status(values: Mapping[str, str | None], day: date, now: datetime) -> Row:
    """The values with what the provider says of those it reviews."""
    row: Row = dict(values)
    for name in RESTATED:
        if values.get(name) is not None:
            reviewed = last_final_day(now) - day >= REFERENCE_DAYS * ONE_DAY
            row[f"{name}-status"] = "reviewed" if reviewed else "flash"
            row[f"{name}-status-time"] = _time(day + (8 if reviewed else 1) * ONE_DAY)
    return row


def _reference_rates(market: MarketData, now: datetime, asset: str) -> dict[date, str]:
    """The close of a day is the reference rate of the next; the free plan sees the last seven."""
    last = last_final_day(now)
    rows = market.onchain_days(now, asset, last - (REFERENCE_DAYS - 1) * ONE_DAY, last)
    prices = ((row.day + ONE_DAY, dict(row.values).get("PriceUSD")) for row in rows)
    return {day: price for day, price in prices if price is not None}


def _is_complete(day: date, now: datetime) -> bool:
    return now >= datetime.combine(day + ONE_DAY, datetime.min.time(), UTC) + COMPLETE_AFTER


def _spans(coverage: Sequence[OnchainCoverage], now: datetime) -> dict[str, frozenset[str]]:
    """The metrics of each asset."""
    return {item.asset: frozenset(name for name, _, _ in _metrics_of(item, now)) for item in coverage}


def _metrics_of(item: OnchainCoverage, now: datetime) -> list[tuple[str, date, date]]:
    """The metrics with their days, the reference rate of the last seven days among them where there is a price."""
    found = list(item.metrics)
    price = next((last for name, _, last in item.metrics if name == "PriceUSD"), None)
    newest = last_final_day(now) + ONE_DAY
    if price is not None and price + ONE_DAY > newest - REFERENCE_DAYS * ONE_DAY:
        found.append((REFERENCE_RATE, newest - (REFERENCE_DAYS - 1) * ONE_DAY, price + ONE_DAY))
    return found


def _catalogue_row(item: OnchainCoverage, wanted: Sequence[str] | None, now: datetime) -> Row:
    held = sorted(_metrics_of(item, now))
    found = [_catalogue_metric(name, first, last, community=True) for name, first, last in held]
    names = {name for name, _, _ in held}
    span = next(((first, last) for name, first, last in held if name == "CapMrktCurUSD"), None)
    if span is not None:
        found += [_catalogue_metric(name, *span, community=False) for name in sorted(PAID - names)]
    return {"asset": item.asset, "metrics": [row for row in found if wanted is None or row["metric"] in wanted]}


def _catalogue_metric(name: str, first: date, last: date, *, community: bool) -> Row:
    frequency: Row = {"frequency": "1d", "min_time": _time(first), "max_time": _time(last)}
    return {"metric": name, "frequencies": [frequency | ({"community": True} if community else {})]}


def _chosen(market: MarketData, now: datetime, params: Params) -> list[OnchainCoverage]:
    coverage = market.onchain_coverage(now)
    if params.get("assets", "*") == "*":
        return list(coverage)
    wanted = _assets(params, market.onchain_assets())
    return [item for item in coverage if item.asset in wanted]


def _assets(params: Params, known: Sequence[str]) -> Sequence[str]:
    asked = _names(params, "assets")
    if asked == ("*",):
        return known
    unknown = [asset for asset in asked if asset not in known]
    if unknown and not _is_true(params, "ignore_unsupported_errors"):
        raise BadQuery(f"Bad parameter 'assets'. Value '{unknown[0]}' is not supported.")
    return sorted(set(asked) & set(known))


def _metrics(params: Params, coverage: Sequence[OnchainCoverage]) -> Sequence[str]:
    asked = _names(params, "metrics")
    held = {name for item in coverage for name, _, _ in item.metrics} | {REFERENCE_RATE}
    paid = [name for name in asked if name in PAID - held]
    unknown = [name for name in asked if name not in PAID | held | {"HashRate", *RESTATED}]
    if paid and not _is_true(params, "ignore_forbidden_errors"):
        raise Forbidden(f"Requested metric '{paid[0]}' with frequency '1d' is not available with supplied credentials.")
    if coverage and unknown and not _is_true(params, "ignore_unsupported_errors"):
        raise BadQuery(f"Bad parameter 'metrics'. Value '{unknown[0]}' is not supported.")
    return [name for name in asked if name in held]


def _refuse_other_forms(params: Params) -> None:
    forms = {"frequency": ("1d",), "format": ("json",), "status": ("all",), "sort": ("asset", "time")}
    for name, allowed in forms.items():
        if params.get(name, allowed[0]) not in allowed:
            raise BadQuery(f"Bad parameter '{name}'. The sandbox knows {', '.join(allowed)} only.")


def _limited(rows: list[Row], params: Params) -> list[Row]:
    """At most `limit_per_asset` rows of each asset, the newest unless paging starts at the start."""
    if "limit_per_asset" not in params:
        return rows
    allowed = parse_whole(params, "limit_per_asset", 0)
    from_end = params.get("paging_from", "end") == "end"
    counts: dict[object, int] = {}
    kept = []
    for row in reversed(rows) if from_end else rows:
        counts[row["asset"]] = counts.get(row["asset"], 0) + 1
        if counts[row["asset"]] <= allowed:
            kept.append(row)
    return kept[::-1] if from_end else kept


def _paged(rows: Sequence[Row], params: Params, url: str, paging_from: str) -> Row:
    size = parse_whole(params, "page_size", DEFAULT_PAGE_SIZE)
    if not 1 <= size <= MAXIMUM_PAGE_SIZE:
        raise BadQuery(f"page_size is 1 to {MAXIMUM_PAGE_SIZE}")
    given = _offset(params.get("next_page_token"))
    if params.get("paging_from", paging_from) == "start":
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


def _days(params: Params, now: datetime) -> tuple[date, date]:
    """First and last day asked for, both included."""
    start, end = _day(params, "start_time") or date.min, _day(params, "end_time") or now.astimezone(UTC).date()
    try:
        if params.get("start_inclusive") == "false" and "start_time" in params:
            start += ONE_DAY
        if params.get("end_inclusive") == "false" and "end_time" in params:
            end -= ONE_DAY
    except OverflowError as error:
        raise BadQuery("Bad parameter 'start_time' or 'end_time'.") from error
    return start, end


def _day(params: Params, name: str) -> date | None:
    text = params.get(name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text[:10] if "-" in text else text[:8])
    except ValueError as error:
        raise BadQuery(f"Bad parameter '{name}'.") from error


def _names(params: Params, name: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in params.get(name, "").split(",") if part.strip())
    if not names:
        raise BadQuery(f"Missing parameter '{name}'.")
    return names


def _is_true(params: Params, name: str) -> bool:
    return params.get(name) == "true"


def _offset(token: str | None) -> int:
    if token is None:
        return 0
    try:
        text = base64.urlsafe_b64decode(token.removeprefix("0.").encode()).decode()
    except ValueError as error:
        raise BadQuery("Bad parameter 'next_page_token'.") from error
    return parse_whole({"next_page_token": text}, "next_page_token", 0)


def _time(day: date) -> str:
    return f"{day.isoformat()}T00:00:00.000000000Z"
