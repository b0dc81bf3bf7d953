"""Which asset a text means: its number, symbol, name or CoinGecko id; several are asked back, never guessed."""

import re
from collections.abc import Iterable, Sequence

from sqlmodel import Session

from agent.ask.mention_index import FEWEST_LETTERS, is_one_edit
from agent.ask.tools import Candidate, ToolStatus
from agent.ask.toolset.market_read import MarketRead
from agent.ask.toolset.result import Unresolved
from agent.claims.figures import day_text
from agent.claims.naming import subject_of
from agent.identity.search import close_names, known_names
from agent.store.assets import AssetRow, find_assets, get_assets

_NUMBER = re.compile(r"(?:id\s*:?\s*|#)(\d{1,12})", re.IGNORECASE)
_SEEN_CANDIDATES = 6


def candidates(read: MarketRead, text: str) -> tuple[Candidate, ...]:
    """The assets with prices that a text may mean, best ranked first.

    One not written in capitals means the asset of that name, if there is one.
    """
    with read.store.reader() as session:
        rows = _rows(session, text.strip())
        values = _market_values(read, session, [row.asset_id for row in rows]) if len(rows) > 1 else {}
    rows = _priced(read, rows)
    read.names.add((row.asset_id, row.name, row.symbol) for row in rows)
    named = read.entities(subject_of(row.asset_id) for row in rows)
    return tuple(
        Candidate(
            row.asset_id,
            named[subject_of(row.asset_id)].name,
            named[subject_of(row.asset_id)].symbol,
            row.rank,
            values.get(row.asset_id),
        )
        for row in rows
    )


def similar(read: MarketRead, text: str) -> tuple[Candidate, ...]:
    """The assets with prices whose name is one edit away from a text; none for one of fewer than five letters."""
    wanted = text.strip().casefold()
    if len(wanted) < FEWEST_LETTERS:
        return ()
    with read.store.reader() as session:
        close = [name for name in known_names(session) if is_one_edit(wanted, name.casefold())]
    found = {item.asset_id: item for name in close for item in candidates(read, name)}
    return tuple(found.values())


def require(read: MarketRead, text: str) -> Candidate:
    """The one asset that a text means; raises Unresolved for none and for several."""
    found = candidates(read, text)
    if len(found) == 1:
        return found[0]
    if found:
        raise Unresolved(ToolStatus.AMBIGUOUS, "; ".join(item.label for item in found), found)
    raise Unresolved(ToolStatus.UNKNOWN, _unknown_note(read, text))


def _priced(read: MarketRead, rows: Iterable[AssetRow]) -> list[AssetRow]:
    """Those that a source of prices lists, or that are held."""
    known = {*read.price_chain}
    return [row for row in rows if known & row.refs.keys() or row.asset_id in read.held.ids]


def _rows(session: Session, text: str) -> list[AssetRow]:
    if (numbered := _NUMBER.fullmatch(text)) is not None:
        return list(get_assets(session, [int(numbered[1])]).values())
    rows = find_assets(session, text)
    named = [row for row in rows if row.name.casefold() == text.casefold() and text != text.upper()]
    return named or list(rows)


def _market_values(read: MarketRead, session: Session, ids: Sequence[int]) -> dict[int, float]:
    from agent.ask.toolset.reported import latest_values  # noqa: PLC0415 - it reads assets by these names itself

    return latest_values(read, session, ids)


def _unknown_note(read: MarketRead, text: str) -> str:
    """What is not known, and names close to it; they come from the data and are printed only if they are safe."""
    with read.store.reader() as session:
        names = known_names(session)
    close = close_names(text, names)
    with read.store.reader() as session:
        found = {row.asset_id: row for name in close for row in find_assets(session, name)}
    rows = {row.asset_id: row for row in _priced(read, found.values())}
    read.names.add((row.asset_id, row.name, row.symbol) for row in rows.values())
    entities = read.entities(subject_of(key) for key in rows)
    shown = list(dict.fromkeys(entity.name for entity in entities.values()))[:_SEEN_CANDIDATES]
    note = f"no asset of that name is in the data up to {day_text(read.market_day)}"
    return f"{note}; did you mean {' or '.join(shown)}?" if shown else note
