"""What is sent for each kind of data, in both versions of the API."""

import asyncio
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from datasources.base import Batch, CallPlan, Query
from datasources.errors import BadPayload, BadRequest, Unauthorized, Unavailable, Unsupported
from datasources.records import DataKind, HourlySignal, Index, IndexHolding, IndexValue, Metric, Moonshot
from datasources.token_metrics.client import TokenMetricsSource
from datasources.token_metrics.endpoints import CAPABILITIES, ENDPOINTS

KEY = "tm-5ec2e7aa-1111-2222-3333-444455556666"
MakeSource = Callable[..., TokenMetricsSource]
TODAY = date(2025, 6, 10)  # of the clock of these sources, at noon
PAGE = {"limit": "100", "page": "1"}
ONE = {"token_id": "3375"}
ID = {"TOKEN_ID": 3375, "TOKEN_NAME": "Bitcoin", "TOKEN_SYMBOL": "BTC"}
RANGE = {"startDate": "2025-06-08", "endDate": "2025-06-09"}
RANGE_3 = {"start_date": "2025-06-08", "end_date": "2025-06-09"}
DAYS = Query(("3375",), date(2025, 6, 8), date(2025, 6, 9))
EXPAND = {"expand": "exchange_list,category_list"}

SENT: dict[DataKind, tuple[str, Query, list[dict[str, str]]]] = {
    DataKind.ASSETS: ("/tokens", Query(), [PAGE]),
    DataKind.TOP_ASSETS: ("/top-market-cap-tokens", Query(), [{"top_k": "100", "page": "1"}]),
    DataKind.QUOTES: ("/price", Query(("3375",)), [ONE]),
    DataKind.DAILY_BARS: ("/daily-ohlcv", DAYS, [ONE | RANGE | PAGE]),
    DataKind.HOURLY_BARS: ("/hourly-ohlcv", DAYS, [ONE | RANGE | PAGE]),
    DataKind.GRADES: ("/tm-grade", Query(("3375",)), [ONE]),
    DataKind.GRADE_HISTORY: ("/tm-grade-history", DAYS, [ONE | RANGE | PAGE]),
    DataKind.TECHNOLOGY_GRADES: ("/technology-grade", Query(("3375",)), [ONE]),
    DataKind.TECHNOLOGY_GRADE_HISTORY: ("/technology-grade-history", DAYS, [ONE | RANGE | PAGE]),
    DataKind.FUNDAMENTAL_GRADES: ("/fundamental-grade", Query(("3375",)), [ONE]),
    DataKind.FUNDAMENTAL_GRADE_HISTORY: ("/fundamental-grade-history", DAYS, [ONE | RANGE | PAGE]),
    DataKind.TRADER_GRADES: ("/trader-grades", DAYS, [ONE | RANGE | PAGE]),
    DataKind.INVESTOR_GRADES: ("/investor-grades", DAYS, [ONE | RANGE | PAGE]),
    DataKind.TRADING_SIGNALS: ("/trading-signals", DAYS, [ONE | RANGE | PAGE]),
    DataKind.HOURLY_SIGNALS: ("/hourly-trading-signals", DAYS, [ONE | PAGE]),
    DataKind.MARKET_METRICS: ("/market-metrics", DAYS, [RANGE | PAGE]),
    DataKind.SENTIMENT: ("/sentiments", DAYS, [PAGE]),
    DataKind.LEVELS: ("/resistance-support", Query(("3375",)), [ONE | PAGE]),
    DataKind.QUANT_METRICS: ("/quantmetrics", Query(("3375",)), [ONE | PAGE]),
    DataKind.CORRELATIONS: ("/correlation", Query(("3375",)), [ONE | PAGE]),
    DataKind.SCENARIOS: ("/scenario-analysis", Query(("3375",)), [ONE | PAGE]),
    DataKind.PREDICTIONS: ("/price-prediction", Query(("3375",)), [ONE | PAGE]),
    DataKind.REPORTS: ("/ai-reports", Query(("3375",)), [ONE | PAGE]),
    DataKind.INVESTORS: ("/crypto-investors", Query(), [PAGE]),
    DataKind.INDICES: ("/indices", Query(), [{"indicesType": name} | PAGE for name in ("active", "passive")]),
    DataKind.INDEX_HOLDINGS: ("/indices-holdings", Query(("1", "2")), [{"id": "1"}, {"id": "2"}]),
    DataKind.INDEX_PERFORMANCE: ("/indices-performance", DAYS, [{"id": "3375"} | RANGE | PAGE]),
    DataKind.MOONSHOTS: ("/moonshot-tokens", Query(), [{"type": name} | PAGE for name in ("active", "past")]),
}


async def _collect(source: TokenMetricsSource, kind: DataKind, query: Query, into: list[Batch[Any]]) -> None:
    try:
        async for batch in source.fetch(kind, query):
            into.append(batch)  # noqa: PERF401 - what came before a failure is kept
    finally:
        await source.aclose()


def fetch(source: TokenMetricsSource, kind: DataKind, query: Query) -> list[Any]:
    batches: list[Batch[Any]] = []
    asyncio.run(_collect(source, kind, query, batches))
    assert not any(batch.quarantined for batch in batches)
    return [record for batch in batches for record in batch.records]


def ask_for_everything(source: TokenMetricsSource, server: Any) -> dict[DataKind, list[Any]]:
    """Send the query of each kind and give what the server saw for it; nothing is there."""
    seen: dict[DataKind, list[Any]] = {}

    async def scenario() -> None:
        try:
            for kind, (_, query, _) in SENT.items():
                before = len(server.requests)
                assert [batch async for batch in source.fetch(kind, query)] == []
                seen[kind] = server.requests[before:]
        finally:
            await source.aclose()

    asyncio.run(scenario())
    return seen


def test_each_kind_asks_for_its_path_with_its_parameters_and_the_key(server: Any, make_source: MakeSource) -> None:
    source = make_source()
    for kind, requests in ask_for_everything(source, server).items():
        path, query, sent = SENT[kind]
        assert [(seen.method, seen.path) for seen in requests] == [("GET", "/v2" + path)] * len(sent)
        assert [seen.query for seen in requests] == sent
        assert {seen.headers["x-api-key"] for seen in requests} == {KEY}
        assert source.plan(kind, query).requests == len(sent)


def test_version_3_is_asked_the_same_in_its_own_words(server: Any, make_source: MakeSource) -> None:
    renamed = {"startDate": "start_date", "endDate": "end_date", "indicesType": "indices_type"}
    for kind, requests in ask_for_everything(make_source(api="/v3"), server).items():
        path, _, sent = SENT[kind]
        extras = EXPAND if kind in {DataKind.ASSETS, DataKind.TOP_ASSETS} else {}
        assert [seen.path for seen in requests] == ["/v3" + path] * len(sent)
        assert [seen.query for seen in requests] == [
            {renamed.get(name, name): value for name, value in params.items()} | extras for params in sent
        ]


@pytest.mark.parametrize("way", [{"api": "/v3/"}, {"api": "/v2", "version": "v3"}])
def test_version_3_can_be_named_or_follows_from_the_url(
    server: Any, make_source: MakeSource, way: dict[str, str]
) -> None:
    fetch(make_source(**way), DataKind.DAILY_BARS, DAYS)
    assert server.requests[0].query == ONE | RANGE_3 | PAGE


def test_version_2_can_be_named_whatever_the_url_and_others_are_refused(server: Any, make_source: MakeSource) -> None:
    fetch(make_source(api="/v3", version="v2"), DataKind.DAILY_BARS, DAYS)
    assert server.requests[0].query == ONE | RANGE | PAGE
    with pytest.raises(ValueError, match="one of v2, v3"):
        make_source(version="v1")


@pytest.mark.parametrize("api", ["/v2", "/v3"])
def test_a_probe_is_one_request_for_one_token_and_takes_a_refusal_for_one(
    server: Any, reply: Any, make_source: MakeSource, api: str
) -> None:
    async def probe() -> None:
        source = make_source(api=api)
        try:
            await source.probe()
        finally:
            await source.aclose()

    asyncio.run(probe())
    (seen,) = server.requests
    assert seen.path == f"{api}/tokens"
    assert {name: seen.query[name] for name in ("limit", "page")} == {"limit": "1", "page": "1"}
    server.play(reply(status=401))
    with pytest.raises(Unauthorized):
        asyncio.run(probe())


def hourly(
    seen: Any, last: datetime, hours: int, fields: dict[str, Any], name: str = "TIMESTAMP"
) -> list[dict[str, Any]]:
    """One page of a listing of so many hours, newest first."""
    start = (int(seen.query["page"]) - 1) * 100
    shown = range(start, min(start + 100, hours))
    return [fields | {name: (last - timedelta(hours=back)).strftime("%Y-%m-%dT%H:00:00.000Z")} for back in shown]


def test_hourly_signals_are_read_back_as_far_as_the_days_asked_for_and_no_further(
    server: Any, make_source: MakeSource
) -> None:
    last = datetime(2025, 6, 10, 12)  # noqa: DTZ001 - only its digits are used
    server.serve_rows(lambda seen: hourly(seen, last, 5_000, ID | {"SIGNAL": "1", "POSITION": "0", "CLOSE": 5}))
    source = make_source()
    query = Query(("3375",), date(2025, 6, 5), date(2025, 6, 9))
    planned = source.plan(DataKind.HOURLY_SIGNALS, query)
    found = fetch(source, DataKind.HOURLY_SIGNALS, query)
    assert all(isinstance(record, HourlySignal) for record in found)
    assert len({record.signalled_at for record in found}) == len(found) == 5 * 24
    assert {record.signalled_at.date() for record in found} == {date(2025, 6, day) for day in range(5, 10)}
    assert [seen.query["page"] for seen in server.requests] == ["1", "2"]
    assert planned == CallPlan(2, exact=False)


def test_sentiments_are_one_value_a_day_that_of_its_newest_hour_even_across_pages(
    server: Any, make_source: MakeSource
) -> None:
    last = datetime(2025, 6, 10, 11)  # noqa: DTZ001 - only its digits are used

    def rows(seen: Any) -> list[dict[str, Any]]:
        page = hourly(seen, last, 150, {}, "DATETIME")
        return [row | {"MARKET_SENTIMENT_GRADE": int(str(row["DATETIME"])[11:13])} for row in page]

    server.serve_rows(rows)
    found = fetch(make_source(), DataKind.SENTIMENT, Query((), date(2025, 6, 5), TODAY))
    assert found == [
        *(Metric(None, date(2025, 6, day), "sentiment.tm_market", "score", 23.0) for day in range(5, 10)),
        Metric(None, TODAY, "sentiment.tm_market", "score", 11.0),
    ]
    assert len(server.requests) == 2


def test_the_days_of_sentiment_that_came_before_a_failure_are_kept(
    server: Any, reply: Any, make_source: MakeSource
) -> None:
    rows = [
        {"DATETIME": f"2025-06-{10 - back // 24:02d} {23 - back % 24:02d}:00:00", "MARKET_SENTIMENT_GRADE": 5}
        for back in range(24, 124)
    ]
    server.play(reply(body=json.dumps({"data": rows}).encode()), reply(status=500))
    kept: list[Batch[Any]] = []
    with pytest.raises(Unavailable):
        asyncio.run(_collect(make_source(), DataKind.SENTIMENT, Query((), date(2025, 6, 1)), kept))
    assert [record.day.day for batch in kept for record in batch.records] == [5, 6, 7, 8, 9]
    assert [batch.requests for batch in kept] == [2]


def test_indices_know_which_of_the_two_lists_they_came_from(server: Any, make_source: MakeSource) -> None:
    server.serve_rows(lambda seen: [{"ID": len(seen.query["indicesType"]), "NAME": seen.query["indicesType"]}])
    assert fetch(make_source(), DataKind.INDICES, Query()) == [
        Index("6", "active", None, TODAY, active=True),
        Index("7", "passive", None, TODAY, active=False),
    ]


def test_an_index_in_both_lists_contradicts_itself_visibly(server: Any, make_source: MakeSource) -> None:
    server.serve_rows(lambda _seen: [{"ID": 1, "NAME": "Top"}])
    batches: list[Batch[Any]] = []
    asyncio.run(_collect(make_source(), DataKind.INDICES, Query(), batches))
    assert [len(batch.records) for batch in batches] == [1, 0]
    assert [row.reason for batch in batches for row in batch.quarantined] == [
        "contradicts an earlier row about the same thing"
    ]


def test_the_holdings_of_an_index_belong_to_it_whatever_assets_they_are_and_however_few_were_wanted(
    server: Any, make_source: MakeSource
) -> None:
    dated = ID | {"DATE": TODAY.isoformat()}
    server.serve_rows(lambda _seen: [dated | {"WEIGHT": 60}, dated | {"TOKEN_ID": 3306, "WEIGHT": 40}])
    found = fetch(make_source(), DataKind.INDEX_HOLDINGS, Query(("7", "8"), limit=1))
    assert found == [IndexHolding("7", "3375", TODAY, 60.0), IndexHolding("7", "3306", TODAY, 40.0)]


def test_the_performance_of_an_index_is_asked_for_in_windows_one_index_a_call(
    server: Any, make_source: MakeSource
) -> None:
    def rows(seen: Any) -> list[dict[str, Any]]:
        first, last = date.fromisoformat(seen.query["startDate"]), date.fromisoformat(seen.query["endDate"])
        days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
        return [{"DATE": day.isoformat(), "INDEX_CUMULATIVE_ROI": 0.5} for day in days]

    server.serve_rows(rows)
    source = make_source()
    query = Query(("7", "8"), date(2025, 1, 15), date(2025, 3, 28))
    assert source.plan(DataKind.INDEX_PERFORMANCE, query) == CallPlan(6)
    found = fetch(source, DataKind.INDEX_PERFORMANCE, query)
    assert all(isinstance(record, IndexValue) for record in found)
    assert len({(record.provider_id, record.day) for record in found}) == len(found) == 2 * 73
    assert [seen.query["id"] for seen in server.requests] == ["7", "8"] * 3


def test_picks_that_are_over_come_with_those_that_are_not(server: Any, make_source: MakeSource) -> None:
    def rows(seen: Any) -> list[dict[str, Any]]:
        name = seen.query["type"]
        return [{"TOKEN_NAME": name, "TOKEN_SYMBOL": "X", "MOONSHOT_AT": "2025-06-01"}]

    server.serve_rows(rows)
    found = fetch(make_source(), DataKind.MOONSHOTS, Query(limit=1))
    assert [record.name for record in found if isinstance(record, Moonshot)] == ["active", "past"]
    assert {seen.query["limit"] for seen in server.requests} == {"100"}


IDS = tuple(str(number) for number in range(1, 151))
YEAR = (date(2024, 6, 10), date(2025, 6, 9))


@pytest.mark.parametrize(
    ("kind", "query", "expected"),
    [
        (DataKind.ASSETS, Query(), CallPlan(1, exact=False)),
        (DataKind.ASSETS, Query(limit=250), CallPlan(3)),
        (DataKind.TOP_ASSETS, Query(limit=100), CallPlan(1)),
        (DataKind.TOP_ASSETS, Query(), CallPlan(1, exact=False)),
        (DataKind.QUOTES, Query(IDS), CallPlan(2)),
        (DataKind.GRADES, Query(IDS), CallPlan(3)),
        (DataKind.QUOTES, Query(IDS, end=date(2025, 6, 9)), CallPlan(0)),
        (DataKind.DAILY_BARS, Query(("1",), *YEAR), CallPlan(13)),  # 365 days, 29 at once
        (DataKind.DAILY_BARS, Query(IDS, TODAY, TODAY), CallPlan(0)),
        (DataKind.HOURLY_BARS, Query(("1",), date(2025, 6, 1), date(2025, 6, 9)), CallPlan(3)),
        (DataKind.TRADING_SIGNALS, Query((), date(2025, 6, 8), date(2025, 6, 9)), CallPlan(2, exact=False)),
        (DataKind.TRADING_SIGNALS, Query((), TODAY, TODAY, limit=150), CallPlan(1, exact=False)),
        (DataKind.MARKET_METRICS, Query((), *YEAR), CallPlan(13)),
        (DataKind.LEVELS, Query(IDS), CallPlan(2)),
        (DataKind.LEVELS, Query(limit=150), CallPlan(2, exact=False)),
        (DataKind.INVESTORS, Query(), CallPlan(1, exact=False)),
        (DataKind.INDICES, Query(), CallPlan(2, exact=False)),
        (DataKind.MOONSHOTS, Query(), CallPlan(2, exact=False)),
        (DataKind.INDEX_HOLDINGS, Query(("1", "2", "3")), CallPlan(3)),
        (DataKind.HOURLY_SIGNALS, Query(("1", "2"), TODAY, TODAY), CallPlan(2, exact=False)),
        (DataKind.SENTIMENT, Query((), date(2025, 6, 1), TODAY), CallPlan(3, exact=False)),
        (DataKind.SENTIMENT, Query((), TODAY, date(2025, 6, 9)), CallPlan(0)),
        (DataKind.REPORTS, Query(IDS, limit=0), CallPlan(0)),
    ],
)
def test_the_plan_of_a_query_is_what_it_takes(
    make_source: MakeSource, kind: DataKind, query: Query, expected: CallPlan
) -> None:
    assert make_source().plan(kind, query) == expected


def test_every_kind_costs_one_credit_and_says_if_it_knows_the_present_only() -> None:
    assert set(CAPABILITIES) == set(ENDPOINTS) == set(SENT)
    assert {capability.credits_per_request for capability in CAPABILITIES.values()} == {1}
    assert CAPABILITIES[DataKind.GRADES].history_days == 1
    assert CAPABILITIES[DataKind.DAILY_BARS].history_days is None
    assert CAPABILITIES[DataKind.INDEX_HOLDINGS].needs_ids


def ask(source: TokenMetricsSource, question: str = "What is the next 100x coin ?") -> str:
    async def scenario() -> str:
        try:
            return await source.ask(question)
        finally:
            await source.aclose()

    return asyncio.run(scenario())


@pytest.mark.parametrize("api", ["/v2", "/v3"])
@pytest.mark.parametrize(
    "shape", [lambda text: {"answer": text, "thread": []}, lambda text: {"data": {"answer": text}}]
)
def test_a_question_is_posted_and_its_answer_found_in_either_place(
    server: Any, reply: Any, make_source: MakeSource, api: str, shape: Callable[[str], dict[str, Any]]
) -> None:
    answer = {"success": True, "message": "AI Chatbot response successful"} | shape("Buy\x00 \x1bnow\n\ud800.")
    server.play(reply(body=json.dumps(answer).encode()))
    assert ask(make_source(api=api, chat=True)) == "Buy now\n."
    (seen,) = server.requests
    assert (seen.method, seen.path, seen.query) == ("POST", f"{api}/tmai", {})
    assert json.loads(seen.body) == {"messages": [{"user": "What is the next 100x coin ?"}]}
    assert seen.headers["x-api-key"] == KEY


def test_a_long_answer_is_cut(server: Any, reply: Any, make_source: MakeSource) -> None:
    server.play(reply(body=json.dumps({"answer": "é" * 30_000}).encode()))
    assert ask(make_source(chat=True)) == "é" * 20_000


def test_the_chat_is_off_unless_it_was_turned_on(server: Any, make_source: MakeSource) -> None:
    with pytest.raises(Unsupported, match="chat is off"):
        ask(make_source())
    assert server.requests == []


@pytest.mark.parametrize("question", ["", "  \n", "x" * 4_001])
def test_a_question_without_words_or_without_end_is_not_sent(
    server: Any, make_source: MakeSource, question: str
) -> None:
    with pytest.raises(BadRequest, match="1 to 4000 characters"):
        ask(make_source(chat=True), question)
    assert server.requests == []


@pytest.mark.parametrize("answer", [{}, {"answer": ""}, {"answer": 5}, {"data": []}, [], {"data": {"answer": None}}])
def test_an_answer_without_text_is_unreadable(server: Any, reply: Any, make_source: MakeSource, answer: Any) -> None:
    server.play(reply(body=json.dumps(answer).encode()))
    with pytest.raises(BadPayload, match="/tmai"):
        ask(make_source(chat=True))


def test_a_chat_that_says_that_it_failed_has_failed(server: Any, reply: Any, make_source: MakeSource) -> None:
    server.play(reply(body=b'{"success": false, "message": "Upgrade your subscription"}'))
    with pytest.raises(Unauthorized):
        ask(make_source(chat=True))
