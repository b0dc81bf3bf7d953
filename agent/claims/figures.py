"""Values as they are shown: the rounding table of docs/claims.md, half-even on the exact decimal."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from agent.claims.fact import Fact, Metric, Unit

_CENTS = (Metric.VALUE, Metric.VALUE_CHANGE, Metric.CONTRIBUTION)
_WHOLE_SCORES = (Metric.RSI, Metric.FEAR_GREED)
_SCALES = ((Decimal(10) ** 12, "trillion"), (Decimal(10) ** 9, "billion"), (Decimal(10) ** 6, "million"))


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
    if fact.unit is Unit.USD and fact.metric is Metric.TOTAL_MARKET_CAP:
        return _scaled_usd(abs(_value(fact)))
    amount = abs(shown_value(fact))
    if fact.unit is Unit.PCT:
        return f"{amount:f}%"
    return f"${amount:,f}" if fact.unit is Unit.USD else f"{amount:,f}"


def plain(fact: Fact) -> str:
    """The figure with its minus, if it has one."""
    return f"-{display(fact)}" if direction(fact) < 0 else display(fact)


def signed(fact: Fact) -> str:
    """The figure with its sign, as in comparisons and tables; zero has none."""
    return f"+{display(fact)}" if direction(fact) > 0 else plain(fact)


def day_text(day: date) -> str:
    """A day as it is written: 10 October 2025."""
    return f"{day.day} {day:%B %Y}"


def _value(fact: Fact) -> Decimal:
    if fact.value is None:
        raise ValueError(f"fact {fact.fact_id} ({fact.metric}) has no value to show; it is {fact.state}")
    return fact.value


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)


def _decimals(fact: Fact, value: Decimal) -> int:
    if fact.unit is Unit.USD:
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


def _scaled_usd(amount: Decimal) -> str:
    for scale, word in _SCALES:
        if _rounded(amount / scale, 2) >= 1:
            return f"${_rounded(amount / scale, 2):,f} {word}"
    return f"${_rounded(amount, 0):,f}"
