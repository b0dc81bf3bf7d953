import re

import numpy as np
import pytest

from datasources.sandbox.blocks import generator
from datasources.sandbox.identity import token_id_of, token_ids_of
from datasources.sandbox.names import invented_names, slug_of, ticker_of
from datasources.sandbox.universe import build_universe


def test_twenty_thousand_tokens_have_their_own_ids_and_names() -> None:
    tokens = build_universe(20_000, 7).tokens
    assert len({token.token_id for token in tokens}) == 20_000
    assert len({token.name for token in tokens}) == 20_000
    assert len({token.slug for token in tokens}) == 20_000


def test_invented_names_are_plain_words_of_letters() -> None:
    names = invented_names(3000, generator(7, 99, 0))
    assert all(re.fullmatch(r"[A-Z][a-z]{5,}( Network| Protocol| Finance)?", name) for name in names)
    assert all(re.fullmatch(r"[A-Z]{3,5}", ticker_of(name)) for name in names)


def test_a_small_universe_is_the_head_of_the_market() -> None:
    assert [token.symbol for token in build_universe(5, 1).tokens] == ["BTC", "ETH", "USDT", "BNB", "USDC"]


def test_ids_are_the_providers_own_where_it_names_them() -> None:
    ids = {token.symbol: token.token_id for token in build_universe(100, 7).tokens[:86]}
    assert (ids["BTC"], ids["ETH"], ids["SOL"], ids["AVAX"], ids["ADA"], ids["LTC"]) == (
        3375,
        3306,
        3988,
        4015,
        3315,
        3377,
    )
    assert ids["USDT"] == 3379


def test_followers_trade_only_after_what_they_follow() -> None:
    universe = build_universe(160, 7)
    followers = np.flatnonzero(universe.follows >= 0)
    assert len(followers) >= 6
    assert (universe.listed[followers] >= universe.listed[universe.follows[followers]]).all()
    assert (universe.follows[followers] < followers).all()


def test_an_unknown_symbol_gets_a_derived_id() -> None:
    assert token_id_of("DOGE") == 944422  # 900000 + crc32(b"DOGE") mod 90000
    assert token_ids_of(["DOGE", "BTC"]) == {"DOGE": 944422, "BTC": 3375}


def test_two_symbols_never_share_an_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datasources.sandbox.identity._DERIVED_IDS", 1)
    with pytest.raises(ValueError, match="same token id"):
        token_ids_of(["DOGE", "XRP"])


def test_slugs_hold_lower_case_letters_and_dashes() -> None:
    assert slug_of("Andy on Base") == "andy-on-base"
