"""Which covariance estimate foretells best: each judged on the days after it, against the sample covariance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agent.analytics.bars import Floats, required_days
from agent.analytics.errors import AnalyticsError
from agent.analytics.optimize.covariance import EWMA, LEDOIT_WOLF, SAMPLE, Estimator, covariance
from agent.analytics.optimize.interval import Interval, Resampling, interval, mean_difference
from agent.analytics.optimize.problem import Unknown, usable_columns
from agent.analytics.risk import DAYS_PER_YEAR


@dataclass(frozen=True, slots=True)
class Loss:
    """Mean loss over the dates, and that of this estimator less that of the sample covariance: below 0 is better."""

    mean: float
    difference: Interval | Unknown


@dataclass(frozen=True, slots=True)
class CovarianceScore:
    """How an estimator foretold the covariance of the next days.

    `qlike`: -2 log likelihood of the next days' returns under the forecast (normal, mean 0), per day and asset, without
    its constant; it punishes most a risk that was foretold too small. `frobenius`: mean squared difference between the
    entries of the forecast and of the mean outer product of the next days' returns, annualised. `dates` were judged.
    """

    estimator: Estimator
    dates: int
    qlike: Loss
    frobenius: Loss


def compare_covariances(
    returns: Floats,
    window: int = 180,
    step: int = 30,
    estimators: Sequence[Estimator] = (SAMPLE, LEDOIT_WOLF, EWMA),
    seed: int = 0,
) -> tuple[CovarianceScore, ...] | Unknown:
    """Forecast the next `step` days' covariance every `step` days from the `window` before, and score each estimator.

    Days x assets of daily returns. An asset counts on a date with nine tenths of both its window and the days that
    follow; dates with fewer than two such assets, or with an estimate that cannot be inverted, are skipped. No forecast
    sees a row of its own outcome, and outcomes do not overlap. Intervals: circular block bootstrap of dates, two to a
    block. Unknown without a date to judge. Raises AnalyticsError for a window or step below 2, OptimizerMissing without
    skfolio. Source: Patton (2011) for both losses.
    """
    if min(window, step) < 2:
        raise AnalyticsError(f"a window and a step need at least 2 days, got {window} and {step}")
    returns = np.asarray(returns, dtype=np.float64)
    losses = np.array(
        [
            loss
            for start in range(window, len(returns) - step + 1, step)
            if (loss := _losses(returns[start - window : start], returns[start : start + step], (SAMPLE, *estimators)))
        ]
    )
    if not losses.size:
        return Unknown(f"no date with {window} days before and {step} days after of two assets or more")
    resampling = Resampling(block=2, seed=seed)
    return tuple(
        CovarianceScore(
            estimator, len(losses), *(_judged(estimator, losses[:, [number, 0], kind], resampling) for kind in (0, 1))
        )
        for number, estimator in enumerate(estimators, start=1)
    )


def _judged(estimator: Estimator, pair: Floats, resampling: Resampling) -> Loss:
    if estimator == SAMPLE:
        return Loss(float(pair[:, 0].mean()), Unknown("this is what the others are compared with"))
    return Loss(float(pair[:, 0].mean()), interval(pair, mean_difference, resampling))


def _losses(before: Floats, after: Floats, estimators: Sequence[Estimator]) -> list[tuple[float, float]]:
    """QLIKE and Frobenius loss of every estimator on one date; none if it cannot be judged."""
    columns = usable_columns(before)
    columns = columns[np.isfinite(after[:, columns]).sum(axis=0) >= required_days(len(after))]
    outcome = after[:, columns]
    outcome = outcome[np.isfinite(outcome).all(axis=1)]
    if columns.size < 2 or not len(outcome):
        return []
    losses = []
    for estimator in estimators:
        forecast = covariance(before[:, columns], estimator)
        if isinstance(forecast, Unknown) or np.linalg.matrix_rank(forecast) < columns.size:
            return []
        losses.append((qlike(forecast, outcome), frobenius(forecast, outcome)))
    return losses


def qlike(forecast: Floats, outcome: Floats) -> float:
    """Mean of log det C + r' C^-1 r over the days, per asset, for a forecast C and days x assets of returns r."""
    _, log_determinant = np.linalg.slogdet(forecast)
    squares = (outcome * np.linalg.solve(forecast, outcome.T).T).sum(axis=1).mean()
    return float(log_determinant + squares) / len(forecast)


def frobenius(forecast: Floats, outcome: Floats) -> float:
    """Mean squared difference of the entries of C and of the mean of r r', annualised with 365 days."""
    return float((((forecast - outcome.T @ outcome / len(outcome)) * DAYS_PER_YEAR) ** 2).mean())
