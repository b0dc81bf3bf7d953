"""What is looked up, in plain words, from the calls alone; and the sentences around a plan. No market facts. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from agent.ask.arguments import (
    Arguments,
    AskMetric,
    Compare,
    Compute,
    Correlation,
    DataHealth,
    Filter,
    Grades,
    Help,
    History,
    Index,
    Market,
    Onchain,
    Portfolio,
    PriceOf,
    Rank,
    Recall,
    ResolveAsset,
    Screen,
    Sectors,
    Signals,
    TrackRecord,
    WhatIf,
    Window,
)
from agent.ask.intents import Call, Declined
from agent.ask.tools import Candidate
from agent.claims.figures import day_text

CAN_ANSWER = (
    'You can ask, for example: "What is the price of Bitcoin?", "How did ETH do over 7 days?", "Which coins rose most '
    'this week?", "Which coins are down more than 20% over 30 days with a trader grade above 70?", "Compare BTC and '
    'SOL", "How correlated are BTC and ETH?", "Am I diversified?", "What if I add 5% Solana?", "Any signals for my '
    'coins?", "Which sectors am I in?", "How far am I off my targets?", "What was my worst day?", "Which sectors are '
    'leading?", "How good are golden crosses?", "How is the market?", "Is the data up to date?".'
)
NOT_UNDERSTOOD = "The question was not understood."
TOO_LONG = "Only the first 400 characters of the question were read."
NO_SIZE = (
    "A what-if is answered for a change of the holdings with its size: write, for example, "
    '"what if I add 5% Solana and drop Dogecoin".'
)

METRIC_TEXTS: Mapping[AskMetric, str] = {
    AskMetric.PRICE: "price",
    AskMetric.CHANGE: "change",
    AskMetric.VOLUME: "volume",
    AskMetric.MARKET_VALUE: "market value",
    AskMetric.VOLATILITY: "volatility",
    AskMetric.DRAWDOWN: "distance below the 365-day high",
    AskMetric.RSI: "RSI",
    AskMetric.DISTANCE_50D: "distance from the 50-day mean",
    AskMetric.DISTANCE_200D: "distance from the 200-day mean",
    AskMetric.TM_GRADE: "TM grade",
    AskMetric.TRADER_GRADE: "trader grade",
    AskMetric.INVESTOR_GRADE: "investor grade",
    AskMetric.SHORT_TERM_GRADE: "short-term grade",
    AskMetric.LONG_TERM_GRADE: "long-term grade",
    AskMetric.CORRELATION_BITCOIN: "correlation with Bitcoin",
    AskMetric.BETA_BITCOIN: "beta to Bitcoin",
    AskMetric.WEIGHT: "weight",
    AskMetric.VALUE: "value",
    AskMetric.ACTIVE_ADDRESSES: "active addresses",
    AskMetric.TRANSFER_VALUE: "transfer value",
    AskMetric.FEES: "fees",
    AskMetric.EXCHANGE_NET_FLOW: "exchange net flow",
    AskMetric.MVRV: "MVRV",
    AskMetric.HASH_RATE: "hash rate",
    AskMetric.VALUE_LOCKED: "value locked",
    AskMetric.NVT: "market value to daily transfers",
    AskMetric.ISSUANCE: "yearly issuance",
    AskMetric.DOMINANCE: "share of the total market value",
    AskMetric.SHARPE: "Sharpe ratio",
    AskMetric.SORTINO: "Sortino ratio",
    AskMetric.MAX_DRAWDOWN: "maximum drawdown",
    AskMetric.WORST_DAYS: "mean loss on the worst days",
    AskMetric.DOWNSIDE_VOLATILITY: "downside volatility",
    AskMetric.ADX: "ADX",
    AskMetric.DAILY_RANGE: "daily range",
}
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_UNIVERSES = {"tracked": "tracked coins", "holdings": "your holdings"}
_MEANS = {AskMetric.DISTANCE_50D: "50-day mean", AskMetric.DISTANCE_200D: "200-day mean"}
_PER_CENT = frozenset(
    (AskMetric.CHANGE, AskMetric.VOLATILITY, AskMetric.DRAWDOWN, AskMetric.DISTANCE_50D, AskMetric.DISTANCE_200D,
     AskMetric.WEIGHT, AskMetric.ISSUANCE, AskMetric.DOMINANCE, AskMetric.MAX_DRAWDOWN, AskMetric.WORST_DAYS,
     AskMetric.DOWNSIDE_VOLATILITY, AskMetric.DAILY_RANGE)
)  # fmt: skip
_DOLLARS = frozenset(
    (AskMetric.PRICE, AskMetric.VOLUME, AskMetric.MARKET_VALUE, AskMetric.VALUE, AskMetric.TRANSFER_VALUE,
     AskMetric.FEES, AskMetric.EXCHANGE_NET_FLOW, AskMetric.VALUE_LOCKED)
)  # fmt: skip


def understood_text(calls: Sequence[Call]) -> str:
    """What the calls look up, as one sentence; empty without calls or where only help is asked for."""
    phrases = [phrase for call in calls if (phrase := _phrase(call.arguments))]
    text = _listed(list(dict.fromkeys(phrases)), "; ", "; and ")
    return f"{text[0].upper()}{text[1:]}." if text else ""


def declined_note(kind: Declined, as_of: date) -> str:
    """Why something asked for is not given, and what is given instead."""
    return {
        Declined.ADVICE: "coinbrief gives no advice; it states what the data says.",
        Declined.FORECAST: "coinbrief makes no forecasts; it states what has happened.",
        Declined.CAUSE: "The data does not say why; it says what changed.",
        Declined.INTRADAY: f"The data is daily, up to the close of {day_text(as_of)} (UTC).",
        Declined.TRADE: "coinbrief does not trade; it states what the data says.",
    }[kind]


def ambiguous_note(candidates: Sequence[Candidate]) -> str:
    """The question back: which of these is meant."""
    listed = ", ".join(candidate.label for candidate in candidates[:8])
    more = f" and {len(candidates) - 8} more" if len(candidates) > 8 else ""
    example = f"price of id {candidates[0].asset_id}"
    return f"More than one asset fits: {listed}{more}. Ask again with the id, for example: {example}."


def unknown_note(mention: str) -> str:
    """That an asset is not in the data, in the reader's own words."""
    return f'Not in the data: no asset is called "{quoted(mention)}".'


def unread_note(texts: Sequence[str]) -> str:
    """Words of the question that were passed over."""
    listed = ", ".join(f'"{quoted(text)}"' for text in texts[:5])
    return f"Not read: {listed}."


def quoted(text: str) -> str:
    """A reader's words as they may be shown: letters, digits and a little punctuation, 40 characters at most."""
    return "".join(char for char in text if char.isalnum() or char in " .$-'/:")[:40].strip()


def window_text(window: Window | None) -> str:
    """A window as a phrase; empty without one."""
    return {None: "", "1d": "on the day"}.get(window, f"over {(window or '')[:-1]} days")


def filter_text(condition: Filter) -> str:
    """A condition as a phrase: `with RSI below 30`, `up over 7 days`."""
    if condition.metric is AskMetric.CHANGE and condition.bound == 0:
        return _joined("up" if condition.side == "above" else "down", window_text(condition.window))
    if condition.metric in _MEANS and condition.bound == 0:
        return f"closing {condition.side} their {_MEANS[condition.metric]}"
    if condition.metric is AskMetric.DRAWDOWN:
        return f"{'more' if condition.side == 'above' else 'less'} than {_bound(condition)} below their 365-day high"
    article = "a change" if condition.metric is AskMetric.CHANGE else METRIC_TEXTS[condition.metric]
    return _joined("with", article, window_text(condition.window), condition.side, _bound(condition))


def _bound(condition: Filter) -> str:
    number = f"{condition.bound:,.8f}".rstrip("0").rstrip(".")
    if condition.metric in _PER_CENT:
        return f"{number}%"
    return f"${number}".replace("$-", "-$") if condition.metric in _DOLLARS else number


def _listed(texts: Sequence[str], comma: str = ", ", last: str = " and ") -> str:
    return last.join(filter(None, (comma.join(texts[:-1]), *texts[-1:])))


def _span(window: Window | None, start: date | None, end: date | None) -> str:
    if start is None:
        return window_text(window)
    if end is None:
        return f"since {day_text(start)}"
    return f"on {day_text(start)}" if start == end else f"from {day_text(start)} to {day_text(end)}"


def _joined(*texts: str) -> str:
    return " ".join(filter(None, texts))


def _price(asked: PriceOf) -> str:
    return f"the price of {asked.asset} {f'on {day_text(asked.day)}' if asked.day else 'and how it changed'}"


def _history(asked: History) -> str:
    return _joined(f"the {METRIC_TEXTS[asked.metric]} of {asked.asset}", _span(asked.window, asked.start, asked.end))


def _rank(asked: Rank) -> str:
    among = f"among {_UNIVERSES[asked.universe]}"
    many = asked.count != 1
    count = f"{_COUNTS[asked.count]} " if many else ""
    if asked.metric is AskMetric.CHANGE:
        what = ("largest gain" if asked.end == "top" else "largest loss") + (
            "es" if asked.end == "bottom" else "s"
        ) * many
    elif asked.metric is AskMetric.DRAWDOWN:
        what = "coin" + "s" * many + (" furthest below" if asked.end == "top" else " nearest to") + " the 365-day high"
    else:
        what = f"{'highest' if asked.end == 'top' else 'lowest'} by {METRIC_TEXTS[asked.metric]}"
    return _joined(f"the {count}{what}", window_text(asked.window), among)


def _screen(asked: Screen) -> str:
    return f"{_UNIVERSES[asked.universe]} {_listed([filter_text(condition) for condition in asked.filters])}"


def _signals(asked: Signals) -> str:
    kind = (asked.name or asked.family or "").replace("_", " ").replace("onchain", "on-chain")
    kind = re.sub(r"^(trading|market) signal (\w+)", r"\2 \1", kind)
    whose = f"of {asked.asset}" if asked.asset else "of your holdings" if asked.held else "of all coins"
    return _joined(kind, "signals", whose, "that are still in force" if asked.live else "")


def _compare(asked: Compare) -> str:
    what = METRIC_TEXTS[asked.metric] if asked.metric else "price, change, volatility and grades"
    return _joined(f"{_listed(asked.assets)} side by side: {what}", window_text(asked.window))


def _correlation(asked: Correlation) -> str:
    return f"how alike {_listed(asked.assets) or 'your holdings'} moved over {asked.days} days"


def _portfolio(asked: Portfolio) -> str:
    if asked.view == "stress" and asked.day:
        return f"your portfolio's weights of today on {day_text(asked.day)}"
    views = {
        "overview": "your portfolio",
        "holdings": "what your portfolio holds",
        "changes": "how your portfolio changed",
        "diversification": "how diversified your portfolio is",
        "risk": "the risk of your portfolio",
        "exposure": "what your portfolio is exposed to",
        "targets": "your portfolio and its targets",
        "weights": "your holdings with other weights",
        "stress": "your portfolio's weights of today on its worst days",
    }
    return _joined(views[asked.view], window_text(asked.window))


def _what_if(asked: WhatIf) -> str:
    changes = [
        f"{verb} {_listed([_sized(text) for text in texts])}"
        for verb, texts in (("dropping", asked.drop), ("resizing", asked.resize), ("adding", asked.add))
        if texts
    ]
    return f"what {_listed(changes) or 'a change'} would do to your portfolio"


def _sized(text: str) -> str:
    name, _, size = text.partition("=")
    return f"{name} ({size})" if size else name


def _recall(asked: Recall) -> str:
    return _joined(
        f'earlier briefings, reports and notes on "{quoted(asked.query)}"', _span(None, asked.start, asked.end)
    )


def _sectors(asked: Sectors) -> str:
    if asked.sector:
        return _joined(f"the sector {quoted(asked.sector)}", window_text(asked.window))
    many = asked.count != 1
    count = f"{_COUNTS[asked.count]} " if many else ""
    return (
        f"the {count}{'strongest' if asked.end == 'top' else 'weakest'} sector{'s' * many} {window_text(asked.window)}"
    )


def _track_record(asked: TrackRecord) -> str:
    signal = f"the signal {asked.signal.replace('_', ' ')}" if asked.signal else ""
    grade = f"the {asked.grade.replace('_', '-').replace('tm', 'TM')} grade" if asked.grade else ""
    ahead = f"over the next {asked.days} day{'s' * (asked.days > 1)}" if asked.days else ""
    return _joined(
        "how", _listed([each for each in (signal, grade) if each]) or "signals and grades", "did before", ahead
    )


_PHRASES: dict[type[Arguments], Callable[..., str]] = {
    ResolveAsset: lambda asked: f"which assets {asked.asset} may mean",
    PriceOf: _price,
    History: _history,
    Grades: lambda asked: f"the grades of {asked.asset or 'all coins'}",
    Signals: _signals,
    Rank: _rank,
    Screen: _screen,
    Compare: _compare,
    Correlation: _correlation,
    Portfolio: _portfolio,
    WhatIf: _what_if,
    Market: lambda asked: _joined("the market as a whole", window_text(asked.window)),
    Onchain: lambda asked: f"on-chain figures of {asked.asset}",
    Recall: _recall,
    DataHealth: lambda asked: f"how fresh and complete the data {f'on {asked.asset} ' if asked.asset else ''}is",
    Compute: lambda asked: f"the {asked.operation} of the figures found",
    Sectors: _sectors,
    Index: lambda asked: f'your index "{quoted(asked.name)}"' if asked.name else "your indices",
    TrackRecord: _track_record,
    Help: lambda _: "",
}


def _phrase(arguments: Arguments) -> str:
    return _PHRASES[type(arguments)](arguments)
