"""Rows of `/scenario-analysis` and `/price-prediction` as predictions, by what they hold.

The provider used both paths for more than one thing, so a row is read by its keys and never by the path it came from.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from datasources.context import Context
from datasources.records import Prediction
from datasources.token_metrics.values import (
    Row,
    RowError,
    amount,
    asset_id,
    day,
    field,
    has_field,
    items,
    member,
    number,
    optional_number,
    positive_amount,
)

Subject = tuple[str, date]  # whose prediction it is, and of which day

_OUTCOMES: Final = ("base", "bear", "moon")
_FORECASTS: Final = (("FORECAST", "expected"), ("FORECAST_LOWER", "low"), ("FORECAST_UPPER", "high"))
_HORIZON: Final = re.compile(r"([1-9][0-9]?)[-_ ]?day[-_ ]?forecast", re.IGNORECASE)
_TRILLION: Final = 1e12
_SMALLEST_WHOLE_USD: Final = 1e6  # the crypto market was never worth so little, so less than this is in trillions
_RETURN_DAYS: Final = 7


def parse_prediction(row: Row, context: Context) -> tuple[Prediction, ...]:
    """Read whatever predictions a row has, in any of the four shapes; null is none."""
    provider_id, made_on = asset_id(row), context.check_day(day(row))
    shapes = [(name, read) for name, read in _SHAPES if has_field(row, name)]
    if not shapes:
        raise RowError("none of the expected predictions is there")
    found: dict[Prediction, None] = {}
    for name, read in shapes:
        if field(row, name) is not None:
            found |= dict.fromkeys(read(row, name, (provider_id, made_on)))
    return tuple(found)


def _analyses(row: Row, name: str, subject: Subject) -> Iterator[Prediction]:
    """Read `[{crypto_market_cap_trillion, price_prediction, token_dominance}]`."""
    for item in items(row, name):
        analysis = member(item, f"an item of {name}")
        scenario = number(analysis, "CRYPTO_MARKET_CAP_TRILLION")
        price = positive_amount(analysis, "PRICE_PREDICTION")
        if price is not None:
            yield Prediction(*subject, "scenario", "expected", price, _worth(scenario))


def _scenarios(row: Row, name: str, subject: Subject) -> Iterator[Prediction]:
    """Read `{current_price, ..., price_prediction: [{scenario, total_mcap_scenario, predicted_price_base, ...}]}`."""
    holder = member(field(row, name), name)
    inner = next((key for key in ("PRICE_PREDICTION", "SCENARIO_PREDICTION") if has_field(holder, key)), None)
    if inner is None:
        raise RowError(f"{name} lists no scenarios")
    for item in items(holder, inner):
        scenario = member(item, f"an item of {name}")
        worth = _worth(_scenario_size(scenario))
        yield from (found for outcome in _OUTCOMES for found in _outcome(scenario, outcome, worth, subject))


def _scenario_size(scenario: Row) -> float:
    """Find the worth of the market: the total if it is given, else the bare number, which counts trillions."""
    total = positive_amount(scenario, "TOTAL_MCAP_SCENARIO")
    return number(scenario, "SCENARIO") if total is None else total


def _worth(size: float) -> float:
    """Give the worth of the market in trillions, from trillions or from dollars."""
    if size <= 0:
        raise RowError("a scenario is zero or negative")
    return size / _TRILLION if size >= _SMALLEST_WHOLE_USD else size


def _outcome(scenario: Row, outcome: str, worth: float, subject: Subject) -> Iterator[Prediction]:
    price = positive_amount(scenario, f"PREDICTED_PRICE_{outcome.upper()}")
    if price is not None:
        yield Prediction(
            *subject,
            "scenario",
            outcome,
            price,
            scenario=worth,
            return_fraction=optional_number(scenario, f"PREDICTED_ROI_{outcome.upper()}"),
            market_cap_usd=amount(scenario, f"PREDICTED_MCAP_{outcome.upper()}"),
            fdv_usd=amount(scenario, f"PREDICTED_FDV_{outcome.upper()}"),
        )


def _forecasts(row: Row, name: str, subject: Subject) -> Iterator[Prediction]:
    """Read `{"1-day-forecast": {forecast, forecast_lower, forecast_upper}, ...}`; the return is that of day 7."""
    returned = optional_number(row, "PREDICTED_RETURNS_7D")
    for key, value in member(field(row, name), name).items():
        horizon = _HORIZON.fullmatch(key)
        if horizon is not None and value is not None:
            yield from _forecast(member(value, f"an item of {name}"), int(horizon[1]), returned, subject)


def _forecast(forecast: Row, days: int, returned: float | None, subject: Subject) -> Iterator[Prediction]:
    for key, outcome in _FORECASTS:
        price = positive_amount(forecast, key)
        if price is not None:
            gain = returned if days == _RETURN_DAYS and outcome == "expected" else None
            yield Prediction(*subject, "forecast", outcome, price, horizon_days=days, return_fraction=gain)


_SHAPES: Final = (
    ("SCENARIO_ANALYSIS", _analyses),
    ("SCENARIO_PREDICTION", _scenarios),
    ("PRICE_PREDICTION", _scenarios),
    ("FORECASTS_FOR_NEXT_7_DAYS", _forecasts),
)
