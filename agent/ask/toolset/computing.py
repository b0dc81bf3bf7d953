"""Calculations with figures that were found before in the same question; units must fit, or it is said why not."""

from collections.abc import Sequence
from decimal import Context, Decimal

from agent.ask.arguments import Compute
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.market_read import MarketRead
from agent.ask.toolset.result import Finding
from agent.briefing.tracing import derivation
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import Fact, FactRef, Metric, Unit
from agent.measuring.errors import WrongArgument

_EXACT = Context(prec=50)
_COMPARABLE = ("metric", "unit", "window", "qualifier", "other", "as_of")
# What is derived from other facts cannot be computed with again: no sentence would say of what.
_DERIVED = frozenset({Metric.DIFFERENCE, Metric.TIMES, Metric.SUM, Metric.MEAN, Metric.MATCHES, Metric.WHAT_IF})
_ADDED = frozenset({Metric.VALUE, Metric.WEIGHT, Metric.CONTRIBUTION, Metric.RISK_SHARE})
_SECTION = SectionKey.MARKET
_TWO = 2


def compute(ledger: Ledger, wish: Compute) -> Finding:
    """Difference or ratio of two assets' figures, or sum or average of one figure of all holdings."""
    found = [_required(ledger, fact_id) for fact_id in wish.facts]
    if len({fact_id for _, fact_id in [(key, fact.fact_id) for key, fact in found]}) < len(found):
        raise WrongArgument("the same figure is named twice")
    facts = [fact for _, fact in found]
    _require_fitting(facts)
    if wish.operation in ("difference", "ratio"):
        drafts = [_of_two(ledger, found, ratio=wish.operation == "ratio")]
    else:
        drafts = [_of_holdings(ledger, found, mean=wish.operation == "average")]
    return Finding(ledger.claims(drafts), facts[0].as_of, len(facts), f"{len(facts)} figures")


def _required(ledger: Ledger, fact_id: str) -> tuple[str, Fact]:
    found = ledger.found(fact_id)
    if found is None:
        raise WrongArgument(f"no figure of this question has the id {fact_id[:20]!r}: take the ids that tools gave")
    key, fact = found
    if fact.value is None:
        raise WrongArgument(f"{fact_id} is not a number")
    if fact.metric in _DERIVED:
        raise WrongArgument(f"{fact_id} is computed already: take the figures that it was computed from")
    return key, fact


def _require_fitting(facts: Sequence[Fact]) -> None:
    first = facts[0]
    for fact in facts[1:]:
        for name in _COMPARABLE:
            one, other = getattr(first, name), getattr(fact, name)
            if one != other:
                raise WrongArgument(
                    f"{first.fact_id} and {fact.fact_id} do not fit: {name.replace('_', ' ')} {one} and {other}"
                )


def _of_two(ledger: Ledger, found: Sequence[tuple[str, Fact]], *, ratio: bool) -> Draft:
    if len(found) != _TWO:
        raise WrongArgument(f"a difference or ratio is of two figures, got {len(found)}")
    (left_key, left), (right_key, right) = found
    if left.subject == right.subject:
        raise WrongArgument("both figures are of the same subject: `history` compares its days")
    one, other = left.value or Decimal(0), right.value or Decimal(0)
    if ratio and not (one > 0 and other > 0):
        raise WrongArgument("a ratio is stated of two figures above 0 only")
    value = _EXACT.divide(one, other) if ratio else _EXACT.subtract(one, other)
    unit = Unit.RATIO if ratio else Unit.PP if left.unit is Unit.PCT else left.unit
    origin = derivation(
        "times" if ratio else "difference",
        f"first figure {'/' if ratio else '-'} second figure",
        FactRef(left_key),
        FactRef(right_key),
    )
    key = ledger.add(
        left.subject,
        Metric.TIMES if ratio else Metric.DIFFERENCE,
        unit,
        value,
        origin,
        other=right.subject,
        qualifier=named(left),
        window=left.window,
        as_of=left.as_of,
        source=left.source,
    )
    template = "times" if ratio else "difference"
    return Draft(template, ClaimKind.COMPUTED, _SECTION, (key, left_key, right_key), 0.9)


def _of_holdings(ledger: Ledger, found: Sequence[tuple[str, Fact]], *, mean: bool) -> Draft:
    """A sum or mean is said of all holdings, so it must be of all of them."""
    first = found[0][1]
    if not mean and first.metric not in _ADDED:
        raise WrongArgument(f"figures of {first.metric.value.replace('_', ' ')} do not add up to anything")
    _require_all_held(ledger.read, [fact for _, fact in found])
    total = sum((fact.value or Decimal(0) for _, fact in found), Decimal(0))
    value = _EXACT.divide(total, Decimal(len(found))) if mean else total
    origin = derivation(
        "mean" if mean else "sum",
        f"{'mean' if mean else 'sum'} of the figures of all holdings",
        *(FactRef(key) for key, _ in found),
    )
    key = ledger.add(
        f"portfolio:{ledger.read.held.portfolio_id}",
        Metric.MEAN if mean else Metric.SUM,
        first.unit,
        value,
        origin,
        qualifier=named(first),
        window=first.window,
        as_of=first.as_of,
        universe="holdings",
        universe_size=len(found),
        other=first.other,
    )
    return Draft("figure_mean" if mean else "sum", ClaimKind.COMPUTED, SectionKey.PORTFOLIO, (key,), 0.9)


def _require_all_held(read: MarketRead, facts: Sequence[Fact]) -> None:
    subjects = {fact.subject for fact in facts}
    held = {f"asset:{asset_id}" for asset_id in read.held.ids}
    if subjects != held or len(facts) != len(held):
        raise WrongArgument(
            f"a sum or average is stated of all your {len(held)} holdings only, these are {len(facts)} other figures: "
            "use `rank` or `screen` for more"
        )


def named(fact: Fact) -> str:
    """The fact's metric as another fact names it, with its own qualifier after a colon."""
    return f"{fact.metric.value}:{fact.qualifier}" if fact.qualifier else fact.metric.value
