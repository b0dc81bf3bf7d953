"""How long measuring the whole market takes, against the bare TA-Lib loop in the same process; and memory.

Run: python benchmarks/indicators.py [assets] [days] [largest]

The bare loop calls the same indicators on rows that are already gapless and contiguous, keeps nothing and knows no
rule for missing days. "Ragged" panels have late listings and short and long gaps. Read the ratios, not the
milliseconds. Exit status 1 if a ratio or the memory is above its limit.
"""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np
import talib

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from agent.analytics.bars import Floats
from agent.analytics.correlation import correlation_matrix
from agent.analytics.increments import NewRows, advance, measure_with_state
from agent.analytics.measures import PanelArrays, measure, measure_history
from agent.analytics.returns import simple_returns

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 5
MEMORY_MB = 1500


@dataclass(frozen=True, slots=True)
class Ratio:
    """Two times in one process, and the most their ratio may be (None: only shown)."""

    name: str
    ours_ms: float
    peer: str
    peer_ms: float
    limit: float | None

    @property
    def kept(self) -> bool:
        """Whether the ratio keeps its limit."""
        return self.limit is None or self.ours_ms / self.peer_ms <= self.limit


def best_ms(function: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Time the fastest of several calls: processor time, as neighbours are often at work; all ways use one thread."""
    times = []
    for _ in range(rounds):
        start = process_time()
        function()
        times.append(process_time() - start)
    return min(times) * 1e3


def market(days: int, assets: int) -> PanelArrays:
    rng = np.random.default_rng(1)
    close = np.exp(np.cumsum(rng.normal(0.0, 0.04, (days, assets)), axis=0))
    spread = np.exp(np.abs(rng.normal(0.0, 0.02, close.shape)))
    return PanelArrays(close * spread, close / spread, close, rng.lognormal(12.0, 1.0, close.shape))


def without(panel: PanelArrays, missing: np.ndarray) -> PanelArrays:
    return PanelArrays(*(np.where(missing, np.nan, a) for a in (panel.high, panel.low, panel.close, panel.volume)))


def ragged(panel: PanelArrays) -> PanelArrays:
    """Hide what lies before a random listing for half of the assets, 2 % of all days, and 6 days of every tenth."""
    days, assets = panel.close.shape
    rng = np.random.default_rng(2)
    row = np.arange(days)[:, np.newaxis]
    missing = row < rng.integers(-days, days, assets)
    missing |= rng.random((days, assets)) < 0.02
    start = np.where(np.arange(assets) % 10 == 0, rng.integers(0, days, assets), days)
    return without(panel, missing | ((row >= start) & (row < start + 6)))


def contiguous(values: Floats) -> Floats:
    return np.ascontiguousarray(values.T)


def bare_loop(high: Floats, low: Floats, close: Floats, volume: Floats) -> None:
    """Call every indicator that is measured, where TA-Lib has it, for each asset (assets x days)."""
    for highs, lows, closes, volumes in zip(high, low, close, volume, strict=True):
        talib.RSI(closes, 14)
        talib.MACD(closes, 12, 26, 9)
        talib.ATR(highs, lows, closes, 14)
        talib.ADX(highs, lows, closes, 14)
        talib.PLUS_DI(highs, lows, closes, 14)
        talib.MINUS_DI(highs, lows, closes, 14)
        talib.BBANDS(closes, 20, 2.0, 2.0)
        for window in (20, 50, 200):
            talib.SMA(closes, window)
        for window in (20, 55):
            talib.MAX(highs, window)
            talib.MIN(lows, window)
        talib.OBV(closes, volumes)
        talib.SMA(volumes, 5)
        talib.SMA(volumes, 20)
        talib.STDDEV(volumes, 20)
        for days in (5, 7, 30, 90, 365):
            talib.ROCP(closes, days)
        for window in (30, 90):
            talib.STDDEV(closes, window)
        talib.MAX(closes, min(365, len(closes)))


def scan_ratios(panel: PanelArrays, base: float, kind: str, limit: float) -> list[Ratio]:
    """Time measuring a panel's last day from the start and from the day before."""
    ids = np.arange(panel.close.shape[1])
    yesterday = PanelArrays(*(a[:-1] for a in (panel.high, panel.low, panel.close, panel.volume)))
    state = measure_with_state(yesterday, ids).state
    rows = NewRows.of(state, panel)
    if advance(state, rows, ids) is None:
        raise SystemExit("the day could not be measured from the state of the day before")
    full = best_ms(lambda: measure_with_state(panel, ids))
    today = best_ms(lambda: advance(state, rows, ids))
    alone = best_ms(lambda: measure(panel))
    return [
        Ratio(f"measure, {kind}", alone, "bare TA-Lib loop", base, limit),
        Ratio(f"measure and remember, {kind}", full, "bare TA-Lib loop", base, None),
        Ratio(f"today's bar added, {kind}", today, "measure and remember", full, 0.2),
        Ratio(f"today's bar added, {kind}", today, "measure", alone, None),
    ]


def correlation_ratio(panel: PanelArrays) -> Ratio:
    returns = simple_returns(panel.close[:, :1000])
    corrcoef = best_ms(lambda: np.corrcoef(returns[1:].T))
    ours = best_ms(lambda: correlation_matrix(returns))
    return Ratio("correlation matrix of 1,000, pairwise", ours, "numpy.corrcoef", corrcoef, None)


def growth_ratio(small: PanelArrays, largest: int) -> Ratio:
    """Time each asset of the largest market against each one of the small one."""
    days, assets = small.close.shape
    panel = ragged(market(days, largest))
    large = best_ms(lambda: measure_with_state(panel, np.arange(largest)), 2) / largest * 1e3
    each = best_ms(lambda: measure_with_state(small, np.arange(assets)), 2) / assets * 1e3
    return Ratio(f"1,000 of {largest} assets, ragged", large, f"1,000 of {assets} assets", each, 1.15)


def peak_mb(assets: int, days: int) -> float:
    """Measure the memory of a process that holds a panel of so many assets and measures it; on Linux."""
    code = (
        "import re, numpy as np; from pathlib import Path; from benchmarks.indicators import *;"
        f"panel = PanelArrays(*(np.random.default_rng(1).random(({days}, {assets})) for _ in range(4)));"
        "measure_with_state(panel, np.arange(panel.close.shape[1]));"
        "print(re.search('VmHWM:[ ]*([0-9]+)', Path('/proc/self/status').read_text().replace(chr(9), ' ')).group(1))"
    )
    peak_kb = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return float(peak_kb) / 1024


def main(assets: int = 6000, days: int = 400, largest: int = 20000) -> int:
    panel = market(days, assets)
    arrays = tuple(contiguous(values) for values in (panel.high, panel.low, panel.close, panel.volume))
    base = best_ms(lambda: bare_loop(*arrays))
    uneven = ragged(panel)
    ratios = scan_ratios(panel, base, "complete", 2.0) + scan_ratios(uneven, base, "ragged", 3.0)
    ratios.append(growth_ratio(uneven, largest))
    history = best_ms(lambda: measure_history(uneven), 1)
    ratios += [
        Ratio("measure every day, ragged", history, "bare TA-Lib loop", base, None),
        correlation_ratio(panel),
    ]
    print(f"{assets} assets x {days} days, best of {ROUNDS}, processor time")
    for ratio in ratios:
        limit = "" if ratio.limit is None else f"{ratio.limit:6.2f}  {'pass' if ratio.kept else 'FAIL'}"
        times = f"{ratio.ours_ms:9.1f} ms  {ratio.peer:<22}{ratio.peer_ms:9.1f} ms"
        print(f"{ratio.name:<46}{times}{ratio.ours_ms / ratio.peer_ms:8.3f}{limit}")
    peak = peak_mb(largest, days)
    print(f"{'memory, ' + str(largest) + ' assets':<46}{peak:9.0f} MB{'pass' if peak <= MEMORY_MB else 'FAIL':>59}")
    return 0 if peak <= MEMORY_MB and all(ratio.kept for ratio in ratios) else 1


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:4])))
