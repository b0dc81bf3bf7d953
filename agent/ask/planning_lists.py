"""Rules for what lists or sets side by side: screens, rankings, comparisons and correlations. Pure."""

import re
from typing import Literal, TypeAlias

from agent.ask import intents_words as words
from agent.ask.arguments import (
    MOST_ASSETS,
    MOST_ROWS,
    Arguments,
    AskMetric,
    Compare,
    Correlation,
    Filter,
    History,
    Rank,
    Screen,
    Window,
)
from agent.ask.intents import Call
from agent.ask.planning_clause import Clause
from agent.ask.planning_filters import MAGNITUDES
from agent.ask.quantities import count_in

Calls: TypeAlias = tuple[Call, ...]
_SIZED = re.compile(r"\b(?:biggest|largest|smallest)(?: \w+)? (?:coins?|tokens?|crypto\w*|assets?|altcoins?)\b")
_PRICED = re.compile(r"\b(?:cheap\w*|expensive|priciest)\b|\b(?:high|low)est (?:\w+ )?~price~")
_AGAINST = re.compile(
    r"\b(?:coins|tokens|assets|altcoins|who|many)\b.* (?:outperform\w*|beat\w*|better than|did better)"
)
_SHALLOW = re.compile(r"\b(?:closest|nearest|lowest|shallowest|mildest)\b")
_MOVERS = re.compile(r"\b(?:top|bottom|movers?|perform\w*|moved)\b")


def one_call(tool: str, arguments: Arguments) -> Calls:
    """A single call."""
    return (Call(tool, arguments),)


def screen(clause: Clause) -> Calls:
    """Assets that meet conditions; a superlative beside a bare rise or fall is a ranking instead."""
    if clause.assets or not clause.filters or not (clause.says(words.SEVERAL) or clause.own):
        return ()
    superlative = clause.says(words.HIGH_END) or clause.says(words.LOW_END)
    if superlative and all(_is_plain_move(condition) for condition in clause.filters):
        return ()
    count = count_in(clause.text, 5, MOST_ROWS)
    return one_call("screen", Screen(filters=clause.filters, count=count, universe=clause.universe))


def _is_plain_move(condition: Filter) -> bool:
    return condition.metric is AskMetric.CHANGE and condition.bound == 0


def correlation(clause: Clause) -> Calls:
    """How alike assets move; a single one is set beside Bitcoin."""
    if not clause.says(words.CORRELATION) or (not clause.assets and not clause.own):
        return ()
    assets = clause.assets
    if assets == ("Bitcoin",) and clause.own and (clause.says(words.HIGH_END) or clause.says(words.LOW_END)):
        end = end_of(clause, AskMetric.CORRELATION_BITCOIN)
        return one_call("rank", Rank(metric=AskMetric.CORRELATION_BITCOIN, end=end, universe="holdings"))
    if len(assets) == 1 and not clause.own:
        assets = (*assets, "Bitcoin") if assets != ("Bitcoin",) else ()
        if not assets:
            end = end_of(clause, AskMetric.CORRELATION_BITCOIN)
            count = _ranked_count(clause)
            return one_call("rank", Rank(metric=AskMetric.CORRELATION_BITCOIN, end=end, count=count))
    if clause.own and len(assets) == 1:
        assets = ()
    return one_call("correlation", Correlation(assets=assets[:MOST_ASSETS], days=correlation_days(clause.window)))


def correlation_days(window: Window | None) -> Literal[30, 90, 365]:
    """The days over which correlation is measured that come closest to a window; 90 without one."""
    if window == "365d":
        return 365
    return 30 if window in ("1d", "7d", "30d") else 90


_ORDERED = re.compile(r"\b(?:rank(?:ed|ing)?|sort(?:ed)?|order(?:ed)?)\b(?: (?:the|all|my|coins|tokens|assets))* by\b")


def compare(clause: Clause) -> Calls:
    """Two or more assets side by side."""
    if len(clause.assets) < 2 or not clause.says(words.COMPARISON):
        return ()
    if clause.metric is AskMetric.BETA_BITCOIN:
        return ()
    metric = clause.metric
    if metric is None and (clause.says(words.UP) or clause.says(words.DOWN) or _is_contest(clause)):
        metric = AskMetric.CHANGE
    return one_call("compare", Compare(assets=clause.assets[:MOST_ASSETS], metric=metric, window=clause.window))


def _is_contest(clause: Clause) -> bool:
    return bool(re.search(r"\b(?:better|worse|beat\w*|outperform\w*|best|worst|perform\w*)\b", clause.text))


def rank(clause: Clause) -> Calls:
    """The first or last by a metric; without one by change, or by size where coins are said to be large."""
    if clause.assets or not _is_ranking(clause):
        return ()
    metric = _ranked_metric(clause)
    window = clause.window if metric in (AskMetric.CHANGE, AskMetric.VOLATILITY) else None
    if metric is AskMetric.CHANGE:
        window = window or "1d"
    return one_call(
        "rank",
        Rank(
            metric=metric,
            window=window,
            end=end_of(clause, metric),
            count=_ranked_count(clause),
            universe=clause.universe,
        ),
    )


def against_all(clause: Clause) -> Calls:
    """Coins against one: the largest changes of all beside its own."""
    if len(clause.assets) != 1 or not _AGAINST.search(clause.text):
        return ()
    window = clause.window or "1d"
    return (
        Call("rank", Rank(metric=AskMetric.CHANGE, window=window, count=5, universe=clause.universe)),
        Call("history", History(asset=clause.assets[0], metric=AskMetric.PRICE, window=window)),
    )


def _is_ranking(clause: Clause) -> bool:
    """A superlative over coins, or a move of coins (`which coins pumped`)."""
    if clause.metrics and _ORDERED.search(clause.text):
        return True
    moves = clause.says(words.UP) or clause.says(words.DOWN)
    coins = clause.says(words.COINS)
    if clause.own and clause.says(words.HOLDINGS) and not (moves or clause.metrics):
        return False
    if clause.says(words.HIGH_END) or clause.says(words.LOW_END):
        is_of_many = coins or moves or bool(clause.metrics) or _is_contest(clause) or _MOVERS.search(clause.text)
        return bool(is_of_many) and not (clause.own and _is_loss(clause))
    return coins and moves and bool(re.search(r"\b(?:which|what|who|any|show|list)\b", clause.text))


def _is_loss(clause: Clause) -> bool:
    return bool(re.search(r"\b(?:did|have|am) i\b", clause.text))


def _ranked_metric(clause: Clause) -> AskMetric:
    stated = [metric for metric in clause.metrics if metric is not AskMetric.PRICE]
    if stated:
        return stated[0]
    if _PRICED.search(f"{clause.plain} {clause.text}"):
        return AskMetric.PRICE
    if _SIZED.search(clause.text) and not (clause.says(words.UP) or clause.says(words.DOWN)):
        return AskMetric.MARKET_VALUE if not clause.own else AskMetric.WEIGHT
    return AskMetric.CHANGE


def end_of(clause: Clause, metric: AskMetric) -> Literal["top", "bottom"]:
    """Which end of a ranking is asked for."""
    low, falls = clause.says(words.LOW_END), clause.says(words.DOWN)
    least = bool(re.search(r"\b(?:least|smallest)\b", clause.text))
    if metric is AskMetric.CHANGE:
        return "bottom" if (falls and not least) or (low and not falls) else "top"
    if metric in MAGNITUDES:  # the worst is the deepest, which is the highest as it is shown
        is_small = (
            least or bool(_SHALLOW.search(clause.text)) or (metric is AskMetric.MAX_DRAWDOWN and _is_good(clause))
        )
        return "bottom" if is_small else "top"
    return "bottom" if low or "cheap" in clause.plain else "top"


def _is_good(clause: Clause) -> bool:
    return bool(re.search(r"\bbest\b", clause.text))


def _ranked_count(clause: Clause) -> int:
    singular = re.search(r"\b(?:coin|token|asset|gainer|loser|winner|altcoin|performer|who)\b(?! grade)", clause.text)
    return count_in(clause.text, 1 if singular else 3, MOST_ROWS)
