"""Assets side by side in a metric, and how alike they move."""

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

import numpy as np

from agent.analytics.bars import required_days
from agent.analytics.correlation import average_correlation, correlation_matrix
from agent.analytics.returns import simple_returns
from agent.ask.arguments import AskMetric, Compare, Correlation, Window
from agent.ask.tools import Candidate
from agent.ask.toolset.catalogue import measured
from agent.ask.toolset.figures import asset_figure, require_held
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.resolve import require
from agent.ask.toolset.result import Finding
from agent.ask.toolset.rows import amount_refs, bar_range
from agent.briefing.tracing import derivation
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import Metric, RowRange, Unit
from agent.claims.naming import subject_of
from agent.measuring.errors import WrongArgument

_SECTION, _PORTFOLIO = SectionKey.MARKET, SectionKey.PORTFOLIO
_USUAL_WINDOW: Window = "30d"
_VOLATILITY_WINDOWS: tuple[Window, ...] = ("30d", "90d")
_MOST_PAIRS = 15


def compare(ledger: Ledger, wish: Compare) -> Finding:
    """Every asset's figure, highest first, each against the next; without a metric those that tell most."""
    read = ledger.read
    found = _required(ledger, wish.assets)
    wanted = ((wish.metric, wish.window),) if wish.metric else _usual(wish.window or _USUAL_WINDOW)
    drafts: list[Draft] = []
    notes: list[str] = []
    for metric, window in wanted:
        keyed = _figures(ledger, metric, window, found, notes)
        if wish.metric is None and metric is AskMetric.PRICE:
            drafts += [Draft("close", ClaimKind.LEVEL, _SECTION, (key,), 0.7) for key in keyed]
        else:
            drafts += _side_by_side(ledger, keyed, plain="change" if metric is AskMetric.CHANGE else "figure")
    return Finding(
        ledger.claims(drafts), read.as_of, len(found), f"{len(found)} assets", notes=tuple(notes), candidates=found
    )


def _usual(window: Window) -> tuple[tuple[AskMetric, Window | None], ...]:
    """Price, change, volatility and grades; volatility over the window too where there is one of it."""
    return (
        (AskMetric.PRICE, None),
        (AskMetric.CHANGE, window),
        (AskMetric.VOLATILITY, window if window in _VOLATILITY_WINDOWS else None),
        (AskMetric.TRADER_GRADE, None),
        (AskMetric.SHORT_TERM_GRADE, None),
    )


def _required(ledger: Ledger, texts: Sequence[str]) -> tuple[Candidate, ...]:
    found = tuple(require(ledger.read, text) for text in texts)
    ids = [item.asset_id for item in found]
    if len(set(ids)) < len(ids):
        raise WrongArgument("two of the names mean the same asset: name each once")
    return found


def _figures(
    ledger: Ledger, metric: AskMetric, window: str | None, found: Sequence[Candidate], notes: list[str]
) -> list[str]:
    """The keys of the known figures, highest first."""
    measure = measured(metric, window)
    keyed: list[tuple[float, str]] = []
    for item in found:
        vector = asset_figure(ledger.read, measure, item.asset_id)
        key = vector.draft(ledger, item.asset_id)
        if key is None:
            notes.append(f"the {measure.spoken} of {item.name} is not in the data")
        else:
            keyed.append((measure.shown(vector.value(item.asset_id)), key))
    return [key for _, key in sorted(keyed, key=lambda item: -item[0])]


def _side_by_side(ledger: Ledger, keyed: Sequence[str], *, plain: str) -> Iterator[Draft]:
    """Each against the next where both are of the same thing and day, and alone where they are not."""
    ledger.seal()
    alone = set(keyed)
    for first, second in pairwise(keyed):
        one, other = ledger.fact(first), ledger.fact(second)
        if (one.as_of, one.qualifier, one.window) == (other.as_of, other.qualifier, other.window):
            alone -= {first, second}
            yield Draft("figure_versus", ClaimKind.COMPARISON, _SECTION, (first, second), 0.8)
    for key in keyed:
        if key in alone:
            yield Draft(plain, ClaimKind.LEVEL, _SECTION, (key,), 0.6)


def correlation(ledger: Ledger, wish: Correlation) -> Finding:
    """The correlation of every pair; of one asset that with Bitcoin, without any that of the holdings."""
    read = ledger.read
    found = _required(ledger, wish.assets)
    ids = [item.asset_id for item in found]
    if not ids:
        require_held(read)
        ids = list(read.held.ids)
        if len(ids) < 2:
            raise WrongArgument("your portfolio holds one asset: name another one to compare it with")
    elif len(ids) == 1:
        if read.bitcoin is None or read.bitcoin in ids:
            raise WrongArgument("name a second asset to compare it with")
        ids = [*ids, read.bitcoin]
    pairs = _Pairs(ledger, ids, wish.days)
    drafts = list(pairs.held() if not wish.assets else pairs.named())
    notes = (f"{pairs.unknown} pairs have too few common days",) if pairs.unknown else ()
    return Finding(
        ledger.claims(drafts),
        read.as_of,
        pairs.count,
        f"{pairs.count} pair{'' if pairs.count == 1 else 's'} of assets",
        truncated=not wish.assets and pairs.count > 2,
        notes=notes,
        candidates=found,
    )


class _Pairs:
    """The correlations of some assets' daily returns over a number of days."""

    def __init__(self, ledger: Ledger, ids: Sequence[int], days: int) -> None:
        self._ledger, self._ids, self._days = ledger, ids, days
        parts = ledger.read.several(ids, ledger.read.as_of, days + 1)
        self._closes = {int(asset_id): (part, place) for part in parts for place, asset_id in enumerate(part.asset_ids)}
        close = np.stack([part.close[:, place] for part, place in map(self._closes.__getitem__, ids)], axis=1)
        self._matrix = correlation_matrix(simple_returns(close)[1:], required_days(days))
        every = list(combinations(range(len(ids)), 2))
        self.count = len(every)
        self._known = [pair for pair in every if np.isfinite(self._matrix[pair])]
        self.unknown = self.count - len(self._known)

    def named(self) -> Iterator[Draft]:
        """Every pair, the most alike first."""
        ordered = sorted(self._known, key=lambda pair: -self._matrix[pair])
        for pair in ordered[:_MOST_PAIRS]:
            yield Draft("correlation", ClaimKind.CORRELATION, _SECTION, (self._fact(pair),), 0.8)

    def held(self) -> Iterator[Draft]:
        """The average of the holdings, and which of them move most and least alike."""
        ledger, read = self._ledger, self._ledger.read
        average = average_correlation(self._matrix)
        if np.isfinite(average):
            inputs = amount_refs(read.held.portfolio_id, read.held.holdings), self._ranges(self._ids)
            origin = derivation(
                "average_correlation", "mean correlation of daily returns over all pairs", *inputs[0], *inputs[1]
            )
            key = ledger.add(
                f"portfolio:{read.held.portfolio_id}",
                Metric.AVERAGE_CORRELATION,
                Unit.RATIO,
                average,
                origin,
                as_of=read.as_of,
                window=f"{self._days}d",
                universe="holdings",
                universe_size=len(self._ids),
            )
            yield Draft("average_correlation", ClaimKind.CORRELATION, _PORTFOLIO, (key,), 0.9)
        if self.unknown or not self._known:
            return
        if self.count == 1:
            yield Draft("correlation", ClaimKind.CORRELATION, _PORTFOLIO, (self._fact(self._known[0]),), 0.8)
            return
        for from_bottom, pick in ((False, max), (True, min)):
            pair = pick(self._known, key=lambda item: self._matrix[item])
            ranked = {"universe": "pairs", "universe_size": self.count, "rank": 1}
            fact = self._fact(pair, **ranked, rank_from_bottom=from_bottom or None)
            yield Draft("most_alike", ClaimKind.RANK, _PORTFOLIO, (fact,), 0.8)

    def _fact(self, pair: tuple[int, int], **details: object) -> str:
        first, second = (self._ids[place] for place in pair)
        formula = f"correlation of {self._days} daily returns"
        return self._ledger.add(
            subject_of(first),
            Metric.CORRELATION,
            Unit.RATIO,
            float(self._matrix[pair]),
            derivation("correlation", formula, *self._ranges((first, second))),
            as_of=self._ledger.read.as_of,
            window=f"{self._days}d",
            other=subject_of(second),
            **details,
        )

    def _ranges(self, ids: Sequence[int]) -> tuple[RowRange, ...]:
        return tuple(bar_range(*self._closes[asset_id], self._days + 1) for asset_id in ids)
