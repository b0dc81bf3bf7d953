"""Bitcoin's network as mempool.space sees it: fees, hash rate, difficulty and height."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from datasources.access import Access
from datasources.answers import Json
from datasources.base import Batch, CallPlan, Capability, Query, Terms
from datasources.context import Context
from datasources.errors import BadPayload, BadRequest, SourceError
from datasources.http import HttpClient
from datasources.http_source import HttpSource, is_refusal
from datasources.intake import Intake, ParsedRow, read_row
from datasources.records import AssetListing, DataKind, Metric, Record
from datasources.values import Row, RowError, parse_epoch, positive, require_number, within

BITCOIN: Final = AssetListing("bitcoin", "BTC", "Bitcoin", "bitcoin")
HISTORY_DAYS: Final = 3

_HEIGHT: Final = "/blocks/tip/height"
_LONGEST_RETARGET: Final = timedelta(days=366)
_CLOCK_SKEW: Final = timedelta(days=1)
_CAPABILITIES: Final[Mapping[DataKind, Capability]] = MappingProxyType(
    {
        DataKind.ASSETS: Capability(credits_per_request=0, rows_per_request=1),
        DataKind.NETWORK_METRICS: Capability(credits_per_request=1, rows_per_request=4, history_days=HISTORY_DAYS),
    }
)


class MempoolSource(HttpSource):
    """A server that speaks mempool.space's API; its one asset is Bitcoin, under the key `bitcoin`.

    `network.hash_rate_hashes_per_s` is the mean of its UTC day and comes once that day is over, for the last three
    days. All else is as of now, labelled with the UTC day of the answer: `network.fee_fastest_sat_per_vb`,
    `network.fee_hour_sat_per_vb`, `network.difficulty`, `network.difficulty_change_pct` (estimated for the next
    adjustment) and `network.block_height`.
    """

    def __init__(self, name: str, terms: Terms, access: Access) -> None:
        self._http = HttpClient(name, access, {})
        super().__init__(name, terms, access, _CAPABILITIES, self._http)

    def fetch(self, kind: DataKind, query: Query) -> AsyncIterator[Batch[Record]]:
        """Fetch one kind of data, a batch for each answer that brought something.

        Raises, before any request, `Unsupported` for a kind that is not offered and `BadRequest` for another asset;
        while iterating, whatever the requests meet. A refused call keeps no other one from being made; it is raised
        at the end.
        """
        self._check(kind, query)
        return self._fetch_assets(query) if kind is DataKind.ASSETS else self._fetch_metrics(query)

    def plan(self, kind: DataKind, query: Query) -> CallPlan:
        """Say what a query would cost; Bitcoin is listed without asking."""
        self._check(kind, query)
        return CallPlan(0 if kind is DataKind.ASSETS else len(self._parts(query)))

    async def probe(self) -> None:
        """Ask for the height of the chain."""
        context = Context(self._now())
        self._read(PARTS[-1], await self._http.get_json(_HEIGHT, {}), context)

    def _check(self, kind: DataKind, query: Query) -> None:
        self._require_offered(kind)
        if set(query.provider_ids) - {BITCOIN.provider_id}:
            raise BadRequest(self._name, f"it knows one asset, {BITCOIN.provider_id}")

    def _parts(self, query: Query) -> "tuple[Part, ...]":
        today = self._now().date()
        last, first = query.end or today, query.start or today - timedelta(days=HISTORY_DAYS)
        if query.limit is not None and query.limit < 1:
            return ()
        now_wanted = first <= today <= last
        days_wanted = first < today and last >= today - timedelta(days=HISTORY_DAYS)
        return tuple(part for part in PARTS if (part.of_now and now_wanted) or (part.by_day and days_wanted))

    async def _fetch_assets(self, query: Query) -> AsyncIterator[Batch[Record]]:
        if query.limit is None or query.limit > 0:
            yield Batch((BITCOIN,), (), self._now(), 0)

    async def _fetch_metrics(self, query: Query) -> AsyncIterator[Batch[Record]]:
        intake = Intake(DataKind.NETWORK_METRICS, (), None, ())
        refused: SourceError | None = None
        for part in self._parts(query):
            try:
                answer = await self._http.get_json(part.path, {})
                context = Context(self._now(), query.end, query.start)
                batch = self._batch(intake, self._read(part, answer, context), context.fetched_at)
            except SourceError as error:
                if not is_refusal(error):
                    raise
                refused = refused or error
                continue
            if batch is not None:
                yield batch
        if refused is not None:
            raise refused

    def _read(self, part: "Part", answer: Json, context: Context) -> list[ParsedRow]:
        try:
            return part.parse(answer, context)
        except RowError as error:
            raise BadPayload(self._name, f"{part.path} $", str(error)) from None


def parse_fees(answer: Json, context: Context) -> list[ParsedRow]:
    """Read `/v1/fees/recommended`: satoshis for each virtual byte of a transaction, now."""

    def parse(row: Row) -> tuple[Metric, ...]:
        fastest, hour = positive(row.get("fastestFee"), "fastestFee"), positive(row.get("hourFee"), "hourFee")
        if fastest < hour:
            raise RowError("the fastest fee is below that of an hour")
        return (
            *_now("network.fee_fastest_sat_per_vb", "sat_per_vb", fastest, context),
            *_now("network.fee_hour_sat_per_vb", "sat_per_vb", hour, context),
        )

    return [read_row(_object(answer), parse)]


def parse_hash_rate(answer: Json, context: Context) -> list[ParsedRow]:
    """Read `/v1/mining/hashrate/3d`: the mean hash rate of each day that is over, and the difficulty now."""
    fields = _object(answer)
    days = fields.get("hashrates")
    if not isinstance(days, list):
        raise RowError("hashrates is not a list")
    difficulty: Row = {"currentDifficulty": fields.get("currentDifficulty")}
    return [
        *(read_row(row, lambda found: _hash_rate(found, context)) for row in days),
        read_row(difficulty, lambda found: _difficulty(found, context)),
    ]


def parse_adjustment(answer: Json, context: Context) -> list[ParsedRow]:
    """Read `/v1/difficulty-adjustment`: by how many percent the difficulty will change, as far as can be seen.

    Its times are in milliseconds; an answer whose adjustment is over, or a year away, is out of date or misread.
    """

    def parse(row: Row) -> tuple[Metric, ...]:
        change_pct = require_number(row.get("difficultyChange"), "difficultyChange")
        within(change_pct, -75, 300, "difficultyChange")  # by the rules of the chain
        if row.get("estimatedRetargetDate") is not None:
            at = parse_epoch(row["estimatedRetargetDate"], "estimatedRetargetDate", per_second=1_000)
            if not -_CLOCK_SKEW <= at - context.fetched_at <= _LONGEST_RETARGET:
                raise RowError("estimatedRetargetDate, in milliseconds, is not in the year to come")
        return tuple(_now("network.difficulty_change_pct", "pct", change_pct, context))

    return [read_row(_object(answer), parse)]


def parse_height(answer: Json, context: Context) -> list[ParsedRow]:
    """Read `/blocks/tip/height`, a bare whole number."""
    if isinstance(answer, bool) or not isinstance(answer, int) or not 0 <= answer < 2**53:
        raise RowError("not a height")
    row: Row = {"height": answer}
    return [ParsedRow(row, tuple(_now("network.block_height", "count", float(answer), context)))]


@dataclass(frozen=True, slots=True)
class Part:
    """One call, how its answer is read, and whether that is about now, about past days, or both."""

    path: str
    parse: Callable[[Json, Context], list[ParsedRow]]
    of_now: bool = True
    by_day: bool = False


PARTS: Final[Sequence[Part]] = (
    Part("/v1/fees/recommended", parse_fees),
    Part("/v1/mining/hashrate/3d", parse_hash_rate, by_day=True),
    Part("/v1/difficulty-adjustment", parse_adjustment),
    Part(_HEIGHT, parse_height),
)


def _now(name: str, unit: str, value: float, context: Context) -> Iterator[Metric]:
    """A figure as of now, if today is a day that was asked for."""
    today = context.today
    if (context.first_day or today) <= today <= (context.last_day or today):
        yield Metric(BITCOIN.provider_id, today, name, unit, value)


def _hash_rate(row: Row, context: Context) -> tuple[Metric, ...]:
    day = context.check_formed(parse_epoch(row.get("timestamp"), "timestamp").date())
    is_wanted = (context.first_day or day) <= day <= (context.last_day or day)
    if day >= context.today or not is_wanted:
        return ()
    rate = positive(row.get("avgHashrate"), "avgHashrate")
    return (Metric(BITCOIN.provider_id, day, "network.hash_rate_hashes_per_s", "hashes_per_s", rate),)


def _difficulty(row: Row, context: Context) -> tuple[Metric, ...]:
    value = positive(row["currentDifficulty"], "currentDifficulty")
    return tuple(_now("network.difficulty", "ratio", value, context))


def _object(answer: Json) -> Row:
    if not isinstance(answer, dict):
        raise RowError("not an object")
    return answer
