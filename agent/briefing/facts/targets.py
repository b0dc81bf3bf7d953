"""Facts about the weights that a portfolio is meant to have: how far each holding is from its own, and what would do.

The trades are arithmetic on figures that the reader has chosen, at no cost: `coinbrief portfolio rebalance` shows the
same, and what costs, a tolerance and a smallest trade change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from agent.analytics import portfolio
from agent.analytics.bars import Floats
from agent.analytics.rebalancing import SMALLEST_TRADE_USD, Drift, Rebalancing, Side, drift, exact_weights, trades
from agent.briefing.facts.asset import asset_key
from agent.briefing.facts.portfolio import portfolio_key, portfolio_standing, portfolio_subject
from agent.briefing.snapshot import Snapshot
from agent.briefing.tracing import amount_refs, derivation
from agent.claims.book import FactBook
from agent.claims.fact import Derivation, FactRef, Metric, RowRef, State, Unit
from agent.claims.naming import subject_of

_LABELS = {Side.SELL: "sale", Side.BUY: "purchase"}


@dataclass(frozen=True)
class _Meant:
    """What is held and what has a target, in one order; `targets` are fractions that sum to 1."""

    asset_ids: Sequence[int]
    amounts: Sequence[Decimal]
    closes: Floats
    targets: Floats

    @cached_property
    def shares(self) -> Floats:
        """Fractions of the portfolio's value."""
        amounts = np.array([float(amount) for amount in self.amounts])
        return portfolio.weights(amounts, self.closes[np.newaxis])

    @cached_property
    def drift(self) -> Drift:
        """The differences from the targets, and the part that would change hands."""
        return drift(self.shares, self.targets)

    @cached_property
    def values(self) -> list[Decimal]:
        """Exact values in US dollars; something held has a close."""
        prices = zip(self.amounts, self.prices, strict=True)
        return [amount * price if amount and price is not None else Decimal(0) for amount, price in prices]

    @cached_property
    def prices(self) -> list[Decimal | None]:
        """The stored closes as the exact decimals they are written as; for nothing, nothing can be traded."""
        return [Decimal(repr(close)) if np.isfinite(close) and close > 0 else None for close in self.closes.tolist()]

    @cached_property
    def trades(self) -> Rebalancing:
        """The trades that would end the differences."""
        return trades(self.values, self.prices, self.exact_targets)

    @cached_property
    def exact_targets(self) -> list[Decimal]:
        """Targets as decimals whose sum is exactly 1."""
        return exact_weights(self.targets)


def add_target_facts(book: FactBook, snapshot: Snapshot) -> Mapping[int, str]:
    """Draft weight, target, gap and trade of everything held or meant to be; nothing without all prices, or targets.

    Gives what cannot be brought to its target, and why.
    """
    worth = book.draft(portfolio_key("value"))
    if not snapshot.targets or worth is None or not worth.value:
        return {}
    meant = _meant(snapshot)
    for asset_id in meant.asset_ids:
        _add_weight(book, snapshot, asset_id)
        _add_target(book, snapshot, asset_id)
        _add_gap(book, snapshot, asset_id)
    _add_trades(book, snapshot, meant)
    gaps = (FactRef(asset_key(asset_id, "target_gap")) for asset_id in meant.asset_ids)
    origin = derivation("half_sum", "half the sum of the absolute gaps to the targets", *gaps)
    distance, whose = meant.drift.turnover.value, portfolio_subject(snapshot)
    if distance is not None:
        key = portfolio_key("target_distance")
        book.add(key, whose, Metric.TARGET_DISTANCE, Unit.PCT, distance * 100, origin)
    return {meant.asset_ids[item.index]: item.reason for item in meant.trades.untouched}


def _meant(snapshot: Snapshot) -> _Meant:
    """The holdings with their targets, 0 for one that has none, and what is not held of the targets."""
    amounts = {holding.asset_id: holding.amount for holding in snapshot.holdings}
    amounts |= {asset_id: Decimal(0) for asset_id in snapshot.targets if asset_id not in amounts}
    columns = [snapshot.prices.column(asset_id) for asset_id in amounts]
    closes = [np.nan if column is None else float(snapshot.prices.close[-1, column]) for column in columns]
    targets = np.array([snapshot.targets.get(asset_id, 0.0) for asset_id in amounts])
    return _Meant(list(amounts), list(amounts.values()), np.array(closes), targets / targets.sum())


def _add_weight(book: FactBook, snapshot: Snapshot, asset_id: int) -> None:
    """Draft a weight of 0 for what is not held; that of a holding with a price is drafted already."""
    key = asset_key(asset_id, "weight")
    if key not in book:
        origin = derivation("none_held", "0, as none of it is held, or it is worth nothing", *amount_refs(snapshot))
        book.add(key, subject_of(asset_id), Metric.WEIGHT, Unit.PCT, Decimal(0), origin, **_as_stored(snapshot))


def _as_stored(snapshot: Snapshot) -> dict[str, object]:
    """How a figure stands that no price is part of."""
    return {"source": snapshot.source, "state": State.FRESH}


def _add_target(book: FactBook, snapshot: Snapshot, asset_id: int) -> None:
    stored = {key: _target_ref(snapshot, key) for key in sorted(snapshot.targets)}
    origin = derivation("none_set", "0, as it is not among the targets", *stored.values())
    if asset_id in stored:
        origin = derivation("stored", "the stored target x 100", stored[asset_id])
    value = Decimal(repr(snapshot.targets.get(asset_id, 0.0))) * 100
    key, subject = asset_key(asset_id, "target_weight"), subject_of(asset_id)
    book.add(key, subject, Metric.TARGET_WEIGHT, Unit.PCT, value, origin, **_as_stored(snapshot))


def _target_ref(snapshot: Snapshot, asset_id: int) -> RowRef:
    key = (("portfolio_id", str(snapshot.portfolio_id)), ("asset_id", str(asset_id)))
    return RowRef("target_weight", key, "weight", repr(snapshot.targets[asset_id]))


def _add_gap(book: FactBook, snapshot: Snapshot, asset_id: int) -> None:
    """Draft the exact difference of the two figures that are told: one worked out apart might round otherwise."""
    keys = (asset_key(asset_id, "weight"), asset_key(asset_id, "target_weight"))
    weight, target = (None if (fact := book.draft(key)) is None else fact.value for key in keys)
    if weight is not None and target is not None:
        origin = derivation("difference", "weight - target", *map(FactRef, keys))
        key, whose = asset_key(asset_id, "target_gap"), portfolio_standing(snapshot)
        book.add(key, subject_of(asset_id), Metric.TARGET_GAP, Unit.PP, weight - target, origin, **whose)


def _add_trades(book: FactBook, snapshot: Snapshot, meant: _Meant) -> None:
    """Draft the trades that bring a holding all the way: one that has to be cut back does not."""
    total = sum(meant.values, Decimal(0))
    for trade in meant.trades.trades:
        asset_id = meant.asset_ids[trade.index]
        missing = meant.exact_targets[trade.index] * total - meant.values[trade.index]
        if abs(trade.value_usd - abs(missing)) < SMALLEST_TRADE_USD:
            key, details = asset_key(asset_id, "target_trade"), portfolio_standing(snapshot)
            details["label"] = _LABELS[trade.side]
            origin = _trade_origin(asset_id)
            book.add(key, subject_of(asset_id), Metric.TARGET_TRADE, Unit.USD, trade.value_usd, origin, **details)


def _trade_origin(asset_id: int) -> Derivation:
    inputs = (FactRef(asset_key(asset_id, "target_gap")), FactRef(portfolio_key("value")))
    return derivation("product", "gap to the target / 100 x value of the portfolio, at no cost", *inputs)
