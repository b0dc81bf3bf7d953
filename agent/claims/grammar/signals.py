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


def _rsi(side: str) -> Build:
    def build(seen: Seen) -> tuple[Assertion, ...]:
        stood = stated(Metric.RSI, seen.figure("score"), seen.subject())
        return (replace(stood, threshold=Bound(seen.threshold(), side)),)

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


def _grade_moved(word: str) -> Build:
    def build(seen: Seen) -> tuple[Assertion, ...]:
        before = replace(_graded(seen, Metric.GRADE_PREVIOUS, seen.figure("earlier")), days_before=1)
        return before, replace(_grade(seen)[0], relation=Relation(seen.turn(word), before))

    return build


def _grade_crossed(word: str) -> Build:
    def build(seen: Seen) -> tuple[Assertion, ...]:
        before, now = _grade_moved(word)(seen)
        return before, replace(now, threshold=Bound(seen.threshold(), "crossing"))

    return build


def _own_grade(seen: Seen) -> tuple[Assertion, ...]:
    return (_own(seen, Metric.OWN_GRADE, "score"),)


def _own_grade_moved(seen: Seen) -> tuple[Assertion, ...]:
    before = replace(_own(seen, Metric.OWN_GRADE_PREVIOUS, "earlier"), days_before=1)
    return before, replace(_own(seen, Metric.OWN_GRADE, "score"), relation=Relation(seen.turn("rose"), before))


def _own(seen: Seen, metric: Metric, slot: str) -> Assertion:
    return replace(stated(metric, seen.figure(slot), seen.subject()), qualifier=seen.word("term").replace("-", "_"))


def _graded(seen: Seen, metric: Metric, figure: Figure) -> Assertion:
    return replace(stated(metric, figure, seen.subject()), qualifier=_GRADES[seen.word("grade")])


def _call(window: str | None) -> Build:
    def build(seen: Seen) -> tuple[Assertion, ...]:
        call = Assertion(Metric.TRADING_SIGNAL, Unit.TEXT, seen.subject(), label=seen.word("signal"), window=window)
        source = seen.subject("source" if "source" in seen.values else "source's")
        return (replace(call, source=source, spans=(seen.place("signal"),)),)

    return build


def _new(seen: Seen) -> tuple[Assertion, ...]:
    return (stated(Metric.NEW_SIGNALS, seen.figure("signals"), None, seen.window()),)


RULES: tuple[Rule, ...] = (
    rule("{subject:asset} has closed {higher} on {run} days in a row", _streak),
    rule("{subject:asset} has now had {run} {higher} closes in a row", _streak),
    rule("at {score}, {subject:asset}'s 14-day RSI was below {threshold} (oversold)", _rsi("below")),
    rule("at {score}, {subject:asset}'s 14-day RSI was above {threshold} (overbought)", _rsi("above")),
    rule("{subject:asset}'s 14-day RSI was {score}, below {threshold} (oversold)", _rsi("below")),
    rule("{subject:asset}'s 14-day RSI was {score}, above {threshold} (overbought)", _rsi("above")),
    rule("{subject:asset}'s MACD crossed {crossed} its signal line", _macd),
    rule("{subject:asset} closed above its previous 20-day high of {usd}", _breakout("above")),
    rule("{subject:asset} closed below its previous 20-day low of {usd}", _breakout("below")),
    rule(
        "{subject:asset}'s trading volume was {sigma} standard deviations above its 20-day mean",
        _volume,
    ),
    rule("{subject:asset}'s close passed its previous 20-day high of {usd}", _breakout("above")),
    rule("{subject:asset}'s close fell through its previous 20-day low of {usd}", _breakout("below")),
    rule("{subject:asset} traded {sigma} standard deviations more than its 20-day mean", _volume),
    rule("{subject:asset} closed {pct} below its {n-day} high", _drawdown),
    rule("{subject:asset} was {pct} below its {n-day} high at the close", _drawdown),
    rule("{subject:asset} closed at its {n-day} high", _at_high),
    rule("{subject:asset} had a {grade} of {score} of 100", _grade),
    rule("{subject:asset}'s {grade} {rose} from {earlier:score} to {score} on the day", _grade_moved("rose")),
    rule("{subject:asset}'s {grade} went {up} to {score} from {earlier:score} on the day", _grade_moved("up")),
    rule(
        "{subject:asset}'s {grade} {rose} from {earlier:score} to {score} on the day, crossing {threshold}",
        _grade_crossed("rose"),
    ),
    rule(
        "{subject:asset}'s {grade} went {up} to {score} from {earlier:score} on the day, crossing {threshold}",
        _grade_crossed("up"),
    ),
    rule("coinbrief's {term} grade for {subject:asset} was {score} of 100", _own_grade),
    rule(
        "coinbrief's {term} grade for {subject:asset} {rose} from {earlier:score} to {score} on the day",
        _own_grade_moved,
    ),
    rule("{source's} trading signal for {subject:asset} was {signal}", _call(None)),
    rule("{source} was {signal} on {subject:asset} in its trading signal", _call(None)),
    rule("{source's} trading signal for {subject:asset} turned {signal} on the day", _call("1d")),
    rule("{signals} new {window:since}", _new),
)
