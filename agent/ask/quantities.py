"""Amounts in a question: `$1bn`, `10k`, `20 percent`, `at least`, `top five`. Pure."""

import re
from dataclasses import dataclass
from typing import Literal

_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9,
           "billion": 1e9, "t": 1e12, "tn": 1e12, "trillion": 1e12}  # fmt: skip
_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}

NUMBER = (
    r"(?P<sign>[-+]?)(?P<dollar>\$?) ?(?P<digits>\d[\d,]{0,20}(?:\.\d{1,12})?|\.\d{1,12})"
    r"(?: ?(?P<scale>k|m|mn|mio|million|b|bn|billion|t|tn|trillion|thousand)(?![a-z]))?"
    r"(?: ?(?P<unit>%|percent|per cent|pct|percentage points?|usd|dollars?|bucks))?"
)
"""A number as typed, with its scale and unit."""
ABOVE = (
    r"(?:more than|greater than|higher than|bigger than|larger than|better than|over|above|at least|exceed(?:s|ing)?"
    r"|beyond|north of|no less than|upwards? of|min(?:imum)?|>=?)"
)
BELOW = (
    r"(?:less than|lower than|smaller than|fewer than|worse than|cheaper than|under|below|at most|south of|no more than"
    r"|max(?:imum)?|up to|<=?)"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with what it counts, as far as the reader said."""

    value: float
    unit: Literal["", "pct", "usd"] = ""


def quantity(match: re.Match[str]) -> Quantity:
    """The quantity that a match of `NUMBER` states."""
    digits = match["digits"].replace(",", "")
    value = float(digits) * _SCALES.get(match["scale"] or "", 1.0)
    if match["sign"] == "-":
        value = -value
    unit = match["unit"] or ""
    if match["dollar"] or unit.startswith(("usd", "dollar", "bucks")):
        return Quantity(value, "usd")
    return Quantity(value, "pct" if unit else "")


def count_in(text: str, default: int, most: int) -> int:
    """How many are asked for: `top 5`, `the three worst`, `5 largest`; 1 to `most`."""
    number = r"(\d{1,4}|" + "|".join(_WORDS) + r")"
    ends = r"(?:top|bottom|worst|best|first|last|biggest|largest|highest|lowest|smallest|most|least|strongest|weakest)"
    ways = (rf"{ends} {number}\b(?!%)", rf"{number} (?:\w+ )?{ends}\b", rf"(?:the|show|list|name) (?:me )?{number}\b")
    found = re.search(rf"\b(?:{'|'.join(ways)})", text)
    if found is None:
        return default
    word = next(group for group in found.groups() if group)
    return min(max(int(word) if word.isdigit() else _WORDS[word], 1), most)
