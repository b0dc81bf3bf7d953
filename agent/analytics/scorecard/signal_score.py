"""How signals did: how often, and by how much, the return that followed had the signal's direction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from agent.analytics.bars import Flags, Floats
from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure
from agent.analytics.scorecard.bootstrap import DRAWS, Estimate, estimates, resample_days, separate_days
from agent.analytics.scorecard.outcomes import Outcomes

NEVER = "the signal never fired with its horizon over"
NO_HOLDING = f"{NEVER} and another asset to compare with"
NO_BITCOIN = f"{NEVER} and a close of Bitcoin"
NO_DIRECTION = "the signal has no direction"


@dataclass(frozen=True, slots=True)
class Firings:
    """When a signal fired and when that could be known, flags of days x subjects; direction 1, -1, or 0 for none."""

    name: str
    direction: int
    fired: Flags
    known: Flags


@dataclass(frozen=True, slots=True)
class SignalScore:
    """What followed a signal over one horizon. Returns are fractions over the horizon, rates are fractions.

    `sample_size` counts firings whose horizon is over, on `days` distinct days; `windows` are the days among them that
    lie a horizon apart, so that their windows do not overlap: the count that confidence grows with. `left_early` of the
    firings had no close on the day of exit. `hit_rate` is the share followed by a return of the signal's direction (its
    p-value speaks of the base rate); `base_rate` is the same share over all subject-days on which the signal could be
    read, `base_windows` the days among these a horizon apart. `mean_excess` is over holding
    (`outcomes.measure_outcomes`), `mean_excess_bitcoin` over Bitcoin. `adjusted_p_value` is that of `mean_excess`,
    corrected for all `tests` that were made together. A direction is not a forecast: a falling RSI that is followed by
    a rise scores as a miss.
    """

    name: str
    direction: int
    horizon_days: int
    sample_size: int
    days: int
    windows: int
    left_early: int
    hit_rate: Estimate
    base_rate: Figure
    base_windows: int
    mean_return: Estimate
    mean_excess: Estimate
    mean_excess_bitcoin: Estimate
    adjusted_p_value: Figure
    tests: int


class _Tally(NamedTuple):
    """A signal's firings by day of entry, each array (days,): how many, how many hits, and their summed returns."""

    firings: Floats
    hits: Floats
    returns: Floats
    left_early: int
    base_rate: float
    base_windows: int


def score_signals(
    signals: Iterable[Firings], outcomes: Sequence[Outcomes], rng: np.random.Generator, draws: int = DRAWS
) -> tuple[SignalScore, ...]:
    """Score every signal over every horizon, horizon by horizon within a signal.

    All flags and outcomes are of one panel, days x subjects. Entry is at the close of the day of the firing; a firing
    whose horizon is not over when the panel ends is not scored, so the score of a day uses nothing later. Windows of
    firings less than a horizon apart overlap and their outcomes are not independent: intervals and p-values come from
    a bootstrap over blocks of days twice as long (`bootstrap`). `signals` is read once and may be a generator, which
    keeps only one signal's flags in memory. Raises AnalyticsError for shapes that do not fit.
    """
    tallied = [(signal.name, signal.direction, [_tally(signal, item) for item in outcomes]) for signal in signals]
    by_horizon = [
        _scores([(name, direction, tallies[index]) for name, direction, tallies in tallied], item, rng, draws)
        for index, item in enumerate(outcomes)
    ]
    return corrected([score for scores in zip(*by_horizon, strict=True) for score in scores])


def corrected(scores: Sequence[SignalScore]) -> tuple[SignalScore, ...]:
    """Correct the p-values of the excess for how many there are: the chance finds of 200 tests are no findings.

    Benjamini and Hochberg's (1995) step-up: the smallest of `p * tests / rank` over this and all larger p-values; it
    bounds the share of false ones among those called proven. Scores that were made apart (assets, sectors, the market)
    and are shown together should be passed through together; it starts from the raw p-values each time.
    """
    p_values = [score.mean_excess.p_value.value for score in scores]
    tested = sorted((p, index) for index, p in enumerate(p_values) if p is not None)
    adjusted = [score.mean_excess.p_value for score in scores]
    lowest = 1.0
    for rank, (p_value, index) in reversed(list(enumerate(tested, start=1))):
        lowest = min(lowest, p_value * len(tested) / rank)
        adjusted[index] = Figure(lowest, None)
    return tuple(
        replace(score, adjusted_p_value=figure, tests=len(tested))
        for score, figure in zip(scores, adjusted, strict=True)
    )


def require_fitting(signal: Firings, outcomes: Outcomes) -> None:
    """Raise AnalyticsError unless the signal's flags and the outcomes are of one panel."""
    shape = outcomes.returns.shape
    if signal.fired.shape != shape or signal.known.shape != shape:
        raise AnalyticsError(
            f"{signal.name} has flags of shape {signal.fired.shape} and {signal.known.shape}, its outcomes {shape}"
        )


def _tally(signal: Firings, outcomes: Outcomes) -> _Tally:
    require_fitting(signal, outcomes)
    over = np.isfinite(outcomes.returns)
    day, subject = np.nonzero(signal.fired & over)
    returns = outcomes.returns[day, subject]
    days = len(over)
    readable = signal.known & over
    count = np.count_nonzero(readable)
    right = np.count_nonzero(signal.known & (outcomes.returns > 0 if signal.direction > 0 else outcomes.returns < 0))
    return _Tally(
        firings=np.bincount(day, minlength=days).astype(np.float64),
        hits=np.bincount(day, (returns * signal.direction > 0).astype(np.float64), days).astype(np.float64),
        returns=np.bincount(day, returns, days).astype(np.float64),
        left_early=int(np.count_nonzero(outcomes.left_early[day, subject])),
        base_windows=int(separate_days(readable.sum(axis=1) > 0, outcomes.horizon_days).sum()),
        base_rate=right / count if count and signal.direction else float("nan"),
    )


def _scores(
    tallies: Sequence[tuple[str, int, _Tally]], outcomes: Outcomes, rng: np.random.Generator, draws: int
) -> list[SignalScore]:
    """Score all signals over one horizon, on the same draws of days."""
    if not tallies:
        return []
    count, hits, returns = (
        np.stack([getattr(tally, field) for *_, tally in tallies], axis=1) for field in ("firings", "hits", "returns")
    )
    base_rates = np.array([tally.base_rate for *_, tally in tallies])
    resample = resample_days(len(count), outcomes.horizon_days, rng, draws)
    excess, bitcoin = (_over(benchmark, returns, count) for benchmark in (outcomes.holding, outcomes.bitcoin))
    found = zip(
        tallies,
        estimates(hits, count, resample, NEVER, base_rates, (0.0, 1.0)),
        estimates(returns, count, resample, NEVER),
        estimates(*excess, resample, NO_HOLDING),
        estimates(*bitcoin, resample, NO_BITCOIN),
        [int(separate_days(column > 0, outcomes.horizon_days).sum()) for column in count.T],
        strict=True,
    )
    return [
        SignalScore(
            name=name,
            direction=direction,
            horizon_days=outcomes.horizon_days,
            sample_size=int(tally.firings.sum()),
            days=int(np.count_nonzero(tally.firings)),
            windows=windows,
            left_early=tally.left_early,
            hit_rate=hit_rate if direction else Estimate.missing(NO_DIRECTION),
            base_rate=Figure.of(tally.base_rate, "no outcome is known" if direction else NO_DIRECTION),
            base_windows=tally.base_windows,
            mean_return=mean_return,
            mean_excess=mean_excess,
            mean_excess_bitcoin=mean_excess_bitcoin,
            adjusted_p_value=mean_excess.p_value,
            tests=1,
        )
        for (name, direction, tally), hit_rate, mean_return, mean_excess, mean_excess_bitcoin, windows in found
    ]


def _over(benchmark: Floats, returns: Floats, count: Floats) -> tuple[Floats, Floats]:
    """Each day's summed excess over a return that is the same for all firings of the day, and how many know it."""
    known = np.isfinite(benchmark)[:, np.newaxis]
    return np.where(known, returns - count * np.nan_to_num(benchmark)[:, np.newaxis], 0.0), np.where(known, count, 0.0)
