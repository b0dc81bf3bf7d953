"""What a scan needs to know of every asset, without the entities behind it: kind, rank, CoinGecko id, categories."""

import json
from collections.abc import Mapping
from typing import NamedTuple

from sqlmodel import Session

from agent.store.bulk import raw_connection
from agent.store.sources import stored_source_id


class Traits(NamedTuple):
    """What an asset is; `rank` is by market value, the largest first, None where the source gives none.

    A named tuple, because thousands are made for every scan: a frozen dataclass takes three times as long.
    """

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
    rows = raw_connection(session).execute(query, (stored_source_id(session, source),)).fetchall()
    parsed = {text: tuple(json.loads(text)) for text in {row[-1] for row in rows}}  # thousands share a few dozen lists
    return {asset_id: Traits(kind, rank, slug, parsed[text]) for asset_id, kind, rank, slug, text in rows}
