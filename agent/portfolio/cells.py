"""The cells of a holdings file: what may stand in one, and what a number in one must look like."""

import re
from decimal import Decimal

MAX_CHARACTERS = 120
LARGEST = Decimal("1e18")
SMALLEST = Decimal("1e-30")

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # noqa: RUF001 - spreadsheets run these too
NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
NEGATIVE = re.compile(rf"-\s*{NUMBER.pattern}")
PLAIN_NUMBER = "write plain digits with a point for decimals and no thousands separators, such as 1234.5"


def shown(text: str) -> str:
    """Quote text from the file for a message: control characters escaped, at most 40 characters."""
    return repr(text) if len(text) <= 40 else f"{text[:40]!r}..."


def parse_text(cell: str) -> str | None:
    """Read a name or key, None if the cell is empty; raises ValueError if the cell is unsafe to keep."""
    return _checked(cell) or None


def parse_amount(cell: str) -> Decimal:
    """Read an amount that is held, above 0; raises ValueError that says what is wrong with it."""
    text = _checked(cell, may_be_negative=True)
    if not text:
        raise ValueError("is empty; write how much is held")
    amount = _number(text)
    if not amount:
        raise ValueError(f"{shown(text)} is zero; leave out what is not held")
    return amount


def parse_cost(cell: str) -> Decimal | None:
    """Read a cost of 0 or more, None if the cell is empty; raises ValueError that says what is wrong with it."""
    text = _checked(cell, may_be_negative=True)
    return _number(text) if text else None


def _checked(cell: str, *, may_be_negative: bool = False) -> str:
    """Strip a cell; a negative number looks like a formula but deserves a better message, so it may pass."""
    text = cell.strip()
    starts_formula = cell.startswith(FORMULA_STARTS) or text.startswith(FORMULA_STARTS)
    if starts_formula and not (may_be_negative and NEGATIVE.fullmatch(text)):
        raise ValueError(f"{shown(cell)} starts like a spreadsheet formula; write the value itself")
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"{shown(text)} is longer than {MAX_CHARACTERS} characters")
    if not text.isprintable():
        raise ValueError(f"{shown(text)} holds a line break or an invisible character; remove it")
    return text


def _number(text: str) -> Decimal:
    if NEGATIVE.fullmatch(text):
        raise ValueError(f"{shown(text)} is negative; write what is held, without short positions")
    if not NUMBER.fullmatch(text):
        raise ValueError(f"{shown(text)} is not a number coinbrief reads; {PLAIN_NUMBER}")
    number = Decimal(text)
    if number and not SMALLEST <= number < LARGEST:
        raise ValueError(f"{shown(text)} is out of range; it must lie between {SMALLEST} and {LARGEST}")
    return number
