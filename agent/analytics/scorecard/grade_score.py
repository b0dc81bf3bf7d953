"""How grades did: whether assets with higher grades did better, and by how much."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from agent.analytics.bars import Flags, Floats, divided
from agent.analytics.errors import AnalyticsError
from agent.analytics.ranks import mid_ranks
from agent.analytics.scorecard.bootstrap import DRAWS, Estimate, Resample, estimates, resample_days
from agent.analytics.scorecard.outcomes import Outcomes

MINIMUM_ASSETS = 10
FIFTH = 0.2

# Days are independent here, so a long panel is worked off in pieces that fit the processor's cache.
_PIECE_DAYS = 64

TOO_FEW = f"on no day was the outcome of {MINIMUM_ASSETS} graded assets known"


@dataclass(frozen=True, slots=True)
class GradeScore:
    """What followed a grade over one horizon. Returns are fractions over the horizon, correlations -1 to 1.

    `sample_size` counts grades whose horizon is over, on `days` days with at least 10 of them; `left_early` of them had
    no close on the day of exit. `information_coefficient` is the mean of the days' Spearman rank correlations of grade
    and return; `top_minus_bottom` that of the return of the fifth with the highest grades less that of the fifth with
    the lowest. `hit_rate` is the share of days on which the top fifth did better. `top_excess` is the top fifth's
    return over holding (`outcomes.measure_outcomes`), `top_excess_bitcoin` over Bitcoin. `ranked_days` are those with a
    correlation, which equal grades or returns lack, `split_days` those with both fifths, which ties may leave empty.
    """

    name: str
    horizon_days: int
    sample_size: int
    days: int
    left_early: int
    information_coefficient: Estimate
    hit_rate: Estimate
    top_minus_bottom: Estimate
    top_return: Estimate
    top_excess: Estimate
    top_excess_bitcoin: Estimate
    ranked_days: int = 0
    split_days: int = 0


def score_grades(
    grades: Iterable[tuple[str, Floats]], outcomes: Sequence[Outcomes], rng: np.random.Generator, draws: int = DRAWS
) -> tuple[GradeScore, ...]:
    """Score every named grade over every horizon, horizon by horizon within a grade.

    Grades are days x assets, higher is better, NaN where not given; outcomes of the same panel. Each day counts once,
    however many assets it has. Days less than a horizon apart share outcomes: intervals and p-values come from a
    bootstrap over blocks of days twice as long (`bootstrap`). Nothing later than the horizon's end is used. Raises
    AnalyticsError for shapes that do not fit. Source: Grinold and Kahn, Active Portfolio Management (2000).
    """
    resamples = [resample_days(len(item.returns), item.horizon_days, rng, draws) for item in outcomes]
    return tuple(
        _score(name, values, item, resample)
        for name, values in grades
        for item, resample in zip(outcomes, resamples, strict=True)
    )


class _Daily(NamedTuple):
    """What each day says, each array (days,): how many assets count, and the figures of them."""

    assets: Floats
    left_early: Floats
    correlation: Floats
    top: Floats
    bottom: Floats


def _score(name: str, grades: Floats, outcomes: Outcomes, resample: Resample) -> GradeScore:
    if np.shape(grades) != outcomes.returns.shape:
        raise AnalyticsError(
            f"{name} has grades of shape {np.shape(grades)}, its outcomes are of shape {outcomes.returns.shape}"
        )
    pieces = [slice(start, start + _PIECE_DAYS) for start in range(0, len(grades), _PIECE_DAYS)] or [slice(0)]
    daily = _Daily(*map(np.concatenate, zip(*(_daily(grades, outcomes, piece) for piece in pieces), strict=True)))
    spread = daily.top - daily.bottom
    better = np.where(np.isfinite(spread), spread > 0, np.nan)
    return GradeScore(
        name=name,
        horizon_days=outcomes.horizon_days,
        sample_size=int(daily.assets.sum()),
        days=int(np.count_nonzero(daily.assets)),
        left_early=int(daily.left_early.sum()),
        information_coefficient=_over_days(daily.correlation, resample),
        hit_rate=_over_days(better, resample, 0.5, (0.0, 1.0)),
        top_minus_bottom=_over_days(spread, resample),
        top_return=_over_days(daily.top, resample),
        top_excess=_over_days(daily.top - outcomes.holding, resample),
        top_excess_bitcoin=_over_days(daily.top - outcomes.bitcoin, resample),
        ranked_days=int(np.isfinite(daily.correlation).sum()),
        split_days=int(np.isfinite(spread).sum()),
    )


def _daily(grades: Floats, outcomes: Outcomes, piece: slice) -> _Daily:
    both = np.isfinite(grades[piece]) & np.isfinite(outcomes.returns[piece])
    both &= both.sum(axis=1, keepdims=True) >= MINIMUM_ASSETS
    returns = np.where(both, outcomes.returns[piece], np.nan)
    assets = both.sum(axis=1).astype(np.float64)
    ranks = mid_ranks(np.where(both, grades[piece], np.nan))
    places = (ranks - 0.5) / np.maximum(assets, 1.0)[:, np.newaxis]
    return _Daily(
        assets=assets,
        left_early=(both & outcomes.left_early[piece]).sum(axis=1).astype(np.float64),
        correlation=_correlation(ranks, mid_ranks(returns)),
        top=_mean_of(returns, places > 1.0 - FIFTH),
        bottom=_mean_of(returns, places < FIFTH),
    )


def _correlation(ranks: Floats, others: Floats) -> Floats:
    """Spearman's correlation of each day from mid-ranks that are known in the same places; NaN if either is flat."""
    first, second = _centred(ranks), _centred(others)
    scale = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
    return np.clip(divided((first * second).sum(axis=1), scale, scale > 0), -1.0, 1.0)


def _centred(ranks: Floats) -> Floats:
    """Ranks less their mean, which is that of 1 to n whatever the ties; 0 where unknown."""
    known = np.isfinite(ranks)
    return np.where(known, ranks - (known.sum(axis=1, keepdims=True) + 1) / 2.0, 0.0)


def _mean_of(returns: Floats, members: Flags) -> Floats:
    count = members.sum(axis=1)
    return divided(np.where(members, returns, 0.0).sum(axis=1), count, count > 0)


def _over_days(
    values: Floats, resample: Resample, null: float = 0.0, bounds: tuple[float, float] = (-np.inf, np.inf)
) -> Estimate:
    """Estimate the mean of one figure per day over the days on which it is known."""
    known = np.isfinite(values)
    sums, counts = np.where(known, values, 0.0)[:, np.newaxis], known[:, np.newaxis].astype(np.float64)
    return estimates(sums, counts, resample, TOO_FEW, null, bounds)[0]
