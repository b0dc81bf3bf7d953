"""The verifier's own reading of the table of figures in docs/claims.md: how many digits a value shows, and its text.

Rounding is half-even on the exact decimal. A usd value belongs to the row of the table its *rounded* value falls in,
so 0.99997 shows as $1.00, 999.996 as $1,000 and 999,996,000,000 of market value as $1.00 trillion.
"""

from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from agent.claims.fact import Metric, Unit
from agent.claims.grammar.assertions import Style

_TWO_DECIMALS = frozenset({Metric.VALUE, Metric.VALUE_CHANGE, Metric.CONTRIBUTION})
_WHOLE_SCORES = frozenset({Metric.RSI, Metric.FEAR_GREED})
_SCALES = ((12, "trillion"), (9, "billion"), (6, "million"))
_SIGNIFICANT_DIGITS = 4
_PRECISION = 80  # wide enough for the longest price written out in full


def rounded(value: Decimal, metric: Metric, unit: Unit) -> Decimal:
    """The value as the reader sees it, half-even, in its own unit (a total in billions is given in usd)."""
    once = _quantized(value, _decimals(value, metric, unit))
    return _quantized(value, _decimals(once, metric, unit))


def spelled(value: Decimal, metric: Metric, unit: Unit, style: Style) -> str:
    """The one text that shows this value in this style; zero never has a sign."""
    seen = rounded(value, metric, unit)
    if seen == 0 and style is Style.TALLY:
        return "none"
    return _sign(seen, style) + _body(abs(seen), metric, unit)


def _sign(seen: Decimal, style: Style) -> str:
    if seen == 0 or style is Style.MAGNITUDE:
        return ""
    if seen < 0:
        return "-"
    return "+" if style is Style.SIGNED else ""


def _body(size: Decimal, metric: Metric, unit: Unit) -> str:
    if unit is Unit.USD:
        return _usd(size, metric)
    if unit is Unit.COUNT:
        return f"{size:,f}"
    return f"{size:f}%" if unit is Unit.PCT else f"{size:f}"


def _usd(size: Decimal, metric: Metric) -> str:
    scale = _scale(size, metric)
    if scale is None:
        return f"${size:,f}"
    exponent, word = scale
    return f"${_quantized(size.scaleb(-exponent), 2):,f} {word}"


def _quantized(value: Decimal, decimals: int) -> Decimal:
    with localcontext() as context:
        context.prec = _PRECISION
        return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)


def _decimals(value: Decimal, metric: Metric, unit: Unit) -> int:
    """Digits after the point; negative where the digits before it are rounded too."""
    match unit:
        case Unit.USD:
            return _usd_decimals(value, metric)
        case Unit.RATIO:
            return 1 if metric is Metric.EFFECTIVE_NUMBER else 2
        case Unit.SCORE:
            return 0 if metric in _WHOLE_SCORES else 1
        case Unit.COUNT:
            return 0
        case _:
            return 1


def _usd_decimals(value: Decimal, metric: Metric) -> int:
    size = abs(value)
    scale = _scale(size, metric)
    if scale is not None:
        return 2 - scale[0]
    if metric in _TWO_DECIMALS or size == 0:
        return 2
    if size >= 1000:
        return 0
    return 2 if size >= 1 else _SIGNIFICANT_DIGITS - 1 - size.adjusted()


def _scale(size: Decimal, metric: Metric) -> tuple[int, str] | None:
    if metric is not Metric.TOTAL_MARKET_CAP:
        return None
    return next((scale for scale in _SCALES if size >= Decimal(10) ** scale[0]), None)
