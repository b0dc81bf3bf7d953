"""Invented price predictions: what a token would cost if the whole market were worth so many trillion dollars.

base = price x scenario / market cap of all; bear and moon are 0.6 and 1.8 times that. What depends
on a supply nobody knows is null.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from datasources.sandbox.contract import MarketBar, MarketData, Token, last_final_day
from datasources.sandbox.owners import Endpoint, Params, owned_rows
from datasources.sandbox.paging import parse_ids, parse_page
from datasources.sandbox.wire import Row, day_text, identity, number

SCENARIOS_TRILLION = (0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 10.0, 15.0, 20.0)
_CASES = (("base", 1.0), ("bear", 0.6), ("moon", 1.8))
_DILUTION = 1.1


def price_prediction(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """Predictions of the last final day; none where the market's worth is not known."""
    return _rows(market, now, params, "PRICE_PREDICTION", "price_prediction")


def scenario_analysis(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """The same under the keys of mid-2025; deprecated at the provider, but it still answers."""
    return _rows(market, now, params, "SCENARIO_PREDICTION", "scenario_prediction")


ENDPOINTS: Mapping[str, Endpoint] = {"price-prediction": price_prediction, "scenario-analysis": scenario_analysis}


def _rows(market: MarketData, now: datetime, params: Params, key: str, list_key: str) -> list[Row]:
    last = last_final_day(now)
    total = [row.total_market_cap_usd for row in market.market_metrics(now, last, last)]
    if not total:
        return []
    bars = parse_page(params).cut(market.daily_bars(now, parse_ids(params, market, now), last, last))

    def row(token: Token, bar: MarketBar) -> Row:
        worth = total[0], market.supply(token.token_id)
        return identity(token) | {"DATE": day_text(bar.day), key: _prediction(token, bar, worth, list_key)}

    return owned_rows(market, bars, row)


def _prediction(token: Token, bar: MarketBar, worth: tuple[float, float | None], list_key: str) -> Row:
    """What is said of a token; `worth` is the market cap of all and the supply of this token."""
    total_usd, supply = worth
    scenarios = [_scenario(trillion, bar.close_usd, supply, total_usd) for trillion in SCENARIOS_TRILLION]
    return {
        "token_mcap": _times(bar.close_usd, supply),
        "total_mcap": number(total_usd),
        "category_name": ", ".join(category.name for category in token.categories or ()),
        "current_price": number(bar.close_usd),
        "predicted_date": (bar.day + timedelta(days=365)).isoformat(),
        "similar_tokens_info": None,
        "avg_past_performance": None,
        "self_past_performance": None,
        list_key: scenarios,
    }


def _scenario(trillion: float, price_usd: float, supply: float | None, total_usd: float) -> Row:
    row: Row = {"scenario": number(trillion), "total_mcap_scenario": number(trillion * 1e12)}
    for case, factor in _CASES:
        predicted = float(f"{price_usd * factor * trillion * 1e12 / total_usd:.6g}")
        row[f"predicted_price_{case}"] = number(predicted)
        row[f"predicted_roi_{case}"] = number(round(predicted / price_usd - 1, 6))
        row[f"predicted_mcap_{case}"] = _times(predicted, supply)
        row[f"predicted_fdv_{case}"] = _times(predicted * _DILUTION, supply)
    return row


def _times(price_usd: float, supply: float | None) -> float | int | None:
    return None if supply is None else number(price_usd * supply)
