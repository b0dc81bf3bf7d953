"""The providers whose data is stored, how they want to be named, and what their licence allows."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, insert, select, update

from agent.store.bulk import raw_connection
from agent.store.tables import Source
from datasources.base import Terms

_UNKNOWN = Terms(attribution="", url="", licence="", commercial_use=None)


def source_id(session: Session, name: str, terms: Terms | None = None) -> int:
    """Give the number of a source, making it when it is new; terms replace the stored ones."""
    found = session.exec(select(Source).where(Source.name == name)).first()
    if found is None:
        new = insert(Source).values(name=name, **_columns(terms or _UNKNOWN)).returning(col(Source.source_id))
        return int(session.execute(new).scalar_one())
    if terms is not None and terms != _terms(found):
        session.execute(update(Source).where(col(Source.source_id) == found.source_id).values(_columns(terms)))
    return found.source_id


def stored_source_id(session: Session, name: str) -> int:
    """Give the number of a source without making it; 0, which no row has, if nothing of it was ever stored."""
    # Asked for by every reader of every table: a plain statement takes a twentieth of the time.
    found = raw_connection(session).execute("SELECT source_id FROM source WHERE name = ?", (name,)).fetchone()
    return 0 if found is None else int(found[0])


def chain_of(source: str | Sequence[str]) -> tuple[str, ...]:
    """Take one source, or several in order of preference, as a chain of distinct names; raises ValueError for none."""
    chain = (source,) if isinstance(source, str) else tuple(dict.fromkeys(source))
    if not chain:
        raise ValueError("a chain needs at least one source")
    return chain


def stored_source_ids(session: Session, sources: Sequence[str]) -> tuple[int, ...]:
    """Give the numbers of sources in their order, 0 for one of which nothing was ever stored."""
    return tuple(stored_source_id(session, name) for name in sources)


def attributions(session: Session) -> Mapping[str, str]:
    """How each stored source wants to be named next to its data, with its address where it has one."""
    return {
        name: f"{terms.attribution} ({terms.url})" if terms.url and terms.attribution else terms.attribution
        for name, terms in stored_terms(session).items()
    }


def stored_terms(session: Session) -> Mapping[str, Terms]:
    """The terms of every stored source, by name."""
    return {row.name: _terms(row) for row in session.exec(select(Source).order_by(Source.name))}


def _terms(row: Source) -> Terms:
    return Terms(row.attribution, row.url, row.licence, row.commercial_use)


def _columns(terms: Terms) -> dict[str, str | bool | None]:
    return {
        "attribution": terms.attribution,
        "url": terms.url,
        "licence": terms.licence,
        "commercial_use": terms.commercial_use,
    }
