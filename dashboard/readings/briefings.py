"""The stored briefings, and the facts behind their figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from agent.briefing.archive import parse_briefing, parse_fact
from agent.briefing.document import Briefing
from agent.briefing.explain import Explanation, explain_fact
from agent.claims.fact import FactRef
from agent.claims.naming import subject_of
from agent.errors import UnknownRow
from agent.store.assets import get_assets
from agent.store.briefings import get_briefing, list_briefings
from agent.store.facts import find_fact
from dashboard.readings.market import display_names

MOST_LISTED = 60


@dataclass(frozen=True, slots=True)
class Listed:
    """A stored briefing in the list."""

    briefing_id: str
    day: date
    edition: str
    revision: int
    writer: str
    step: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Traced:
    """A fact with its inputs, and the printable names of the assets it speaks of, by subject.

    `fault` says why the stored rows could not be read, if they could not; then the explanation has none.
    """

    explanation: Explanation
    names: Mapping[str, str]
    fault: str | None = None


def read_listing(session: Session) -> tuple[Listed, ...]:
    """Read the last briefings of all portfolios, newest first."""
    return tuple(
        Listed(row.briefing_id, row.day, row.edition, row.revision, row.writer, row.step, row.written_at)
        for row in list_briefings(session, limit=MOST_LISTED)
    )


def read_briefing(session: Session, briefing_id: str) -> Briefing | None:
    """Read a briefing; None if there is none with this id."""
    row = get_briefing(session, briefing_id)
    return None if row is None else parse_briefing(row.document)


def read_fact(session: Session, fact_id: str, document_id: str | None) -> Traced:
    """Trace a fact of a document, or of the latest one that has it; raises UnknownRow if there is none."""
    stored = find_fact(session, fact_id, document_id)
    if stored is None:
        raise UnknownRow(f"there is no figure {fact_id!r} here: choose one in a briefing")
    fault = None
    try:
        explanation = explain_fact(session, fact_id, stored.document_id)
    except UnknownRow as error:
        fault = str(error)
        explanation = Explanation(stored.document_id, parse_fact(stored.payload), (), (), ())
    subjects = {subject for subject in _subjects(explanation) if subject.startswith("asset:")}
    rows = get_assets(session, [int(subject.removeprefix("asset:")) for subject in subjects])
    names = {subject_of(asset_id): name for asset_id, name in display_names(rows).items()}
    return Traced(explanation, names, fault)


def _subjects(explanation: Explanation) -> set[str]:
    inputs = [item for item in explanation.fact.derivation.inputs if not isinstance(item, FactRef)]
    keys = {f"asset:{value}" for item in inputs for name, value in item.key if name == "asset_id"}
    own = {explanation.fact.subject, *([explanation.fact.other] if explanation.fact.other else [])}
    return own.union(keys, *(_subjects(part) for part in explanation.facts))
