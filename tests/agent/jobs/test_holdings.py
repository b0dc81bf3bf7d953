from decimal import Decimal

import pytest

from agent.jobs.holdings import add_holding, held_assets, import_holdings
from agent.portfolio.errors import UnreadableHoldings, UnresolvedHoldings
from agent.portfolio.holdings_csv import HoldingLine
from agent.store.engine import Store
from tests.agent.jobs.database import rows_of
from tests.agent.jobs.world import NOW

BAD = {
    "an unknown symbol": (b"symbol,amount\nBTC,1\nNOSUCH,2\n", UnresolvedHoldings, "row 3"),
    "an ambiguous symbol": (b"symbol,amount\nBTC,1\nPEPE,2\n", UnresolvedHoldings, "row 3"),
    "a negative amount": (b"symbol,amount\nBTC,1\nETH,-2\n", UnreadableHoldings, "row 3, column amount"),
    "a missing column": (b"symbol\nBTC\n", UnreadableHoldings, "row 1, column amount"),
    "a formula": (b"symbol,amount\nBTC,1\n=HYPERLINK(1),2\n", UnreadableHoldings, "row 3, column symbol"),
    "another encoding": ("symbol,amount\nBTC,1\nÄTH,2\n".encode("latin-1"), UnreadableHoldings, "row 3"),
    "the same coin by symbol and by id": (
        b"symbol,token_id,amount\nBTC,,1\n,3375,2\n",
        UnresolvedHoldings,
        "row 3",
    ),
    "an id that belongs to another symbol": (
        b"symbol,token_id,amount\nETH,3375,1\n",
        UnresolvedHoldings,
        "row 2",
    ),
    "nothing": (b"", UnreadableHoldings, "empty"),
}


def held(store: Store, name: str = "main") -> dict[str, Decimal]:
    with store.reader() as session:
        return {item.asset.symbol: item.amount for item in held_assets(session, name)}


@pytest.mark.parametrize("name", BAD)
def test_a_file_with_one_bad_line_changes_nothing_at_all(collected: Store, name: str) -> None:
    data, error, place = BAD[name]
    before = rows_of(collected.path)
    with pytest.raises(error, match=place):
        import_holdings(collected, "sandbox", "main", data, NOW)
    with pytest.raises(error, match=place):
        import_holdings(collected, "sandbox", "new", data, NOW)
    assert rows_of(collected.path) == before


def test_a_good_file_replaces_what_was_held(collected: Store) -> None:
    import_holdings(collected, "sandbox", "main", b"symbol;amount;cost_usd\nBTC;0.5;1000\nADA;12;\n", NOW)
    assert held(collected) == {"BTC": Decimal("0.5"), "ADA": Decimal(12)}
    assert "HoldingRow" not in repr(held(collected))


def test_a_new_portfolio_is_made_for_a_good_file(collected: Store) -> None:
    import_holdings(collected, "sandbox", "second", b"symbol,amount\nBTC,1e-8\n", NOW)
    assert held(collected, "second") == {"BTC": Decimal("1E-8")}
    assert set(held(collected)) == {"BTC", "ETH", "SOL"}


def test_an_asset_of_another_source_is_not_meant(collected: Store) -> None:
    with pytest.raises(UnresolvedHoldings, match="row 2"):
        import_holdings(collected, "token_metrics", "main", b"symbol,amount\nBTC,1\n", NOW)


def line(symbol: str, amount: str) -> HoldingLine:
    return HoldingLine(2, symbol, symbol, None, None, Decimal(amount), None)


def test_adding_replaces_the_amount_of_that_coin_alone(collected: Store) -> None:
    add_holding(collected, "sandbox", "main", line("BTC", "2"), NOW)
    assert held(collected) == {"BTC": Decimal(2), "ETH": Decimal("4.2"), "SOL": Decimal(60)}


def test_adding_what_cannot_be_told_apart_changes_nothing(collected: Store) -> None:
    before = rows_of(collected.path)
    with pytest.raises(UnresolvedHoldings, match="PEPE"):
        add_holding(collected, "sandbox", "main", line("PEPE", "2"), NOW)
    assert rows_of(collected.path) == before


def test_the_largest_assets_are_shown_first(collected: Store) -> None:
    with collected.reader() as session:
        ranks = [item.asset.rank for item in held_assets(session, "main")]
    assert ranks == sorted(rank for rank in ranks if rank is not None)
