"""Rows as Token Metrics v2 sends them, with all their oddities.

Two keys that differ only in case (`tm_link`, `TM_LINK`), numbers that are strings in some answers, whole numbers
without a decimal point, nulls for lists, a grade's signal that is a word and the market's that is a number.
"""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime

from datasources.sandbox.contract import (
    Correlations,
    InvestorGrade,
    Levels,
    MarketBar,
    MarketHour,
    MarketMetrics,
    Price,
    QuantMetrics,
    TmGrade,
    Token,
    TraderGrade,
    TradingSignal,
)
from datasources.sandbox.quant import QUANT_FIELDS

Row = dict[str, object]
TM_LINK = "https://app.tokenmetrics.com/undefined"
BAD_REQUEST_MESSAGE = "Some thing wrong"  # sic: the provider's own words
_MISSING_SCORES = (
    "DEFI_USAGE_SCORE", "COMMUNITY_SCORE", "VC_SCORE", "TOKENOMICS_SCORE", "DEFI_SCANNER_SCORE", "ACTIVITY_SCORE",
    "SECURITY_SCORE", "REPOSITORY_SCORE", "COLLABORATION_SCORE",
)  # fmt: skip


def encode(body: object) -> bytes:
    """Compact JSON; raises ValueError for NaN and infinity."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def envelope(rows: Sequence[Row]) -> Row:
    """The answer to a good request."""
    return {"success": True, "message": "Data fetched successfully", "length": len(rows), "data": rows}


def refusal(message: str = BAD_REQUEST_MESSAGE) -> Row:
    """The answer to any other request, whatever its status."""
    return {"success": False, "message": message, "length": 0, "data": []}


def identity(token: Token) -> Row:
    """The fields that name a token."""
    return {"TOKEN_ID": token.token_id, "TOKEN_NAME": token.name, "TOKEN_SYMBOL": token.symbol}


def listing_row(token: Token) -> Row:
    """A row of `tokens`."""
    links = {"contract_address": dict(token.contract_addresses), "TM_LINK": TM_LINK}
    return identity(token) | _lists(token) | {"tm_link": token.slug} | links


def top_row(token: Token) -> Row:
    """A row of `top-market-cap-tokens`."""
    return identity(token) | _lists(token) | {"tm_link": token.slug, "TM_LINK": TM_LINK}


def price_row(token: Token, price: Price) -> Row:
    """A row of `price`: the id is a string and the symbol in lower case here."""
    return {
        "TOKEN_ID": str(token.token_id),
        "CURRENT_PRICE": number(price.price_usd),
        "TOKEN_NAME": token.name,
        "TOKEN_SYMBOL": token.symbol.lower(),
    }


def bar_row(token: Token, bar: MarketBar) -> Row:
    """A row of `daily-ohlcv`."""
    return identity(token) | {"DATE": day_text(bar.day)} | _candle(bar)


def hour_row(token: Token, hour: MarketHour) -> Row:
    """A row of `hourly-ohlcv`."""
    return identity(token) | {"TIMESTAMP": time_text(hour.opened_at)} | _candle(hour)


def tm_grade_row(token: Token, grade: TmGrade) -> Row:
    """A row of `tm-grade`: figures are strings."""
    figures = {key: None if value is None else str(value) for key, value in _tm_figures(grade).items()}
    return identity(token) | figures | {"TM_GRADE_SIGNAL": grade.signal, "MOMENTUM": grade.momentum}


def tm_grade_history_row(token: Token, grade: TmGrade) -> Row:
    """A row of `tm-grade-history`: figures are numbers."""
    words = {"TM_GRADE_SIGNAL": grade.signal, "MOMENTUM": grade.momentum, "TRADING_SIGNAL": grade.trading_signal}
    return identity(token) | {"DATE": day_text(grade.day)} | _tm_figures(grade) | words


def trader_grade_row(token: Token, grade: TraderGrade) -> Row:
    """A row of `trader-grades`."""
    return identity(token) | {
        "DATE": day_text(grade.day),
        "TA_GRADE": number(grade.technical_grade),
        "QUANT_GRADE": number(grade.quant_grade),
        "TM_TRADER_GRADE": number(grade.trader_grade),
        "TM_TRADER_GRADE_24H_PCT_CHANGE": number(grade.change_pct),
    }


def investor_grade_row(token: Token, grade: InvestorGrade) -> Row:
    """A row of `investor-grades`; most of its scores are null here as in the real answers."""
    scores: Row = dict.fromkeys(_MISSING_SCORES)
    return (
        identity(token)
        | {
            "DATE": day_text(grade.day),
            "TM_INVESTOR_GRADE": number(grade.investor_grade),
            "TM_INVESTOR_GRADE_7D_PCT_CHANGE": number(grade.change_pct),
            "FUNDAMENTAL_GRADE": number(grade.fundamental_grade),
            "TECHNOLOGY_GRADE": number(grade.technology_grade),
            "VALUATION_GRADE": number(grade.valuation_grade),
            "EXCHANGE_SCORE": min(10, len(token.exchanges)),
        }
        | scores
    )


def trading_signal_row(token: Token, signal: TradingSignal) -> Row:
    """A row of `trading-signals`."""
    return identity(token) | {
        "DATE": day_text(signal.day),
        "TRADING_SIGNAL": signal.signal,
        "TOKEN_TREND": signal.trend,
        "TRADING_SIGNALS_RETURNS": number(signal.strategy_return),
        "HOLDING_RETURNS": number(signal.holding_return),
        "tm_link": token.slug,
        "TM_TRADER_GRADE": number(signal.trader_grade),
        "TM_INVESTOR_GRADE": number(signal.investor_grade),
        "TM_LINK": TM_LINK,
    }


def market_row(metrics: MarketMetrics) -> Row:
    """A row of `market-metrics`."""
    return {
        "DATE": day_text(metrics.day),
        "LAST_TM_GRADE_SIGNAL": metrics.last_signal,
        "TM_GRADE_PERC_HIGH_COINS": number(metrics.high_grade_share_pct),
        "TM_GRADE_SIGNAL": metrics.signal,
        "TOTAL_CRYPTO_MCAP": number(metrics.total_market_cap_usd),
    }


def levels_row(token: Token, levels: Levels) -> Row:
    """A row of `resistance-support`."""
    known = levels.levels
    rows = None if known is None else [{"date": day.isoformat(), "level": number(level)} for day, level in known]
    return identity(token) | {"DATE": day_text(levels.day), "HISTORICAL_RESISTANCE_SUPPORT_LEVELS": rows}


def quant_row(token: Token, metrics: QuantMetrics) -> Row:
    """A row of `quantmetrics`; all figures are null together."""
    values = metrics.values or (None,) * len(QUANT_FIELDS)
    figures = {name: number(value) for name, value in zip(QUANT_FIELDS, values, strict=True)}
    return identity(token) | {"DATE": day_text(metrics.day)} | figures


def correlation_row(token: Token, correlations: Correlations) -> Row:
    """A row of `correlation`."""
    known = correlations.top
    rows = None if known is None else [{"correlation": number(value), "token": name} for name, value in known]
    return identity(token) | {"DATE": day_text(correlations.day), "TOP_CORRELATION": rows}


def number(value: float | None) -> float | int | None:
    """A number as the provider writes it: whole ones without a decimal point."""
    if value is None or not value.is_integer():
        return value
    return int(value)


def day_text(day: date) -> str:
    """A day as the provider writes it."""
    return f"{day.isoformat()}T00:00:00.000Z"


def time_text(moment: datetime) -> str:
    """A time as the provider writes it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _lists(token: Token) -> Row:
    exchanges = [{"exchange_id": venue.exchange_id, "exchange_name": venue.name} for venue in token.exchanges]
    categories = token.categories and [
        {"category_id": category.category_id, "category_name": category.name, "category_slug": category.slug}
        for category in token.categories
    ]
    return {"EXCHANGE_LIST": exchanges, "CATEGORY_LIST": categories}


def _candle(bar: MarketBar | MarketHour) -> Row:
    return {
        "OPEN": number(bar.open_usd),
        "HIGH": number(bar.high_usd),
        "LOW": number(bar.low_usd),
        "CLOSE": number(bar.close_usd),
        "VOLUME": number(bar.volume_usd),
    }


def _tm_figures(grade: TmGrade) -> Row:
    return {
        "TM_GRADE": number(grade.tm_grade),
        "TM_GRADE_24h_PCT_CHANGE": number(grade.tm_grade_change_pct),
        "TM_TRADER_GRADE_24H_CHANGE": number(grade.trader_grade_change_pct),
        "QUANT_GRADE": number(grade.quant_grade),
    }
