"""Upgrades of the schema with Alembic, each in one transaction, so that an interrupted one can be run again."""

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from agent.errors import BadRow
from agent.store.backup import backup as write_backup
from agent.store.connection import checkpoint, driver_connection, writer_engine
from agent.store.revision import HEAD, require_known, stored_revision

SCRIPTS = Path(__file__).parent / "migrations"


def migrate(path: Path, *, backup: bool = True) -> bool:
    """Bring the database to the newest schema; True if anything was done. Call it with the write lock held.

    A database that holds data is first copied to `<name>.<revision>.backup` beside it.
    """
    revision = stored_revision(path)
    if revision == HEAD:
        return False
    if revision is not None:
        require_known(revision, path)
        if backup:
            write_backup(path, path.with_name(f"{path.name}.{revision}.backup"))
    engine = writer_engine(path)
    event.listen(engine, "connect", _suspend_foreign_keys)
    _upgrade(engine, path)
    return True


def alembic_config() -> Config:
    """Configure Alembic from the installed package, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(engine: Engine, path: Path) -> None:
    config = alembic_config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        with connection.begin():
            command.upgrade(config, "head")
            _require_references(connection, path)
        checkpoint(driver_connection(connection), path)


def _require_references(connection: Connection, path: Path) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        tables = ", ".join(sorted({str(row[0]) for row in broken}))
        raise BadRow(f"upgrading {path} would leave rows without their parents in {tables}; nothing was changed", path)


def _suspend_foreign_keys(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    # A rebuilt table is dropped for a moment; the references are checked before the commit instead.
    del entry
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA foreign_keys=OFF")
