"""The state of the whole market: breadth, Bitcoin or altcoin season, mood, money in it, and its regime."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from agent.analytics.bars import MAX_GAP_DAYS, Flags, Floats, divided
from agent.analytics.errors import AnalyticsError
from agent.analytics.risk import NOISE
from agent.analytics.signals.windows import (
    as_panel,
    change,
    last_window_means,
    previous,
    shifted,
    window_maximum,
    window_mean,
)

SHORT_DAYS = 50
LONG_DAYS = 200
THRUST_DAYS = 10
EXTREME_DAYS = 20
SEASON_DAYS = 90
SUPPLY_DAYS = 30
TVL_DAYS = 7
LEAST_ASSETS = 20  # a share of fewer says nothing about a market

BLOCK_ASSETS = 256  # 204 days of so many fit a processor's cache: half the time of all at once

# The longest way back: Bitcoin's long average of the last known day before, over a gap.
MARKET_DAYS = MAX_GAP_DAYS + 1 + LONG_DAYS
# The longest way back in counts of assets: the extremes of the mean of advancers before the day.
COUNTED_DAYS = 2 * THRUST_DAYS
# The last known day before the day, over a gap, and the day itself.
_STANDING_DAYS = MAX_GAP_DAYS + 2


@dataclass(frozen=True, slots=True)
class MarketFigures:
    """Figures of the market, each (1,) for a day or (days, 1) for a history; NaN where unknown.

    `*_previous` is the last known figure before the day (at most 3 missing days earlier). Shares are fractions of the
    assets for which they are known: closes above their mean of 50 and of 200 days, closes that rose among those that
    moved (`advancers`, its 10-day mean, and the lowest and highest such mean of the 10 days before), closes above
    (below) all of the 20 days before, and large assets that beat Bitcoin over 90 days. Changes are fractions, the
    fear and greed index is 0 to 100; the provider's signal and our regime are 1, 0 or -1.
    """

    breadth_assets: Floats
    above_sma_50: Floats
    above_sma_50_previous: Floats
    above_sma_200: Floats
    new_highs: Floats
    new_lows: Floats
    advancers: Floats
    advancers_10d: Floats
    advancers_10d_previous: Floats
    advancers_10d_low: Floats
    advancers_10d_high: Floats
    altcoin_assets: Floats
    altcoin_share: Floats
    altcoin_share_previous: Floats
    bitcoin_change_90d: Floats
    fear_greed: Floats
    fear_greed_previous: Floats
    total_market_cap_usd: Floats
    total_market_cap_change_30d: Floats
    stablecoin_supply_usd: Floats
    stablecoin_supply_change_30d: Floats
    stablecoin_supply_change_30d_previous: Floats
    total_tvl_usd: Floats
    total_tvl_change_7d: Floats
    total_tvl_change_7d_previous: Floats
    provider_signal: Floats
    provider_signal_previous: Floats
    bitcoin_close_usd: Floats
    bitcoin_sma_200_usd: Floats
    regime: Floats
    regime_previous: Floats


class _Breadth(NamedTuple):
    """The fields of `MarketFigures` that are read from all assets, in its order."""

    breadth_assets: Floats
    above_sma_50: Floats
    above_sma_50_previous: Floats
    above_sma_200: Floats
    new_highs: Floats
    new_lows: Floats
    advancers: Floats
    advancers_10d: Floats
    advancers_10d_previous: Floats
    advancers_10d_low: Floats
    advancers_10d_high: Floats


class _Counts(NamedTuple):
    """Numbers of assets, each (days, 1): what holds for them, and for how many of them that is known."""

    above_short: Floats
    with_short: Floats
    above_long: Floats
    with_long: Floats
    highs: Floats
    lows: Floats
    with_extremes: Floats
    rose: Floats
    moved: Floats


def measure_market(
    close: Floats,
    series: Mapping[str, Floats],
    bitcoin: int | None = None,
    largest: Flags | None = None,
    *,
    counted: Flags | None = None,
    last_day: bool = False,
) -> MarketFigures:
    """Measure the market for every day; no figure looks at a later row.

    `close` is days x assets in USD; `counted` flags those whose breadth is meant (all if it is not given), `bitcoin` is
    a column, and `largest` flags the largest assets, (assets,) or days x assets; without these the season is unknown.
    `series` are (days,), by their stored names (`sentiment.fear_greed_index`, `stablecoin.supply_usd` ...); what is
    not there is NaN. The figures of a day need the `MARKET_DAYS` rows up to it. With `last_day` assets are counted on
    the days that the last row needs (at most `COUNTED_DAYS`), and that row alone is of use. Raises AnalyticsError for
    shapes that do not fit.
    """
    close = as_panel(close)
    missing = np.full((len(close), 1), np.nan)
    coin = missing if bitcoin is None else close[:, [bitcoin]]
    average = window_mean(coin, LONG_DAYS)
    spans = _Spans.of(len(close), last_day=last_day)
    breadth = _breadth(_count(close, counted, spans))
    regime = _regime(coin, average, breadth.above_sma_50)
    fear_greed = _column("sentiment.fear_greed_index", series, missing)
    market_cap = _column("market.total_market_cap_usd", series, missing)
    return MarketFigures(
        *breadth,
        *_season(close, bitcoin, largest),
        fear_greed,
        previous(fear_greed),
        market_cap,
        change(market_cap, SUPPLY_DAYS),
        *_moved(_column("stablecoin.supply_usd", series, missing), SUPPLY_DAYS),
        *_moved(_column("defi.total_tvl_usd", series, missing), TVL_DAYS),
        *_provider_signal(
            _column("market.grade_signal", series, missing), _column("market.last_grade_signal", series, missing)
        ),
        coin,
        average,
        regime,
        previous(regime),
    )


def _column(name: str, series: Mapping[str, Floats], missing: Floats) -> Floats:
    values = np.asarray(series.get(name, missing), dtype=np.float64)
    if values.size != len(missing):
        raise AnalyticsError(f"{name} has {values.size} values for a panel of {len(missing)} days")
    return values.reshape(missing.shape)


def _share(part: Floats, whole: Floats) -> Floats:
    """Share of the assets a figure is known for; NaN if these are fewer than `LEAST_ASSETS`."""
    return divided(part, whole, whole >= LEAST_ASSETS)


def _count(close: Floats, counted: Flags | None, spans: "_Spans") -> _Counts:
    """Count assets on the last days, a block of columns at a time; on the days before there are none."""
    days, assets = close.shape
    total = np.zeros((len(_Counts._fields), days))
    block = BLOCK_ASSETS if spans.long > 1 else max(assets, 1)  # few days are few rows, and need no blocks
    for start in range(0, assets if days else 0, block):
        columns = slice(start, start + block)
        flags = _flags(np.ascontiguousarray(close[:, columns]), spans)
        meant = True if counted is None else counted[columns]
        for row, flag in zip(total, flags, strict=True):
            row[-len(flag) :] += np.count_nonzero(flag & meant, axis=1)
    return _Counts(*total[:, :, np.newaxis])


class _Spans(NamedTuple):
    """On how many of the last days assets are counted, by what is counted."""

    short: int
    long: int
    extremes: int
    moves: int

    @classmethod
    def of(cls, days: int, *, last_day: bool) -> "_Spans":
        wanted = (_STANDING_DAYS, 1, 1, COUNTED_DAYS) if last_day else (days,) * 4
        return cls(*(min(span, days) for span in wanted))


def _flags(close: Floats, spans: _Spans) -> tuple[Flags, ...]:
    """Find what `_Counts` counts on the last days, in its order, each days x assets."""

    def last(figure: Callable[[Floats], Floats], window: int, days: int) -> Floats:
        return figure(close[-(days + window) :])[-days:]

    short, close_short = _means(close, SHORT_DAYS, spans.short), close[-spans.short :]
    long, close_long = _means(close, LONG_DAYS, spans.long), close[-spans.long :]
    highest = last(lambda recent: shifted(window_maximum(recent, EXTREME_DAYS), 1), EXTREME_DAYS, spans.extremes)
    lowest = last(lambda recent: -shifted(window_maximum(-recent, EXTREME_DAYS), 1), EXTREME_DAYS, spans.extremes)
    close_extremes = close[-spans.extremes :]
    before, close_moves = last(lambda recent: shifted(recent, 1), 1, spans.moves), close[-spans.moves :]
    rose = close_moves > before
    return (
        close_short > short * (1.0 + NOISE),  # the mean of a constant price differs from it by rounding
        np.isfinite(close_short) & np.isfinite(short),
        close_long > long * (1.0 + NOISE),
        np.isfinite(close_long) & np.isfinite(long),
        close_extremes > highest,
        close_extremes < lowest,
        np.isfinite(close_extremes) & np.isfinite(highest),
        rose,
        rose | (close_moves < before),
    )


def _means(close: Floats, window: int, days: int) -> Floats:
    return window_mean(close, window) if days == len(close) else last_window_means(close, window, days)


def _breadth(counts: _Counts) -> _Breadth:
    above = _share(counts.above_short, counts.with_short)
    advancers = _share(counts.rose, counts.moved)
    mean = window_mean(advancers, THRUST_DAYS)
    return _Breadth(
        counts.with_short,
        above,
        previous(above),
        _share(counts.above_long, counts.with_long),
        _share(counts.highs, counts.with_extremes),
        _share(counts.lows, counts.with_extremes),
        advancers,
        mean,
        previous(mean),
        shifted(-window_maximum(-mean, THRUST_DAYS), 1),
        shifted(window_maximum(mean, THRUST_DAYS), 1),
    )


def _season(close: Floats, bitcoin: int | None, largest: Flags | None) -> tuple[Floats, Floats, Floats, Floats]:
    """Large assets compared, their share that beat Bitcoin, the share before, and Bitcoin's own change."""
    if bitcoin is None:
        missing = np.full((len(close), 1), np.nan)
        return np.zeros(missing.shape), missing, missing, missing
    benchmark = change(close[:, [bitcoin]], SEASON_DAYS)
    members = np.zeros(close.shape, dtype=np.bool_)
    if largest is not None:
        members |= largest
    members[:, bitcoin] = False
    columns = np.flatnonzero(members.any(axis=0))
    members, changes = members[:, columns], change(close[:, columns], SEASON_DAYS)
    known = members & np.isfinite(changes) & np.isfinite(benchmark)
    count, of, beat = (
        flags.sum(axis=1, keepdims=True).astype(np.float64) for flags in (known, members, known & (changes > benchmark))
    )
    share = np.where(count * 10 >= of * 9, _share(beat, count), np.nan)
    return count, share, previous(share), benchmark


def _moved(values: Floats, days: int) -> tuple[Floats, Floats, Floats]:
    moved = change(values, days)
    return values, moved, previous(moved)


def _provider_signal(signal: Floats, last: Floats) -> tuple[Floats, Floats]:
    """The provider's standing signal and the one before: the day's own, or the last one where the day has none."""
    standing = np.where((signal != 0) & np.isfinite(signal), signal, np.where(np.isfinite(last), last, signal))
    return standing, previous(standing)


def _regime(bitcoin: Floats, average: Floats, breadth: Floats) -> Floats:
    """1 with Bitcoin above its average and most assets above theirs, -1 with both below, 0 when they disagree."""
    sides = np.sign(bitcoin - average) + np.sign(breadth - 0.5)
    return np.asarray(np.trunc(sides / 2.0))
