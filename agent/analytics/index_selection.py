"""Which assets a model index buys at a close, and what each of them weighs in proportion to."""

from dataclasses import dataclass

import numpy as np

from agent.analytics.bars import Flags, Floats, Indices, divided
from agent.analytics.errors import AnalyticsError
from agent.analytics.index_records import IndexMarket
from agent.analytics.index_rules import IndexRule, Largest, Listed, Weighting
from agent.analytics.returns import simple_returns
from agent.analytics.risk import NOISE, realized_volatility

VOLATILITY_DAYS = 90


@dataclass(frozen=True, slots=True)
class Selection:
    """Columns of the market to buy and a size above 0 for each, to which its weight is in proportion.

    `left_out` are the ids of assets that belong to the universe but cannot be bought or weighed.
    """

    columns: Indices
    sizes: Floats
    left_out: tuple[int, ...]


def admitted(rule: IndexRule, market: IndexMarket) -> Flags:
    """Flag the assets that the universe admits on any day.

    Raises AnalyticsError if the market lacks what the rule needs: kinds, categories, market values, ranks.
    """
    _require_figures(rule, market)
    universe = rule.universe
    if isinstance(universe, Listed):
        return np.isin(np.asarray(market.asset_ids), universe.asset_ids)
    flags = np.ones(len(market.asset_ids), dtype=np.bool_)
    if universe.excluded_kinds:
        if market.kinds is None:
            raise AnalyticsError("the universe excludes kinds of assets; give the kind of each asset")
        flags &= ~np.isin(np.asarray(market.kinds, dtype=np.str_), list(universe.excluded_kinds))
    if universe.category is not None:
        if market.categories is None:
            raise AnalyticsError("the universe is a category; give the categories of each asset")
        flags &= np.array([universe.category in own for own in market.categories], dtype=np.bool_)
    return flags


def _require_figures(rule: IndexRule, market: IndexMarket) -> None:
    if market.market_values_usd is None:
        if rule.weighting in {Weighting.CAP, Weighting.SQRT_CAP}:
            raise AnalyticsError(f"the weighting {rule.weighting} needs market values")
        if isinstance(rule.universe, Largest) and market.ranks is None:
            raise AnalyticsError("the largest assets are found by market value or by rank; give one of them")


def select(rule: IndexRule, market: IndexMarket, admitted: Flags, row: int) -> Selection:
    """Choose what to hold at the close of a row, with nothing later than that row.

    An asset needs a close above 0 on the day. Listed assets stand in the order of the market; the largest are found
    by market value above 0, or by rank where there are no market values. Of those, the ones whose size is not known
    are left out and not replaced.
    """
    universe, closes = rule.universe, market.close[row]
    tradable = admitted & np.isfinite(closes) & (closes > 0)
    if isinstance(universe, Listed):
        picked, named = np.flatnonzero(tradable), universe.asset_ids
    else:
        picked = _first_by(_order(market, row), tradable, universe.count)
        named = _ids(market, picked)
    sizes = _sizes(rule.weighting, market, row, picked)
    usable = np.isfinite(sizes) & (sizes > 0)
    kept = set(_ids(market, picked[usable]))
    return Selection(picked[usable], sizes[usable], tuple(asset_id for asset_id in named if asset_id not in kept))


def _ids(market: IndexMarket, columns: Indices) -> tuple[int, ...]:
    return tuple(int(market.asset_ids[column]) for column in columns.tolist())


def _order(market: IndexMarket, row: int) -> Floats:
    """What the largest come first by: market value made negative, or rank."""
    if market.ranks is not None and market.market_values_usd is None:
        return np.asarray(market.ranks[row])
    values = _market_values(market, row)
    return np.where(values > 0, -values, np.nan)


def _market_values(market: IndexMarket, row: int) -> Floats:
    if market.market_values_usd is None:
        return np.full(len(market.asset_ids), np.nan)
    return np.asarray(market.market_values_usd[row])


def _first_by(order: Floats, flags: Flags, count: int) -> Indices:
    """Pick up to `count` of the flagged columns, the smallest first; none of NaN; equal ones as the columns stand."""
    known = np.flatnonzero(flags & np.isfinite(order))
    if len(known) > count:
        edge = np.partition(order[known], count - 1)[count - 1]
        known = known[order[known] <= edge]
    picked: Indices = known[np.argsort(order[known], kind="stable")[:count]]
    return picked


def _sizes(weighting: Weighting, market: IndexMarket, row: int, columns: Indices) -> Floats:
    """What each of the columns weighs in proportion to; NaN or 0 if that is not known."""
    if weighting == Weighting.EQUAL:
        return np.ones(len(columns))
    if weighting == Weighting.INVERSE_VOLATILITY:
        closes = market.close[max(0, row - VOLATILITY_DAYS) : row + 1, columns]
        volatility = realized_volatility(simple_returns(closes), VOLATILITY_DAYS)
        return divided(np.ones(len(columns)), volatility, volatility > NOISE)
    values = np.maximum(_market_values(market, row)[columns], 0.0)
    return values if weighting == Weighting.CAP else np.sqrt(values)
