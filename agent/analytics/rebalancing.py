"""How far a portfolio is from its target weights, and the trades that would restore them.

This is arithmetic on figures and targets that somebody else has chosen. It is not advice to trade.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Context, Decimal, localcontext
from enum import StrEnum

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure

SUM_TOLERANCE = Decimal("1e-9")
QUANTUM = Decimal("1e-8")  # USD; fine enough that what rounding leaves over is far below the smallest trade
_WEIGHT_DIGITS = Decimal("1e-15")
SMALLEST_TRADE_USD = Decimal("0.01")
HIGHEST_COST_BPS = 1000
NOTHING_HELD = "the portfolio holds nothing"
AMOUNT = Context(prec=12, rounding=ROUND_DOWN)  # digits of an amount; rounded down, so that no more is sold than held

# Costs depend on the trades and these on what is left after costs. Each round shrinks the error by the cost rate.
ROUNDS = 30


class Side(StrEnum):
    """What is done with a holding."""

    BUY = "buy"
    SELL = "sell"


@dataclass(frozen=True, slots=True)
class Drift:
    """Weight less target of each holding, a fraction, and how much of the portfolio would have to change hands.

    `turnover` is half the sum of the absolute differences.
    """

    differences: tuple[Figure, ...]
    turnover: Figure


@dataclass(frozen=True, slots=True)
class Trade:
    """One trade: the holding's position in the input, its value in USD and its amount in units, both above 0."""

    index: int
    side: Side
    value_usd: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Untouched:
    """A holding off its target that could not be traded, and why."""

    index: int
    reason: str


@dataclass(frozen=True, slots=True)
class Rebalancing:
    """The trades, sales first, and what they cost together: sales = purchases + cost, exactly.

    `untouched` are the holdings off their target that could not be traded; those that only were within the tolerance
    are not among them. `reason` says why there are no trades at all; None if there are some.
    """

    trades: tuple[Trade, ...]
    cost_usd: Decimal
    untouched: tuple[Untouched, ...]
    reason: str | None


def exact_weights(weights: Floats) -> list[Decimal]:
    """Fractions as decimals whose sum is exactly 1: the largest takes what rounding leaves over."""
    exact = [Decimal(weight).quantize(_WEIGHT_DIGITS) for weight in weights.tolist()]
    exact[int(weights.argmax())] += 1 - sum(exact, Decimal(0))
    return exact


def drift(shares: Floats, targets: Floats) -> Drift:
    """Compare weights with their targets, both fractions, one per holding.

    A share that is NaN has a reason in place of its difference, and so has the turnover. Raises AnalyticsError for
    lengths that do not fit and for targets that are negative or do not sum to 1.
    """
    shares, targets = np.asarray(shares, dtype=np.float64), np.asarray(targets, dtype=np.float64)
    if shares.shape != targets.shape or shares.ndim != 1:
        raise AnalyticsError(f"expected one target per holding, got shapes {shares.shape} and {targets.shape}")
    if not shares.size:
        return Drift((), Figure.missing(NOTHING_HELD))
    _require_targets([Decimal(float(target)) for target in targets])
    differences, missing = shares - targets, int((~np.isfinite(shares)).sum())
    incomplete = f"the weight of {missing} of {len(shares)} holdings is not known"
    return Drift(
        tuple(Figure.of(difference, "the weight of the holding is not known") for difference in differences),
        Figure.of(float(np.abs(differences).sum()) / 2, incomplete),
    )


def trades(
    values_usd: Sequence[Decimal | None],
    prices: Sequence[Decimal | None],
    targets: Sequence[Decimal],
    minimum_trade_usd: Decimal = Decimal(0),
    cost_bps: Decimal = Decimal(0),
    tolerance: Decimal = Decimal(0),
) -> Rebalancing:
    """Compute the trades that would bring holdings back to their target weights. Arithmetic, not advice.

    One value and price (USD, None if unknown) and one target (fraction) per holding. A holding further than
    `tolerance` (a fraction of the portfolio, such as 0.02) from its target goes to it; what that frees or needs is met
    by the holdings within the tolerance on the other side, the furthest first, none beyond its target. No trade is
    below `minimum_trade_usd`, nor below 0.01 USD. Each trade costs `cost_bps` of its value, paid out of the portfolio,
    and the targets are of what is left after costs. Where part of the money cannot be placed, the larger side is cut
    back in proportion.

    A holding without a price is left as it is; without a value nothing can be said and `reason` says so. Raises
    AnalyticsError for lengths that do not fit, a negative value, a price that is not above 0, and targets that are
    negative or do not sum to 1 (the message names the sum).
    """
    if not (values_usd or prices or targets):
        return _none(NOTHING_HELD, ())
    _require_inputs(values_usd, prices, targets, minimum_trade_usd, cost_bps, tolerance)
    unknown = [index for index, value in enumerate(values_usd) if value is None]
    if unknown:
        reason = f"the value of {len(unknown)} of {len(values_usd)} holdings is not known, so no weight is"
        return _none(reason, tuple(Untouched(index, "its value is not known") for index in unknown))
    values = [value for value in values_usd if value is not None]
    if sum(values) <= 0:
        return _none("the portfolio is worth nothing", ())
    with localcontext() as context:
        context.prec = 40
        return _restoring(_Book(values, prices, targets, cost_bps / 10_000, tolerance), minimum_trade_usd)


@dataclass(frozen=True, slots=True)
class _Book:
    """What is to be restored; `rate` is the cost as a fraction of the value traded."""

    values: Sequence[Decimal]
    prices: Sequence[Decimal | None]
    targets: Sequence[Decimal]
    rate: Decimal
    tolerance: Decimal

    def differences(self, cost: Decimal) -> list[Decimal]:
        """How much of each holding is missing (+) or too much (-) once the cost is paid, USD."""
        left = sum(self.values, Decimal(0)) - cost
        return [target * left - value for target, value in zip(self.targets, self.values, strict=True)]

    def outside(self) -> list[int]:
        """The holdings further from their target than the tolerance."""
        allowed = self.tolerance * sum(self.values, Decimal(0))
        return [index for index, missing in enumerate(self.differences(Decimal(0))) if abs(missing) > allowed]


def _restoring(book: _Book, minimum: Decimal) -> Rebalancing:
    """Plan, leave out what is below the minimum, and plan again until nothing is."""
    outside = book.outside()
    if not outside:
        return _none("every holding is within the tolerance of its target", ())
    minimum = max(minimum, SMALLEST_TRADE_USD)
    left_out = {
        index: "its price is not known"
        for index, (price, missing) in enumerate(zip(book.prices, book.differences(Decimal(0)), strict=True))
        if price is None and missing
    }
    flows = _flows(book, outside, left_out)
    while small := [index for index, flow in flows.items() if abs(flow) < minimum]:
        left_out |= dict.fromkeys(small, f"its trade would be below {minimum} USD")
        flows = _flows(book, outside, left_out)
    left_out |= {index: "there is nothing to trade it against" for index in outside if index not in flows | left_out}
    untouched = tuple(Untouched(index, reason) for index, reason in sorted(left_out.items()))
    if not flows:
        return _none("no sale can be matched with a purchase", untouched)
    return _settled(book, flows, untouched)


def _flows(book: _Book, outside: Sequence[int], left_out: Collection[int]) -> dict[int, Decimal]:
    """USD that go into (+) or out of (-) each holding that is traded, such that sales pay for purchases and costs."""
    kept = (1 - book.rate) / (1 + book.rate)  # of 1 USD sold, what can be bought after the costs of both
    outside = [index for index in outside if index not in left_out]
    fillers = set(range(len(book.values))) - set(outside) - set(left_out)
    cost, flows = Decimal(0), dict[int, Decimal]()
    for _ in range(ROUNDS):
        missing = book.differences(cost)
        buys = {index: missing[index] for index in outside if missing[index] > 0}
        sells = {index: -missing[index] for index in outside if missing[index] < 0}
        _fill(buys, _total(sells) * kept, {index: missing[index] for index in fillers if missing[index] > 0})
        _fill(sells, _total(buys) / kept, {index: -missing[index] for index in fillers if missing[index] < 0})
        _cut_back(buys, _total(sells) * kept)
        _cut_back(sells, _total(buys) / kept)
        flows = buys | {index: -value for index, value in sells.items()}
        cost = book.rate * (_total(buys) + _total(sells))
    return {index: flow for index, flow in flows.items() if flow}


def _fill(side: dict[int, Decimal], wanted: Decimal, offers: Mapping[int, Decimal]) -> None:
    """Add offers, the largest first, until the side reaches what is wanted or there are no more."""
    short = wanted - _total(side)
    for index, offer in sorted(offers.items(), key=lambda each: (-each[1], each[0])):
        if short <= 0:
            return
        side[index] = min(offer, short)
        short -= side[index]


def _cut_back(side: dict[int, Decimal], allowed: Decimal) -> None:
    """Scale a side down to what is allowed, in proportion; nothing is left of it if nothing is."""
    total = _total(side)
    if total > allowed:
        for index in side:
            side[index] *= allowed / total


def _total(side: Mapping[int, Decimal]) -> Decimal:
    return sum(side.values(), Decimal(0))


def _settled(book: _Book, flows: Mapping[int, Decimal], untouched: tuple[Untouched, ...]) -> Rebalancing:
    """Round, sales down so that no more is sold than held; the largest purchase takes what rounding leaves over."""
    rounded = {index: flow.quantize(QUANTUM, rounding=ROUND_DOWN) for index, flow in flows.items()}
    cost = (book.rate * sum((abs(flow) for flow in rounded.values()), Decimal(0))).quantize(QUANTUM)
    largest = max(rounded, key=lambda index: rounded[index])
    rounded[largest] -= sum(rounded.values(), Decimal(0)) + cost
    made = [_trade(index, flow, book.prices[index]) for index, flow in sorted(rounded.items(), key=_sales_first)]
    return Rebalancing(tuple(made), cost, untouched, None)


def _sales_first(item: tuple[int, Decimal]) -> tuple[bool, int]:
    return item[1] > 0, item[0]


def _trade(index: int, flow: Decimal, price: Decimal | None) -> Trade:
    if price is None:
        raise AnalyticsError(f"holding {index} has no price and cannot be traded")
    return Trade(index, Side.BUY if flow > 0 else Side.SELL, abs(flow), AMOUNT.divide(abs(flow), price))


def _none(reason: str, untouched: tuple[Untouched, ...]) -> Rebalancing:
    return Rebalancing((), Decimal(0), untouched, reason)


def _require_inputs(
    values_usd: Sequence[Decimal | None],
    prices: Sequence[Decimal | None],
    targets: Sequence[Decimal],
    minimum_trade_usd: Decimal,
    cost_bps: Decimal,
    tolerance: Decimal,
) -> None:
    if not len(values_usd) == len(prices) == len(targets):
        raise AnalyticsError(
            f"expected a value, a price and a target per holding, got {len(values_usd)}, {len(prices)}, {len(targets)}"
        )
    if any(not value.is_finite() or value < 0 for value in values_usd if value is not None):
        raise AnalyticsError("a holding cannot be worth less than nothing; short positions are not supported")
    if any(not price.is_finite() or price <= 0 for price in prices if price is not None):
        raise AnalyticsError("a price must be above 0; give None where it is not known")
    if minimum_trade_usd < 0 or tolerance < 0 or not 0 <= cost_bps <= HIGHEST_COST_BPS:
        raise AnalyticsError(
            f"minimum_trade_usd and tolerance must be 0 or more and cost_bps from 0 to {HIGHEST_COST_BPS}, "
            f"got {minimum_trade_usd}, {tolerance} and {cost_bps}"
        )
    _require_targets(targets)


def _require_targets(targets: Iterable[Decimal]) -> None:
    known = list(targets)
    if any(not target.is_finite() or target < 0 for target in known):
        raise AnalyticsError("targets must be zero or more and finite")
    total = sum(known, Decimal(0))
    if abs(total - 1) > SUM_TOLERANCE:
        raise AnalyticsError(f"targets must sum to 1, they sum to {total:.10f}")
