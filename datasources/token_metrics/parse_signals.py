"""Rows of the signal endpoints, `/resistance-support` and `/correlation` as signals, levels and correlations."""

from datetime import timedelta

from datasources.context import Context
from datasources.records import Correlation, HourlySignal, Level, TradingSignal
from datasources.token_metrics.values import (
    Row,
    RowError,
    asset_id,
    day,
    items,
    moment,
    optional_number,
    parse_moment,
    parse_number,
    positive_amount,
    sign,
    text,
    within,
)

_LONGEST_NAME = 200
_HOUR = timedelta(hours=1)


def parse_trading_signal(row: Row, context: Context) -> tuple[TradingSignal, ...]:
    """Read a daily trading signal; returns are fractions, and a trend of 0 is no trend yet."""
    signal = sign(row, "TRADING_SIGNAL")
    if signal is None:
        raise RowError("TRADING_SIGNAL is missing or null")
    parsed = TradingSignal(
        provider_id=asset_id(row),
        day=context.check_day(day(row)),
        signal=signal,
        trend=sign(row, "TOKEN_TREND") or None,
        strategy_return=optional_number(row, "TRADING_SIGNALS_RETURNS"),
        holding_return=optional_number(row, "HOLDING_RETURNS"),
    )
    return (parsed,)


def parse_hourly_signal(row: Row, context: Context) -> tuple[HourlySignal, ...]:
    """Read the signal of an hour and the position after it; none if that hour is not over."""
    provider_id = asset_id(row)
    signalled_at = moment(row, "TIMESTAMP", "DATETIME", "DATE").replace(minute=0, second=0, microsecond=0)
    signal = sign(row, "SIGNAL")
    if signal is None:
        raise RowError("SIGNAL is missing or null")
    unfinished = signalled_at > context.fetched_at - _HOUR
    if unfinished and signalled_at <= context.fetched_at:
        return ()
    context.check_day(signalled_at.date())
    if unfinished:
        return ()
    return (HourlySignal(provider_id, signalled_at, signal, sign(row, "POSITION"), positive_amount(row, "CLOSE")),)


def parse_levels(row: Row, context: Context) -> tuple[Level, ...]:
    """Read the price levels of an asset, in either shape: `{"date", "level"}` objects or bare numbers; null is none."""
    provider_id, listed_on = asset_id(row), context.check_day(day(row))
    found: dict[Level, None] = {}
    for item in items(row, "HISTORICAL_RESISTANCE_SUPPORT_LEVELS"):
        level, formed = (item.get("level"), item.get("date")) if isinstance(item, dict) else (item, None)
        price = parse_number(level, "level")
        if price is None or price <= 0:
            raise RowError("a level is missing, zero or negative")
        formed_on = None if formed is None else context.check_formed(parse_moment(formed, "date of a level").date())
        found[Level(provider_id, listed_on, price, formed_on)] = None
    return tuple(found)


def parse_correlations(row: Row, context: Context) -> tuple[Correlation, ...]:
    """Read the correlations of an asset with others that come by name only; null is none."""
    provider_id, measured_on = asset_id(row), context.check_day(day(row))
    found: dict[Correlation, None] = {}
    for item in items(row, "TOP_CORRELATION"):
        if not isinstance(item, dict):
            raise RowError("TOP_CORRELATION holds something that is not an object")
        other = text(item.get("token"), "token", _LONGEST_NAME)
        value = within(parse_number(item.get("correlation"), "correlation"), -1, 1, "correlation")
        if other is None or value is None:
            raise RowError("a correlation lacks its token or its value")
        found[Correlation(provider_id, measured_on, other, value)] = None
    return tuple(found)
