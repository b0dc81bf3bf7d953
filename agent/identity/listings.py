"""Stores what a source lists: each key linked to the asset it means, the asset described by the source that owns it."""

import logging
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from agent.identity.corrections import correct_known_keys
from agent.identity.errors import OverridesRefused
from agent.identity.keys import Contract, parse_contract, parse_slug
from agent.identity.overrides import NO_OVERRIDES, Overrides, SourceKey
from agent.identity.reading import Ground, StoredAsset, marks, named_assets, read_ground, read_keys, read_known
from agent.identity.resolution import Claim, Decision, resolve
from agent.identity.settling import fixed_kinds, settle_underlyings
from agent.identity.writing import Change, changed, insert_assets, update_assets
from agent.store.bulk import Written, raw_connection
from agent.store.columns import instant_number
from agent.store.sources import source_id
from datasources.records import AssetListing

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StoredListings:
    """What became of a batch: new and changed assets, the asset of each key, and overrides that were not followed."""

    written: Written
    ids: Mapping[str, int]
    refused: tuple[str, ...] = ()

    def require_followed(self) -> None:
        """Raise OverridesRefused if an override would have lost data; all listings are stored all the same."""
        if self.refused:
            raise OverridesRefused(self.refused)


def store_listings(
    session: Session,
    source: str,
    listings: Sequence[AssetListing],
    fetched_at: datetime,
    overrides: Overrides = NO_OVERRIDES,
    *,
    owner: str | None = None,
) -> StoredListings:
    """Store what a source lists and say which asset each key means.

    The symbol, name, rank, kind and state of an asset are those of `owner` where it knows the asset, else of the source
    that listed it first; other sources only fill in a missing CoinGecko id and missing categories. An older fetch
    changes nothing of an asset that is known; a listing without a rank or categories keeps the stored ones.
    """
    source_id(session, source)
    connection = raw_connection(session)
    ground = read_ground(connection, source, owner)
    newest = {listing.provider_id: listing for listing in listings}
    seen = instant_number(fetched_at)
    refused = correct_known_keys(connection, ground, newest, overrides, seen)
    for message in refused:
        LOG.warning("identity file: %s", message)
    found = read_keys(connection, ground.source_id, newest)
    keys = {key: asset_id for key, (asset_id, _) in found.items()}
    claims = _claims(connection, ground, newest, overrides)
    known, assets = read_known(connection, ground, claims, keys)
    decisions = resolve(claims, known)
    batch = _Batch(connection, ground, newest, decisions, seen)
    written = batch.write(assets, fixed_kinds(connection, ground, overrides))
    batch.write_refs({key: doubt for key, (_, doubt) in found.items()})
    batch.write_contracts({claim.key: claim.contracts for claim in claims})
    settle_underlyings(connection, ground, overrides)
    return StoredListings(written, batch.ids, tuple(refused))


def _claims(
    connection: sqlite3.Connection, ground: Ground, listings: Mapping[str, AssetListing], overrides: Overrides
) -> list[Claim]:
    """What the listings say of identity, with what a person says in its place."""
    source = ground.world[ground.source_id]
    same = {key.provider_id: name for key, name in overrides.same.items() if key.source == source}
    # A key that another source's key is said to be waits for it, whichever of the two comes first.
    waiting = {
        name.provider_id: key
        for key, name in overrides.same.items()
        if isinstance(name, SourceKey) and name.source == source
    }
    pins = named_assets(connection, ground, {*same.values(), *waiting.values()})
    different = {key.provider_id for key in overrides.different if key.source == source}
    claims = []
    for key, listing in listings.items():
        if key in different:
            claims.append(Claim(key, settled=True))
            continue
        slug, contracts = parse_slug(listing.slug), _contracts(listing)
        if key in same:
            target = same[key]
            slug = target if isinstance(target, str) else None
            claims.append(Claim(key, slug, contracts, settled=True, pinned=pins.get(target)))
        elif key in waiting and waiting[key] in pins:
            claims.append(Claim(key, slug, contracts, settled=True, pinned=pins[waiting[key]]))
        else:
            claims.append(Claim(key, slug, contracts))
    return claims


def _contracts(listing: AssetListing) -> frozenset[Contract]:
    if not listing.contract_addresses:
        return frozenset()
    return frozenset(found for pair in listing.contract_addresses if (found := parse_contract(*pair)) is not None)


class _Batch:
    """One batch on its way into the store."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        ground: Ground,
        listings: Mapping[str, AssetListing],
        decisions: Mapping[str, Decision],
        seen: int,
    ) -> None:
        self._connection = connection
        self._ground = ground
        self._listings = listings
        self._decisions = decisions
        self._seen = seen
        self._new = [key for key, decision in decisions.items() if decision.asset_id is None]
        (last,) = connection.execute("SELECT coalesce(max(asset_id), 0) FROM asset").fetchone()
        made = {key: last + place for place, key in enumerate(sorted(self._new, key=lambda key: (len(key), key)), 1)}
        self.ids = {
            key: made[key] if (known := decisions[key].asset_id) is None else known  # in the order of the listing
            for key in listings
        }

    def write(self, assets: Mapping[int, StoredAsset], kinds: Mapping[int, str]) -> Written:
        """Write new assets and what changed of known ones."""
        insert_assets(
            self._connection,
            [(self.ids[key], self._listings[key], self._decisions[key].slug) for key in self._new],
            self._seen,
        )
        changes = [change for key in self._listings if (change := self._change(key, assets, kinds)) is not None]
        update_assets(self._connection, changes)
        revised = sum(change.revises for change in changes)
        return Written(len(self._new), revised, len(self._listings) - len(self._new) - revised)

    def _change(self, key: str, assets: Mapping[int, StoredAsset], kinds: Mapping[int, str]) -> Change | None:
        decision = self._decisions[key]
        if decision.asset_id is None:
            return None
        stored = assets[decision.asset_id]
        owner_id = stored.owner_id
        if self._ground.owner_id == self._ground.source_id:
            owner_id = self._ground.source_id  # also where this very batch is what makes it know the asset
        owns = owner_id == self._ground.source_id and self._seen >= stored.last_seen_at
        listing = self._listings[key] if owns else None
        fill = self._listings[key].categories
        kind = kinds.get(decision.asset_id)
        return changed(decision.asset_id, stored, listing, fill, decision.slug, kind, self._seen)

    def write_refs(self, doubts: Mapping[str, str | None]) -> None:
        """Write the new keys, and doubts that came or went."""
        self._connection.executemany(
            "INSERT INTO asset_ref (source_id, provider_id, asset_id, evidence, doubt, linked_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [
                (self._ground.source_id, key, self.ids[key], str(decision.evidence), decision.doubt, self._seen)
                for key, decision in self._decisions.items()
                if key not in doubts
            ],
        )
        self._connection.executemany(
            "UPDATE asset_ref SET doubt = ? WHERE source_id = ? AND provider_id = ?",
            [
                (self._decisions[key].doubt, self._ground.source_id, key)
                for key, doubt in doubts.items()
                if self._decisions[key].doubt != doubt
            ],
        )

    def write_contracts(self, contracts: Mapping[str, frozenset[Contract]]) -> None:
        """Make the contracts listed those of their assets; a listing without any keeps what is stored."""
        wanted = {self.ids[key]: listed for key, listed in contracts.items() if listed}
        query = (
            "SELECT chain, address, asset_id FROM asset_address WHERE source_id = ? "
            "AND asset_id IN (SELECT value FROM json_each(?))"
        )
        arguments = (self._ground.source_id, marks(wanted))
        stored = {(chain, address, asset_id) for chain, address, asset_id in self._connection.execute(query, arguments)}
        listed = {(*contract, asset_id) for asset_id, found in wanted.items() for contract in found}
        number = self._ground.source_id
        self._connection.executemany(
            "DELETE FROM asset_address WHERE chain = ? AND address = ? AND asset_id = ? AND source_id = ?",
            [(*row, number) for row in stored - listed],
        )
        self._connection.executemany(
            "INSERT INTO asset_address (chain, address, asset_id, source_id) VALUES (?, ?, ?, ?)",
            [(*row, number) for row in sorted(listed - stored)],
        )
