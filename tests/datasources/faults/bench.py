"""Every source against one sandbox, and what each gives while a fault is on."""

import asyncio
import random
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from datasources.access import Access
from datasources.base import Query, Source, Terms
from datasources.coin_metrics.source import CoinMetricsSource
from datasources.errors import RateLimited, SourceError
from datasources.natural_keys import natural_key
from datasources.records import DataKind, QuarantinedRow, Record
from datasources.registry import open_source
from datasources.sandbox.faults import Fault
from datasources.sandbox.server import DEMO_API_KEY, RunningSandbox

NOW = datetime(2023, 10, 11, 6, 0, tzinfo=UTC)
PATIENCE_S = 10.0
IMPATIENCE_S = 0.1
KEY = {"api_key": DEMO_API_KEY}


@dataclass(frozen=True)
class Case:
    """One kind of data of one provider, asked for in one way."""

    provider: str
    kind: DataKind
    query: Query
    at: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        version = "-v3" if self.at == "/v3" else ""
        return f"{self.provider}{version}-{self.kind}"


@dataclass(frozen=True)
class Outcome:
    """All that a fetch gave."""

    records: tuple[Record, ...]
    quarantined: tuple[QuarantinedRow, ...]
    error: SourceError | None

    @cached_property
    def by_key(self) -> dict[tuple[Hashable, ...], Record]:
        """The records by what they are about; fails if two are about the same."""
        found = {(type(record), *natural_key(record)): record for record in self.records}
        assert len(found) == len(self.records), "a record came twice"
        return found


async def no_sleep(_seconds: float) -> None:
    """Take no time."""


class Bench:
    """Sources that are opened once and used for many faults."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self._sandbox = sandbox
        self._runner = asyncio.Runner()
        self._sources: dict[tuple[str, str, float, int], Source] = {}
        self._truths: dict[str, Outcome] = {}

    def truth(self, case: Case) -> Outcome:
        """What the undisturbed sandbox gives."""
        if str(case) not in self._truths:
            self._truths[str(case)] = self.fetch(case)
            assert self._truths[str(case)].error is None, self._truths[str(case)].error
            assert self._truths[str(case)].records, f"the sandbox has nothing for {case}"
        return self._truths[str(case)]

    def fetch(self, case: Case, *faults: Fault, timeout_s: float = PATIENCE_S, attempts: int = 1) -> Outcome:
        """Fetch while the faults are planned; anything but a SourceError goes through."""
        self._sandbox.faults.clear()
        for fault in faults:
            self._sandbox.faults.add(fault)
        try:
            return self._runner.run(_fetch(self._source(case, timeout_s, attempts), case))
        finally:
            self._sandbox.faults.clear()

    def forget(self) -> None:
        """Open new sources from now on: the old ones may have been told to wait."""
        for source in self._sources.values():
            self._runner.run(source.aclose())
        self._sources.clear()

    def forget_if_told_to_wait(self, given: Outcome) -> None:
        """Open new sources after a rate limit."""
        if isinstance(given.error, RateLimited):
            self.forget()

    def close(self) -> None:
        """Close all."""
        self.forget()
        self._runner.close()

    def _source(self, case: Case, timeout_s: float, attempts: int) -> Source:
        key = case.provider, case.at, timeout_s, attempts
        if key not in self._sources:
            self._sources[key] = self._open(case, timeout_s, attempts)
        if isinstance(source := self._sources[key], CoinMetricsSource):
            source._catalogue = None  # one that was read before would hide the faults of reading it
        return self._sources[key]

    def _open(self, case: Case, timeout_s: float, attempts: int) -> Source:
        origin = self._sandbox.origin
        access = Access(
            f"{origin}{case.at}",
            lambda: NOW,
            6_000_000,
            timeout_s=timeout_s,
            max_attempts=attempts,
            sleep=no_sleep,
            rng=random.Random(1),
        )
        options = {name: f"{origin}{value}" if name.endswith("_url") else value for name, value in case.options.items()}
        return open_source(case.provider, case.provider, Terms("Invented", "", "none", None), access, **options)


async def _fetch(source: Source, case: Case) -> Outcome:
    records: list[Record] = []
    quarantined: list[QuarantinedRow] = []
    try:
        async for batch in source.fetch(case.kind, case.query):
            records += batch.records
            quarantined += batch.quarantined
    except SourceError as error:
        return Outcome(tuple(records), tuple(quarantined), error)
    return Outcome(tuple(records), tuple(quarantined), None)
