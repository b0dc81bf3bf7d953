"""The books of a model index while it is tracked: takes a day's closes, sells what has ended, rebalances."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Self

import numpy as np

from agent.analytics.bars import MAX_GAP_DAYS, Flags, Floats, Indices
from agent.analytics.index_records import Constituent, Exit, IndexMarket, IndexState, Rebalance, Remark
from agent.analytics.index_rules import BASE_LEVEL, IndexRule, capped_weights, is_feasible
from agent.analytics.index_selection import admitted, select

SOLD_AFTER_DAYS = 7


@dataclass(frozen=True, slots=True)
class Holdings:
    """What an index holds, one entry per asset; `columns` is -1 for an asset that the market does not know."""

    asset_ids: Indices
    columns: Indices
    units: Floats
    prices: Floats
    missing: Indices

    @classmethod
    def of(cls, constituents: Iterable[Constituent], market: IndexMarket) -> Self:
        """Find the constituents among the assets of the market."""
        column_of = {asset_id: column for column, asset_id in enumerate(market.asset_ids)}
        rows = [
            (each.asset_id, column_of.get(each.asset_id, -1), each.units, each.price_usd, each.missing_days)
            for each in constituents
        ]
        asset_ids, columns, units, prices, missing = zip(*rows, strict=True) if rows else ((),) * 5
        return cls(
            np.array(asset_ids, dtype=np.intp),
            np.array(columns, dtype=np.intp),
            np.array(units, dtype=np.float64),
            np.array(prices, dtype=np.float64),
            np.array(missing, dtype=np.intp),
        )

    @property
    def values(self) -> Floats:
        """Value of each asset at its last close."""
        return self.units * self.prices

    def after(self, closes: Floats) -> Self:
        """The same units on the next day; an asset without a close keeps its last one."""
        closes = np.append(closes, np.nan)[self.columns]  # the column -1 has no close
        known = np.isfinite(closes) & (closes >= 0)
        prices, missing = np.where(known, closes, self.prices), np.where(known, 0, self.missing + 1)
        return type(self)(self.asset_ids, self.columns, self.units, prices, missing)

    def kept(self, keep: Flags, units: Floats) -> Self:
        """Only the flagged assets, with new units."""
        return type(self)(self.asset_ids[keep], self.columns[keep], units[keep], self.prices[keep], self.missing[keep])


@dataclass(slots=True)
class IndexBook:
    """The books of one index: what it holds, and everything there is to say about the days so far."""

    rule: IndexRule
    market: IndexMarket
    admitted: Flags
    held: Holdings
    due: bool
    without_level: list[Remark] = field(default_factory=list)
    rebalances: list[Rebalance] = field(default_factory=list)
    postponed: list[Remark] = field(default_factory=list)
    exits: list[Exit] = field(default_factory=list)

    @classmethod
    def of(cls, rule: IndexRule, market: IndexMarket, state: IndexState) -> Self:
        """Open the book where the state left it. Raises AnalyticsError if the market lacks what the rule needs."""
        return cls(rule, market, admitted(rule, market), Holdings.of(state.constituents, market), state.due)

    def state(self, day: date) -> IndexState:
        """Give the state after the close of a day."""
        held = self.held
        columns = (held.asset_ids.tolist(), held.units.tolist(), held.prices.tolist(), held.missing.tolist())
        return IndexState(day, self.due, tuple(Constituent(*each) for each in zip(*columns, strict=True)))

    def close_day(self, row: int, *, due: bool) -> float:
        """Take the closes of a row, sell what has ended, rebalance if that is due, and give the level."""
        day: date = self.market.days[row].astype("datetime64[D]").item()
        self.held = self.held.after(self.market.close[row])
        self._sell_ended(day)
        self.due |= due
        blank = self._stale(day)
        if self.due:
            obstacle = blank or self._rebalance(row, day)
            self.due = obstacle is not None
            self.postponed += [obstacle] if obstacle else []
            blank = blank if len(self.held.units) else obstacle  # nothing is held until the first rebalance is made
        if blank:
            self.without_level.append(blank)
            return float("nan")
        return float(self.held.values.sum())

    def _stale(self, day: date) -> Remark | None:
        """Why there is no level: constituents whose last close is too old to be kept."""
        stale = self.held.missing > MAX_GAP_DAYS
        if not stale.any():
            return None
        reason = f"a constituent has had no close for more than {MAX_GAP_DAYS} days"
        return Remark(day, reason, tuple(self.held.asset_ids[stale].tolist()))

    def _sell_ended(self, day: date) -> None:
        held, values = self.held, self.held.values
        ended, known = held.missing > SOLD_AFTER_DAYS, held.missing == 0
        receiving = float(values[known].sum())
        if not ended.any() or receiving <= 0:
            return
        shares = values[ended] / values.sum()
        columns = (held.asset_ids[ended].tolist(), held.prices[ended].tolist(), shares.tolist())
        self.exits += [Exit(day, *each) for each in zip(*columns, strict=True)]
        proceeds = float(values[ended].sum()) * (1 - 2 * self._cost_rate)  # sold once, bought once
        self.held = held.kept(~ended, np.where(known, held.units * (1 + proceeds / receiving), held.units))

    @property
    def _cost_rate(self) -> float:
        return self.rule.cost_bps / 10_000

    def _rebalance(self, row: int, day: date) -> Remark | None:
        """Buy into what the rule says at the closes of a row; or say why that cannot be done."""
        selection = select(self.rule, self.market, self.admitted, row)
        obstacle = _obstacle(self.rule, len(selection.columns))
        starts, level = not len(self.held.units), float(self.held.values.sum())
        if obstacle or (level <= 0 and not starts):
            return Remark(day, obstacle or "the index is worth nothing", selection.left_out)
        weights = capped_weights(selection.sizes, self.rule.max_weight)
        asset_ids = [int(self.market.asset_ids[column]) for column in selection.columns.tolist()]
        turnover = 0.0 if starts else _turnover(self.held, dict(zip(asset_ids, weights.tolist(), strict=True)))
        cost = 2 * turnover * self._cost_rate  # what is turned over is sold here and bought there
        closes = self.market.close[row, selection.columns]
        self.held = Holdings(
            asset_ids=np.array(asset_ids, dtype=np.intp),
            columns=selection.columns,
            units=weights * (BASE_LEVEL if starts else level) * (1 - cost) / closes,
            prices=closes,
            missing=np.zeros(len(asset_ids), dtype=np.intp),
        )
        self.rebalances.append(
            Rebalance(day, tuple(asset_ids), tuple(weights.tolist()), selection.left_out, turnover, cost)
        )
        return None


def _turnover(held: Holdings, targets: Mapping[int, float]) -> float:
    """Half the sum of the absolute changes of weight, from what is held to the targets by asset id."""
    shares = (held.values / held.values.sum()).tolist()
    weights: dict[int, float] = dict(zip(held.asset_ids.tolist(), shares, strict=True))
    changes = (abs(targets.get(each, 0.0) - weights.get(each, 0.0)) for each in sorted({*targets, *weights}))
    return sum(changes) / 2


def _obstacle(rule: IndexRule, count: int) -> str:
    """Why these many assets cannot make up the index; empty if they can."""
    if not count:
        return f"no asset of the universe can be held with the weighting {rule.weighting}"
    if rule.max_weight is not None and not is_feasible(rule.max_weight, count):
        return f"of {count} assets, none may weigh more than {rule.max_weight:.4g}, so they do not add up to 1"
    return ""
