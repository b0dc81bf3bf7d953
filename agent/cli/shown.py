"""Figures as the reports print them, in the digits of docs/claims.md, rounded half-even on the exact decimal.

A share is a fraction, `pct` and points are in per cent. What is signed has a plus too; zero never has a sign.
"""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TYPE_CHECKING, Final

from agent.claims.figures import MONTHS

if TYPE_CHECKING:
    from agent.analytics.figure import Figure

NONE: Final = "none"
CENT: Final = Decimal("0.01")
_SCALES: Final = ((12, "trillion"), (9, "billion"), (6, "million"))
_WIDE: Final = Context(prec=80)


def number(value: float | Decimal, digits: int = 2, *, signed: bool = False) -> str:
    """A number with so many digits after the point, thousands separated."""
    return _marked(_rounded(_exact(value), digits), "", signed=signed)


def ratio(value: float) -> str:
    """A ratio: 0.71."""
    return number(value)


def signed_ratio(value: float) -> str:
    """A difference of ratios: +0.12."""
    return number(value, signed=True)


def loss(value: float) -> str:
    """A loss of a forecast, which may be small: 0.083."""
    return number(value, 3)


def signed_loss(value: float) -> str:
    """A difference of losses: -0.012."""
    return number(value, 3, signed=True)


def count(value: float) -> str:
    """A number of equal things, which may be broken: 2.4."""
    return number(value, 1)


def signed_count(value: float) -> str:
    """A difference of numbers that may be broken: +0.3."""
    return number(value, 1, signed=True)


def whole(value: float) -> str:
    """A number of things: 48."""
    return number(value, 0)


def signed_whole(value: float) -> str:
    """A difference of numbers: -1."""
    return number(value, 0, signed=True)


def pct(per_cent: float) -> str:
    """Per cent: 7.3%."""
    return f"{number(per_cent, 1)}%"


def signed_pct(per_cent: float) -> str:
    """A change in per cent: +7.3%."""
    return f"{number(per_cent, 1, signed=True)}%"


def signed_points(per_cent: float) -> str:
    """A difference of two per cents, in percentage points without the unit: +3.5."""
    return number(per_cent, 1, signed=True)


def percent(fraction: float, digits: int = 1, *, signed: bool = False) -> str:
    """A fraction in per cent without the sign for it, for columns whose title has it."""
    return number(_exact(fraction) * 100, digits, signed=signed)


def share(fraction: float) -> str:
    """A fraction in per cent: 45.2%."""
    return f"{percent(fraction)}%"


def signed_share(fraction: float) -> str:
    """A change as a fraction, in per cent: -7.3%."""
    return f"{percent(fraction, signed=True)}%"


def points_of(fraction: float) -> str:
    """A difference of two shares, in percentage points without the unit: +3.5."""
    return percent(fraction, signed=True)


def usd(value: float | Decimal) -> str:
    """An amount of US dollars to the cent: $52,310.22, -$5.10."""
    return _marked(_rounded(_exact(value), 2), "$")


def signed_usd(value: float | Decimal) -> str:
    """A change in US dollars: +$52.10."""
    return _marked(_rounded(_exact(value), 2), "$", signed=True)


def price_usd(value: float) -> str:
    """A price: no cents from a thousand dollars on, four digits that count below one."""
    exact = _exact(value)
    rounded = _rounded(exact, _price_digits(exact))
    return _marked(_rounded(rounded, _price_digits(rounded)), "$")  # rounded up it may show other digits


def total_usd(value: float) -> str:
    """A sum of money, in millions, billions or trillions where it is large."""
    exact = _exact(value)
    for power, word in _SCALES:
        if abs(exact) >= Decimal(1).scaleb(power):
            return f"{_marked(_rounded(exact.scaleb(-power), 2), '$')} {word}"
    return price_usd(value)


def amount(value: float | Decimal) -> str:
    """Units of an asset, at most 12 digits, without an exponent: 4065.59354987."""
    found = Context(prec=12).plus(_exact(value))
    return f"{found.normalize():f}" if found else "0"


def or_none(figure: "Figure", text: Callable[[float], str]) -> str:
    """The figure, or the word for there being none; whoever prints it says why."""
    return NONE if figure.value is None else text(figure.value)


def short_day(day: date) -> str:
    """A day in a table: 10 Oct."""
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
    """A number of things: 1 signal, 1,234 signals."""
    return f"{how_many:,} {thing}{'' if how_many == 1 else 's'}"


def _exact(value: float | Decimal) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(repr(float(value)))


def _rounded(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN, _WIDE)


def _marked(value: Decimal, mark: str, *, signed: bool = False) -> str:
    sign = "-" if value < 0 else "+" if signed and value > 0 else ""
    return f"{sign}{mark}{abs(value):,f}"


def _price_digits(value: Decimal) -> int:
    size = abs(value)
    if size >= 1000:
        return 0
    return 2 if size >= 1 or size == 0 else 3 - size.adjusted()
