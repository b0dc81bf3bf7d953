from collections import defaultdict
from pathlib import Path

import pytest

from agent.identity.underlyings import STABLECOINS, UNDERLYING
from agent.portfolio.classification import (
    COLUMNS,
    Attribute,
    Classification,
    Origin,
    UnreadableClassification,
    classify,
    load_classification,
    parse_classification,
)
from datasources.sandbox.roster import CHAINS, SECTORS

HEADER = ",".join(COLUMNS) + "\n"
FILE = parse_classification(
    HEADER
    + "bitcoin,layer 1,store of value,bitcoin,proof of work,\n"
    + "ethereum,layer 1,smart contracts,ethereum,proof of stake,CH\n"
    + "wormhole,infrastructure,,,,\n"
)


def values(found: Classification) -> tuple[str | None, ...]:
    parts = (found.sector, found.use_case, found.chain, found.consensus, found.region)
    return tuple(part.value if part else None for part in parts)


def test_a_row_becomes_a_classification_and_an_empty_cell_is_not_known() -> None:
    assert FILE["bitcoin"] == Classification(
        Attribute("layer 1", Origin.FILE),
        Attribute("store of value", Origin.FILE),
        Attribute("bitcoin", Origin.FILE),
        Attribute("proof of work", Origin.FILE),
        None,
    )


def test_an_asset_of_the_file_is_taken_from_it_alone() -> None:
    # a blank chain of the file means that there are several, whatever one category says
    assert values(classify("wormhole", ["solana-ecosystem", "defi"], FILE)) == (
        "infrastructure",
        None,
        None,
        None,
        None,
    )


def test_any_other_asset_is_known_by_its_categories() -> None:
    found = classify("some-token", ["decentralized-finance-defi", "ethereum-ecosystem"], FILE)
    assert found.sector == Attribute("defi", Origin.CATEGORY)
    assert found.chain == Attribute("ethereum", Origin.CATEGORY)
    assert found.consensus == Attribute("proof of stake", Origin.CATEGORY)
    assert (found.use_case, found.region) == (None, None)


@pytest.mark.parametrize(
    ("categories", "expected"),
    [
        ([], (None, None)),
        (["coinbase-ventures-portfolio"], (None, None)),
        (["layer-1", "meme-token"], ("meme", None)),
        (["smart-contract-platform", "Layer 1 (L1)"], ("layer 1", None)),
        (["exchange-based-tokens", "decentralized-finance-defi"], ("defi", None)),
        (["exchange-based-tokens", "centralized-exchange-token-cex"], ("exchange", None)),
        (["Stablecoins", "decentralized-finance-defi"], ("stablecoin", None)),
        (["ethereum-ecosystem", "base-ecosystem"], (None, None)),
        (["binance-smart-chain"], (None, "bnb-chain")),
        (["dot-ecosystem"], (None, "polkadot")),
        (["near-protocol-ecosystem"], (None, "near")),
        (["Sui Ecosystem"], (None, "sui")),
    ],
)
def test_what_categories_say(categories: list[str], expected: tuple[str | None, str | None]) -> None:
    found = values(classify(None, categories, FILE))
    assert (found[0], found[2]) == expected


def test_the_order_of_categories_makes_no_difference() -> None:
    categories = ["meme-token", "layer-1", "solana-ecosystem", "artificial-intelligence"]
    assert classify(None, categories, FILE) == classify(None, categories[::-1], FILE)


def test_every_category_of_the_sandbox_has_a_sector_or_a_chain() -> None:
    known = load_classification()
    assert all(classify(None, [category.slug], known).sector for category in SECTORS.values())
    assert all(classify(None, [category.slug], known).chain for category in CHAINS.values())


def test_every_fault_is_named_with_its_row_and_column() -> None:
    rows = [
        "Bitcoin,layer 1,,,,",
        "ether,layer one,,,,",
        "solana,,smart-contracts,,,",
        "cardano,,,Cardano,,",
        "tron,,,,proof of coverage,",
        "stellar,,,,,usa",
        "ripple,layer 1",
        "litecoin,,,,,",
        "litecoin,,,,,",
    ]
    with pytest.raises(UnreadableClassification) as raised:
        parse_classification(HEADER + "\n".join(rows))
    places = [(problem.row, problem.column) for problem in raised.value.problems]
    assert places == [
        (2, "coingecko_id"),
        (3, "sector"),
        (4, "use_case"),
        (5, "chain"),
        (6, "consensus"),
        (7, "region"),
        (8, None),
        (10, "coingecko_id"),
    ]
    assert "row 3, column sector: 'layer one' is not one of artificial intelligence, defi," in str(raised.value)


@pytest.mark.parametrize("text", ["", "coingecko_id,sector\nbitcoin,layer 1\n"])
def test_other_columns_are_refused(text: str) -> None:
    with pytest.raises(UnreadableClassification, match="row 1: the columns must be coingecko_id,sector,use_case"):
        parse_classification(text)


def test_the_file_of_the_package_is_read_and_holds_the_largest_assets() -> None:
    known = load_classification()
    assert len(known) >= 120
    assert values(known["bitcoin"]) == ("layer 1", "store of value", "bitcoin", "proof of work", None)
    assert values(known["uniswap"])[:3] == ("defi", "decentralized exchange", "ethereum")
    with pytest.raises(TypeError):
        known["bitcoin"] = known["uniswap"]  # type: ignore[index]  # it is shared, so it must not change


def test_assets_of_one_chain_agree_in_one_way() -> None:
    ways = defaultdict(set)
    for found in load_classification().values():
        if found.chain:
            ways[found.chain.value].add(found.consensus)
    assert {chain: agreed for chain, agreed in ways.items() if len(agreed) > 1} == {}


def test_the_file_agrees_with_what_is_known_of_stablecoins_and_leaves_out_what_stands_for_another() -> None:
    known = load_classification()
    assert {slug for slug, found in known.items() if values(found)[0] == "stablecoin"} <= STABLECOINS
    assert {values(known[slug])[0] for slug in STABLECOINS & set(known)} == {"stablecoin"}
    assert not set(known) & set(UNDERLYING)


def test_the_file_has_unix_line_ends_and_no_blank_around_a_cell() -> None:
    text = (Path(__file__).parents[3] / "agent/portfolio/classification.csv").read_bytes().decode("ascii")
    assert "\r" not in text
    assert text.endswith("\n")
    cells = [cell for line in text.splitlines() for cell in line.split(",")]
    assert [cell for cell in cells if cell != cell.strip()] == []
