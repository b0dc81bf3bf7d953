"""One part of a question, read: its assets, metrics, times and conditions, with the rest as marked text. Pure."""

import re
from dataclasses import dataclass
from datetime import date

from agent.ask.arguments import AskMetric, Filter, UniverseName, Window
from agent.ask.intents import Declined
from agent.ask.intents_topics import OF_OWN_TARGETS, PRICE_TARGET, SCORED
from agent.ask.intents_words import (
    DECLINED_ADVICE,
    DECLINED_CAUSE,
    DECLINED_FORECAST,
    DECLINED_INTRADAY,
    DECLINED_TRADE,
    METRICS,
    OWN,
)
from agent.ask.mention_names import Named
from agent.ask.periods import Period, find_period
from agent.ask.planning_filters import find_filters

_MOST_PERIODS = 4
_DECLINED = {
    Declined.ADVICE: DECLINED_ADVICE,
    Declined.FORECAST: DECLINED_FORECAST,
    Declined.CAUSE: DECLINED_CAUSE,
    Declined.INTRADAY: DECLINED_INTRADAY,
    Declined.TRADE: DECLINED_TRADE,
}


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a question. In `plain` only assets are marks (`@0`); in `text` metrics and times are too.

    `quotes` are what the whole question has in quotation marks.
    """

    plain: str
    text: str
    named: Named
    today: date
    metrics: tuple[AskMetric, ...] = ()
    periods: tuple[Period, ...] = ()
    filters: tuple[Filter, ...] = ()
    declined: tuple[Declined, ...] = ()
    quotes: tuple[str, ...] = ()

    @property
    def typed(self) -> str:
        """The part as it was typed, in lower case."""
        return self.named.typed.lower()

    @property
    def assets(self) -> tuple[str, ...]:
        """The assets as tools take them."""
        return self.named.assets

    @property
    def asset(self) -> str | None:
        """The first of them."""
        return self.assets[0] if self.assets else None

    @property
    def own(self) -> bool:
        """Whether it is about the reader's own portfolio."""
        return bool(OWN.search(self.plain))

    @property
    def universe(self) -> UniverseName:
        """Among which assets is looked."""
        return "holdings" if self.own else "tracked"

    @property
    def metric(self) -> AskMetric | None:
        """The first metric that is named."""
        return self.metrics[0] if self.metrics else None

    @property
    def period(self) -> Period | None:
        """The first time that is named and lies within the data."""
        return next((period for period in self.periods if period.is_usable), None)

    @property
    def window(self) -> Window | None:
        """That time as a window."""
        return self.period.as_window(self.today) if self.period else None

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Whether the marked text has one of the pattern's phrases."""
        return bool(pattern.search(self.text))


def read_clause(named: Named, today: date, first_day: date | None = None, quotes: tuple[str, ...] = ()) -> Clause:
    """The clause that a text with marked assets is."""
    plain = named.text
    text, metrics = _metrics_marked(plain)
    text, periods = _periods_marked(text, today, first_day)
    judged = _without_own_targets(plain, text)
    declined = tuple(kind for kind, pattern in _DECLINED.items() if pattern.search(judged))
    return Clause(plain, text, named, today, metrics, periods, find_filters(text, periods, today), declined, quotes)


def _without_own_targets(plain: str, text: str) -> str:
    """The text without words that are no forecast here: one's own targets, and whether signals have foretold."""
    if (OF_OWN_TARGETS.search(plain) or OWN.search(plain)) and not PRICE_TARGET.search(plain):
        text = re.sub(r"\btargets?\b|\b(?:could|can|might|would)\b", "", text)
    if SCORED.search(text):
        text = re.sub(r"\b(?:do|does|did|have|has)\b(.*)\bpredict\w*", r"\1", text)
    return text


def _metrics_marked(text: str) -> tuple[str, tuple[AskMetric, ...]]:
    for metric, pattern in METRICS:
        text = pattern.sub(f"~{metric.value}~", text)
    return text, tuple(dict.fromkeys(AskMetric(name) for name in re.findall(r"~(\w+)~", text)))


def _periods_marked(text: str, today: date, first_day: date | None) -> tuple[str, tuple[Period, ...]]:
    periods: list[Period] = []
    while len(periods) < _MOST_PERIODS:
        found = find_period(text, today, first_day)
        if found is None:
            break
        period, (start, end) = found
        text = f"{text[:start]}&{len(periods)}{text[end:]}"
        periods.append(period)
    return text, tuple(periods)
