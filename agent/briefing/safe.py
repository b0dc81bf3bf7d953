"""Which of the fixed sentences are true of this briefing: the only ones that may stand without a claim."""

from collections.abc import Mapping, Sequence

import numpy as np

from agent.briefing.snapshot import Snapshot
from agent.claims import forms
from agent.claims.claim import Claim, SectionKey


def safe_sentences(snapshot: Snapshot, claims: Sequence[Claim]) -> Mapping[SectionKey, str]:
    """The true fixed sentence of each section that has one."""
    spoken = {claim.section for claim in claims}
    safe = {}
    if snapshot.previous is None:
        safe[SectionKey.SINCE_LAST] = forms.FIRST_BRIEFING
    elif SectionKey.SINCE_LAST not in spoken and snapshot.previous.as_of >= snapshot.as_of:
        safe[SectionKey.SINCE_LAST] = forms.NO_NEWER_CLOSE
    if not snapshot.holdings:
        safe[SectionKey.PORTFOLIO] = forms.NO_HOLDING
    # Without the market's own bars of the day nothing was scanned, which is not the same as nothing found.
    scanned = bool(snapshot.prices.market_close.size) and bool(np.isfinite(snapshot.prices.market_close[-1]).any())
    if SectionKey.SIGNALS not in spoken and not (snapshot.signals or snapshot.wider_signals) and scanned:
        safe[SectionKey.SIGNALS] = forms.NO_SIGNAL
    if SectionKey.GAPS not in spoken and snapshot.as_of == snapshot.expected_as_of:
        safe[SectionKey.GAPS] = forms.NO_GAPS
    return safe
