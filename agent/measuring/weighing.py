"""A portfolio beside other weightings of what it holds, and its distance from the efficient frontier. In-sample."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from agent.analytics.bars import Floats, Indices, required_days
from agent.analytics.errors import OptimizerMissing
from agent.analytics.figure import Figure
from agent.analytics.optimize.covariance import Estimator, Kind
from agent.analytics.optimize.frontier import Distance, Frontier, distance, efficient_frontier
from agent.analytics.optimize.problem import Limits, Unknown, usable_columns
from agent.analytics.optimize.weighting import Weighting, WeightingResult, measured, weightings
from agent.analytics.returns import simple_returns
from agent.briefing.wanted import Wanted
from agent.measuring.errors import MeasuringError, WrongArgument
from agent.measuring.market_values import MarketValue, read_market_values
from agent.measuring.positions import LeftOut, Position, held_only, positions, shares_of, unpriced_reason
from agent.measuring.study import LONG_DAYS, Study, read_long_closes, read_study
from agent.measuring.walking import HIGHEST_COST_BPS, Walk, walk
from agent.store.engine import Store

SHORTEST_DAYS = 30
POINTS = 30


class OptimizerLacking(MeasuringError):
    """Other weights cannot be found here, because skfolio is not installed."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How weights are found: the estimator of the covariance, the most weight of an asset (per cent), and the days."""

    estimator: Kind = Kind.LEDOIT_WOLF
    max_weight_pct: float = 100.0
    days: int = 365
    walk_forward: bool = False
    cost_bps: float = 10.0

    def __post_init__(self) -> None:
        if not SHORTEST_DAYS <= self.days < LONG_DAYS:
            raise WrongArgument(f"--days must be from {SHORTEST_DAYS} to {LONG_DAYS - 1}, got {self.days}")
        if not 0 < self.max_weight_pct <= 100:
            raise WrongArgument(f"--max-weight must be above 0 and at most 100 per cent, got {self.max_weight_pct:g}")
        if not 0 <= self.cost_bps <= HIGHEST_COST_BPS:
            raise WrongArgument(f"--cost-bps must be from 0 to {HIGHEST_COST_BPS} basis points, got {self.cost_bps:g}")


@dataclass(frozen=True, slots=True)
class Measurable:
    """The holdings that can be measured together over a window, and those that cannot.

    `returns` are days x assets, `shares` the fractions of these assets among themselves, None if not known.
    """

    columns: Indices
    returns: Floats
    shares: Floats | None
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class FrontierAnalysis:
    """A portfolio and the frontier of its holdings; weights are in the order of `holdings`.

    `covered_share` is the fraction of the portfolio that `holdings` are; `today` measures their weights of today, which
    sum to 1 among themselves. Every figure is of the days from `first_day` on, on which the weights were found too.
    """

    portfolio: str
    as_of: date
    source: str
    terms: Terms
    first_day: date
    holdings: tuple[Position, ...]
    left_out: tuple[LeftOut, ...]
    covered_share: Figure
    today: Weighting | Unknown
    weightings: tuple[WeightingResult, ...]
    frontier: Frontier | Unknown
    distance: Distance | Unknown
    market_values: tuple[MarketValue, ...]
    walk: Walk | Unknown | None


def frontier_analysis(store: Store, wanted: Wanted, terms: Terms) -> FrontierAnalysis:
    """Read a portfolio and weigh it.

    Raises UnknownRow, NothingHeld, NoPrices and WrongArgument, and OptimizerLacking without skfolio.
    """
    with store.reader() as session:
        study = held_only(read_study(session, wanted, market=False))
        closes = read_long_closes(session, study, LONG_DAYS if terms.walk_forward else terms.days + 1)
        values = read_market_values(session, wanted, study.assets)
    try:
        return _analysed(study, closes, values, terms)
    except OptimizerMissing as error:
        raise OptimizerLacking(str(error)) from None


def measurable(study: Study, closes: Floats, days: int) -> Measurable:
    """Which holdings of a study can be measured together over the last `days` daily returns."""
    returns = simple_returns(closes[-days - 1 :])[1:]
    columns = usable_columns(returns)
    shares = shares_of(study)[columns]
    left_out = tuple(
        LeftOut(asset.asset_id, asset.name, _why_left_out(returns[:, place]))
        for place, asset in enumerate(study.assets)
        if place not in columns
    )
    known = bool(np.isfinite(shares).all()) and bool(shares.sum() > 0)
    return Measurable(columns, returns[:, columns], shares / shares.sum() if known else None, left_out)


def limits_of(max_weight_pct: float, assets: int) -> Limits:
    """The limits of the weights of some assets; raises WrongArgument if they cannot hold all of a portfolio."""
    if assets and max_weight_pct * assets < 100:
        raise WrongArgument(
            f"--max-weight {max_weight_pct:g} (per cent) is too low: {assets} holdings that can be measured need at "
            f"least {100 / assets:.1f} each to make 100"
        )
    return Limits(maximum=max_weight_pct / 100.0)


def _analysed(study: Study, closes: Floats, values: Sequence[MarketValue], terms: Terms) -> FrontierAnalysis:
    found = measurable(study, closes, terms.days)
    limits, estimator = limits_of(terms.max_weight_pct, len(found.columns)), Estimator(terms.estimator)
    held, own_values = positions(study), [values[column] for column in found.columns.tolist()]
    none = _nothing_to_weigh(found, len(study.assets))
    market_usd = np.array([np.nan if each.value_usd.value is None else each.value_usd.value for each in own_values])
    frontier = none or efficient_frontier(found.returns, limits, POINTS, estimator)
    unknown = unpriced_reason(study)
    return FrontierAnalysis(
        portfolio=study.portfolio,
        as_of=study.as_of,
        source=study.source,
        terms=terms,
        first_day=_first_day(study, len(found.returns)),
        holdings=tuple(held[column] for column in found.columns.tolist()),
        left_out=found.left_out,
        covered_share=Figure.of(float(shares_of(study)[found.columns].sum()), unknown),
        today=none
        or (Unknown(unknown) if found.shares is None else measured(found.shares, found.returns, found.shares)),
        weightings=() if none else weightings(found.returns, found.shares, limits, market_usd, estimator),
        frontier=frontier,
        distance=_distance(frontier, found.shares, unknown),
        market_values=tuple(own_values),
        walk=walk(study.as_of, closes, terms.max_weight_pct, estimator, terms.cost_bps) if terms.walk_forward else None,
    )


def _nothing_to_weigh(found: Measurable, held: int) -> Unknown | None:
    if len(found.columns) >= 2:
        return None
    return Unknown(f"needs 2 holdings that can be measured together, has {len(found.columns)} of {held}")


def _distance(frontier: Frontier | Unknown, shares: Floats | None, unknown: str) -> Distance | Unknown:
    if isinstance(frontier, Unknown):
        return frontier
    return Unknown(unknown) if shares is None else distance(frontier, shares)


def _first_day(study: Study, days: int) -> date:
    day: date = (np.datetime64(study.as_of) - (days - 1)).astype(object)
    return day


def _why_left_out(returns: Floats) -> str:
    known, needed = int(np.isfinite(returns).sum()), required_days(len(returns))
    if known < needed:
        return f"needs {needed} daily returns in the last {len(returns)} days, has {known}"
    if not np.nanstd(returns) > 0:
        return f"did not move in the last {len(returns)} days"
    return "its returns and those of the others fall on too few common days"
