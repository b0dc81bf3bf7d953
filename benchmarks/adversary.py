"""Lets models lie and servers misbehave, and counts what gets through; says whether each limit is kept.

    python benchmarks/adversary.py --briefings 200 --questions 200

Nothing but the loopback interface is used. Truth is judged twice: by the verifier, and by figures recomputed from the
stored rows, words that are of no wording, and what collected texts have brought along.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from agent.evaluation.acceptance import Acceptance, run_acceptance
from agent.evaluation.running import Bench

MOST_REJECTED = 0.01
MOST_CALLS = 2
MOST_INPUT = 6000
MOST_OUTPUT = 1500
LEAST_RATIO = 10.0


def verdict(*, kept: bool) -> str:
    return "ok" if kept else "BROKEN"


def report(found: Acceptance) -> bool:
    """Print what came of it; whether every limit is kept."""
    eats = found.appetite
    limits = {
        f"false statements published  {len(found.false_statements)} (limit 0)": not found.false_statements,
        f"briefings missing           {len(found.missing_briefings)} (limit 0)": not found.missing_briefings,
        f"true sentences rejected     {found.rejected_share:.2%} of {sum(s.drafted for s in found.honest):,} "
        f"(limit {MOST_REJECTED:.0%})": found.rejected_share <= MOST_REJECTED,
        f"calls for {eats.holdings} holdings       {eats.calls} (limit {MOST_CALLS})": eats.calls <= MOST_CALLS,
        f"input tokens                {eats.input_tokens:,} (limit {MOST_INPUT:,})": eats.input_tokens <= MOST_INPUT,
        f"output tokens               {eats.output_tokens:,} (limit {MOST_OUTPUT:,})": eats.output_tokens
        <= MOST_OUTPUT,
        f"closes as JSON / input      {eats.ratio:.1f} (limit {LEAST_RATIO:.0f})": eats.ratio >= LEAST_RATIO,
    }
    for text, kept in limits.items():
        print(f"{text}: {verdict(kept=kept)}")
    for line in (*found.false_statements, *found.missing_briefings):
        print(f"  {line}")
    steps = found.steps()
    shares = ", ".join(f"{step} {count / steps.total():.0%}" for step, count in steps.most_common())
    judged = sum(score.recomputed for score in (*found.hostile, *found.honest))
    print(f"steps against hostile models: {shares}")
    print(f"{len(found.lied_to)} cases lied to, {len(found.badly_served)} badly served, {len(found.honest)} honest; "
          f"{judged:,} figures recomputed from the rows; {found.wall_s:.0f} s")  # fmt: skip
    return all(limits.values())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--briefings", type=int, default=200)
    parser.add_argument("--questions", type=int, default=200)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run_acceptance(Bench(Path(folder)), chosen.briefings, chosen.questions,
                               tell=lambda what: print(f"... {what}", file=sys.stderr))  # fmt: skip
    return 0 if report(found) else 1


if __name__ == "__main__":
    sys.exit(main())
