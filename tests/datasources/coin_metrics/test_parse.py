"""Rows, pages and the catalogue as the reference documents show them, and the traps beside them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from datasources.coin_metrics.calls import plan_calls, split_assets
from datasources.coin_metrics.catalogue import WANTED, parse_catalogue
from datasources.coin_metrics.parse import last_complete_day, parse_rows
from datasources.coin_metrics.tickers import KNOWN_ASSETS
from datasources.coin_metrics.wire import open_envelope, parse_next_page
from datasources.context import Context
from datasources.errors import BadPayload, BadRequest, SourceError, Unauthorized, Unavailable
from datasources.files.lines import parse_onchain
from datasources.intake import Intake
from datasources.records import DataKind, Metric

NOW = datetime(2026, 3, 24, 3, 0, tzinfo=UTC)
FREE = {"btc": frozenset({"AdrActCnt", "TxCnt", "HashRate", "FlowInExUSD", "CapMVRVCur"})}
BASE = "https://community-api.coinmetrics.io/v4"
PATH = "/timeseries/asset-metrics"


def row(**changes: Any) -> dict[str, Any]:
    return {"asset": "btc", "time": "2026-03-22T00:00:00.000000000Z", "AdrActCnt": "733522"} | changes


def read(*rows: Any, now: datetime = NOW, **context: Any) -> tuple[list[Any], list[str]]:
    parsed = parse_rows(rows, FREE, Context(now, **context))
    return [record for item in parsed for record in item.records], [item.fault for item in parsed if item.fault]


def test_numbers_come_as_strings_and_times_with_nanoseconds() -> None:
    cells = {"AdrActCnt": "733522", "TxCnt": "437054", "HashRate": "1093994184.83", "CapMVRVCur": "1.96425526932419361"}
    records, faults = read(row(**cells))
    day = date(2026, 3, 22)
    assert records == [
        Metric("btc", day, "onchain.mvrv", "ratio", 1.9642552693241936),
        Metric("btc", day, "onchain.active_addresses", "count", 733522.0),
        Metric("btc", day, "onchain.transactions", "count", 437054.0),
        Metric("btc", day, "onchain.hash_rate_ths", "ths", 1093994184.83),
    ]
    assert faults == []


def test_names_and_units_are_those_of_history_on_disk() -> None:
    cells = {"AdrActCnt": "733522", "HashRate": "1093994184.83", "FlowInExUSD": "12.5"}
    records, _ = read(row(**cells))
    on_disk, _ = parse_onchain("btc", date(2026, 3, 22), cells)
    assert sorted(records, key=str) == sorted(on_disk, key=str)


def test_long_fractions_are_read() -> None:
    digits = "1070362250436.16653119590401692537064250356509051234567890"
    records, _ = read(row(AdrActCnt=None, FlowInExUSD=digits))
    assert [record.value for record in records] == [1070362250436.1665]


def test_nulls_and_absent_keys_give_nothing_and_review_marks_are_not_read() -> None:
    marks = {"FlowInExUSD-status": "reviewed", "FlowInExUSD-status-time": "2026-03-23T05:00:00.000000000Z"}
    records, faults = read(row(AdrActCnt=None, FlowInExUSD="1.5", **marks))
    assert [(record.name, record.value) for record in records] == [("onchain.exchange_inflow_usd", 1.5)]
    assert faults == []


def test_the_ragged_last_row_of_reference_rates_gives_nothing() -> None:
    assert read(row(AdrActCnt=None, ReferenceRateUSD="68018.1534815897", ReferenceRate="68018.15")) == ([], [])


def test_prices_are_not_collected() -> None:
    assert "PriceUSD" not in WANTED
    assert read(row(AdrActCnt=None, PriceUSD="68018.1534815897")) == ([], [])


def test_a_column_the_catalogue_does_not_give_away_is_not_read() -> None:
    records, _ = read(row(FeeTotUSD="1"))
    assert [record.name for record in records] == ["onchain.active_addresses"]


@pytest.mark.parametrize(
    ("now", "known"),
    [
        (datetime(2026, 3, 23, 0, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 23, 2, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 23, 3, 0, tzinfo=UTC), True),
    ],
)
def test_a_day_is_given_from_three_in_the_morning_of_the_next(now: datetime, *, known: bool) -> None:
    assert read(row(), now=now) == (
        [Metric("btc", date(2026, 3, 22), "onchain.active_addresses", "count", 733522.0)] * known,
        [],
    )
    assert (last_complete_day(now) == date(2026, 3, 22)) is known


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"time": "2026-03-22T12:00:00.000000000Z"}, "time is not the start of a day"),
        ({"time": "2027-03-22T00:00:00.000000000Z"}, "from the future"),
        ({"time": None}, "time is not a date"),
        ({"asset": None}, "asset is not a ticker"),
        ({"asset": "BTC"}, "asset is not a ticker"),
        ({"time": "2026-03-10T00:00:00.000000000Z"}, "earlier than the first day asked for"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(changes: dict[str, Any], fault: str) -> None:
    assert read(row(**changes), first_day=date(2026, 3, 16)) == ([], [fault])


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-1", "1e999", True, [], {}, "abc", float("nan")])
def test_a_figure_that_cannot_be_read_costs_the_row_that_figure_only(value: Any) -> None:
    parsed = parse_rows([row(TxCnt=value)], FREE, Context(NOW))
    assert [item.records[0] for item in parsed if item.records] == [
        Metric("btc", date(2026, 3, 22), "onchain.active_addresses", "count", 733522.0)
    ]
    (bad,) = [item for item in parsed if item.fault]
    assert str(bad.fault).startswith("TxCnt is ")
    assert isinstance(bad.row, dict)
    assert set(bad.row) == {"asset", "time", "TxCnt"}


def test_an_asset_nobody_asked_for_goes_to_quarantine() -> None:
    parsed = parse_rows([row(asset="eth")], FREE, Context(NOW))
    records, quarantined = Intake(DataKind.ONCHAIN_METRICS, ("btc",), None, ()).take(parsed)
    assert records == ()
    assert [item.reason for item in quarantined] == ["about an asset that was not asked for"]


def catalogue_row(asset: str, *metrics: tuple[str, bool | None], frequency: str = "1d") -> dict[str, Any]:
    offer = {"frequency": frequency, "min_time": "2010-07-18T00:00:00.000000000Z"}
    marks = [(name, {} if free is None else {"community": free}) for name, free in metrics]
    return {"asset": asset, "metrics": [{"metric": name, "frequencies": [offer | mark]} for name, mark in marks]}


def test_only_what_the_catalogue_marks_as_free_is_wanted() -> None:
    rows: list[Any] = [
        catalogue_row("btc", ("AdrActCnt", True), ("NVTAdj", None), ("FlowInExUSD", True), ("PriceUSD", True)),
        catalogue_row("eth", ("AdrActCnt", False)),
        catalogue_row("ada", ("TxCnt", True), frequency="1b"),
        catalogue_row("unheard_of", ("TxCnt", True)),
        catalogue_row("doge", ("ReferenceRate", True)),
    ]
    found = parse_catalogue(rows, KNOWN_ASSETS)
    assert found.free == {"btc": {"AdrActCnt", "FlowInExUSD"}}
    assert found.faults == ()


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        ("btc", "not an object"),
        ({"asset": 1}, "asset is not a ticker"),
        ({"asset": "btc"}, "metrics is not a list"),
        ({"asset": "btc", "metrics": [None]}, "metrics holds something that is not an object"),
        ({"asset": "btc", "metrics": [{}]}, "metric is not text"),
        ({"asset": "btc", "metrics": [{"metric": "TxCnt"}]}, "frequencies is not a list"),
    ],
)
def test_a_row_of_the_catalogue_that_cannot_be_read_costs_no_other_one(bad: Any, fault: str) -> None:
    found = parse_catalogue([bad, catalogue_row("eth", ("TxCnt", True))], KNOWN_ASSETS)
    assert found.free == {"eth": {"TxCnt"}}
    assert [row.fault for row in found.faults] == [fault]


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("bad_parameter", BadRequest),
        ("unauthorized", Unauthorized),
        ("wrong_credentials", Unauthorized),
        ("forbidden", Unauthorized),
        ("internal_error", Unavailable),
        (None, Unavailable),
    ],
)
def test_an_error_in_an_answer_is_one_of_ours_and_is_not_repeated(kind: str | None, error: type[SourceError]) -> None:
    with pytest.raises(error) as caught:
        open_envelope("demo", PATH, {"error": {"type": kind, "message": "secret-query"}})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("answer", [None, [], "x", {}, {"data": None}, {"data": {}}])
def test_an_answer_without_rows_is_unreadable(answer: Any) -> None:
    with pytest.raises(BadPayload):
        open_envelope("demo", PATH, answer)


def test_the_next_page_is_known_by_the_parameters_of_its_address() -> None:
    address = f"{BASE}{PATH}?assets=btc&metrics=TxCnt%2CAdrActCnt&next_page_token=0.MjAyNi0w"
    params = {"assets": "btc", "metrics": "TxCnt,AdrActCnt", "next_page_token": "0.MjAyNi0w"}
    assert parse_next_page("demo", BASE, PATH, address) == params
    assert parse_next_page("demo", BASE, PATH, None) is None


@pytest.mark.parametrize(
    "address",
    [
        f"https://evil.example/v4{PATH}?next_page_token=1",
        f"https://community-api.coinmetrics.io.evil.example/v4{PATH}?next_page_token=1",
        f"https://community-api.coinmetrics.io@evil.example/v4{PATH}?next_page_token=1",
        f"https://community-api.coinmetrics.io:8443/v4{PATH}?next_page_token=1",
        f"{BASE}/timeseries/market-candles?next_page_token=1",
        f"{BASE}{PATH}/../x?next_page_token=1",
        f"{PATH}?next_page_token=1",
        f"{BASE}{PATH}?assets=btc",
        f"{BASE}{PATH}?next_page_token=" + "x" * 9_000,
        "https://[::1?next_page_token=1",
        f"https://community-api.coinmetrics.io:99999/v4{PATH}?next_page_token=1",
        7,
        {},
    ],
)
def test_an_address_that_leads_elsewhere_is_not_followed(address: Any) -> None:
    with pytest.raises(BadPayload):
        parse_next_page("demo", BASE, PATH, address)


def test_forty_assets_and_seven_days_are_one_call() -> None:
    assets = list(KNOWN_ASSETS)[:40]
    calls = list(plan_calls(assets, dict.fromkeys(assets, frozenset(WANTED)), date(2026, 3, 1), date(2026, 3, 7)))
    assert len(calls) == 1
    assert calls[0].params["assets"] == ",".join(assets)


def test_calls_share_no_day_and_each_fits_one_page() -> None:
    assets = list(KNOWN_ASSETS)[:100]
    calls = list(plan_calls(assets, dict.fromkeys(assets, frozenset(WANTED)), date(2025, 1, 1), date(2025, 12, 31)))
    assert [(call.first_day.isoformat(), call.last_day.isoformat()) for call in calls] == [
        ("2025-01-01", "2025-04-10"),
        ("2025-04-11", "2025-07-19"),
        ("2025-07-20", "2025-10-27"),
        ("2025-10-28", "2025-12-31"),
    ]


def test_assets_are_cut_so_that_addresses_stay_short() -> None:
    assets = [f"token_with_a_long_name_{number}" for number in range(900)]
    chunks = list(split_assets(assets))
    assert [asset for chunk in chunks for asset in chunk] == assets
    assert max(len("%2C".join(chunk)) for chunk in chunks) <= 5_000


def test_the_table_names_each_asset_once() -> None:
    slugs = [slug for slug, _ in KNOWN_ASSETS.values()]
    assert len(set(slugs)) == len(slugs)
    assert KNOWN_ASSETS["btc"] == ("bitcoin", "Bitcoin")
    assert not [ticker for ticker in KNOWN_ASSETS if "_" in ticker]
