"""Times the daily scan, from stored bars to stored signals and grades; prints ratios and says which keep their limits.

    python benchmarks/scan.py [--assets 6000] [--days 400] [--largest 20000] [--peer-assets 100]

All in one run:
- a full scan against the bare TA-Lib loop over arrays in memory: the same indicators, nothing read, nothing kept;
- today's bars added to a market scanned yesterday, against a full scan of the same days;
- a cold process that scans against a cold process that reads a token at a time through the ORM, measures it with
  pandas-ta-classic and stores a row (a subset of the tokens, scaled up);
- 1,000, 6,000 and `--largest` assets: the time for each asset must not grow; and the memory of the largest scan.

Ratios are of processor time, as neighbours are often at work; the times of the clock are shown beside them. What is
left of making the market is frozen out of garbage collection first: it is no part of a scan.
"""

import argparse
import gc
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from agent.jobs.scan import scan_day
from agent.measuring.ground import Scope
from agent.store.assets import upsert_listings
from agent.store.bars import upsert_daily_bars
from agent.store.engine import Store
from agent.store.panel import load_panel, refresh_columns
from benchmarks.indicators import bare_loop
from datasources.records import AssetListing, DailyBar

ROOT = Path(__file__).resolve().parent.parent
SOURCE = "invented"
LAST = date(2026, 11, 20)
NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
ROUNDS = 5
DAYS_ADDED = 5
LIMIT_LOOP, LIMIT_TODAY, LIMIT_PEER, LIMIT_GROWTH, LIMIT_MB = 5.0, 0.2, 0.02, 1.0, 1500.0
NOISE = 0.15  # how far two runs of one thing differ on a shared machine


@dataclass(frozen=True, slots=True)
class Time:
    """Seconds of the processor and of the clock."""

    cpu_s: float
    wall_s: float


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured and the most it may be; without a limit it is for information."""

    name: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def kept(self) -> bool:
        """Whether the figure keeps its limit."""
        return self.limit is None or self.value <= self.limit


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Time the daily scan against its peers.")
    parser.add_argument("--assets", type=int, default=6000)
    parser.add_argument("--days", type=int, default=400)
    parser.add_argument("--largest", type=int, default=20_000)
    parser.add_argument("--peer-assets", type=int, default=100)
    parser.add_argument("--child", choices=["scan", "peer"], default=None, help=argparse.SUPPRESS)
    parser.add_argument("--database", type=Path, default=None, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.child:
        return child(options.child, options.database, options.peer_assets)
    folder = Path(tempfile.mkdtemp(prefix="coinbrief-benchmark-"))
    try:
        figures = []
        for figure in measure(folder, options):
            print(line_of(figure), flush=True)
            figures.append(figure)
    finally:
        shutil.rmtree(folder)
    return 0 if all(figure.kept for figure in figures) else 1


def measure(folder: Path, options: argparse.Namespace) -> Iterator[Figure]:
    store = filled_store(folder / "main.db", options.assets, options.days)
    loop = bare_loop_time(store, options.days)
    full, today = full_and_today(store, options.assets)
    yield Figure(f"bare TA-Lib loop, {options.assets} assets x {options.days} days", loop.cpu_s * 1e3, "ms")
    yield from shown("full scan, stored bars to stored signals and grades", full)
    yield Figure("full scan / bare loop", full.cpu_s / loop.cpu_s, "x", LIMIT_LOOP)
    yield from shown("today's bars added", today)
    yield Figure("today's bars added / full scan", today.cpu_s / full.cpu_s, "x", LIMIT_TODAY)
    yield Figure("the same by the clock", today.wall_s / full.wall_s, "x")
    scan, _ = run_child("scan", store.path, options.peer_assets)
    peer, _ = run_child("peer", store.path, options.peer_assets)
    scale = options.assets / options.peer_assets
    yield from shown("cold process, full scan", scan)
    yield from shown(f"cold process, ORM and pandas-ta-classic, {options.peer_assets} assets", peer)
    yield Figure("cold scan / peer scaled up", scan.cpu_s / (peer.cpu_s * scale), "x", LIMIT_PEER)
    yield Figure("the same by the clock", scan.wall_s / (peer.wall_s * scale), "x", LIMIT_PEER)
    yield from growth(folder, options, {options.assets: full})


def growth(folder: Path, options: argparse.Namespace, known: dict[int, Time]) -> Iterator[Figure]:
    each = {}
    for assets in (1000, 6000, options.largest):
        store = None if assets in known else filled_store(folder / f"{assets}.db", assets, options.days)
        taken = known[assets] if store is None else best(lambda: full_scan(store), before=lambda: forget(store))  # noqa: B023 - called at once
        each[assets] = taken.cpu_s / assets * 1e6
        yield Figure(f"full scan of {assets} assets, for each", each[assets], "us")
    _, peak_mb = run_child("scan", folder / f"{options.largest}.db", options.peer_assets)
    yield Figure(f"peak memory at {options.largest} assets", peak_mb, "MB", LIMIT_MB)
    yield Figure("6,000 assets / 1,000, for each", each[6000] / each[1000], "x", LIMIT_GROWTH + NOISE)
    largest = each[options.largest] / each[6000]
    yield Figure(f"{options.largest} assets / 6,000, for each", largest, "x", LIMIT_GROWTH + NOISE)


def line_of(figure: Figure) -> str:
    verdict = "" if figure.limit is None else f"  limit {figure.limit:g} {'pass' if figure.kept else 'FAIL'}"
    return f"{figure.name:<72}{figure.value:>11,.3f} {figure.unit}{verdict}"


def shown(name: str, taken: Time) -> tuple[Figure, Figure]:
    return Figure(name, taken.cpu_s * 1e3, "ms"), Figure("  by the clock", taken.wall_s * 1e3, "ms")


def best(work: Callable[[], object], before: Callable[[], object] = lambda: None, rounds: int = ROUNDS) -> Time:
    """The least time of several rounds, of the processor and of the clock; what comes before each is not timed."""
    times = []
    for _ in range(rounds):
        before()
        times.append(time_of(work))
    return least(times)


def least(times: Sequence[Time]) -> Time:
    return Time(min(taken.cpu_s for taken in times), min(taken.wall_s for taken in times))


def time_of(work: Callable[[], object]) -> Time:
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    work()
    return Time(time.process_time() - cpu_s, time.perf_counter() - wall_s)


def full_scan(store: Store, day: date = LAST) -> None:
    scan_day(store, Scope(SOURCE, day), lambda: NOW)


def forget(store: Store, since: date | None = None) -> None:
    """Drop what scans left: all states, and all that was found on this day and later ones."""
    day = ((since or LAST) - date(1970, 1, 1)).days
    with store.writer() as session:
        connection = session.connection()
        connection.exec_driver_sql("DELETE FROM scan_state")
        for table in ("signal", "own_grade_day"):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE day >= {day}")


def filled_store(path: Path, assets: int, days: int) -> Store:
    """A database with a random walk for each asset, ending on `LAST`."""
    store = Store(path)
    store.upgrade()
    keys = [f"{asset:06d}" for asset in range(assets)]
    sectors = [(f"sector-{number % 20}",) for number in range(assets)]
    listings = [
        AssetListing(key, f"S{key}", f"Asset {key}", None, place + 1, sector)
        for place, (key, sector) in enumerate(zip(keys, sectors, strict=True))
    ]
    with store.writer() as session:
        upsert_listings(session, SOURCE, listings, NOW)
    rng = np.random.default_rng(7)
    price = rng.lognormal(0, 2, assets)
    for back in range(days - 1, -1, -50):
        with store.writer() as session:
            for offset in range(back, max(back - 50, -1), -1):
                price = price * np.exp(rng.normal(0.0, 0.04, assets))
                upsert_daily_bars(session, SOURCE, bars_of(keys, LAST - timedelta(days=offset), price, rng), NOW)
    with store.writer() as session:
        refresh_columns(session, SOURCE)
    gc.collect()
    gc.freeze()
    return store


def bars_of(keys: Sequence[str], day: date, price: np.ndarray, rng: np.random.Generator) -> list[DailyBar]:
    spread = np.exp(np.abs(rng.normal(0.0, 0.02, len(keys))))
    columns = (price, price * spread, price / spread, price, rng.lognormal(12.0, 1.0, len(keys)))
    return [DailyBar(key, day, *values) for key, *values in zip(keys, *(c.tolist() for c in columns), strict=True)]


def bare_loop_time(store: Store, days: int) -> Time:
    with store.reader() as session:
        panel = load_panel(session, SOURCE, LAST - timedelta(days=days - 1), LAST, ("high", "low", "close", "volume"))
    arrays = [np.ascontiguousarray(panel.values[name].T) for name in ("high", "low", "close", "volume")]
    return best(lambda: bare_loop(*arrays))


def full_and_today(store: Store, assets: int) -> tuple[Time, Time]:
    """Bars of new days come in, one after the other: each is scanned from the day before, then from the beginning."""
    keys = [f"{asset:06d}" for asset in range(assets)]
    rng = np.random.default_rng(8)
    with store.reader() as session:
        price = load_panel(session, SOURCE, LAST, LAST).values["close"][0]
    full, today = [], []
    full_scan(store)
    for offset in range(1, DAYS_ADDED + 1):
        day = LAST + timedelta(days=offset)
        price = price * np.exp(rng.normal(0.0, 0.04, assets))
        with store.writer() as session:
            upsert_daily_bars(session, SOURCE, bars_of(keys, day, price, rng), NOW)
            refresh_columns(session, SOURCE)
        today.append(time_of(lambda: full_scan(store, day)))  # noqa: B023 - called at once
        forget(store, day)
        full.append(time_of(lambda: full_scan(store, day)))  # noqa: B023 - called at once
    forget(store)
    with store.writer() as session:
        for table in ("bar_daily", "bar_day_columns"):
            session.connection().exec_driver_sql(f"DELETE FROM {table} WHERE day > {(LAST - date(1970, 1, 1)).days}")
    return least(full), least(today)


def run_child(kind: str, database: Path, peer_assets: int) -> tuple[Time, float]:
    """Run a cold process and give its time from start to end, and its peak memory in megabytes."""
    forget(Store(database))
    command = [
        sys.executable,
        __file__,
        "--child",
        kind,
        "--database",
        str(database),
        "--peer-assets",
        str(peer_assets),
    ]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    wall_s, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Time(cpu_s, wall_s), float(json.loads(done.stdout)["peak_mb"])


def child(kind: str, database: Path, peer_assets: int) -> int:
    if kind == "scan":
        scan_day(Store(database), Scope(SOURCE, LAST), lambda: NOW)
    else:
        peer_scan(database, peer_assets)
    print(json.dumps({"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
    return 0


def peer_scan(database: Path, assets: int) -> None:
    """What most would write: the ORM, a frame for each token, pandas-ta-classic, and a row for each signal."""
    import pandas as pd  # noqa: PLC0415 - only the peer's process pays for it
    import pandas_ta_classic as ta  # noqa: PLC0415 - only the peer's process pays for it
    from sqlalchemy import create_engine  # noqa: PLC0415 - only the peer's process pays for it
    from sqlmodel import Field, Session, SQLModel, select  # noqa: PLC0415 - only the peer's process pays for it

    class Bar(SQLModel, table=True):
        __tablename__ = "bar_daily"
        day: int = Field(primary_key=True)
        source_id: int = Field(primary_key=True)
        asset_id: int = Field(primary_key=True)
        high_usd: float
        low_usd: float
        close_usd: float
        volume_usd: float

    class Found(SQLModel, table=True):
        __tablename__ = "found"
        asset_id: int = Field(primary_key=True)
        rsi: float
        macd: float
        atr: float
        adx: float
        high: float
        volume_z: float

    engine = create_engine(f"sqlite:///{database}")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS found")
    SQLModel.metadata.create_all(engine, tables=[Found.__table__])
    with Session(engine) as session:
        for asset_id in range(1, assets + 1):
            bars = session.exec(select(Bar).where(Bar.asset_id == asset_id).order_by(Bar.day)).all()
            frame = pd.DataFrame([bar.model_dump() for bar in bars])
            close, high, low, volume = frame["close_usd"], frame["high_usd"], frame["low_usd"], frame["volume_usd"]
            for window in (20, 50, 200):
                ta.sma(close, window)
            ta.bbands(close, 20)
            ta.obv(close, volume)
            values = {
                "rsi": ta.rsi(close, 14).iloc[-1],
                "macd": ta.macd(close).iloc[-1, 0],
                "atr": ta.atr(high, low, close, 14).iloc[-1],
                "adx": ta.adx(high, low, close, 14).iloc[-1, 0],
                "high": ta.donchian(high, low, 20, 20).iloc[-2, -1],
                "volume_z": ta.zscore(volume, 20).iloc[-1],
            }
            row = session.get(Found, asset_id) or Found(asset_id=asset_id, **values)
            session.add(row)
            session.commit()


if __name__ == "__main__":
    sys.exit(main())
