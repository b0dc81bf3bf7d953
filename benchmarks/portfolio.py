"""Times frontier and weightings against skfolio called directly; prints the ratio and whether it keeps its limit.

    python benchmarks/portfolio.py --holdings 30 --days 365 --repeats 5

Both ways run in one process, in turn, on the same invented returns; the figure of each is the fastest of its repeats.
The peer is skfolio as its documentation calls it: one fit per weighting, one `MeanRisk(efficient_frontier_size=30)`.
Ours also measures each weighting (turnover, volatility, Sharpe, diversification ratio). The cold time is that of the
first weightings of a new process, imports included; it is told, not judged.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.optimize.covariance import LEDOIT_WOLF, estimating
from agent.analytics.optimize.frontier import Frontier, efficient_frontier
from agent.analytics.optimize.library import skfolio
from agent.analytics.optimize.problem import Unknown
from agent.analytics.optimize.weighting import weightings

POINTS = 30
LIMIT = 1.5
COLD = """
import time
started = time.perf_counter()
import numpy as np
from agent.analytics.optimize.library import skfolio
skfolio()
imported = time.perf_counter()
from agent.analytics.optimize.weighting import weightings
weightings(np.random.default_rng(7).standard_normal((365, 30)) * 0.03 + 0.001)
print(imported - started, time.perf_counter() - started)
"""


@dataclass(frozen=True, slots=True)
class Result:
    """What was timed, and the most our time may be of the peer's."""

    name: str
    ours_s: float
    peer_s: float

    @property
    def ratio(self) -> float:
        """Our time over the peer's."""
        return self.ours_s / self.peer_s

    @property
    def kept(self) -> bool:
        """Whether the ratio keeps its limit."""
        return self.ratio <= LIMIT


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Time frontier and weightings against skfolio.")
    parser.add_argument("--holdings", type=int, default=30)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args(argv)
    returns = invented_returns(options.days, options.holdings)
    weighted = fastest(lambda: our_weightings(returns), lambda: peer_weightings(returns), options.repeats)
    frontier = fastest(lambda: our_frontier(returns), lambda: peer_frontier(returns), options.repeats)
    both = (weighted[0] + frontier[0], weighted[1] + frontier[1])
    results = [
        Result("all weightings", *weighted),
        Result(f"frontier of {POINTS} points", *frontier),
        Result("both", *both),
    ]
    print_results(results)
    print_cold()
    return 0 if all(result.kept for result in results) else 1


def invented_returns(days: int, holdings: int) -> Floats:
    rng = np.random.default_rng(7)
    market = rng.normal(0.001, 0.03, (days, 1))
    own = rng.normal(0.0005, 1.0, (days, holdings)) * rng.uniform(0.01, 0.05, holdings)
    return market * rng.uniform(0.5, 1.5, holdings) + own


def our_weightings(returns: Floats) -> None:
    count = returns.shape[1]
    results = weightings(returns, np.full(count, 1 / count), market_values_usd=np.arange(1.0, count + 1))
    if any(isinstance(result.outcome, Unknown) for result in results):
        raise SystemExit(f"a weighting has no answer: {results}")


def our_frontier(returns: Floats) -> None:
    frontier = efficient_frontier(returns, points=POINTS)
    if not isinstance(frontier, Frontier) or len(frontier.returns) != POINTS:
        raise SystemExit(f"the frontier has no answer: {frontier}")


def peer_weightings(returns: Floats) -> None:
    library = skfolio()
    prior = library.prior.EmpiricalPrior(covariance_estimator=estimating(LEDOIT_WOLF))
    optimization = library.optimization
    ratio = optimization.ObjectiveFunction.MAXIMIZE_RATIO
    optimization.MeanRisk(prior_estimator=prior).fit(returns)
    optimization.MeanRisk(prior_estimator=prior, objective_function=ratio).fit(returns)
    optimization.RiskBudgeting(prior_estimator=prior).fit(returns)
    optimization.hierarchical.HierarchicalRiskParity(prior_estimator=prior).fit(returns)
    optimization.EqualWeighted().fit(returns)


def peer_frontier(returns: Floats) -> None:
    library = skfolio()
    prior = library.prior.EmpiricalPrior(covariance_estimator=estimating(LEDOIT_WOLF))
    library.optimization.MeanRisk(prior_estimator=prior, efficient_frontier_size=POINTS).fit(returns)


def fastest(ours: Callable[[], None], peer: Callable[[], None], repeats: int) -> tuple[float, float]:
    ours()
    peer()
    times = [(seconds(ours), seconds(peer)) for _ in range(repeats)]
    return min(time for time, _ in times), min(time for _, time in times)


def seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def print_results(results: Sequence[Result]) -> None:
    print(f"{'what':<26}{'ours':>12}{'skfolio':>13}{'ratio':>9}{'limit':>8}")
    for result in results:
        verdict = "PASS" if result.kept else "FAIL"
        print(
            f"{result.name:<26}{result.ours_s * 1000:>9.1f} ms{result.peer_s * 1000:>10.1f} ms"
            f"{result.ratio:>9.3f}{LIMIT:>8.2f}  {verdict}"
        )


def print_cold() -> None:
    done = subprocess.run([sys.executable, "-c", COLD], capture_output=True, text=True, check=True)
    imported, first = (float(number) for number in done.stdout.split())
    print(f"cold: skfolio imported after {imported:.2f} s, all weightings of 30 holdings after {first:.2f} s")


if __name__ == "__main__":
    sys.exit(main())
