"""Values as they are shown: the rounding table of docs/claims.md, half-even on the exact decimal."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal

from agent.claims.fact import Fact, Metric, Unit

_CENTS = frozenset(
    {
        Metric.VALUE,
        Metric.VALUE_CHANGE,
        Metric.CONTRIBUTION,
        Metric.VALUE_AT_RISK,
        Metric.EXPECTED_SHORTFALL,
        Metric.SHOCK_CHANGE,
        Metric.STRESS_CHANGE,
        Metric.TARGET_TRADE,
    }
)
_SCALED = frozenset(
    {
        Metric.TOTAL_MARKET_CAP,
        Metric.MARKET_CAP,
        Metric.VOLUME,
        Metric.TRANSFER_VALUE,
        Metric.FEES,
        Metric.EXCHANGE_NET_FLOW,
        Metric.VALUE_LOCKED,
        Metric.STABLECOIN_SUPPLY,
        Metric.TOTAL_VALUE_LOCKED,
    }
)
_ONE_DIGIT_RATIOS = frozenset(
    {
        *(Metric.EFFECTIVE_NUMBER, Metric.END_NUMBER),
        *(Metric.INDEPENDENT_BETS, Metric.TORSION_BETS, Metric.COMPONENT_BETS),
    }
)
_WHOLE_SCORES = frozenset({Metric.RSI, Metric.ADX, Metric.FEAR_GREED})
_OF_A_METRIC = frozenset({Metric.MEAN, Metric.DIFFERENCE, Metric.SUM, Metric.WHAT_IF, Metric.REWEIGHTED})
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_SCALES = ((12, "trillion"), (9, "billion"), (6, "million"))
_WIDE = Context(prec=80)  # no price is too long to be written out


def figure_metric(fact: Fact) -> Metric:
    """The metric whose digits a figure shows: its own, or the one that a mean, a sum or a what-if is of."""
    named = (fact.qualifier or "").partition(":")[0]
    return Metric(named) if fact.metric in _OF_A_METRIC and named else fact.metric


def shown_value(fact: Fact) -> Decimal:
    """The fact's value rounded to the digits that are shown; raises ValueError if it has none."""
    return rounded_value(_value(fact), fact.unit, figure_metric(fact))


def rounded_value(value: Decimal, unit: Unit, metric: Metric) -> Decimal:
    """A value rounded to the digits that a figure of this unit and metric shows."""
    rounded = _rounded(value, _decimals(unit, metric, value))
    return _rounded(rounded, _decimals(unit, metric, rounded))  # what rounds up into the next row is shown by that row


def direction(fact: Fact) -> int:
    """1, 0 or -1 by the rounded value: what is shown as 0.0% is flat."""
    shown = shown_value(fact)
    return (shown > 0) - (shown < 0)


def display(fact: Fact) -> str:
    """The figure without a sign, as it is shown where the words carry the direction."""
    amount = shown_value(fact).copy_abs()
    return spelled(amount, fact.unit, figure_metric(fact))


def spelled(amount: Decimal, unit: Unit, metric: Metric) -> str:
    """An amount of zero or more with the digits it has, in the spelling of its unit."""
    if unit is Unit.PCT:
        return f"{amount:f}%"
    if unit is Unit.USD:
        return _scaled_usd(amount) if metric in _SCALED else f"${amount:,f}"
    if unit is Unit.PP:
        return f"{amount:f} percentage point{'' if amount == 1 else 's'}"
    if unit is Unit.EHS:
        return f"{amount:f} EH/s"
    return f"{amount:,f}" if unit is Unit.COUNT else f"{amount:f}"


def plain(fact: Fact) -> str:
    """The figure with its minus, if it has one."""
    return f"-{display(fact)}" if direction(fact) < 0 else display(fact)


def signed(fact: Fact) -> str:
    """The figure with its sign, as in comparisons and tables; zero has none."""
    return f"+{display(fact)}" if direction(fact) > 0 else plain(fact)


def threshold_text(threshold: Decimal, unit: Unit, metric: Metric) -> str:
    """A threshold as it is written: exactly, like a figure of its unit, without trailing zeros."""
    scale = _scale(abs(threshold)) if unit is Unit.USD and metric in _SCALED else None
    amount = _trimmed(threshold.copy_abs() if scale is None else threshold.copy_abs().scaleb(-scale[0]))
    minus = "-" if threshold < 0 else ""
    if scale is not None:
        return f"{minus}${amount:,f} {scale[1]}"
    return minus + spelled(amount, unit, metric)


def day_text(day: date) -> str:
    """A day as it is written: 10 October 2025."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"  # %B would follow the locale


def _trimmed(amount: Decimal) -> Decimal:
    whole = amount.to_integral_value()
    return whole if amount == whole else amount.normalize(_WIDE)


def _value(fact: Fact) -> Decimal:
    if fact.value is None:
        raise ValueError(f"fact {fact.fact_id} ({fact.metric}) has no value to show; it is {fact.state}")
    return fact.value


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN, context=_WIDE)


def _decimals(unit: Unit, metric: Metric, value: Decimal) -> int:
    """Digits after the point; below zero where those before it are rounded too."""
    if unit is Unit.USD:
        if metric in _SCALED and (scale := _scale(abs(value))) is not None:
            return 2 - scale[0]
        return 2 if metric in _CENTS else _price_decimals(abs(value))
    if unit is Unit.RATIO:
        return 1 if metric in _ONE_DIGIT_RATIOS else 2
    if unit is Unit.SCORE:
        return 0 if metric in _WHOLE_SCORES else 1
    return 1 if unit in (Unit.PCT, Unit.SIGMA, Unit.PP, Unit.EHS) else 0


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
