"""Rows of `/trading-signals`, `/resistance-support` and `/correlation` as signals, levels and correlations."""

from datasources.answers import Json
from datasources.records import Correlation, Level, TradingSignal
from datasources.token_metrics.context import Context
from datasources.token_metrics.values import (
    Row,
    RowError,
    asset_id,
    day,
    field,
    has_field,
    optional_number,
    parse_moment,
    parse_number,
    sign,
    text,
    within,
)

_LONGEST_NAME = 200


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


def parse_levels(row: Row, context: Context) -> tuple[Level, ...]:
    """Read the price levels of an asset, in either shape: `{"date", "level"}` objects or bare numbers; null is none."""
    provider_id, listed_on = asset_id(row), context.check_day(day(row))
    found: dict[Level, None] = {}
    for item in _items(row, "HISTORICAL_RESISTANCE_SUPPORT_LEVELS"):
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
    for item in _items(row, "TOP_CORRELATION"):
        if not isinstance(item, dict):
            raise RowError("TOP_CORRELATION holds something that is not an object")
        other = text(item.get("token"), "token", _LONGEST_NAME)
        value = within(parse_number(item.get("correlation"), "correlation"), -1, 1, "correlation")
        if other is None or value is None:
            raise RowError("a correlation lacks its token or its value")
        found[Correlation(provider_id, measured_on, other, value)] = None
    return tuple(found)


def _items(row: Row, name: str) -> list[Json]:
    if not has_field(row, name):
        raise RowError(f"{name} is missing")
    items = field(row, name)
    if items is not None and not isinstance(items, list):
        raise RowError(f"{name} is not a list")
    return items or []
