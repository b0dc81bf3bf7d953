"""What became of the collections of each task: the last one, the last good one, and how many failed since."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from agent.store.runs import RunRow, RunStatus, last_good_run, latest_runs


@dataclass(frozen=True, slots=True)
class TaskHistory:
    """The last run of a task, the last good one (None if there never was one), and the failures since that."""

    last: RunRow
    last_good: RunRow | None
    failures: int


def task_history(session: Session, source: str) -> Mapping[str, TaskHistory]:
    """What became of all tasks of a source, by the key of the task."""
    failed = text(
        "SELECT r.kind, count(*) FROM collection_run AS r WHERE r.source = :source "
        "AND r.status NOT IN ('ok', 'deferred', 'running') AND r.run_id > coalesce((SELECT max(g.run_id) "
        "FROM collection_run AS g WHERE g.source = r.source AND g.kind = r.kind AND g.status = 'ok'), 0) "
        "GROUP BY r.kind"
    )
    failures = {kind: int(count) for kind, count in session.execute(failed, {"source": source})}
    return {
        run.kind: TaskHistory(
            run,
            run if run.status == RunStatus.OK else last_good_run(session, source, run.kind),
            failures.get(run.kind, 0),
        )
        for run in latest_runs(session, source)
    }
