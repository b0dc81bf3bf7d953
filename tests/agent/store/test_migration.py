import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from agent.errors import SchemaUnknown
from agent.store import migration, revision
from agent.store.engine import Store
from agent.store.sources import attributions, source_id
from agent.store.tables import METADATA

WriteRevision = Callable[..., None]

SECOND = """
revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

from alembic import op
import sqlalchemy as sa

def upgrade():
    with op.batch_alter_table("source") as batch:
        batch.add_column(sa.Column("note", sa.Text))
        batch.create_check_constraint("note", "note <> ''")
    {last}
"""


def schema(path: Path) -> dict[str, str]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'")
    found = {name: re.sub(r"\s+", "", sql) for name, sql in rows}
    connection.close()
    return found


@pytest.fixture
def second_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WriteRevision:
    scripts = tmp_path / "100% scripts"
    shutil.copytree(migration.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))

    def write(last: str = "pass") -> None:
        (scripts / "versions" / "rev_0002.py").write_text(SECOND.format(last=last))
        for module in (revision, migration):
            monkeypatch.setattr(module, "HEAD", "0002")
        monkeypatch.setattr("agent.store.engine.HEAD", "0002")
        monkeypatch.setattr(revision, "REVISIONS", ("0001", "0002"))
        monkeypatch.setattr(migration, "SCRIPTS", scripts)

    return write


def test_a_fresh_upgrade_gives_the_tables_of_the_metadata(store: Store, tmp_path: Path) -> None:
    expected = tmp_path / "expected.db"
    engine = create_engine(f"sqlite:///{expected}")
    METADATA.create_all(engine)
    engine.dispose()
    assert schema(store.path) == schema(expected)


def test_the_revision_the_program_asks_for_is_the_newest_script() -> None:
    scripts = ScriptDirectory.from_config(migration.alembic_config())
    assert scripts.get_current_head() == revision.HEAD
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == revision.REVISIONS


def test_every_constraint_has_a_name() -> None:
    assert [c for table in METADATA.tables.values() for c in table.constraints if not c.name] == []


def test_an_upgrade_creates_the_folder_and_the_database_once(tmp_path: Path) -> None:
    store = Store(tmp_path / "new folder" / "100%.db")
    assert store.upgrade() is True
    assert store.upgrade() is False
    with store.reader() as session:
        assert attributions(session) == {}


def test_a_newer_database_is_left_alone(store: Store) -> None:
    with sqlite3.connect(store.path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(SchemaUnknown, match="newer"):
        store.upgrade()


def test_a_real_upgrade_keeps_the_rows_and_a_copy_of_what_was(store: Store, second_revision: WriteRevision) -> None:
    with store.writer() as session:
        source_id(session, "sandbox", "Invented")
    second_revision()
    assert store.upgrade() is True
    assert "note" in schema(store.path)["source"]
    assert "ck_source_note" in schema(store.path)["source"]
    with store.reader() as session:
        assert attributions(session) == {"sandbox": "Invented"}
    assert "note" not in schema(store.path.with_name(f"{store.path.name}.0001.backup"))["source"]


def test_an_upgrade_that_fails_half_way_can_be_run_again(store: Store, second_revision: WriteRevision) -> None:
    before = schema(store.path)
    second_revision("raise RuntimeError('power cut')")
    with pytest.raises(RuntimeError, match="power cut"):
        store.upgrade(backup=False)
    assert schema(store.path) == before
    second_revision()
    assert store.upgrade(backup=False) is True


def test_the_migration_leaves_nothing_for_autogenerate(store: Store) -> None:
    config = migration.alembic_config()
    engine = create_engine(f"sqlite:///{store.path}")
    with engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.check(config)
    engine.dispose()
