"""Times `coinbrief --help` against an empty Typer application's; prints the ratio and whether it keeps its limit.

    python benchmarks/startup.py --repeats 9

Whole processes, in turn, after one unmeasured run of each; the figure of each is the median of its repeats. Both start
from source text given on the command line, so neither pays for a console script's own lookup.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 2.0
OURS = "import sys; sys.argv[0] = 'coinbrief'; from agent.cli.main import main; main()"
EMPTY = (
    "import typer; app = typer.Typer(rich_markup_mode=None)\n"
    "@app.command()\n"
    "def nothing() -> None: 'Do nothing.'\n"
    "app()"
)
HEAVY = (
    "numpy",
    "pandas",
    "sqlalchemy",
    "sqlmodel",
    "talib",
    "matplotlib",
    "openai",
    "httpx",
    "uvicorn",
    "fastapi",
    "rich",
)


def seconds(program: str) -> float:
    """How long a process takes to print its help and end."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", program, "--help"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def medians(programs: Sequence[str], repeats: int) -> list[float]:
    """The median of each program's times, the programs taking turns."""
    for program in programs:
        seconds(program)
    times = [[seconds(program) for program in programs] for _ in range(repeats)]
    return [statistics.median(column) for column in zip(*times, strict=True)]


def heavy_modules() -> list[str]:
    """What `--help` loads and should not."""
    probe = f"import sys, agent.cli.main; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.split()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=9)
    repeats = parser.parse_args().repeats
    ours_s, empty_s = medians((OURS, EMPTY), repeats)
    ratio = ours_s / empty_s
    verdict = "ok" if ratio <= LIMIT else "TOO SLOW"
    print(f"coinbrief --help      {ours_s * 1000:7.0f} ms")
    print(f"an empty Typer app    {empty_s * 1000:7.0f} ms")
    print(f"ratio {ratio:.2f} (limit {LIMIT}): {verdict}")
    print(f"heavy modules loaded: {', '.join(heavy_modules()) or 'none'}")
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
