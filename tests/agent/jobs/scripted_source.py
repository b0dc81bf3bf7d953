"""A source that gives what a test tells it to, for what no server would do."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime

from datasources.base import Batch, CallPlan, Capability, Query, Terms
from datasources.records import AssetListing, DailyBar, DataKind, QuarantinedRow, Record
from tests.agent.jobs.world import LAST_CLOSE, NOW

Answer = Callable[[Query], list[Record | QuarantinedRow]]


class ScriptedSource:
    """Offers the kinds of `answers`, for a request each; an answer may raise."""

    terms = Terms("Made up", "", "", None)

    def __init__(self, answers: Mapping[DataKind, Answer], name: str = "scripted") -> None:
        self.name = name
        self.answers = answers
        self.asked: list[tuple[DataKind, Query]] = []
        self.closed = False

    @property
    def requests(self) -> int:
        return len(self.asked)

    @property
    def capabilities(self) -> Mapping[DataKind, Capability]:
        return dict.fromkeys(self.answers, Capability(1, 100))

    async def fetch(self, kind: DataKind, query: Query) -> AsyncIterator[Batch[Record]]:
        self.asked.append((kind, query))
        items = self.answers[kind](query)
        if items:
            records = tuple(item for item in items if not isinstance(item, QuarantinedRow))
            yield Batch(records, tuple(item for item in items if isinstance(item, QuarantinedRow)), NOW)

    def plan(self, kind: DataKind, query: Query) -> CallPlan:
        return CallPlan(1)

    async def probe(self) -> None:
        pass

    async def aclose(self) -> None:
        self.closed = True


def listing(key: str, rank: int | None = None) -> AssetListing:
    return AssetListing(key, key.upper(), f"Coin {key}", market_cap_rank=rank)


def bar(key: str, close: float = 1.0, fetched_day: datetime | None = None) -> DailyBar:
    return DailyBar(key, LAST_CLOSE, close, close, close, close, 10.0)
