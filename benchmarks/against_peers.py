"""What the benchmarks print that run against a peer: our time, its time, and whether their ratio keeps its limit."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """What was timed, and the most our time may be of the peer's."""

    name: str
    ours_s: float
    peer: str
    peer_s: float
    limit: float

    @property
    def ratio(self) -> float:
        """Our time over the peer's."""
        return self.ours_s / self.peer_s

    @property
    def kept(self) -> bool:
        """Whether the ratio keeps its limit."""
        return self.ratio <= self.limit


def print_results(results: Sequence[Result]) -> int:
    """Print a line for each, and give the status to exit with: 0 if all keep their limits."""
    name = max(len(each.name) for each in results) + 2
    peer = max(len(each.peer) for each in results) + 2
    print(f"{'what':<{name}}{'ours':>12}  {'peer':<{peer}}{'peer':>12}{'ratio':>9}{'limit':>8}")
    for each in results:
        print(
            f"{each.name:<{name}}{each.ours_s * 1000:>9.1f} ms  {each.peer:<{peer}}{each.peer_s * 1000:>9.1f} ms"
            f"{each.ratio:>9.3f}{each.limit:>8.2f}  {'PASS' if each.kept else 'FAIL'}"
        )
    return 0 if all(each.kept for each in results) else 1
