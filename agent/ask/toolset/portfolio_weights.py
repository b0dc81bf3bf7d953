"""The portfolio beside other weights of what it holds. All of it looks back: no weights are advised."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from agent.analytics.figure import Figure
from agent.analytics.optimize.covariance import Kind
from agent.analytics.optimize.frontier import Distance
from agent.analytics.optimize.problem import Unknown
from agent.analytics.optimize.weighting import Method, Weighting
from agent.ask.arguments import Portfolio
from agent.ask.toolset.figures import require_held
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.result import Finding
from agent.ask.toolset.rows import amount_refs, bar_range, metric_ref
from agent.briefing.tracing import derivation
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import Derivation, Metric, RowRange, RowRef, Unit
from agent.claims.figures import shown_value
from agent.measuring.weighing import FrontierAnalysis, OptimizerLacking, Terms, frontier_analysis

MOST_TOLD = 8
# By what it is called in a sentence, the most telling first.
_WAYS = {
    Method.MINIMUM_VARIANCE: "for the least variance",
    Method.EQUAL: "equally",
    Method.RISK_PARITY: "for equal shares of risk",
    Method.MAXIMUM_SHARPE: "for the highest Sharpe ratio",
    Method.MARKET_VALUE: "by market value",
    Method.HIERARCHICAL_RISK_PARITY: "by hierarchical risk parity",
}
_UNITS = {Metric.VOLATILITY: Unit.PCT, Metric.MIX_SHARPE: Unit.RATIO, Metric.EFFECTIVE_NUMBER: Unit.RATIO}
# Each way by what it is for; what is left of the places goes to the rest, in order.
_FIRST = (
    (Method.MINIMUM_VARIANCE, Metric.VOLATILITY),
    (Method.EQUAL, Metric.VOLATILITY),
    (Method.RISK_PARITY, Metric.VOLATILITY),
    (Method.MAXIMUM_SHARPE, Metric.MIX_SHARPE),
    (Method.MINIMUM_VARIANCE, Metric.EFFECTIVE_NUMBER),
    (Method.MARKET_VALUE, Metric.VOLATILITY),
    (Method.HIERARCHICAL_RISK_PARITY, Metric.VOLATILITY),
)
_PAIRS = tuple(dict.fromkeys((*_FIRST, *((method, metric) for metric in _UNITS for method in _WAYS))))
_FORMULAS = {
    Metric.VOLATILITY: "standard deviation of daily returns x sqrt(365) x 100",
    Metric.MIX_SHARPE: "mean / standard deviation of daily returns x sqrt(365)",
    Metric.EFFECTIVE_NUMBER: "1 / sum of squared weights",
}
_OVER_DAYS = (Metric.VOLATILITY, Metric.MIX_SHARPE)
# What happened, not an estimate of what may: with a shrunken covariance the least variance is not the least there was.
_TERMS = Terms(estimator=Kind.SAMPLE)
_WINDOW, _CLOSES = f"{_TERMS.days}d", _TERMS.days + 1
_SECTION = SectionKey.PORTFOLIO


def weights(ledger: Ledger, _wish: Portfolio) -> Finding:
    """What other weights of the holdings would have made of the last 365 days; raises NothingHeld."""
    require_held(ledger.read)
    try:
        found = frontier_analysis(ledger.read.store, ledger.read.wanted, _TERMS)
    except OptimizerLacking as error:
        return Finding(as_of=ledger.read.as_of, notes=(str(error),))
    count = len(found.holdings) + len(found.left_out)
    universe = f"your {count} holding{'' if count == 1 else 's'}"
    if found.left_out:  # of a part of the portfolio nothing is said that sounds like all of it
        left = tuple(f"cannot be weighed with the others: {item.name} ({item.reason})" for item in found.left_out)
        return Finding(as_of=found.as_of, rows=count, universe=universe, notes=left)
    desk = _Desk(ledger, found)
    claims = ledger.claims([*islice(desk.reweighted(), MOST_TOLD), *desk.frontier()])
    return Finding(claims, found.as_of, count, universe, notes=tuple(dict.fromkeys(_notes(found))))


def _notes(found: FrontierAnalysis) -> Iterator[str]:
    if isinstance(found.today, Unknown):
        yield f"not known: {found.today.reason}"
    for item in found.weightings:
        if isinstance(item.outcome, Unknown):
            yield f"not known of holdings weighted {_WAYS[item.method]}: {item.outcome.reason}"
    if isinstance(found.distance, Unknown):
        yield f"not known: {found.distance.reason}"
        return
    for figure in (found.distance.excess_volatility, found.distance.forgone_return):
        if figure.value is None:
            yield f"not known: {figure.reason}"


@dataclass(frozen=True)
class _Desk:
    """Drafts the facts of one analysis that covers every holding."""

    ledger: Ledger
    found: FrontierAnalysis

    def reweighted(self) -> Iterator[Draft]:
        """A figure with other weights beside the same as it is, wherever the two are shown differently."""
        today, outcomes = self.found.today, {item.method: item.outcome for item in self.found.weightings}
        for place, (method, metric) in enumerate(_PAIRS):
            other = outcomes.get(method)
            if not isinstance(today, Weighting) or not isinstance(other, Weighting):
                continue
            before, after = _figure(today, metric).value, _figure(other, metric).value
            if before is None or after is None:
                continue
            now, then = self._add(metric, metric, before), self._add(Metric.REWEIGHTED, metric, after, _WAYS[method])
            if shown_value(self.ledger.fact(now)) != shown_value(self.ledger.fact(then)):
                yield Draft("reweighted", ClaimKind.WHAT_IF, _SECTION, (then, now), 0.9 - place / 100)

    def frontier(self) -> Iterator[Draft]:
        """What other weights did without, or had on top."""
        distance = self.found.distance
        if not isinstance(distance, Distance):
            return
        volatility, gain = distance.excess_volatility, distance.forgone_return
        for template, metric, figure, what in (
            ("frontier_volatility", Metric.EXCESS_VOLATILITY, volatility, "volatility at no less return"),
            ("frontier_return", Metric.FORGONE_RETURN, gain, "return at no more volatility"),
        ):
            if figure.value is not None:
                formula = f"{what} of the efficient frontier beside that of today's weights, 365 days, x 100"
                origin = derivation(metric, formula, *self.inputs)
                key = self._draft(metric, Unit.PP, figure.value * 100, origin, window=_WINDOW)
                yield Draft(template, ClaimKind.WHAT_IF, _SECTION, (key,), 0.6)

    def _add(self, metric: Metric, of: Metric, value: float, way: str | None = None) -> str:
        factor = 100.0 if of is Metric.VOLATILITY else 1.0
        held = "today's weights" if way is None else f"the holdings weighted {way}"
        over = f"{held}, over 365 days" if of in _OVER_DAYS else held
        by_value = self.market_values if way == _WAYS[Method.MARKET_VALUE] else ()
        origin = derivation(metric, f"{_FORMULAS[of]} of {over}", *self.inputs, *by_value)
        window = _WINDOW if of in _OVER_DAYS else None
        qualifier = None if way is None else of.value
        return self._draft(metric, _UNITS[of], value * factor, origin, window=window, qualifier=qualifier, label=way)

    def _draft(self, metric: Metric, unit: Unit, value: float, origin: Derivation, **details: object) -> str:
        subject = f"portfolio:{self.ledger.read.held.portfolio_id}"
        return self.ledger.add(subject, metric, unit, value, origin, as_of=self.found.as_of, **details)

    @cached_property
    def inputs(self) -> tuple[RowRef | RowRange, ...]:
        """The amounts, and the closes of the window."""
        read = self.ledger.read
        parts = read.several([item.asset_id for item in self.found.holdings], self.found.as_of)
        ranges = [bar_range(part, column, _CLOSES) for part in parts for column in range(len(part.asset_ids))]
        return (*amount_refs(read.held.portfolio_id, read.held.holdings), *ranges)

    @property
    def market_values(self) -> tuple[RowRef, ...]:
        """The market values by which the holdings are weighted."""
        return tuple(
            metric_ref(item.source, item.name, item.asset_id, item.day, item.value_usd.value)
            for item in self.found.market_values
            if item.source and item.name and item.day and item.value_usd.value is not None
        )


def _figure(weighting: Weighting, metric: Metric) -> Figure:
    if metric is Metric.EFFECTIVE_NUMBER:
        return Figure.of(weighting.effective_number, "")
    return weighting.volatility if metric is Metric.VOLATILITY else weighting.sharpe
