"""What is fresh, late, missing or disputed: of all data, or of one asset's prices."""

from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from agent.ask.arguments import AskMetric, DataHealth
from agent.ask.toolset.catalogue import measured
from agent.ask.toolset.figures import asset_figure
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.price_state import dispute_drafts, price_gaps, price_origin
from agent.ask.toolset.ranking import universe_text
from agent.ask.toolset.resolve import require
from agent.ask.toolset.result import Finding
from agent.ask.toolset.rows import bar_ref, cross_section
from agent.briefing.facts.data import failure_of
from agent.briefing.tracing import derivation
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import MARKET, Metric, RowRef, State, Unit
from agent.claims.figures import day_text
from agent.store.runs import AttemptsRow, RunRow, RunStatus, last_attempts

_SECTION = SectionKey.GAPS
_COVERED_DAYS = 30
_SHOWN_MISSING = 50
_SHOWN_DISPUTES = 5


def data_health(ledger: Ledger, wish: DataHealth) -> Finding:
    """How the latest collections ended and how many coins have a bar of the last day; or how one asset stands."""
    if wish.asset is not None:
        return _of_asset(ledger, wish.asset)
    read = ledger.read
    late = (read.wanted.first_open_day - read.market_day).days - 1
    notes: tuple[str, ...] = ()
    if late > 0:
        notes = (f"the last day with prices is {day_text(read.market_day)}, {late} days late",)
    disputed = [
        draft for asset_id in sorted(read.disputes)[:_SHOWN_DISPUTES] for draft in dispute_drafts(ledger, asset_id)
    ]
    runs = _attempts(ledger)
    drafts = [*_coverage(ledger), *disputed, *(draft for run in runs for draft in _run_drafts(ledger, run))]
    drafts.sort(key=lambda draft: -draft.salience)
    if len(read.disputes) > _SHOWN_DISPUTES:
        notes += (f"sources disagree about the price of {len(read.disputes):,} assets",)
    return Finding(
        ledger.claims(drafts),
        read.market_day,
        len(read.tracked),
        universe_text("tracked", len(read.tracked)),
        truncated=len(read.disputes) > _SHOWN_DISPUTES,
        notes=notes,
    )


def _of_asset(ledger: Ledger, text: str) -> Finding:
    read = ledger.read
    found = require(read, text)
    closes = read.series(found.asset_id, read.as_of)
    known = int(np.isfinite(closes.close[-_COVERED_DAYS:]).sum())
    if np.isfinite(closes.close[-1, 0]):
        key = asset_figure(read, measured(AskMetric.PRICE, None), found.asset_id).draft(ledger, found.asset_id)
        drafts = [
            Draft("close", ClaimKind.LEVEL, SectionKey.MARKET, (key or "",), 0.8),
            *price_origin(ledger, found.asset_id),
        ]
    else:
        drafts = price_gaps(ledger, found.asset_id)
    notes = (f"{known} of the last {_COVERED_DAYS} days have a bar of it",)
    return Finding(ledger.claims(drafts), read.as_of, known, "days of closes", notes=notes, candidates=(found,))


def _coverage(ledger: Ledger) -> Iterator[Draft]:
    """How many of the tracked coins have a bar of the last full day; said even if all of them have."""
    read = ledger.read
    expected = read.wanted.first_open_day
    closes = read.market(read.market_day, 1)
    is_late = (expected - read.market_day).days > 1
    kept = np.isin(closes.asset_ids, list(read.tracked)) & np.isfinite(closes.close[-1])
    present = 0 if is_late else int(kept.sum())
    missing = sorted(read.tracked - set(closes.asset_ids[kept].tolist()))[:_SHOWN_MISSING]
    rows = () if is_late else tuple(bar_ref(read.source, key, read.market_day, np.nan) for key in missing)
    origin = derivation("count", "tracked coins with a bar for the last full day", cross_section(closes, -1), *rows)
    key = ledger.add(
        MARKET,
        Metric.COVERAGE,
        Unit.COUNT,
        Decimal(present),
        origin,
        as_of=type(expected).fromordinal(expected.toordinal() - 1),
        universe="tracked",
        universe_size=len(read.tracked),
    )
    yield Draft("coverage", ClaimKind.MISSING, _SECTION, (key,), 1.0)


def _attempts(ledger: Ledger) -> list[AttemptsRow]:
    read = ledger.read
    with read.store.reader() as session:
        return [row for source in read.sources for row in last_attempts(session, source)]


def _run_drafts(ledger: Ledger, attempts: AttemptsRow) -> Iterator[Draft]:
    """How the last collection of a kind ended, and when it last came whole."""
    run = attempts.last
    if run.finished_at is not None:
        if run.status == RunStatus.DEFERRED:
            yield _run_draft(ledger, run, "left_out", "left out", State.RATE_LIMITED, 0.4)
        elif run.error_class is not None or run.status == RunStatus.FAILED:
            reason, state = failure_of(run.error_class)
            yield _run_draft(ledger, run, "source_failed", reason, state, 0.9)
        elif run.received == 0 and not _is_bars(run):
            yield _run_draft(ledger, run, "source_empty", "none", State.MISSING, 0.6)
    whole = attempts.last_ok
    if whole is not None and whole.finished_at is not None and (whole.received or _is_bars(whole)):
        day = whole.finished_at.date()
        key = ledger.add(
            f"source:{whole.source}",
            Metric.LAST_COLLECTED,
            Unit.DATE,
            None,
            derivation("last", "the last collection that gave all that was expected", _run_ref(whole)),
            label=day.isoformat(),
            qualifier=_spoken(whole.kind),
            source=whole.source,
            as_of=day,
            fetched_at=whole.finished_at,
        )
        yield Draft("last_collected", ClaimKind.MISSING, _SECTION, (key,), 0.3)


def _run_draft(ledger: Ledger, run: RunRow, template: str, label: str, state: State, salience: float) -> Draft:
    key = ledger.add(
        f"source:{run.source}",
        Metric.AVAILABILITY,
        Unit.TEXT,
        None,
        derivation("collection", f"the latest collection ended {run.status}", _run_ref(run)),
        label=label,
        qualifier=_spoken(run.kind),
        source=run.source,
        state=state,
        fetched_at=run.finished_at,
    )
    return Draft(template, ClaimKind.MISSING, _SECTION, (key,), salience)


def _is_bars(run: RunRow) -> bool:
    """Of bars none may be new; what is missing of them shows in the coverage."""
    return run.kind.startswith("daily_bars")


def _run_ref(run: RunRow) -> RowRef:
    return RowRef("collection_run", (("run_id", str(run.run_id)),), "status", run.status)


def _spoken(kind: str) -> str:
    """A kind of data and whose, as it is said but for the underscores."""
    name, _, tier = kind.partition("/")
    whose = {"": "", "watchlist": "_of_the_watchlist"}
    return name + whose.get(tier, "_of_other_coins")
