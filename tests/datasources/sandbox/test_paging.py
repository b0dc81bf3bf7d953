from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasources.sandbox.market import SandboxMarket
from datasources.sandbox.paging import BadQuery, Page, parse_days, parse_ids, parse_page

NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)


@settings(max_examples=50, deadline=None)
@given(rows=st.integers(0, 400), limit=st.integers(1, 100))
def test_pages_give_every_row_once(rows: int, limit: int) -> None:
    pages = [list(Page(limit, number).cut(range(rows))) for number in range(1, rows // limit + 3)]
    assert [row for page in pages for row in page] == list(range(rows))
    assert pages[-1] == []


def test_the_default_is_the_first_page_of_fifty() -> None:
    assert parse_page({}) == Page(50, 1)
    assert parse_page({"top_k": "3", "page": "2"}, "top_k") == Page(3, 2)


@pytest.mark.parametrize(
    "params",
    [
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "x"},
        {"limit": "-1"},
        {"limit": "1.5"},
        {"page": "0"},
        {"limit": "²"},
    ],
)
def test_pages_out_of_range_are_refused(params: dict[str, str]) -> None:
    with pytest.raises(BadQuery):
        parse_page(params)


def test_thirty_days_are_allowed_and_thirty_one_are_not() -> None:
    assert parse_days({"startDate": "2025-09-12", "endDate": "2025-10-11"}, NOW) == (
        date(2025, 9, 12),
        date(2025, 10, 11),
    )
    with pytest.raises(BadQuery):
        parse_days({"startDate": "2025-09-11", "endDate": "2025-10-11"}, NOW)


def test_an_open_range_ends_today_and_begins_thirty_days_before_its_end() -> None:
    assert parse_days({}, NOW) == (date(2025, 9, 12), date(2025, 10, 11))
    assert parse_days({"startDate": "2025-10-01"}, NOW) == (date(2025, 10, 1), date(2025, 10, 11))
    assert parse_days({"endDate": "2024-01-30"}, NOW) == (date(2024, 1, 1), date(2024, 1, 30))


def test_the_first_days_of_the_calendar_are_no_error() -> None:
    assert parse_days({"endDate": "0001-01-05"}, NOW) == (date(1, 1, 1), date(1, 1, 5))


def test_an_id_asked_twice_counts_once(market: SandboxMarket) -> None:
    assert parse_ids({"token_id": "3375,3306,3375"}, market, NOW) == (3375, 3306)


@pytest.mark.parametrize(
    "params",
    [
        {"startDate": "2025-10-02", "endDate": "2025-10-01"},
        {"startDate": "2025-13-01"},
        {"startDate": "20251001"},
        {"startDate": "2025-10-01T00:00:00Z"},
        {"startDate": "2024-01-01"},
    ],
)
def test_days_out_of_range_are_refused(params: dict[str, str]) -> None:
    with pytest.raises(BadQuery):
        parse_days(params, NOW)


def test_filters_are_combined_and_match_in_any_case(market: SandboxMarket) -> None:
    assert parse_ids({}, market, NOW) is None
    assert parse_ids({"token_id": "3306, 3375"}, market, NOW) == (3306, 3375)
    assert parse_ids({"symbol": "btc,Eth"}, market, NOW) == (3306, 3375)
    assert parse_ids({"symbol": "BTC,ETH", "token_name": "bitcoin"}, market, NOW) == (3375,)
    assert parse_ids({"token_id": "3306", "symbol": "BTC"}, market, NOW) == ()
    assert parse_ids({"token_id": "1"}, market, NOW) == (1,)
    pepes = parse_ids({"symbol": "PEPE"}, market, NOW)
    assert pepes is not None
    assert len(pepes) == 3


def test_categories_exchanges_and_addresses_filter_too(market: SandboxMarket) -> None:
    stable = parse_ids({"category": "stablecoins", "exchange": "binance"}, market, NOW)
    assert stable is not None
    assert 3379 in stable
    token = next(token for token in market.tokens(NOW) if token.contract_addresses)
    address = ":".join(token.contract_addresses[0])
    assert parse_ids({"blockchain_address": address}, market, NOW) == (token.token_id,)


def test_a_token_is_unknown_until_it_is_listed(market: SandboxMarket) -> None:
    assert parse_ids({"symbol": "HYPE"}, market, datetime(2024, 11, 29, 12, tzinfo=UTC)) == ()
    assert parse_ids({"symbol": "HYPE"}, market, datetime(2024, 11, 30, tzinfo=UTC) + timedelta(0)) != ()


@pytest.mark.parametrize("params", [{"token_id": "BTC"}, {"token_id": ""}, {"marketcap": "1000"}])
def test_ids_and_filters_it_cannot_read_are_refused(market: SandboxMarket, params: dict[str, str]) -> None:
    with pytest.raises(BadQuery):
        parse_ids(params, market, NOW)
