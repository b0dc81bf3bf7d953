"""Which statements show what somebody owns: these can be kept from a model, which then sees weights only."""

from agent.claims.claim import Claim
from agent.claims.fact import Fact, Metric, Unit

_OF_A_HOLDER = frozenset(
    {
        Metric.VALUE,
        Metric.VALUE_CHANGE,
        Metric.CONTRIBUTION,
        Metric.VALUE_AT_RISK,
        Metric.EXPECTED_SHORTFALL,
        Metric.SHOCK_CHANGE,
        Metric.STRESS_CHANGE,
        Metric.TARGET_TRADE,
    }
)


def shows_amounts(claim: Claim) -> bool:
    """Whether a claim shows, in US dollars, what the reader owns or stands to gain or lose."""
    return any(_is_amount(fact) for fact in claim.facts)


def _is_amount(fact: Fact) -> bool:
    if fact.unit is not Unit.USD:
        return False
    return fact.metric in _OF_A_HOLDER or fact.subject.startswith("portfolio:") or fact.universe == "holdings"
