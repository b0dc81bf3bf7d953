"""Whether a fact holds what an assertion says: one check per part, giving the difference in words or None."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from agent.claims.fact import Fact, Metric, State, Unit
from agent.claims.grammar.assertions import PORTFOLIO, Assertion, Direction, Style
from agent.claims.grammar.gaps import EMPTY
from agent.claims.rounding import shown, shown_value

_NOTHING = frozenset({None, "none"})
_CALLS = frozenset({"bullish", "bearish", "neutral"})
_WITHIN_WINDOW = frozenset({Metric.HIGHEST_CLOSE, Metric.LOWEST_CLOSE, Metric.DEEPEST_FALL})
_NEVER_UNNAMED = frozenset({Metric.STRESS_CHANGE})
"""What these are known for is a part of what they are: it is said where it is known."""
_MAGNITUDES = frozenset({Metric.DRAWDOWN, Metric.MAX_DRAWDOWN})
_WORDLESS = frozenset({Unit.TEXT, Unit.DATE})


@dataclass(frozen=True, slots=True)
class Difference:
    """One part in which an assertion and a fact differ; the codes are the names of the parts."""

    code: str
    detail: str


def differences(assertion: Assertion, fact: Fact, as_of: date) -> tuple[Difference, ...]:
    """All parts in which a fact of the same metric differs from the assertion; none means that it backs it."""
    found = ((code, check(assertion, fact, as_of)) for code, check in _CHECKS)
    return tuple(Difference(code, detail) for code, detail in found if detail is not None)


def same_subject(assertion: Assertion, fact: Fact) -> bool:
    """Whether the fact is of the subject the text names; a wording that names none leaves it open."""
    if assertion.subject == PORTFOLIO:
        return fact.subject.startswith("portfolio:")
    return assertion.subject is None or assertion.subject == fact.subject


def direction_of(fact: Fact) -> Direction | None:
    """Where the value went as the reader sees it, after rounding."""
    if fact.value is None:
        return None
    seen = shown_value(fact)
    return Direction.FLAT if seen == 0 else Direction.UP if seen > 0 else Direction.DOWN


def figure_of(fact: Fact, style: Style = Style.PLAIN) -> str:
    """The figure a fact is shown with, or the word that stands for it."""
    if fact.value is None or fact.unit in _WORDLESS:
        return fact.label or "no value"
    return shown(fact, style)


def written(day: date) -> str:
    """A day as texts write it: 10 October 2025."""
    months = "January February March April May June July August September October November December"
    return f"{day.day} {months.split()[day.month - 1]} {day.year}"


def _subject(assertion: Assertion, fact: Fact, as_of: date) -> str | None:
    del as_of
    return None if same_subject(assertion, fact) else f"says it of {assertion.subject}, the fact is of {fact.subject}"


def _state(assertion: Assertion, fact: Fact, as_of: date) -> str | None:
    del assertion, as_of
    if fact.metric is Metric.AVAILABILITY:
        fresh = fact.unit is Unit.TEXT and fact.state is State.FRESH
        return "says that data is missing, the fact is fresh" if fresh else None
    if fact.metric is Metric.SOURCE_CLOSE and fact.state is not State.DISPUTED:
        return "says that sources disagree, the fact is not disputed"
    if fact.state is State.MISSING or (fact.value is None and fact.unit not in _WORDLESS):
        return f"states a value, the fact has none ({fact.state})"
    return None


def _unit(assertion: Assertion, fact: Fact, as_of: date) -> str | None:
    del as_of
    return None if assertion.unit is fact.unit else f"is in {assertion.unit}, the fact is in {fact.unit}"


def _value(assertion: Assertion, fact: Fact, as_of: date) -> str | None:
    del as_of
    figure = assertion.figure
    if figure is None or fact.value is None or assertion.unit is not fact.unit:
        return None
    expected = shown(fact, figure.style)
    return None if figure.text == expected else f"says {figure.text}, the fact is {expected}"


def _direction(assertion: Assertion, fact: Fact, as_of: date) -> str | None:
    del as_of
    if assertion.direction is None or fact.value is None or direction_of(fact) is assertion.direction:
        return None
    return f"says {assertion.direction}, the fact is {figure_of(fact, Style.SIGNED)}"


def _window(assertion: Assertion, fact: Fact, as_of: date) -> str | None:
    del as_of
    turned = assertion.metric is Metric.TRADING_SIGNAL and fact.window is None
    unsaid = fact.window is None and (fact.metric is Metric.SIGNAL_CASES or assertion.qualifier == Metric.DRAWDOWN)
    if assertion.window is None or turned or unsaid or assertion.window == fact.window:
        return None
    return f"is over {assertion.window}, the fact is over {fact.window or 'no window'}"


def _start(assertion: Assertion, fact: Fact, as_of: date) -> str | None:
    del as_of
    if assertion.start is None or assertion.start == fact.start:
        return None
    return f"starts on {written(assertion.start)}, the fact on {written(fact.start) if fact.start else 'no day'}"


def _day(assertion: Assertion, fact: Fact, as_of: date) -> str | None:
    if fact.unit is Unit.DATE:
        return None  # the wording shows the day, and that day is the value
    said = (assertion.as_of or as_of) - timedelta(days=assertion.days_before)
    true_on = fact.start if assertion.days_before and fact.start is not None else fact.as_of
    if fact.metric in _WITHIN_WINDOW and not _is_within(fact, said, as_of):
        return f"speaks of {written(said)}, which is not within {fact.window or 'no window'} of {written(as_of)}"
    return None if said == true_on else f"speaks of {written(said)}, the fact is of {written(true_on)}"


def _is_within(fact: Fact, said: date, as_of: date) -> bool:
    """Whether a day, and the one from which the fact starts if it has one, lie in the window that ends now."""
    return said <= as_of and as_of - min(said, fact.start or said) <= _length(fact.window)


def _length(window: str | None) -> timedelta:
    """How long a window is; any time for one that is not counted in days."""
    days = (window or "").removesuffix("d")
    return timedelta(int(days)) if days.isdecimal() else timedelta.max


def _other(assertion: Assertion, fact: Fact, as_of: date) -> str | None:
    del as_of
    if assertion.other is None or assertion.other == fact.other:
        return None
    return f"is against {assertion.other}, the fact is against {fact.other}"


def _universe(assertion: Assertion, fact: Fact, as_of: date) -> str | None:
    del as_of
    said = assertion.universe
    if said is None or (said.kind == fact.universe and said.size == fact.universe_size):
        return None
    return f"is among {said.size} {said.kind}, the fact among {fact.universe_size} {fact.universe}"


def _rank(assertion: Assertion, fact: Fact, as_of: date) -> str | None:
    del as_of
    said, true = (assertion.rank, assertion.from_bottom), (fact.rank, fact.rank_from_bottom)
    if assertion.rank is None or said == true:
        return None
    return f"says {_place(*said)}, the fact is {_place(*true)}"


def _place(rank: int | None, from_bottom: bool) -> str:  # noqa: FBT001  # the pair is a rank as facts keep it
    return "unranked" if rank is None else f"number {rank} from the {'bottom' if from_bottom else 'top'}"


def _label(assertion: Assertion, fact: Fact, as_of: date) -> str | None:
    del as_of
    if assertion.label == EMPTY and fact.metric is Metric.AVAILABILITY:
        return None if fact.label in _NOTHING else f"says that the source had nothing, the fact is {fact.label}"
    if assertion.label == fact.label or (assertion.label is None and fact.metric not in _NEVER_UNNAMED):
        return None
    return f"says {assertion.label or 'none'}, the fact is {fact.label}"


def _threshold(assertion: Assertion, fact: Fact, as_of: date) -> str | None:
    del as_of
    bound = assertion.threshold
    if bound is None or bound.side == "crossing" or fact.value is None:
        return None
    magnitude = assertion.figure is not None and assertion.figure.style is Style.MAGNITUDE
    size = abs if magnitude or assertion.qualifier in _MAGNITUDES else Decimal
    if fact.threshold is None or size(fact.threshold) != bound.value:
        return f"names the threshold {bound.value}, the fact's is {fact.threshold}"
    if fact.metric is Metric.MATCHES:
        return None  # the threshold is that of what was counted, and its side is the label
    pair = (size(fact.value), size(shown_value(fact)))
    holds = max(pair) < bound.value if bound.side == "below" else min(pair) > bound.value
    return None if holds else f"says {bound.side} {bound.value}, the fact is {fact.value}"


def _qualifier(assertion: Assertion, fact: Fact, as_of: date) -> str | None:
    del as_of
    if assertion.metric is Metric.TRADING_SIGNAL and assertion.window is not None:
        turned = fact.qualifier in _CALLS and fact.qualifier != fact.label
        return None if turned else f"says the signal turned, the fact has {fact.qualifier} before {fact.label}"
    true = (fact.qualifier or "").replace("_", " ")  # a kind of data is written with spaces
    # what is missing is not the same with and without a source or a kind that it is missing from
    open_to_all = assertion.qualifier is None and fact.metric is not Metric.AVAILABILITY
    if open_to_all or (assertion.qualifier or "").replace("_", " ") == true:
        return None
    return f"is of {assertion.qualifier}, the fact of {fact.qualifier}"


def _source(assertion: Assertion, fact: Fact, as_of: date) -> str | None:
    del as_of
    named = fact.subject.removeprefix("source:") if fact.metric is Metric.LAST_COLLECTED else fact.source
    if assertion.source is None or assertion.source in (named, fact.source):
        return None
    return f"names the source {assertion.source}, the fact is from {fact.source}"


_CHECKS: tuple[tuple[str, Callable[[Assertion, Fact, date], str | None]], ...] = (
    ("subject", _subject),
    ("state", _state),
    ("unit", _unit),
    ("value", _value),
    ("direction", _direction),
    ("window", _window),
    ("start", _start),
    ("day", _day),
    ("other", _other),
    ("universe", _universe),
    ("rank", _rank),
    ("label", _label),
    ("threshold", _threshold),
    ("qualifier", _qualifier),
    ("source", _source),
)
