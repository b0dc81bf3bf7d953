"""How long the diversification report of a portfolio takes, warm; prints whether it keeps its limits.

    python benchmarks/diversification.py --rounds 20

30 holdings over 400 days are to take 20 ms at most, 500 holdings 2 s, and a what-if of 30 no more than two reports and
a tenth. The figure is the fastest of the rounds. NumPy's linear algebra gets one thread unless OPENBLAS_NUM_THREADS
says otherwise: on matrices of 30 x 30 several wait for each other, and beside a busy neighbour for milliseconds each.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when NumPy is loaded

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from agent.analytics.bars import Floats
from agent.analytics.diversification_report import diversification_report
from agent.analytics.what_if import Change, what_if

DAYS = 400


@dataclass(frozen=True, slots=True)
class Result:
    """What was timed, and the most it may take."""

    name: str
    elapsed_ms: float
    limit_ms: float

    @property
    def kept(self) -> bool:
        """Whether the limit is kept."""
        return self.elapsed_ms <= self.limit_ms


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Time the diversification report.")
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args(argv).rounds
    amounts, closes, market = invented_portfolio(30)
    many, panel, index = invented_portfolio(500)
    report = best_ms(lambda: diversification_report(amounts, closes, closes[:, 0], market), rounds)
    large = best_ms(lambda: diversification_report(many, panel, panel[:, 0], index), max(rounds // 4, 1))
    change = Change(3, weight=0.25)
    twice = best_ms(lambda: what_if(amounts, closes, change, bitcoin=closes[:, 0], market=market), rounds)
    results = [
        Result(f"report of 30 holdings, {DAYS} days", report, 20.0),
        Result(f"report of 500 holdings, {DAYS} days", large, 2_000.0),
        Result("what-if of 30 holdings", twice, 44.0),
    ]
    for result in results:
        verdict = "PASS" if result.kept else "FAIL"
        print(f"{result.name:<36}{result.elapsed_ms:>9.1f} ms   limit {result.limit_ms:>7.1f} ms  {verdict}")
    return 0 if all(result.kept for result in results) else 1


def invented_portfolio(holdings: int) -> tuple[Floats, Floats, Floats]:
    rng = np.random.default_rng(holdings)
    steps = rng.normal(0.0, 0.03, (DAYS, 1)) + rng.normal(0.0, 0.03, (DAYS, holdings))
    closes = np.exp(np.cumsum(steps, axis=0)) * rng.lognormal(2.0, 2.0, holdings)
    return rng.lognormal(0.0, 1.0, holdings) / closes[-1], closes, np.exp(np.cumsum(steps.mean(axis=1)))


def best_ms(work: Callable[[], object], rounds: int) -> float:
    work()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times) * 1e3


if __name__ == "__main__":
    sys.exit(main())
