"""Rows of the index endpoints as indices, holdings and values, and of `/moonshot-tokens` as picks."""

from typing import Final

from datasources.records import Index, IndexHolding, IndexValue, Moonshot
from datasources.token_metrics.answer import AnswerContext
from datasources.token_metrics.values import (
    Row,
    RowError,
    amount,
    asset_id,
    count,
    day,
    field,
    identifier,
    moment,
    number,
    optional_number,
    positive_amount,
    text,
    within,
)

_LONGEST_NAME: Final = 200
_LONGEST_SYMBOL: Final = 40
_UNLIMITED: Final = float("inf")


def parse_index(row: Row, context: AnswerContext) -> tuple[Index, ...]:
    """Read an index as it stands; the provider gives it no day, so it counts for the UTC day of the answer."""
    name = text(field(row, "NAME"), "NAME", _LONGEST_NAME)
    if name is None:
        raise RowError("NAME is missing")
    index = Index(
        provider_id=identifier(row, "ID"),
        name=name,
        ticker=text(field(row, "TICKER"), "TICKER", _LONGEST_SYMBOL),
        day=context.check_day(context.today),
        active=context.active,
        price_usd=positive_amount(row, "PRICE"),
        asset_count=count(row, "COINS"),
        change_1d_pct=optional_number(row, "24H"),
        change_7d_pct=optional_number(row, "7D"),
        change_30d_pct=optional_number(row, "1M"),
        change_all_time_pct=optional_number(row, "ALL_TIME"),
        market_cap_usd=amount(row, "MARKET_CAP"),
        volume_usd=amount(row, "24H_VOLUME"),
        grade=within(optional_number(row, "INDEX_GRADE"), 0, 100, "INDEX_GRADE"),
    )
    return (index,)


def parse_index_holding(row: Row, context: AnswerContext) -> tuple[IndexHolding, ...]:
    """Read what an index holds of an asset; weights are percent, the return is a fraction."""
    weight = within(number(row, "WEIGHT"), 0, 100, "WEIGHT")
    holding = IndexHolding(
        index_id=_index_id(row, "INDEX_ID", context),
        provider_id=asset_id(row),
        day=context.check_day(day(row)),
        weight_pct=weight or 0.0,
        price_usd=positive_amount(row, "PRICE"),
        market_cap_usd=amount(row, "MARKET_CAP"),
        return_fraction=optional_number(row, "CURRENT_ROI"),
    )
    return (holding,)


def parse_index_value(row: Row, context: AnswerContext) -> tuple[IndexValue, ...]:
    """Read the cumulative return of an index on a day, a fraction of at least -1; older rows do not name the index."""
    cumulative = number(row, "INDEX_CUMULATIVE_ROI")
    within(cumulative, -1, _UNLIMITED, "INDEX_CUMULATIVE_ROI")
    value = IndexValue(
        provider_id=_index_id(row, "ID", context),
        day=context.check_day(day(row)),
        cumulative_return=cumulative,
        market_cap_usd=amount(row, "MARKET_CAP"),
        volume_usd=amount(row, "VOLUME"),
        fdv_usd=amount(row, "FDV"),
    )
    return (value,)


def parse_moonshot(row: Row, context: AnswerContext) -> tuple[Moonshot, ...]:
    """Read a speculative pick, which is named and not identified; one that ends later has not ended.

    Version 3 gives the return in percent (`roi_pct`), which becomes a fraction.
    """
    name = text(field(row, "TOKEN_NAME"), "TOKEN_NAME", _LONGEST_NAME)
    symbol = text(field(row, "TOKEN_SYMBOL"), "TOKEN_SYMBOL", _LONGEST_SYMBOL)
    if name is None or symbol is None:
        raise RowError(f"{'TOKEN_NAME' if name is None else 'TOKEN_SYMBOL'} is missing")
    picked_at = moment(row, "MOONSHOT_AT")
    context.check_day(picked_at.date())
    ended_at = None if field(row, "MOONSHOT_END_AT") is None else moment(row, "MOONSHOT_END_AT")
    if ended_at is not None and ended_at < picked_at:
        raise RowError("MOONSHOT_END_AT is before MOONSHOT_AT")
    moonshot = Moonshot(
        name=name,
        symbol=symbol.upper(),
        picked_at=picked_at,
        ended_at=ended_at if ended_at is not None and ended_at <= context.fetched_at else None,
        return_fraction=_moonshot_return(row),
        trader_grade=within(optional_number(row, "TM_TRADER_GRADE"), 0, 100, "TM_TRADER_GRADE"),
        market_cap_usd=_either_amount(row, "MARKET_CAP", "MARKET_CAP_USD"),
        volume_usd=amount(row, "VOLUME_24H"),
    )
    return (moonshot,)


def _moonshot_return(row: Row) -> float | None:
    fraction = optional_number(row, "MOONSHOT_ROI")
    percent = optional_number(row, "ROI_PCT")
    return fraction if fraction is not None or percent is None else percent / 100


def _either_amount(row: Row, name: str, other: str) -> float | None:
    value = amount(row, name)
    return amount(row, other) if value is None else value


def _index_id(row: Row, name: str, context: AnswerContext) -> str:
    """Find the index a row is about: the one it names, else the one that was asked for."""
    if context.index_id is None or field(row, name) is not None:
        found = identifier(row, name)
        if context.index_id not in {None, found}:
            raise RowError("about an index that was not asked for")
        return found
    return context.index_id
