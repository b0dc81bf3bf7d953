from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import CoinbriefError
from agent.portfolio.errors import HoldingsError, UnreadableHoldings
from agent.portfolio.holdings_csv import HoldingLine, parse_holdings_csv

PLAIN_NUMBER = "write plain digits with a point for decimals and no thousands separators, such as 1234.5"


def problems(data: bytes | str) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(UnreadableHoldings) as raised:
        parse_holdings_csv(data if isinstance(data, bytes) else data.encode())
    return [(problem.row, problem.column, problem.message) for problem in raised.value.problems]


def test_a_file_gives_one_line_for_each_holding() -> None:
    data = b"symbol,amount,cost_usd,name,token_id\nBTC,0.50,21000,Bitcoin,3375\n\nsol,1.5e-05,,,\n"
    assert parse_holdings_csv(data) == (
        HoldingLine(2, "BTC", "BTC", "Bitcoin", "3375", Decimal("0.50"), Decimal(21000)),
        HoldingLine(4, "sol", "sol", None, None, Decimal("0.000015"), None),
    )


def test_an_amount_keeps_every_digit() -> None:
    (line,) = parse_holdings_csv(b"symbol,amount\nETH,0.123456789012345678\n")
    assert str(line.amount) == "0.123456789012345678"


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfAmount; Symbol \r\n 2 ;ETH\r\n;\r\n",
        b'"AMOUNT","SYMBOL"\n"2","ETH"\n',
        b"\n\n  \namount,asset\n2,ETH",
        b"symbol,cost_usd,amount\nETH,,2\n",
        b"amount,symbol,cost_usd\n2,ETH\n",
        b"amount,symbol\r2,ETH\r",
    ],
)
def test_the_usual_ways_to_write_a_csv_file_are_read(data: bytes) -> None:
    (line,) = parse_holdings_csv(data)
    assert (line.asset_text, line.symbol, line.amount, line.cost_usd) == ("ETH", "ETH", Decimal(2), None)


def test_a_token_id_alone_names_an_asset() -> None:
    (line,) = parse_holdings_csv(b"token_id,amount\n3375,1\n")
    assert (line.asset_text, line.symbol, line.token_id) == ("3375", None, "3375")


def test_a_coin_that_was_given_away_may_have_cost_nothing() -> None:
    (line,) = parse_holdings_csv(b"symbol,amount,cost_usd\nUNI,400,0\n")
    assert line.cost_usd == Decimal(0)


def test_all_problems_come_together_in_the_order_of_the_file() -> None:
    data = "symbol,amount,cost_usd\nBTC,-1,x\n,2,\nETH,1,\n=A1,3,\nETH,2,\n"
    assert problems(data) == [
        (2, "amount", "'-1' is negative; write what is held, without short positions"),
        (
            2,
            "cost_usd",
            f"'x' is not a number coinbrief reads; {PLAIN_NUMBER}",
        ),
        (3, None, "names no asset"),
        (5, "symbol", "'=A1' starts like a spreadsheet formula; write the value itself"),
        (6, None, "'ETH' is already in row 4; add the amounts up in one row"),
    ]


def test_the_message_names_row_and_column() -> None:
    with pytest.raises(HoldingsError) as raised:
        parse_holdings_csv(b"symbol,amount\nBTC,0\n")
    assert str(raised.value).splitlines() == [
        "1 problem in the holdings, nothing was imported:",
        "  row 2, column amount: '0' is zero; leave out what is not held",
    ]
    assert isinstance(raised.value, CoinbriefError)


def test_a_message_shows_the_first_twenty_problems_and_counts_the_rest() -> None:
    with pytest.raises(HoldingsError) as raised:
        parse_holdings_csv(b"symbol,amount\n" + b"".join(b"C%d,0\n" % number for number in range(25)))
    assert len(raised.value.problems) == 25
    assert len(str(raised.value).splitlines()) == 22
    assert str(raised.value).endswith("and 5 more")


@pytest.mark.parametrize(
    "amount",
    ["1.234,5", "1,234.5", "1,5", "1 234", "1'234", "1_000", "1.2.3", "0x10", "٣", "$5", "5 BTC", "1e", ".", "½"],
)
def test_a_number_in_another_notation_is_refused_with_the_expected_one(amount: str) -> None:
    ((row, column, message),) = problems(f"symbol;amount\nBTC;{amount}\n")
    assert (row, column) == (2, "amount")
    assert "such as 1234.5" in message


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ("", "is empty"),
        ("nan", "is not a number"),
        ("inf", "is not a number"),
        ("-inf", "starts like a spreadsheet formula"),
        ("-0.5", "is negative"),
        ("0.000", "is zero"),
        ("0e5", "is zero"),
        ("1e999", "is out of range"),
        ("1e-999", "is out of range"),
        ("1000000000000000000", "is out of range"),
        ("+5", "starts like a spreadsheet formula"),
        ("=1+1", "starts like a spreadsheet formula"),
        ("1" * 200, "is longer than 120 characters"),
    ],
)
def test_an_amount_that_nobody_can_hold_is_refused(amount: str, reason: str) -> None:
    ((row, column, message),) = problems(f"symbol,amount\nBTC,{amount}\n")
    assert (row, column) == (2, "amount")
    assert reason in message


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", " =", "＋", "－", "＠"])  # noqa: RUF001 - the point
@pytest.mark.parametrize("column", ["symbol", "token_id", "name"])
def test_a_cell_that_a_spreadsheet_would_run_is_refused(start: str, column: str) -> None:
    cells = {"symbol": "BTC", "token_id": "3375", "name": "Bitcoin", "amount": "1"}
    cells[column] = f'"{start}HYPERLINK(x)"'
    ((row, found, message),) = problems(",".join(cells) + "\n" + ",".join(cells.values()) + "\n")
    assert (row, found) == (2, column)
    assert "starts like a spreadsheet formula" in message


@pytest.mark.parametrize("name", ["Bit\u200bcoin", "Bit\u202ecoin", "Bit\x1b[31mcoin", '"Bit\ncoin"', "Bit\x07coin"])
def test_text_that_does_not_show_as_it_is_is_refused(name: str) -> None:
    ((row, column, message),) = problems(f"symbol,amount,name\nBTC,1,{name}\n")
    assert (row, column) == (2, "name")
    assert "invisible character" in message
    assert message.isprintable()


@pytest.mark.parametrize(
    ("header", "column", "reason"),
    [
        ("symbol", "amount", "is missing"),
        ("amount", "symbol", "is missing"),
        ("name,amount", "symbol", "is missing"),
        ("symbol,quantity,amount", "'quantity'", "unknown column; the columns are symbol, asset, token_id"),
        ("symbol,amount,", "''", "unknown column"),
        ("symbol,amount,Amount", "amount", "more than once"),
        ("symbol,asset,amount", "asset", "the same as column symbol"),
    ],
)
def test_a_first_row_that_does_not_name_the_columns_is_refused(header: str, column: str, reason: str) -> None:
    ((row, found, message),) = problems(f"{header}\nBTC,1,2\n")
    assert (row, found) == (1, column)
    assert reason in message


def test_a_file_with_another_delimiter_says_which_columns_are_missing() -> None:
    found = [message for _, _, message in problems("symbol\tamount\nBTC\t1\n")]
    assert [message.partition(";")[0] for message in found] == [
        "unknown column",
        "the column is missing",
        "the column is missing",
    ]


@pytest.mark.parametrize(
    ("data", "row", "reason"),
    [
        (b"", None, "the file is empty"),
        (b"\xef\xbb\xbf \n\n", None, "the file is empty"),
        (b"symbol,amount\n", None, "no holdings below its first row"),
        (b"symbol,amount\nBTC,1\nZ\xfcri,2\n", 3, "is not UTF-8 text"),
        ("symbol,amount\nBTC,1\n".encode("utf-16"), None, "is UTF-16"),
        (b"symbol,amount\nB\0C,1\n", 2, "holds a zero byte"),
        (b'symbol,amount\nBTC,1\n"ETH,2\n', 3, "cannot be split into cells"),
        (b'symbol,amount\n"BTC"x,1\n', 2, "cannot be split into cells"),
        (b"symbol,amount\nBTC,1,5\n", 2, "has 3 cells for 2 columns; write decimals with a point"),
        (b"symbol,amount\nBTC,1\n" + b" " * 1_000_000, None, "larger than 1,000,000 bytes"),
    ],
)
def test_a_file_that_is_no_list_of_holdings_is_refused_with_the_reason(
    data: bytes, row: int | None, reason: str
) -> None:
    ((found, _, message),) = problems(data)
    assert found == row
    assert reason in message


def test_ten_thousand_holdings_are_read_and_one_more_is_refused() -> None:
    rows = [f"C{number},1" for number in range(10_001)]
    assert len(parse_holdings_csv("\n".join(["symbol,amount", *rows[:-1]]).encode())) == 10_000
    assert problems("\n".join(["symbol,amount", *rows])) == [(10_002, None, "the file has more than 10,000 holdings")]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("BTC,,1", "btc,,2", True),
        ("BTC,Bitcoin,1", "BTC,BITCOIN,2", True),
        ("BTC,Bitcoin,1", "BTC,Bitcoin Bridged,2", False),
        ("BTC,,1", "ETH,,2", False),
    ],
)
def test_an_asset_may_be_there_once(first: str, second: str, *, same: bool) -> None:
    data = f"symbol,name,amount\n{first}\n{second}\n"
    if same:
        assert "is already in row 2" in problems(data)[0][2]
    else:
        assert len(parse_holdings_csv(data.encode())) == 2


cell = st.one_of(
    st.sampled_from(["BTC", "ETH", "1", "0.5", "-1", "1e-7", "nan", "", " ", "=1", '"', '""', '"a\nb"', "é", "\u200b"]),
    st.text(max_size=8),
)
row = st.lists(cell, min_size=1, max_size=4).map(",".join)
header = st.sampled_from(["symbol,amount", "asset;amount;cost_usd", "token_id,name,amount,cost_usd"])
table = st.tuples(header, st.lists(row, max_size=5)).map(lambda parts: "\n".join([parts[0], *parts[1]]))


@given(st.one_of(st.binary(max_size=200), table.map(lambda text: text.encode("utf-8", "surrogatepass"))))
def test_whatever_the_bytes_the_answer_is_lines_or_a_holdings_error(data: bytes) -> None:
    try:
        lines = parse_holdings_csv(data)
    except HoldingsError:
        return
    assert lines
    for line in lines:
        assert line.amount > 0
        assert line.amount.is_finite()
        assert line.cost_usd is None or line.cost_usd >= 0
        assert line.asset_text in {line.symbol, line.token_id}


@given(st.dictionaries(st.text("ABCDEFGH", min_size=1, max_size=5), st.decimals("0.000001", "1000000", places=6)))
def test_what_was_written_plainly_is_read_as_written(amounts: dict[str, Decimal]) -> None:
    data = "symbol,amount\n" + "".join(f"{symbol},{amount:f}\n" for symbol, amount in amounts.items())
    if amounts:
        assert {line.symbol: line.amount for line in parse_holdings_csv(data.encode())} == amounts
