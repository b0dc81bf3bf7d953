"""Indices of the reader's own: level, changes, risk, and Bitcoin over the same days, from the stored levels."""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from agent.ask.arguments import AskMetric, Index
from agent.ask.toolset.catalogue import measured
from agent.ask.toolset.figures import asset_figure
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.result import Finding
from agent.ask.toolset.rows import bar_ref
from agent.briefing.facts.index_levels import IndexFigure, IndexLevels
from agent.briefing.gather_own import read_index
from agent.briefing.tracing import derivation
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import Metric, Unit
from agent.claims.naming import subject_of
from agent.store.own_indices import index_rules

MOST_TOLD = 6
CHANGES = (7, 30, 365)
VERSUS_DAYS = 30
_SECTION = SectionKey.MARKET
_NONE = "there is no index of your own: `coinbrief index create` makes one"


def index(ledger: Ledger, wish: Index) -> Finding:
    """Every index of the reader's own that is asked for, the first few by name if there are many."""
    read = ledger.read
    with read.store.reader() as session:
        known = [row.name for row in index_rules(session)]
        names = [name for name in known if wish.name is None or name.casefold() == wish.name.casefold()]
        found = {name: read_index(session, name, date.min, read.market_day) for name in names[:MOST_TOLD]}
        levels = [IndexLevels(seen, read.market_day) for seen in found.values() if seen is not None]
    drafts = [draft for each in levels for draft in _drafts(ledger, each)]
    return Finding(
        ledger.claims(drafts),
        read.market_day,
        len(names),
        "indices",
        truncated=len(names) > len(found),
        notes=tuple(_notes(wish, known, [name for name, seen in found.items() if seen is None])),
    )


def _notes(wish: Index, known: Sequence[str], without: Sequence[str]) -> Iterator[str]:
    """What is not there: any index, the one asked for, or a level."""
    if not known:
        yield _NONE
    elif wish.name is not None and wish.name.casefold() not in known:
        yield f"you have no index of that name; there are {', '.join(known)}"
    for name in without:
        yield f"the index {name} has no level yet: `coinbrief index track {name}` works it out"


def _drafts(ledger: Ledger, index: IndexLevels) -> Iterator[Draft]:
    yield _standing(ledger, index)
    if (since := _since(ledger, index)) is not None:
        yield Draft("index_since", ClaimKind.COMPARISON, _SECTION, since, 0.8)
    told = index.first if since else None
    for days in CHANGES:
        if (change := index.change(days)) is None or change.details["start"] == told:
            continue
        key = _add(ledger, index, change)
        yield Draft("change", ClaimKind.CHANGE, _SECTION, (key,), 0.7)
        if days == VERSUS_DAYS and (other := _bitcoin_change(ledger, index.last)) is not None:
            yield Draft("versus", ClaimKind.COMPARISON, _SECTION, (key, other), 0.75)
    if (risk := index.risk()) is not None:
        keys = tuple(_add(ledger, index, figure) for figure in risk)
        yield Draft("index_risk", ClaimKind.LEVEL, _SECTION, keys, 0.6)


def _standing(ledger: Ledger, index: IndexLevels) -> Draft:
    """The level, with the day's change where it is of the day of the answer."""
    level, day = _add(ledger, index, index.level()), index.change(1)
    if day is None or index.last != ledger.read.as_of:
        return Draft("index_stood", ClaimKind.LEVEL, _SECTION, (level,), 0.9)
    return Draft("index_level", ClaimKind.LEVEL, _SECTION, (level, _add(ledger, index, day)), 0.9)


def _add(ledger: Ledger, index: IndexLevels, figure: IndexFigure) -> str:
    return ledger.add(index.subject, figure.metric, figure.unit, figure.value, figure.derivation, **figure.details)


def _bitcoin_change(ledger: Ledger, day: date) -> str | None:
    """Bitcoin's change up to a day, None if it is not known."""
    bitcoin = ledger.read.bitcoin
    if bitcoin is None:
        return None
    measure = measured(AskMetric.CHANGE, f"{VERSUS_DAYS}d")
    return asset_figure(ledger.read, measure, bitcoin, day).draft(ledger, bitcoin)


def _since(ledger: Ledger, index: IndexLevels) -> tuple[str, str] | None:
    """The change of the index and of Bitcoin since the index has had a level."""
    own, bitcoin = index.since_first(), ledger.read.bitcoin
    if own is None or bitcoin is None:
        return None
    first, last = index.first, index.last
    closes = ledger.read.several([bitcoin], last, (last - first).days + 1)[0]
    before, now = (float(closes.close[row, 0]) for row in (0, -1))
    if not (np.isfinite([before, now]).all() and before > 0):
        return None
    rows = (bar_ref(closes.source, bitcoin, day, value) for day, value in ((last, now), (first, before)))
    origin = derivation("change_pct", f"(close / close of {first} - 1) x 100", *rows)
    details = {"as_of": last, "source": closes.source, "start": first}
    change = (now / before - 1) * 100
    other = ledger.add(subject_of(bitcoin), Metric.CHANGE, Unit.PCT, change, origin, **details)
    return _add(ledger, index, own), other
