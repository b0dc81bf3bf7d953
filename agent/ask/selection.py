"""Which of the claims that were found answer the question, and in what order. Pure."""

from collections.abc import Iterable, Sequence

from agent.ask.grammar import Intent, Topic
from agent.claims.claim import Claim, ClaimKind
from agent.claims.fact import Metric
from agent.claims.figures import direction

MOST_CLAIMS = 8
_PRICES = ("change_to_close", "close", "change", "since_change", "drawdown")
_CHANGES = ("change_to_close", "change", "since_change", "value_change", "since_value_change", "versus", "streak")
_SPREAD = (
    "concentration",
    "diversification",
    "average_correlation",
    "bitcoin_link",
    "largest_holding",
    "weight",
    "volatility",
    "sharpe",
    "max_drawdown",
)
_SIGNALS = (
    "rsi_extreme",
    "rsi",
    "macd_cross",
    "breakout",
    "volume_spike",
    "trading_signal_flip",
    "trading_signal",
    "grade_change",
    "grade",
    "streak",
    "drawdown",
    "volatility",
    "new_signals",
)
_BY_TOPIC: dict[Topic, tuple[str, ...]] = {
    Topic.PRICE: _PRICES,
    Topic.CHANGE: _CHANGES,
    Topic.SIGNALS: _SIGNALS,
    Topic.DIVERSIFICATION: _SPREAD,
}
_BY_ASPECT: dict[str, tuple[str, ...]] = {
    "rsi": ("rsi_extreme", "rsi"),
    "macd": ("macd_cross",),
    "grade": ("grade_change", "grade"),
    "trading_signal": ("trading_signal_flip", "trading_signal"),
    "breakout": ("breakout",),
    "volume": ("volume_spike",),
    "volatility": ("volatility",),
    "streak": ("streak",),
    "drawdown": ("drawdown", "max_drawdown"),
}
_THRESHOLDS = {"oversold": 30, "overbought": 70}


def relevant_claims(claims: Iterable[Claim], intent: Intent) -> tuple[Claim, ...]:
    """The claims that answer `intent`, most direct first, with those on missing data last.

    Empty where nothing but missing data is said on what was asked. A window or an aspect that no claim has narrows
    nothing: see `is_narrowed`.
    """
    found = list(dict.fromkeys(claims))
    stated = _ordered([claim for claim in found if claim.kind is not ClaimKind.MISSING], intent)
    gaps = [claim for claim in found if claim.kind is ClaimKind.MISSING]
    return (*stated[: MOST_CLAIMS if intent.topic is not Topic.MOVERS else intent.count], *gaps[:3])


def is_narrowed(claims: Iterable[Claim], intent: Intent) -> bool:
    """Whether there is a claim with the window and the aspects that were asked for, if any were."""
    found = [claim for claim in claims if claim.kind is not ClaimKind.MISSING]
    return bool(_in_window(found, intent)) and bool(_of_aspects(found, intent))


def contradicts(claims: Iterable[Claim], intent: Intent) -> bool:
    """Whether the change that a why-question assumes went the other way, or nowhere, over its window."""
    window = intent.window or "1d"
    facts = [fact for claim in claims for fact in claim.facts if fact.metric is Metric.CHANGE and fact.window == window]
    return bool(intent.premise) and bool(facts) and direction(facts[0]) != intent.premise


def _ordered(claims: Sequence[Claim], intent: Intent) -> list[Claim]:
    if intent.topic is Topic.MOVERS:
        return list(claims)
    narrowed = _of_aspects(claims, intent) or list(claims)
    narrowed = _in_window(narrowed, intent) or narrowed
    order = _BY_TOPIC.get(intent.topic, ())
    if order:
        narrowed = [claim for claim in narrowed if claim.template in order]
    return sorted(narrowed, key=lambda claim: (_place(order, claim), -claim.salience))


def _place(order: Sequence[str], claim: Claim) -> int:
    return order.index(claim.template) if claim.template in order else len(order)


def _in_window(claims: Sequence[Claim], intent: Intent) -> list[Claim]:
    if intent.window is None or intent.topic in (Topic.SIGNALS, Topic.DIVERSIFICATION, Topic.MOVERS, Topic.MARKET):
        return list(claims)
    return [claim for claim in claims if any(fact.window == intent.window for fact in claim.facts)]


def _of_aspects(claims: Sequence[Claim], intent: Intent) -> list[Claim]:
    wanted = {template for aspect in intent.aspects for template in _BY_ASPECT.get(aspect, ())}
    narrowed = [claim for claim in claims if not wanted or claim.template in wanted]
    for aspect, threshold in _THRESHOLDS.items():
        if aspect in intent.aspects:
            narrowed = [claim for claim in narrowed if claim.facts[0].threshold == threshold]
    if "holdings" in intent.aspects and intent.topic is Topic.PORTFOLIO:
        narrowed = [claim for claim in narrowed if claim.facts[0].subject.startswith("asset:")]
    return narrowed
