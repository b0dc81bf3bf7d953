import asyncio
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from datasources.base import CallPlan, Query
from datasources.coingecko.source import CoinGeckoSource
from datasources.errors import (
    BadPayload,
    BadRequest,
    SourceError,
    Unauthorized,
    Unsupported,
)
from datasources.records import DataKind
from datasources.registry import open_source

KEY = "CG-5ec2e7aa111122223333"
NOW = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)
MIDNIGHT_MS = 1_749_513_600_000  # 2025-06-10 00:00 UTC
DAY_MS = 86_400_000

MakeGecko = Callable[..., CoinGeckoSource]
Fetch = Callable[..., Any]


def row(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"coin-{number}",
        "symbol": f"c{number}",
        "name": f"Coin {number}",
        "current_price": number,
        "market_cap_rank": number,
        "last_updated": "2025-06-10T11:59:31.345Z",
    } | changes


def serve(server: Any, reply: Any, answer_of: Callable[[Any], Any]) -> None:
    """Answer with a function of the request: JSON, or a reply made by itself."""

    def script(seen: Any) -> Any:
        answer = answer_of(seen)
        return answer if isinstance(answer, reply) else reply(body=json.dumps(answer).encode())

    server.script = script


def records(batches: Any) -> list[Any]:
    return [record for batch in batches for record in batch.records]


def faults(batches: Any) -> list[str]:
    return [row.reason for batch in batches for row in batch.quarantined]


def market_of(total: int) -> Callable[[Any], Any]:
    def page(seen: Any) -> list[Any]:
        number, size = int(seen.query["page"]), int(seen.query["per_page"])
        return [row(at) for at in range(1, total + 1)][(number - 1) * size : number * size]

    return page


def chart(days: int) -> dict[str, Any]:
    """So many midnights back from today's, each with its own price, and now."""
    prices = [[MIDNIGHT_MS - back * DAY_MS, 100.0 + back] for back in reversed(range(days))]
    return {"prices": [*prices, [MIDNIGHT_MS + DAY_MS // 2, 1.0]], "market_caps": [], "total_volumes": prices}


@pytest.mark.parametrize(("plan", "header"), [("demo", "x-cg-demo-api-key"), ("pro", "x-cg-pro-api-key")])
def test_the_key_is_sent_in_the_header_of_its_plan_and_never_in_the_url(
    server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch, plan: str, header: str
) -> None:
    serve(server, reply, lambda _seen: [])
    fetch(make_gecko(plan, KEY), DataKind.ASSETS)
    for seen in server.requests:
        assert seen.headers[header] == KEY
        assert KEY not in seen.path + str(seen.query)
        assert len([name for name in seen.headers if name.startswith("x-cg")]) == 1


def test_without_a_plan_no_key_is_sent(server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch) -> None:
    serve(server, reply, lambda _seen: [])
    assert fetch(make_gecko("keyless", KEY), DataKind.ASSETS) == []
    assert KEY not in str(server.requests[0].headers)


@pytest.mark.parametrize("plan", ["demo", "pro"])
@pytest.mark.parametrize("key", ["", "two words", "schlüssel"])
def test_a_plan_without_a_key_that_can_be_one_is_refused_at_once(make_gecko: MakeGecko, plan: str, key: str) -> None:
    with pytest.raises(Unauthorized) as refused:
        make_gecko(plan, key)
    assert not key or key not in str(refused.value)


def test_another_plan_is_refused(make_gecko: MakeGecko) -> None:
    with pytest.raises(ValueError, match="keyless, demo or pro"):
        make_gecko("gold", KEY)


def test_it_is_opened_by_name_and_shows_no_key(make_gecko: MakeGecko, access: Any) -> None:
    terms = make_gecko().terms
    source = open_source(
        "coingecko", "sandbox_coingecko", terms, access("http://127.0.0.1:9"), plan="demo", api_key=KEY
    )
    assert source.name == "sandbox_coingecko"
    assert source.terms is terms
    assert KEY not in repr(source)
    assert source.requests == 0


def test_symbols_are_shared_and_ids_are_not(server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch) -> None:
    listed = [
        {"id": "weth", "symbol": "weth", "name": "WETH", "platforms": {"ethereum": "0xc02a"}},
        {"id": "l2-weth", "symbol": "weth", "name": "L2 WETH", "platforms": {}},
        {"id": "_", "symbol": "gib", "name": "Gib"},
        {"id": "nameless", "symbol": "", "name": "Nameless"},
        {"id": "weth", "symbol": "weth", "name": "Another"},
    ]
    serve(server, reply, lambda _seen: listed)
    batches = fetch(make_gecko(), DataKind.ASSETS)
    assert [(found.provider_id, found.slug, found.symbol) for found in records(batches)] == [
        ("weth", "weth", "WETH"),
        ("l2-weth", "l2-weth", "WETH"),
        ("_", "_", "GIB"),
    ]
    assert faults(batches) == ["symbol is empty or missing", "contradicts an earlier row about the same thing"]
    assert [seen.query for seen in server.requests] == [{"include_platform": "true", "status": "active"}]


def test_18_000_assets_come_in_one_answer(server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch) -> None:
    serve(server, reply, lambda _seen: [row(number) for number in range(18_000)])
    (batch,) = fetch(make_gecko(), DataKind.ASSETS)
    assert len(batch.records) == 18_000
    assert batch.requests == 1


def test_of_a_listing_only_the_assets_asked_for_are_given(
    server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch
) -> None:
    serve(server, reply, lambda _seen: [row(1), row(2), row(3)])
    batches = fetch(make_gecko(), DataKind.ASSETS, provider_ids=("coin-2", "coin-9"))
    assert [found.provider_id for found in records(batches)] == ["coin-2"]
    assert faults(batches) == []


def test_a_listing_whose_ids_are_gone_does_not_look_empty(
    server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch
) -> None:
    serve(server, reply, lambda _seen: [{"coin_id": "coin-2", "symbol": "c2", "name": "Coin 2"}, {"id": []}, None])
    batches = fetch(make_gecko(), DataKind.ASSETS, provider_ids=("coin-2",))
    assert records(batches) == []
    assert faults(batches) == ["id is missing or cannot be one"] * 2 + ["not an object"]


def test_the_paid_plan_lists_what_no_longer_trades(
    server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch
) -> None:
    serve(server, reply, lambda seen: [row(1 if seen.query["status"] == "active" else 2)])
    found = records(fetch(make_gecko("pro", KEY), DataKind.ASSETS))
    assert [(listing.provider_id, listing.inactive) for listing in found] == [("coin-1", False), ("coin-2", True)]


def test_a_ranking_is_read_page_by_page_up_to_the_limit_with_wrapped_tokens(
    server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch
) -> None:
    serve(server, reply, market_of(1_000))
    batches = fetch(make_gecko(), DataKind.TOP_ASSETS, limit=300)
    assert [found.market_cap_rank for found in records(batches)] == list(range(1, 301))
    assert [seen.query["page"] for seen in server.requests] == ["1", "2"]
    assert {seen.query["include_rehypothecated"] for seen in server.requests} == {"true"}
    assert {seen.query["vs_currency"] for seen in server.requests} == {"usd"}


@pytest.mark.parametrize(("total", "pages"), [(600, 3), (500, 3), (0, 1)])
def test_a_ranking_without_a_limit_ends_with_a_page_that_is_not_full(
    server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch, total: int, pages: int
) -> None:
    serve(server, reply, market_of(total))
    source = make_gecko()
    assert len(records(fetch(source, DataKind.TOP_ASSETS))) == total
    assert source.requests == pages


def test_a_page_that_repeats_ends_the_ranking_and_doubles_nothing(
    server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch, caplog: pytest.LogCaptureFixture
) -> None:
    serve(server, reply, lambda _seen: [row(number) for number in range(1, 251)])
    assert len(records(fetch(make_gecko(), DataKind.TOP_ASSETS))) == 250
    assert len(server.requests) == 2
    assert "repeats itself on page 2" in caplog.text


def test_a_ranking_without_an_end_is_an_error(
    server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("datasources.coingecko.plan.LARGEST_PAGE_NUMBER", 7)  # for speed; it is 200
    serve(server, reply, lambda seen: [row(int(seen.query["page"]) * 1_000 + number) for number in range(250)])
    with pytest.raises(BadPayload, match="no end after 7 pages"):
        fetch(make_gecko(), DataKind.TOP_ASSETS)


def test_an_id_the_answer_lacks_is_absent_and_a_foreign_one_is_put_aside(
    server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch
) -> None:
    serve(server, reply, lambda _seen: [row(1), row(7)])
    batches = fetch(make_gecko(), DataKind.QUOTES, provider_ids=("coin-1", "coin-2"))
    assert [quote.provider_id for quote in records(batches)] == ["coin-1"]
    assert faults(batches) == ["about an asset that was not asked for"]
    assert server.requests[0].query["ids"] == "coin-1,coin-2"


def test_no_quote_at_all_is_an_empty_iteration(server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch) -> None:
    serve(server, reply, lambda _seen: [])
    assert fetch(make_gecko(), DataKind.QUOTES, provider_ids=("coin-1",)) == []


def test_bars_come_asset_by_asset_labelled_by_the_day_they_open(
    server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch
) -> None:
    serve(server, reply, lambda seen: chart(int(seen.query["days"])))
    query: dict[str, Any] = {"provider_ids": ("bitcoin", "0x"), "start": date(2025, 6, 7), "end": date(2025, 6, 8)}
    batches = fetch(make_gecko(), DataKind.DAILY_BARS, **query)
    assert [(bar.provider_id, bar.day, bar.close_usd, bar.volume_usd) for bar in records(batches)] == [
        (asset_id, day, close, close)
        for asset_id in ("bitcoin", "0x")
        for day, close in ((date(2025, 6, 7), 102.0), (date(2025, 6, 8), 101.0))
    ]
    assert [seen.path.removeprefix("/v2") for seen in server.requests] == [
        "/coins/bitcoin/market_chart",
        "/coins/0x/market_chart",
    ]
    assert server.requests[0].query == {"vs_currency": "usd", "days": "3", "interval": "daily"}
    assert [batch.requests for batch in batches] == [1, 1]


def test_days_of_a_query_that_the_plan_does_not_know_are_left_out_and_none_known_is_an_error(
    server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch
) -> None:
    serve(server, reply, lambda seen: chart(int(seen.query["days"])))
    bars = records(fetch(make_gecko(), DataKind.DAILY_BARS, provider_ids=("bitcoin",), start=date(2020, 1, 1)))
    assert (bars[0].day, len(bars)) == (date(2024, 6, 10), 365)
    with pytest.raises(BadRequest, match="days before 2024-06-10 need the paid plan"):
        make_gecko().fetch(DataKind.DAILY_BARS, Query(("bitcoin",), end=date(2024, 6, 9)))


def test_an_asset_that_is_refused_does_not_keep_the_others(
    server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch
) -> None:
    gone = reply(status=404, body=b'{"error":"coin not found"}')
    serve(server, reply, lambda seen: gone if "gone" in seen.path else chart(3))
    found: list[Any] = []
    with pytest.raises(BadRequest, match=r"1 of 3 assets were refused: gone; .*404"):
        fetch(make_gecko(), DataKind.DAILY_BARS, found, provider_ids=("a", "gone", "b"))
    assert {bar.provider_id for bar in records(found)} == {"a", "b"}


def test_a_provider_that_refuses_everything_is_not_asked_for_everything(
    server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch
) -> None:
    serve(server, reply, lambda _seen: reply(status=404, body=b"{}"))
    with pytest.raises(BadRequest):
        fetch(make_gecko(), DataKind.DAILY_BARS, provider_ids=tuple(f"coin-{number}" for number in range(50)))
    assert len(server.requests) == 5


def test_global_figures_belong_to_no_asset(server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch) -> None:
    data = {"updated_at": 1_749_556_800 - 1, "total_market_cap": {"usd": 3.4e12}}  # 2025-06-10 11:59:59
    serve(server, reply, lambda _seen: {"data": data})
    (metric,) = records(fetch(make_gecko(), DataKind.MARKET_METRICS))
    assert (metric.provider_id, metric.day, metric.name) == (None, date(2025, 6, 10), "market.total_market_cap_usd")
    assert server.requests[0].path.endswith("/global")


def test_defi_figures_have_an_endpoint_of_their_own(
    server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch
) -> None:
    serve(server, reply, lambda _seen: {"data": {"defi_market_cap": "105273842288.22"}})
    (metric,) = records(fetch(make_gecko(), DataKind.DEFI_METRICS))
    assert (metric.day, metric.name, metric.value) == (date(2025, 6, 10), "defi.market_cap_usd", 105273842288.22)
    assert server.requests[0].path.endswith("/global/decentralized_finance_defi")


@pytest.mark.parametrize(
    ("kind", "query", "requests", "exact"),
    [
        (DataKind.ASSETS, {}, 1, True),
        (DataKind.TOP_ASSETS, {"limit": 1_000}, 4, True),
        (DataKind.TOP_ASSETS, {}, 80, False),
        (DataKind.QUOTES, {"provider_ids": tuple(f"coin-{number}" for number in range(300))}, 2, True),
        (DataKind.MARKET_CAPS, {"provider_ids": tuple(f"coin-{number}" for number in range(250))}, 1, True),
        (DataKind.DAILY_BARS, {"provider_ids": ("a", "b", "a")}, 2, True),
        (DataKind.DAILY_BARS, {"provider_ids": ("a",), "start": date(2025, 6, 10)}, 0, True),
        (DataKind.MARKET_METRICS, {}, 1, True),
        (DataKind.DEFI_METRICS, {"end": date(2025, 6, 9)}, 0, True),
    ],
)
def test_a_plan_says_what_a_query_costs(
    make_gecko: MakeGecko,
    kind: DataKind,
    query: dict[str, Any],
    requests: int,
    exact: bool,  # noqa: FBT001 - a table
) -> None:
    assert make_gecko().plan(kind, Query(**query)) == CallPlan(requests, exact=exact)


def test_listing_what_no_longer_trades_costs_another_request(make_gecko: MakeGecko) -> None:
    assert make_gecko("pro", KEY).plan(DataKind.ASSETS, Query()) == CallPlan(2)
    assert make_gecko("pro", KEY).plan(DataKind.ASSETS, Query(limit=10)) == CallPlan(2, exact=False)


@pytest.mark.parametrize(
    ("kind", "ids", "error"),
    [
        (DataKind.HOURLY_BARS, ("bitcoin",), Unsupported),
        (DataKind.QUOTES, (), BadRequest),
        (DataKind.MARKET_CAPS, (), BadRequest),
        (DataKind.DAILY_BARS, (), BadRequest),
        (DataKind.QUOTES, ("bitcoin, ethereum",), BadRequest),
        (DataKind.DAILY_BARS, ("../ping",), BadRequest),
    ],
)
def test_what_cannot_be_asked_is_refused_before_any_request(
    server: Any, make_gecko: MakeGecko, kind: DataKind, ids: tuple[str, ...], error: type[SourceError]
) -> None:
    source = make_gecko()
    for ask in (source.fetch, source.plan):
        with pytest.raises(error):
            ask(kind, Query(ids))
    assert server.requests == []


def test_a_probe_is_a_ping(server: Any, reply: Any, make_gecko: MakeGecko) -> None:
    async def probe() -> int:
        source = make_gecko("demo", KEY)
        try:
            await source.probe()
        finally:
            await source.aclose()
        return source.requests

    serve(server, reply, lambda _seen: {"gecko_says": "(V3) To the Moon!"})
    assert asyncio.run(probe()) == 1
    assert server.requests[0].path.endswith("/ping")
    serve(server, reply, lambda _seen: reply(status=401, body=b'{"error":"no"}'))
    with pytest.raises(Unauthorized, match="check the key"):
        asyncio.run(probe())


def test_a_fetch_that_runs_into_the_next_day_judges_by_the_time_of_each_answer(
    server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch
) -> None:
    moments = iter([NOW, NOW])
    later = NOW + timedelta(hours=13)
    serve(server, reply, lambda _seen: {"data": {"defi_market_cap": "5"}})
    source = make_gecko(clock=lambda: next(moments, later))
    (batch,) = fetch(source, DataKind.DEFI_METRICS)
    assert batch.fetched_at == later
    assert batch.records[0].day == date(2025, 6, 11)
