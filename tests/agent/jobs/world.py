"""A small sandbox market behind a real loopback server, and stores to collect it into."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

from agent.identity.overrides import NO_OVERRIDES, Overrides
from agent.jobs.budget import Budget
from agent.jobs.collect import Collector, Extent
from agent.jobs.collection import Account, Choice, Collection, Member
from agent.jobs.feeds import Feed, feeds
from agent.jobs.progress import KindReport, LoggedProgress, Progress
from agent.store.credits import StoreMeter
from agent.store.engine import Store
from agent.store.hosts import load_hosts
from agent.store.runs import RunStatus
from agent.wiring import SANDBOX_PATHS
from datasources.access import Access
from datasources.base import Source
from datasources.breaker import BreakerBoard
from datasources.records import DataKind
from datasources.registry import open_source
from datasources.sandbox.contract import MarketData
from datasources.sandbox.market import SandboxMarket
from datasources.sandbox.providers import binance_pairs, coin_metrics_tickers
from datasources.sandbox.server import DEMO_API_KEY, RunningSandbox

NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
TODAY = NOW.date()
LAST_CLOSE = TODAY - timedelta(days=1)
SMALL = Extent(universe=5, history_days=40)
USUAL = Extent(universe=12, history_days=120)
BITCOIN, ETHEREUM = "3375", "3306"
MARKET = "sandbox"
ALL_PROVIDERS = tuple(SANDBOX_PATHS)


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Watcher:
    """Remembers what a collection told; `tasks` are the keys in the order in which they began."""

    def __init__(self) -> None:
        self.reports: list[KindReport] = []
        self.tasks: list[str] = []
        self.on_started: Callable[[str], None] = lambda _task: None

    @property
    def kinds(self) -> list[DataKind]:
        return [DataKind(task.partition("/")[0]) for task in self.tasks]

    def started(self, source: str, task: str) -> None:
        self.tasks.append(task)
        self.on_started(task)

    def received(self, source: str, rows: int) -> None:
        pass

    def finished(self, report: KindReport) -> None:
        self.reports.append(report)


async def no_sleep(_seconds: float) -> None:
    """Go on at once."""


@dataclass
class Bench:
    """What all members of a collection share; `origins` sends a provider to a server of its own."""

    store: Store
    origin: str
    clock: Callable[[], datetime]
    progress: Progress = field(default_factory=LoggedProgress)
    extent: Extent = SMALL
    cap: int = 0
    api_key: str = DEMO_API_KEY
    market: MarketData | None = None
    origins: dict[str, str] = field(default_factory=dict)
    overrides: Overrides = NO_OVERRIDES

    def __post_init__(self) -> None:
        with self.store.reader() as session:
            self.breakers = BreakerBoard(self.clock, load_hosts(session))

    def collection(self, providers: Sequence[str] = ("token_metrics",)) -> Collection:
        """Token Metrics first, then the others as an installation that uses the sandbox has them."""
        used = feeds("sandbox", providers, world="sandbox", commercial=False)
        members = tuple(self.member(feed, self._open(feed)) for feed in used)
        return Collection(self.store, members, self.breakers, self.clock)

    def member(self, feed: Feed, opened: tuple[Source, StoreMeter]) -> Member:
        """A source with its collector, account and budget; only Token Metrics is capped."""
        (source, meter), cap = opened, self._cap(feed.provider)
        account = Account(self.store, feed.name, cap, 1, MARKET, self.clock)
        collector = Collector(
            store=self.store,
            source=source,
            extent=self.extent,
            clock=self.clock,
            progress=self.progress,
            market=MARKET,
            kinds=feed.kinds,
            secondary=feed.secondary,
            capped=bool(cap),
            overrides=self.overrides,
        )
        credits_now = account.credits_now if cap else None
        budget = Budget(feed.provider, source.plan, account.attempts, credits_now, account.changed_at)
        return Member(collector, feed.provider, meter, account, budget)

    def _cap(self, provider: str) -> int:
        return self.cap if provider == "token_metrics" else 0

    def _open(self, feed: Feed) -> tuple[Source, StoreMeter]:
        origin = self.origins.get(feed.provider, self.origin)
        meter = StoreMeter(self.store, feed.name, self._cap(feed.provider), clock=self.clock)
        access = Access(
            base_url=origin + SANDBOX_PATHS[feed.provider],
            clock=self.clock,
            requests_per_minute=1e9,
            timeout_s=10.0,
            max_attempts=2,
            sleep=no_sleep,
            rng=random.Random(1),
            meter=meter,
            breakers=self.breakers,
        )
        options = self._options(feed.provider, origin)
        return open_source(feed.provider, feed.name, feed.terms, access, **options), meter

    def _options(self, provider: str, origin: str) -> dict[str, Any]:
        match provider:
            case "token_metrics":
                return {"api_key": self.api_key}
            case "coingecko":
                return {"plan": "keyless"}
            case "defillama":
                return {"stablecoins_url": f"{origin}/llama/stablecoins", "coins_url": f"{origin}/llama/coins"}
            case "binance" if self.market is not None:
                return {"pairs": binance_pairs(self.market, self.clock())}
            case "coin_metrics" if self.market is not None:
                return {"assets": coin_metrics_tickers(self.market, self.clock())}
        return {}


@dataclass
class World:
    """A running sandbox with a clock and faults to set; Token Metrics alone is asked unless others are named."""

    running: RunningSandbox
    clock: Clock
    market: MarketData
    watcher: Watcher = field(default_factory=Watcher)

    def bench(self, store: Store, extent: Extent = SMALL, **more: Any) -> Bench:
        return Bench(store, self.running.origin, self.clock, self.watcher, extent, market=self.market, **more)

    def collection(
        self, store: Store, extent: Extent = SMALL, providers: Sequence[str] = ("token_metrics",), **more: Any
    ) -> Collection:
        return self.bench(store, extent, **more).collection(providers)

    def collect(
        self, store: Store, wanted: Sequence[DataKind] | None = None, extent: Extent = SMALL, **more: Any
    ) -> dict[DataKind, KindReport]:
        reports = self.collection(store, extent, **more).collect(Choice(kinds=wanted))
        return {report.kind: report for report in reports}

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
