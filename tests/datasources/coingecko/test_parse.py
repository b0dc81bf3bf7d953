"""Rows as the provider's specification and recordings show them; expectations are read off the rows by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from datasources.coingecko.parse import (
    parse_defi,
    parse_global,
    parse_listing,
    parse_market_cap,
    parse_quote,
    parse_ranked,
)
from datasources.context import Context
from datasources.records import AssetListing, Metric, Quote
from datasources.values import RowError

NOW = datetime(2022, 2, 23, 14, 0, tzinfo=UTC)
CONTEXT = Context(NOW)

# Recorded on 2022-02-23: whole numbers and fractions mixed, null where there is no figure.
BITCOIN: dict[str, Any] = {
    "id": "bitcoin",
    "symbol": "btc",
    "name": "Bitcoin",
    "image": "https://assets.example/btc.png",
    "current_price": 38621,
    "market_cap": 732442421223,
    "market_cap_rank": 1,
    "fully_diluted_valuation": 810987654321,
    "total_volume": 22135794422,
    "high_24h": None,
    "low_24h": None,
    "price_change_24h": None,
    "circulating_supply": 18964893.0,
    "max_supply": 21000000.0,
    "roi": None,
    "last_updated": "2022-02-23T13:59:31.345Z",
}
XRP: dict[str, Any] = BITCOIN | {
    "id": "ripple",
    "symbol": "xrp",
    "name": "XRP",
    "current_price": 0.708123,
    "roi": {"times": 82.1, "currency": "usd", "percentage": 8210.5},
}
GLOBAL: dict[str, Any] = {
    "active_cryptocurrencies": 12799,
    "upcoming_icos": 0,
    "markets": 732,
    "total_market_cap": {"btc": 48250000.5, "usd": 1823456789012.34},
    "total_volume": {"btc": 2012345.6, "usd": 76543210987},
    "market_cap_percentage": {"btc": 40.17, "eth": 17.62},
    "market_cap_change_percentage_24h_usd": -0.95,
    "updated_at": 1645624792,  # 2022-02-23 13:59:52 UTC
}
DEFI: dict[str, Any] = {
    "defi_market_cap": "105273842288.229620442228701667123456789012345678901234567890",
    "eth_market_cap": "406184911478.5772415794509920285650255",
    "defi_to_eth_ratio": "25.9177136",
    "trading_volume_24h": "5046503746.288261648853195485635",
    "defi_dominance": "3.8676692694",
    "top_coin_name": "Lido Staked Ether",
    "top_coin_defi_dominance": 30.589442518868437,
}


def test_a_listing_has_its_id_as_slug_and_its_addresses_without_the_empty_ones() -> None:
    row: dict[str, Any] = {
        "id": "usd-coin",
        "symbol": "usdc",
        "name": "USDC",
        "platforms": {"solana": "EPjF", "ethereum": "0xa0b8", "hedera-hashgraph": None, "": "", "base": ""},
        "new_key": [1],
    }
    addresses = (("ethereum", "0xa0b8"), ("solana", "EPjF"))
    expected = AssetListing("usd-coin", "USDC", "USDC", slug="usd-coin", contract_addresses=addresses)
    assert parse_listing(row, inactive=False) == (expected,)


def test_a_listing_that_no_longer_trades_says_so() -> None:
    (listing,) = parse_listing({"id": "_", "symbol": "gib", "name": "Gib"}, inactive=True)
    assert listing == AssetListing("_", "GIB", "Gib", slug="_", inactive=True)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"symbol": ""}, "symbol is empty or missing"),
        ({"symbol": None}, "symbol is empty or missing"),
        ({"name": "\x00"}, "name is empty or missing"),
        ({"id": None}, "id is missing or cannot be one"),
        ({"id": 7}, "id is missing or cannot be one"),
        ({"id": "a, b"}, "id is missing or cannot be one"),
        ({"platforms": ["ethereum"]}, "platforms is not an object"),
        ({"platforms": {"ethereum": 5}}, "platforms is not text"),
    ],
)
def test_a_listing_that_cannot_be_used_says_why(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(RowError, match=reason):
        parse_listing({"id": "a", "symbol": "a", "name": "A"} | change, inactive=False)


@pytest.mark.parametrize(
    ("ranks", "rank"),
    [
        ({"market_cap_rank": 3, "market_cap_rank_with_rehypothecated": 4}, 3),
        ({"market_cap_rank": None, "market_cap_rank_with_rehypothecated": 17}, 17),
        ({"market_cap_rank": None, "market_cap_rank_with_rehypothecated": None}, None),
        ({"market_cap_rank": None}, None),
        ({"market_cap_rank": 5.0}, 5),
    ],
)
def test_a_token_that_stands_for_another_takes_the_rank_that_counts_it_in(
    ranks: dict[str, Any], rank: int | None
) -> None:
    (listing,) = parse_ranked({"id": "wrapped-bitcoin", "symbol": "wbtc", "name": "Wrapped Bitcoin"} | ranks)
    assert listing.market_cap_rank == rank


@pytest.mark.parametrize("rank", [0, -1, 2.5, 10**30, "first", True])
def test_a_rank_that_is_no_place_is_refused(rank: Any) -> None:
    with pytest.raises(RowError, match="market_cap_rank"):
        parse_ranked({"id": "a", "symbol": "a", "name": "A", "market_cap_rank": rank})


def test_a_price_is_exact_whether_it_comes_as_a_whole_number_or_a_fraction() -> None:
    quoted_at = datetime(2022, 2, 23, 13, 59, 31, 345_000, tzinfo=UTC)
    assert parse_quote(BITCOIN, CONTEXT) == (Quote("bitcoin", Decimal(38621), quoted_at),)
    assert parse_quote(XRP, CONTEXT) == (Quote("ripple", Decimal("0.708123"), quoted_at),)


def test_a_price_of_a_clock_ahead_of_ours_is_not_from_the_future() -> None:
    (quote,) = parse_quote(BITCOIN | {"last_updated": "2022-02-23T14:00:45.000Z"}, CONTEXT)
    assert quote.quoted_at == NOW


@pytest.mark.parametrize(
    "change",
    [
        {"current_price": None},
        {"current_price": 0},
        {"current_price": -1.5},
        {"current_price": float("nan")},
        {"last_updated": None},
        {"last_updated": 1645624792},
        {"last_updated": "2022-03-01T00:00:00Z"},
    ],
)
def test_a_price_without_a_figure_or_a_time_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(RowError):
        parse_quote(BITCOIN | change, CONTEXT)


def test_a_market_value_is_of_the_day_of_its_own_time_with_the_supply_behind_it() -> None:
    day = date(2022, 2, 23)
    assert parse_market_cap(BITCOIN, CONTEXT) == (
        Metric("bitcoin", day, "asset.market_cap_usd", "usd", 732442421223.0),
        Metric("bitcoin", day, "asset.circulating_supply", "native", 18964893.0),
    )
    (value, _) = parse_market_cap(BITCOIN | {"last_updated": "2022-02-22T23:59:31.345Z"}, CONTEXT)
    assert value.day == date(2022, 2, 22)


def test_a_market_value_of_a_clock_ahead_of_ours_is_of_our_day() -> None:
    late = Context(datetime(2022, 2, 23, 23, 59, 50, tzinfo=UTC))
    (value, _) = parse_market_cap(BITCOIN | {"last_updated": "2022-02-24T00:00:10.000Z"}, late)
    assert value.day == date(2022, 2, 23)


@pytest.mark.parametrize("supply", [None, 0, 0.0])
def test_a_market_value_without_a_supply_comes_alone(supply: Any) -> None:
    (value,) = parse_market_cap(BITCOIN | {"circulating_supply": supply}, CONTEXT)
    assert value.name == "asset.market_cap_usd"


@pytest.mark.parametrize("cap", [None, 0, 0.0, "0"])
def test_a_market_value_that_the_provider_does_not_know_is_no_record_and_no_fault(cap: Any) -> None:
    assert parse_market_cap(BITCOIN | {"market_cap": cap}, CONTEXT) == ()


@pytest.mark.parametrize(("age", "kept"), [(timedelta(days=2), 2), (timedelta(days=2, seconds=1), 0)])
def test_a_market_value_of_more_than_two_days_ago_is_refused(age: timedelta, kept: int) -> None:
    row = BITCOIN | {"last_updated": (NOW - age).isoformat()}
    if kept:
        assert len(parse_market_cap(row, CONTEXT)) == kept
        return
    with pytest.raises(RowError, match="more than two days ago"):
        parse_market_cap(row, CONTEXT)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"market_cap": -1}, "market_cap is negative"),
        ({"market_cap": "n/a"}, "market_cap is not a number"),
        ({"market_cap": True}, "market_cap is not a number"),
        ({"market_cap": 10**400}, "market_cap is not a finite number"),
        ({"circulating_supply": -1}, "circulating_supply is negative"),
        ({"circulating_supply": []}, "circulating_supply is not a number"),
        ({"last_updated": None}, "last_updated is not a date"),
        ({"last_updated": "2022-03-01T00:00:00Z"}, "from the future"),
        ({"id": None}, "id is missing"),
    ],
)
def test_a_market_value_that_cannot_be_is_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(RowError, match=reason):
        parse_market_cap(BITCOIN | change, CONTEXT)


def test_global_figures_are_of_the_day_of_their_time_in_seconds() -> None:
    day = date(2022, 2, 23)
    assert parse_global(GLOBAL, CONTEXT) == (
        Metric(None, day, "market.total_market_cap_usd", "usd", 1823456789012.34),
        Metric(None, day, "market.total_volume_usd", "usd", 76543210987.0),
        Metric(None, day, "market.btc_dominance_pct", "pct", 40.17),
        Metric(None, day, "market.eth_dominance_pct", "pct", 17.62),
        Metric(None, day, "market.active_assets", "count", 12799.0),
    )


@pytest.mark.parametrize(
    ("updated_at", "reason"), [(1645624792000, "not a time"), (1645624792 + 2 * 86_400, "from the future")]
)
def test_a_global_time_in_milliseconds_or_from_the_future_is_refused(updated_at: int, reason: str) -> None:
    with pytest.raises(RowError, match=reason):
        parse_global(GLOBAL | {"updated_at": updated_at}, CONTEXT)


def test_a_global_figure_that_is_missing_is_left_out_and_is_not_zero() -> None:
    found = parse_global(GLOBAL | {"total_market_cap": {"btc": 1.0}, "market_cap_percentage": None}, CONTEXT)
    assert [metric.name for metric in found] == ["market.total_volume_usd", "market.active_assets"]
    with pytest.raises(RowError, match="none of the expected metrics"):
        parse_global({"updated_at": 1645624792}, CONTEXT)


@pytest.mark.parametrize(
    "change",
    [
        {"total_market_cap": {"usd": 0}},
        {"total_volume": {"usd": -1}},
        {"market_cap_percentage": {"btc": 101}},
        {"total_volume": []},
        {"updated_at": None},
    ],
)
def test_global_figures_that_cannot_be_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(RowError):
        parse_global(GLOBAL | change, CONTEXT)


def test_defi_figures_are_text_with_more_digits_than_a_float() -> None:
    day = date(2022, 2, 23)
    assert parse_defi(DEFI, CONTEXT) == (
        Metric(None, day, "defi.market_cap_usd", "usd", 105273842288.229620442228701667),
        Metric(None, day, "defi.trading_volume_24h_usd", "usd", 5046503746.288261648853195485635),
        Metric(None, day, "defi.dominance_pct", "pct", 3.8676692694),
    )


def test_defi_figures_of_over_a_hundred_digits_are_still_read() -> None:
    (metric, *_) = parse_defi(DEFI | {"defi_market_cap": "12.5" + "0" * 200}, CONTEXT)
    assert metric.value == 12.5


@pytest.mark.parametrize(
    "change", [{"defi_market_cap": "-5"}, {"defi_dominance": "1e3"}, {"trading_volume_24h": "NaN"}]
)
def test_defi_figures_that_cannot_be_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(RowError):
        parse_defi(DEFI | change, CONTEXT)
