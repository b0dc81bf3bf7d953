"""The invented provider's indices as figures: who is in them, and what they are worth on a day.

An index begins 30 days after the market does, with equal amounts of money in each of its tokens, and is never changed
again; a token that is delisted keeps its last price. So no past day of an index depends on when it is looked at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from datasources.sandbox.contract import ONE_DAY, MarketBar, MarketData, Token, last_final_day
from datasources.sandbox.owners import is_invented

_RUN_UP = timedelta(days=30)
_NO_PART = frozenset({"stablecoins", "wrapped-tokens", "tokenized-gold"})


@dataclass(frozen=True, slots=True)
class Rule:
    """How an index was made: the largest tokens of a category (None = any) at its start."""

    index_id: int
    name: str
    ticker: str
    kind: str  # active or passive
    size: int
    category: str | None = None


RULES = (
    Rule(1, "Invented Large Ten", "INV10", "passive", 10),
    Rule(2, "Invented Broad Twenty-Five", "INV25", "passive", 25),
    Rule(3, "Invented Platforms", "INVL1", "active", 8, "layer-1"),
    Rule(5, "Invented Memes", "INVMEME", "active", 6, "meme-token"),
)


@dataclass(frozen=True, slots=True)
class Basket:
    """An index with its tokens and their closes on its first day."""

    rule: Rule
    start: date
    tokens: tuple[Token, ...]
    first_close_usd: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class BasketDay:
    """An index on a day; `gains` is close by first close of each token."""

    day: date
    gains: Mapping[int, float]
    close_usd: Mapping[int, float]
    volume_usd: float

    @property
    def cumulative_return(self) -> float:
        """The return since the start, a fraction."""
        return sum(self.gains.values()) / len(self.gains) - 1


def basket(market: MarketData, now: datetime, rule: Rule) -> Basket | None:
    """The tokens of an index; None if it has not begun by `now` or the market had none for it."""
    listed = market.tokens(now)
    if not listed or not is_invented(market, now):
        return None
    start = min(token.listed_on for token in listed) + _RUN_UP
    if last_final_day(now) < start:
        return None
    opening = datetime.combine(start + ONE_DAY, datetime.min.time(), UTC)
    ranked = [token for token in market.top_tokens(opening) if _belongs(token, rule)]
    closes = closes_of(market, now, [token.token_id for token in ranked[: 2 * rule.size]], start)
    members = tuple(token for token in ranked if token.token_id in closes)[: rule.size]
    if not members:
        return None
    return Basket(rule, start, members, {token.token_id: closes[token.token_id] for token in members})


def basket_days(market: MarketData, now: datetime, index: Basket, first: date, last: date) -> list[BasketDay]:
    """The final days of an index from first to last, oldest first."""
    ids = [token.token_id for token in index.tokens]
    first, last = max(first, index.start), min(last, last_final_day(now))
    if first > last:
        return []
    bars: dict[date, list[MarketBar]] = {}
    for bar in market.daily_bars(now, ids, first, last):
        bars.setdefault(bar.day, []).append(bar)
    closes = last_closes(market, now, index.tokens, first - ONE_DAY)
    return [_day(index, day, bars.get(day, ()), closes) for day in _days(first, last)]


def closes_of(market: MarketData, now: datetime, ids: Sequence[int], day: date) -> dict[int, float]:
    """The closes of a day of the tokens that have one."""
    return {bar.token_id: bar.close_usd for bar in market.daily_bars(now, ids, day, day)}


def last_closes(market: MarketData, now: datetime, tokens: Sequence[Token], day: date) -> dict[int, float]:
    """The last close of each token up to a day, as far as it traded then or until it was delisted before."""
    closes = closes_of(market, now, [token.token_id for token in tokens], day)
    for token in tokens:
        if token.token_id not in closes and token.delisted_on is not None and token.delisted_on <= day:
            closes |= closes_of(market, now, [token.token_id], token.delisted_on - ONE_DAY)
    return closes


def _day(index: Basket, day: date, bars: Sequence[MarketBar], closes: dict[int, float]) -> BasketDay:
    """One day; `closes` is carried on from the day before and brought up to date."""
    closes.update({bar.token_id: bar.close_usd for bar in bars})
    shown = {token_id: closes.get(token_id, first) for token_id, first in index.first_close_usd.items()}
    gains = {token_id: close / index.first_close_usd[token_id] for token_id, close in shown.items()}
    return BasketDay(day, gains, shown, sum(bar.volume_usd for bar in bars))


def _belongs(token: Token, rule: Rule) -> bool:
    slugs = {category.slug for category in token.categories or ()}
    return not slugs & _NO_PART and (rule.category is None or rule.category in slugs)


def _days(first: date, last: date) -> list[date]:
    return [first + place * ONE_DAY for place in range((last - first).days + 1)]
