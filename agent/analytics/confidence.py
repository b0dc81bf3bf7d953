"""How much to trust a signal: the probability that its direction is right, from its own history and its data.

A signal's hit rate is pulled towards the base rate, strongly while its history is short; bad data pulls it all the way
back. Whether such probabilities came true is measured by `calibration`, on predictions made before the outcome.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from agent.analytics.bars import Flags, Floats
from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure

if TYPE_CHECKING:
    from agent.analytics.scorecard.signal_score import SignalScore

PRIOR_WINDOWS = 30.0
PROVEN_DAYS = 30
SIGNIFICANCE = 0.05

FRESH_DAYS = 1.0
STALE_DAYS = 7.0

BINS = 10
HORIZONS = (1, 7, 30)
"""For how many days ahead signals are scored."""


def nearest_horizon(lives_days: int) -> int:
    """The scored horizon nearest to how many days a signal counts as live; of two, the shorter one."""
    return min(HORIZONS, key=lambda days: (abs(days - lives_days), days))


@dataclass(frozen=True, slots=True)
class Confidence:
    """The probability (0 to 1) that a signal's direction is right over the score's horizon, and what it rests on.

    `value` is None where no history says anything; `sample_size` counts the firings it was learned from. `reason` says
    why it is proven, or why not.
    """

    value: float | None
    sample_size: int
    proven: bool
    reason: str


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Predictions from `low` up to `high`: how many, their mean, and the share of them that happened."""

    low: float
    high: float
    count: int
    predicted: float
    happened: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether probabilities came true. Bins without a prediction are left out.

    `brier` is the mean squared error, 0 (best) to 1; `brier_skill` what share of it is saved against always predicting
    the share that happened (1 best, 0 no better, negative worse); `expected_calibration_error` the mean distance of
    predicted and happened over the bins, weighted by their counts.
    """

    sample_size: int
    brier: Figure
    brier_skill: Figure
    expected_calibration_error: Figure
    bins: tuple[CalibrationBin, ...]


def data_quality(known_share: float, age_days: float, disputed_share: float = 0.0) -> float:
    """Share of the figures a signal needs that are known, fresh and undisputed, 0 to 1.

    `known_share * (1 - disputed_share) * freshness`; shares are fractions, and freshness is 1 up to an age of 1 day,
    0 from 7 days on, linear between. Raises AnalyticsError for shares outside 0 to 1 or an age below 0.
    """
    if not (0 <= known_share <= 1 and 0 <= disputed_share <= 1 and age_days >= 0):
        raise AnalyticsError(
            f"data quality needs shares from 0 to 1 and an age from 0, got {known_share}, {disputed_share}, {age_days}"
        )
    freshness = min(max((STALE_DAYS - age_days) / (STALE_DAYS - FRESH_DAYS), 0.0), 1.0)
    return known_share * (1.0 - disputed_share) * freshness


def shrunk_rate(rate: Floats, windows: Floats, towards: Floats | float) -> Floats:
    """Pull a rate towards another: the mean of a beta distribution updated by what happened.

    The prior is worth 30 windows: `(30 * towards + windows * rate) / (30 + windows)`. What counts is windows of a
    horizon that do not overlap, not firings, because firings of one day or of near days tell little more than one.
    Arrays of one shape in and out; `towards` where there is no window. Source: the beta-binomial model, Gelman et al.,
    Bayesian Data Analysis (2013), section 2.4.
    """
    seen = np.where(windows > 0, windows * rate, 0.0)
    return np.asarray((PRIOR_WINDOWS * towards + seen) / (PRIOR_WINDOWS + windows))


def probability(
    hit_rate: Floats, windows: Floats, base_rate: Floats, base_windows: Floats, quality: float = 1.0
) -> Floats:
    """Probability that a signal's direction is right: its hit rate, pulled towards the base rate.

    The base rate is itself pulled towards one half, since a few weeks of a rising market are no law. `quality` (0 to 1)
    multiplies what the signal adds to the base rate. Arrays of one shape in and out; NaN where the base rate is.
    """
    base = shrunk_rate(base_rate, base_windows, 0.5)
    return np.asarray(
        np.where(np.isnan(base_rate), np.nan, base + quality * (shrunk_rate(hit_rate, windows, base) - base))
    )


def confidence(score: "SignalScore | None", quality: float) -> Confidence:
    """Say how probable it is that a signal's direction is right, and whether its history proves anything.

    The value is `probability` at this `quality` (0 to 1, see `data_quality`): without data it is the base rate.
    Proven is a signal that fired on 30 days or more and whose mean excess over holding has its
    direction and an adjusted p-value (all signals and horizons that were tested together) of at most 0.05. Raises
    AnalyticsError for a quality outside 0 to 1.
    """
    if not 0 <= quality <= 1:
        raise AnalyticsError(f"the quality of data lies from 0 to 1, got {quality}")
    if score is None:
        return Confidence(None, 0, proven=False, reason="unproven: its past firings have not been scored")
    proven, reason = _verdict(score)
    hit_rate, base_rate = score.hit_rate.figure.value, score.base_rate.value
    if base_rate is None:
        return Confidence(None, score.sample_size, proven, reason)
    value = probability(
        np.array(np.nan if hit_rate is None else hit_rate),
        np.array(float(score.windows)),
        np.array(base_rate),
        np.array(float(score.base_windows)),
        quality,
    )
    return Confidence(float(value), score.sample_size, proven, reason)


def _verdict(score: "SignalScore") -> tuple[bool, str]:
    excess, p_value = score.mean_excess.figure, score.adjusted_p_value
    if not score.direction:
        return False, "unproven: it has no direction that could be right"
    if score.days < PROVEN_DAYS:
        days = "1 day" if score.days == 1 else f"{score.days} days"
        return False, f"unproven: it fired on {days} whose outcome is known, {PROVEN_DAYS} are needed"
    if excess.value is None or p_value.value is None:
        return False, f"unproven: {excess.reason or p_value.reason}"
    if p_value.value > SIGNIFICANCE:
        return False, f"unproven: what followed is within chance, given {score.tests} tests"
    if excess.value * score.direction < 0:
        return False, "unproven: what followed went against its direction, compared with holding"
    return True, f"proven: what followed is beyond chance, given {score.tests} tests"


def calibration(predicted: Floats, happened: Flags) -> Calibration:
    """Compare predicted probabilities with what happened.

    One array each, of one shape; predictions that are NaN are left out. Ten bins of equal width, a prediction of 1 in
    the last. Raises AnalyticsError for probabilities outside 0 to 1 or shapes that differ. Sources: Brier (1950);
    skill: Murphy (1973); expected calibration error: Naeini, Cooper and Hauskrecht (2015).
    """
    if np.shape(predicted) != np.shape(happened):
        raise AnalyticsError(f"each prediction needs its outcome, got {np.shape(predicted)} and {np.shape(happened)}")
    known = np.isfinite(predicted)
    chances, outcome = np.asarray(predicted)[known], np.asarray(happened)[known].astype(np.float64)
    if ((chances < 0) | (chances > 1)).any():
        raise AnalyticsError("probabilities lie from 0 to 1")
    if not chances.size:
        nothing = Figure.missing("nothing was predicted")
        return Calibration(0, nothing, nothing, nothing, ())
    brier, reference = float(((chances - outcome) ** 2).mean()), float(outcome.var())
    skill = Figure(1.0 - brier / reference, None) if reference > 0 else Figure.missing("every outcome was the same")
    bins = _bins(chances, outcome)
    error = sum(item.count * abs(item.predicted - item.happened) for item in bins) / chances.size
    return Calibration(chances.size, Figure(brier, None), skill, Figure(error, None), bins)


def _bins(chances: Floats, outcome: Floats) -> tuple[CalibrationBin, ...]:
    place = np.minimum((chances * BINS).astype(np.intp), BINS - 1)
    counts = np.bincount(place, minlength=BINS)
    sums, hits = np.bincount(place, chances, minlength=BINS), np.bincount(place, outcome, minlength=BINS)
    return tuple(
        CalibrationBin(i / BINS, (i + 1) / BINS, int(counts[i]), float(sums[i] / counts[i]), float(hits[i] / counts[i]))
        for i in np.flatnonzero(counts).tolist()
    )
