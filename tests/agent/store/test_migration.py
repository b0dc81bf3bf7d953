import re
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from agent.errors import SchemaUnknown
from agent.store import migration, revision
from agent.store.engine import Store
from agent.store.llm_budget import spent_between
from agent.store.llm_calls import LlmCallRow, calls_since
from agent.store.sources import attributions, source_id
from agent.store.tables import METADATA
from datasources.base import Terms

WriteRevision = Callable[..., None]

AFTER_HEAD = f"{int(revision.HEAD) + 1:04d}"
NEXT = f"""
revision = "{AFTER_HEAD}"
down_revision = "{revision.HEAD}"
branch_labels = None
depends_on = None

from alembic import op
import sqlalchemy as sa

def upgrade():
    with op.batch_alter_table("source") as batch:
        batch.add_column(sa.Column("note", sa.Text))
        batch.create_check_constraint("note", "note <> ''")
    {{last}}
"""


def schema(path: Path) -> dict[str, str]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'")
    found = {name: re.sub(r'[\s"]+', "", sql) for name, sql in rows}
    connection.close()
    return found


@pytest.fixture
def next_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WriteRevision:
    scripts = tmp_path / "100% scripts"
    shutil.copytree(migration.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))

    def write(last: str = "pass") -> None:
        (scripts / "versions" / f"rev_{AFTER_HEAD}.py").write_text(NEXT.format(last=last))
        for module in (revision, migration):
            monkeypatch.setattr(module, "HEAD", AFTER_HEAD)
        monkeypatch.setattr("agent.store.engine.HEAD", AFTER_HEAD)
        monkeypatch.setattr(revision, "REVISIONS", (*revision.REVISIONS, AFTER_HEAD))
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


def test_a_real_upgrade_keeps_the_rows_and_a_copy_of_what_was(store: Store, next_revision: WriteRevision) -> None:
    with store.writer() as session:
        source_id(session, "sandbox", Terms("Invented", "", "", None))
    before = revision.HEAD
    next_revision()
    assert store.upgrade() is True
    assert "note" in schema(store.path)["source"]
    assert "ck_source_note" in schema(store.path)["source"]
    with store.reader() as session:
        assert attributions(session) == {"sandbox": "Invented"}
    assert "note" not in schema(store.path.with_name(f"{store.path.name}.{before}.backup"))["source"]


def test_an_upgrade_that_fails_half_way_can_be_run_again(store: Store, next_revision: WriteRevision) -> None:
    before = schema(store.path)
    next_revision("raise RuntimeError('power cut')")
    with pytest.raises(RuntimeError, match="power cut"):
        store.upgrade(backup=False)
    assert schema(store.path) == before
    next_revision()
    assert store.upgrade(backup=False) is True


def test_the_migration_leaves_nothing_for_autogenerate(store: Store) -> None:
    config = migration.alembic_config()
    engine = create_engine(f"sqlite:///{store.path}")
    with engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.check(config)
    engine.dispose()


def test_a_database_of_the_first_release_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    first = (migration.SCRIPTS / "versions" / "rev_0001_first_tables.sql").read_text(encoding="utf-8")
    connection = sqlite3.connect(path)
    connection.executescript(first)
    connection.executescript(
        """
        CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);
        INSERT INTO alembic_version VALUES ('0001');
        INSERT INTO source VALUES (1, 'token_metrics', 'Data by Token Metrics');
        INSERT INTO asset VALUES (1, 'BTC', 'Bitcoin', 'bitcoin', 1, '[]', 1700000000000000, 1700000000000000);
        INSERT INTO asset_ref VALUES (1, '3375', 1);
        INSERT INTO bar_daily VALUES (20000, 1, 1, 1.0, 2.0, 0.5, 1.5, 10.0, 1700000000000000);
        INSERT INTO collection_run VALUES
            (1, 'token_metrics', 'assets', 1, 2, 'ok', NULL, 1, 1, 0, 0, 1, NULL, NULL, NULL);
        INSERT INTO signal VALUES (20000, 1, 1, 'rsi_oversold', -1, 28.0, '{"rsi":28.0}', 1700000000000000);
        """
    )
    connection.close()
    Store(path).upgrade()
    connection = sqlite3.connect(path)
    found = [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("bar_daily", "source")]
    ref = connection.execute("SELECT asset_id, evidence, linked_at FROM asset_ref").fetchall()
    signal = connection.execute("SELECT asset_id, sector, name, value, proven, evidence FROM signal").fetchall()
    connection.close()
    assert found == [1, 1]
    assert signal == [(1, "", "rsi_oversold", 28.0, 0, '{"rsi":28.0}')]
    assert ref == [(1, "new", 1700000000000000)]
    assert path.with_name("old.db.0001.backup").exists()


def test_the_calls_of_the_third_schema_are_kept_and_count_as_spent(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    config = migration.alembic_config()
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        for row in (
            "(7, 'b1', 'briefing', 'm', 'host', 'sha', 100, 20, 5, 1.5, '0.00123', 'ok', 'r1', 1700000000000000)",
            "(8, NULL, 'ask', 'm', 'host', '', 9, 0, 0, 0.5, NULL, 'unavailable', NULL, 1700000000000001)",
        ):
            connection.exec_driver_sql(f"INSERT INTO llm_call VALUES {row}")
    engine.dispose()
    store = Store(path)
    store.upgrade()
    with store.reader() as session:
        first, second = calls_since(session, datetime(2023, 1, 1, tzinfo=UTC))
        booked = spent_between(session, first.called_at, None)
    assert first == LlmCallRow(
        "b1", "briefing", "m", "host", "sha", 100, 20, 5, 1.5, Decimal("0.00123"), "ok", "r1", first.called_at
    )
    assert (second.document_id, second.outcome, second.cost_usd) == (None, "unavailable", None)
    assert (booked.usd, booked.tokens) == (Decimal("0.00123"), 129)
