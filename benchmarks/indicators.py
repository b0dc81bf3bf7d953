"""How long a scan of the whole market takes, against the bare TA-Lib loop in the same process.

Run: python benchmarks/indicators.py [assets] [days]

The bare loop calls the same indicators on rows that are already gapless and contiguous, keeps nothing and knows no
rule for missing days. Read the ratios, not the milliseconds.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np
import talib

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from agent.analytics.bars import Floats
from agent.analytics.correlation import correlation_matrix
from agent.analytics.measures import PanelArrays
from agent.analytics.returns import simple_returns
from agent.analytics.signals import scan

ROUNDS = 5


def best_ms(function: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        function()
        times.append(perf_counter() - start)
    return min(times) * 1e3


def market(days: int, assets: int) -> PanelArrays:
    rng = np.random.default_rng(1)
    close = np.exp(np.cumsum(rng.normal(0.0, 0.04, (days, assets)), axis=0))
    spread = np.exp(np.abs(rng.normal(0.0, 0.02, close.shape)))
    return PanelArrays(close * spread, close / spread, close, rng.lognormal(12.0, 1.0, close.shape))


def without(panel: PanelArrays, missing: np.ndarray) -> PanelArrays:
    return PanelArrays(*(np.where(missing, np.nan, a) for a in (panel.high, panel.low, panel.close, panel.volume)))


def rows(values: Floats) -> Floats:
    return np.ascontiguousarray(values.T)


def bare_loop(high: Floats, low: Floats, close: Floats, volume: Floats) -> None:
    for asset in range(len(close)):
        talib.RSI(close[asset], 14)
        talib.MACD(close[asset], 12, 26, 9)
        talib.MAX(high[asset], 20)
        talib.MIN(low[asset], 20)
        talib.MAX(close[asset], close.shape[1])
        talib.SMA(volume[asset], 20)
        talib.STDDEV(volume[asset], 20)


def bare_rsi_and_macd(close: Floats) -> None:
    for series in close:
        talib.RSI(series, 14)
        talib.MACD(series, 12, 26, 9)


def main(assets: int, days: int) -> None:
    rng = np.random.default_rng(2)
    panel = market(days, assets)
    arrays = tuple(rows(values) for values in (panel.high, panel.low, panel.close, panel.volume))
    listed = rng.integers(0, days, assets)
    ragged = without(panel, np.arange(days)[:, np.newaxis] < listed)
    holed = without(panel, rng.random((days, assets)) < 0.05)
    base = best_ms(lambda: bare_loop(*arrays))
    results = {
        "bare TA-Lib loop, the same indicators (1)": base,
        "bare TA-Lib loop, RSI and MACD only": best_ms(lambda: bare_rsi_and_macd(arrays[2])),
        "scan, no day missing": best_ms(lambda: scan(panel)),
        "scan, assets listed at any time": best_ms(lambda: scan(ragged)),
        "scan, 5 % of days missing anywhere": best_ms(lambda: scan(holed)),
    }
    print(f"{assets} assets x {days} days, best of {ROUNDS}")
    for name, elapsed in results.items():
        print(f"{name:45} {elapsed:8.1f} ms {elapsed / base:6.2f} x")
    returns = simple_returns(panel.close[:, :1000])
    corrcoef = best_ms(lambda: np.corrcoef(returns[1:].T))
    ours = best_ms(lambda: correlation_matrix(returns))
    print(f"{'correlation matrix of 1,000, np.corrcoef':45} {corrcoef:8.1f} ms   1.00 x")
    print(f"{'correlation matrix of 1,000, pairwise':45} {ours:8.1f} ms {ours / corrcoef:6.2f} x")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3]) if len(sys.argv) == 3 else (6000, 365))
