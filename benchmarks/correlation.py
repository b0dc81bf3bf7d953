"""How long correlations take, against pandas, NumPy and the bare matrix product in the same process.

    python benchmarks/correlation.py --assets 6000 --days 365 --repeats 5

The bare product multiplies returns that are standardised already and keeps no rule. It is what no way can do without,
so the limit of the matrix is two of it. Read the ratios, not the milliseconds.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from agent.analytics.bars import Floats
from agent.analytics.correlation import correlation_matrix, nearest_neighbours
from agent.analytics.rolling_correlation import rolling_average_correlation, rolling_correlations
from benchmarks.against_peers import Result, print_results

WINDOW = 90
HOLDINGS = 30
NEIGHBOURS = 20


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Time correlations against their peers.")
    parser.add_argument("--assets", type=int, default=6000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args(argv)
    results = [*rolling(options.days, options.repeats), *market(options.days, options.assets, options.repeats)]
    return print_results(results)


def rolling(days: int, repeats: int) -> list[Result]:
    returns = invented_returns(days, HOLDINGS)
    holed = with_holes(returns)
    frame, other = pd.DataFrame(returns), pd.DataFrame(holed)
    minimum = WINDOW * 2 // 3
    ours, peer, average = best_s(
        repeats,
        lambda: rolling_correlations(returns, WINDOW),
        lambda: frame.rolling(WINDOW).corr(),
        lambda: rolling_average_correlation(returns, WINDOW),
    )
    ragged, ragged_peer = best_s(
        repeats,
        lambda: rolling_correlations(holed, WINDOW, minimum),
        lambda: other.rolling(WINDOW, min_periods=minimum).corr(),
    )
    name = f"rolling {WINDOW} days, {HOLDINGS} assets"
    return [
        Result(name, ours, "pandas rolling.corr", peer, 0.05),
        Result(f"{name}, 5 % missing", ragged, "pandas rolling.corr", ragged_peer, 0.2),
        Result(f"{name}, the average", average, "pandas rolling.corr", peer, 0.05),
    ]


def market(days: int, assets: int, repeats: int) -> list[Result]:
    returns = invented_returns(days, assets)
    holed = with_holes(returns)
    centred = returns - returns.mean(axis=0)
    standard = centred / np.sqrt((centred**2).sum(axis=0))
    rows = np.ascontiguousarray(standard.T)
    symmetric, product, ours, corrcoef, nearest, plain = best_s(
        repeats,
        lambda: standard.T @ standard,
        lambda: rows @ standard,
        lambda: correlation_matrix(returns),
        lambda: np.corrcoef(returns, rowvar=False),
        lambda: nearest_neighbours(returns, NEIGHBOURS),
        lambda: np.argpartition(np.corrcoef(returns, rowvar=False), -NEIGHBOURS, axis=1),
    )
    (ragged,) = best_s(1, lambda: correlation_matrix(holed))
    name = f"{assets} x {assets}"
    return [
        Result(name, ours, "bare BLAS product (gemm)", product, 2.0),
        Result(name, ours, "bare BLAS product (one triangle)", symmetric, 2.0),
        Result(name, ours, "np.corrcoef", corrcoef, 1.25),
        Result(f"{NEIGHBOURS} nearest of each", nearest, "np.corrcoef and np.argpartition", plain, 1.25),
        Result(f"{name}, 5 % missing", ragged, "six bare BLAS products", 6 * product, 5.0),
    ]


def invented_returns(days: int, assets: int) -> Floats:
    rng = np.random.default_rng(assets)
    return rng.normal(0.0, 0.03, (days, 1)) + rng.normal(0.0, 0.03, (days, assets))


def with_holes(returns: Floats) -> Floats:
    return np.where(np.random.default_rng(1).random(returns.shape) < 0.05, np.nan, returns)


def best_s(repeats: int, *ways: Callable[[], object]) -> list[float]:
    """Fastest time of each way, all taken in turn."""
    times = [[seconds(way) for way in ways] for _ in range(repeats)]
    return [min(each) for each in zip(*times, strict=True)]


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    result = work()
    elapsed = time.perf_counter() - started
    del result  # freeing a large matrix is not timed
    return elapsed


if __name__ == "__main__":
    sys.exit(main())
