"""A portfolio day by day: bought at the close of a row, drifting with prices, traded to new weights, less costs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agent.analytics.bars import Floats, Indices, divided


@dataclass(frozen=True, slots=True)
class Rebalance:
    """A row at whose close is traded, and the assets that may be held from it on."""

    row: int
    columns: Indices


@dataclass(frozen=True, slots=True)
class Run:
    """What came of it: daily returns after costs, and per rebalance the turnover and the cost, fractions of the value.

    Turnover is half the sum of the absolute changes of weights, so the first purchase is a half.
    """

    returns: Floats
    turnovers: Floats
    costs: Floats


def carried(closes: Floats) -> Floats:
    """The last known close of each asset on each day; NaN before the first."""
    rows = np.where(np.isfinite(closes), np.arange(len(closes))[:, np.newaxis], 0)
    return np.asarray(np.take_along_axis(closes, np.maximum.accumulate(rows, axis=0), axis=0))


def simulated(held: Floats, rebalances: Sequence[Rebalance], targets: Sequence[Floats], costs_bps: float) -> Run:
    """Trade to each target at its row, let it drift to the next, pay for what is traded."""
    ends = [each.row for each in rebalances[1:]] + [len(held) - 1]
    drifted = np.zeros(held.shape[1])
    returns, turnovers, costs = [], [], []
    for each, target, end in zip(rebalances, targets, ends, strict=True):
        traded = float(np.abs(target - drifted).sum())
        cost = traded * costs_bps / 10_000
        growth = held[each.row : end + 1, each.columns] / held[each.row, each.columns]
        values = (1 + (growth - 1) @ target[each.columns]) * (1 - cost)
        before = np.concatenate(([1.0], values[1:-1]))
        returns.append(divided(values[1:], before, before > 0) - 1)
        drifted = np.zeros(held.shape[1])
        if values[-1] > 0:
            drifted[each.columns] = target[each.columns] * growth[-1] * (1 - cost) / values[-1]
        turnovers.append(traded / 2)
        costs.append(cost)
    return Run(_until_lost(np.concatenate(returns)), np.array(turnovers), np.array(costs))


def _until_lost(returns: Floats) -> Floats:
    """Returns up to the day that took everything, if one did; nothing is earned on nothing."""
    lost = np.flatnonzero(returns <= -1)
    if lost.size:
        returns[lost[0] + 1 :] = np.nan
    return returns


def ended_count(closes: Floats, rebalances: Sequence[Rebalance]) -> int:
    """How many assets that could be held had no close at the next rebalance, or on the last row."""
    ends = [each.row for each in rebalances[1:]] + [len(closes) - 1]
    return sum(int(np.isnan(closes[end, each.columns]).sum()) for each, end in zip(rebalances, ends, strict=True))
