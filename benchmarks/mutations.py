"""Tries every false variant of the true sentences of docs/claims.md, of which the tests try a sample.

    python benchmarks/mutations.py

Prints how many there are of each of the 35 classes of error, and every one that the verifier takes for true.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.agent.claims.mutations.classes import CLASSES
from tests.agent.claims.mutations.test_classes import every_mutant_of, is_refused, mutants_of


def main() -> int:
    started, tried, sampled = time.perf_counter(), 0, 0
    accepted: list[str] = []
    for class_id in sorted(CLASSES):
        mutants = list(every_mutant_of(class_id))
        accepted += [f"{class_id}: {mutant.text}" for base, mutant in mutants if not is_refused(base, mutant, class_id)]
        tried, sampled = tried + len(mutants), sampled + len(mutants_of(class_id))
        print(f"class {class_id:2}  {len(mutants):6,} false variants")
    print(
        f"{tried:,} in all, of which the tests try {sampled:,}; accepted {len(accepted)} (limit 0)", *accepted, sep="\n"
    )
    print(f"{time.perf_counter() - started:.0f} s")
    return bool(accepted)


if __name__ == "__main__":
    sys.exit(main())
