"""The providers whose data is stored, and how they want to be named."""

from collections.abc import Mapping

from sqlmodel import Session, col, insert, select, update

from agent.store.tables import Source


def source_id(session: Session, name: str, attribution: str = "") -> int:
    """Give the number of a source, making it when it is new; a non-empty attribution replaces the stored one."""
    found = session.exec(select(Source.source_id, Source.attribution).where(Source.name == name)).first()
    if found is None:
        new = insert(Source).values(name=name, attribution=attribution).returning(col(Source.source_id))
        return int(session.execute(new).scalar_one())
    number, stored = found
    if attribution and attribution != stored:
        session.execute(update(Source).where(col(Source.source_id) == number).values(attribution=attribution))
    return number


def stored_source_id(session: Session, name: str) -> int:
    """Give the number of a source without making it; 0, which no row has, if nothing of it was ever stored."""
    return session.exec(select(Source.source_id).where(Source.name == name)).first() or 0


def attributions(session: Session) -> Mapping[str, str]:
    """How each stored source wants to be named next to its data."""
    return dict(session.exec(select(Source.name, Source.attribution).order_by(Source.name)).all())
