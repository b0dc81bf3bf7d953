"""Times storing listings with the search for what other sources call them, against the same rows without a question.

    python benchmarks/identity.py --listings 20000 --repeats 3

Both write assets, keys and two contracts each into a new database; the better of the repeats, taken in turn, counts.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session

from agent.identity.listings import store_listings
from agent.store.assets import upsert_listings
from agent.store.bulk import raw_connection
from agent.store.engine import Store
from datasources.records import AssetListing

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
LIMIT = 5.0
Put = Callable[[Session, str, Sequence[AssetListing], datetime], object]


def invented_listings(count: int) -> list[AssetListing]:
    """Listings with a CoinGecko id, two categories and two contracts each."""
    return [
        AssetListing(
            str(number),
            f"S{number}",
            f"Asset {number}",
            slug=f"asset-{number}",
            market_cap_rank=number + 1,
            categories=("layer-1", "defi"),
            contract_addresses=(("ethereum", f"0x{number:040x}"), ("solana", f"So{number:042d}")),
        )
        for number in range(count)
    ]


def plain_rows(session: Session, source: str, listings: Sequence[AssetListing], fetched_at: datetime) -> None:
    """Write the rows without asking what they mean."""
    ids = upsert_listings(session, source, listings, fetched_at)
    contracts = sorted(
        (chain, address, 1, ids[listing.provider_id])
        for listing in listings
        for chain, address in listing.contract_addresses
    )
    raw_connection(session).executemany("INSERT INTO asset_address VALUES (?, ?, ?, ?)", contracts)


def seconds(put: Put, listings: Sequence[AssetListing]) -> float:
    """How long one way takes in a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "listings.db")
        store.upgrade()
        with store.writer() as session:
            started = time.perf_counter()
            put(session, "sandbox", listings, NOW)
            return time.perf_counter() - started


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the status whether the limit is kept."""
    parser = argparse.ArgumentParser(description="Time storing listings with and without asking what they mean.")
    parser.add_argument("--listings", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args(argv)
    listings = invented_listings(options.listings)
    times = [(seconds(store_listings, listings), seconds(plain_rows, listings)) for _ in range(options.repeats)]
    linked, plain = (min(column) for column in zip(*times, strict=True))
    kept = linked <= LIMIT * plain
    print(f"storing {len(listings):,} listings: {linked:.2f} s against {plain:.2f} s of plain rows")
    print(f"ratio {linked / plain:.2f}  limit {LIMIT:g}  {'pass' if kept else 'FAIL'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
