"""The verifier's own reading of the table of figures in docs/claims.md: how many digits a value shows, and its text.

Rounding is half-even on the exact decimal. A usd value belongs to the row of the table its *rounded* value falls in,
so 0.99997 shows as $1.00, 999.996 as $1,000 and 999,996,000,000 of market value as $1.00 trillion.
"""

from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from agent.claims.fact import Fact, Metric, Unit
from agent.claims.grammar.assertions import Style

_TWO_DECIMALS = frozenset(
    {
        *(Metric.VALUE, Metric.VALUE_CHANGE, Metric.CONTRIBUTION),
        *(Metric.VALUE_AT_RISK, Metric.EXPECTED_SHORTFALL, Metric.SHOCK_CHANGE),
        *(Metric.STRESS_CHANGE, Metric.TARGET_TRADE),
    }
)
_SCALED = frozenset(
    {
        *(Metric.TOTAL_MARKET_CAP, Metric.MARKET_CAP, Metric.VOLUME, Metric.TRANSFER_VALUE, Metric.FEES),
        *(Metric.EXCHANGE_NET_FLOW, Metric.VALUE_LOCKED, Metric.STABLECOIN_SUPPLY, Metric.TOTAL_VALUE_LOCKED),
    }
)
_WHOLE_SCORES = frozenset({Metric.RSI, Metric.ADX, Metric.FEAR_GREED})
_ONE_DECIMAL_RATIOS = frozenset(
    {
        *(Metric.EFFECTIVE_NUMBER, Metric.END_NUMBER),
        *(Metric.INDEPENDENT_BETS, Metric.TORSION_BETS, Metric.COMPONENT_BETS),
    }
)
_COMPUTED = frozenset({Metric.MEAN, Metric.DIFFERENCE, Metric.SUM, Metric.WHAT_IF, Metric.REWEIGHTED})
_METRICS = frozenset(Metric)
_SCALES = ((12, "trillion"), (9, "billion"), (6, "million"))
_SIGNIFICANT_DIGITS = 4
_PRECISION = 80  # wide enough for the longest price written out in full


def digits_of(fact: Fact) -> Metric:
    """The metric that decides how many digits a fact shows: for a computed one that of what it was computed of."""
    name = (fact.qualifier or "").partition(":")[0]
    return Metric(name) if fact.metric in _COMPUTED and name in _METRICS else fact.metric


def shown(fact: Fact, style: Style = Style.PLAIN) -> str:
    """The one text that shows the value of this fact in this style; raises ValueError if it has none."""
    if fact.value is None:
        raise ValueError(f"fact {fact.fact_id!r} has no value to show")
    return spelled(fact.value, digits_of(fact), fact.unit, style)


def shown_value(fact: Fact) -> Decimal:
    """The value of a fact as the reader sees it; 0 where it has none."""
    return rounded(fact.value or Decimal(0), digits_of(fact), fact.unit)


def threshold_text(value: Decimal, metric: Metric, unit: Unit) -> str:
    """The one text of a threshold: like a figure of the unit, exact, without trailing zeros."""
    sign, size = "-" if value < 0 else "", abs(value)
    scale = _scale(size, metric) if unit is Unit.USD else None
    if scale is not None:
        return f"{sign}${_bare(size.scaleb(-scale[0])):,f} {scale[1]}"
    if unit is Unit.USD:
        return f"{sign}${_bare(size):,f}"
    return f"{sign}{_bare(size):,f}" if unit is Unit.COUNT else f"{sign}{_bare(size):f}{_ending(unit)}"


def _bare(size: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = _PRECISION
        return size.normalize() if size % 1 else size.quantize(Decimal(1))


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
    if unit is Unit.PP:
        return f"{size:f} percentage point{'' if size == 1 else 's'}"
    return f"{size:f}{_ending(unit)}"


def _ending(unit: Unit) -> str:
    return {Unit.PCT: "%", Unit.EHS: " EH/s"}.get(unit, "")


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
            return 1 if metric in _ONE_DECIMAL_RATIOS else 2
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
    if metric not in _SCALED:
        return None
    return next((scale for scale in _SCALES if size >= Decimal(10) ** scale[0]), None)
