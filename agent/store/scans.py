"""Whether what a scan of a day stored still says what the store says."""

from datetime import date, datetime

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from agent.store.runs import RunStatus
from agent.store.sources import stored_source_id
from agent.store.tables import CollectionRun, own_grade_day, track_record


def is_scan_current(session: Session, source: str, day: date) -> bool:
    """Whether a day was scanned, and neither was anything collected nor were signals scored after that.

    It errs towards scanning again: a collection counts whatever it brought, and so does one that is running or was
    killed, since nobody knows what it brought. A day without a bar is never scanned.
    """
    number = stored_source_id(session, source)
    own = (own_grade_day.c.source_id == number, own_grade_day.c.day == day)
    scanned_at = session.execute(select(own_grade_day.c.computed_at).where(*own)).scalar_one_or_none()
    if scanned_at is None:
        return False
    return not (_was_collected_after(session, scanned_at) or _was_scored_after(session, number, scanned_at))


def _was_collected_after(session: Session, at: datetime) -> bool:
    finished_at, status = col(CollectionRun.finished_at), col(CollectionRun.status)
    killed = and_(status == RunStatus.FAILED.value, col(CollectionRun.error_class).is_(None))
    brought = or_(col(CollectionRun.written) > 0, col(CollectionRun.revised) > 0, killed)
    changed = or_(status == RunStatus.RUNNING.value, and_(finished_at > at, brought))
    return session.execute(select(CollectionRun.run_id).where(changed).limit(1)).first() is not None


def _was_scored_after(session: Session, source_number: int | None, at: datetime) -> bool:
    later = (track_record.c.source_id == source_number, track_record.c.computed_at > at)
    return session.execute(select(track_record.c.day).where(*later).limit(1)).first() is not None
