"""Answers as the reference documents show them, and the traps beside them; expectations are worked out by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from datasources.context import Context
from datasources.defillama.parse_listings import parse_listings
from datasources.defillama.parse_locked import parse_chain_tvl, parse_protocol_tvl
from datasources.defillama.parse_market import FEES, parse_overview, parse_stablecoin_supply, parse_total_tvl
from datasources.defillama.parse_prices import parse_prices
from datasources.intake import ParsedRow
from datasources.records import AssetListing, Metric, Quote
from datasources.values import RowError

NOW = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)
TODAY = date(2025, 6, 10)
MIDNIGHT = 1749513600  # 2025-06-10T00:00:00Z
DAY_S = 86_400
CONTEXT = Context(NOW, TODAY, date(2025, 6, 4))


def records(parsed: list[ParsedRow]) -> list[Any]:
    return [record for row in parsed for record in row.records]


def faults(parsed: list[ParsedRow]) -> list[str]:
    return [row.fault for row in parsed if row.fault]


def chain(**changes: Any) -> dict[str, Any]:
    return {
        "gecko_id": "ethereum",
        "tvl": 62e9,
        "tokenSymbol": "ETH",
        "cmcId": "1027",
        "name": "Ethereum",
        "chainId": 1,
    } | changes


def protocol(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "name": f"Aave V{number}",
        "symbol": "AAVE",
        "category": "Lending",
        "slug": f"aave-v{number}",
        "tvl": 100.0 * number,
        "chainTvls": {
            "Ethereum": 90.0,
            "Ethereum-staking": 40.0,
            "borrowed": 70.0,
            "pool2": 3.0,
            "Polygon-borrowed": 1,
        },
        "gecko_id": "aave",
        "parentProtocol": "parent#aave",
    } | changes


def test_a_chain_id_may_be_a_number_null_or_text() -> None:
    rows: list[Any] = [
        chain(),
        chain(gecko_id="evmos", tvl=1.5, tokenSymbol="EVMOS", name="Evmos", chainId="9001"),
        chain(gecko_id="solana", tvl=7, tokenSymbol="SOL", name="Solana", chainId=None),
    ]
    assert records(parse_chain_tvl(rows, CONTEXT, ())) == [
        Metric("ethereum", TODAY, "defi.chain_tvl_usd", "usd", 62e9),
        Metric("evmos", TODAY, "defi.chain_tvl_usd", "usd", 1.5),
        Metric("solana", TODAY, "defi.chain_tvl_usd", "usd", 7.0),
    ]
    assert records(parse_listings(rows, "tokenSymbol")) == [
        AssetListing("ethereum", "ETH", "Ethereum", "ethereum"),
        AssetListing("evmos", "EVMOS", "Evmos", "evmos"),
        AssetListing("solana", "SOL", "Solana", "solana"),
    ]


@pytest.mark.parametrize("none", [None, ""])
def test_a_row_without_a_gecko_id_is_about_no_asset(none: str | None) -> None:
    rows: list[Any] = [chain(gecko_id=none, tokenSymbol=None, cmcId=None)]
    assert parse_chain_tvl(rows, CONTEXT, ()) == []
    assert parse_listings(rows, "tokenSymbol") == []


def test_several_protocols_of_one_asset_give_one_listing() -> None:
    rows: list[Any] = [protocol(3, name="Aave V3 Lido"), protocol(2), protocol(1, symbol="-", name="Aave")]
    expected = AssetListing("aave", "AAVE", "Aave V2", "aave")
    assert records(parse_listings(rows, "symbol")) == [expected]
    assert records(parse_listings(rows[::-1], "symbol")) == [expected]
    assert parse_listings(rows, "symbol", without=frozenset({"aave"})) == []


def test_an_asset_without_any_symbol_is_no_listing() -> None:
    assert faults(parse_listings([protocol(1, symbol="-"), protocol(2, symbol=None)], "symbol")) == [
        "its asset has no symbol"
    ]


def test_the_value_of_an_asset_is_the_sum_of_its_protocols_own_values() -> None:
    rows: list[Any] = [protocol(1), protocol(2), protocol(3, tvl=None), protocol(9, gecko_id="lido-dao", tvl=5)]
    assert records(parse_protocol_tvl(rows, CONTEXT, ())) == [
        Metric("aave", TODAY, "defi.protocol_tvl_usd", "usd", 300.0),  # 100 + 200, nothing of chainTvls
        Metric("lido-dao", TODAY, "defi.protocol_tvl_usd", "usd", 5.0),
    ]


def test_exchanges_and_bridges_of_chains_are_no_protocols() -> None:
    rows: list[Any] = [protocol(1, category="CEX"), protocol(2, category="Chain"), protocol(3, category=None)]
    assert [record.value for record in records(parse_protocol_tvl(rows, CONTEXT, ()))] == [300.0]


def test_a_repeated_protocol_counts_once_and_a_contradiction_is_named() -> None:
    parsed = parse_protocol_tvl([protocol(1), protocol(1), protocol(1, tvl=7.0)], CONTEXT, ())
    assert [record.value for record in records(parsed)] == [100.0]
    assert faults(parsed) == ["contradicts an earlier row about the same thing"]


@pytest.mark.parametrize("tvl", ["NaN", -1, "x", True, [], 1e400, 10**400])
def test_an_asset_with_an_unreadable_protocol_has_no_value_rather_than_a_wrong_one(tvl: Any) -> None:
    rows: list[Any] = [protocol(1), protocol(2, tvl=tvl), protocol(9, gecko_id="lido-dao", tvl=5)]
    parsed = parse_protocol_tvl(rows, CONTEXT, ())
    assert [record.provider_id for record in records(parsed)] == ["lido-dao"]
    assert len(faults(parsed)) == 1


def test_only_the_assets_asked_for_are_read() -> None:
    rows: list[Any] = [protocol(1), protocol(2, gecko_id="lido-dao", tvl="x")]
    parsed = parse_protocol_tvl(rows, CONTEXT, ("aave",))
    assert ([record.value for record in records(parsed)], faults(parsed)) == ([100.0], [])


def test_the_intraday_last_point_is_dropped_and_days_not_asked_for_are_passed_over() -> None:
    rows: list[Any] = [
        {"date": MIDNIGHT - 9 * DAY_S, "tvl": 1.0},
        {"date": MIDNIGHT - DAY_S, "tvl": 103.5e9},
        {"date": MIDNIGHT, "tvl": 104e9},
        {"date": MIDNIGHT + 41_000, "tvl": 105e9},
    ]
    parsed = parse_total_tvl(rows, CONTEXT)
    assert records(parsed) == [
        Metric(None, date(2025, 6, 9), "defi.total_tvl_usd", "usd", 103.5e9),
        Metric(None, TODAY, "defi.total_tvl_usd", "usd", 104e9),
    ]
    assert faults(parsed) == []


@pytest.mark.parametrize(
    ("point", "fault"),
    [
        ({"date": MIDNIGHT - 2 * DAY_S + 60, "tvl": 1.0}, "date is not the start of a day"),
        ({"date": MIDNIGHT + 30 * DAY_S, "tvl": 1.0}, "from the future"),
        ({"date": MIDNIGHT, "tvl": None}, "tvl is null or missing"),
        ({"date": MIDNIGHT, "tvl": -1}, "tvl is negative"),
        ({"date": None, "tvl": 1.0}, "date is null or missing"),
        ({"date": "2025-06-10", "tvl": 1.0}, "date is not a number"),
        ({"date": 10**40, "tvl": 1.0}, "date is not a time"),
        (None, "not an object"),
    ],
)
def test_a_point_that_cannot_be_used_says_why(point: Any, fault: str) -> None:
    assert faults(parse_total_tvl([point], CONTEXT)) == [fault]


def test_stablecoin_dates_are_text_and_all_pegs_are_added_up() -> None:
    old: Any = {"date": "1609459200", "totalCirculatingUSD": {"peggedUSD": 28e9}}
    new: Any = {
        "date": str(MIDNIGHT),
        "totalCirculating": {"peggedUSD": 240e9, "peggedEUR": 5e8},
        "totalCirculatingUSD": {"peggedUSD": 240e9, "peggedEUR": 5.7e8, "peggedJPY": 0, "peggedVAR": None},
        "totalMintedUSD": {"peggedUSD": 1},
    }
    assert records(parse_stablecoin_supply([old, new], CONTEXT)) == [
        Metric(None, TODAY, "stablecoin.supply_usd", "usd", 240.57e9)
    ]
    first = Context(NOW, TODAY, date(2020, 12, 1))
    assert records(parse_stablecoin_supply([old], first)) == [
        Metric(None, date(2021, 1, 1), "stablecoin.supply_usd", "usd", 28e9)
    ]


@pytest.mark.parametrize("pegs", [None, {}, [], {"peggedUSD": "x"}, {"peggedUSD": -1}, {"a": 1.7e308, "b": 1.7e308}])
def test_a_supply_without_amounts_is_a_fault_and_not_zero(pegs: Any) -> None:
    parsed = parse_stablecoin_supply([{"date": str(MIDNIGHT), "totalCirculatingUSD": pegs}], CONTEXT)
    assert (records(parsed), len(faults(parsed))) == ([], 1)


def test_the_fees_of_the_last_day_are_labelled_with_the_day_of_the_answer() -> None:
    answer: Any = {"totalDataChart": [], "total24h": 61_234_567, "change_1d": -3.1, "protocols": [{"total24h": None}]}
    assert records(parse_overview(answer, CONTEXT, FEES)) == [
        Metric(None, TODAY, "defi.fees_24h_usd", "usd", 61_234_567)
    ]
    assert parse_overview({"total24h": None}, CONTEXT, FEES)[0].records == ()
    with pytest.raises(RowError, match="total24h is missing"):
        parse_overview({"total48h": 1}, CONTEXT, FEES)
    assert faults(parse_overview({"total24h": -5}, CONTEXT, FEES)) == ["total24h is negative"]


def price(**changes: Any) -> dict[str, Any]:
    now_s = int(NOW.timestamp())
    return {"price": 109_321.57, "symbol": "BTC", "timestamp": now_s - 5_400, "confidence": 0.99} | changes


def test_a_price_keeps_its_own_time_and_the_digits_that_came() -> None:
    parsed = parse_prices({"coins": {"coingecko:bitcoin": price()}}, Context(NOW))
    assert records(parsed) == [Quote("bitcoin", Decimal("109321.57"), datetime(2025, 6, 10, 10, 30, tzinfo=UTC))]


def test_an_unknown_coin_is_left_out_with_a_success_status() -> None:
    assert parse_prices({"coins": {}}, Context(NOW)) == []


def test_confidence_and_decimals_may_be_absent() -> None:
    fields = price()
    del fields["confidence"]
    assert len(records(parse_prices({"coins": {"coingecko:bitcoin": fields}}, Context(NOW)))) == 1
    assert len(records(parse_prices({"coins": {"coingecko:bitcoin": price(decimals=8)}}, Context(NOW)))) == 1


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"confidence": 0.89}, "confidence is below 0.9"),
        ({"price": 0}, "price is zero or negative"),
        ({"price": None}, "price is null or missing"),
        ({"price": "NaN"}, "price is not a number"),
        ({"timestamp": None}, "timestamp is null or missing"),
        ({"timestamp": int(NOW.timestamp()) + 301}, "from the future"),
        ({"timestamp": int(NOW.timestamp()) * 1_000}, "timestamp is not a time"),
    ],
)
def test_a_price_that_cannot_be_used_says_why(changes: dict[str, Any], fault: str) -> None:
    assert faults(parse_prices({"coins": {"coingecko:bitcoin": price(**changes)}}, Context(NOW))) == [fault]


@pytest.mark.parametrize("key", ["ethereum:0xdAC17F958D2ee523a2206206994597C13D831ec7", "bitcoin", "coingecko:"])
def test_a_price_of_something_else_is_no_quote(key: str) -> None:
    assert faults(parse_prices({"coins": {key: price()}}, Context(NOW))) == ["not the price of a CoinGecko id"]


@pytest.mark.parametrize("answer", [None, [], {}, {"coins": None}, {"coins": []}, "x"])
def test_an_answer_without_coins_is_not_an_empty_one(answer: Any) -> None:
    with pytest.raises(RowError):
        parse_prices(answer, Context(NOW))
