import json

import pytest

from tests.agent.cli.commands import Commands
from tests.agent.jobs.database import rows_of

BAD: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "an unknown symbol": (b"symbol,amount\nBTC,1\nNOSUCH,2\n", ("row 3, column symbol", "'NOSUCH'")),
    "an ambiguous symbol": (b"symbol,amount\nBTC,1\nPEPE,2\n", ("row 3, column symbol", "9001", "9002")),
    "a negative amount": (b"symbol,amount\nBTC,1\nETH,-2\n", ("row 3, column amount", "negative")),
    "a missing column": (b"symbol,cost_usd\nBTC,1\n", ("row 1, column amount", "missing")),
    "a formula": (b'symbol,amount\nBTC,1\n"=HYPERLINK(""x"")",2\n', ("row 3, column symbol", "formula")),
    "another encoding": ("symbol,name,amount\nBTC,Ähm,1\n".encode("latin-1"), ("row 2", "UTF-8")),
    "several at once": (b"symbol,amount\nBTC,x\nETH,-2\n", ("2 problems", "row 2, column amount", "row 3")),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_row_and_column_and_nothing_is_imported(coinbrief: Commands, name: str) -> None:
    data, expected = BAD[name]
    (coinbrief.folder / "bad.csv").write_bytes(data)
    before = rows_of(coinbrief.folder / "coinbrief.db")
    err = coinbrief.bad("portfolio", "import", "bad.csv")
    assert "nothing was imported" in err
    for text in expected:
        assert text in err
    assert rows_of(coinbrief.folder / "coinbrief.db") == before


def test_a_file_that_is_not_there_is_named(coinbrief: Commands) -> None:
    assert "none.csv" in coinbrief.bad("portfolio", "import", "none.csv")


def test_a_good_file_is_imported_and_shown(coinbrief: Commands) -> None:
    (coinbrief.folder / "good.csv").write_text("symbol,amount\nBTC,0.5\nETH,2\n")
    assert "now has 2 holdings" in coinbrief.good("portfolio", "import", "good.csv", "--portfolio", "second")
    view = json.loads(coinbrief.good("portfolio", "show", "--portfolio", "second", "--json"))
    assert [(item["symbol"], item["amount"]) for item in view["holdings"]] == [("BTC", "0.5"), ("ETH", "2")]
    assert view["as_of"] == "2025-10-10"


def test_a_holding_is_added_by_symbol_name_or_id(coinbrief: Commands) -> None:
    coinbrief.good("portfolio", "add", "ADA", "12")
    coinbrief.good("portfolio", "add", "Litecoin", "3")
    coinbrief.good("portfolio", "add", "PEPE", "5", "--token-id", "9002")
    view = json.loads(coinbrief.good("portfolio", "show", "--json"))
    held = {item["name"]: item["amount"] for item in view["holdings"]}
    assert held.items() >= {"Cardano": "12", "Litecoin": "3", "Pepe Ordinal": "5"}.items()
    assert len(held) == 6


def test_a_holding_is_removed_by_symbol_name_or_id_and_only_if_it_is_held(coinbrief: Commands) -> None:
    for arguments in (("ADA", "12"), ("PEPE", "5", "--token-id", "9002"), ("Litecoin", "3")):
        coinbrief.good("portfolio", "add", *arguments, "--portfolio", "sold")
    assert "no longer holds Cardano" in coinbrief.good("portfolio", "remove", "ada", "--portfolio", "sold")
    assert "no longer holds Pepe Ordinal" in coinbrief.good("portfolio", "remove", "9002", "--portfolio", "sold")
    err = coinbrief.bad("portfolio", "remove", "Cardano", "--portfolio", "sold")
    assert "no 'Cardano'; it holds Litecoin" in err
    coinbrief.good("portfolio", "remove", "Litecoin", "--portfolio", "sold")
    assert "it holds nothing" in coinbrief.bad("portfolio", "remove", "Litecoin", "--portfolio", "sold")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("PEPE", "1"), "9002"), (("BTC", "0"), "zero"), (("BTC", "1,5"), "1,5"), (("=X()", "1"), "formula")],
)
def test_a_holding_that_cannot_be_is_not_added(coinbrief: Commands, arguments: tuple[str, str], said: str) -> None:
    assert said in coinbrief.bad("portfolio", "add", *arguments)


def test_the_view_shows_every_figure_whole(coinbrief: Commands) -> None:
    (coinbrief.folder / "good.csv").write_text("symbol,amount\nBTC,123456.12345678\nETH,2\n")
    coinbrief.good("portfolio", "import", "good.csv")
    view = json.loads(coinbrief.good("portfolio", "show", "--json"))
    text = coinbrief.good("portfolio", "show")
    assert "\u2026" not in text
    for item in view["holdings"]:
        (line,) = [line for line in text.splitlines() if line.startswith(item["name"])]
        shown = [item["amount"], *(figure or "n/a" for figure in item["figures"].values())]
        assert line.removeprefix(item["name"]).split() == shown
    for gap in view["gaps"]:
        assert gap in text


def test_a_portfolio_with_an_odd_name_is_shown_by_it(coinbrief: Commands) -> None:
    name = "[/red] mine"
    coinbrief.good("portfolio", "add", "BTC", "1", "--portfolio", name)
    assert f"Portfolio {name}" in coinbrief.good("portfolio", "show", "--portfolio", name)


def test_an_unknown_portfolio_is_named_with_those_there_are(coinbrief: Commands) -> None:
    err = coinbrief.bad("portfolio", "show", "--portfolio", "nobody")
    assert "'nobody'" in err
    assert "'main'" in err
