import pytest

from agent.identity.kinds import AssetKind, classify
from agent.identity.underlyings import STABLECOINS, UNDERLYING


@pytest.mark.parametrize(
    ("slug", "name", "categories", "expected"),
    [
        ("bitcoin", "Bitcoin", ("Layer 1 (L1)", "Proof of Work (PoW)"), "coin"),
        ("tether", "Tether", (), "stablecoin"),
        (None, "Some Dollar", ("USD Stablecoin",), "stablecoin"),
        (None, "Some Dollar", ("stablecoins",), "stablecoin"),
        ("maker", "Maker", ("Stablecoin Protocol", "Stablecoin Issuer"), "coin"),
        ("lido-dao", "Lido DAO", ("Liquid Staking", "Liquid Staking Governance Tokens"), "coin"),
        (None, "A Staking Game", (), "coin"),
        ("wrapped-bitcoin", "Wrapped Bitcoin", (), "wrapped"),
        (None, "Wrapped Dogecoin", (), "wrapped"),
        (None, "Unwrapped", (), "coin"),
        (None, "Any", ("Wrapped-Tokens",), "wrapped"),
        ("msol", "Marinade Staked SOL", (), "staked"),
        (None, "Somebody Staked ETH", (), "staked"),
        (None, "Wrapped Somebody Staked ETH", (), "staked"),
        (None, "Any", ("liquid-staking-tokens",), "staked"),
        (None, "Bridged USDC (Linea)", ("Stablecoins",), "stablecoin"),
        (None, "Bridged USDC (Linea)", ("Stablecoins", "Bridged-Tokens"), "bridged"),
        (None, "Polygon Bridged LINK", (), "bridged"),
        (None, "Binance-Peg Filecoin", (), "bridged"),
        (None, "Wrapped Ether (Wormhole)", (), "bridged"),
        (None, "Abridged", (), "coin"),
    ],
)
def test_an_asset_is_what_its_id_its_categories_or_its_name_say(
    slug: str | None, name: str, categories: tuple[str, ...], expected: str
) -> None:
    assert classify(slug, name, categories) == expected


def test_a_symbol_like_name_says_nothing() -> None:
    assert classify("weth-meme", "WETH", ()) is AssetKind.COIN


def test_underlyings_are_coins_in_the_end() -> None:
    assert not set(UNDERLYING.values()) & set(UNDERLYING)
    assert not set(UNDERLYING) & STABLECOINS
    assert UNDERLYING["wrapped-bitcoin"] == "bitcoin"
    assert UNDERLYING["staked-ether"] == "ethereum"
