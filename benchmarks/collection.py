"""Times collecting from a sandbox of its own process; prints every figure and whether it keeps its limit.

    python benchmarks/collection.py --tokens 1500 --days 365 --folder /var/tmp

What is measured, each in a fresh process so that its memory is its own:
- the latest day of 6,000 tokens (every kind of data, all pages) against a bare httpx loop over the same addresses,
  recorded from a first, unmeasured collection; the better of `--repeats` runs of each, in turn;
- the same for 1,000 and 20,000 tokens: the time for each token must not grow;
- a year of daily bars for `--tokens` tokens, once undisturbed, once killed at a third and started again: both must end
  with the same bars. `--tokens 6000` is the whole claim and takes ten times as long.
"""

import argparse
import asyncio
import hashlib
import json
import os
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from agent.app import Application
from agent.cli.progress import PlainProgress
from agent.jobs.collection import Choice
from agent.wiring import Embedded
from config.settings import load_settings
from datasources.records import DataKind
from datasources.sandbox.keys import DEMO_API_KEY
from datasources.sandbox.market import SandboxMarket

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
LIMIT_AGAINST_HTTPX = 2.0
LIMIT_GROWTH = 1.3
LIMIT_MB = 400.0
BAR_KINDS = ("assets", "top_assets", "daily_bars")
OTHERS = ("COINGECKO", "BINANCE", "COIN_METRICS", "DEFILLAMA", "FEAR_GREED", "MEMPOOL")
TABLES = ("bar_daily", "bar_gap", "bar_revision")


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured; without a limit it is for information."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    note: str = ""

    @property
    def kept(self) -> bool:
        """Whether the figure keeps its limit."""
        return self.limit is None or self.value <= self.limit


@dataclass(frozen=True, slots=True)
class Run:
    """What one process said of itself; `processor_s` is the part of its time that it did not wait."""

    seconds: float
    processor_s: float
    peak_mb: float
    rows: int


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A sandbox in a process of its own, and where to keep files."""

    port: int
    folder: Path

    def collect(self, name: str, universe: int, days: int = 1, kinds: Sequence[str] = (), record: str = "") -> Run:
        """Collect into a new database in a process of its own."""
        return _finished(self.start(self.database(name), universe, days, kinds, record))

    def start(
        self, database: Path, universe: int, days: int, kinds: Sequence[str] = (), record: str = ""
    ) -> "subprocess.Popen[str]":
        """Begin to collect into a database that may hold something."""
        return _start("collect", self.port, database, universe, days, ",".join(kinds), record)

    def loop(self, addresses: Path) -> Run:
        """Fetch the addresses in a process of its own."""
        return _finished(_start("loop", addresses))

    def database(self, name: str) -> Path:
        """A path for a new database."""
        for old in self.folder.glob(f"{name}.db*"):
            old.unlink()
        return self.folder / f"{name}.db"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the status whether all limits are kept."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["worker"]:
        return worker(arguments[1], arguments[2:])
    parser = argparse.ArgumentParser(description="Time collecting against a bare loop of requests.")
    parser.add_argument("--universe", type=int, default=6000, help="tokens of the latest day")
    parser.add_argument("--growth", type=int, nargs=2, default=(1000, 20_000), help="fewest and most tokens")
    parser.add_argument("--tokens", type=int, default=600, help="tokens of the year of bars")
    parser.add_argument("--days", type=int, default=365, help="days of bars")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--only", choices=("latest", "growth", "year"), action="append")
    parser.add_argument("--folder", type=Path, default=None, help="where to put the throw-away databases")
    options = parser.parse_args(arguments)
    only = options.only or ("latest", "growth", "year")
    folder = Path(tempfile.mkdtemp(prefix="coinbrief-benchmark-", dir=options.folder))
    try:
        kept = [_print(figure) for figure in measure(folder, options, only)]
    finally:
        shutil.rmtree(folder)
    return 0 if all(kept) else 1


def measure(folder: Path, options: argparse.Namespace, only: Sequence[str]) -> Iterator[Figure]:
    """All the figures that are wanted, as they come."""
    if "latest" in only:
        with running_sandbox(folder, options.universe) as sandbox:
            yield from latest_figures(sandbox, options.universe, options.repeats)
    if "growth" in only:
        yield from growth_figures(folder, options.growth, options.repeats)
    if "year" in only:
        with running_sandbox(folder, options.tokens) as sandbox:
            yield from year_figures(sandbox, options.tokens, options.days)


def latest_figures(sandbox: Sandbox, universe: int, repeats: int) -> Iterator[Figure]:
    """The latest day against the bare loop."""
    addresses = sandbox.folder / "addresses.txt"
    sandbox.collect("recorded", universe, record=str(addresses))
    pairs = [(sandbox.collect("latest", universe), sandbox.loop(addresses)) for _ in range(repeats)]
    ours, peer = (min(runs, key=lambda run: run.seconds) for runs in zip(*pairs, strict=True))
    pages = len(addresses.read_text(encoding="ascii").splitlines())
    name = f"latest day of {universe:,} tokens"
    yield Figure(
        f"{name}, collected",
        ours.seconds,
        "s",
        note=f"{pages:,} pages, {ours.rows:,} records, {ours.processor_s:.1f} s of processor",
    )
    yield Figure(
        f"{name}, bare httpx loop",
        peer.seconds,
        "s",
        note=f"{peer.rows:,} rows of JSON, {peer.processor_s:.1f} s of processor",
    )
    yield Figure(f"{name}, against the loop", ours.seconds / peer.seconds, "x", LIMIT_AGAINST_HTTPX)
    yield Figure(f"{name}, peak memory", max(run.peak_mb for run, _ in pairs), "MB", LIMIT_MB)


def growth_figures(folder: Path, sizes: Sequence[int], repeats: int) -> Iterator[Figure]:
    """The latest day of few and of many tokens: the time for each."""
    per_token = []
    for universe in sizes:
        with running_sandbox(folder, universe) as sandbox:
            sandbox.collect("warm", universe)  # the sandbox works a day out when it is first asked for
            runs = [sandbox.collect("growth", universe) for _ in range(repeats)]
        best = min(run.seconds for run in runs)
        per_token.append(best / universe)
        note = f"{1000 * best / universe:.2f} ms a token, {max(run.peak_mb for run in runs):.0f} MB"
        yield Figure(f"latest day of {universe:,} tokens", best, "s", note=note)
        yield Figure(
            f"latest day of {universe:,} tokens, peak memory", max(run.peak_mb for run in runs), "MB", LIMIT_MB
        )
    name = f"time for a token, {sizes[-1]:,} against {sizes[0]:,}"
    yield Figure(name, per_token[-1] / per_token[0], "x", LIMIT_GROWTH)


def year_figures(sandbox: Sandbox, tokens: int, days: int) -> Iterator[Figure]:
    """A backfill undisturbed, and one that is killed and started again."""
    whole = sandbox.database("whole")
    run = _finished(sandbox.start(whole, tokens, days, BAR_KINDS))
    bars, digest = contents(whole)
    name = f"{days} days of {tokens:,} tokens"
    yield Figure(f"{name}, in one run", run.seconds, "s", note=f"{bars:,} bars, {run.processor_s:.1f} s of processor")
    yield Figure(f"{name}, peak memory", run.peak_mb, "MB", LIMIT_MB)
    broken = sandbox.database("broken")
    kept = killed(sandbox.start(broken, tokens, days, BAR_KINDS), broken, bars // 3)
    rest = _finished(sandbox.start(broken, tokens, days, BAR_KINDS))
    yield Figure(f"{name}, the rest after a kill", rest.seconds, "s", note=f"{kept:,} bars were kept at the kill")
    again = contents(broken)
    yield Figure(f"{name}, killed: rows that differ", float(again != (bars, digest)), "", 0.0, f"{again[0]:,} bars")


def killed(process: "subprocess.Popen[str]", database: Path, bars: int) -> int:
    """Kill a collection once so many bars are stored, and say how many there are then."""
    while process.poll() is None and bar_count(database) < bars:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return bar_count(database)


def bar_count(database: Path) -> int:
    """How many bars a database holds; none if it is not there yet."""
    if not database.exists():
        return 0
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as connection:
        if not connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'bar_daily'").fetchone()[0]:
            return 0
        return int(connection.execute("SELECT count(*) FROM bar_daily").fetchone()[0])


def contents(database: Path) -> tuple[int, str]:
    """How many bars there are, and a digest of all bars, gaps and revisions; when each was learned is left out."""
    digest = hashlib.sha256()
    with closing(sqlite3.connect(database)) as connection:
        for table in TABLES:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            kept = ", ".join(name for name in columns if name not in {"fetched_at", "checked_at"})
            for row in connection.execute(f"SELECT {kept} FROM {table} ORDER BY {kept}"):
                digest.update(repr(row).encode())
        return bar_count(database), digest.hexdigest()


@contextmanager
def running_sandbox(folder: Path, tokens: int) -> Iterator[Sandbox]:
    """A sandbox with at least so many tokens, in a process of its own."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port = listening.getsockname()[1]
    program = "import sys; from agent.cli.main import main; sys.argv[0] = 'coinbrief'; main()"
    command = [sys.executable, "-c", program, "sandbox", "--port", str(port), "--tokens", str(tokens)]
    process = subprocess.Popen(
        [*command, "--now", NOW.isoformat()], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await_port(process, port)
        yield Sandbox(port, folder)
    finally:
        process.terminate()
        process.wait(10)


def worker(task: str, arguments: Sequence[str]) -> int:
    """Do one task in this process and print what it took."""
    tasks: dict[str, Callable[..., tuple[float, int]]] = {
        "collect": collect_once,
        "loop": loop_once,
    }
    before = time.process_time()
    seconds, rows = tasks[task](*arguments)
    said = {"seconds": seconds, "processor_s": time.process_time() - before, "rows": rows}
    print(json.dumps(said | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
    return 0


def collect_once(port: str, database: str, universe: str, days: str, kinds: str, record: str) -> tuple[float, int]:
    """Collect what `coinbrief collect` would from this sandbox; the programs are loaded before the clock starts."""
    settings = load_settings(
        environ={
            "COINBRIEF_MARKET__SOURCE": "sandbox",
            "COINBRIEF_MARKET__HISTORY_DAYS": days,
            "COINBRIEF_STORE__PATH": database,
            **{f"COINBRIEF_SOURCES__{name}__ENABLED": "false" for name in OTHERS},
        }
    )
    app = Application(settings, lambda: NOW)
    app.store.upgrade()
    addresses: list[str] = []
    if record:
        _record_addresses(addresses)
    embedded = Embedded(f"http://127.0.0.1:{port}", DEMO_API_KEY, SandboxMarket(1, 7))
    collection = app.wiring.collection(app.store, embedded, PlainProgress())
    member = collection.members[0]
    # The settings allow no more than 10,000.
    extent = replace(member.collector.extent, universe=int(universe))
    collection = replace(collection, members=(replace(member, collector=replace(member.collector, extent=extent)),))
    choice = Choice([DataKind(name) for name in kinds.split(",")] if kinds else None)
    received: list[int] = []
    elapsed = _seconds(lambda: received.extend(report.received for report in collection.collect(choice)))
    if record:
        Path(record).write_text("\n".join(addresses), encoding="ascii")
    return elapsed, sum(received)


def loop_once(addresses: str) -> tuple[float, int]:
    """Fetch pages one after the other, as the collector does, and parse them as JSON."""
    urls = Path(addresses).read_text(encoding="ascii").splitlines()
    rows = 0

    async def fetch() -> None:
        nonlocal rows
        async with httpx.AsyncClient(headers={"x-api-key": DEMO_API_KEY}, trust_env=False) as client:
            for url in urls:
                rows += len(json.loads((await client.get(url)).content)["data"])

    return _seconds(lambda: asyncio.run(fetch())), rows


def _record_addresses(into: list[str]) -> None:

    build = httpx.AsyncClient.build_request

    def recorded(client: httpx.AsyncClient, *arguments: Any, **options: Any) -> httpx.Request:  # noqa: ANN401 - its own
        request = build(client, *arguments, **options)
        into.append(str(request.url))
        return request

    httpx.AsyncClient.build_request = recorded  # type: ignore[assignment,method-assign] # this process does nothing else


def _start(task: str, *arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, str(Path(__file__).resolve()), "worker", task, *map(str, arguments)]
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _finished(process: "subprocess.Popen[str]") -> Run:
    out, err = process.communicate()
    if process.returncode:
        raise RuntimeError(f"a worker failed:\n{err}")
    said = json.loads(out.splitlines()[-1])
    return Run(said["seconds"], said["processor_s"], said["peak_mb"], said["rows"])


def _await_port(process: "subprocess.Popen[bytes]", port: int) -> None:
    for _ in range(600):
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError("the sandbox did not start")


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _print(figure: Figure) -> bool:
    limit = "" if figure.limit is None else f"limit {figure.limit:g}  {'pass' if figure.kept else 'FAIL'}"
    print(f"{figure.name:<56}{figure.value:>10.2f} {figure.unit:<3}{limit:<20}{figure.note}".rstrip(), flush=True)
    return figure.kept


if __name__ == "__main__":
    sys.exit(main())
