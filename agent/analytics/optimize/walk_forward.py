"""How the weightings would have done, out of sample and after costs: weighed on the past, held, weighed again."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from agent.analytics.bars import Floats, divided, required_days
from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure
from agent.analytics.optimize.covariance import LEDOIT_WOLF, Estimator
from agent.analytics.optimize.interval import Interval, Resampling, interval
from agent.analytics.optimize.problem import Limits, Unknown, usable_columns
from agent.analytics.optimize.simulation import Rebalance, Run, carried, ended_count, simulated
from agent.analytics.optimize.weighting import Method, target_weights
from agent.analytics.returns import simple_returns
from agent.analytics.risk import DAYS_PER_YEAR, NOISE, maximum_drawdown, moments, sharpe_ratio

BUY_AND_HOLD = "buy_and_hold"
# A gain of fewer days, compounded to a year, says nothing.
ANNUALISED_DAYS = 90

FROM_HISTORY = tuple(each for each in Method if each not in {Method.EQUAL, Method.MARKET_VALUE})

NOTE = (
    "weights from the close of a day are traded at that close; a coin without a close is valued, and at the next "
    "rebalance sold, at its last one, which flatters every portfolio that held a coin to its end"
)


@dataclass(frozen=True, slots=True)
class Track:
    """What one weighting earned, after costs, over all days held.

    `annual_return` is compounded, `volatility` and `sharpe` (no risk-free rate) are annualised with 365 days,
    `maximum_drawdown` is a fraction, at most 0. `turnover` is the mean per rebalance, the first purchase left out;
    `cost_per_year` what trading took of the value, a fraction per year, the first purchase included. `fallbacks` counts
    the rebalances at which the method had no weights, and equal ones were held. `excess_return` (arithmetic, per year),
    `excess_volatility` and `excess_sharpe` are this weighting's less equal weights'. `returns` are the daily ones.
    """

    name: str
    annual_return: Figure
    volatility: Figure
    sharpe: Figure
    maximum_drawdown: Figure
    turnover: Figure
    cost_per_year: float
    fallbacks: int
    excess_return: Interval | Unknown
    excess_volatility: Interval | Unknown
    excess_sharpe: Interval | Unknown
    returns: Floats


@dataclass(frozen=True, slots=True)
class WalkForward:
    """The tracks of all weightings over the same days, equal weights and buy-and-hold among them.

    `rebalances` are the rows at whose close was traded, `assets` how many there were to choose from at each, `ended`
    how many of these had no close at the next rebalance, or on the last row. `note` says what was assumed.
    """

    tracks: tuple[Track, ...]
    rebalances: tuple[int, ...]
    assets: tuple[int, ...]
    ended: int
    note: str = NOTE


def walk_forward(
    closes: Floats,
    methods: Sequence[Method] = FROM_HISTORY,
    window: int = 180,
    rebalance: int = 30,
    costs_bps: float = 10.0,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    market_values_usd: Floats | None = None,
    estimator: Estimator = LEDOIT_WOLF,
    seed: int = 0,
) -> WalkForward | Unknown:
    """Weigh every `rebalance` days on the `window` daily returns before, hold, and measure what came of it.

    Days x assets of closes, and of market values if market-value weights are wanted. An asset may be held from a
    rebalance on at which it has a close, nine tenths of the window and movement in it. Weights drift in between, where
    a missing day is valued at the last close; each US dollar bought or sold costs `costs_bps` / 10,000. Equal weights
    and buy-and-hold (equal weights, bought once), both without limits, are always there. Intervals: circular block
    bootstrap of days, `rebalance` to a block. Unknown if no row has two assets to hold. Raises AnalyticsError for
    shapes, days and costs that make no sense, OptimizerMissing without skfolio.
    """
    closes = np.asarray(closes, dtype=np.float64)
    _require_sense(closes, window, rebalance, costs_bps)
    if market_values_usd is None and Method.MARKET_VALUE in methods:
        raise AnalyticsError("market-value weights need market values of every day, none were given")
    if market_values_usd is not None and np.shape(market_values_usd) != closes.shape:
        raise AnalyticsError(f"market values must be days x assets like the closes, {closes.shape}")
    returns = simple_returns(closes)
    rebalances = _rebalances(closes, returns, window, rebalance)
    if not rebalances:
        return Unknown(f"no two assets have {required_days(window)} returns in {window} days before a day to hold")
    held = carried(closes)
    equal, _ = _targets(Method.EQUAL, returns, rebalances, window, Limits(), None, estimator)
    runs = {
        Method.EQUAL.value: (simulated(held, rebalances, equal, costs_bps), 0),
        BUY_AND_HOLD: (simulated(held, rebalances[:1], equal[:1], costs_bps), 0),
    }
    for method in methods:
        if method is not Method.EQUAL:
            targets, fallbacks = _targets(method, returns, rebalances, window, limits, market_values_usd, estimator)
            runs[method.value] = (simulated(held, rebalances, targets, costs_bps), fallbacks)
    resampling = Resampling(block=rebalance, seed=seed)
    baseline = runs[Method.EQUAL.value][0].returns
    return WalkForward(
        tracks=tuple(_track(name, run, count, baseline, resampling) for name, (run, count) in runs.items()),
        rebalances=tuple(each.row for each in rebalances),
        assets=tuple(each.columns.size for each in rebalances),
        ended=ended_count(closes, rebalances),
    )


def _require_sense(closes: Floats, window: int, rebalance: int, costs_bps: float) -> None:
    if closes.ndim != 2:
        raise AnalyticsError(f"expected closes of days x assets, got shape {closes.shape}")
    if window < 2 or rebalance < 1 or not 0 <= costs_bps < 5000:
        raise AnalyticsError(
            "a walk needs a window of 2 days, a rebalance of 1 and costs of 0 to 5,000 basis points, "
            f"got {window}, {rebalance} and {costs_bps}"
        )


def _rebalances(closes: Floats, returns: Floats, window: int, step: int) -> list[Rebalance]:
    """Every `step` rows from the first row that has two assets to hold; the last row leaves no day to hold them."""
    found: list[Rebalance] = []
    for row in range(window, len(closes) - 1):
        if found and (row - found[0].row) % step:
            continue
        columns = np.flatnonzero(closes[row] > 0)
        columns = columns[usable_columns(returns[row - window + 1 : row + 1, columns])]
        if found or columns.size >= 2:
            found.append(Rebalance(row, columns))
    return found


def _targets(
    method: Method,
    returns: Floats,
    rebalances: Sequence[Rebalance],
    window: int,
    limits: Limits,
    market_values_usd: Floats | None,
    estimator: Estimator,
) -> tuple[list[Floats], int]:
    """Weights of all assets at each rebalance, and how often equal weights stand in for those of the method."""
    targets, fallbacks = [], 0
    for each in rebalances:
        known = returns[each.row - window + 1 : each.row + 1, each.columns]
        values = None if market_values_usd is None else market_values_usd[each.row, each.columns]
        weights = target_weights(method, known, limits.of(each.columns), values, estimator)
        if isinstance(weights, Unknown):
            fallbacks += 1
            weights = np.full(each.columns.size, 1 / max(each.columns.size, 1))
        target = np.zeros(returns.shape[1])
        target[each.columns] = weights
        targets.append(target)
    return targets, fallbacks


def _track(name: str, run: Run, fallbacks: int, baseline: Floats, resampling: Resampling) -> Track:
    returns = run.returns
    years = len(returns) / DAYS_PER_YEAR
    worth = np.concatenate(([1.0], np.cumprod(1 + np.nan_to_num(returns))))
    annual = worth[-1] ** (1 / years) - 1 if len(returns) >= ANNUALISED_DAYS else math.nan
    deviation = float(moments(returns).deviation)
    pair = np.stack((returns, baseline), axis=-1)
    short, still = "needs 2 days to hold", "the portfolio did not move"
    return Track(
        name=name,
        annual_return=Figure.of(annual, f"needs {ANNUALISED_DAYS} days, has {len(returns)}"),
        volatility=Figure.of(deviation * math.sqrt(DAYS_PER_YEAR), short),
        sharpe=Figure.of(float(sharpe_ratio(returns)), still),
        maximum_drawdown=Figure.of(float(maximum_drawdown(worth)), short),
        turnover=_mean(run.turnovers[1:]),
        cost_per_year=float(run.costs.sum()) / years,
        fallbacks=fallbacks,
        excess_return=_excess(name, pair, _mean_per_year, resampling),
        excess_volatility=_excess(name, pair, _volatility, resampling),
        excess_sharpe=_excess(name, pair, _sharpe, resampling),
        returns=returns,
    )


def _mean(turnovers: Floats) -> Figure:
    mean = float(turnovers.mean()) if turnovers.size else math.nan
    return Figure.of(mean, "nothing was traded after the first purchase")


def _excess(
    name: str, pair: Floats, statistic: Callable[[Floats], Floats], resampling: Resampling
) -> Interval | Unknown:
    if name == Method.EQUAL:
        return Unknown("these are the equal weights")

    def difference(series: Floats) -> Floats:
        figures = statistic(series)
        return np.asarray(figures[..., 0] - figures[..., 1])

    return interval(pair, difference, resampling)


def _mean_per_year(series: Floats) -> Floats:
    return np.asarray(series.mean(axis=-2) * DAYS_PER_YEAR)


def _volatility(series: Floats) -> Floats:
    return np.asarray(series.std(axis=-2, ddof=1) * math.sqrt(DAYS_PER_YEAR))


def _sharpe(series: Floats) -> Floats:
    deviation = series.std(axis=-2, ddof=1)
    return divided(series.mean(axis=-2), deviation, deviation > NOISE) * math.sqrt(DAYS_PER_YEAR)
