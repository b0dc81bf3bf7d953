"""How good the last price of an asset is: late, missing, another source's, or disputed."""

from collections.abc import Iterator

import numpy as np

from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.rows import bar_ref
from agent.briefing.tracing import derivation
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import Metric, State, Unit
from agent.claims.naming import subject_of

_MARKET, _GAPS = SectionKey.MARKET, SectionKey.GAPS


def price_gaps(ledger: Ledger, asset_id: int) -> list[Draft]:
    """That the last price is late, with that price, or that there is none."""
    closes = ledger.read.series(asset_id, ledger.read.as_of)
    subject, known = subject_of(asset_id), np.flatnonzero(np.isfinite(closes.close[:, 0]))
    if not known.size:
        key = ledger.add(
            subject,
            Metric.AVAILABILITY,
            Unit.TEXT,
            None,
            derivation("missing", "no bar is stored in the last 400 days"),
            label="price",
            state=State.MISSING,
            as_of=closes.last,
        )
        return [Draft("missing", ClaimKind.MISSING, _GAPS, (key,), 0.9)]
    last, value = closes.day(int(known[-1])), float(closes.close[known[-1], 0])
    row = bar_ref(closes.source, asset_id, last, value)
    details = {"as_of": last, "source": closes.source, "state": State.STALE}
    close = ledger.add(
        subject, Metric.CLOSE, Unit.USD, value, derivation("close", "the last stored bar", row), **details
    )
    stale = ledger.add(
        subject,
        Metric.AVAILABILITY,
        Unit.DATE,
        None,
        derivation("last", "the latest stored bar", row),
        label=last.isoformat(),
        **details,
    )
    return [
        Draft("stale", ClaimKind.MISSING, _GAPS, (stale,), 0.9),
        Draft("close", ClaimKind.LEVEL, _MARKET, (close,), 0.8),
    ]


def price_origin(ledger: Ledger, asset_id: int) -> Iterator[Draft]:
    """That another source had to give the price, or that sources disagree about it."""
    read, subject = ledger.read, subject_of(asset_id)
    closes = read.series(asset_id, read.as_of)
    if closes.source != read.source:
        row = bar_ref(closes.source, asset_id, closes.last, closes.close[-1, 0])
        origin = derivation("fallback", "the first source that has a bar for the day", row)
        key = ledger.add(
            subject,
            Metric.AVAILABILITY,
            Unit.TEXT,
            None,
            origin,
            label=closes.source,
            qualifier=read.source,
            source=closes.source,
            state=State.MISSING,
            as_of=closes.last,
        )
        yield Draft("price_elsewhere", ClaimKind.MISSING, _GAPS, (key,), 0.7)
    yield from dispute_drafts(ledger, asset_id)


def dispute_drafts(ledger: Ledger, asset_id: int) -> Iterator[Draft]:
    """That sources disagree about an asset's last close, with the lowest and the highest of them."""
    dispute = ledger.read.disputes.get(asset_id)
    if dispute is None:
        return
    low, high = (pick(dispute.closes, key=lambda item: item[1]) for pick in (min, max))
    keys = tuple(
        ledger.add(
            subject_of(asset_id),
            Metric.SOURCE_CLOSE,
            Unit.USD,
            value,
            derivation(
                "close",
                "the close of the day's bar of this source",
                bar_ref(source, asset_id, dispute.day, value),
            ),
            source=source,
            other=f"source:{other}",
            fetched_at=stamp,
            state=State.DISPUTED,
            as_of=dispute.day,
        )
        for (source, value, stamp), (other, _, _) in ((low, high), (high, low))
    )
    yield Draft("disputed", ClaimKind.MISSING, _GAPS, keys, 1.0)
