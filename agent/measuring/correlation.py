"""How assets move together: pair by pair, on average, in bad times, in groups, and what is forecast."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

import numpy as np
from sqlmodel import Session

from agent.analytics.bars import Floats
from agent.analytics.clusters import LOOK_ALIKE, Clusters, look_alikes
from agent.analytics.correlation import MINIMUM_OBSERVATIONS, average_correlation, correlation_matrix
from agent.analytics.errors import OptimizerMissing
from agent.analytics.figure import Figure
from agent.analytics.optimize.correlation_forecast import CorrelationForecast, ForecastScore, forecast_correlation
from agent.analytics.optimize.interval import Interval
from agent.analytics.optimize.problem import Unknown
from agent.analytics.stress import STRESS_DAYS, StressCorrelation, stress_correlation
from agent.briefing.wanted import Wanted
from agent.measuring.compared import Compared, read_compared
from agent.measuring.errors import MeasuringError, WrongArgument
from agent.measuring.provider_words import provider_words
from agent.measuring.study import LONG_DAYS
from agent.store.correlations import correlations_on

MAXIMUM_DAYS = 1095
EARLIER_DAYS = (30, 90)


@dataclass(frozen=True, slots=True)
class ComparedAsset:
    """An asset of a report: `share` is its fraction of the portfolio's value, None for assets that were named."""

    asset_id: int
    name: str
    symbol: str
    price_source: str
    share: Figure | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two assets by name, their correlation, and on how many days both have a return."""

    first: str
    second: str
    correlation: Figure
    common_days: int


@dataclass(frozen=True, slots=True)
class AlikeGroup:
    """Assets that move alike, and their part of the portfolio's value (of the number of assets, if they were named)."""

    members: tuple[str, ...]
    share: float


@dataclass(frozen=True, slots=True)
class AlikeGroups:
    """Groups of assets that correlate by `threshold` or more; how many, and how many equal ones are as concentrated."""

    threshold: float
    groups: tuple[AlikeGroup, ...]
    count: Figure
    effective_number: Figure


@dataclass(frozen=True, slots=True)
class ForecastPair:
    """Two assets by name and the correlation that is forecast."""

    first: str
    second: str
    correlation: Figure


@dataclass(frozen=True, slots=True)
class Forecast:
    """Correlations forecast for the next 30 days by `used`, and how each estimator did out of sample on `dates` dates.

    `edge` is the best rival's over the last 90 days, an interval or the reason why there is none.
    """

    used: str
    reason: str
    dates: int
    edge: Interval | Unknown
    scores: tuple[ForecastScore, ...]
    average: Figure
    pairs: tuple[ForecastPair, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProvidedCorrelation:
    """A correlation that a provider gives, with an asset that it names but does not identify."""

    source: str
    asset: str
    day: date
    other_name: str
    correlation: float


@dataclass(frozen=True, slots=True)
class CorrelationReport:
    """How assets moved together in the last `days` daily returns up to the close of `as_of`.

    `change_30d` and `change_90d` are the average now less that of as many days that ended 30 and 90 days before.
    """

    as_of: date
    source: str
    portfolio: str | None
    days: int
    assets: tuple[ComparedAsset, ...]
    pairs: tuple[Pair, ...]
    average: Figure
    change_30d: Figure
    change_90d: Figure
    stress: StressCorrelation
    alike: AlikeGroups
    forecast: Forecast | Unknown | None
    provided: tuple[ProvidedCorrelation, ...]


def require_days(days: int) -> None:
    """Raise WrongArgument for a number of days over which nothing is correlated."""
    if not MINIMUM_OBSERVATIONS <= days <= MAXIMUM_DAYS:
        raise WrongArgument(f"--days must be from {MINIMUM_OBSERVATIONS} to {MAXIMUM_DAYS}, got {days}")


@dataclass(frozen=True, slots=True)
class CorrelationGround:
    """What correlations of `days` returns are measured on, and what providers say of the same assets."""

    days: int
    forecast: bool
    compared: Compared
    provided: tuple[ProvidedCorrelation, ...]


def read_correlation_ground(
    session: Session, wanted: Wanted, texts: Sequence[str] = (), *, days: int = 90, forecast: bool = False
) -> CorrelationGround:
    """Read the assets that the texts mean, or, without any, what the portfolio holds.

    Raises WrongArgument, AssetNotFound, NothingHeld, NoPrices and UnknownRow for the portfolio.
    """
    require_days(days)
    needed = max(days + max(EARLIER_DAYS), STRESS_DAYS, LONG_DAYS if forecast else 0)
    found = read_compared(session, wanted, texts, needed)
    if len(found.assets) < 2:
        raise WrongArgument(
            f"{found.names[0]} alone has nothing to correlate with: name two assets or more, "
            "or name one with `--neighbours 10` to see what it moves with"
        )
    return CorrelationGround(days, forecast, found, read_provided(session, wanted, found))


def measure_correlations(ground: CorrelationGround) -> CorrelationReport:
    """Measure everything; raises MeasuringError for a forecast without skfolio."""
    found, days = ground.compared, ground.days
    matrix = correlation_matrix(found.returns[-days:])
    return CorrelationReport(
        as_of=found.as_of,
        source=found.source,
        portfolio=found.portfolio,
        days=days,
        assets=tuple(_assets(found)),
        pairs=tuple(_pairs(found, matrix, days)),
        average=average_of(found.returns, days, 0),
        change_30d=_change(found.returns, days, 30),
        change_90d=_change(found.returns, days, 90),
        stress=_stress(found),
        alike=_alike(found, matrix, days),
        forecast=_forecast(found) if ground.forecast else None,
        provided=ground.provided,
    )


def read_provided(session: Session, wanted: Wanted, found: Compared) -> tuple[ProvidedCorrelation, ...]:
    """What providers say of these assets, of the last day known, the highest first."""
    return tuple(
        ProvidedCorrelation(source, asset.name, row.day, provider_words(row.other_name), row.correlation)
        for source in (wanted.source, *wanted.other_sources)
        for asset in found.assets
        for row in correlations_on(session, source, asset.asset_id, found.as_of)
    )


def average_of(returns: Floats, days: int, ago: int) -> Figure:
    """The average correlation of the pairs over `days` returns that ended `ago` days before the last."""
    end = len(returns) - ago
    matrix = correlation_matrix(returns[max(end - days, 0) : end])
    pairs = matrix[np.triu_indices(len(matrix), k=1)]
    unknown = int(np.isnan(pairs).sum())
    when = f" that ended {ago} days earlier" if ago else ""
    return Figure.of(
        average_correlation(matrix),
        f"{unknown} of {pairs.size} pairs have no correlation over the {days} days{when}",
    )


def _change(returns: Floats, days: int, ago: int) -> Figure:
    now, before = average_of(returns, days, 0), average_of(returns, days, ago)
    if now.value is None or before.value is None:
        return Figure.missing(now.reason or before.reason or "")
    return Figure.of(now.value - before.value, "")


def _assets(found: Compared) -> Iterator[ComparedAsset]:
    shares = [None] * len(found.assets) if found.shares is None else found.shares.tolist()
    for asset, share in zip(found.assets, shares, strict=True):
        figure = None if share is None else Figure.of(share, f"not every holding has a close on {found.as_of}")
        yield ComparedAsset(asset.asset_id, asset.name, asset.row.symbol, asset.price_source, figure)


def _pairs(found: Compared, matrix: Floats, days: int) -> Iterator[Pair]:
    known = np.isfinite(found.returns[-days:]).astype(np.int64)
    common = known.T @ known
    for first, second in combinations(range(len(matrix)), 2):
        count = int(common[first, second])
        short = f"{count} common days, needs {MINIMUM_OBSERVATIONS}"
        reason = short if count < MINIMUM_OBSERVATIONS else "one of the two did not move on the common days"
        figure = Figure.of(float(matrix[first, second]), reason)
        yield Pair(found.names[first], found.names[second], figure, count)


def _stress(found: Compared) -> StressCorrelation:
    if found.bitcoin is None:
        return StressCorrelation.missing(f"there are no prices of Bitcoin from {found.source}")
    return stress_correlation(found.returns, found.bitcoin)


def _alike(found: Compared, matrix: Floats, days: int) -> AlikeGroups:
    count = np.isfinite(found.returns[-days:]).sum(axis=0)
    short = [name for name, own in zip(found.names, count, strict=True) if own < MINIMUM_OBSERVATIONS]
    shares = np.full(len(matrix), 1 / len(matrix)) if found.shares is None else found.shares
    result = look_alikes(matrix, shares)
    if short:
        result = Clusters.missing(f"fewer than {MINIMUM_OBSERVATIONS} daily returns: {', '.join(short)}")
    groups = (AlikeGroup(tuple(found.names[each] for each in item.members), item.share) for item in result.clusters)
    return AlikeGroups(LOOK_ALIKE, tuple(groups), result.count, result.effective_number)


def _forecast(found: Compared) -> Forecast | Unknown:
    returns = found.returns[-LONG_DAYS:]
    first = int(np.argmax(np.isfinite(returns).any(axis=1)))  # days before all history are no missing days
    try:
        result = forecast_correlation(returns[first:])
    except OptimizerMissing as error:
        raise MeasuringError(str(error)) from None
    return result if isinstance(result, Unknown) else _named_forecast(found.names, result)


def _named_forecast(names: Sequence[str], result: CorrelationForecast) -> Forecast:
    short = "one of the two has too few daily returns"
    pairs = (
        ForecastPair(names[first], names[second], Figure.of(float(result.matrix[first, second]), short))
        for first, second in combinations(range(len(names)), 2)
    )
    return Forecast(
        used=result.best.value,
        reason=result.reason,
        dates=result.dates,
        edge=result.edge_over_last_90d,
        scores=result.scores,
        average=Figure.of(result.average, short),
        pairs=tuple(pairs),
        left_out=tuple(names[column] for column in result.left_out),
    )
