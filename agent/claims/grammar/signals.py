"""Wordings of signals on one coin: streaks, indicators, grades and the provider's calls."""

from dataclasses import replace

from agent.claims.fact import Metric, Unit
from agent.claims.grammar.assertions import Assertion, Bound, Direction, Figure, Relation
from agent.claims.grammar.patterns import Build, Rule, Seen, rule, stated

_GRADES = {"TM grade": "tm", "TM trader grade": "trader", "TM investor grade": "investor"}
_CROSSES = {"above": "bullish", "below": "bearish"}


def _streak(seen: Seen) -> tuple[Assertion, ...]:
    run = stated(Metric.STREAK, seen.figure("run"), seen.subject())
    return (replace(run, direction=seen.turn("higher")),)


def _rsi(side: str | None = None) -> Build:
    def build(seen: Seen) -> tuple[Assertion, ...]:
        bound = None if side is None else Bound(seen.threshold(), side)
        return (replace(stated(Metric.RSI, seen.figure("score"), seen.subject()), threshold=bound),)

    return build


def _macd(seen: Seen) -> tuple[Assertion, ...]:
    label = _CROSSES[seen.word("crossed")]
    return (Assertion(Metric.MACD_CROSS, Unit.TEXT, seen.subject(), label=label),)


def _breakout(label: str) -> Build:
    return lambda seen: (replace(stated(Metric.BREAKOUT, seen.figure("usd"), seen.subject()), label=label),)


def _volume(seen: Seen) -> tuple[Assertion, ...]:
    spike = stated(Metric.VOLUME_Z, seen.figure("sigma"), seen.subject())
    return (replace(spike, direction=Direction.UP),)


def _drawdown(seen: Seen) -> tuple[Assertion, ...]:
    below = stated(Metric.DRAWDOWN, seen.figure("pct"), seen.subject(), seen.window("n-day"))
    return (replace(below, direction=Direction.DOWN),)


def _at_high(seen: Seen) -> tuple[Assertion, ...]:
    window = seen.window("n-day").name
    return (Assertion(Metric.DRAWDOWN, Unit.PCT, seen.subject(), direction=Direction.FLAT, window=window),)


def _grade(seen: Seen) -> tuple[Assertion, ...]:
    return (_graded(seen, Metric.GRADE, seen.figure("score")),)


def _grade_moved(seen: Seen) -> tuple[Assertion, ...]:
    before = replace(_graded(seen, Metric.GRADE_PREVIOUS, seen.figure("earlier")), days_before=1)
    now = _graded(seen, Metric.GRADE, seen.figure("score"))
    return before, replace(now, relation=Relation(seen.turn("rose"), before))


def _grade_crossed(seen: Seen) -> tuple[Assertion, ...]:
    before, now = _grade_moved(seen)
    return before, replace(now, threshold=Bound(seen.threshold(), "crossing"))


def _graded(seen: Seen, metric: Metric, figure: Figure) -> Assertion:
    return replace(stated(metric, figure, seen.subject()), qualifier=_GRADES[seen.word("grade")])


def _call(window: str | None) -> Build:
    def build(seen: Seen) -> tuple[Assertion, ...]:
        call = Assertion(Metric.TRADING_SIGNAL, Unit.TEXT, seen.subject(), label=seen.word("signal"), window=window)
        return (replace(call, source=seen.subject("source's"), spans=(seen.place("signal"),)),)

    return build


def _new(seen: Seen) -> tuple[Assertion, ...]:
    return (stated(Metric.NEW_SIGNALS, seen.figure("signals"), None, seen.window()),)


RULES: tuple[Rule, ...] = (
    rule("{subject:asset} has closed {higher} on {run} days in a row", _streak),
    rule("{subject:asset}'s 14-day RSI was {score}", _rsi()),
    rule("{subject:asset}'s 14-day RSI was {score}, below {threshold} (oversold)", _rsi("below")),
    rule("{subject:asset}'s 14-day RSI was {score}, above {threshold} (overbought)", _rsi("above")),
    rule("{subject:asset}'s MACD crossed {crossed} its signal line", _macd),
    rule("{subject:asset} closed above its previous 20-day high of {usd}", _breakout("above")),
    rule("{subject:asset} closed below its previous 20-day low of {usd}", _breakout("below")),
    rule(
        "{subject:asset}'s trading volume was {sigma} standard deviations above its 20-day mean",
        _volume,
    ),
    rule("{subject:asset} closed {pct} below its {n-day} high", _drawdown),
    rule("{subject:asset} closed at its {n-day} high", _at_high),
    rule("{subject:asset}'s {grade} was {score} of 100", _grade),
    rule("{subject:asset}'s {grade} {rose} from {earlier:score} to {score} on the day", _grade_moved),
    rule(
        "{subject:asset}'s {grade} {rose} from {earlier:score} to {score} on the day, crossing {threshold}",
        _grade_crossed,
    ),
    rule("{source's} trading signal for {subject:asset} was {signal}", _call(None)),
    rule("{source's} trading signal for {subject:asset} turned {signal} on the day", _call("1d")),
    rule("{signals} new {window:since}", _new),
)
