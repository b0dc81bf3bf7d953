"""Which asset a text means. A symbol that fits several assets is asked back, never guessed."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session

from agent.claims.naming import NamedAsset, entity_names, subject_of
from agent.measuring.errors import AssetNotFound
from agent.store.assets import AssetRow, find_assets, get_assets


def require_asset(session: Session, source: str, text: str) -> AssetRow:
    """The one asset of a source that a text means: its name, symbol, CoinGecko id, address, or `id:NUMBER`.

    A text not in capitals means the asset of that name, if there is one. Raises AssetNotFound.
    """
    text = text.strip()
    kind, _, number = text.partition(":")
    if kind.casefold() == "id" and number.isdigit():
        found = get_assets(session, [int(number)])
        if not found:
            raise AssetNotFound(text, ())
        return found[int(number)]
    rows = [row for row in find_assets(session, text) if source in row.refs]
    named = [row for row in rows if row.name.casefold() == text.casefold() and text != text.upper()]
    meant = named or rows
    if len(meant) != 1:
        raise AssetNotFound(text, [_described(row) for row in meant])
    return meant[0]


def display_names(rows: Iterable[AssetRow]) -> Mapping[int, str]:
    """Names that are safe to print and differ from each other, by asset id."""
    listed = list(rows)
    entities = entity_names(NamedAsset(row.asset_id, row.name, row.symbol) for row in listed)
    return {row.asset_id: entities[subject_of(row.asset_id)].name for row in listed}


def _described(row: AssetRow) -> str:
    rank = f"rank {row.rank}" if row.rank else "not ranked"
    return f"{row.name!r} ({row.symbol}, id:{row.asset_id}, {rank})"
