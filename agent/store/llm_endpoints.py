"""What each model behind each host was found able to do, and how it did lately."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.dialects.sqlite import insert as upsert
from sqlmodel import Session, col, select

from agent.store.records import entity_records
from agent.store.tables import LlmEndpoint

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """A model behind a host, spoken to in one way; `profile` and `breaker` are JSON texts, None where not known."""

    host: str
    model: str
    wire: str
    profile: str | None
    probed_at: datetime | None
    breaker: str | None


def find_endpoint(session: Session, host: str, model: str, wire: str) -> EndpointRow | None:
    """Read what is known of an endpoint, None if nothing is."""
    found = entity_records(session, EndpointRow, select(LlmEndpoint).where(*_key(host, model, wire)))
    return found[0] if found else None


def put_profile(session: Session, host: str, model: str, wire: str, profile: str, probed_at: datetime) -> None:
    """Store what an endpoint was found able to do; how it did lately stays as it is."""
    _put(session, (host, model, wire), {"profile": profile, "probed_at": probed_at})


def put_breaker(session: Session, host: str, model: str, wire: str, breaker: str | None) -> None:
    """Store how an endpoint did lately; what it can do stays as it is."""
    _put(session, (host, model, wire), {"breaker": breaker})


def _put(session: Session, key: tuple[str, str, str], values: dict[str, str | datetime | None]) -> None:
    named = dict(zip(("host", "model", "wire"), key, strict=True))
    new = upsert(LlmEndpoint).values(**named, **values)
    session.execute(new.on_conflict_do_update(index_elements=["host", "model", "wire"], set_=values))


def _key(host: str, model: str, wire: str) -> "tuple[ColumnElement[bool], ...]":
    return (
        col(LlmEndpoint.host) == host,
        col(LlmEndpoint.model) == model,
        col(LlmEndpoint.wire) == wire,
    )
