"""The index endpoints of the Token Metrics format; see `baskets` for what the indices are."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from datasources.sandbox.baskets import RULES, Basket, BasketDay, basket, basket_days
from datasources.sandbox.contract import ONE_DAY, MarketData, Token, TraderGrade, last_final_day
from datasources.sandbox.owners import Endpoint, Params
from datasources.sandbox.paging import BadQuery, parse_days, parse_page, parse_whole
from datasources.sandbox.wire import Row, day_text, identity, number

_KINDS = frozenset({"active", "passive"})
_ICON = "https://icons.example/{}.png"


def indices(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """Every index as it stands; `indicesType` keeps one kind."""
    kind = params.get("indicesType")
    if kind is not None and kind not in _KINDS:
        raise BadQuery("indicesType is active or passive")
    found = [basket(market, now, rule) for rule in RULES if kind in {None, rule.kind}]
    return [_index_row(market, now, index) for index in parse_page(params).cut(found) if index is not None]


def indices_holdings(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """What an index holds on the last final day; takes no page. An unknown id has no rows."""
    index = _asked(market, now, params)
    if index is None:
        return []
    last = last_final_day(now)
    day = basket_days(market, now, index, last, last)[0]
    ids = [token.token_id for token in index.tokens]
    grades = {grade.token_id: grade for grade in market.trader_grades(now, ids, last, last)}
    return [_holding_row(market, token, day, grades.get(token.token_id)) for token in index.tokens]


def indices_performance(market: MarketData, now: datetime, params: Params) -> list[Row]:
    """An index by day, oldest first; an unknown id has no rows."""
    index = _asked(market, now, params)
    days = [] if index is None else basket_days(market, now, index, *parse_days(params, now))
    return [_performance_row(market, index, day) for day in parse_page(params).cut(days) if index is not None]


ENDPOINTS: Mapping[str, Endpoint] = {
    "indices": indices,
    "indices-holdings": indices_holdings,
    "indices-performance": indices_performance,
}


def _asked(market: MarketData, now: datetime, params: Params) -> Basket | None:
    if "id" not in params:
        raise BadQuery("id is required")
    index_id = parse_whole(params, "id", 0)
    rule = next((rule for rule in RULES if rule.index_id == index_id), None)
    return None if rule is None else basket(market, now, rule)


def _index_row(market: MarketData, now: datetime, index: Basket) -> Row:
    last = last_final_day(now)
    days = {day.day: day for day in basket_days(market, now, index, last - timedelta(days=30), last)}
    today = days[last]
    grades = [grade.tm_grade for grade in market.tm_grades(now, [token.token_id for token in index.tokens], last, last)]
    return {
        "ID": index.rule.index_id,
        "NAME": index.rule.name,
        "TICKER": index.rule.ticker,
        "PRICE": number(_price(today)),
        "COINS": len(index.tokens),
        "24H": _change_pct(days, last, 1),
        "7D": _change_pct(days, last, 7),
        "1M": _change_pct(days, last, 30),
        "24H_VOLUME": number(today.volume_usd),
        "INDEX_GRADE": number(round(sum(grades) / len(grades), 2)) if grades else None,
        "ALL_TIME": number(round(100 * today.cumulative_return, 4)),
        "MARKET_CAP": number(_market_cap(market, today)),
        "TOP_GAINERS_ICONS": {str(token.token_id): _icon(token) for token in index.tokens[:3]},
    }


def _change_pct(days: Mapping[date, BasketDay], last: date, back: int) -> float | int | None:
    before = days.get(last - back * ONE_DAY)
    return None if before is None else number(round(100 * (_price(days[last]) / _price(before) - 1), 4))


def _holding_row(market: MarketData, token: Token, day: BasketDay, grade: TraderGrade | None) -> Row:
    supply = market.supply(token.token_id)
    close, gain = day.close_usd[token.token_id], day.gains[token.token_id]
    return identity(token) | {
        "COIN": token.name,
        "CG_ID": token.slug,
        "WEIGHT": number(round(100 * gain / sum(day.gains.values()), 6)),
        "MARKET_CAP": None if supply is None else number(close * supply),
        "PRICE": number(close),
        "CURRENT_ROI": number(round(gain - 1, 6)),
        "TRADER_GRADE": None if grade is None else number(grade.trader_grade),
        "TRADER_GRADE_CHANGE_24H": None if grade is None else number(grade.change_pct),
        "ICON": _ICON.format(token.slug),
        "DATE": day_text(day.day),
    }


def _performance_row(market: MarketData, index: Basket, day: BasketDay) -> Row:
    market_cap = _market_cap(market, day)
    return {
        "ID": index.rule.index_id,
        "DATE": day_text(day.day),
        "INDEX_CUMULATIVE_ROI": number(round(day.cumulative_return, 10)),
        "MARKET_CAP": number(market_cap),
        "VOLUME": number(day.volume_usd),
        "FDV": None if market_cap is None else number(1.1 * market_cap),
    }


def _price(day: BasketDay) -> float:
    return round(100 * (1 + day.cumulative_return), 6)


def _market_cap(market: MarketData, day: BasketDay) -> float | None:
    """The market cap of all tokens together; None if the supply of any is not known."""
    supplies = [(close, market.supply(token_id)) for token_id, close in day.close_usd.items()]
    known = [close * supply for close, supply in supplies if supply is not None]
    return sum(known) if len(known) == len(supplies) else None


def _icon(token: Token) -> Row:
    sizes = {size: _ICON.format(f"{token.slug}-{size}") for size in ("large", "small", "thumb")}
    return {"name": token.name, **sizes}
