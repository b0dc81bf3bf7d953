"""From bytes to the rows of a CSV file: limits, encoding, delimiter, quotation marks."""

import csv
import io
from dataclasses import dataclass

from agent.portfolio.errors import Problem, UnreadableHoldings

MAX_BYTES = 1_000_000
MAX_ROWS = 10_000
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not blank; `number` is the line of the file it starts on, counted from 1."""

    number: int
    cells: tuple[str, ...]


def decode(data: bytes) -> str:
    """Decode a file; raises UnreadableHoldings if it is too large or not UTF-8 text."""
    if len(data) > MAX_BYTES:
        raise UnreadableHoldings([Problem(None, None, f"the file is larger than {MAX_BYTES:,} bytes")])
    if data.startswith(UTF_16_MARKS):
        raise UnreadableHoldings([Problem(None, None, "the file is UTF-16; save it as CSV in UTF-8")])
    zero = data.find(b"\0")
    if zero >= 0:
        row = data.count(b"\n", 0, zero) + 1
        raise UnreadableHoldings([Problem(row, None, "holds a zero byte, so this is not a CSV file; export it again")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise UnreadableHoldings([Problem(row, None, "is not UTF-8 text; save the file as CSV in UTF-8")]) from None


def split_rows(text: str) -> tuple[list[Row], list[Problem]]:
    """Split text into its rows; if that fails somewhere, the rows before it come with the problem."""
    first_line = text.lstrip().partition("\n")[0]
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    number = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(number, tuple(cells)))
            if len(rows) > MAX_ROWS + 1:
                return rows[:1], [Problem(number, None, f"the file has more than {MAX_ROWS:,} holdings")]
            number = reader.line_num + 1
    except csv.Error as error:
        return rows, [Problem(number, None, f"cannot be split into cells ({error}); check its quotation marks")]
    return rows, []
