"""What providers think of assets: grades, now and before, and trading signals with what followed them.

Nothing is carried forward: a day without a grade or a signal knows none.
"""

from dataclasses import dataclass

import numpy as np

from agent.analytics.bars import MAX_GAP_DAYS, Floats, divided, require_same_shape
from agent.analytics.signals.windows import as_panel, shifted


@dataclass(frozen=True, slots=True)
class Opinions:
    """A provider's opinions, (assets,) for a day or (days, assets) for a history; NaN where unknown.

    Grades are 0 to 100 and trading signals 1, 0 or -1; `*_previous` are those of the calendar day before, and
    `*_week_before` those of 7 days before. A signal of 0 takes no side: the last 1 or -1 before it stays in force.
    `return_since_signal` (fraction) and `days_since_signal` are counted from the close of the day on which the signal
    in force began; those since the previous signal, from the beginning of the one in force on the day before. They are
    unknown if the beginning lies before the history or more than 3 missing days in a row came after it.
    """

    trader_grade: Floats
    trader_grade_previous: Floats
    investor_grade: Floats
    investor_grade_previous: Floats
    investor_grade_week_before: Floats
    investor_grade_week_before_previous: Floats
    trading_signal: Floats
    trading_signal_previous: Floats
    return_since_signal: Floats
    days_since_signal: Floats
    return_since_previous_signal: Floats
    days_since_previous_signal: Floats


def measure_opinions(trader: Floats, investor: Floats, trading_signal: Floats, close: Floats) -> Opinions:
    """Lay a provider's grades and trading signals, and closes in USD, out as a history of opinions.

    Days x assets in, consecutive calendar days, NaN where nothing is known; every field of the record has that shape.
    No row depends on a later one. Raises AnalyticsError unless all four have one shape of two dimensions.
    """
    require_same_shape(trader=trader, investor=investor, trading_signal=trading_signal, close=close)
    trader, investor, signal, close = (as_panel(values) for values in (trader, investor, trading_signal, close))
    began, start_usd = _signals_in_force(signal, close)
    began_before, start_before_usd = shifted(began, 1), shifted(start_usd, 1)
    rows = np.arange(len(close), dtype=np.float64)[:, np.newaxis]
    return Opinions(
        trader_grade=trader,
        trader_grade_previous=shifted(trader, 1),
        investor_grade=investor,
        investor_grade_previous=shifted(investor, 1),
        investor_grade_week_before=shifted(investor, 7),
        investor_grade_week_before_previous=shifted(investor, 8),
        trading_signal=signal,
        trading_signal_previous=shifted(signal, 1),
        return_since_signal=_gain(start_usd, close),
        days_since_signal=rows - began,
        return_since_previous_signal=_gain(start_before_usd, close),
        days_since_previous_signal=rows - began_before,
    )


def _signals_in_force(signal: Floats, close: Floats) -> tuple[Floats, Floats]:
    """Find, for every day with a signal, the row on which the one in force began and the close of that day."""
    began, start_usd = np.full(signal.shape, np.nan), np.full(signal.shape, np.nan)
    assets = signal.shape[1]
    side, seen = np.zeros(assets), np.full(assets, -np.inf)
    since, price = np.full(assets, np.nan), np.full(assets, np.nan)
    for row, now in enumerate(signal):
        known = np.isfinite(now)
        lapsed = known & (row - seen > MAX_GAP_DAYS + 1)
        sided = known & (now != 0)
        # the first side taken is no beginning: it may have been taken before
        turned = sided & (side == -now) & ~lapsed
        side = np.where(sided, now, np.where(lapsed, 0.0, side))
        since = np.where(turned, row, np.where(lapsed, np.nan, since))
        price = np.where(turned, close[row], np.where(lapsed, np.nan, price))
        seen[known] = row
        began[row], start_usd[row] = np.where(known, since, np.nan), np.where(known, price, np.nan)
    return began, start_usd


def _gain(start_usd: Floats, close: Floats) -> Floats:
    return divided(close, start_usd, np.isfinite(close) & (start_usd > 0)) - 1.0
