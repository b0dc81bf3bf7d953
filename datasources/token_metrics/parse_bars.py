"""Rows of `/daily-ohlcv` and `/hourly-ohlcv` as bars.

A bar that is not over is not a record: the provider includes the current day and hour, whose figures still change.
Such rows are left out without a word; they come again, finished.
"""

from datetime import timedelta

from datasources.candles import candle_fault
from datasources.context import Context
from datasources.records import DailyBar, HourlyBar
from datasources.token_metrics.values import Row, RowError, asset_id, moment, number, optional_number

_HOUR = timedelta(hours=1)


def parse_daily_bar(row: Row, context: Context) -> tuple[DailyBar, ...]:
    """Read a daily bar; none if its day is not over at the time of the answer."""
    provider_id = asset_id(row)
    day = moment(row, "DATE", "TIMESTAMP", "DATETIME").date()
    if day == context.today:
        return ()
    context.check_day(day)
    if day > context.today:
        return ()
    return (DailyBar(provider_id, day, *_prices(row)),)


def parse_hourly_bar(row: Row, context: Context) -> tuple[HourlyBar, ...]:
    """Read an hourly bar; its time may be off the hour and is taken back to it; none if that hour is not over.

    VOLUME is given as it comes; for large coins it looks like a rolling figure of 24 hours.
    """
    provider_id = asset_id(row)
    opened_at = moment(row, "TIMESTAMP", "DATETIME", "DATE").replace(minute=0, second=0, microsecond=0)
    unfinished = opened_at > context.fetched_at - _HOUR
    if unfinished and opened_at <= context.fetched_at:
        return ()
    context.check_day(opened_at.date())
    if unfinished:
        return ()
    return (HourlyBar(provider_id, opened_at, *_prices(row)),)


def _prices(row: Row) -> tuple[float, float, float, float, float | None]:
    prices = (number(row, "OPEN"), number(row, "HIGH"), number(row, "LOW"), number(row, "CLOSE"))
    volume = optional_number(row, "VOLUME")
    fault = candle_fault(*prices, volume)
    if fault is not None:
        raise RowError(fault)
    return (*prices, volume)
