"""Reads a CSV of holdings into lines, strictly: everything doubtful is a problem, and all problems come together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from agent.portfolio.cells import parse_amount, parse_cost, parse_text, shown
from agent.portfolio.csv_rows import Row, decode, split_rows
from agent.portfolio.errors import Problem, UnreadableHoldings

COLUMNS = ("symbol", "asset", "token_id", "name", "amount", "cost_usd")
TEXT_COLUMNS = ("symbol", "asset", "token_id", "name")


@dataclass(frozen=True, slots=True)
class HoldingLine:
    """One line of the file.

    `row` is its line number, `asset_text` what the file calls the asset, `token_id` a provider's key of it, `cost_usd`
    what the whole amount cost. An `asset` column is read as symbols.
    """

    row: int
    asset_text: str
    symbol: str | None
    name: str | None
    token_id: str | None
    amount: Decimal
    cost_usd: Decimal | None


def parse_holdings_csv(data: bytes) -> tuple[HoldingLine, ...]:
    """Read the lines of a holdings file.

    The first row names the columns, in any order and case: `amount`, at least one of `symbol` (or `asset`) and
    `token_id`, and if wanted `name` and `cost_usd`. The delimiter is a comma or a semicolon, the encoding UTF-8.
    Raises UnreadableHoldings with every problem of the file.
    """
    rows, problems = split_rows(decode(data))
    if not rows:
        raise UnreadableHoldings(
            problems or [Problem(None, None, "the file is empty; its first row names the columns")]
        )
    columns = _columns(rows[0])
    lines: list[HoldingLine] = []
    for row in rows[1:]:
        line, found = _line(row, columns)
        problems += found
        if line:
            lines.append(line)
    problems += _duplicates(lines)
    if len(rows) == 1 and not problems:
        problems.append(Problem(None, None, "the file has no holdings below its first row"))
    if problems:
        raise UnreadableHoldings(sorted(problems, key=lambda problem: problem.row or 0))
    return tuple(lines)


def _columns(header: Row) -> list[str]:
    columns = [cell.strip().casefold() for cell in header.cells]
    problems = list(_header_problems(header, columns))
    if problems:
        raise UnreadableHoldings(problems)
    return columns


def _header_problems(header: Row, columns: Sequence[str]) -> Iterator[Problem]:
    for cell, column in zip(header.cells, columns, strict=True):
        if column not in COLUMNS:
            yield Problem(header.number, shown(cell), f"unknown column; the columns are {', '.join(COLUMNS)}")
    for column in COLUMNS:
        if columns.count(column) > 1:
            yield Problem(header.number, column, "the column is there more than once")
    if "symbol" in columns and "asset" in columns:
        yield Problem(header.number, "asset", "means the same as column symbol; keep one of them")
    if not {"symbol", "asset", "token_id"} & set(columns):
        yield Problem(header.number, "symbol", "the column is missing; name each asset by symbol, asset or token_id")
    if "amount" not in columns:
        yield Problem(header.number, "amount", "the column is missing; say how much of each asset is held")


def _line(row: Row, columns: Sequence[str]) -> tuple[HoldingLine | None, list[Problem]]:
    if len(row.cells) > len(columns):
        message = f"has {len(row.cells)} cells for {len(columns)} columns; write decimals with a point, such as 1.5"
        return None, [Problem(row.number, None, message)]
    cells = dict(zip(columns, row.cells, strict=False))
    texts, problems = _texts(row, cells)
    amount = cost_usd = None
    try:
        amount = parse_amount(cells.get("amount", ""))
    except ValueError as error:
        problems.append(Problem(row.number, "amount", str(error)))
    try:
        cost_usd = parse_cost(cells.get("cost_usd", ""))
    except ValueError as error:
        problems.append(Problem(row.number, "cost_usd", str(error)))
    symbol, token_id = texts.get("symbol") or texts.get("asset"), texts.get("token_id")
    asset_text = symbol or token_id
    if problems or asset_text is None or amount is None:
        return None, problems or [Problem(row.number, None, "names no asset")]
    return HoldingLine(row.number, asset_text, symbol, texts.get("name"), token_id, amount, cost_usd), []


def _texts(row: Row, cells: Mapping[str, str]) -> tuple[dict[str, str | None], list[Problem]]:
    texts: dict[str, str | None] = {}
    problems = []
    for column in TEXT_COLUMNS:
        try:
            texts[column] = parse_text(cells.get(column, ""))
        except ValueError as error:
            problems.append(Problem(row.number, column, str(error)))
    return texts, problems


def _duplicates(lines: Sequence[HoldingLine]) -> Iterator[Problem]:
    first_rows: dict[tuple[str, str], int] = {}
    for line in lines:
        key = (line.token_id, "") if line.token_id else (line.asset_text.casefold(), (line.name or "").casefold())
        first = first_rows.setdefault(key, line.row)
        if first != line.row:
            message = f"{shown(line.asset_text)} is already in row {first}; add the amounts up in one row"
            yield Problem(line.row, None, message)
