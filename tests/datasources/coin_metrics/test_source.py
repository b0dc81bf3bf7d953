"""The source against a loopback server that speaks the provider's format."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from datasources.access import Access
from datasources.base import Batch, Query, Terms
from datasources.coin_metrics.source import CoinMetricsSource
from datasources.errors import BadPayload, BadRequest, Unauthorized, Unavailable, Unsupported
from datasources.records import AssetListing, DataKind, Metric

TERMS = Terms("On-chain data", "", "CC BY-NC 4.0", commercial_use=False)
NOW = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)
ASSETS = {"btc": ("bitcoin", "Bitcoin"), "eth": ("ethereum", "Ethereum"), "ada": ("cardano", "Cardano")}
CATALOGUE = "/v4/catalog-v2/asset-metrics"
METRICS = "/v4/timeseries/asset-metrics"
FREE = {"btc": ["AdrActCnt", "HashRate"], "eth": ["AdrActCnt"], "ada": []}


def catalogue_rows(assets: list[str]) -> list[dict[str, Any]]:
    def metric(name: str) -> dict[str, Any]:
        return {"metric": name, "frequencies": [{"frequency": "1d", "community": True}]}

    return [{"asset": asset, "metrics": [metric(name) for name in FREE[asset]]} for asset in assets]


class Provider:
    """Answers like the provider, page by page, and refuses what it does not know."""

    def __init__(self, server: Any, reply: Any) -> None:
        self.server, self.reply = server, reply
        self.base_url = server.base_url.removesuffix("/v2") + "/v4"
        self.rows_per_page = 10_000
        self.known = set(ASSETS)
        self.rows = [
            {"asset": asset, "time": f"2025-06-{day:02}T00:00:00.000000000Z", "AdrActCnt": str(day), "HashRate": "2"}
            for day in range(1, 11)
            for asset in ("btc", "eth")
        ]
        server.script = self.answer

    def json(self, body: Any, status: int = 200) -> Any:
        return self.reply(status, json.dumps(body).encode())

    def answer(self, seen: Any) -> Any:
        assets = seen.query["assets"].split(",") if "assets" in seen.query else sorted(self.known)
        if seen.path == CATALOGUE:
            if not set(assets) <= self.known:
                return self.json({"error": {"type": "bad_parameter", "message": "no such asset"}}, 400)
            return self.json({"data": catalogue_rows(assets)})
        first, last = seen.query["start_time"], seen.query["end_time"]
        rows = [row for row in self.rows if row["asset"] in assets and first <= row["time"][:10] <= last]
        at = int(seen.query.get("next_page_token", "0"))
        page: dict[str, Any] = {"data": rows[at : at + self.rows_per_page]}
        if at + self.rows_per_page < len(rows):
            query = "&".join(f"{name}={value}" for name, value in seen.query.items() if name != "next_page_token")
            token = str(at + self.rows_per_page)
            page |= {
                "next_page_token": token,
                "next_page_url": f"{self.base_url}{METRICS[3:]}?{query}&next_page_token={token}",
            }
        return self.json(page)


@pytest.fixture
def provider(server: Any, reply: Any) -> Provider:
    return Provider(server, reply)


Make = Callable[[], CoinMetricsSource]


@pytest.fixture
def make_source(provider: Provider, access: Callable[..., Access]) -> Make:
    return lambda: CoinMetricsSource(
        "sandbox_coin_metrics", TERMS, access(provider.base_url, clock=lambda: NOW, max_attempts=1), assets=ASSETS
    )


@pytest.fixture
def source(make_source: Make) -> CoinMetricsSource:
    return make_source()


def fetch(source: CoinMetricsSource, kind: DataKind, *queries: Query) -> list[Batch[Any]]:
    async def scenario() -> list[Batch[Any]]:
        try:
            return [batch for query in queries or (Query(),) async for batch in source.fetch(kind, query)]
        finally:
            await source.aclose()

    return asyncio.run(scenario())


def probe(source: CoinMetricsSource) -> None:
    async def scenario() -> None:
        try:
            await source.probe()
        finally:
            await source.aclose()

    asyncio.run(scenario())


def figures(batches: list[Batch[Any]]) -> list[tuple[str | None, int, str]]:
    return [(record.provider_id, record.day.day, record.name) for batch in batches for record in batch.records]


def test_assets_are_the_certain_ones_that_have_free_metrics(source: CoinMetricsSource, provider: Provider) -> None:
    (batch,) = fetch(source, DataKind.ASSETS)
    assert batch.records == (
        AssetListing("btc", "BTC", "Bitcoin", "bitcoin"),
        AssetListing("eth", "ETH", "Ethereum", "ethereum"),
    )
    assert [(seen.path, seen.query["assets"]) for seen in provider.server.requests] == [(CATALOGUE, "btc,eth,ada")]


def test_a_ticker_the_provider_dropped_does_not_take_the_others_with_it(
    source: CoinMetricsSource, provider: Provider
) -> None:
    provider.known = {"btc"}
    (batch,) = fetch(source, DataKind.ASSETS)
    assert [record.provider_id for record in batch.records] == ["btc"]
    assert batch.requests == 2


def test_all_assets_and_the_last_seven_complete_days_are_one_call(
    source: CoinMetricsSource, provider: Provider
) -> None:
    (batch,) = fetch(source, DataKind.ONCHAIN_METRICS)
    days = range(3, 10)
    assert sorted(figures([batch])) == sorted(
        [("btc", day, f"onchain.{name}") for day in days for name in ("active_addresses", "hash_rate_ths")]
        + [("eth", day, "onchain.active_addresses") for day in days]
    )
    assert batch.quarantined == ()
    asked = provider.server.requests[-1]
    assert asked.path == METRICS
    assert asked.query == {
        "assets": "btc,eth",
        "metrics": "AdrActCnt,HashRate",
        "frequency": "1d",
        "start_time": "2025-06-03",
        "end_time": "2025-06-09",
        "sort": "time",
        "paging_from": "start",
        "page_size": "10000",
        "ignore_forbidden_errors": "true",
        "ignore_unsupported_errors": "true",
    }
    assert not [name for name in asked.headers if "key" in name]


def test_the_catalogue_is_read_once(source: CoinMetricsSource, provider: Provider) -> None:
    query = Query(("btc",), date(2025, 6, 5), date(2025, 6, 5))
    assert source.plan(DataKind.ONCHAIN_METRICS, query).requests == 2
    batches = fetch(source, DataKind.ONCHAIN_METRICS, query, query)
    assert [batch.requests for batch in batches] == [2, 1]
    plan = source.plan(DataKind.ONCHAIN_METRICS, query)
    assert (plan.requests, plan.exact) == (1, True)
    assert source.plan(DataKind.ASSETS, Query()).requests == 0


def test_a_restated_figure_comes_again_as_it_is_now(source: CoinMetricsSource, provider: Provider) -> None:
    async def scenario() -> list[float]:
        query, found = Query(("eth",), date(2025, 6, 9), date(2025, 6, 9)), []
        for value in ("9", "8.5"):
            provider.rows = [{"asset": "eth", "time": "2025-06-09T00:00:00.000000000Z", "AdrActCnt": value}]
            found += [batch.records[0] async for batch in source.fetch(DataKind.ONCHAIN_METRICS, query)]
        await source.aclose()
        return [record.value for record in found if isinstance(record, Metric)]

    assert asyncio.run(scenario()) == [9.0, 8.5]


def test_pages_are_followed_from_the_first_day_on(source: CoinMetricsSource, provider: Provider) -> None:
    provider.rows_per_page = 3
    batches = fetch(source, DataKind.ONCHAIN_METRICS, Query(("btc", "eth"), date(2025, 6, 1), date(2025, 6, 5)))
    assert [len({(record.provider_id, record.day) for record in batch.records}) for batch in batches] == [3, 3, 3, 1]
    days = [day for _, day, _ in figures(batches)]
    assert days == sorted(days)


def test_a_next_page_elsewhere_is_not_asked_for(source: CoinMetricsSource, provider: Provider) -> None:
    honest = provider.answer

    def hijacked(seen: Any) -> Any:
        if seen.path == CATALOGUE:
            return honest(seen)
        address = "http://127.0.0.1:1/v4/timeseries/asset-metrics?next_page_token=1"
        return provider.json({"data": provider.rows[:1], "next_page_url": address})

    provider.server.script = hijacked
    with pytest.raises(BadPayload, match="another host"):
        fetch(source, DataKind.ONCHAIN_METRICS, Query(("btc",), date(2025, 6, 1)))
    assert len(provider.server.requests) == 2


def test_a_page_that_leads_back_is_an_error_and_not_the_end(source: CoinMetricsSource, provider: Provider) -> None:
    honest = provider.answer

    def circle(seen: Any) -> Any:
        address = f"{provider.base_url}{METRICS[3:]}?next_page_token=1"
        return honest(seen) if seen.path == CATALOGUE else provider.json({"data": [], "next_page_url": address})

    provider.server.script = circle
    with pytest.raises(BadPayload, match="earlier page"):
        fetch(source, DataKind.ONCHAIN_METRICS)


@pytest.mark.parametrize("query", [Query(("ada",)), Query(("doge",)), Query(limit=0), Query(start=date(2025, 6, 10))])
def test_nothing_there_is_an_empty_iteration(source: CoinMetricsSource, query: Query) -> None:
    assert fetch(source, DataKind.ONCHAIN_METRICS, query) == []


def test_a_limit_takes_the_first_assets(source: CoinMetricsSource) -> None:
    batches = fetch(source, DataKind.ONCHAIN_METRICS, Query(limit=1))
    assert {asset for asset, _, _ in figures(batches)} == {"btc"}


def test_rows_that_contradict_each_other_and_foreign_rows_go_to_quarantine(
    source: CoinMetricsSource, provider: Provider
) -> None:
    time = "2025-06-09T00:00:00.000000000Z"
    honest = provider.answer
    rows = [{"asset": "btc", "time": time, "AdrActCnt": value} for value in ("1", "1", "2")]
    rows.append({"asset": "zec", "time": time, "AdrActCnt": "5"})
    provider.server.script = lambda seen: honest(seen) if seen.path == CATALOGUE else provider.json({"data": rows})
    (batch,) = fetch(source, DataKind.ONCHAIN_METRICS, Query(("btc",)))
    assert [record.value for record in batch.records] == [1.0]
    assert [row.reason for row in batch.quarantined] == [
        "contradicts an earlier row about the same thing",
        "about an asset that was not asked for",
    ]


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, {"error": {"type": "unauthorized"}}, Unauthorized),
        (403, {"error": {"type": "forbidden"}}, Unauthorized),
        (400, {"error": {"type": "bad_parameter"}}, BadRequest),
        (414, {}, BadRequest),
        (524, {}, Unavailable),
        (200, {"error": {"type": "forbidden"}}, Unauthorized),
        (200, {"data": None}, BadPayload),
    ],
)
def test_a_failure_is_typed_and_never_empty(
    make_source: Make, provider: Provider, status: int, body: Any, error: type[Exception]
) -> None:
    provider.server.script = lambda _seen: provider.json(body, status)
    for kind in (DataKind.ASSETS, DataKind.ONCHAIN_METRICS):
        with pytest.raises(error):
            fetch(make_source(), kind)
    with pytest.raises(error):
        probe(make_source())


def test_what_cannot_be_asked_is_refused_at_once(source: CoinMetricsSource) -> None:
    with pytest.raises(Unsupported):
        source.fetch(DataKind.QUOTES, Query())
    with pytest.raises(Unsupported):
        source.plan(DataKind.QUOTES, Query())
    with pytest.raises(BadRequest):
        source.fetch(DataKind.ONCHAIN_METRICS, Query(("btc,eth",)))


def test_the_probe_asks_for_one_row(source: CoinMetricsSource, provider: Provider) -> None:
    probe(source)
    assert [seen.query for seen in provider.server.requests] == [{"assets": "btc", "page_size": "1"}]
