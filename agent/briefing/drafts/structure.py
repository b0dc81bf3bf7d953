"""What may be said of how a portfolio is built: its targets, where it lies, how alike it moves, how it fell."""

from collections.abc import Iterator
from decimal import Decimal

from agent.briefing.drafts.weighing import Facts
from agent.briefing.facts.exposure import TOLD_TRAITS, trait_key
from agent.briefing.facts.portfolio import portfolio_key
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import Metric
from agent.claims.figures import shown_value

WIDE_GAP = Decimal(5)  # percentage points from which on a gap matters
GAPS_TOLD = 2
_SECTION = SectionKey.PORTFOLIO
_GAP, _TRADE = "target_gap", "target_trade"


def structure_drafts(facts: Facts) -> Iterator[Draft]:
    """What a briefing may say of the structure, none of it mandatory; of a single holding, what is not plain."""
    yield from _targets(facts)
    several = facts.get(portfolio_key("holding_count"))
    if several is not None and several.value is not None and several.value > 1:
        for trait, salience in zip(TOLD_TRAITS, (0.4, 0.3, 0.3), strict=True):
            yield from trait_drafts(facts, trait, 1, salience)
    yield from form_drafts(facts, 0.4)
    yield from spread_drafts(0.35)
    yield from fall_drafts(0.4)


def _targets(facts: Facts) -> Iterator[Draft]:
    yield distance_draft(0.45)
    gaps = {subject: abs(shown_value(facts[f"{subject}/{_GAP}"])) for subject in by_gap(facts)}
    off = [subject for subject, gap in gaps.items() if gap]
    for subject in off[:GAPS_TOLD]:
        yield gap_draft(subject, 0.6 if gaps[subject] >= WIDE_GAP else 0.35)
    for subject in off[:1]:
        yield trade_draft(subject, 0.3)


def by_gap(facts: Facts) -> list[str]:
    """The subjects that have a gap to their target, the largest as it is shown first."""
    gaps = {fact.subject: abs(shown_value(fact)) for key, fact in facts.items() if key.endswith(f"/{_GAP}")}
    return sorted(gaps, key=lambda subject: (-gaps[subject], subject))


def by_trade(facts: Facts) -> list[str]:
    """The subjects of which a trade would bring them to their target, the largest trade first."""
    found = {fact.subject: fact.value for key, fact in facts.items() if key.endswith(f"/{_TRADE}") and fact.value}
    return sorted(found, key=lambda subject: (-found[subject], subject))


def distance_draft(salience: float) -> Draft:
    """How much of the portfolio would change hands."""
    keys = (portfolio_key("target_distance"),)
    return Draft("target_distance", ClaimKind.LEVEL, _SECTION, keys, salience)


def gap_draft(subject: str, salience: float) -> Draft:
    """How far a holding is from its target."""
    keys = (f"{subject}/weight", f"{subject}/target_weight", f"{subject}/{_GAP}")
    return Draft("target_drift", ClaimKind.COMPARISON, _SECTION, keys, salience)


def trade_draft(subject: str, salience: float) -> Draft:
    """What would bring a holding to its target."""
    return Draft("target_trade", ClaimKind.WHAT_IF, _SECTION, (f"{subject}/{_TRADE}",), salience)


def trait_drafts(facts: Facts, trait: str, most: int, salience: float) -> Iterator[Draft]:
    """The largest groups of a trait; one that is shown as nothing is not told."""
    for place in range(most):
        key = trait_key(trait, place)
        if key in facts and shown_value(facts[key]):
            yield Draft("trait_share", ClaimKind.DIVERSIFICATION, _SECTION, (key,), salience - place / 100)


def form_drafts(facts: Facts, salience: float) -> Iterator[Draft]:
    """What the portfolio is with other forms seen through, as far as that shows."""
    for template, metric in (
        ("in_the_end", Metric.END_SHARE),
        ("cash_share", Metric.CASH_SHARE),
        ("held_again", Metric.HELD_AGAIN),
    ):
        shown = [
            (-(fact.value or 0), key) for key, fact in facts.items() if fact.metric is metric and shown_value(fact)
        ]
        for place, (_, key) in enumerate(sorted(shown)):
            yield Draft(template, ClaimKind.DIVERSIFICATION, _SECTION, (key,), salience - place / 100)
    number, by_weight = (facts.get(portfolio_key(name)) for name in ("end_number", "effective_number"))
    if number is not None and by_weight is not None and shown_value(number) != shown_value(by_weight):
        yield _figure("end_number", salience - 0.1)


def spread_drafts(salience: float) -> Iterator[Draft]:
    """How alike the holdings move: groups, bets, on bad days, and with the average coin."""
    keys = tuple(portfolio_key(name) for name in ("stress_days", "stress_correlation", "average_correlation_365d"))
    groups, enough = (portfolio_key(metric) for metric in (Metric.ALIKE_GROUPS, Metric.ENOUGH_HOLDINGS))
    yield Draft("alike_groups", ClaimKind.DIVERSIFICATION, _SECTION, (groups,), salience + 0.1)
    yield Draft("stress_correlation", ClaimKind.CORRELATION, _SECTION, keys, salience + 0.1)
    yield Draft("enough_holdings", ClaimKind.DIVERSIFICATION, _SECTION, (enough,), salience + 0.05)
    yield _figure("market_correlation", salience)
    yield _figure("market_beta", salience)
    for name in ("weighted_correlation_90d", "torsion_bets", "component_bets"):
        yield _figure(name, salience - 0.1)


def shock_draft(salience: float) -> Draft:
    """What an assumed fall of Bitcoin goes with."""
    keys = tuple(portfolio_key(name) for name in ("shock", "shock_change", "shock_change_usd"))
    return Draft("shock", ClaimKind.WHAT_IF, _SECTION, keys, salience)


def fall_drafts(salience: float) -> Iterator[Draft]:
    """How deep it fell, what the worst days cost, and what came of it against the days that fell."""
    yield Draft("deepest_fall", ClaimKind.LEVEL, _SECTION, (portfolio_key("deepest_fall"),), salience)
    yield _figure("expected_shortfall", salience)
    yield _figure("sortino_365d", salience - 0.05)


def _figure(name: str, salience: float) -> Draft:
    return Draft("figure", ClaimKind.DIVERSIFICATION, _SECTION, (portfolio_key(name),), salience)
