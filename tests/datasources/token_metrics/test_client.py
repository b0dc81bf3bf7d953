import asyncio
import json
import logging
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from datasources.base import Batch, Query
from datasources.errors import (
    BadPayload,
    BadRequest,
    QuotaSpent,
    RateLimited,
    SourceError,
    Unauthorized,
    Unavailable,
    Unsupported,
)
from datasources.records import DataKind
from datasources.token_metrics.client import TokenMetricsSource

KEY = "tm-5ec2e7aa-1111-2222-3333-444455556666"
MakeSource = Callable[..., TokenMetricsSource]
Batches = list[Batch[Any]]


def fetch(source: TokenMetricsSource, kind: DataKind, query: Query = Query()) -> Batches:  # noqa: B008 - frozen
    async def scenario() -> Batches:
        try:
            return [batch async for batch in source.fetch(kind, query)]
        finally:
            await source.aclose()

    return asyncio.run(scenario())


def fetch_until_it_fails(
    source: TokenMetricsSource,
    kind: DataKind,
    failure: type[SourceError],
    match: str | None = None,
    query: Query = Query(),  # noqa: B008 - frozen
) -> Batches:
    """What came before the failure that is expected."""
    kept: Batches = []

    async def scenario() -> None:
        try:
            async for batch in source.fetch(kind, query):
                kept.append(batch)
        finally:
            await source.aclose()

    with pytest.raises(failure, match=match):
        asyncio.run(scenario())
    return kept


def records(batches: Batches) -> list[Any]:
    return [record for batch in batches for record in batch.records]


def quarantined(batches: Batches) -> list[Any]:
    return [row for batch in batches for row in batch.quarantined]


def token(number: int, **changes: Any) -> dict[str, Any]:
    return {"TOKEN_ID": number, "TOKEN_NAME": f"Token {number}", "TOKEN_SYMBOL": f"T{number}"} | changes


def signals_of(seen: Any) -> list[dict[str, Any]]:
    """One row for each id and day that was asked for."""
    first, last = date.fromisoformat(seen.query["startDate"]), date.fromisoformat(seen.query["endDate"])
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    ids = seen.query["token_id"].split(",")
    return [token(int(number), DATE=day.isoformat(), TRADING_SIGNAL=1) for number in ids for day in days]


def page_of(seen: Any, total: int) -> list[dict[str, Any]]:
    page, limit = int(seen.query["page"]), int(seen.query.get("limit") or seen.query["top_k"])
    return [token(number) for number in range(1, total + 1)][(page - 1) * limit : page * limit]


def test_pages_are_read_until_a_short_one_whatever_length_says(server: Any, make_source: MakeSource) -> None:
    server.serve_rows(lambda seen: page_of(seen, 230), length=7)
    batches = fetch(make_source(), DataKind.ASSETS)
    assert [len(batch.records) for batch in batches] == [100, 100, 30]
    assert [seen.query for seen in server.requests] == [{"limit": "100", "page": str(page)} for page in (1, 2, 3)]
    assert [batch.requests for batch in batches] == [1, 1, 1]


def test_an_empty_page_ends_the_paging(server: Any, make_source: MakeSource) -> None:
    server.serve_rows(lambda seen: page_of(seen, 200))
    source = make_source()
    assert len(records(fetch(source, DataKind.ASSETS))) == 200
    assert source.requests == 3


def test_nothing_there_is_an_empty_iteration(server: Any, make_source: MakeSource) -> None:
    server.serve_rows(lambda _seen: [])
    assert fetch(make_source(), DataKind.ASSETS) == []


def test_a_page_that_repeats_an_earlier_one_ends_the_paging_visibly_and_keeps_what_came(
    server: Any, make_source: MakeSource
) -> None:
    server.serve_rows(lambda _seen: [token(number) for number in range(1, 101)])
    why = "/tokens page 2 repeats page 1; the rows before it are kept"
    kept = fetch_until_it_fails(make_source(), DataKind.ASSETS, Unavailable, why)
    assert len(records(kept)) == 100
    assert quarantined(kept) == []
    assert len(server.requests) == 2


def test_the_last_page_repeated_for_ever_ends_the_paging_visibly(server: Any, make_source: MakeSource) -> None:
    def rows(seen: Any) -> list[dict[str, Any]]:
        first = min(int(seen.query["page"]), 2) * 100
        return [token(number) for number in range(first, first + 100)]

    server.serve_rows(rows)
    why = "page 3 repeats page 2; the rows before it are kept"
    assert len(records(fetch_until_it_fails(make_source(), DataKind.ASSETS, Unavailable, why))) == 200
    assert len(server.requests) == 3


def test_a_page_of_known_rows_and_one_new_one_goes_on(server: Any, make_source: MakeSource) -> None:
    def rows(seen: Any) -> list[dict[str, Any]]:
        first = {1: 1, 2: 2, 3: 102}[int(seen.query["page"])]
        return [token(number) for number in range(first, min(first + 100, 111))]

    server.serve_rows(rows)
    assert len(records(fetch(make_source(), DataKind.ASSETS))) == 110
    assert len(server.requests) == 3


def test_a_key_revoked_between_two_pages_surfaces_as_unauthorized(
    server: Any, reply: Any, make_source: MakeSource
) -> None:
    full = json.dumps({"success": True, "data": [token(number) for number in range(1, 101)]}).encode()
    server.play(reply(body=full), reply(status=401))
    kept = fetch_until_it_fails(make_source(), DataKind.ASSETS, Unauthorized)
    assert len(records(kept)) == 100


def test_rows_that_moved_to_the_next_page_while_paging_are_not_doubled(server: Any, make_source: MakeSource) -> None:
    def rows(seen: Any) -> list[dict[str, Any]]:
        first = {1: 1, 2: 96}[int(seen.query["page"])]
        return [token(number) for number in range(first, min(first + 100, 151))]

    server.serve_rows(rows)
    found = records(fetch(make_source(), DataKind.TOP_ASSETS))
    assert [int(record.provider_id) for record in found] == list(range(1, 151))


def test_paging_without_an_end_is_an_error(
    server: Any, make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("datasources.token_metrics.pages.LARGEST_PAGE_NUMBER", 5)
    server.serve_rows(lambda seen: [token(int(seen.query["page"]) * 1_000 + number) for number in range(100)])
    with pytest.raises(BadPayload, match="no end after 5 pages"):
        fetch(make_source(), DataKind.ASSETS)
    assert len(server.requests) == 5


def test_top_assets_are_ranked_in_the_order_they_come_and_cut_at_the_limit(
    server: Any, make_source: MakeSource
) -> None:
    server.serve_rows(lambda seen: page_of(seen, 1_000))
    found = records(fetch(make_source(), DataKind.TOP_ASSETS, Query(limit=150)))
    assert [record.market_cap_rank for record in found] == list(range(1, 151))
    assert [seen.query for seen in server.requests] == [{"top_k": "100", "page": str(page)} for page in (1, 2)]


def test_a_history_is_asked_for_in_windows_that_do_not_overlap(server: Any, make_source: MakeSource) -> None:
    server.serve_rows(signals_of)
    query = Query(("1", "2", "3", "4"), date(2025, 4, 1), date(2025, 6, 9))
    found = records(fetch(make_source(), DataKind.TRADING_SIGNALS, query))
    assert len(found) == len(set(found)) == 4 * 70
    assert {(record.provider_id, record.day) for record in found} == {
        (str(number), date(2025, 4, 1) + timedelta(days=offset)) for number in range(1, 5) for offset in range(70)
    }
    assert len(server.requests) == 6  # two chunks of ids, three windows, one page each


def test_a_window_that_repeats_a_day_of_its_neighbour_doubles_nothing(server: Any, make_source: MakeSource) -> None:
    def rows(seen: Any) -> list[dict[str, Any]]:
        day_before = date.fromisoformat(seen.query["startDate"]) - timedelta(days=1)
        extra = [token(1, DATE=day_before.isoformat(), TRADING_SIGNAL=1)] if day_before >= date(2025, 4, 1) else []
        return extra + signals_of(seen)

    server.serve_rows(rows)
    batches = fetch(make_source(), DataKind.TRADING_SIGNALS, Query(("1",), date(2025, 4, 1), date(2025, 6, 9)))
    assert len(records(batches)) == 70
    assert quarantined(batches) == []


def test_a_row_that_contradicts_an_earlier_one_is_quarantined(server: Any, make_source: MakeSource) -> None:
    row = token(1, DATE="2025-06-09", TRADING_SIGNAL=1)
    server.serve_rows(lambda _seen: [row, row, row | {"TRADING_SIGNAL": -1}])
    batches = fetch(make_source(), DataKind.TRADING_SIGNALS, Query(("1",), date(2025, 6, 9), date(2025, 6, 9)))
    assert [record.signal for record in records(batches)] == [1]
    (bad,) = quarantined(batches)
    assert bad.reason == "contradicts an earlier row about the same thing"
    assert json.loads(bad.raw)["TRADING_SIGNAL"] == -1


def test_an_asset_nobody_asked_for_is_quarantined(server: Any, make_source: MakeSource) -> None:
    server.serve_rows(lambda _seen: [token(1, CURRENT_PRICE=5), token(2, CURRENT_PRICE=6)])
    batches = fetch(make_source(), DataKind.QUOTES, Query(("1",)))
    assert [record.provider_id for record in records(batches)] == ["1"]
    assert [row.reason for row in quarantined(batches)] == ["about an asset that was not asked for"]


def test_prices_are_asked_for_a_hundred_at_a_time_without_paging(server: Any, make_source: MakeSource) -> None:
    server.serve_rows(
        lambda seen: [token(int(number), CURRENT_PRICE=5) for number in seen.query["token_id"].split(",")]
    )
    ids = tuple(str(number) for number in range(1, 151))
    batches = fetch(make_source(), DataKind.QUOTES, Query(ids))
    assert [len(batch.records) for batch in batches] == [100, 50]
    assert {key for seen in server.requests for key in seen.query} == {"token_id"}
    assert {record.quoted_at for record in records(batches)} == {datetime(2025, 6, 10, 12, tzinfo=UTC)}


def test_what_came_before_a_failure_is_kept(server: Any, reply: Any, make_source: MakeSource) -> None:
    def script(seen: Any) -> Any:
        if seen.query["page"] == "2":
            return reply(status=500)
        return reply(body=json.dumps({"success": True, "data": page_of(seen, 300)}).encode())

    server.script = script
    kept = fetch_until_it_fails(make_source(), DataKind.ASSETS, Unavailable)
    assert len(records(kept)) == 100


def test_attempts_that_failed_are_booked_with_the_batch_they_led_to(
    server: Any, reply: Any, make_source: MakeSource
) -> None:
    server.play(reply(status=500), reply(status=500), reply(body=json.dumps({"data": [token(1)]}).encode()))
    (batch,) = fetch(make_source(max_attempts=3), DataKind.ASSETS)
    assert batch.requests == 3


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Some thing wrong", BadRequest),
        (None, BadRequest),
        ("Internal error, try again later", Unavailable),
        ("Too many requests", RateLimited),
        ("Monthly credit quota reached", QuotaSpent),
        (f"Invalid API key {KEY}", Unauthorized),
    ],
)
def test_a_failure_with_a_success_status_is_a_failure(
    server: Any, make_source: MakeSource, message: str | None, kind: type[SourceError]
) -> None:
    server.serve_rows(lambda _seen: [], success=False, message=message)
    with pytest.raises(kind) as caught:
        fetch(make_source(), DataKind.ASSETS)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b"{}", "/tokens $.data"),
        (b"[]", "/tokens $"),
        (b"12", "/tokens $"),
        (b'{"success": true, "data": null}', "/tokens $.data"),
        (b'{"success": true, "data": {}}', "/tokens $.data"),
    ],
)
def test_an_answer_without_rows_says_where_they_were_missed(
    server: Any, reply: Any, make_source: MakeSource, body: bytes, path: str
) -> None:
    server.play(reply(body=body))
    with pytest.raises(BadPayload) as caught:
        fetch(make_source(), DataKind.ASSETS)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("names", "sent"),
    [(("x-api-key",), {"x-api-key"}), (("x-api-key", "api_key"), {"x-api-key", "api_key"})],
)
def test_the_key_is_sent_in_the_headers_that_were_asked_for(
    server: Any, make_source: MakeSource, names: tuple[str, ...], sent: set[str]
) -> None:
    fetch(make_source(header_names=names), DataKind.ASSETS)
    headers = server.requests[0].headers
    assert {name for name in ("x-api-key", "api_key", "authorization") if headers.get(name) == KEY} == sent


def test_without_a_key_no_header_is_sent(server: Any, make_source: MakeSource) -> None:
    fetch(make_source(api_key=""), DataKind.ASSETS)
    assert "x-api-key" not in server.requests[0].headers


@pytest.mark.parametrize("key", ["tm-1 2", "tm-1\n", "tm-é", "\x7f", "k" * 600])
def test_a_key_that_cannot_be_one_is_refused_without_being_shown(make_source: MakeSource, key: str) -> None:
    with pytest.raises(Unauthorized) as caught:
        make_source(api_key=key)
    assert key not in str(caught.value)


def test_neither_source_nor_logs_nor_quarantine_ever_show_the_key(
    server: Any, make_source: MakeSource, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.serve_rows(lambda _seen: [{"TOKEN_ID": "x", "echo": f"your key {KEY}"}] * 99)
    source = make_source()
    batches = fetch(source, DataKind.ASSETS)
    assert len(quarantined(batches)) == 99
    shown = repr(source) + str(source) + repr(vars(source).get("_http")) + repr(batches) + caplog.text
    assert "127.0.0.1" in shown
    assert "5ec2e7aa" not in shown


@pytest.mark.parametrize("kind", [DataKind.ONCHAIN_METRICS, DataKind.DEFI_METRICS])
def test_a_kind_that_is_not_offered_is_unsupported(make_source: MakeSource, kind: DataKind) -> None:
    source = make_source()
    assert kind not in source.capabilities
    with pytest.raises(Unsupported):
        fetch(source, kind)


def test_ids_that_are_missing_or_not_the_providers_cost_no_request(server: Any, make_source: MakeSource) -> None:
    with pytest.raises(BadRequest, match="name at least one"):
        fetch(make_source(), DataKind.DAILY_BARS)
    for wrong in ("BTC", "1,2", "0", "1&x=1", "٣"):
        with pytest.raises(BadRequest, match="whole numbers"):
            fetch(make_source(), DataKind.QUOTES, Query((wrong,)))
    assert server.requests == []


def test_requests_are_paced_by_the_plan(server: Any, sleep: Any, make_source: MakeSource) -> None:
    server.serve_rows(lambda seen: page_of(seen, 250))
    fetch(make_source(requests_per_minute=20), DataKind.ASSETS)
    assert len(server.requests) == 3
    # Real time hardly passes here, so the second slot is 3 s away and the third 6 s.
    assert [round(wait) for wait in sleep.waits if wait > 0.5] == [3, 6]
