"""Volume: how unusual the last one is, how it compares with the weeks before, and on whose side of the close it was.

A bar is a day with a volume; for on-balance volume a day with a close and a volume. The rule for missing days is that
of `bars`.
"""

import numpy as np

from agent.analytics.bars import Floats, as_columns, divided, recent_bars, require_same_shape
from agent.analytics.indicators import require_period
from agent.analytics.rolling import at_every_bar


def zscore_of(volume: Floats) -> Floats:
    """Compare the last row of a window of bars with the rows before it; see `volume_zscore`."""
    before, now = volume[:-1], volume[-1]
    varied = before.max(axis=0) > before.min(axis=0)
    return divided(now - before.mean(axis=0), before.std(axis=0, ddof=1), varied)


def volume_zscore(volume: Floats, window: int = 20) -> Floats:
    """Volume of the last row against the `window` bars before it: (volume - mean) / standard deviation (ddof=1).

    Days x assets in, one value per asset out, in standard deviations. The last row is not part of the mean. NaN
    without a volume in the last row, with fewer than `window` bars before it in its run, or if those are all equal.
    """
    require_period(window=window)
    volumes = as_columns(volume)
    return zscore_of(recent_bars(volumes, window + 1, np.isfinite(volumes))).reshape(np.shape(volume)[1:])


def ratio_of(volume: Floats, short: int) -> Floats:
    """Compare the mean of the last `short` rows of a window of bars with that of the rows before; `volume_ratio`."""
    before = volume[:-short].mean(axis=0)
    return divided(volume[-short:].mean(axis=0), before, before > 0)


def volume_ratio(volume: Floats, short: int = 5, long: int = 20) -> Floats:
    """Mean volume of the last `short` bars over the mean volume of the `long` bars before them, for every day.

    Days x assets (or one series) in and out. NaN for the first `short + long - 1` bars of a run, on days without a
    volume, and if nothing was traded on the `long` bars.
    """
    require_period(short=short, long=long)
    volumes = as_columns(volume)
    (ratio,) = at_every_bar(lambda bars: (ratio_of(bars, short),), short + long, np.isfinite(volumes), volumes)
    return ratio.reshape(np.shape(volume))


def balance_of(close: Floats, volume: Floats) -> Floats:
    """Balance the volumes of a window of bars, whose first row only gives a close; see `obv_balance`."""
    total = volume[1:].sum(axis=0)
    return divided((np.sign(np.diff(close, axis=0)) * volume[1:]).sum(axis=0), total, total > 0)


def obv_balance(close: Floats, volume: Floats, window: int = 20) -> Floats:
    """On-balance volume gained over the last `window` bars, over their total volume: -1 to 1, for every day.

    Days x assets (or one series) of one shape in and out. A bar's volume counts as bought if it closed above the bar
    before, as sold if below, and as neither if equal. A difference of two values of on-balance volume, it does not
    depend on where that began. NaN for the first `window` bars of a run, on days without a close and a volume, and if
    nothing was traded. Raises AnalyticsError for arrays of two shapes. Source: Granville (1963).
    """
    require_period(window=window)
    require_same_shape(close=close, volume=volume)
    closes, volumes = as_columns(close), as_columns(volume)
    has_bar = np.isfinite(closes) & np.isfinite(volumes)
    (balance,) = at_every_bar(lambda *bars: (balance_of(*bars),), window + 1, has_bar, closes, volumes)
    return balance.reshape(np.shape(close))
