"""Assets that their source no longer lists."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from agent.identity.reading import marks, owner_of, read_ground, read_refs
from agent.store.bulk import raw_connection
from agent.store.columns import instant_number
from agent.store.sources import stored_source_id


def mark_missing(
    session: Session, source: str, listed_keys: Collection[str], at: datetime, *, owner: str | None = None
) -> int:
    """Make the assets inactive that a complete list of their source does not have; give their number.

    Only for a list that was fetched to its end. As in `store_listings`, the word of the source that owns an asset
    counts, and an asset listed since then stays as it is. An empty list is no list: it changes nothing.
    """
    number = stored_source_id(session, source)
    if not number or not listed_keys:
        return 0
    connection = raw_connection(session)
    ground = read_ground(connection, source, owner)
    query = (
        "SELECT asset_ref.asset_id FROM asset_ref JOIN asset USING (asset_id) WHERE source_id = ? AND NOT inactive "
        "AND last_seen_at <= ? AND provider_id NOT IN (SELECT value FROM json_each(?))"
    )
    rows = connection.execute(query, (number, instant_number(at), marks(listed_keys)))
    refs = read_refs(connection, [asset_id for (asset_id,) in rows])
    gone = [(asset_id,) for asset_id, found in refs.items() if owner_of(found, ground.owner_id) == number]
    connection.executemany("UPDATE asset SET inactive = 1 WHERE asset_id = ?", gone)
    return len(gone)
