"""Rows of `/market-metrics`, `/quantmetrics` and `/sentiments` as named metrics; a null gives no record."""

from collections.abc import Callable

from datasources.context import Context
from datasources.records import Metric
from datasources.token_metrics.values import (
    Row,
    RowError,
    asset_id,
    day,
    has_field,
    moment,
    optional_number,
    positive_amount,
    sign,
    within,
)

_QUANT_UNITS = {
    "VOLATILITY": "fraction",
    "ALL_TIME_RETURN": "fraction",
    "CAGR": "fraction",
    "SHARPE": "ratio",
    "SORTINO": "ratio",
    "MAX_DRAWDOWN": "fraction",
    "SKEW": "ratio",
    "TAIL_RATIO": "ratio",
    "RISK_REWARD_RATIO": "ratio",
    "PROFIT_FACTOR": "ratio",
    "KURTOSIS": "ratio",
    "DAILY_VALUE_AT_RISK": "fraction",
    "DAILY_RETURN_AVG": "fraction",
    "DAILY_RETURN_STD": "fraction",
}
_MOODS = ("MARKET", "NEWS", "REDDIT", "TWITTER")


def parse_quant_metrics(row: Row, context: Context) -> tuple[Metric, ...]:
    """Read the quantitative metrics of an asset, `quant.<name>`; returns and risks are fractions, not percent."""
    provider_id, measured_on = asset_id(row), context.check_day(day(row))
    _require_any(row, tuple(_QUANT_UNITS))
    values = ((name, unit, optional_number(row, name)) for name, unit in _QUANT_UNITS.items())
    return tuple(
        Metric(provider_id, measured_on, f"quant.{name.lower()}", unit, value)
        for name, unit, value in values
        if value is not None
    )


def parse_market_metrics(row: Row, context: Context) -> tuple[Metric, ...]:
    """Read the metrics of the whole market, `market.<name>`, which belong to no asset."""
    measured_on = context.check_day(day(row))
    _require_any(row, tuple(name for name, *_ in _MARKET_METRICS))
    values = ((ours, unit, read(row, name)) for name, ours, unit, read in _MARKET_METRICS)
    return tuple(Metric(None, measured_on, ours, unit, value) for ours, unit, value in values if value is not None)


def parse_sentiment(row: Row, context: Context) -> tuple[Metric, ...]:
    """Read the moods of the whole market, `sentiment.tm_<where>`, 0 to 100; what the texts say is left unread.

    A row of an hour that has not come yet gives nothing: a clock is ahead of ours, and the row comes again.
    """
    measured_at = moment(row, "DATETIME", "TIMESTAMP", "DATE")
    measured_on = context.check_day(measured_at.date())
    if measured_at > context.fetched_at:
        return ()
    names = tuple(f"{where}_SENTIMENT_GRADE" for where in _MOODS)
    _require_any(row, names)
    values = ((where, _percentage(row, name)) for where, name in zip(_MOODS, names, strict=True))
    return tuple(
        Metric(None, measured_on, f"sentiment.tm_{where.lower()}", "score", value)
        for where, value in values
        if value is not None
    )


def _require_any(row: Row, names: tuple[str, ...]) -> None:
    if not any(has_field(row, name) for name in names):
        raise RowError("none of the expected metrics is there")


def _percentage(row: Row, name: str) -> float | None:
    return within(optional_number(row, name), 0, 100, name)


_MARKET_METRICS: tuple[tuple[str, str, str, Callable[[Row, str], float | None]], ...] = (
    ("TOTAL_CRYPTO_MCAP", "market.total_market_cap_usd", "usd", positive_amount),
    ("TM_GRADE_PERC_HIGH_COINS", "market.high_grade_share_pct", "pct", _percentage),
    ("TM_GRADE_SIGNAL", "market.grade_signal", "signal", sign),
    ("LAST_TM_GRADE_SIGNAL", "market.last_grade_signal", "signal", sign),
    ("RECT_SIGNAL", "market.rect_signal", "signal", sign),
    ("ALTS_MARKET_CAP", "market.alts_market_cap_usd", "usd", positive_amount),
    ("BTC_PRICE", "market.btc_price_usd", "usd", positive_amount),
    ("BTC_MARKET_CAP", "market.btc_market_cap_usd", "usd", positive_amount),
    ("ABOVE_MA", "market.above_moving_average_pct", "pct", _percentage),
    # The provider does not say what these four are measured in.
    ("VOL_INDEX", "market.vol_index", "native", optional_number),
    ("VOL_10", "market.vol_10", "native", optional_number),
    ("VOL_90", "market.vol_90", "native", optional_number),
    ("ALTS_INDICATOR", "market.alts_indicator", "native", optional_number),
)
