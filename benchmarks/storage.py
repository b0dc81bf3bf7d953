"""Times the store against the raw driver and pandas; prints the ratio and whether it keeps its limit.

    python benchmarks/storage.py --assets 6000 --days 365 --repeats 3

All ways run in one process, in turn; the figure of each is the fastest of its repeats. The raw driver gets ready-made
tuples, in key order, on a connection with the store's own pragmas and schema, and checkpoints when the store does;
ours gets the records a source gives, and its time is that of the whole write transaction. Making the invented
records is not timed.
"""

import argparse
import gc
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from sqlmodel import Session

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from agent.store.assets import upsert_listings
from agent.store.bars import upsert_daily_bars
from agent.store.columns import day_number, instant_number
from agent.store.connection import checkpoint, open_reader, open_writer
from agent.store.engine import Store
from agent.store.panel import load_panel, refresh_columns
from benchmarks.against_peers import Result, print_results
from datasources.records import AssetListing, DailyBar

SOURCE = "invented"
FIRST_DAY = date(2024, 11, 21)
FETCHED_AT = datetime(2026, 11, 21, tzinfo=UTC)
UPSERT = (
    "INSERT INTO bar_daily VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (day, source_id, asset_id) DO UPDATE SET "
    "open_usd = excluded.open_usd, high_usd = excluded.high_usd, low_usd = excluded.low_usd, "
    "close_usd = excluded.close_usd, volume_usd = excluded.volume_usd, fetched_at = excluded.fetched_at"
)
CLOSES = "SELECT day, asset_id, close_usd FROM bar_daily"

Row = tuple[int, int, int, float | None, float | None, float | None, float, float, int]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Time the store against its peers.")
    parser.add_argument("--assets", type=int, default=6000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=None, help="where to put the throw-away databases")
    options = parser.parse_args(argv)
    folder = Path(tempfile.mkdtemp(prefix="coinbrief-benchmark-", dir=options.folder))
    try:
        results = measure(folder, options.assets, options.days, options.repeats)
    finally:
        shutil.rmtree(folder)
    return print_results(results)


def measure(folder: Path, assets: int, days: int, repeats: int) -> list[Result]:
    bars = invented_bars(assets, days, FIRST_DAY)
    scattered = [bars[day * assets + asset] for asset in range(assets) for day in range(days)]
    rows = as_rows(bars)
    gc.freeze()
    loads = [load_times(folder / f"load{repeat}", assets, bars, scattered, rows) for repeat in range(repeats)]
    ours, raw, asset_first = (min(times) for times in zip(*loads, strict=True))
    store = loaded_store(folder / "kept", assets, bars)
    new_days = [new_day_times(store, assets, days + 2 * repeat) for repeat in range(3 * repeats)]
    ours_day, raw_day = (min(times) for times in zip(*new_days, strict=True))
    pivot, unpacked, packing, packed = panel_times(store, days, repeats)
    return [
        Result("bulk load, a day at a time", ours, "sqlite3 executemany upsert", raw, 1.5),
        Result("bulk load, an asset at a time", asset_first, "the same, in key order", raw, 2.5),
        Result("a new day", ours_day, "sqlite3 executemany upsert", raw_day, 3.0),
        Result("close panel", packed, "pandas.read_sql and pivot", pivot, 0.1),
        Result("close panel before packing", unpacked, "pandas.read_sql and pivot", pivot, 1.0),
        Result("packing all days", packing, "pandas.read_sql and pivot", pivot, 2.0),
    ]


def invented_bars(assets: int, days: int, first_day: date) -> list[DailyBar]:
    prices = np.random.default_rng(7).lognormal(0, 2, (days, assets, 5))
    keys = keys_of(assets)
    return [
        DailyBar(key, day, *values)
        for day, block in zip((first_day + timedelta(days=n) for n in range(days)), prices, strict=True)
        for key, values in zip(keys, block.tolist(), strict=True)
    ]


def keys_of(assets: int) -> list[str]:
    # Padded, so that asset ids, given in the order of the keys, follow the numbers.
    return [f"{asset:06d}" for asset in range(assets)]


def as_rows(bars: Sequence[DailyBar]) -> list[Row]:
    stamp = instant_number(FETCHED_AT)
    return [
        (
            day_number(bar.day),
            1,
            int(bar.provider_id) + 1,
            bar.open_usd,
            bar.high_usd,
            bar.low_usd,
            bar.close_usd,
            bar.volume_usd or 0.0,
            stamp,
        )
        for bar in bars
    ]


def new_store(path: Path, assets: int) -> Store:
    store = Store(path)
    store.upgrade()
    listings = [AssetListing(key, f"S{key}", f"Asset {key}") for key in keys_of(assets)]
    write(store, lambda session: upsert_listings(session, SOURCE, listings, FETCHED_AT))
    return store


def loaded_store(path: Path, assets: int, bars: Sequence[DailyBar]) -> Store:
    store = new_store(path, assets)
    write(store, lambda session: upsert_daily_bars(session, SOURCE, bars, FETCHED_AT))
    return store


def load_times(
    path: Path, assets: int, bars: Sequence[DailyBar], scattered: Sequence[DailyBar], rows: Sequence[Row]
) -> tuple[float, float, float]:
    ours = new_store(path / "ours.db", assets)
    peer = new_store(path / "peer.db", assets)
    other = new_store(path / "other.db", assets)
    peer_s = raw_seconds(peer.path, rows)
    ours_s = seconds(lambda: write(ours, lambda session: upsert_daily_bars(session, SOURCE, bars, FETCHED_AT)))
    other_s = seconds(lambda: write(other, lambda session: upsert_daily_bars(session, SOURCE, scattered, FETCHED_AT)))
    shutil.rmtree(path)
    return ours_s, peer_s, other_s


def new_day_times(store: Store, assets: int, day: int) -> tuple[float, float]:
    bars = invented_bars(assets, 1, FIRST_DAY + timedelta(days=day))
    rows = as_rows(invented_bars(assets, 1, FIRST_DAY + timedelta(days=day + 1)))
    ours_s = seconds(lambda: write(store, lambda session: upsert_daily_bars(session, SOURCE, bars, FETCHED_AT)))
    return ours_s, raw_seconds(store.path, rows)


def panel_times(store: Store, days: int, repeats: int) -> tuple[float, float, float, float]:
    end = FIRST_DAY + timedelta(days=days - 1)

    def read() -> None:
        with store.reader() as session:
            load_panel(session, SOURCE, FIRST_DAY, end)

    def pivot() -> None:
        connection = open_reader(store.path)
        frame = pd.read_sql(CLOSES, connection)
        frame.pivot(index="day", columns="asset_id", values="close_usd")  # noqa: PD010 - the faster of the two
        connection.close()

    peer_s = min(seconds(pivot) for _ in range(repeats))
    unpacked_s = min(seconds(read) for _ in range(repeats))
    packing_s = seconds(lambda: write(store, lambda session: refresh_columns(session, SOURCE)))
    return peer_s, unpacked_s, packing_s, min(seconds(read) for _ in range(3 * repeats))


def write(store: Store, work: Callable[[Session], object]) -> None:
    with store.writer() as session:
        work(session)


def raw_seconds(path: Path, rows: Sequence[Row]) -> float:
    connection = open_writer(path)

    def load() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(UPSERT, rows)
        connection.execute("COMMIT")
        checkpoint(connection, path)

    elapsed = seconds(load)
    connection.close()
    return elapsed


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
