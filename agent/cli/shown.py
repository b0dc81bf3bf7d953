"""Numbers as tables show them, by the rounding table of docs/claims.md: half-even on the exact decimal."""

from decimal import ROUND_HALF_EVEN, Context, Decimal

CENT = Decimal("0.01")
_WIDE = Context(prec=60)


def rounded(value: float | Decimal, digits: int) -> Decimal:
    """The value with so many digits after the point; zero has no sign."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    found = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN, context=_WIDE)
    return found or abs(found)


def ratio(value: float) -> str:
    """A ratio: 0.71."""
    return f"{rounded(value, 2):,f}"


def loss(value: float) -> str:
    """A loss of a forecast, which may be small: 0.083."""
    return f"{rounded(value, 3):,f}"


def signed_loss(value: float) -> str:
    """A difference of losses: -0.012."""
    return f"{_sign(rounded(value, 3))}{loss(value)}"


def count(value: float) -> str:
    """A number of equal things, which may be broken: 2.4."""
    return f"{rounded(value, 1):,f}"


def whole(value: float) -> str:
    """A number of things: 48."""
    return f"{rounded(value, 0):,f}"


def pct(per_cent: float) -> str:
    """Per cent: 7.3%."""
    return f"{rounded(per_cent, 1):,f}%"


def share(fraction: float) -> str:
    """A fraction in per cent: 45.2%."""
    return pct(_hundredfold(fraction))


def signed_pct(per_cent: float) -> str:
    """A change in per cent with its sign: +7.3%."""
    return f"{_sign(rounded(per_cent, 1))}{pct(per_cent)}"


def signed_share(fraction: float) -> str:
    """A change as a fraction, in per cent with its sign: -7.3%."""
    return signed_pct(_hundredfold(fraction))


def signed_points(per_cent: float) -> str:
    """A difference of two per cents, in percentage points without the unit: +3.5."""
    found = rounded(per_cent, 1)
    return f"{_sign(found)}{found:,f}"


def points_of(fraction: float) -> str:
    """A difference of two shares, in percentage points without the unit: +3.5."""
    return signed_points(_hundredfold(fraction))


def signed_whole(value: float) -> str:
    """A difference of numbers: -1."""
    found = rounded(value, 0)
    return f"{_sign(found)}{found:,f}"


def signed_ratio(value: float) -> str:
    """A difference of ratios: +0.12."""
    found = rounded(value, 2)
    return f"{_sign(found)}{found:,f}"


def signed_count(value: float) -> str:
    """A difference of numbers that may be broken: +0.3."""
    return signed_points(value)


def usd(value: float | Decimal) -> str:
    """An amount of US dollars to the cent: $52,310.22, -$5.10."""
    found = rounded(value, 2)
    return f"{'-' if found < 0 else ''}${abs(found):,f}"


def signed_usd(value: float | Decimal) -> str:
    """A change in US dollars: +$52.10."""
    return f"{_sign(rounded(value, 2))}{usd(value)}"


def amount(value: float | Decimal) -> str:
    """Units of an asset, at most 12 digits, without an exponent: 4065.59354987."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    found = Context(prec=12).plus(exact)
    return f"{found.normalize():f}" if found else "0"


def _hundredfold(fraction: float) -> float:
    return float(Decimal(repr(float(fraction))).scaleb(2))


def _sign(value: Decimal) -> str:
    return "+" if value > 0 else ""
