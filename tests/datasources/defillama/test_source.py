"""The source against a loopback server that speaks the formats of the provider's three hosts."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from datasources.access import Access
from datasources.base import Batch, Query, Terms
from datasources.defillama.source import DefiLlamaSource
from datasources.errors import BadPayload, BadRequest, QuotaSpent, Unavailable, Unsupported
from datasources.records import DataKind

TERMS = Terms("DeFi data", "", "unverified", None)
NOW = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)
TODAY = date(2025, 6, 10)
MIDNIGHT = 1749513600
Make = Callable[..., DefiLlamaSource]

ANSWERS: dict[str, Any] = {
    "/llama/api/v2/chains": [
        {"gecko_id": "ethereum", "tvl": 62e9, "tokenSymbol": "ETH", "name": "Ethereum", "chainId": 1},
        {"gecko_id": None, "tvl": 4e9, "tokenSymbol": None, "name": "Base", "chainId": 8453},
    ],
    "/llama/api/protocols": [
        {"id": "1", "name": "Aave V2", "symbol": "AAVE", "tvl": 1.0, "gecko_id": "aave"},
        {"id": "2", "name": "Aave V3", "symbol": "AAVE", "tvl": 2.0, "gecko_id": "aave"},
        {"id": "3", "name": "Ether Bank", "symbol": "ETH", "tvl": 5.0, "gecko_id": "ethereum"},
    ],
    "/llama/api/v2/historicalChainTvl": [{"date": MIDNIGHT, "tvl": 104e9}, {"date": MIDNIGHT + 9, "tvl": 105e9}],
    "/llama/api/overview/dexs": {"total24h": 11e9},
    "/llama/api/overview/fees": {"total24h": 6e7},
    "/llama/stablecoins/stablecoincharts/all": [{"date": str(MIDNIGHT), "totalCirculatingUSD": {"peggedUSD": 24e10}}],
}


def coins(seen: Any) -> dict[str, Any]:
    keys = seen.path.rsplit("/", 1)[1].split(",")
    fields = {"price": 2.5, "symbol": "X", "timestamp": int(NOW.timestamp()) - 60, "confidence": 0.99}
    return {"coins": {key: fields for key in keys if key != "coingecko:unheard-of"}}


@pytest.fixture
def make_source(server: Any, reply: Any, access: Callable[..., Access]) -> Make:
    origin = server.base_url.removesuffix("/v2")

    def answer(seen: Any) -> Any:
        if seen.path.startswith("/llama/coins/prices/current/"):
            return reply(body=json.dumps(coins(seen)).encode())
        found = ANSWERS.get(seen.path)
        return reply(404, b"{}") if found is None else reply(body=json.dumps(found).encode())

    server.script = answer
    return lambda **changes: DefiLlamaSource(
        "sandbox_defillama",
        TERMS,
        access(f"{origin}/llama/api", **({"clock": lambda: NOW, "max_attempts": 1} | changes)),
        stablecoins_url=f"{origin}/llama/stablecoins",
        coins_url=f"{origin}/llama/coins",
    )


def gather(
    source: DefiLlamaSource, kind: DataKind, query: Query, error: type[Exception] | None = None
) -> list[Batch[Any]]:
    """Collect the batches of a fetch, and check how it ends."""
    batches: list[Batch[Any]] = []

    async def scenario() -> None:
        try:
            async for batch in source.fetch(kind, query):
                batches.append(batch)  # noqa: PERF401 - what came before a failure counts
        finally:
            await source.aclose()

    if error is None:
        asyncio.run(scenario())
    else:
        with pytest.raises(error):
            asyncio.run(scenario())
    return batches


def figures(batches: list[Batch[Any]]) -> dict[tuple[str | None, str], float]:
    return {(record.provider_id, record.name): record.value for batch in batches for record in batch.records}


def test_one_round_brings_the_figures_of_assets_and_of_the_market(server: Any, make_source: Make) -> None:
    source = make_source()
    plan = source.plan(DataKind.DEFI_METRICS, Query(end=TODAY))
    batches = gather(source, DataKind.DEFI_METRICS, Query(end=TODAY))
    assert figures(batches) == {
        ("ethereum", "defi.chain_tvl_usd"): 62e9,
        ("aave", "defi.protocol_tvl_usd"): 3.0,
        ("ethereum", "defi.protocol_tvl_usd"): 5.0,
        (None, "defi.dex_volume_24h_usd"): 11e9,
        (None, "defi.fees_24h_usd"): 6e7,
        (None, "defi.total_tvl_usd"): 104e9,
        (None, "stablecoin.supply_usd"): 24e10,
    }
    assert {record.day for batch in batches for record in batch.records} == {TODAY}
    assert not [row for batch in batches for row in batch.quarantined]
    assert (plan.requests, plan.exact) == (source.requests, True) == (6, True)
    assert sum(batch.requests for batch in batches) == 6
    exclude = {"excludeTotalDataChart": "true", "excludeTotalDataChartBreakdown": "true"}
    overviews = [seen.query for seen in server.requests if "/overview/" in seen.path]
    assert overviews == [exclude, exclude]


def test_with_ids_only_these_assets_are_asked_about(make_source: Make) -> None:
    source = make_source()
    batches = gather(source, DataKind.DEFI_METRICS, Query(("aave",)))
    assert figures(batches) == {("aave", "defi.protocol_tvl_usd"): 3.0}
    assert not [row for batch in batches for row in batch.quarantined]
    assert source.requests == 2


def test_figures_of_now_are_not_asked_for_past_days(server: Any, make_source: Make) -> None:
    query = Query(start=date(2025, 6, 1), end=date(2025, 6, 9))
    assert gather(make_source(), DataKind.DEFI_METRICS, query) == []
    assert [seen.path.rsplit("/", 1)[1] for seen in server.requests] == ["historicalChainTvl", "all"]


def test_a_midnight_that_passes_during_the_call_puts_no_figure_on_the_wrong_day(make_source: Make) -> None:
    moments = [datetime(2025, 6, 10, 23, 59, 59, tzinfo=UTC)]
    source = make_source(clock=lambda: moments.pop() if moments else datetime(2025, 6, 11, 0, 0, 1, tzinfo=UTC))
    batches = gather(source, DataKind.DEFI_METRICS, Query(end=TODAY))
    assert set(figures(batches)) == {(None, "defi.total_tvl_usd"), (None, "stablecoin.supply_usd")}


def test_an_endpoint_that_refuses_keeps_no_other_one_from_being_asked(
    server: Any, reply: Any, make_source: Make
) -> None:
    source = make_source()
    honest = server.script
    server.script = lambda seen: reply(402, b"{}") if seen.path.endswith("/dexs") else honest(seen)
    batches = gather(source, DataKind.DEFI_METRICS, Query(), QuotaSpent)
    assert len(figures(batches)) == 6


@pytest.mark.parametrize("body", [b'{"error": "x"}', b"null", b"7"])
def test_an_answer_of_another_form_is_an_error_and_not_empty(
    server: Any, reply: Any, make_source: Make, body: bytes
) -> None:
    sources = make_source(), make_source(), make_source()
    server.script = lambda _seen: reply(body=body)
    for source, kind in zip(sources, (DataKind.ASSETS, DataKind.DEFI_METRICS, DataKind.QUOTES), strict=True):
        assert figures(gather(source, kind, Query(("bitcoin",)), BadPayload)) == {}


def test_a_host_that_is_down_ends_the_round(server: Any, reply: Any, make_source: Make) -> None:
    source = make_source()
    honest = server.script
    server.script = lambda seen: reply(503, b"") if seen.path.endswith("/protocols") else honest(seen)
    assert list(figures(gather(source, DataKind.DEFI_METRICS, Query(), Unavailable))) == [
        ("ethereum", "defi.chain_tvl_usd")
    ]
    assert source.requests == 2


def test_assets_are_chains_and_protocols_with_a_gecko_id_each_once(make_source: Make) -> None:
    source = make_source()
    assert source.plan(DataKind.ASSETS, Query()).requests == 2
    batches = gather(source, DataKind.ASSETS, Query())
    listed = [(found.provider_id, found.symbol, found.name, found.slug) for batch in batches for found in batch.records]
    assert listed == [("ethereum", "ETH", "Ethereum", "ethereum"), ("aave", "AAVE", "Aave V2", "aave")]
    assert not [row for batch in batches for row in batch.quarantined]


def test_assets_can_be_chosen_by_id(make_source: Make) -> None:
    batches = gather(make_source(), DataKind.ASSETS, Query(("aave",)))
    assert [found.provider_id for batch in batches for found in batch.records] == ["aave"]


def test_prices_are_asked_for_a_hundred_at_a_time(server: Any, make_source: Make) -> None:
    ids = tuple(f"coin-{number}" for number in range(250))
    source = make_source()
    assert source.plan(DataKind.QUOTES, Query(ids)).requests == 3
    batches = gather(source, DataKind.QUOTES, Query(ids + ids))
    assert [len(batch.records) for batch in batches] == [100, 100, 50]
    assert max(len(seen.path) for seen in server.requests) < 8_000


def test_long_ids_make_shorter_calls(server: Any, make_source: Make) -> None:
    ids = tuple(f"{'very-' * 20}long-name-{number}" for number in range(100))
    gather(make_source(), DataKind.QUOTES, Query(ids))
    assert len(server.requests) == 3
    assert max(len(seen.path) for seen in server.requests) < 8_000


def test_an_unknown_coin_is_left_out_and_a_foreign_one_goes_to_quarantine(
    server: Any, reply: Any, make_source: Make
) -> None:
    (batch,) = gather(make_source(), DataKind.QUOTES, Query(("bitcoin", "unheard-of")))
    assert [(quote.provider_id, str(quote.price_usd)) for quote in batch.records] == [("bitcoin", "2.5")]
    source = make_source()
    body = {"coins": {"coingecko:tether": {"price": 1, "timestamp": int(NOW.timestamp())}}}
    server.script = lambda _seen: reply(body=json.dumps(body).encode())
    (batch,) = gather(source, DataKind.QUOTES, Query(("bitcoin",)))
    assert [row.reason for row in batch.quarantined] == ["about an asset that was not asked for"]


def test_prices_of_the_past_are_not_asked_for(make_source: Make) -> None:
    source = make_source()
    assert gather(source, DataKind.QUOTES, Query(("bitcoin",), end=date(2025, 6, 9))) == []
    assert source.requests == 0


def test_several_megabytes_are_read(server: Any, reply: Any, make_source: Make) -> None:
    source = make_source()
    rows = [
        {
            "id": str(number),
            "name": f"P{number}",
            "symbol": "P",
            "tvl": 1.0,
            "gecko_id": f"p-{number}",
            "text": "x" * 3_000,
        }
        for number in range(1_500)
    ]
    honest, large = server.script, json.dumps(rows).encode()
    server.script = lambda seen: reply(body=large) if seen.path.endswith("/protocols") else honest(seen)
    assert (
        sum(name == "defi.protocol_tvl_usd" for _, name in figures(gather(source, DataKind.DEFI_METRICS, Query())))
        == 1_500
    )


def test_what_cannot_be_asked_is_refused_at_once(make_source: Make) -> None:
    source = make_source()
    with pytest.raises(Unsupported):
        source.fetch(DataKind.DAILY_BARS, Query())
    with pytest.raises(BadRequest):
        source.fetch(DataKind.QUOTES, Query())
    for bad in ("bitcoin,ethereum", "../x", "bitcoin ", "ethereum:0x1", ""):
        with pytest.raises(BadRequest):
            source.fetch(DataKind.QUOTES, Query((bad,)))


def test_the_probe_asks_for_one_price(server: Any, make_source: Make) -> None:
    async def scenario() -> None:
        source = make_source()
        await source.probe()
        await source.aclose()

    asyncio.run(scenario())
    assert [seen.path for seen in server.requests] == ["/llama/coins/prices/current/coingecko:bitcoin"]
