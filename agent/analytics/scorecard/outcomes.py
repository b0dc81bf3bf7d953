"""What happened next: returns from the close of a day to the close h calendar days later.

An outcome is only there if its horizon ended within the panel. An asset that has no close on its exit day (a gap, or a
delisting) leaves at its last close within the horizon: dropping it would leave out the losers.
"""

from dataclasses import dataclass

import numpy as np

from agent.analytics.bars import Flags, Floats, as_columns, divided
from agent.analytics.errors import AnalyticsError

HORIZONS_DAYS = (1, 7, 30)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Forward returns over one horizon, fractions, by the day of entry.

    `returns` and `left_early` (exit before the horizon's end, at the last close) are days x subjects; `holding` (what
    holding returned over the same days: see `measure_outcomes`) and `bitcoin` are (days,). NaN where not known.
    """

    horizon_days: int
    returns: Floats
    left_early: Flags
    holding: Floats
    bitcoin: Floats


def forward_returns(close: Floats, horizon_days: int) -> Floats:
    """Return from each day's close to the close `horizon_days` calendar days later, a fraction.

    One series or days x subjects in and out. NaN without a positive close on the day of entry, and for the last
    `horizon_days` rows, whose horizon is not over. Without a close on the day of exit the last close within the
    horizon counts, be it that of the entry itself. Raises AnalyticsError for a horizon below 1 day.
    """
    return _forward(as_columns(close), horizon_days)[0].reshape(np.shape(close))


def _forward(close: Floats, horizon_days: int) -> tuple[Floats, Flags]:
    if horizon_days < 1:
        raise AnalyticsError(f"a horizon must be at least 1 day, got {horizon_days}")
    has_bar = np.isfinite(close) & (close >= 0)
    returns, left_early = np.full(close.shape, np.nan), np.zeros(close.shape, dtype=np.bool_)
    if len(close) > horizon_days:
        last_seen = np.maximum.accumulate(np.where(has_bar, np.arange(len(close))[:, np.newaxis], 0), axis=0)
        exits = np.take_along_axis(close, last_seen[horizon_days:], axis=0)
        entries = close[:-horizon_days]
        entered = has_bar[:-horizon_days] & (entries > 0)
        returns[:-horizon_days] = divided(exits, entries, entered) - 1.0
        left_early[:-horizon_days] = entered & ~has_bar[horizon_days:]
    return returns, left_early


def measure_outcomes(
    close: Floats, horizon_days: int, bitcoin: Floats | None = None, compared: Flags | None = None
) -> Outcomes:
    """Measure what followed every day of a panel over one horizon.

    `close` is days x subjects, `bitcoin` Bitcoin's closes (days,), `compared` flags of which subjects count on the day
    of entry (days x subjects; all if None): leave stablecoins out. Holding, with two subjects or more: the mean return
    of all that count, over the same days, so that an excess over it does not depend on the market's direction. With
    one subject (the market itself): its mean return over all days. Raises AnalyticsError for shapes that do not fit.
    """
    if np.ndim(close) != 2:
        raise AnalyticsError(f"outcomes need closes of days x subjects, got shape {np.shape(close)}")
    for name, array, shape in (("bitcoin", bitcoin, np.shape(close)[:1]), ("compared", compared, np.shape(close))):
        if array is not None and np.shape(array) != shape:
            raise AnalyticsError(f"{name} must have shape {shape} for these closes, got {np.shape(array)}")
    returns, left_early = _forward(np.asarray(close, dtype=np.float64), horizon_days)
    if compared is not None:
        returns[~compared] = np.nan
        left_early &= compared
    over_bitcoin = np.full(len(returns), np.nan) if bitcoin is None else forward_returns(bitcoin, horizon_days)
    return Outcomes(horizon_days, returns, left_early, _holding(returns), over_bitcoin)


def _holding(returns: Floats) -> Floats:
    known = np.isfinite(returns)
    if returns.shape[1] == 1:
        mean = divided(np.where(known, returns, 0.0).sum(), np.array(known.sum()), np.array(known.any()))
        return np.where(known[:, 0], mean, np.nan)
    count = known.sum(axis=1)
    return divided(np.where(known, returns, 0.0).sum(axis=1), count, count >= 2)
