"""What may be said of the worst day of the last year for the portfolio."""

from collections.abc import Iterator

from agent.briefing.drafts.weighing import Facts
from agent.briefing.facts.stress import STRESS, STRESS_USD, bitcoin_key
from agent.briefing.snapshot import Snapshot
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.figures import direction


def stress_drafts(snapshot: Snapshot, facts: Facts) -> Iterator[Draft]:
    """The worst day, unless the loss is no cent."""
    if snapshot.bitcoin is None or STRESS_USD not in facts or not direction(facts[STRESS_USD]):
        return
    keys = (STRESS, STRESS_USD, bitcoin_key(snapshot.bitcoin))
    yield Draft("stress_day", ClaimKind.WHAT_IF, SectionKey.PORTFOLIO, keys, 0.4)
