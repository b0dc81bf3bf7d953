"""Wordings of what the reader holds: value, holdings, concentration, diversification, risk."""

from dataclasses import replace

from agent.claims.fact import Metric, Unit
from agent.claims.grammar.assertions import PORTFOLIO, Assertion, Direction
from agent.claims.grammar.patterns import Build, Rule, Seen, rule, stated
from agent.claims.grammar.values import Window

_DAY = Window("1d")


def _value(seen: Seen) -> tuple[Assertion, ...]:
    return (stated(Metric.VALUE, seen.figure("usd"), PORTFOLIO),)


def _value_moved(word: str, window: Window | None = None) -> Build:
    def build(seen: Seen) -> tuple[Assertion, ...]:
        span = window or seen.window()
        change = stated(Metric.CHANGE, seen.figure("pct"), PORTFOLIO, span)
        amount = stated(Metric.VALUE_CHANGE, seen.figure("usd-size"), PORTFOLIO, span)
        return replace(change, direction=seen.turn(word)), replace(amount, direction=seen.turn("gain"))

    return build


def _value_moved_to(word: str) -> Build:
    return lambda seen: (*_value_moved(word, _DAY)(seen), *_value(seen))


def _value_gained(seen: Seen) -> tuple[Assertion, ...]:
    change = stated(Metric.CHANGE, seen.figure("pct"), PORTFOLIO, _DAY)
    amount = stated(Metric.VALUE_CHANGE, seen.figure("usd-size"), PORTFOLIO, _DAY)
    moved = replace(change, direction=seen.turn("rise")), replace(amount, direction=seen.turn("gained"))
    return *moved, *_value(seen)


def _value_stayed(seen: Seen) -> tuple[Assertion, ...]:
    change = Assertion(Metric.CHANGE, Unit.PCT, PORTFOLIO, direction=Direction.FLAT, window="1d")
    return replace(change, spans=(seen.place("flat"),)), *_value(seen)


def _contribution(seen: Seen) -> tuple[Assertion, ...]:
    direction = seen.turn("gain")
    amount = stated(Metric.CONTRIBUTION, seen.figure("usd-size"), seen.subject(), seen.window())
    ranked = replace(amount, universe=seen.universe(), rank=1, from_bottom=direction is Direction.DOWN)
    return (replace(ranked, direction=direction),)


def _weight(seen: Seen) -> tuple[Assertion, ...]:
    return (stated(Metric.WEIGHT, seen.figure("level%"), seen.subject()),)


def _largest_holding(seen: Seen) -> tuple[Assertion, ...]:
    return (replace(_weight(seen)[0], universe=seen.universe(), rank=1),)


def _concentration(seen: Seen) -> tuple[Assertion, ...]:
    return (
        stated(Metric.HOLDING_COUNT, seen.figure("count"), PORTFOLIO),
        stated(Metric.EFFECTIVE_NUMBER, seen.figure("effective"), PORTFOLIO),
        stated(Metric.HHI, seen.figure("hhi"), PORTFOLIO),
    )


def _diversification(seen: Seen) -> tuple[Assertion, ...]:
    return (
        stated(Metric.VOLATILITY, seen.figure("own"), PORTFOLIO, seen.window()),
        stated(Metric.WEIGHTED_VOLATILITY, seen.figure("average"), PORTFOLIO, seen.window()),
        stated(Metric.DIVERSIFICATION_RATIO, seen.figure("ratio"), PORTFOLIO, seen.window()),
    )


def _average_correlation(seen: Seen) -> tuple[Assertion, ...]:
    average = stated(Metric.AVERAGE_CORRELATION, seen.figure("ratio"), PORTFOLIO, seen.window())
    return (replace(average, universe=seen.universe()),)


def _link(seen: Seen) -> tuple[Assertion, ...]:
    other = seen.subject("other")
    correlation = stated(Metric.CORRELATION, seen.figure("correlation"), seen.subject(), seen.window())
    beta = stated(Metric.BETA, seen.figure("beta"), seen.subject(), seen.window())
    return replace(correlation, other=other), replace(beta, other=other)


def _volatility(seen: Seen) -> tuple[Assertion, ...]:
    return (stated(Metric.VOLATILITY, seen.figure("level%"), seen.subject(), seen.window()),)


RULES: tuple[Rule, ...] = (
    rule("{portfolio} was worth {usd} at the close", _value),
    rule("at the close, {portfolio} was worth {usd}", _value),
    rule(
        "{portfolio} {gained} {usd-size} on the day, a {rise} of {pct}, and was worth {usd} at the close",
        _value_gained,
    ),
    rule("{portfolio} {rose} {pct} on the day, a {gain} of {usd-size}, to {usd}", _value_moved_to("rose")),
    rule(
        "{portfolio} was worth {usd} at the close, {up} {pct} on the day (a {gain} of {usd-size})",
        _value_moved_to("up"),
    ),
    rule("{portfolio} was {flat} on the day at {usd}", _value_stayed),
    rule("{portfolio} has {risen} {pct} {window:since}, a {gain} of {usd-size}", _value_moved("risen")),
    rule("the largest {gain} among {universe} {window} came from {subject:asset}: {usd-size}", _contribution),
    rule("{subject:asset} brought {universe} their largest {gain} {window}: {usd-size}", _contribution),
    rule("at {level%} of the portfolio, {subject:asset} is the largest of {universe}", _largest_holding),
    rule("{subject:asset} is the largest of {universe}, at {level%} of the portfolio", _largest_holding),
    rule("{subject:asset} makes up {level%} of the portfolio", _weight),
    rule(
        "by weight your {count} holdings are as concentrated as {effective:ratio} equal ones (HHI {hhi:ratio})",
        _concentration,
    ),
    rule(
        "{portfolio}'s annualised volatility {window} was {own:level%}, against a weighted average of"
        " {average:level%} for its holdings (diversification ratio {ratio})",
        _diversification,
    ),
    rule("your {count} holdings weigh like {effective:ratio} equal ones (HHI {hhi:ratio})", _concentration),
    rule(
        "{window}, {portfolio}'s annualised volatility was {own:level%} where its holdings averaged {average:level%}"
        " (diversification ratio {ratio})",
        _diversification,
    ),
    rule("{window}, {universe} had an average correlation of {ratio}", _average_correlation),
    rule(
        "against {other:asset}, {subject}'s correlation {window} was {correlation:ratio} and its beta {beta:ratio}",
        _link,
    ),
    rule("the average correlation between {universe} {window} was {ratio}", _average_correlation),
    rule(
        "{subject}'s correlation with {other:asset} {window} was {correlation:ratio} and its beta {beta:ratio}", _link
    ),
    rule("{subject} had an annualised volatility of {level%} {window}", _volatility),
)
