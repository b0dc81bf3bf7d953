"""What it means that connections stay open between two uses."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from shutil import copyfile

import pytest

from agent.errors import StoreMissing
from agent.store.connection import open_reader
from agent.store.engine import Store
from agent.store.pool import pooled_engine
from agent.store.sources import attributions, source_id

FORK = """
import os, sys
from pathlib import Path
from agent.store.engine import Store
from agent.store.sources import attributions, source_id
from tests.agent.store.test_pool import open_files

store = Store(Path(sys.argv[1]))

def add(name):
    with store.writer() as session:
        source_id(session, name)

add("before")
with store.reader() as session:
    assert attributions(session)
child = os.fork()
if child == 0:
    print(len(open_files(store.path)), flush=True)
    add("child")
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
add("parent")
with store.reader() as session:
    print(*sorted(attributions(session)))
"""


def open_files(path: Path) -> list[str]:
    """The files of a database that this process has open, as the operating system lists them."""
    found = []
    for link in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the listing's own
            found.append(str(link.readlink()))
    return [target for target in found if target.startswith(str(path))]


def names(store: Store) -> set[str]:
    with store.reader() as session:
        return set(attributions(session))


def add(store: Store, name: str) -> None:
    with store.writer() as session:
        source_id(session, name)


def test_a_commit_is_on_the_disk_before_it_counts(store: Store) -> None:
    spec = find_spec("agent.store.connection")
    assert spec is not None
    assert spec.loader is not None
    as_installed = module_from_spec(spec)  # our tests' own does not wait for the disk
    spec.loader.exec_module(as_installed)
    with closing(as_installed.open_writer(store.path)) as raw:
        assert raw.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_one_connection_serves_one_use_after_another(store: Store) -> None:
    opened = []

    def opener(path: Path) -> sqlite3.Connection:
        opened.append(path)
        return open_reader(path)

    engine = pooled_engine(store.path, opener, "BEGIN", 1)
    for _ in range(3):
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1 FROM source")
    assert len(opened) == 1
    with engine.connect(), engine.connect(), engine.connect():
        assert len(opened) == 3
    engine.dispose()
    assert open_files(store.path) == []


def test_an_idle_store_holds_back_no_checkpoint_and_no_other_program(store: Store) -> None:
    add(store, "a")
    assert names(store) == {"a"}
    assert open_files(store.path) != []
    with closing(sqlite3.connect(store.path, timeout=0)) as other:
        other.execute("INSERT INTO source (name, attribution, url, licence) VALUES ('b', '', '', '')")
        other.commit()
        assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)
    assert names(store) == {"a", "b"}


def test_after_a_write_the_file_is_whole_without_its_log_though_others_have_it_open(
    store: Store, tmp_path: Path
) -> None:
    assert names(store) == set()
    add(store, "a")
    copyfile(store.path, tmp_path / "alone.db")
    assert names(Store(tmp_path / "alone.db")) == {"a"}


def test_closing_a_store_closes_its_files_and_removes_its_log(store: Store) -> None:
    add(store, "a")
    assert names(store) == {"a"}
    assert len(open_files(store.path)) > 1
    store.close()
    assert open_files(store.path) == []
    assert not Path(f"{store.path}-wal").exists()


def test_a_store_that_is_forgotten_closes_its_files(new_store: Callable[[str], Store]) -> None:
    store = new_store("short")
    path = store.path
    add(store, "a")
    assert open_files(path) != []
    del store
    assert open_files(path) == []


def test_a_closed_store_can_be_used_again(store: Store) -> None:
    add(store, "a")
    store.close()
    add(store, "b")
    assert names(store) == {"a", "b"}


def test_a_restored_backup_is_what_is_read_and_written_next(store: Store, tmp_path: Path) -> None:
    add(store, "kept")
    store.backup(tmp_path / "monday.db")
    add(store, "lost")
    assert names(store) == {"kept", "lost"}
    (tmp_path / "monday.db").replace(store.path)
    for suffix in ("-wal", "-shm"):
        Path(f"{store.path}{suffix}").unlink()
    assert names(store) == {"kept"}
    add(store, "new")
    store.close()
    assert names(Store(store.path)) == {"kept", "new"}


def test_a_database_that_was_taken_away_is_missed(store: Store) -> None:
    assert names(store) == set()
    store.path.unlink()
    for opened in (store.reader, store.writer):
        with pytest.raises(StoreMissing), opened():
            pass


def test_what_a_failed_write_left_is_not_there_for_the_next_use_of_its_connection(store: Store) -> None:
    def write_and_fail() -> None:
        with store.writer() as session:
            source_id(session, "half")
            session.connection().exec_driver_sql("CREATE TEMP TABLE incoming (a)")
            raise RuntimeError("out of luck")

    with pytest.raises(RuntimeError, match="out of luck"):
        write_and_fail()
    with store.writer() as session:
        session.connection().exec_driver_sql("CREATE TEMP TABLE incoming (a)")
    assert names(store) == set()


def test_many_threads_read_and_write_and_each_reader_sees_one_state(store: Store) -> None:
    def work(number: int) -> None:
        add(store, f"s{number}")
        with store.reader() as session:
            first = attributions(session)
            assert f"s{number}" in first
            assert attributions(session) == first

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(24)))
    assert names(store) == {f"s{number}" for number in range(24)}
    assert len(open_files(store.path)) <= 3 * 5 + 1  # four readers and a writer, whoever was there at once


def test_no_open_connection_goes_into_a_fork(store: Store) -> None:
    root = str(Path(__file__).parents[3])
    answer = subprocess.run(
        [sys.executable, "-c", FORK, str(store.path)], capture_output=True, text=True, check=False, cwd=root
    )
    assert answer.stdout.split("\n")[:2] == ["0", "before child parent"], answer.stderr
    assert store.check().sound
