"""What the reader wrote down; the only texts in the store that are the reader's own."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, insert, select

from agent.errors import UnknownRow
from agent.store.columns import storable_text
from agent.store.records import entity_records
from agent.store.tables import Note

MOST_LETTERS = 4000


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A stored note."""

    note_id: int
    written_at: datetime
    text: str


def add_note(session: Session, text: str, written_at: datetime) -> NoteRow:
    """Store a note, without what no text can be stored with; raises ValueError for an empty or a very long one."""
    kept = storable_text(text).strip()
    if not kept:
        raise ValueError("a note needs some text")
    if len(kept) > MOST_LETTERS:
        raise ValueError(f"a note has {MOST_LETTERS:,} characters at most, this one has {len(kept):,}")
    new = insert(Note).values(written_at=written_at, text=kept).returning(col(Note.note_id))
    return NoteRow(int(session.execute(new).scalar_one()), written_at, kept)


def list_notes(session: Session) -> tuple[NoteRow, ...]:
    """Read every note, the newest first."""
    query = select(Note).order_by(col(Note.written_at).desc(), col(Note.note_id).desc())
    return entity_records(session, NoteRow, query)


def remove_note(session: Session, note_id: int) -> None:
    """Forget a note; raises UnknownRow if there is none of this number."""
    gone = session.execute(delete(Note).where(col(Note.note_id) == note_id).returning(col(Note.note_id)))
    if gone.first() is None:
        raise UnknownRow(f"there is no note {note_id}: `coinbrief note list` shows those there are")
