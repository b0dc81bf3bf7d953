"""Follow-ups: `and Ethereum?`, `over 30 days?`, `and the worst?`, `why?`, `compare them`, from the plan before. Pure.

A follow-up says nothing but what changes; whatever says more is a question of its own and replaces the one before.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from agent.ask import intents_words as words
from agent.ask.arguments import (
    MOST_ASSETS,
    MOST_ROWS,
    Arguments,
    AskMetric,
    Compare,
    Correlation,
    Filter,
    Grades,
    History,
    Index,
    Market,
    Portfolio,
    PriceOf,
    Rank,
    Recall,
    Screen,
    Sectors,
    Signals,
    TrackRecord,
)
from agent.ask.intents import Call, Context, Declined
from agent.ask.mention_names import Named
from agent.ask.planning_clause import Clause
from agent.ask.planning_lists import Calls, correlation_days, end_of
from agent.ask.planning_own import group_words
from agent.ask.planning_rules import history_of
from agent.ask.planning_topics import record_days, scored_grade, scored_signal, sector_window
from agent.ask.quantities import count_in

_LEAD = re.compile(
    r"^[^\w@&~]*(?:(?:and|ok|okay|so|now|then|but|hm+|well|yes|no)\b[, ]*)*"
    r"(?:(?:what|how) about|also|plus|same (?:for|with|thing for)|or|only|just|try|make it|instead)?\b"
)
_OF_HOLDINGS = (Rank, Screen, Signals, Correlation, Portfolio)  # what may be asked of the holdings too
_MOST_WORDS = 5  # of a follow-up that names something else
_COMPARE = re.compile(r"\b(?:compare[ds]?|side by side|versus|vs)\b")


def antecedents(context: Context | None) -> tuple[str, ...]:
    """The assets that the question before was about."""
    found: list[str] = []
    for call in context.calls if context else ():
        asset = getattr(call.arguments, "asset", None)
        found += [*([asset] if asset else []), *getattr(call.arguments, "assets", ())]
    return tuple(dict.fromkeys(found))[:MOST_ASSETS]


def with_antecedents(named: Named, context: Context | None) -> Named:
    """`named` with its pronoun standing for the assets of the question before."""
    assets = antecedents(context)
    pronoun = words.PRONOUN.search(named.text)
    if not assets or pronoun is None or named.candidates or words.COINS.search(named.text):
        return named
    if "@" in named.text[: pronoun.start()]:  # "is bitcoin above its average" speaks of Bitcoin
        return named
    every = tuple(dict.fromkeys((*named.assets, *assets)))
    if len(every) > 9:  # a mark has one digit
        return named
    marks = " and ".join(f"@{every.index(asset)}" for asset in assets)
    return replace(named, text=words.PRONOUN.sub(f" {marks} ", named.text, count=1), assets=every)


def completed(clause: Clause, context: Context | None) -> Calls:
    """The calls of the question before with what the follow-up changes; none if it is a question of its own."""
    if context is None or not context.calls:
        return ()
    renamed = _renamed(clause, context.calls[-1])
    if renamed or not _only_changes(clause, context):
        return renamed
    assets = tuple(dict.fromkeys((*antecedents(context), *clause.assets)))[:MOST_ASSETS]
    if _COMPARE.search(clause.text) and len(assets) > 1:
        return (Call("compare", Compare(assets=assets, metric=clause.metric, window=clause.window)),)
    changed = [call for before in context.calls for call in _changed(before, clause)]
    return tuple(dict.fromkeys(changed))


def _renamed(clause: Clause, before: Call) -> Calls:
    """The call before with another sector, index, signal or grade: `and defi?`, `and death crosses?`."""
    asked, lead = before.arguments, _LEAD.match(clause.text)
    if not (lead and lead[0].strip()) or clause.assets or clause.own or len(clause.plain.split()) > _MOST_WORDS:
        return ()
    signal, grade, group = scored_signal(clause), scored_grade(clause), group_words(clause)
    if isinstance(asked, TrackRecord) and (signal or grade):
        return (Call(before.tool, asked.model_copy(update={"signal": signal, "grade": grade})),)
    if isinstance(asked, Sectors) and group:
        return (Call(before.tool, asked.model_copy(update={"sector": group})),)
    rest = re.findall(r"[\w.@&~-]+", clause.text[lead.end() :])
    if isinstance(asked, Index) and len(rest) == 1 and rest[0].isalnum() and rest[0] not in words.filler_words():
        return (Call(before.tool, Index(name=rest[0][:40])),)
    return ()


def _only_changes(clause: Clause, context: Context) -> bool:
    """Whether the clause has marks and words of change alone."""
    lead = _LEAD.match(clause.text)
    rest = clause.text[lead.end() if lead else 0 :]
    bare = re.findall(r"[\w']+", re.sub(r"@\d|&\d|~\w+~", " ", rest))
    if clause.filters or clause.named.candidates or any(word not in words.filler_words() for word in bare):
        return False
    if clause.own and not any(isinstance(call.arguments, _OF_HOLDINGS) for call in context.calls):
        return False
    says_something = clause.assets or clause.periods or clause.metrics or clause.own or _end(clause)
    if not says_something and Declined.CAUSE not in clause.declined and not _COMPARE.search(clause.text):
        return False
    is_led = bool(lead and lead[0].strip())
    if clause.assets and clause.metrics and not is_led:
        return False  # "eth price" says all
    is_rank = bool(_end(clause)) and (clause.metrics or re.search(r"\b(?:coins|tokens|gainers|losers)\b", clause.text))
    return is_led or not (is_rank or (clause.own and not clause.periods)) or _has_rank(context)


def _has_rank(context: Context) -> bool:
    return any(isinstance(call.arguments, Rank) for call in context.calls)


def _end(clause: Clause) -> bool:
    return clause.says(words.LOW_END) or clause.says(words.HIGH_END)


def _changed(before: Call, clause: Clause) -> Iterable[Call]:
    if clause.assets:
        for call in _of_assets(before, clause):
            yield _in_metric_and_time(call, clause)
        return
    if _end(clause) and not isinstance(before.arguments, Rank | Sectors):
        yield _ranked(before, clause)
        return
    yield _among(_in_metric_and_time(before, clause), clause)


def _of_assets(before: Call, clause: Clause) -> Iterable[Call]:
    asked = before.arguments
    if isinstance(asked, Compare | Correlation):
        both = (*asked.assets, *clause.assets) if len(clause.assets) == 1 else clause.assets
        assets = tuple(dict.fromkeys(both))[:MOST_ASSETS]
        yield Call(before.tool, asked.model_copy(update={"assets": assets}))
    elif "asset" in type(asked).model_fields:
        yield from (Call(before.tool, asked.model_copy(update={"asset": asset})) for asset in clause.assets)
    else:
        window = getattr(asked, "window", None)
        for asset in clause.assets:
            if window in (None, "1d"):
                yield Call("price", PriceOf(asset=asset))
            else:
                yield Call("history", History(asset=asset, metric=AskMetric.PRICE, window=window))


def _in_metric_and_time(call: Call, clause: Clause) -> Call:
    asked = call.arguments
    if isinstance(asked, PriceOf):
        return _priced(asked, clause)
    if isinstance(asked, History):
        metric = clause.metric or asked.metric
        if clause.period:
            return Call("history", history_of(asked.asset, metric, clause))
        return Call("history", asked.model_copy(update={"metric": metric}))
    changes: dict[str, Any] = {}
    if clause.metric and isinstance(asked, Rank | Compare):
        changes["metric"] = clause.metric
        if isinstance(asked, Rank) and clause.metric not in (AskMetric.CHANGE, AskMetric.VOLATILITY):
            changes["window"] = None
    if clause.period:
        changes |= _time_changes(call, clause)
    return Call(call.tool, asked.model_copy(update=changes)) if changes else call


def _priced(asked: PriceOf, clause: Clause) -> Call:
    period = clause.period
    metric = clause.metric or AskMetric.PRICE
    if metric is AskMetric.PRICE and period is not None and (period.day or period.window == "1d"):
        return Call("price", PriceOf(asset=asked.asset, day=period.day if period.day != clause.today else None))
    if period is None and metric is AskMetric.PRICE:
        return Call("price", asked)
    if period is None and metric in words.GRADE_METRICS:
        return Call("grades", Grades(asset=asked.asset))
    return Call("history", history_of(asked.asset, metric, clause))


def _time_changes(call: Call, clause: Clause) -> dict[str, Any]:
    changes = _TIME_CHANGES.get(type(call.arguments))
    return changes(call.arguments, clause) if changes else {}


def _between(_: Recall, clause: Clause) -> dict[str, Any]:
    start, end = clause.period.bounds(clause.today) if clause.period else (None, None)
    return {"start": start, "end": end}


def _windowed(_: Arguments, clause: Clause) -> dict[str, Any]:
    return {"window": clause.window}


def _of_portfolio(asked: Portfolio, clause: Clause) -> dict[str, Any]:
    if asked.view == "stress":
        return {"day": clause.period.day if clause.period else None}
    if asked.view in ("exposure", "targets", "weights"):
        return {}
    return {"window": clause.window, "view": "changes" if asked.view == "overview" else asked.view}


def _over(condition: Filter, clause: Clause) -> Filter:
    if condition.metric is not AskMetric.CHANGE:
        return condition
    return condition.model_copy(update={"window": clause.window})


_TIME_CHANGES: Mapping[type[Arguments], Callable[[Any, Clause], dict[str, Any]]] = {
    Rank: _windowed,
    Market: _windowed,
    Compare: _windowed,
    Portfolio: _of_portfolio,
    Sectors: lambda _, clause: {"window": sector_window(clause)},
    TrackRecord: lambda asked, clause: {"days": record_days(clause) or asked.days},
    Correlation: lambda _, clause: {"days": correlation_days(clause.window)},
    Screen: lambda asked, clause: {"filters": tuple(_over(condition, clause) for condition in asked.filters)},
    Recall: _between,
}


def _among(call: Call, clause: Clause) -> Call:
    """The end, the count and the universe of what lists assets."""
    asked, changes = call.arguments, dict[str, Any]()
    if isinstance(asked, Rank):
        if _end(clause):
            changes["end"] = end_of(clause, clause.metric or asked.metric)
        changes["count"] = count_in(clause.text, asked.count, MOST_ROWS)
    if isinstance(asked, Sectors):
        changes |= {"end": "bottom" if clause.says(words.LOW_END) else "top", "sector": None} if _end(clause) else {}
        changes["count"] = count_in(clause.text, asked.count, MOST_ROWS)
    if isinstance(asked, Rank | Screen) and clause.own:
        changes["universe"] = "holdings"
    if isinstance(asked, Signals) and clause.own:
        changes["held"] = True
    return Call(call.tool, asked.model_copy(update=changes)) if changes else call


def _ranked(before: Call, clause: Clause) -> Call:
    own = clause.own or isinstance(before.arguments, Portfolio)
    window = clause.window or getattr(before.arguments, "window", None) or "1d"
    metric = clause.metric or AskMetric.CHANGE
    return Call(
        "rank",
        Rank(
            metric=metric,
            window=window if metric in (AskMetric.CHANGE, AskMetric.VOLATILITY) else None,
            end=end_of(clause, metric),
            count=count_in(clause.text, 3, MOST_ROWS),
            universe="holdings" if own else "tracked",
        ),
    )
