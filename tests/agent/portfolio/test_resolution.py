from collections.abc import Sequence
from decimal import Decimal

import pytest

from agent.portfolio.errors import UnresolvedHoldings
from agent.portfolio.holdings_csv import HoldingLine, parse_holdings_csv
from agent.portfolio.resolution import Candidate, Holding, resolve

BITCOIN = Candidate(1, "BTC", "Bitcoin", ("3375",), 1)
ETHEREUM = Candidate(2, "ETH", "Ethereum", ("3306",), 2)
PEPE = Candidate(3, "PEPE", "Pepe", ("24478",), 30)
OLD_PEPE = Candidate(4, "PEPE", "Pepe Classic", ("17",), None)
BITCOIN_FAKE = Candidate(5, "BTC", "Bitcoin", ("999",), 900)
ASSETS = (BITCOIN, ETHEREUM, PEPE, OLD_PEPE)


def stored(assets: Sequence[Candidate] = ASSETS):  # noqa: ANN201 - a fake with the shape that resolve names
    def candidates(line: HoldingLine) -> list[Candidate]:
        symbol = (line.symbol or "").casefold()
        return [asset for asset in assets if asset.symbol.casefold() == symbol or line.token_id in asset.provider_ids]

    return candidates


def lines(text: str) -> tuple[HoldingLine, ...]:
    return parse_holdings_csv(text.encode())


def problems(text: str, assets: Sequence[Candidate] = ASSETS) -> list[str]:
    with pytest.raises(UnresolvedHoldings) as raised:
        resolve(lines(text), stored(assets))
    return [str(problem) for problem in raised.value.problems]


def test_a_line_with_one_candidate_is_that_asset() -> None:
    found = resolve(lines("symbol,amount,cost_usd\nbtc,0.5,21000\nETH,2,\n"), stored())
    assert found == (Holding(1, Decimal("0.5"), Decimal(21000)), Holding(2, Decimal(2), None))


def test_an_unknown_asset_is_named_with_what_to_do() -> None:
    assert problems("symbol,amount\nXYZ,1\n") == [
        "row 2, column symbol: unknown asset 'XYZ'; collect first or give token_id"
    ]


def test_an_ambiguous_symbol_is_asked_back_with_its_candidates_largest_first() -> None:
    (message,) = problems("symbol,amount\nPEPE,1\n", (OLD_PEPE, PEPE))
    assert message == (
        "row 2, column symbol: 'PEPE' may mean 'Pepe' ('PEPE', token id '24478', rank 30) or 'Pepe Classic' "
        "('PEPE', token id '17', not ranked); add its id in a column token_id or its name in name"
    )


def test_an_asset_of_high_rank_is_not_preferred() -> None:
    assert "may mean" in problems("symbol,amount\nBTC,1\n", (BITCOIN, BITCOIN_FAKE))[0]


def test_a_name_decides_between_candidates() -> None:
    (holding,) = resolve(lines("symbol,name,amount\nPEPE,pepe classic,1\n"), stored())
    assert holding.asset_id == 4


def test_a_name_that_two_candidates_share_does_not_decide() -> None:
    (message,) = problems("symbol,name,amount\nBTC,Bitcoin,1\n", (BITCOIN, BITCOIN_FAKE))
    assert message.endswith("rank 900); add its id in a column token_id")


def test_a_token_id_decides_between_candidates() -> None:
    (holding,) = resolve(lines("symbol,token_id,amount\nBTC,999,1\n"), stored((BITCOIN, BITCOIN_FAKE)))
    assert holding.asset_id == 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("symbol,token_id,amount\nETH,3375,1\n", "token_id '3375' and symbol 'ETH'"),
        ("symbol,name,amount\nBTC,Ethereum,1\n", "symbol 'BTC' and name 'Ethereum'"),
        ("token_id,name,amount\n3375,Ethereum,1\n", "token_id '3375' and name 'Ethereum'"),
    ],
)
def test_a_line_that_contradicts_itself_is_not_resolved(text: str, said: str) -> None:
    (message,) = problems(text)
    assert f"no asset has this {said}; close to it: " in message


def test_one_asset_offered_twice_is_one_candidate() -> None:
    (holding,) = resolve(lines("symbol,amount\nBTC,1\n"), stored((BITCOIN, BITCOIN)))
    assert holding.asset_id == 1


def test_two_lines_that_turn_out_to_be_one_asset_are_refused() -> None:
    assert problems("symbol,token_id,amount\nBTC,,1\n,3375,2\n") == [
        "row 3: '3375' is 'Bitcoin', as in row 2; add them up in one row"
    ]


def test_all_problems_come_together_and_nothing_is_resolved() -> None:
    found = problems("symbol,token_id,amount\nBTC,,1\nXYZ,,1\n,3375,1\nPEPE,,1\n")
    assert [message.partition(":")[0] for message in found] == ["row 3, column symbol", "row 4", "row 5, column symbol"]


def test_a_long_list_of_candidates_is_cut() -> None:
    many = tuple(Candidate(number, "CAT", f"Cat {number}", (str(number),), number) for number in range(1, 9))
    (message,) = problems("symbol,amount\nCAT,1\n", many)
    assert "'Cat 5' ('CAT', token id '5', rank 5) or 3 more; add" in message


def test_hostile_names_are_shown_escaped() -> None:
    hostile = Candidate(9, "PEPE", "Pepe\x1b[31m\n", ("1",), 1)
    (message,) = problems("symbol,amount\nPEPE,1\n", (PEPE, hostile))
    assert message.isprintable()
