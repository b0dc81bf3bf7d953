"""The correlations of the next 30 days, by whatever has foretold them best so far; the last 90 days unless beaten."""

from dataclasses import dataclass

import numpy as np

from agent.analytics.bars import Floats, Indices
from agent.analytics.correlation import average_correlation
from agent.analytics.errors import AnalyticsError
from agent.analytics.optimize.correlation_estimators import (
    HORIZON_DAYS,
    LONG_DAYS,
    RECENT_DAYS,
    Forecaster,
    foretold,
)
from agent.analytics.optimize.interval import Interval, Resampling, interval, mean_difference
from agent.analytics.optimize.problem import Unknown, usable_columns

STEP_DAYS = 10
# Outcomes of neighbouring dates overlap for three steps; a block is twice that.
BLOCK_DATES = 2 * HORIZON_DAYS // STEP_DAYS

NAIVE = Forecaster.LAST_90_DAYS
RIVALS = tuple(each for each in Forecaster if each is not NAIVE)
# The best of several is lucky more often than one alone, so each must pass at a share of the 5 % (Bonferroni).
CONFIDENCE = 1 - 0.05 / len(RIVALS)


@dataclass(frozen=True, slots=True)
class ForecastScore:
    """How well a forecaster foretold the correlations of pairs over 30 days, on average over the dates.

    `loss` is the mean squared error of the correlations, `fisher_loss` that of their arctanh, which weighs errors near
    1 more. The edges are the loss of the last 90 days less this one's, at 99 % for each of five rivals: above 0 is
    better than the last 90 days.
    """

    forecaster: Forecaster
    loss: float
    fisher_loss: float
    edge: Interval | Unknown
    fisher_edge: Interval | Unknown


@dataclass(frozen=True, slots=True)
class CorrelationForecast:
    """Correlations foretold for the 30 days after a day, and how good such forecasts were before it.

    `matrix` is assets x assets, NaN for the assets `left_out` for want of returns; `average` is over the pairs of the
    others. `best` made it; `edge_over_last_90d` is the edge of the best rival, which is used only if the whole interval
    is above 0, and `reason` says so. `scores` are of all forecasters on the same `dates`.
    """

    best: Forecaster
    matrix: Floats
    average: float
    edge_over_last_90d: Interval | Unknown
    reason: str
    scores: tuple[ForecastScore, ...]
    dates: int
    left_out: tuple[int, ...]


def forecast_correlation(returns: Floats, as_of: int | None = None, seed: int = 0) -> CorrelationForecast | Unknown:
    """Forecast the correlations of the 30 days after row `as_of` (the last, unless given); later rows are not read.

    Days x assets of daily returns. Every tenth day from the 365th on each forecaster is judged on what came in the 30
    days after, up to `as_of`. An asset needs nine tenths of the days looked back on (90, or 365 if a rival of the last
    90 days won). Intervals: circular block bootstrap of dates, six (60 days) to a block. Unknown with fewer than two
    such assets. Raises AnalyticsError for shapes and rows that do not fit, OptimizerMissing without skfolio.
    """
    returns = np.asarray(returns, dtype=np.float64)
    if returns.ndim != 2:
        raise AnalyticsError(f"expected returns of days x assets, got shape {returns.shape}")
    as_of = len(returns) - 1 if as_of is None else as_of
    if not -1 <= as_of < len(returns):
        raise AnalyticsError(f"row {as_of} is not one of the {len(returns)} rows")
    known = returns[: as_of + 1]
    scores, dates = judge(known, seed)
    best, edge, reason = _chosen(scores, dates)
    days = RECENT_DAYS if best is NAIVE else LONG_DAYS
    columns = _usable(known, days)
    if columns.size < 2:
        return Unknown(f"needs 2 assets with nine tenths of the last {RECENT_DAYS} daily returns, has {columns.size}")
    forecast = foretold(best, known[-days:, columns])
    if isinstance(forecast, Unknown):
        return forecast
    matrix = np.full((returns.shape[1], returns.shape[1]), np.nan)
    matrix[np.ix_(columns, columns)] = forecast
    return CorrelationForecast(
        best=best,
        matrix=matrix,
        average=average_correlation(forecast),
        edge_over_last_90d=edge,
        reason=reason,
        scores=scores,
        dates=dates,
        left_out=tuple(np.setdiff1d(np.arange(returns.shape[1]), columns).tolist()),
    )


def judge(returns: Floats, seed: int = 0) -> tuple[tuple[ForecastScore, ...], int]:
    """Score every forecaster on every date that has 365 days before it and 30 after, and count the dates.

    Days x assets of daily returns. A date counts if two assets have nine tenths of both; no score without a date.
    """
    losses = [
        loss
        for start in range(LONG_DAYS, len(returns) - HORIZON_DAYS + 1, STEP_DAYS)
        if (loss := _losses(returns[start - LONG_DAYS : start], returns[start : start + HORIZON_DAYS]))
    ]
    if not losses:
        return (), 0
    table = np.array(losses)
    resampling = Resampling(block=BLOCK_DATES, seed=seed, confidence=CONFIDENCE)
    scores = []
    for number, forecaster in enumerate(Forecaster):
        own, fisher = (table[:, [0, number], kind] for kind in (0, 1))
        edges = [
            Unknown("this is what the others are measured against")
            if forecaster is NAIVE
            else interval(pair, mean_difference, resampling)
            for pair in (own, fisher)
        ]
        scores.append(ForecastScore(forecaster, float(own[:, 1].mean()), float(fisher[:, 1].mean()), *edges))
    return tuple(scores), len(losses)


def _usable(returns: Floats, days: int) -> Indices:
    """Assets with nine tenths of both the last 90 rows and the last `days`."""
    if len(returns) < days:
        return np.arange(0)
    columns = usable_columns(returns[-days:])
    return columns[usable_columns(returns[-RECENT_DAYS:, columns])]


def _losses(before: Floats, after: Floats) -> list[tuple[float, float]]:
    """Mean squared errors, plain and of Fisher's z, of every forecaster on one date; none if it cannot be judged."""
    columns = _usable(before, LONG_DAYS)
    columns = columns[usable_columns(after[:, columns])]
    if columns.size < 2:
        return []
    complete = after[:, columns]
    complete = complete[np.isfinite(complete).all(axis=1)]
    outcome = np.atleast_2d(np.corrcoef(complete, rowvar=False))
    losses = []
    for forecaster in Forecaster:
        forecast = foretold(forecaster, before[:, columns])
        if isinstance(forecast, Unknown):
            return []
        losses.append(_errors(forecast, outcome))
    return losses


def _errors(forecast: Floats, outcome: Floats) -> tuple[float, float]:
    pairs = np.triu_indices(len(outcome), k=1)
    # twins have a correlation of 1, whose arctanh is infinite
    ours, theirs = (np.clip(matrix[pairs], -0.999, 0.999) for matrix in (forecast, outcome))
    plain, fisher = forecast[pairs] - outcome[pairs], np.arctanh(ours) - np.arctanh(theirs)
    return float((plain**2).mean()), float((fisher**2).mean())


def _chosen(scores: tuple[ForecastScore, ...], dates: int) -> tuple[Forecaster, Interval | Unknown, str]:
    """The forecaster to use, the edge of the best rival, and why."""
    if not scores:
        none = f"no date has {LONG_DAYS} days before it and {HORIZON_DAYS} after: the last 90 days, unproven, are used"
        return NAIVE, Unknown(none), none
    naive, *rivals = scores
    best = min(rivals, key=lambda score: score.loss)
    edge = best.edge
    judged = (
        f"{best.forecaster}, the best rival, has a mean squared error of {best.loss:.4f} against {naive.loss:.4f} "
        f"on {dates} dates"
    )
    if isinstance(edge, Unknown):
        return NAIVE, edge, f"no edge over the last 90 days is proven: {judged}, and {edge.reason}"
    if edge.lower > 0:
        return best.forecaster, edge, f"better than the last 90 days: {judged}"
    return NAIVE, edge, f"no edge over the last 90 days: {judged}, and the interval of the difference is not above 0"
