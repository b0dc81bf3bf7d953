"""Answers of CoinGecko as parsed rows, one reader for each kind of data. Pure."""

from collections.abc import Collection

from datasources.answers import Json
from datasources.coingecko.parse import (
    parse_defi,
    parse_global,
    parse_listing,
    parse_market_cap,
    parse_quote,
    parse_ranked,
)
from datasources.coingecko.parse_chart import parse_chart
from datasources.coingecko.plan import Call
from datasources.context import Context
from datasources.errors import BadPayload
from datasources.intake import ParsedRow, read_row
from datasources.records import DataKind


def read_answer(
    source: str, kind: DataKind, call: Call, answer: Json, context: Context, ids: Collection[str]
) -> list[ParsedRow]:
    """Read the rows of an answer; raises `BadPayload` if it has not the form of what was asked for."""
    if kind is DataKind.DAILY_BARS:
        prices, volumes = (_series(source, call.path, answer, name) for name in ("prices", "total_volumes"))
        return parse_chart(call.provider_id or "", prices, volumes, context)
    if kind in {DataKind.MARKET_METRICS, DataKind.DEFI_METRICS}:
        parse = parse_global if kind is DataKind.MARKET_METRICS else parse_defi
        return [read_row(_data(source, call.path, answer), lambda row: parse(row, context))]
    rows = rows_of(source, call.path, answer)
    if kind is DataKind.ASSETS:
        given = {*ids, None}
        wanted = rows if not ids else [row for row in rows if _id_of(row) in given]
        return [read_row(row, lambda found: parse_listing(found, inactive=call.inactive)) for row in wanted]
    if kind is DataKind.TOP_ASSETS:
        return [read_row(row, parse_ranked) for row in rows]
    of_row = parse_market_cap if kind is DataKind.MARKET_CAPS else parse_quote
    return [read_row(row, lambda found: of_row(found, context)) for row in rows]


def rows_of(source: str, path: str, answer: Json) -> list[Json]:
    """Give the rows of a listing; raises `BadPayload` if it is none."""
    if not isinstance(answer, list):
        raise BadPayload(source, path, "not a list")
    return answer


def _id_of(row: Json) -> str | None:
    """Give the id of a row; None if it has none, which is a fault to be told whatever was asked for."""
    value = row.get("id") if isinstance(row, dict) else None
    return value if isinstance(value, str) else None


def _data(source: str, path: str, answer: Json) -> Json:
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, dict):
        raise BadPayload(source, f"{path}.data", "not an object")
    return data


def _series(source: str, path: str, answer: Json, name: str) -> list[Json]:
    """Give the points of a chart; it may lack volumes, but not prices."""
    series = answer.get(name) if isinstance(answer, dict) else None
    if series is None and name != "prices" and isinstance(answer, dict):
        return []
    if not isinstance(series, list):
        raise BadPayload(source, f"{path}.{name}", "not a list")
    return series
