"""Rows of `/timeseries/asset-metrics` as metrics. Pure.

The label of a day is the day that ends at 00:00 UTC of the next one. Its figures are complete about 03:00 UTC then;
before that a row is passed over. Keys such as `FlowInExUSD-status` say how far a figure was reviewed and are not read.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from datasources.answers import Json
from datasources.coin_metrics.catalogue import WANTED, is_ticker
from datasources.context import Context
from datasources.intake import ParsedRow
from datasources.records import Metric
from datasources.values import Row, RowError, not_negative, parse_moment

COMPLETE_AFTER: Final = timedelta(days=1, hours=3)


def last_complete_day(now: datetime) -> date:
    """Give the last UTC day whose figures are complete."""
    return (now.astimezone(UTC) - COMPLETE_AFTER).date()


def parse_rows(rows: Sequence[Json], free: Mapping[str, frozenset[str]], context: Context) -> list[ParsedRow]:
    """Read rows of days that are complete; a figure that cannot be read costs the row that figure only.

    Of an asset in `free` only those columns are read. Nulls and absent keys give nothing.
    """
    return [parsed for row in rows for parsed in _parse_row(row, free, context)]


def _parse_row(row: Json, free: Mapping[str, frozenset[str]], context: Context) -> Iterator[ParsedRow]:
    if not isinstance(row, dict):
        yield ParsedRow(row, fault="not an object")
        return
    try:
        ticker, day = _ticker(row), _day(row, context)
    except RowError as error:
        yield ParsedRow(row, fault=str(error))
        return
    if day is None:
        return
    wanted = [name for name in WANTED if name in row and name in free.get(ticker, WANTED)]
    metrics = []
    for name in wanted:
        try:
            value = not_negative(row[name], name)
        except RowError as error:
            cell: Row = {"asset": ticker, "time": row["time"], name: row[name]}
            yield ParsedRow(cell, fault=str(error))
            continue
        if value is not None:
            metrics.append(Metric(ticker, day, *WANTED[name], value))
    if metrics:
        yield ParsedRow(row, tuple(metrics))


def _ticker(row: Row) -> str:
    ticker = row.get("asset")
    if not isinstance(ticker, str) or not is_ticker(ticker):
        raise RowError("asset is not a ticker")
    return ticker


def _day(row: Row, context: Context) -> date | None:
    """Give the day of a row, or None if it is not complete yet."""
    moment = parse_moment(row.get("time"), "time")
    if moment.timetz() != time(tzinfo=UTC):
        raise RowError("time is not the start of a day")
    day = context.check_formed(moment.date())
    return context.check_day(day) if day <= last_complete_day(context.fetched_at) else None
