from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import copyfile

import pytest

from agent.store.engine import Store
from agent.store.outbox import NewMessage, enqueue
from agent.store.tables import Briefing, Portfolio
from tests.agent.store.migrated import migrated

START = datetime(2025, 10, 11, 7, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with one briefing and no message; the schema is built once for all tests."""
    path = tmp_path_factory.mktemp("outbox") / "empty.db"
    store = migrated(path)
    with store.writer() as session:
        session.add(Portfolio(portfolio_id=1, name="main", created_at=START))
        session.flush()
        day = date(2025, 10, 11)
        session.add(
            Briefing(
                briefing_id="b1", portfolio_id=1, day=day, edition="morning", revision=1, as_of=day, written_at=START,
                writer="template", model=None, step="template", prompt_sha256=None, verifier_version="1",
                snapshot_sha256="0", document="{}", report="{}",
            )
        )  # fmt: skip
    copy = path.with_name("copy.db")
    store.backup(copy)
    return copy


@pytest.fixture
def queued(empty_database: Path, tmp_path: Path) -> Callable[..., Store]:
    """A database of its own with so many messages to send."""

    def build(count: int = 1, name: str = "store.db", channel: str = "email") -> Store:
        path = tmp_path / name
        copyfile(empty_database, path)
        store = Store(path)
        with store.writer() as session:
            for number in range(count):
                payload = f"From: brief@example.org\r\nMessage-ID: <{number}@example.org>\r\n\r\nbody".encode()
                message = NewMessage(
                    f"key-{number}", "b1", channel, "ada@example.org", f"<{number}@example.org>", payload
                )
                enqueue(session, message, START)
        return store

    return build
