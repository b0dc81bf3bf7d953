"""Readers of figures: digits with their unit and sign, exactly as docs/claims.md shows them."""

import re
from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal

from agent.claims.fact import Unit
from agent.claims.grammar.assertions import Figure, Style
from agent.claims.grammar.page import Page
from agent.claims.grammar.values import Reader, Value

NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_SIGNALS = re.compile(
    rf"(?:(?P<none>no)|(?P<one>1)) signal is(?= new)|(?P<number>(?!1 |0){NUMBER}) signals are(?= new)", re.ASCII
)
_SCALES = {"million": 6, "billion": 9, "trillion": 12}
_TOTAL = re.compile(rf"\$(?P<number>{NUMBER})(?: (?P<scale>million|billion|trillion)\b)?", re.ASCII)
_SHOWN = re.compile(
    rf"(?P<sign>[+-]?)(?:\$(?P<usd>{NUMBER})(?: (?P<scale>million|billion|trillion)\b)?"
    rf"|(?P<bare>{NUMBER})(?P<unit>%| percentage points?\b| EH/s\b)?)",
    re.ASCII,
)
_UNITS = {"%": Unit.PCT, " percentage point": Unit.PP, " percentage points": Unit.PP, " EH/s": Unit.EHS}
_BARE = frozenset({Unit.RATIO, Unit.SCORE, Unit.COUNT})
_ENDINGS = {Unit.PCT: "%", Unit.PP: r" percentage points?\b"}
_SIGNS = {Style.PLAIN: "-?", Style.MAGNITUDE: "", Style.SIGNED: "[+-]?", Style.TALLY: ""}


def figure(unit: Unit, style: Style) -> Reader:
    """Reads a figure of this unit: `$` before usd, `%` or `percentage points` after it, nothing with the others."""
    before, after = (r"\$" if unit is Unit.USD else ""), _ENDINGS.get(unit, "")
    none = "|none" if style is Style.TALLY else ""
    pattern = re.compile(rf"(?P<sign>{_SIGNS[style]}){before}(?P<number>{NUMBER}{none}){after}", re.ASCII)

    def read(page: Page, at: int) -> tuple[Value, int] | None:
        found = page.match(pattern, at)
        return None if found is None else (_figure(found, unit, style), found.end())

    return read


def _figure(found: re.Match[str], unit: Unit, style: Style, exponent: int = 0) -> Figure:
    digits, sign = found["number"].replace(",", ""), found.groupdict().get("sign", "")
    value = Decimal(0) if digits == "none" else Decimal(digits).scaleb(exponent)
    return Figure(
        text=found.group(),
        value=-value if sign == "-" else value,
        decimals=len(digits.partition(".")[2]),
        sign=sign,
        unit=unit,
        style=style,
        span=found.span(),
    )


def shown(page: Page, at: int) -> tuple[Value, int] | None:
    """Reads a figure of any unit; bare numbers count as ratios until a noun says what they are."""
    found = page.match(_SHOWN, at)
    if found is None:
        return None
    digits = (found["usd"] or found["bare"]).replace(",", "")
    value = Decimal(digits).scaleb(_SCALES.get(found["scale"] or "", 0))
    unit = Unit.USD if found["usd"] else _UNITS.get(found["unit"] or "", Unit.RATIO)
    read = Figure(
        text=found.group(),
        value=-value if found["sign"] == "-" else value,
        decimals=len(digits.partition(".")[2]),
        sign=found["sign"],
        unit=unit,
        style=Style.PLAIN,
        span=found.span(),
    )
    return read, found.end()


def fitted(read: Figure, units: Collection[Unit], style: Style) -> Figure | None:
    """The figure as one of a noun with these units, or None if it is in none of them."""
    if read.unit is not Unit.RATIO:
        return replace(read, style=style) if read.unit in units else None
    bare = next((unit for unit in units if unit in _BARE), None)
    return None if bare is None else replace(read, unit=bare, style=style)


def new_signals(page: Page, at: int) -> tuple[Value, int] | None:
    """Reads `no signal is`, `1 signal is` or `3 signals are`."""
    found = page.match(_SIGNALS, at)
    if found is None:
        return None
    text = found["none"] or found["one"] or found["number"]
    value = Decimal(0) if text == "no" else Decimal(text.replace(",", ""))
    shown = "none" if text == "no" else text
    return Figure(shown, value, 0, "", Unit.COUNT, Style.TALLY, (at, at + len(text))), found.end()


def total(page: Page, at: int) -> tuple[Value, int] | None:
    """Reads usd with a scale word, or without one."""
    found = page.match(_TOTAL, at)
    if found is None:
        return None
    exponent = _SCALES.get(found["scale"] or "", 0)
    return _figure(found, Unit.USD, Style.PLAIN, exponent), found.end()
