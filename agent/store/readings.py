"""What models made of the texts that providers wrote, each once for a text's content and a model."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy.dialects.sqlite import insert as upsert
from sqlmodel import Session, col, select

from agent.store.tables import ReportReading

ReadingState = Literal["read", "unreadable"]


@dataclass(frozen=True, slots=True)
class QuotedSpan:
    """Sentences copied from a text, and the numbers of the first and the last of them, counted from 1."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """What a model made of the text with this digest; one of which it made nothing valid is "unreadable"."""

    sha256: str
    model: str
    state: ReadingState
    topics: tuple[str, ...]
    sentiment: str | None
    asset_ids: tuple[int, ...]
    days: tuple[date, ...]
    quotes: tuple[QuotedSpan, ...]
    prompt_sha256: str
    read_at: datetime


def put_reading(session: Session, row: ReadingRow) -> None:
    """Store a reading; one of the same text by the same model is replaced."""
    values: dict[str, Any] = {name: getattr(row, name) for name in ReadingRow.__slots__}
    values["days"] = [day.isoformat() for day in row.days]
    values["quotes"] = [asdict(span) for span in row.quotes]
    new = upsert(ReportReading).values(**values)
    session.execute(new.on_conflict_do_update(index_elements=["sha256", "model"], set_=values))


def digests_read(session: Session, model: str) -> frozenset[str]:
    """The digests of the texts that a model need not read again, the unreadable ones among them."""
    return frozenset(session.exec(select(ReportReading.sha256).where(ReportReading.model == model)))


def latest_readings(session: Session, digests: Collection[str]) -> Mapping[str, ReadingRow]:
    """The last reading of each of these texts, by digest, by whichever model; any is better than an unreadable one."""
    order = (col(ReportReading.state) == "read", col(ReportReading.read_at), col(ReportReading.model))
    found = session.exec(select(ReportReading).where(col(ReportReading.sha256).in_(digests)).order_by(*order))
    return {entity.sha256: _row(entity) for entity in found}  # the last one of each counts


def _row(entity: ReportReading) -> ReadingRow:
    return ReadingRow(
        sha256=entity.sha256,
        model=entity.model,
        state="read" if entity.state == "read" else "unreadable",
        topics=tuple(entity.topics),
        sentiment=entity.sentiment,
        asset_ids=tuple(entity.asset_ids),
        days=tuple(date.fromisoformat(day) for day in entity.days),
        quotes=tuple(QuotedSpan(int(span["start"]), int(span["end"]), str(span["text"])) for span in entity.quotes),
        prompt_sha256=entity.prompt_sha256,
        read_at=entity.read_at,
    )
