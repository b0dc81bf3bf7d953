import pytest

from agent.identity.keys import Contract, normal_chain, parse_contract, parse_slug

PEPE = "0x6982508145454Ce325dDbE47a25d4ec3d2311933"
BONK = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("eth", "Ethereum", "ERC20", "ethereum-mainnet"), "ethereum"),
        (("bsc", "BNB Smart Chain", "bnb", "binance-smart-chain", "BEP20"), "binance-smart-chain"),
        (("polygon", "matic", "polygon-pos", "polygon_pos"), "polygon-pos"),
        (("arbitrum", "arbitrum-one", "Arbitrum One"), "arbitrum-one"),
        (("optimism", "optimistic-ethereum", "op"), "optimistic-ethereum"),
        (("avax", "Avalanche"), "avalanche"),
        (("sol", "Solana"), "solana"),
        (("trx", "TRON", "trc20"), "tron"),
        (("base",), "base"),
        (("Some New_Chain ",), "some-new-chain"),
    ],
)
def test_every_name_of_a_chain_is_one_chain(names: tuple[str, ...], expected: str) -> None:
    assert {normal_chain(name) for name in names} == {expected}


def test_evm_addresses_are_the_same_in_any_case_and_others_are_not() -> None:
    assert parse_contract("eth", PEPE) == parse_contract("ethereum", PEPE.upper().replace("0X", "0x"))
    assert parse_contract("sol", BONK) == Contract("solana", BONK)
    assert parse_contract("sol", BONK) != parse_contract("sol", BONK.lower())


@pytest.mark.parametrize(
    ("chain", "address"),
    [
        ("", PEPE),
        ("ethereum", ""),
        ("ethereum", "  "),
        ("ethereum", "0x0000000000000000000000000000000000000000"),
        ("ethereum", "0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE"),
    ],
)
def test_what_stands_for_no_contract_is_none(chain: str, address: str) -> None:
    assert parse_contract(chain, address) is None


@pytest.mark.parametrize("text", [None, "", " ", "undefined", "null", "https://app.tokenmetrics.com/undefined", "a b"])
def test_what_cannot_be_a_coingecko_id_is_none(text: str | None) -> None:
    assert parse_slug(text) is None


def test_a_coingecko_id_is_kept_as_it_is() -> None:
    assert parse_slug(" 0x-protocol.v_2 ") == "0x-protocol.v_2"
