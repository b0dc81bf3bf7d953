"""A metric of one asset or of a whole universe, whichever place its values are read from."""

from collections.abc import Collection
from datetime import date

from agent.ask.arguments import AskMetric
from agent.ask.toolset import bar_figures, chain_ratios, dominance, holdings, opinions, reported
from agent.ask.toolset.catalogue import CHAIN_VALUE, Measured, Origin, measured
from agent.ask.toolset.market_read import MarketRead
from agent.ask.toolset.vector import Vector
from agent.claims.fact import Metric
from agent.measuring.errors import NothingHeld, WrongArgument


def require_held(read: MarketRead) -> None:
    """Raise NothingHeld if the portfolio is empty or not there."""
    if not read.held.ids:
        raise NothingHeld("nothing is held in your portfolio")


def universe_of(read: MarketRead, name: str) -> Collection[int]:
    """The assets of a universe; raises NothingHeld for holdings where there are none."""
    if name == "holdings":
        require_held(read)
        return read.held.ids
    return read.tracked


def universe_vector(read: MarketRead, metric: AskMetric, window: str | None, universe: str) -> Vector:
    """The metric of every member of a universe, without the others; raises WrongArgument for what it cannot be of."""
    measure = measured(metric, window)
    members = universe_of(read, universe)
    if measure.origin is Origin.HOLDINGS and universe != "holdings":
        raise WrongArgument(f"the {measure.noun} is known of your holdings only: take the universe `holdings`")
    if universe == "holdings" and measure.origin is Origin.BARS:
        return bar_figures.assets_vector(read, measure, list(members), read.as_of)
    return _market(read, measure).of(members)


def asset_figure(
    read: MarketRead, measure: Measured, asset_id: int, day: date | None = None, *, exactly: bool = False
) -> Vector:
    """The metric of one asset on a day, the last one unless given; empty or NaN where it is not known.

    Reported figures and grades are the last of the week up to the day, unless `exactly` that day's is wanted.
    """
    at = day or _day_of(read, measure)
    if measure.origin is Origin.BARS:
        return bar_figures.assets_vector(read, measure, [asset_id], at)
    if measure.origin is Origin.REPORTED:
        return _reported(read, measure, asset_id, at, exactly=exactly)
    if measure.origin is Origin.GRADES and exactly:
        return opinions.grades_of_day(read, measure, at, at, asset_id)
    if measure.origin is Origin.GRADES:
        return opinions.grade_vector(read, measure, at, asset_id)
    if measure.origin is Origin.OWN_GRADES:
        return opinions.own_grade_vector(read, measure, at)
    require_held(read)
    return holdings.holding_vector(read, measure)


def _reported(read: MarketRead, measure: Measured, asset_id: int, at: date, *, exactly: bool) -> Vector:
    """A reported figure; an asset without protocols may have value locked on its chains."""
    if measure.metric is Metric.DOMINANCE:
        return dominance.asset_vector(read, measure, asset_id, at, exactly=exactly)
    if measure.metric in chain_ratios.CHAIN_RATIOS:
        return chain_ratios.asset_vector(read, measure, asset_id, at, exactly=exactly)
    found = reported.asset_vector(read, measure, asset_id, at, exactly=exactly)
    if measure.qualifier == CHAIN_VALUE.qualifier or measure.metric is not CHAIN_VALUE.metric or len(found.asset_ids):
        return found
    return reported.asset_vector(read, CHAIN_VALUE, asset_id, at, exactly=exactly)


def _reported_of_all(read: MarketRead, measure: Measured, day: date) -> Vector:
    if measure.metric is Metric.DOMINANCE:
        return dominance.market_vector(read, measure, day)
    if measure.metric in chain_ratios.CHAIN_RATIOS:
        return chain_ratios.market_vector(read, measure, day)
    return reported.market_vector(read, measure, day)


def _day_of(read: MarketRead, measure: Measured) -> date:
    return read.as_of if measure.origin is Origin.BARS else read.market_day


def _market(read: MarketRead, measure: Measured) -> Vector:
    day = read.market_day
    match measure.origin:
        case Origin.BARS:
            return bar_figures.market_vector(read, measure, day)
        case Origin.REPORTED:
            return _reported_of_all(read, measure, day)
        case Origin.GRADES:
            return opinions.grade_vector(read, measure, day)
        case Origin.OWN_GRADES:
            return opinions.own_grade_vector(read, measure, day)
        case Origin.HOLDINGS:
            return holdings.holding_vector(read, measure)
