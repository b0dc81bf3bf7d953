"""Rows of assets: how a listing describes one, what that changes, and the statements that write it."""

import json
import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from agent.identity.kinds import classify
from agent.identity.reading import StoredAsset
from agent.store.columns import json_text
from datasources.records import AssetListing


class Change(NamedTuple):
    """What becomes of a stored asset."""

    asset_id: int
    before: StoredAsset
    after: StoredAsset
    revises: bool  # whether more changes than the time it was last listed

    @property
    def renames(self) -> bool:
        """Whether it is called something else now; capital letters make no other name."""
        before, after = self.before, self.after
        return (before.symbol.lower(), before.name.lower()) != (after.symbol.lower(), after.name.lower())


@lru_cache(maxsize=4096)
def labels_text(categories: tuple[str, ...]) -> str:
    """Categories as they are stored."""
    return json_text(list(categories))


@lru_cache(maxsize=4096)
def labels_of(stored: str) -> tuple[str, ...]:
    """Categories as they were listed."""
    return tuple(map(str, json.loads(stored)))


def changed(
    asset_id: int,
    stored: StoredAsset,
    listing: AssetListing | None,
    categories: Sequence[str],
    slug: str | None,
    kind: str | None,
    seen: int,
) -> Change | None:
    """Say what a listing changes, None if nothing; `listing` is None where this source only fills in what is missing.

    `categories` and `slug` fill in, `kind` is what a person says.
    """
    labels = stored.categories
    if categories and (listing is not None or labels == "[]"):
        labels = labels_text(tuple(categories))
    name = stored.name if listing is None else listing.name
    slug = slug or stored.slug
    if kind is None:
        same = (slug, name, labels) == (stored.slug, stored.name, stored.categories) and listing is None
        kind = stored.kind if same else str(classify(slug, name, labels_of(labels)))
    after = StoredAsset(
        symbol=stored.symbol if listing is None else listing.symbol,
        name=name,
        slug=slug,
        rank=stored.rank if listing is None or listing.market_cap_rank is None else listing.market_cap_rank,
        categories=labels,
        kind=kind,
        inactive=stored.inactive if listing is None else int(listing.inactive),
        last_seen_at=stored.last_seen_at if listing is None else seen,
        owner_id=stored.owner_id,
    )
    if after == stored:
        return None
    return Change(asset_id, stored, after, revises=after._replace(last_seen_at=stored.last_seen_at) != stored)


def insert_assets(
    connection: sqlite3.Connection, listed: Sequence[tuple[int, AssetListing, str | None]], seen: int
) -> None:
    """Add assets, each with its id and the CoinGecko id it may have."""
    connection.executemany(
        "INSERT INTO asset (asset_id, symbol, name, slug, rank, categories, kind, inactive, "
        "first_seen_at, last_seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                asset_id,
                listing.symbol,
                listing.name,
                slug,
                listing.market_cap_rank,
                labels_text(listing.categories),
                str(classify(slug, listing.name, listing.categories)),
                int(listing.inactive),
                seen,
                seen,
            )
            for asset_id, listing, slug in listed
        ],
    )


def update_assets(connection: sqlite3.Connection, changes: Sequence[Change]) -> None:
    """Change assets, and keep what those were called that are called something else now."""
    revised = [change for change in changes if change.revises]
    connection.executemany(
        "UPDATE asset SET symbol = ?, name = ?, slug = ?, rank = ?, categories = ?, kind = ?, inactive = ?, "
        "last_seen_at = ? WHERE asset_id = ?",
        [
            (
                *(change.after.symbol, change.after.name, change.after.slug, change.after.rank),
                *(change.after.categories, change.after.kind, change.after.inactive, change.after.last_seen_at),
                change.asset_id,
            )
            for change in revised
        ],
    )
    # Naming an indexed column costs its index a visit, changed or not.
    connection.executemany(
        "UPDATE asset SET last_seen_at = ? WHERE asset_id = ?",
        [(change.after.last_seen_at, change.asset_id) for change in changes if not change.revises],
    )
    renamed = [change for change in revised if change.renames]
    connection.executemany(
        "INSERT INTO asset_alias (asset_id, symbol, name, last_seen_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET last_seen_at = excluded.last_seen_at",
        [(item.asset_id, item.before.symbol, item.before.name, item.before.last_seen_at) for item in renamed],
    )
    # A name it has again is no former one.
    connection.executemany(
        "DELETE FROM asset_alias WHERE asset_id = ? AND symbol = ? AND name = ?",
        [(item.asset_id, item.after.symbol, item.after.name) for item in renamed],
    )
