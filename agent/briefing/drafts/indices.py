"""What may be said of the reader's own indices."""

from collections.abc import Iterator

from agent.briefing.drafts.weighing import Facts
from agent.briefing.facts.asset import asset_key
from agent.briefing.facts.indices import index_key, told_indices
from agent.briefing.snapshot import Snapshot
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey

_SALIENCE = 0.35


def index_drafts(snapshot: Snapshot, facts: Facts) -> Iterator[Draft]:
    """Where each index stands, and whether it beat Bitcoin in a week."""
    section = SectionKey.MARKET
    for seen in told_indices(snapshot):
        level, day, week = (index_key(seen.name, figure) for figure in ("level", "change_1d", "change_7d"))
        if day in facts:
            yield Draft("index_level", ClaimKind.LEVEL, section, (level, day), _SALIENCE)
        else:
            yield Draft("index_stood", ClaimKind.LEVEL, section, (level,), _SALIENCE)
        if snapshot.bitcoin is not None:
            keys = (week, asset_key(snapshot.bitcoin, "change_7d"))
            yield Draft("versus", ClaimKind.COMPARISON, section, keys, _SALIENCE)
