"""Conditions in a question: `down more than 20%`, `trader grade above 70`, `under $1`, `oversold`. Pure.

The text has metrics as marks (`~rsi~`) and times too (`&0`). Bounds are in the metric's shown unit.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from agent.ask.arguments import AskMetric, Filter, Window
from agent.ask.intents_topics import CROSSED
from agent.ask.intents_words import DOWN, UP
from agent.ask.periods import Period
from agent.ask.quantities import ABOVE, BELOW, NUMBER, quantity

MOST_FILTERS = 4
RSI_LOW, RSI_HIGH = 30.0, 70.0
MAGNITUDES = frozenset((AskMetric.DRAWDOWN, AskMetric.MAX_DRAWDOWN))  # compared by their size, as they are shown

Side = Literal["above", "below"]
_SIDE = rf"(?:(?P<above>{ABOVE})|(?P<below>{BELOW}))"
_AFTER = r"(?: ?(?:(?P<more>\+|or (?:more|higher|above|better|over))|(?P<less>or (?:less|lower|below|under))))?"
_LINK = r"(?:(?:is|are|was|of|at|a|an|the|be|being|that|has|have|its|their|score|value|with|currently|still) )*"
_MOVE = rf"(?:(?P<down>{DOWN.pattern})|(?P<up>{UP.pattern}))"

_OF_METRIC = re.compile(rf"~(?P<metric>\w+)~ {_LINK}(?:{_SIDE} )?{_LINK}{NUMBER}{_AFTER}(?![\w@~])")
_BEFORE_METRIC = re.compile(rf"{_SIDE} {_LINK}{NUMBER} (?:in |of |on )?(?:the |their |its )?~(?P<metric>\w+)~")
_BETWEEN = re.compile(
    rf"~(?P<metric>\w+)~ {_LINK}between (?P<low>\$?[\d.,]+\w*%?) and (?P<high>\$?[\d.,]+\w*%?)(?![\w@~])"
)
_RANGE = r"(?:between |from )?(?P<low>\$?[\d.,]+\w*%?)(?: ?- ?| and | to )(?P<high>\$?[\d.,]+\w*%?)(?![\w@~])"
_CHANGE_RANGE = re.compile(rf"{_MOVE}(?: by)? {_RANGE}")
_PRICE_RANGE = re.compile(r"between (?P<low>\$[\d.,]+\w*) and (?P<high>\$?[\d.,]+\w*)(?![\w@~])")
_OF_MEAN = re.compile(rf"{_SIDE} (?:their |its |the |an? )?~(?P<metric>distance_\d+d)~")
_OF_CHANGE = re.compile(rf"{_MOVE}(?: (?:by|of|about|around|at))? (?:{_SIDE} )?{NUMBER}{_AFTER}(?! ?[@~])")
_CHANGE_FIRST = re.compile(rf"{_SIDE} {NUMBER} (?:{_MOVE})")
_BELOW_HIGH = re.compile(rf"(?:{_SIDE} )?{NUMBER} (?:down )?~drawdown~")
_OF_PRICE = re.compile(rf"{_SIDE} (?P<money>(?=\$|\d[\d.,]*(?: ?[a-z]+)? ?(?:usd|dollars?|bucks)){NUMBER})")
_PLAIN_MOVE = re.compile(
    r"(?:how many|number of|which|what|any|all|list|show(?: me)?|coins|tokens|assets|holdings|ones)(?: [^~&@,]{1,30})??"
    rf" (?:is|are|were|was|that|be|have been|has been|closed?|went|still) {_MOVE}(?! \d| by| more)"
)
_COUNTED_MOVE = re.compile(rf"(?:how many|number of)(?: \w+){{1,3}} {_MOVE}(?! \d| by| more)")


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    metric: AskMetric
    side: Side
    bound: float


def find_filters(text: str, periods: Sequence[Period], today: date) -> tuple[Filter, ...]:
    """The conditions in `text`, in its order, four at most; a change is over the time named next to it, else a day."""
    found: list[_Found] = []
    for pattern, read in _RULES:
        for match in pattern.finditer(text):
            if not any(match.start() < other.end and other.start < match.end() for other in found):
                found.extend(read(match))
    ordered = sorted(found, key=lambda item: item.start)[:MOST_FILTERS]
    return tuple(
        Filter(metric=item.metric, window=_window(item, text, periods, today), side=item.side, bound=item.bound)
        for item in ordered
    )


def _window(item: _Found, text: str, periods: Sequence[Period], today: date) -> Window | None:
    if item.metric is not AskMetric.CHANGE:
        return None
    marks = [(match.start(), int(match[1])) for match in re.finditer(r"&(\d)", text)]
    after = [place for start, place in marks if start >= item.start and periods[place].is_usable]
    before = [place for start, place in marks if start < item.start and periods[place].is_usable]
    near = after[0] if after else before[-1] if before else None
    return periods[near].as_window(today) if near is not None else "1d"


def _side(match: re.Match[str]) -> Side | None:
    groups = match.groupdict()
    if groups.get("below") or groups.get("less"):
        return "below"
    return "above" if groups.get("above") or groups.get("more") else None


def _of_metric(match: re.Match[str]) -> list[_Found]:
    side = _side(match)
    if side is None:
        return []
    value = quantity(match).value
    metric = AskMetric(match["metric"])
    return [_at(match, metric, side, abs(value) if metric in MAGNITUDES else value)]


def _between(match: re.Match[str]) -> list[_Found]:
    """Two conditions: of the metric that is named, of the change beside a rise or a fall, else of the price."""
    bounds = [found for name in ("low", "high") if (found := re.fullmatch(NUMBER, match[name]))]
    if len(bounds) < 2:
        return []
    groups = match.groupdict()
    sign = -1.0 if groups.get("down") else 1.0
    low, high = sorted(sign * abs(quantity(bound).value) for bound in bounds)
    moved = AskMetric.CHANGE if groups.get("down") or groups.get("up") else AskMetric.PRICE
    metric = AskMetric(groups.get("metric") or moved)
    return [_at(match, metric, "above", low), _at(match, metric, "below", high)]


def _of_mean(match: re.Match[str]) -> list[_Found]:
    return [_at(match, AskMetric(match["metric"]), _side(match) or "above", 0.0)]


def _crossed(match: re.Match[str]) -> list[_Found]:
    return [
        _at(match, AskMetric(match["metric"]), "below" if match["side"] in ("below", "under", "down") else "above", 0.0)
    ]


def _of_change(match: re.Match[str]) -> list[_Found]:
    """A move of more, or less, than a number of per cent: `down less than 5%` is below 0 and above -5."""
    amount = quantity(match)
    if amount.unit == "usd" or (amount.unit == "" and not match.groupdict().get("down") and amount.value > 1e4):
        return []
    value, falls = abs(amount.value), bool(match["down"])
    if _side(match) == "below":
        inner: list[_Found] = [
            _at(match, AskMetric.CHANGE, "above" if falls else "below", -value if falls else value),
            _at(match, AskMetric.CHANGE, "below" if falls else "above", 0.0),
        ]
        return inner
    return [_at(match, AskMetric.CHANGE, "below" if falls else "above", -value if falls else value)]


def _below_high(match: re.Match[str]) -> list[_Found]:
    return [_at(match, AskMetric.DRAWDOWN, _side(match) or "above", abs(quantity(match).value))]


def _of_price(match: re.Match[str]) -> list[_Found]:
    return [_at(match, AskMetric.PRICE, _side(match) or "above", quantity(match).value)]


def _plain_move(match: re.Match[str]) -> list[_Found]:
    return [_at(match, AskMetric.CHANGE, "below" if match["down"] else "above", 0.0)]


def _extreme(match: re.Match[str]) -> list[_Found]:
    if match[0] == "oversold":
        return [_at(match, AskMetric.RSI, "below", RSI_LOW)]
    return [_at(match, AskMetric.RSI, "above", RSI_HIGH)]


def _at(match: re.Match[str], metric: AskMetric, side: Side, bound: float) -> _Found:
    return _Found(match.start(), match.end(), metric, side, bound)


_RULES = (
    (_BETWEEN, _between),
    (_CHANGE_RANGE, _between),
    (_PRICE_RANGE, _between),
    (_BELOW_HIGH, _below_high),
    (_OF_METRIC, _of_metric),
    (_BEFORE_METRIC, _of_metric),
    (CROSSED, _crossed),
    (_OF_MEAN, _of_mean),
    (_OF_CHANGE, _of_change),
    (_CHANGE_FIRST, _of_change),
    (_OF_PRICE, _of_price),
    (_PLAIN_MOVE, _plain_move),
    (_COUNTED_MOVE, _plain_move),
    (re.compile(r"\b(?:oversold|overbought)\b"), _extreme),
)
"""In the order in which they are tried; what one has taken is not read by the next."""
