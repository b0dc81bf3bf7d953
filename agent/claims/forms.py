"""Claims as English: every wording of docs/claims.md, made of segments that remember which figure shows which fact.

A clause has no full stop and starts as it would inside a sentence; `compose` joins clauses and neutral glue.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from agent.claims.claim import Claim, Segment, Sentence
from agent.claims.fact import Entity
from agent.claims.figures import day_text
from agent.claims.wording import Clause, Speaker
from agent.claims.wordings_asset import ASSET_WORDINGS
from agent.claims.wordings_data import DATA_WORDINGS
from agent.claims.wordings_exposure import EXPOSURE_WORDINGS
from agent.claims.wordings_general import GENERAL_WORDINGS
from agent.claims.wordings_indices import INDEX_WORDINGS
from agent.claims.wordings_market import MARKET_WORDINGS
from agent.claims.wordings_portfolio import PORTFOLIO_WORDINGS
from agent.claims.wordings_records import RECORD_WORDINGS
from agent.claims.wordings_risk import RISK_WORDINGS
from agent.claims.wordings_sectors import SECTOR_WORDINGS
from agent.claims.wordings_signals import SIGNAL_WORDINGS
from agent.claims.wordings_stress import STRESS_WORDINGS
from agent.claims.wordings_weights import WEIGHT_WORDINGS

Wording = Callable[[Claim, Speaker], tuple[Clause, ...]]

WORDINGS: dict[str, Wording] = {
    **ASSET_WORDINGS,
    **MARKET_WORDINGS,
    **PORTFOLIO_WORDINGS,
    **RISK_WORDINGS,
    **WEIGHT_WORDINGS,
    **STRESS_WORDINGS,
    **EXPOSURE_WORDINGS,
    **SECTOR_WORDINGS,
    **INDEX_WORDINGS,
    **RECORD_WORDINGS,
    **SIGNAL_WORDINGS,
    **DATA_WORDINGS,
    **GENERAL_WORDINGS,
}

FIRST_BRIEFING = "This is the first briefing for this portfolio, so there is nothing earlier to compare with."
NO_GAPS = "No gaps: every source answered and every tracked coin has a bar for the last full day."
NO_SIGNAL = "No signal fired on the day."
NO_HOLDING = "No holding is in this portfolio yet."
NO_DATA = "No data has been collected yet."
NO_NEWER_CLOSE = "No later close has come in since the last briefing."
# The day is part of what these say.
_SHOWS_ITS_DAY = frozenset({"coverage", "stale", "last_collected", "extreme", "change_between", "deepest_fall"})
_LATER_FACT = {"figure_change": 1}  # the fact whose day the claim is of, where it is not the first one
SAFE_SENTENCES = frozenset({FIRST_BRIEFING, NO_GAPS, NO_SIGNAL, NO_HOLDING, NO_DATA, NO_NEWER_CLOSE})


def clauses(claim: Claim, entities: Mapping[str, Entity], as_of: date) -> tuple[Clause, ...]:
    """All wordings of a claim, at least one; raises KeyError for an unknown template or an entity without a name.

    A claim of another day than the document's shows its day.
    """
    made = WORDINGS[claim.template](claim, Speaker(entities))
    day = claim.facts[_LATER_FACT.get(claim.template, 0)].as_of
    if day == as_of or claim.template in _SHOWS_ITS_DAY:
        return made
    return tuple((*clause, Segment(f", as of {day_text(day)}")) for clause in made)


def compose(parts: Sequence[str | tuple[Claim, Clause]]) -> Sentence:
    """One sentence of glue and clauses: first letter capital, full stop at the end."""
    segments: list[Segment] = []
    claim_ids: list[str] = []
    for part in parts:
        if isinstance(part, str):
            segments.append(Segment(part))
        else:
            claim, clause = part
            claim_ids.append(claim.claim_id)
            segments.extend(clause)
    segments.append(Segment("."))
    return Sentence(_merged(_capitalised(segments)), tuple(claim_ids))


def sentence(claim: Claim, entities: Mapping[str, Entity], as_of: date, variant: int = 0) -> Sentence:
    """A claim as a sentence of its own; `variant` picks the wording, modulo how many there are."""
    options = clauses(claim, entities, as_of)
    return compose([(claim, options[variant % len(options)])])


def _capitalised(segments: Sequence[Segment]) -> list[Segment]:
    first = segments[0]
    return [Segment(first.text[:1].upper() + first.text[1:], first.fact_id), *segments[1:]]


def _merged(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    merged: list[Segment] = []
    for segment in segments:
        if merged and merged[-1].fact_id is None and segment.fact_id is None:
            merged[-1] = Segment(merged[-1].text + segment.text)
        else:
            merged.append(segment)
    return tuple(merged)
