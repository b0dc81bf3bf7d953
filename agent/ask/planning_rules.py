"""Which tools a clause asks for: one rule a kind of question, tried in order until one has calls. Pure."""

import re
from collections.abc import Callable

from agent.ask import intents_words as words
from agent.ask.arguments import (
    MOST_ROWS,
    AskMetric,
    DataHealth,
    Grades,
    Help,
    History,
    Market,
    Onchain,
    Portfolio,
    PriceOf,
    Rank,
    Recall,
    Signals,
    WhatIf,
)
from agent.ask.intents import Call, Declined
from agent.ask.planning_changes import wanted_changes
from agent.ask.planning_clause import Clause
from agent.ask.planning_lists import Calls, against_all, compare, correlation, one_call, rank, screen
from agent.ask.planning_topics import TOPICS

Rule = Callable[[Clause], Calls]
_CHANGE_OR_PRICE = (AskMetric.PRICE, AskMetric.CHANGE)


def calls_for(clause: Clause) -> Calls:
    """The calls of the first rule that has any; none if the clause is not understood."""
    for rule in _RULES:
        calls = rule(clause)
        if calls:
            return calls
    return ()


def _help(clause: Clause) -> Calls:
    plain = not clause.assets and not clause.metrics and not re.search(r"\bmy\b", clause.plain)
    return one_call("help", Help()) if plain and clause.says(words.HELP) else ()


def _what_if(clause: Clause) -> Calls:
    if not clause.assets or not clause.says(words.WHAT_IF):
        return ()
    wishes = wanted_changes(clause.plain, clause.assets)
    if not (wishes.add or wishes.drop or wishes.resize):
        return ()
    return one_call("what_if", WhatIf(add=wishes.add[:3], drop=wishes.drop[:3], resize=wishes.resize[:3]))


def _recall(clause: Clause) -> Calls:
    if not clause.says(words.RECALL):
        return ()
    said = [word for word in re.findall(r"[\w-]+", clause.plain) if word in words.topic_words()]
    query = " ".join((*clause.named.unread, *said, *clause.assets))[:200] or "briefing"
    if clause.period is None:
        return one_call("recall", Recall(query=query))
    start, end = clause.period.bounds(clause.today)
    if clause.period.words.startswith("from ") and clause.period.end is None:
        end = start  # a briefing "from Monday" is that of Monday
    return one_call("recall", Recall(query=query, start=start, end=end))


def _health(clause: Clause) -> Calls:
    if not clause.says(words.HEALTH) or clause.filters:
        return ()
    return tuple(Call("data_health", DataHealth(asset=asset)) for asset in clause.assets or (None,))


def _outlook(clause: Clause) -> Calls:
    """What can be said where advice, a forecast or a trade is asked for."""
    asked = set(clause.declined) & {Declined.ADVICE, Declined.FORECAST, Declined.TRADE}
    if not asked:
        return ()
    if clause.assets:
        prices = tuple(Call("price", PriceOf(asset=asset)) for asset in clause.assets)
        if Declined.ADVICE not in asked:
            return prices
        return (*prices, *(Call("grades", Grades(asset=asset)) for asset in clause.assets))
    if clause.own or "rebalance" in clause.plain or clause.says(words.DIVERSIFIED):
        return one_call("portfolio", Portfolio(view="diversification" if Declined.ADVICE in asked else "overview"))
    return one_call("market", Market())


def _signals(clause: Clause) -> Calls:
    name = next((name for name, pattern in words.SIGNAL_NAMES if pattern.search(clause.plain)), None)
    family = next((family for family, pattern in words.FAMILIES.items() if pattern.search(clause.text)), None)
    if name is None and not clause.says(words.SIGNAL):
        return ()
    if clause.assets and clause.metrics and not clause.says(words.SIGNAL) and name not in _NAMED_BY_METRIC:
        return ()
    live = clause.says(words.LIVE)
    assets: tuple[str | None, ...] = clause.assets or (None,)
    held = clause.own and not clause.assets
    return tuple(
        Call("signals", Signals(asset=asset, family=None if name else family, name=name, held=held, live=live))
        for asset in assets
    )


_NAMED_BY_METRIC = ("volume_spike", "new_high_365", "golden_cross", "death_cross")


def _grades(clause: Clause) -> Calls:
    if clause.metric not in words.GRADE_METRICS or (clause.assets and clause.period):
        return ()
    if clause.own and not clause.assets:
        return one_call("rank", Rank(metric=clause.metric, count=MOST_ROWS, universe="holdings"))
    return tuple(Call("grades", Grades(asset=asset)) for asset in clause.assets or (None,))


_OF_RISK = (AskMetric.SHARPE, AskMetric.SORTINO, AskMetric.MAX_DRAWDOWN, AskMetric.VOLATILITY)


def _portfolio(clause: Clause) -> Calls:
    if not clause.own and not (clause.says(words.DIVERSIFIED) and not clause.assets):
        return ()
    if not clause.assets:
        return one_call("portfolio", _view(clause))
    if re.search(r"\b(?:portfolio|bags?|holdings)\b", clause.plain) and _is_against(clause):
        risk = next((metric for metric in clause.metrics if metric in _OF_RISK), None)
        if risk is not None:
            own = Call("portfolio", Portfolio(view="risk"))
            return (own, Call("history", history_of(clause.assets[0], risk, clause)))
        window = clause.window or "30d"
        mine = Call("portfolio", Portfolio(view="changes", window=window))
        return (mine, Call("history", History(asset=clause.assets[0], metric=AskMetric.PRICE, window=window)))
    return one_call("portfolio", Portfolio(view="holdings")) if clause.says(words.HOLDINGS) else ()


def _view(clause: Clause) -> Portfolio:
    """The side from which the portfolio is looked at."""
    if clause.says(words.DIVERSIFIED):
        return Portfolio(view="diversification")
    if clause.says(words.RISK):
        return Portfolio(view="risk")
    if clause.period is None and clause.says(words.HOLDINGS):
        return Portfolio(view="holdings")
    if clause.period or any(clause.says(pattern) for pattern in (words.CHANGES, words.UP, words.DOWN)):
        return Portfolio(view="changes", window=clause.window)
    return Portfolio()


def _is_against(clause: Clause) -> bool:
    return clause.says(words.COMPARISON) or bool(re.search(r"\bbeat\w*|\bahead of\b|\bbehind\b", clause.text))


def _onchain(clause: Clause) -> Calls:
    known = clause.metric in words.ONCHAIN_METRICS
    if not known and not clause.says(words.ONCHAIN):
        return ()
    if not clause.assets:
        is_plain = clause.says(words.ONCHAIN)
        return one_call("signals", Signals(family="onchain", held=clause.own)) if is_plain else ()
    if known and (clause.period or clause.says(words.HISTORY)):
        return ()
    return tuple(Call("onchain", Onchain(asset=asset)) for asset in clause.assets)


def _history(clause: Clause) -> Calls:
    """A metric of an asset, or its price over a time."""
    metric = next((metric for metric in clause.metrics if metric not in _CHANGE_OR_PRICE), None)
    if metric is None and clause.filters and clause.filters[0].metric is AskMetric.RSI:
        metric = AskMetric.RSI
    period, extreme = clause.period, clause.says(words.HISTORY)
    lasting = period is not None and (period.start is not None or period.window not in (None, "1d"))
    if not clause.assets or (metric is None and not lasting and not extreme):
        return ()
    assets = clause.assets[:1] if metric is AskMetric.BETA_BITCOIN else clause.assets
    return tuple(Call("history", history_of(asset, metric or AskMetric.PRICE, clause)) for asset in assets)


def history_of(asset: str, metric: AskMetric, clause: Clause) -> History:
    """A history over the clause's time; without one over 30 days, prices over a year."""
    period = clause.period
    if period is None:
        return History(asset=asset, metric=metric, window="365d" if metric is AskMetric.PRICE else "30d")
    if period.window:
        return History(asset=asset, metric=metric, window=period.window)
    start, end = period.bounds(clause.today)
    return History(asset=asset, metric=metric, start=start, end=end if end != clause.today else None)


def _price(clause: Clause) -> Calls:
    day = clause.period.day if clause.period else None
    day = day if day != clause.today else None
    return tuple(Call("price", PriceOf(asset=asset, day=day)) for asset in clause.assets)


def _market(clause: Clause) -> Calls:
    moves = clause.says(words.UP) or clause.says(words.DOWN)
    is_cause = Declined.CAUSE in clause.declined and moves
    if clause.named.candidates or not (clause.says(words.MARKET) or is_cause):
        return ()
    return one_call("market", Market(window=clause.window))


_RULES: tuple[Rule, ...] = (
    _help, _what_if, _recall, *TOPICS, _health, _outlook, screen, correlation, compare, against_all, rank, _signals,
    _grades, _onchain, _portfolio, _history, _price, _market,
)  # fmt: skip
