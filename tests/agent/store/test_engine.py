import os
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agent.errors import BadRow, Corrupt, SchemaOutdated, SchemaUnknown, StoreBusy, StoreError, StoreMissing
from agent.store.engine import Store
from agent.store.lock import write_lock
from agent.store.revision import HEAD, REVISIONS
from agent.store.sources import attributions, source_id
from datasources.base import Terms

HOLD_THE_LOCK = """
import sys
from pathlib import Path
from agent.store.lock import write_lock
with write_lock(Path(sys.argv[1]), 5):
    print("held", flush=True)
    sys.stdin.read()
"""

WRITE_AND_WAIT = """
import sys
from pathlib import Path
from agent.store.engine import Store
from agent.store.bulk import raw_connection
with Store(Path(sys.argv[1])).writer() as session:
    raw = raw_connection(session)
    raw.execute("PRAGMA cache_size=10")  # spill to the log while the transaction is open
    rows = ((f"s{n}", "x" * 500) for n in range(5000))
    raw.executemany("INSERT INTO source (name, attribution, url, licence) VALUES (?, ?, '', '')", rows)
    print("written", flush=True)
    sys.stdin.read()
"""


def start(program: str, path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() in {"held", "written"}
    return process


def stop(process: subprocess.Popen[str]) -> None:
    process.communicate("")


def test_what_a_writer_stores_a_reader_sees(store: Store) -> None:
    with store.writer() as session:
        source_id(session, "sandbox", Terms("Invented", "", "", None))
    with store.reader() as session:
        assert attributions(session) == {"sandbox": "Invented"}


def test_an_error_in_a_write_transaction_leaves_nothing_behind(store: Store) -> None:
    def write_and_fail() -> None:
        with store.writer() as session:
            source_id(session, "sandbox")
            raise RuntimeError("out of luck")

    with pytest.raises(RuntimeError, match="out of luck"):
        write_and_fail()
    with store.reader() as session:
        assert attributions(session) == {}


def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError, match="readonly"), store.reader() as session:
        source_id(session, "sandbox")


def test_a_reader_keeps_seeing_the_state_it_began_with(store: Store) -> None:
    with store.reader() as reading:
        assert attributions(reading) == {}
        with store.writer() as session:
            source_id(session, "sandbox")
        assert attributions(reading) == {}


def test_without_a_database_the_message_says_how_to_make_one(tmp_path: Path) -> None:
    store = Store(tmp_path / "none.db")
    for opened in (store.reader, store.writer):
        with pytest.raises(StoreMissing, match="coinbrief collect"), opened():
            pass
    assert not store.path.exists()


def test_a_schema_nobody_knows_is_refused(store: Store) -> None:
    with sqlite3.connect(store.path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.close()
    with pytest.raises(SchemaUnknown, match="0000"), store.reader():
        pass


def test_an_outdated_schema_is_named_with_the_way_out(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.store.revision.HEAD", "9999")
    monkeypatch.setattr("agent.store.revision.REVISIONS", (*REVISIONS, "9999"))
    for opened in (store.reader, store.writer):
        with pytest.raises(SchemaOutdated, match=f"schema {HEAD}, this version of coinbrief needs 9999"), opened():
            pass


def test_a_file_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE notes (text)")
    connection.close()
    with pytest.raises(SchemaUnknown, match="not made by coinbrief"):
        Store(path).upgrade()


def test_a_file_that_is_no_database_is_reported_as_damaged(tmp_path: Path) -> None:
    path = tmp_path / "broken.db"
    path.write_bytes(b"this is not a database, but it is long enough to look at" * 20)
    with pytest.raises(Corrupt, match="restore a backup"), Store(path).reader():
        pass


def test_a_broken_rule_is_reported_as_a_bad_row(store: Store) -> None:
    with pytest.raises(BadRow, match="UNIQUE"), store.writer() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO source (name, attribution, url, licence) VALUES ('a', '', '', ''), ('a', '', '', '')"
        )


def test_only_the_owner_can_read_the_files(tmp_path: Path) -> None:
    store = Store(tmp_path / "data" / "store.db")
    store.upgrade()
    with store.writer() as session:
        source_id(session, "sandbox")
        files = sorted(path.name for path in store.path.parent.iterdir())
        modes = {path.stat().st_mode & 0o777 for path in store.path.parent.iterdir()}
    assert files == ["store.db", "store.db-shm", "store.db-wal", "store.db.lock"]
    assert modes == {0o600}
    assert store.path.parent.stat().st_mode & 0o777 == 0o700


def test_a_writer_waits_for_another_process_and_says_which(store: Store) -> None:
    process = start(HOLD_THE_LOCK, Path(f"{store.path}.lock"))
    impatient = Store(store.path, lock_timeout_s=0.05)
    with pytest.raises(StoreBusy, match=f"process {process.pid} has been writing"), impatient.writer():
        pass
    stop(process)
    with impatient.writer() as session:
        source_id(session, "sandbox")


def test_a_writer_within_a_writer_says_that_it_waits_for_itself(store: Store) -> None:
    inner = Store(store.path, lock_timeout_s=0)
    with store.writer(), pytest.raises(StoreBusy, match="this process itself"), inner.writer():
        pass


def test_the_lock_is_asked_for_until_the_time_is_over(tmp_path: Path) -> None:
    clock = iter([0.0, 1.0, 2.0, 3.0])
    pauses: list[float] = []
    with (
        write_lock(tmp_path / "lock", 1),
        pytest.raises(StoreBusy, match="more than 3 s"),
        write_lock(tmp_path / "lock", 3, monotonic=lambda: next(clock), sleep=pauses.append),
    ):
        pass
    assert len(pauses) == 2


def test_a_writer_killed_half_way_leaves_no_part_of_its_batch(store: Store) -> None:
    process = start(WRITE_AND_WAIT, store.path)
    assert Path(f"{store.path}-wal").stat().st_size > 1_000_000
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    with store.reader() as session:
        assert attributions(session) == {}
    with store.writer() as session:
        source_id(session, "after")
    assert store.check().sound


def test_threads_write_one_after_the_other(store: Store) -> None:
    def add(number: int) -> None:
        with store.writer() as session:
            source_id(session, f"s{number}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(8)))
    with store.reader() as session:
        assert set(attributions(session)) == {f"s{number}" for number in range(8)}


def test_a_grown_log_is_moved_into_the_database_after_the_commit(store: Store) -> None:
    with store.reader() as reading:
        attributions(reading)
        reading.rollback()  # still connected, so that closing the writer does not move the log
        with store.writer() as session:
            for number in range(60):
                source_id(session, f"s{number}", Terms("x" * 100_000, "", "", None))
        assert store.path.stat().st_size > 5_000_000


def test_a_long_read_is_logged(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    ticks = iter([0.0, 3.5])
    with Store(store.path, monotonic=lambda: next(ticks)).reader():
        pass
    assert "held the database for 3.5 s" in caplog.text


def test_a_sound_database_is_found_sound(store: Store) -> None:
    health = store.check()
    assert health.sound
    assert health.revision == HEAD


def test_rows_without_their_parents_are_found(store: Store) -> None:
    with sqlite3.connect(store.path) as connection:
        connection.execute("INSERT INTO asset_ref VALUES (7, 'x', 9, 'new', NULL, 0)")
    connection.close()
    health = store.check()
    assert health.faults == (
        "rows of asset_ref refer to rows of asset that do not exist",
        "rows of asset_ref refer to rows of source that do not exist",
    )


def test_a_backup_is_a_whole_database_of_its_own(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "copies" / "monday.db"
    with store.writer() as session:
        source_id(session, "sandbox", Terms("Invented", "", "", None))
    with store.writer() as session:
        source_id(session, "not yet committed")
        store.backup(target)
    assert [path.name for path in target.parent.iterdir()] == ["monday.db"]
    assert target.stat().st_mode & 0o777 == 0o600
    restored = Store(target)
    assert restored.check().sound
    with restored.reader() as session:
        assert attributions(session) == {"sandbox": "Invented"}


def test_a_backup_never_replaces_the_database_itself(store: Store) -> None:
    with pytest.raises(StoreError, match="the database itself"):
        store.backup(store.path)


def test_naming_the_store_loads_neither_pandas_nor_alembic() -> None:
    program = (
        "import sys, pkgutil, importlib, agent.store\n"
        "names = [m.name for m in pkgutil.iter_modules(agent.store.__path__) if m.name != 'migration']\n"
        "[importlib.import_module(f'agent.store.{name}') for name in names]\n"
        "print({'pandas', 'alembic', 'matplotlib', 'openai'} & set(sys.modules))"
    )
    root = str(Path(__file__).parents[3])
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root)
    assert answer.stdout.strip() == "set()"


def test_an_upgrade_with_nothing_to_do_is_quick(store: Store) -> None:
    started = time.perf_counter()
    assert store.upgrade() is False
    assert time.perf_counter() - started < 0.3
