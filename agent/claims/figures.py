"""Values as they are shown: the rounding table of docs/claims.md, half-even on the exact decimal."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal

from agent.claims.fact import Fact, Metric, Unit

_CENTS = (Metric.VALUE, Metric.VALUE_CHANGE, Metric.CONTRIBUTION)
_WHOLE_SCORES = (Metric.RSI, Metric.FEAR_GREED)
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_SCALES = ((12, "trillion"), (9, "billion"), (6, "million"))
_WIDE = Context(prec=80)  # no price is too long to be written out


def shown_value(fact: Fact) -> Decimal:
    """The fact's value rounded to the digits that are shown; raises ValueError if it has none."""
    value = _value(fact)
    rounded = _rounded(value, _decimals(fact, value))
    return _rounded(rounded, _decimals(fact, rounded))  # what rounds up into the next row is shown by that row


def direction(fact: Fact) -> int:
    """1, 0 or -1 by the rounded value: what is shown as 0.0% is flat."""
    shown = shown_value(fact)
    return (shown > 0) - (shown < 0)


def display(fact: Fact) -> str:
    """The figure without a sign, as it is shown where the words carry the direction."""
    amount = shown_value(fact).copy_abs()
    if fact.unit is Unit.PCT:
        return f"{amount:f}%"
    if fact.unit is Unit.USD:
        return _scaled_usd(amount) if fact.metric is Metric.TOTAL_MARKET_CAP else f"${amount:,f}"
    return f"{amount:,f}" if fact.unit is Unit.COUNT else f"{amount:f}"


def plain(fact: Fact) -> str:
    """The figure with its minus, if it has one."""
    return f"-{display(fact)}" if direction(fact) < 0 else display(fact)


def signed(fact: Fact) -> str:
    """The figure with its sign, as in comparisons and tables; zero has none."""
    return f"+{display(fact)}" if direction(fact) > 0 else plain(fact)


def day_text(day: date) -> str:
    """A day as it is written: 10 October 2025."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"  # %B would follow the locale


def _value(fact: Fact) -> Decimal:
    if fact.value is None:
        raise ValueError(f"fact {fact.fact_id} ({fact.metric}) has no value to show; it is {fact.state}")
    return fact.value


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN, context=_WIDE)


def _decimals(fact: Fact, value: Decimal) -> int:
    """Digits after the point; below zero where those before it are rounded too."""
    if fact.unit is Unit.USD:
        if fact.metric is Metric.TOTAL_MARKET_CAP and (scale := _scale(abs(value))) is not None:
            return 2 - scale[0]
        return 2 if fact.metric in _CENTS else _price_decimals(abs(value))
    if fact.unit is Unit.RATIO:
        return 1 if fact.metric is Metric.EFFECTIVE_NUMBER else 2
    if fact.unit is Unit.SCORE:
        return 0 if fact.metric in _WHOLE_SCORES else 1
    return {Unit.PCT: 1, Unit.SIGMA: 1}.get(fact.unit, 0)


def _price_decimals(amount: Decimal) -> int:
    if amount >= 1000:
        return 0
    if amount >= 1 or amount == 0:
        return 2
    return 3 - amount.adjusted()


def _scale(amount: Decimal) -> tuple[int, str] | None:
    return next((scale for scale in _SCALES if amount.adjusted() >= scale[0]), None) if amount else None


def _scaled_usd(amount: Decimal) -> str:
    scale = _scale(amount)
    return f"${amount:,f}" if scale is None else f"${amount.scaleb(-scale[0]):,f} {scale[1]}"
