"""Rules for the reader's own portfolio: targets, other weights, days of stress, and what it is exposed to. Pure."""

import re
from datetime import date

from agent.ask import intents_topics as topics
from agent.ask import intents_words as words
from agent.ask.arguments import AskMetric, Portfolio
from agent.ask.planning_clause import Clause
from agent.ask.planning_lists import Calls, one_call

_PLAIN_METRICS = frozenset(
    (AskMetric.PRICE, AskMetric.CHANGE, AskMetric.WEIGHT, AskMetric.VALUE, AskMetric.MARKET_VALUE)
)
_LARGEST_TRAIT = re.compile(
    r"\b(?:biggest|largest|top|main|heaviest|smallest|most|by)\b (?:\w+ )?"
    r"(?:sectors?|categor\w+|chains?|narratives?|expos\w+)"
)
_LARGEST = re.compile(r"\bis (?:the |my )?(?:biggest|largest|heaviest|smallest|main)$")
_HOW_MUCH = re.compile(r"\bhow much\b(?! (?:has|have|did|was|were|is|are)\b)")
_ON_CHAIN_OF = re.compile(r"\b(?:is|are|sits?|lives?|built) on (?:the )?@\d")
_OWN_FALL = re.compile(r"\bmy\b.{0,20}~(?:max_)?drawdown~")


def targets(clause: Clause) -> Calls:
    """How far the holdings are from the targets set for them."""
    if topics.PRICE_TARGET.search(clause.plain) or not topics.TARGETS.search(clause.plain):
        return ()
    is_own = topics.OF_OWN_TARGETS.search(clause.plain) or clause.own
    return one_call("portfolio", Portfolio(view="targets")) if is_own else ()


def weights(clause: Clause) -> Calls:
    """Today's holdings with other weights, looking back."""
    if not topics.WEIGHTINGS.search(clause.plain) or clause.filters or (clause.assets and not clause.own):
        return ()
    return one_call("portfolio", Portfolio(view="weights"))


def stress(clause: Clause) -> Calls:
    """Today's weights on a day that was: one by date, one that is remembered, or the worst."""
    day = event_day(clause)
    concerns = clause.own or bool(topics.ME.search(clause.plain))
    is_shock = topics.SHOCK.search(clause.typed) or topics.WOULD_HAVE.search(clause.plain)
    if day is not None and is_shock and (concerns or not clause.assets):
        return one_call("portfolio", Portfolio(view="stress", day=day))
    dated = clause.period.day if clause.period else None
    fall = topics.FALL_OF.search(clause.plain)
    if fall and clause.assets[int(fall["place"])] == "Bitcoin":
        return one_call("portfolio", Portfolio(view="stress"))
    is_asked = topics.STRESS.search(clause.plain) and (concerns or not clause.assets)
    if is_asked or (dated and clause.own and (topics.WOULD_HAVE.search(clause.plain) or _is_of_a_past_day(clause))):
        return one_call("portfolio", Portfolio(view="stress", day=dated))
    return ()


def _is_of_a_past_day(clause: Clause) -> bool:
    """Whether it is asked what the portfolio did on a day before the last close, which is known at today's weights."""
    if clause.assets or clause.period is None or clause.period.day == clause.today or clause.says(words.COINS):
        return False
    return any(clause.says(each) for each in (words.CHANGES, words.UP, words.DOWN)) or "replay" in clause.plain


def event_day(clause: Clause) -> date | None:
    """The day that a remembered shock means."""
    return next((day for day, pattern in topics.EVENTS if pattern.search(clause.typed)), None)


def exposure(clause: Clause) -> Calls:
    """Which sectors, chains and stablecoins the portfolio is in."""
    if not clause.own or clause.filters or not set(clause.metrics) <= _PLAIN_METRICS or is_of_other(clause):
        return ()
    if clause.assets:
        is_of_it = topics.EXPOSURE.search(clause.plain) or _ON_CHAIN_OF.search(clause.plain)
        return one_call("portfolio", Portfolio(view="exposure")) if is_of_it else ()
    groups = topics.TRAIT.search(clause.plain) or topics.SECTOR_NAMES.search(clause.plain)
    if not groups and not topics.EXPOSURE.search(clause.plain):
        return ()
    moves = clause.period or any(clause.says(each) for each in (words.UP, words.DOWN, words.CHANGES))
    superlative = clause.says(words.HIGH_END) or clause.says(words.LOW_END)
    is_largest = _LARGEST_TRAIT.search(clause.plain) or (
        groups and (_LARGEST.search(clause.plain) or _HOW_MUCH.search(clause.plain))
    )
    if (moves or superlative) and not is_largest:
        return ()
    return one_call("portfolio", Portfolio(view="exposure", sector=holding_sector(clause)))


def holding_sector(clause: Clause) -> str | None:
    """The sector of holdings that is named, if there is such a one."""
    named = group_words(clause)
    return next((sector for sector, pattern in topics.HOLDING_SECTORS if pattern.search(named)), None)


def is_of_other(clause: Clause) -> bool:
    """Whether signals, correlations or on-chain figures are asked for."""
    return any(clause.says(each) for each in (words.SIGNAL, words.CORRELATION, words.ONCHAIN))


def own_fall(clause: Clause) -> Calls:
    """The deepest fall of the portfolio itself, not of one of its coins."""
    if clause.assets or not _OWN_FALL.search(clause.text) or clause.says(words.COINS):
        return ()
    return one_call("portfolio", Portfolio(view="risk"))


def event_words(clause: Clause) -> str:
    """The words that name it."""
    return next((found[0] for _, pattern in topics.EVENTS if (found := pattern.search(clause.typed))), "")


def group_words(clause: Clause) -> str:
    """The group of coins that is named, such as `ai`; empty without one."""
    found = topics.SECTOR_NAMES.search(clause.plain)
    return found[0] if found else ""
