"""Figures of reports in the digits of docs/claims.md, rounded half-even, and the words around them."""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TYPE_CHECKING, Final

from agent.claims.figures import MONTHS

if TYPE_CHECKING:
    from agent.analytics.figure import Figure

NONE: Final = "none"
_SCALES: Final = ((12, "trillion"), (9, "billion"), (6, "million"))
_WIDE: Final = Context(prec=80)


def number(value: float, digits: int = 2, *, signed: bool = False) -> str:
    """A number with so many digits after the point, thousands separated; zero has no sign."""
    return _signed(_rounded(_exact(value), digits), "", signed=signed)


def percent(fraction: float, digits: int = 1, *, signed: bool = False) -> str:
    """A fraction in per cent without the sign for it, for columns whose title has it."""
    return _signed(_rounded(_exact(fraction) * 100, digits), "", signed=signed)


def pct(fraction: float, *, signed: bool = False) -> str:
    """A fraction in per cent: `7.3%`."""
    return f"{percent(fraction, signed=signed)}%"


def usd(value: float) -> str:
    """A price: no cents from a thousand dollars on, four digits that count below one."""
    exact = _exact(value)
    rounded = _rounded(exact, _price_digits(exact))
    return _signed(_rounded(rounded, _price_digits(rounded)), "$")  # rounded up it may show other digits


def total_usd(value: float) -> str:
    """A sum of money, in millions, billions or trillions where it is large."""
    exact = _exact(value)
    for power, word in _SCALES:
        if abs(exact) >= Decimal(1).scaleb(power):
            return f"{_signed(_rounded(exact.scaleb(-power), 2), '$')} {word}"
    return usd(value)


def shown(figure: "Figure", text: Callable[[float], str]) -> str:
    """The figure, or the word for there being none; whoever prints it says why."""
    return NONE if figure.value is None else text(figure.value)


def short_day(day: date) -> str:
    """A day in a table: `10 Oct`."""
    return f"{day.day} {MONTHS[day.month - 1][:3]}"


def direction_word(direction: int) -> str:
    """Which way a signal points."""
    return {1: "up", -1: "down"}.get(direction, "neither")


def source_words(source: str) -> str:
    """What a source is called in a heading."""
    from agent.claims.wording import source_name

    try:
        return source_name(source)
    except KeyError:
        return source.replace("_", " ")


def count_of(how_many: int, thing: str) -> str:
    """A number of things: `1 signal`, `1,234 signals`."""
    return f"{how_many:,} {thing}{'' if how_many == 1 else 's'}"


def _exact(value: float) -> Decimal:
    return Decimal(repr(float(value)))


def _rounded(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN, _WIDE)


def _signed(value: Decimal, mark: str, *, signed: bool = False) -> str:
    sign = "-" if value < 0 else "+" if signed and value > 0 else ""
    return f"{sign}{mark}{abs(value):,f}"


def _price_digits(value: Decimal) -> int:
    amount = abs(value)
    if amount >= 1000:
        return 0
    return 2 if amount >= 1 or amount == 0 else 3 - amount.adjusted()
