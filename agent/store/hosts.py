"""How the hosts did lately, so that every process knows which ones are left alone, and one started later too."""

from collections.abc import Mapping

from sqlalchemy.dialects.sqlite import insert as upsert
from sqlmodel import Session, col, delete, select

from agent.store.tables import HostState
from datasources.breaker import BreakerState


def load_hosts(session: Session) -> dict[str, BreakerState]:
    """The stored state of every host that failed lately; a host that is well has none."""
    rows = session.exec(select(HostState).order_by(HostState.host))
    return {row.host: BreakerState(row.failures, row.opened_at) for row in rows}


def save_hosts(session: Session, states: Mapping[str, BreakerState]) -> int:
    """Store the states this process noted since it loaded them, unless a newer one is stored; returns how many.

    A host that another process began to leave alone after our last outcome stays left alone.
    """
    stored = load_hosts(session)
    newer = {host: state for host, state in sorted(states.items()) if _is_newer(state, stored.get(host))}
    for host, state in newer.items():
        if not state.failures:
            session.execute(delete(HostState).where(col(HostState.host) == host))
            continue
        values = {"failures": state.failures, "opened_at": state.opened_at}
        new = upsert(HostState).values(host=host, **values)
        session.execute(new.on_conflict_do_update(index_elements=["host"], set_=values))
    return len(newer)


def _is_newer(state: BreakerState, stored: BreakerState | None) -> bool:
    if state.noted_at is None:
        return False
    return stored is None or stored.opened_at is None or stored.opened_at <= state.noted_at
