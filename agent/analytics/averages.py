"""The averages that RSI, MACD, ATR and ADX remember, carried forward a day at a time for all assets at once.

TA-Lib starts from the first bar each time it is asked. What it remembers at a bar is a few averages, and with these
kept, the next bar costs a few operations. The seeds and the zero rules are TA-Lib's, so the figures are too, up to
rounding.
"""

from dataclasses import dataclass, fields
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from agent.analytics.bars import MAX_GAP_DAYS, Floats, divided

Counts = NDArray[np.int32]


class Smoothing(NamedTuple):
    """How an average takes its n-th value: average * decay[n] + value * weight[n]; the last entry holds ever after."""

    decay: Floats
    weight: Floats

    @classmethod
    def seeded(cls, silent: int, seed: int, seed_weight: float, decay: float, weight: float) -> Self:
        """Ignore `silent` values, add up the next `seed` ones times `seed_weight`, and decay from there on."""
        count = np.arange(silent + seed + 2)
        summing = count <= silent + seed
        return cls(
            np.where(count <= silent + 1, 0.0, np.where(summing, 1.0, decay)),
            np.where(count <= silent, 0.0, np.where(summing, seed_weight, weight)),
        )

    def at(self, count: Counts) -> tuple[Floats, Floats]:
        """Take the decay and the weight for the value that is the `count`-th of each asset (0: none yet)."""
        if count.min(initial=len(self.decay)) >= len(self.decay) - 1:
            return self.decay[-1:], self.weight[-1:]
        return self.decay.take(count, mode="clip"), self.weight.take(count, mode="clip")


_WILDER = Smoothing.seeded(0, 14, 1 / 14, 13 / 14, 1 / 14)
_WILDER_SUM = Smoothing.seeded(0, 13, 1.0, 13 / 14, 1.0)
_ADX = Smoothing.seeded(13, 14, 1 / 14, 13 / 14, 1 / 14)
_FAST = Smoothing.seeded(14, 12, 1 / 12, 11 / 13, 2 / 13)
_SLOW = Smoothing.seeded(0, 26, 1 / 26, 25 / 27, 2 / 27)
_SIGNAL = Smoothing.seeded(25, 9, 1 / 9, 8 / 10, 2 / 10)


@dataclass(frozen=True, slots=True)
class Averages:
    """What is remembered of each asset, as of its last bar; every array has one value per asset, and all are finite.

    `bars` counts the bars of its run, `full_bars` those since the last one without a high or low, `absent` the days
    since its last bar (4: more than 3). Prices, `fast`, `slow`, `signal` and `atr` are in USD; `gain` and `loss` are
    Wilder's averages, `plus_dm`, `minus_dm` and `true_range` his sums, `adx` is 0 to 100.
    """

    bars: Counts
    full_bars: Counts
    absent: Counts
    high: Floats
    low: Floats
    close: Floats
    gain: Floats
    loss: Floats
    fast: Floats
    slow: Floats
    signal: Floats
    atr: Floats
    plus_dm: Floats
    minus_dm: Floats
    true_range: Floats
    adx: Floats

    @classmethod
    def nothing(cls, assets: int) -> Self:
        """Remember nothing yet of this many assets."""
        bars, full_bars, absent = np.zeros((3, assets), dtype=np.int32)
        return cls(bars, full_bars, absent, *np.zeros((len(fields(cls)) - len(_COUNTS), assets)))

    def after(self, high: Floats, low: Floats, close: Floats) -> Self:
        """Carry all assets forward by one day, one value each; NaN in `close` is a day without a bar."""
        has_bar, is_full = np.isfinite(close), np.isfinite(high) & np.isfinite(low)
        bars = np.where(self.absent <= MAX_GAP_DAYS, self.bars, 0) + 1
        full_bars = np.where(is_full, np.where(bars > 1, self.full_bars, 0) + 1, 0)
        # what is not known is not used either, but must not spoil the sums
        high, low = np.where(is_full, high, close), np.where(is_full, low, close)
        values = {"bars": bars, "full_bars": full_bars, "absent": np.zeros_like(bars)}
        values |= {"high": high, "low": low, "close": close}
        values |= self._close_averages(bars, close) | self._range_averages(full_bars, high, low)
        if not has_bar.all():
            values = {name: np.where(has_bar, value, getattr(self, name)) for name, value in values.items()}
            values["absent"] = np.where(has_bar, 0, np.minimum(self.absent, MAX_GAP_DAYS) + 1)
        return type(self)(**values | {name: values[name].astype(np.int32) for name in _COUNTS})

    def _close_averages(self, bars: Counts, close: Floats) -> dict[str, Floats]:
        change = close - self.close
        decay, weight = _WILDER.at(bars - 1)
        gain = self.gain * decay + np.maximum(change, 0.0) * weight
        loss = self.loss * decay + np.maximum(-change, 0.0) * weight
        decay, weight = _FAST.at(bars)
        fast = self.fast * decay + close * weight
        decay, weight = _SLOW.at(bars)
        slow = self.slow * decay + close * weight
        decay, weight = _SIGNAL.at(bars)
        signal = self.signal * decay + (fast - slow) * weight
        return {"gain": gain, "loss": loss, "fast": fast, "slow": slow, "signal": signal}

    def _range_averages(self, full_bars: Counts, high: Floats, low: Floats) -> dict[str, Floats]:
        count = np.maximum(full_bars - 1, 0)  # a true range needs the close before
        up, down = high - self.high, self.low - low
        span = np.maximum(high, self.close) - np.minimum(low, self.close)
        decay, weight = _WILDER.at(count)
        atr = self.atr * decay + span * weight
        decay, weight = _WILDER_SUM.at(count)
        true_range = self.true_range * decay + span * weight
        plus = self.plus_dm * decay + np.where((up > down) & (up > 0), up, 0.0) * weight
        minus = self.minus_dm * decay + np.where((down > up) & (down > 0), down, 0.0) * weight
        moved = plus + minus > 0
        index = divided(100.0 * np.abs(plus - minus), plus + minus, moved)
        decay, weight = _ADX.at(count)
        # bars without any movement count as 0 in the first mean and are left out behind it
        adx = np.where(moved | (count <= 27), self.adx * decay + np.where(moved, index, 0.0) * weight, self.adx)
        return {"atr": atr, "plus_dm": plus, "minus_dm": minus, "true_range": true_range, "adx": adx}

    def rsi(self) -> Floats:
        """RSI at the last bar, NaN where it is not known yet; see `indicators.rsi`."""
        total = self.gain + self.loss
        return divided(100.0 * self.gain, total, (self.bars > 14) & (total > 0))

    def histogram(self) -> Floats:
        """Difference of the MACD and its signal line at the last bar, USD, NaN where it is not known yet."""
        return np.where(self.bars >= 34, self.fast - self.slow - self.signal, np.nan)

    def figures(self) -> dict[str, Floats]:
        """MACD, its signal line and histogram, ATR, ADX, +DI and -DI at the last bar, by their names in `Measures`."""
        line = np.where(self.bars >= 34, self.fast - self.slow, np.nan)
        ranged = (self.full_bars > 14) & (self.true_range > 0)
        return {
            "macd": line,
            "macd_signal": np.where(self.bars >= 34, self.signal, np.nan),
            "macd_histogram": self.histogram(),
            "atr": np.where(self.full_bars > 14, self.atr, np.nan),
            "adx": np.where(ranged & (self.full_bars > 27), self.adx, np.nan),
            "plus_di": divided(100.0 * self.plus_dm, self.true_range, ranged),
            "minus_di": divided(100.0 * self.minus_dm, self.true_range, ranged),
        }


_COUNTS = ("bars", "full_bars", "absent")
