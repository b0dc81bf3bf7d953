"""Reads what is stored that a batch of listings touches: keys, CoinGecko ids, contracts, and the assets they name."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from agent.identity.keys import Contract
from agent.identity.overrides import AssetName, SourceKey
from agent.identity.resolution import Claim, Known
from agent.identity.worlds import world_of


@dataclass(frozen=True, slots=True)
class Ground:
    """The source that speaks, the sources of its world, and whose word counts for an asset that several know."""

    source_id: int
    world: Mapping[int, str]  # names by source id
    owner_id: int | None

    @property
    def numbers(self) -> str:
        """The world's source ids for a query."""
        return marks(self.world)


class StoredAsset(NamedTuple):
    """An asset's row, as it is stored."""

    symbol: str
    name: str
    slug: str | None
    rank: int | None
    categories: str
    kind: str
    inactive: int
    last_seen_at: int
    owner_id: int | None


class _Ref(NamedTuple):
    source_id: int
    provider_id: str
    evidence: str
    linked_at: int


def marks(values: Iterable[object]) -> str:
    """Give values to a query as one argument: `IN (SELECT value FROM json_each(?))`."""
    return json.dumps(list(values))


def read_ground(connection: sqlite3.Connection, source: str, owner: str | None) -> Ground:
    """Look up the sources; `source` must be stored, an owner of another world is none."""
    world = world_of(source)
    names = {int(number): str(name) for number, name in connection.execute("SELECT source_id, name FROM source")}
    own = {number: name for number, name in names.items() if world_of(name) == world}
    numbers = {name: number for number, name in own.items()}
    return Ground(numbers[source], own, numbers.get(owner) if owner else None)


def read_keys(connection: sqlite3.Connection, source_id: int, keys: Iterable[str]) -> dict[str, tuple[int, str | None]]:
    """Read the asset and the doubt of each key of a source that is known."""
    query = (
        "SELECT provider_id, asset_id, doubt FROM asset_ref "
        "WHERE source_id = ? AND provider_id IN (SELECT value FROM json_each(?))"
    )
    return {key: (asset_id, doubt) for key, asset_id, doubt in connection.execute(query, (source_id, marks(keys)))}


def read_slugs(connection: sqlite3.Connection, ground: Ground, slugs: Collection[str]) -> dict[str, frozenset[int]]:
    """Read the assets of a world that have these CoinGecko ids."""
    query = (
        "SELECT slug, asset_id FROM asset WHERE slug IN (SELECT value FROM json_each(?)) AND EXISTS "
        "(SELECT 1 FROM asset_ref WHERE asset_ref.asset_id = asset.asset_id "
        "AND source_id IN (SELECT value FROM json_each(?)))"
    )
    found: dict[str, set[int]] = defaultdict(set)
    for slug, asset_id in connection.execute(query, (marks(slugs), ground.numbers)):
        found[slug].add(asset_id)
    return {slug: frozenset(assets) for slug, assets in found.items()}


def read_contracts(
    connection: sqlite3.Connection, ground: Ground, contracts: Collection[Contract]
) -> tuple[dict[str, dict[str, int]], dict[Contract, list[tuple[int, int]]]]:
    """Read which asset these contracts name, by chain and address, and of those that name several which and where."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for chain, address in contracts:
        wanted[chain].append(address)
    where = (
        "FROM asset_address WHERE chain = ? AND address IN (SELECT value FROM json_each(?)) "
        "AND source_id IN (SELECT value FROM json_each(?))"
    )
    # Nearly all contracts mean one asset; the driver makes a mapping of those without a step of Python for each.
    named = f"SELECT address, iif(min(asset_id) = max(asset_id), min(asset_id), 0) {where} GROUP BY address"
    pairs = f"SELECT address, source_id, asset_id {where}"
    single: dict[str, dict[str, int]] = {}
    several: dict[Contract, list[tuple[int, int]]] = {}
    for chain, addresses in wanted.items():
        found = single[chain] = dict(connection.execute(named, (chain, marks(addresses), ground.numbers)))
        if many := [address for address, asset_id in found.items() if not asset_id]:
            for address, source_id, asset_id in connection.execute(pairs, (chain, marks(many), ground.numbers)):
                several.setdefault(Contract(chain, address), []).append((source_id, asset_id))
                found.pop(address, None)
    return single, several


def named_assets(connection: sqlite3.Connection, ground: Ground, names: Collection[AssetName]) -> dict[AssetName, int]:
    """Look up assets as a person names them; a name that means none, or several, is left out."""
    slugs = read_slugs(connection, ground, [name for name in names if isinstance(name, str)])
    found: dict[AssetName, int] = {slug: next(iter(ids)) for slug, ids in slugs.items() if len(ids) == 1}
    numbers = {name: number for number, name in ground.world.items()}
    for name in names:
        if isinstance(name, SourceKey) and name.source in numbers:
            keys = read_keys(connection, numbers[name.source], [name.provider_id])
            found.update((name, asset_id) for asset_id, _ in keys.values())
    return found


def read_known(
    connection: sqlite3.Connection, ground: Ground, claims: Collection[Claim], keys: Mapping[str, int]
) -> tuple[Known, dict[int, StoredAsset]]:
    """Read all that the claims touch, and the rows of the assets they may mean."""
    slugs = read_slugs(connection, ground, {claim.slug for claim in claims if claim.slug})
    contracts, several = read_contracts(
        connection, ground, {contract for claim in claims for contract in claim.contracts}
    )
    touched = {*keys.values(), *(claim.pinned for claim in claims if claim.pinned is not None)}
    touched.update(*slugs.values(), *(named.values() for named in contracts.values()))
    touched.update(asset_id for pairs in several.values() for _, asset_id in pairs)
    refs = read_refs(connection, touched)
    assets = _read_assets(connection, touched, ground, refs)
    known = Known(
        source_id=ground.source_id,
        keys=keys,
        slugs=slugs,
        contracts=contracts,
        several=several,
        asset_slugs={asset_id: asset.slug for asset_id, asset in assets.items()},
        taken={
            asset_id: ref.provider_id
            for asset_id, found in refs.items()
            for ref in found
            if ref.source_id == ground.source_id
        },
        alone=frozenset(asset_id for asset_id, found in refs.items() if len(found) == 1),
    )
    return known, assets


def read_refs(connection: sqlite3.Connection, assets: Iterable[int]) -> dict[int, list[_Ref]]:
    """Read all keys of assets."""
    query = (
        "SELECT asset_id, source_id, provider_id, evidence, linked_at FROM asset_ref "
        "WHERE asset_id IN (SELECT value FROM json_each(?))"
    )
    found: dict[int, list[_Ref]] = defaultdict(list)
    for asset_id, source_id, provider_id, evidence, linked_at in connection.execute(query, (marks(assets),)):
        found[asset_id].append(_Ref(source_id, provider_id, evidence, linked_at))
    return found


def _read_assets(
    connection: sqlite3.Connection, assets: Iterable[int], ground: Ground, refs: Mapping[int, list[_Ref]]
) -> dict[int, StoredAsset]:
    query = (
        "SELECT asset_id, symbol, name, slug, rank, categories, kind, inactive, last_seen_at FROM asset "
        "WHERE asset_id IN (SELECT value FROM json_each(?))"
    )
    return {
        asset_id: StoredAsset._make((*row, owner_of(refs.get(asset_id, []), ground.owner_id)))
        for asset_id, *row in connection.execute(query, (marks(assets),))
    }


def owner_of(refs: list[_Ref], owner_id: int | None) -> int | None:
    """Say whose word counts for an asset: the owner if it knows the asset, else the source that came first."""
    if any(ref.source_id == owner_id for ref in refs):
        return owner_id
    if len(refs) == 1:
        return refs[0].source_id
    first = min(refs, key=lambda ref: (ref.evidence != "new", ref.linked_at, ref.source_id), default=None)
    return None if first is None else first.source_id
