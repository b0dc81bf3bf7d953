"""What a question asks that cannot be looked up: coins left out of a list, things that are no coins. Pure."""

import re
from collections.abc import Iterable
from dataclasses import replace

from agent.ask import intents_topics as topics
from agent.ask import intents_words as words
from agent.ask.arguments import AskMetric
from agent.ask.intents import Call
from agent.ask.mention_names import Named
from agent.ask.planning_clause import Clause
from agent.ask.planning_text import quoted

_GROUP = rf"(?:(?:{topics.SECTOR_NAMES.pattern})(?: (?:coins?|tokens?))?|(?:[a-z]+ )?(?:coins|tokens))(?![\w~])"
_ITEM = rf"(?:the |my |all |any )*(?:@[\dx]|{_GROUP})"
_EXCEPTION = re.compile(rf"(?:{topics.LEFT_OUT.pattern}) {_ITEM}(?:(?:, ?(?:and |or )?| and | or | nor ){_ITEM})*")
_OTHER_MARKET = re.compile(topics.OTHER_MARKETS.pattern)
_SUPERLATIVE = re.compile(f"{words.HIGH_END.pattern}|{words.LOW_END.pattern}")
_ABOUT_ALL = ("rank", "market", "grades", "screen", "signals")


def without_exceptions(named: Named) -> tuple[Named, str]:
    """The text without `except stablecoins`, and those words; a what-if is about what is left out and stays whole."""
    found = None if words.WHAT_IF.search(named.text) else _EXCEPTION.search(named.text)
    if found is None:
        return named, ""
    rest = f"{named.text[: found.start()]} {named.text[found.end() :]}"
    kept = [place for place in range(len(named.assets)) if f"@{place}" in rest]
    text = re.sub(r"@(\d)", lambda match: f"@{kept.index(int(match[1]))}", re.sub(r"\s+", " ", rest)).strip()
    said = re.sub(r"@(\d)", lambda match: named.assets[int(match[1])], found[0])
    assets = tuple(named.assets[place] for place in kept)
    unread = tuple(words_ for words_ in named.unread if words_.lower() not in found[0])
    candidates = named.candidates if "@x" in rest else ()
    return replace(named, text=text, assets=assets, unread=unread, candidates=candidates), said


def left_out_note(said: str) -> str:
    """That nothing can be left out of what is looked at."""
    return f'"{quoted(said)}" was not used: nothing can be left out here.'


def foreign_words(clause: Clause, calls: Iterable[Call]) -> tuple[str, ...]:
    """What is asked about where that is no coin and nothing of the market: `restaurant` of `best restaurant`."""
    if clause.assets or clause.own or not all(call.tool in _ABOUT_ALL for call in calls):
        return ()
    other = _OTHER_MARKET.search(clause.plain)
    if other:
        return (other[0],)
    unread = clause.named.unread
    is_of_coins = clause.says(words.COINS) or clause.says(words.SIGNAL) or set(clause.metrics) - {AskMetric.PRICE}
    if not unread or is_of_coins or clause.says(words.UP) or clause.says(words.DOWN):
        return ()
    return unread if any(_is_asked_about(text.lower(), clause.plain) for text in unread) else ()


def _is_asked_about(text: str, plain: str) -> bool:
    """Whether unknown words stand right after a superlative, or before `market`."""
    place = plain.find(text)
    before, after = plain[:place].split()[-3:], plain[place + len(text) :]
    return bool(_SUPERLATIVE.search(" ".join(before))) or bool(re.match(r" (?:markets?|prices?)\b", after))


def foreign_note(texts: Iterable[str]) -> str:
    """That something is not in the data, in the reader's own words."""
    listed = ", ".join(f'"{quoted(text)}"' for text in texts)
    return f"Not in the data: {listed}."
