"""The Token Metrics endpoints, in version 2 rows, as pure functions from a market, a time and parameters to rows."""

from collections.abc import Mapping
from datetime import datetime

from datasources.sandbox import hostile_reports, indices, moonshots, opinions, predictions, wire
from datasources.sandbox.contract import MarketData, last_final_day
from datasources.sandbox.owners import Endpoint, Params, chosen_tokens, owned_rows
from datasources.sandbox.paging import BadQuery, parse_days, parse_ids, parse_page
from datasources.sandbox.wire import Row


def tokens(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """Every token, by id."""
    chosen = chosen_tokens(market, now, parse_ids(params, market, now))
    return [wire.listing_row(token) for token in parse_page(params).cut(chosen)]


def top_market_cap_tokens(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """Tokens by market cap; `top_k` is the size of a page."""
    return [wire.top_row(token) for token in parse_page(params, "top_k").cut(market.top_tokens(now))]


def price(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """Prices now; `token_id` is required."""
    ids = parse_ids(params, market, now)
    if ids is None or "token_id" not in params:
        raise BadQuery("token_id is required")
    return owned_rows(market, market.prices(now, ids), wire.price_row)


def daily_ohlcv(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """Daily bars, newest first."""
    found = market.daily_bars(now, parse_ids(params, market, now), *parse_days(params, now))
    return owned_rows(market, parse_page(params).cut(found), wire.bar_row)


def hourly_ohlcv(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """Hourly bars, newest first."""
    found = market.hourly_bars(now, parse_ids(params, market, now), *parse_days(params, now))
    return owned_rows(market, parse_page(params).cut(found), wire.hour_row)


def tm_grade(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """The latest overall grades."""
    last = last_final_day(now)
    found = market.tm_grades(now, parse_ids(params, market, now), last, last)
    return owned_rows(market, parse_page(params).cut(found), wire.tm_grade_row)


def tm_grade_history(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """Overall grades by day."""
    found = market.tm_grades(now, parse_ids(params, market, now), *parse_days(params, now))
    return owned_rows(market, parse_page(params).cut(found), wire.tm_grade_history_row)


def trader_grades(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """Short-term grades by day."""
    found = market.trader_grades(now, parse_ids(params, market, now), *parse_days(params, now))
    return owned_rows(market, parse_page(params).cut(found), wire.trader_grade_row)


def investor_grades(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """Long-term grades by day."""
    found = market.investor_grades(now, parse_ids(params, market, now), *parse_days(params, now))
    return owned_rows(market, parse_page(params).cut(found), wire.investor_grade_row)


def trading_signals(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """Trend signals, newest first; `signal` keeps one of -1, 0 and 1."""
    found = market.trading_signals(now, parse_ids(params, market, now), *parse_days(params, now))
    wanted = params.get("signal")
    if wanted is not None:
        if wanted not in {"-1", "0", "1"}:
            raise BadQuery("signal is -1, 0 or 1")
        found = [row for row in found if row.signal == int(wanted)]
    return owned_rows(market, parse_page(params).cut(found), wire.trading_signal_row)


def market_metrics(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """The whole market, newest first."""
    found = market.market_metrics(now, *parse_days(params, now))
    return [wire.market_row(row) for row in parse_page(params).cut(found)]


def resistance_support(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """Turning points."""
    found = market.levels(now, parse_ids(params, market, now))
    return owned_rows(market, parse_page(params).cut(found), wire.levels_row)


def quantmetrics(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """Return statistics."""
    found = market.quant_metrics(now, parse_ids(params, market, now))
    return owned_rows(market, parse_page(params).cut(found), wire.quant_row)


def correlation(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """The strongest correlations of each token."""
    found = market.correlations(now, parse_ids(params, market, now))
    return owned_rows(market, parse_page(params).cut(found), wire.correlation_row)


ENDPOINTS: Mapping[str, Endpoint] = {
    "tokens": tokens,
    "top-market-cap-tokens": top_market_cap_tokens,
    "price": price,
    "daily-ohlcv": daily_ohlcv,
    "hourly-ohlcv": hourly_ohlcv,
    "tm-grade": tm_grade,
    "tm-grade-history": tm_grade_history,
    "trader-grades": trader_grades,
    "investor-grades": investor_grades,
    "trading-signals": trading_signals,
    "market-metrics": market_metrics,
    "resistance-support": resistance_support,
    "quantmetrics": quantmetrics,
    "correlation": correlation,
    **opinions.ENDPOINTS,
    **predictions.ENDPOINTS,
    **hostile_reports.ENDPOINTS,
    **indices.ENDPOINTS,
    **moonshots.ENDPOINTS,
}
