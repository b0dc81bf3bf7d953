"""Finds the assets a text may mean, each with the reasons why, and close names where it means none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from sqlalchemy import or_
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from agent.identity.keys import normal_address, normal_chain
from agent.store.assets import AssetRow, find_assets, get_assets
from agent.store.tables import Asset, AssetRef, Source, asset_address, asset_alias

SUGGESTIONS: Final = 5
LEAST_LIKENESS: Final = 0.75
_LONGEST_TEXT: Final = 100

# What the people who run a source call it; other sources go by their own name.
_TITLES: Final = MappingProxyType(
    {
        "token_metrics": "Token Metrics",
        "coingecko": "CoinGecko",
        "binance": "Binance",
        "coin_metrics": "Coin Metrics",
        "defillama": "DefiLlama",
        "files": "the files on disk",
    }
)


@dataclass(frozen=True, slots=True)
class KnownBy:
    """A source that knows an asset: its own key, why that key is thought to mean the asset, and what speaks against."""

    source: str
    provider_id: str
    evidence: str
    doubt: str | None
    linked_at: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """An asset that a text may mean, and why; `underlying` is the CoinGecko id or name of what it stands for."""

    asset_id: int
    symbol: str
    name: str
    slug: str | None
    kind: str
    underlying: str | None
    rank: int | None
    active: bool
    reasons: tuple[str, ...]
    known_by: tuple[KnownBy, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """What a text may mean, best ranked first; `suggestions` are names close to it."""

    text: str
    candidates: tuple[Candidate, ...]
    suggestions: tuple[str, ...] = ()


def search(session: Session, text: str) -> Findings:
    """Look for a symbol, name, former symbol or name, CoinGecko id, provider id or contract address.

    `source:id` and `chain:address` are understood too.
    """
    wanted = text.strip()
    reasons = _qualified(session, wanted)
    rows = get_assets(session, reasons)
    for row in find_assets(session, wanted) if wanted else ():
        rows[row.asset_id] = row
    known_by = _known_by(session, rows)
    former, contracts = _former(session, wanted, rows), _chains(session, wanted, rows)
    named = get_assets(session, [row.underlying_id for row in rows.values() if row.underlying_id is not None])
    candidates = []
    for row in sorted(rows.values(), key=lambda row: (row.rank is None, row.rank or 0, row.asset_id)):
        why = [
            *reasons.get(row.asset_id, ()),
            *_present(row, wanted),
            *former.get(row.asset_id, ()),
            *_keys(known_by[row.asset_id], wanted),
            *(f"contract on {chain}" for chain in contracts.get(row.asset_id, ())),
        ]
        candidates.append(_candidate(row, why, known_by[row.asset_id], named))
    return Findings(wanted, tuple(candidates))


def _candidate(
    row: AssetRow, reasons: Sequence[str], known_by: Sequence[KnownBy], named: Mapping[int, AssetRow]
) -> Candidate:
    under = named.get(row.underlying_id) if row.underlying_id is not None else None
    return Candidate(
        asset_id=row.asset_id,
        symbol=row.symbol,
        name=row.name,
        slug=row.slug,
        kind=row.kind,
        underlying=None if under is None else under.slug or under.name,
        rank=row.rank,
        active=not row.inactive,
        reasons=tuple(reasons),
        known_by=tuple(known_by),
    )


def _qualified(session: Session, text: str) -> dict[int, list[str]]:
    """The assets that `source:id` or `chain:address` names."""
    first, colon, second = (part.strip() for part in text.partition(":"))
    if not colon or not second:
        return {}
    found: dict[int, list[str]] = {}
    key = select(AssetRef.asset_id).join(Source, col(Source.source_id) == col(AssetRef.source_id))
    for asset_id in session.exec(key.where(Source.name == first, AssetRef.provider_id == second)):
        found.setdefault(asset_id, []).append(_key_reason(first, second))
    address = asset_address.c.address == normal_address(second)
    query = sa_select(asset_address.c.asset_id).where(asset_address.c.chain == normal_chain(first), address).distinct()
    for asset_id in session.execute(query).scalars():
        found.setdefault(asset_id, []).append(f"contract on {normal_chain(first)}")
    return found


def _present(row: AssetRow, text: str) -> list[str]:
    said = (("symbol", row.symbol), ("name", row.name))
    found = [f"{what} is {value}" for what, value in said if value.lower() == text.lower()]
    return [*found, *([f"CoinGecko id is {row.slug}"] if row.slug == text else [])]


def _former(session: Session, text: str, ids: Mapping[int, AssetRow]) -> dict[int, list[str]]:
    alias = asset_alias.c
    query = sa_select(alias.asset_id, alias.symbol, alias.name, alias.last_seen_at).where(
        or_(alias.symbol == text, alias.name == text), alias.asset_id.in_(list(ids))
    )
    found: dict[int, dict[str, datetime]] = {}
    for asset_id, symbol, name, last_seen_at in session.execute(query):
        called = symbol if symbol.lower() == text.lower() else name
        until = found.setdefault(asset_id, {})
        until[called] = max(last_seen_at, until.get(called, last_seen_at))
    return {
        asset_id: [f"was called {called} until {until.date().isoformat()}" for called, until in names.items()]
        for asset_id, names in found.items()
    }


def _keys(known_by: Sequence[KnownBy], text: str) -> list[str]:
    return [_key_reason(item.source, item.provider_id) for item in known_by if item.provider_id == text]


def _key_reason(source: str, provider_id: str) -> str:
    return f"token id {provider_id} at {_TITLES.get(source, source)}"


def _chains(session: Session, text: str, ids: Mapping[int, AssetRow]) -> dict[int, list[str]]:
    listed = asset_address.c
    query = sa_select(listed.asset_id, listed.chain).where(
        listed.address == normal_address(text), listed.asset_id.in_(list(ids))
    )
    found: dict[int, list[str]] = {}
    for asset_id, chain in session.execute(query.distinct().order_by(listed.chain)):
        found.setdefault(asset_id, []).append(chain)
    return found


def _known_by(session: Session, ids: Mapping[int, AssetRow]) -> dict[int, list[KnownBy]]:
    query = (
        select(AssetRef, Source.name)
        .join(Source, col(Source.source_id) == col(AssetRef.source_id))
        .where(col(AssetRef.asset_id).in_(list(ids)))
        .order_by(col(Source.name), col(AssetRef.provider_id))
    )
    found: dict[int, list[KnownBy]] = {asset_id: [] for asset_id in ids}
    for ref, source in session.exec(query):
        known = KnownBy(source, ref.provider_id, ref.evidence, ref.doubt, ref.linked_at)
        found[ref.asset_id].append(known)
    return found


def known_names(session: Session) -> tuple[str, ...]:
    """Every name and CoinGecko id, for `close_names`."""
    return tuple(known for pair in session.exec(select(Asset.name, Asset.slug)) for known in pair if known)


def close_names(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """The few of these names that look like a text, most like it first; pure, and slow enough to need no session."""
    spelt = {name.lower(): name for name in names}
    wanted = text.strip().lower()[:_LONGEST_TEXT]
    # A likeness below the limit follows from the lengths alone for most of them.
    ratio = LEAST_LIKENESS / (2 - LEAST_LIKENESS)
    near = [name for name in spelt if ratio <= len(name) / max(len(wanted), 1) <= 1 / ratio]
    return tuple(spelt[name] for name in get_close_matches(wanted, near, SUGGESTIONS, LEAST_LIKENESS))
