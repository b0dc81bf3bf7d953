from datetime import date

import pytest

from datasources.binance.pairs import PAIRS


@pytest.mark.parametrize(
    ("pair", "coingecko_id"),
    [
        ("BTCUSDT", "bitcoin"),
        ("ETHUSDT", "ethereum"),
        ("LUNAUSDT", "terra-luna-2"),
        ("LUNCUSDT", "terra-luna"),
        ("POLUSDT", "polygon-ecosystem-token"),
        ("MATICUSDT", "matic-network"),
        ("BEAMXUSDT", "beam-2"),
        ("BNBUSDT", "binancecoin"),
        ("AVAXUSDT", "avalanche-2"),
    ],
)
def test_a_pair_stands_for_the_asset_it_trades(pair: str, coingecko_id: str) -> None:
    assert PAIRS[pair].coingecko_id == coingecko_id


def test_no_pair_and_no_asset_is_there_twice() -> None:
    assert len({pair.coingecko_id for pair in PAIRS.values()}) == len(PAIRS)
    assert all(key == pair.symbol + "USDT" for key, pair in PAIRS.items())
    assert len(PAIRS) >= 120


@pytest.mark.parametrize("base", ["1000SATS", "1000CAT", "1MBABYDOGE", "BEAM", "STRAX", "SUN", "QUICK", "USDC", "USDT"])
def test_units_of_many_and_symbols_that_changed_hands_are_left_out(base: str) -> None:
    assert base + "USDT" not in PAIRS


def test_no_symbol_is_of_a_thousand_or_a_million() -> None:
    assert [pair for pair in PAIRS if pair.startswith(("1000", "1M"))] == []


def test_a_symbol_that_was_another_asset_has_a_first_day() -> None:
    assert {pair: found.first_day for pair, found in PAIRS.items() if found.first_day} == {
        "LUNAUSDT": date(2022, 5, 31)
    }
