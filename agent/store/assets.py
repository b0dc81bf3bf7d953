"""Assets and what sources call them. A new key of a source makes a new asset; equal symbols are never merged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, insert, select, update

from agent.errors import UnknownAsset
from agent.store.bulk import raw_connection
from agent.store.columns import instant_number, json_text
from agent.store.sources import source_id, stored_source_id
from agent.store.tables import Asset, AssetRef, Source, asset_address, asset_alias
from datasources.records import AssetListing

IDS_PER_QUERY = 500
SHORTEST_ADDRESS = 20  # addresses are looked for in all contracts, symbols and names need not be


@dataclass(frozen=True, slots=True)
class AssetRow:
    """A stored asset; `refs` maps each source's name to its own key of the asset."""

    asset_id: int
    symbol: str
    name: str
    slug: str | None
    rank: int | None
    categories: tuple[str, ...]
    first_seen_at: datetime
    last_seen_at: datetime
    refs: Mapping[str, str]
    kind: str = "coin"
    underlying_id: int | None = None
    inactive: bool = False


def upsert_listings(
    session: Session, source: str, listings: Sequence[AssetListing], fetched_at: datetime
) -> dict[str, int]:
    """Store what a source lists and give the asset id of each provider id listed.

    An older fetch changes nothing of an asset that is known; a listing without a rank keeps the stored rank.
    """
    number = source_id(session, source)
    known = asset_ids(session, source)
    newest = {listing.provider_id: listing for listing in listings}
    new = [key for key in sorted(newest) if key not in known]
    first_id = (session.exec(select(func.max(Asset.asset_id))).one() or 0) + 1
    made = {key: first_id + offset for offset, key in enumerate(new)}
    seen = instant_number(fetched_at)
    connection = raw_connection(session)
    connection.executemany(
        "INSERT INTO asset (asset_id, symbol, name, slug, rank, categories, kind, inactive, "
        "first_seen_at, last_seen_at) VALUES (?, ?, ?, ?, ?, ?, 'coin', 0, ?, ?)",
        [(made[key], *_described(newest[key]), seen, seen) for key in new],
    )
    connection.executemany(
        "INSERT INTO asset_ref (source_id, provider_id, asset_id, evidence, linked_at) VALUES (?, ?, ?, 'new', ?)",
        [(number, key, made[key], seen) for key in new],
    )
    connection.executemany(
        "UPDATE asset SET symbol = ?, name = ?, slug = ?, rank = coalesce(?, rank), categories = ?, last_seen_at = ? "
        "WHERE asset_id = ? AND last_seen_at <= ?",
        [(*_described(newest[key]), seen, known[key], seen) for key in newest if key in known],
    )
    return {key: made.get(key) or known[key] for key in newest}


def _described(listing: AssetListing) -> tuple[str, str, str | None, int | None, str]:
    categories = json_text(list(listing.categories))
    return listing.symbol, listing.name, listing.slug, listing.market_cap_rank, categories


def set_ranks(session: Session, source: str, ranks: Mapping[str, int]) -> None:
    """Replace the market-cap ranks of a source's assets: those not among `ranks` have none; raises UnknownAsset."""
    ids = require_assets(asset_ids(session, source), ranks, source)
    own = select(AssetRef.asset_id).where(AssetRef.source_id == stored_source_id(session, source))
    session.execute(update(Asset).where(col(Asset.asset_id).in_(own)).values(rank=None))
    rows = [(rank, ids[key]) for key, rank in ranks.items()]
    raw_connection(session).executemany("UPDATE asset SET rank = ? WHERE asset_id = ?", rows)


def asset_ids(session: Session, source: str) -> dict[str, int]:
    """Map each provider id that a source has listed to its asset id."""
    query = "SELECT provider_id, asset_id FROM asset_ref WHERE source_id = ?"
    return dict(raw_connection(session).execute(query, (stored_source_id(session, source),)))


def require_assets(known: Mapping[str, int], wanted: Iterable[str], source: str) -> Mapping[str, int]:
    """Give `known` back if it has every provider id wanted; raises UnknownAsset otherwise."""
    if missing := set(wanted) - known.keys():
        raise UnknownAsset(source, missing)
    return known


def link_asset(session: Session, source: str, provider_id: str, asset_id: int, linked_at: datetime) -> None:
    """Say that a source's key means an asset that is already stored; a key that is known keeps its asset."""
    if provider_id not in asset_ids(session, source):
        values: dict[str, object] = {
            "source_id": source_id(session, source),
            "provider_id": provider_id,
            "asset_id": asset_id,
        }
        values |= {"evidence": "override", "linked_at": linked_at}
        session.execute(insert(AssetRef).values(values))


def get_assets(session: Session, ids: Iterable[int]) -> dict[int, AssetRow]:
    """Read assets by id; an id that is not stored is missing from the result."""
    wanted = sorted(set(ids))
    found: dict[int, AssetRow] = {}
    for start in range(0, len(wanted), IDS_PER_QUERY):
        part = wanted[start : start + IDS_PER_QUERY]
        entities = session.exec(
            select(Asset).where(col(Asset.asset_id).in_(part)), execution_options={"populate_existing": True}
        )
        refs = _refs(session, part)
        found |= {entity.asset_id: _asset_row(entity, refs.get(entity.asset_id, {})) for entity in entities}
    return found


def get_underlyings(session: Session, known: Mapping[int, AssetRow]) -> dict[int, AssetRow]:
    """Read what assets stand for, step by step to the end, without what is among them."""
    found: dict[int, AssetRow] = {}
    steps = {row.underlying_id for row in known.values()}
    while wanted := {step for step in steps if step is not None} - known.keys() - found.keys():
        rows = get_assets(session, wanted)
        found |= rows
        steps = {row.underlying_id for row in rows.values()}
    return found


def find_assets(session: Session, text: str) -> tuple[AssetRow, ...]:
    """Find the assets that this text may mean, best ranked first.

    It is the symbol or name of each, now or formerly, in any case; or exactly a provider id, a CoinGecko id or the
    address of a contract.
    """
    sources = select(Source.source_id)  # naming them lets the key's index be used
    key = select(AssetRef.asset_id).where(col(AssetRef.source_id).in_(sources), AssetRef.provider_id == text)
    alias = sa_select(asset_alias.c.asset_id).where(or_(asset_alias.c.symbol == text, asset_alias.c.name == text))
    others = [key, alias, *([_with_contract(text)] if len(text) >= SHORTEST_ADDRESS else [])]
    match = or_(
        col(Asset.symbol) == text,
        col(Asset.name) == text,
        col(Asset.slug) == text,
        *(col(Asset.asset_id).in_(found) for found in others),
    )
    ids = session.exec(select(Asset.asset_id).where(match).order_by(*_by_rank())).all()
    rows = get_assets(session, ids)
    return tuple(rows[asset_id] for asset_id in ids)


def largest_assets(session: Session, source: str, limit: int) -> tuple[int, ...]:
    """Read the ids of a source's assets with the best ranks, best first; the first ones listed where none has a rank.

    Their rows are not read, which `top_assets` does.
    """
    number = stored_source_id(session, source)
    own = "WHERE asset_id IN (SELECT asset_id FROM asset_ref WHERE source_id = ?)"
    ranked = f"SELECT asset_id FROM asset {own} AND rank IS NOT NULL ORDER BY rank, asset_id LIMIT ?"  # noqa: S608 - fixed
    listed = f"SELECT asset_id FROM asset {own} ORDER BY asset_id LIMIT ?"  # noqa: S608 - as above
    connection = raw_connection(session)
    found = connection.execute(ranked, (number, limit)).fetchall() or connection.execute(listed, (number, limit))
    return tuple(asset_id for (asset_id,) in found)


def top_assets(session: Session, source: str, limit: int) -> tuple[AssetRow, ...]:
    """Read a source's assets with the best market-cap ranks, best first; assets without a rank are left out."""
    number = stored_source_id(session, source)
    own = select(AssetRef.asset_id).where(AssetRef.source_id == number)
    match = col(Asset.asset_id).in_(own) & col(Asset.rank).is_not(None)
    ids = session.exec(select(Asset.asset_id).where(match).order_by(*_by_rank()).limit(limit)).all()
    rows = get_assets(session, ids)
    return tuple(rows[asset_id] for asset_id in ids)


def _with_contract(address: str) -> Select[tuple[int]]:
    """The assets with a contract at this address; those of Ethereum's kind are stored in lower case."""
    spellings = {address, address.lower()} if address[:2] in {"0x", "0X"} else {address}
    return sa_select(asset_address.c.asset_id).where(asset_address.c.address.in_(spellings))


def _by_rank() -> tuple[ColumnElement[int | None], ColumnElement[int]]:
    return col(Asset.rank).asc().nulls_last(), col(Asset.asset_id).asc()


def _refs(session: Session, ids: Sequence[int]) -> dict[int, dict[str, str]]:
    query = (
        select(AssetRef.asset_id, Source.name, AssetRef.provider_id)
        .join(Source, col(Source.source_id) == col(AssetRef.source_id))
        .where(col(AssetRef.asset_id).in_(ids))
        .order_by(col(Source.name), col(AssetRef.provider_id).desc())
    )
    refs: dict[int, dict[str, str]] = {}
    for asset_id, source, key in session.exec(query):
        refs.setdefault(asset_id, {})[source] = key
    return refs


def _asset_row(entity: Asset, refs: Mapping[str, str]) -> AssetRow:
    return AssetRow(
        asset_id=entity.asset_id,
        symbol=entity.symbol,
        name=entity.name,
        slug=entity.slug,
        rank=entity.rank,
        categories=tuple(entity.categories),
        first_seen_at=entity.first_seen_at,
        last_seen_at=entity.last_seen_at,
        refs=refs,
        kind=entity.kind,
        underlying_id=entity.underlying_id,
        inactive=entity.inactive,
    )
