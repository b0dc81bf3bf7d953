"""Numbers as the decimal strings that providers send."""

from decimal import Decimal

SMALL = 1e-3


def plain(value: float) -> str:
    """Up to 15 significant digits, never in scientific notation."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    text = f"{value:.15g}"
    return f"{Decimal(text):f}" if "e" in text else text


def fixed(value: float) -> str:
    """Eight decimals, as exchanges send them; twelve below `SMALL`."""
    return f"{value:.8f}" if value == 0 or abs(value) >= SMALL else f"{value:.12f}"
