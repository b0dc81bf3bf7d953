"""What a scan needs to know of every asset, without the entities behind it: kind, rank, CoinGecko id, categories."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from agent.store.bulk import raw_connection
from agent.store.sources import stored_source_id


@dataclass(frozen=True, slots=True)
class Traits:
    """What an asset is; `rank` is by market value, the largest first, None where the source gives none."""

    kind: str
    rank: int | None
    slug: str | None
    categories: tuple[str, ...]


def asset_traits(session: Session, source: str) -> Mapping[int, Traits]:
    """Read the traits of every asset that a source lists, by asset id."""
    query = (
        "SELECT asset_id, kind, rank, slug, categories FROM asset "
        "WHERE asset_id IN (SELECT asset_id FROM asset_ref WHERE source_id = ?)"
    )
    parsed: dict[str, tuple[str, ...]] = {}  # thousands of assets share a few dozen lists
    found = {}
    for asset_id, kind, rank, slug, text in raw_connection(session).execute(
        query, (stored_source_id(session, source),)
    ):
        if text not in parsed:
            parsed[text] = tuple(json.loads(text))
        found[asset_id] = Traits(kind, rank, slug, parsed[text])
    return found
