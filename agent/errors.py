"""What can go wrong inside the service.

    CoinbriefError
    ├── NotConfigured       something that was asked for needs a setting that is not there
    └── StoreError          the database; `path` says which file
        ├── StoreMissing    there is no database yet
        ├── StoreBusy       another process is writing and did not finish in time
        ├── SchemaOutdated  the database is older than this version of coinbrief
        ├── SchemaUnknown   the database is newer, or not ours
        ├── Corrupt         the file is damaged
        ├── DiskFull        there is no room to write
        ├── UnsafeLocation  the file lies on a network file system, where its locks do not work
        ├── BadRow          a row breaks a rule of the schema; nothing of its batch was kept
        ├── UnknownAsset    a row names an asset that its source never listed
        ├── UnknownRow      there is no such portfolio, briefing, table or key
        ├── NameTaken       the name is in use
        └── LeaseLost       someone else has taken over the job or the message

A message says what failed and what to do next, and never holds a secret.
"""

from collections.abc import Iterable
from pathlib import Path


class CoinbriefError(Exception):
    """Anything coinbrief reports to a person."""


class NotConfigured(CoinbriefError):
    """Something that was asked for needs a setting that is not there."""


class StoreError(CoinbriefError):
    """The database could not do what was asked; `path` is its file where one is known."""

    def __init__(self, message: str, path: Path | None = None) -> None:
        super().__init__(message)
        self.path = path


class StoreMissing(StoreError):
    """There is no database at this path yet."""


class StoreBusy(StoreError):
    """Another process holds the right to write."""


class SchemaOutdated(StoreError):
    """The database has to be upgraded before it can be used."""


class SchemaUnknown(StoreError):
    """The database was made by a newer version, or by another program."""


class Corrupt(StoreError):
    """The database file is damaged."""


class DiskFull(StoreError):
    """The database could not grow."""


class UnsafeLocation(StoreError):
    """File locks cannot be trusted where the database lies."""


class BadRow(StoreError):
    """A row breaks a constraint."""


class UnknownAsset(StoreError):
    """Rows name assets that the source never listed; `provider_ids` are their keys."""

    def __init__(self, source: str, provider_ids: Iterable[str]) -> None:
        self.source = source
        self.provider_ids = tuple(sorted(provider_ids))
        shown = ", ".join(repr(key) for key in self.provider_ids[:5])
        more = f" and {len(self.provider_ids) - 5} more" if len(self.provider_ids) > 5 else ""
        super().__init__(f"{source} has not listed the assets {shown}{more}: collect its assets first")


class UnknownRow(StoreError):
    """Nothing is stored under this key."""


class NameTaken(StoreError):
    """Something else is stored under this name."""


class LeaseLost(StoreError):
    """The lease ran out and was taken by someone else; stop and change nothing more."""
