"""A small sandbox market behind a real loopback server, and stores to collect it into."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile

from agent.jobs.collect import Collector, Extent
from agent.jobs.progress import KindReport
from agent.store.engine import Store
from agent.store.runs import RunStatus
from datasources.records import DataKind
from datasources.registry import open_source
from datasources.sandbox.market import SandboxMarket
from datasources.sandbox.server import DEMO_API_KEY, RunningSandbox

NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
TODAY = NOW.date()
LAST_CLOSE = TODAY - timedelta(days=1)
SMALL = Extent(universe=5, history_days=40)
USUAL = Extent(universe=12, history_days=120)
BITCOIN, ETHEREUM = "3375", "3306"


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Watcher:
    """Remembers what a collection told."""

    def __init__(self) -> None:
        self.reports: list[KindReport] = []
        self.kinds: list[DataKind] = []
        self.on_started: Callable[[DataKind], None] = lambda _kind: None

    def started(self, source: str, kind: DataKind) -> None:
        self.kinds.append(kind)
        self.on_started(kind)

    def received(self, rows: int) -> None:
        pass

    def finished(self, report: KindReport) -> None:
        self.reports.append(report)


async def no_sleep(_seconds: float) -> None:
    """Go on at once."""


@dataclass
class World:
    """A running sandbox whose clock and faults a test may change."""

    running: RunningSandbox
    clock: Clock
    watcher: Watcher = field(default_factory=Watcher)

    def collector(self, store: Store, extent: Extent = SMALL, api_key: str = DEMO_API_KEY) -> Collector:
        source = open_source(
            "sandbox",
            base_url=self.running.base_url,
            api_key=api_key,
            requests_per_minute=1e9,
            timeout_s=10.0,
            max_attempts=2,
            clock=self.clock,
            sleep=no_sleep,
            rng=random.Random(1),
        )
        return Collector(store, source, extent, self.clock, self.watcher)

    def collect(
        self, store: Store, wanted: Sequence[DataKind] | None = None, extent: Extent = SMALL, **more: str
    ) -> dict[DataKind, KindReport]:
        return {report.kind: report for report in self.collector(store, extent, **more).collect(wanted)}

    def asked(self) -> dict[str, int]:
        """How often each endpoint was asked since the last time, without those that were not."""
        counts = {path.removeprefix("/v2/"): number for path, number in self.running.requests.items()}
        self.running.requests.clear()
        return counts

    def forget(self) -> "World":
        """As new for the next test."""
        self.running.faults.clear()
        self.running.requests.clear()
        self.clock.now = NOW
        self.watcher = Watcher()
        return self


def statuses(reports: dict[DataKind, KindReport]) -> dict[DataKind, RunStatus]:
    return {kind: report.status for kind, report in reports.items()}


def copied(template: Path, folder: Path, name: str = "store.db") -> Store:
    """A store of one's own with what a closed template holds."""
    path = folder / name
    copyfile(template, path)
    path.chmod(0o600)
    return Store(path, lock_timeout_s=5)


def new_market() -> SandboxMarket:
    return SandboxMarket(40, 7)
