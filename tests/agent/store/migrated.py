"""Empty databases for tests: the schema is built once in a process, and written wherever one is wanted."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from agent.store.engine import Store


def migrated(path: Path, *, lock_timeout_s: float = 30.0) -> Store:
    """A store with today's schema and no row."""
    path.write_bytes(_empty_database())
    path.chmod(0o600)
    return Store(path, lock_timeout_s=lock_timeout_s)


@cache
def _empty_database() -> bytes:
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "empty.db")
        store.upgrade()
        return store.path.read_bytes()
