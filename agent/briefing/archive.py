"""A briefing as JSON text and back, without loss: what is stored is what every surface shows."""

from functools import cache

from pydantic import TypeAdapter

from agent.briefing.document import Briefing
from agent.claims.fact import Fact
from agent.store.briefings import BriefingRow
from agent.store.facts import FactRow


@cache
def _briefings() -> TypeAdapter[Briefing]:
    return TypeAdapter(Briefing)


@cache
def _facts() -> TypeAdapter[Fact]:
    return TypeAdapter(Fact)


def briefing_json(briefing: Briefing) -> str:
    """The briefing as JSON; the same briefing gives the same text."""
    return _briefings().dump_json(briefing).decode()


def parse_briefing(text: str) -> Briefing:
    """The briefing of a JSON text; raises ValueError for a text that is none."""
    return _briefings().validate_json(text)


def fact_json(fact: Fact) -> str:
    """A fact as JSON."""
    return _facts().dump_json(fact).decode()


def parse_fact(text: str) -> Fact:
    """The fact of a JSON text; raises ValueError for a text that is none."""
    return _facts().validate_json(text)


def fact_row(document_id: str, fact: Fact) -> FactRow:
    """The fact as the store keeps it."""
    return FactRow(document_id, fact.fact_id, fact.subject, fact.metric.value, fact_json(fact))


def briefing_row(briefing: Briefing, portfolio_id: int, report: str) -> BriefingRow:
    """The briefing as the store keeps it; `report` is the writing report as JSON."""
    writer = briefing.writer
    return BriefingRow(
        briefing_id=briefing.briefing_id,
        portfolio_id=portfolio_id,
        day=briefing.day,
        edition=briefing.edition,
        revision=briefing.revision,
        as_of=briefing.as_of,
        written_at=briefing.written_at,
        writer=writer.name,
        step=writer.step,
        model=writer.name.removeprefix("model ") if writer.name.startswith("model ") else None,
        prompt_sha256=writer.prompt_sha256,
        verifier_version=briefing.verifier_version,
        snapshot_sha256=briefing.snapshot_sha256,
        document=briefing_json(briefing),
        report=report,
    )
