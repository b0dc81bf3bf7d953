"""Facts about the data itself: what is late, what is missing, what could not be collected."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

import numpy as np

from agent.analytics.report import PortfolioReport
from agent.briefing.facts.portfolio import add_change_since, portfolio_key, portfolio_subject
from agent.briefing.snapshot import NewSignal, RunSeen, Snapshot
from agent.briefing.tracing import bar_ref, derivation
from agent.claims.book import FactBook
from agent.claims.fact import MARKET, Metric, RowRef, State, Unit
from agent.claims.naming import subject_of

_REASONS = {
    "RateLimited": "rate limited",
    "Unavailable": "unavailable",
    "Unauthorized": "not authorised",
    "QuotaSpent": "quota spent",
    "BadRequest": "bad request",
    "BadPayload": "unreadable answer",
    "TooFewRows": "too few rows",
    "TooManyQuarantined": "unusable rows",
}
MISSING_SHOWN = 50
_FAILED = "failed"  # a collection that was interrupted failed without an error of the source
_DEFERRED = "deferred"  # left out of the month's plan of credits
# A kind without a tier is of everything, or of the holdings, which the credits are planned for first.
_TIERS = {"": "", "watchlist": "_of_the_watchlist"}
_OTHER_TIER = "_of_other_coins"
_RATE_LIMITED = ("RateLimited", "QuotaSpent")
_REPORT_LABELS = {
    "volatility_90d": "90-day diversification figure",
    "sharpe_365d": "365-day history",
}


def failure_of(error_class: str | None) -> tuple[str, State]:
    """Why a collection failed, in the words of docs/claims.md, and the state of what it did not bring."""
    state = State.RATE_LIMITED if error_class in _RATE_LIMITED else State.MISSING
    return _REASONS.get(error_class or "", "unavailable"), state


def add_data_facts(book: FactBook, snapshot: Snapshot, report: PortfolioReport | None) -> None:
    """Draft coverage, late and missing prices, failed and empty collections, and figures that need more history."""
    _add_coverage(book, snapshot)
    for holding in snapshot.holdings:
        add_price_state(book, snapshot, holding.asset_id)
    for run in _worth_telling(snapshot.runs):
        _add_run(book, run)
    if report is not None:
        for name, label in _REPORT_LABELS.items():
            if getattr(report, name).value is None:
                _add_missing(
                    book,
                    portfolio_key(f"missing_{name}"),
                    portfolio_subject(snapshot),
                    label,
                    getattr(report, name).reason,
                )


def _add_coverage(book: FactBook, snapshot: Snapshot) -> None:
    late = (snapshot.expected_as_of - snapshot.as_of).days
    tracked = snapshot.tracked
    present = 0 if late > 0 else int(np.isfinite(snapshot.prices.close[-1, list(tracked)]).sum())
    if not tracked or present == len(tracked):
        return
    origin = derivation("count", "tracked coins with a bar for the last full day", *_missing_bars(snapshot))
    book.add(
        "data/coverage",
        MARKET,
        Metric.COVERAGE,
        Unit.COUNT,
        Decimal(present),
        origin,
        as_of=snapshot.expected_as_of,
        universe="tracked",
        universe_size=len(tracked),
    )


def _missing_bars(snapshot: Snapshot) -> tuple[RowRef, ...]:
    """The bars that are not there, the first few of them; none where the whole day is not."""
    if snapshot.as_of < snapshot.expected_as_of:
        return ()
    missing = [column for column in snapshot.tracked if not np.isfinite(snapshot.prices.close[-1, column])]
    return tuple(bar_ref(snapshot, int(snapshot.prices.asset_ids[column]), -1) for column in missing[:MISSING_SHOWN])


def add_price_state(book: FactBook, snapshot: Snapshot, asset_id: int) -> None:
    """Draft that the last price of an asset is late, or that there is none; nothing if it is of the day."""
    column, subject = snapshot.prices.column(asset_id), subject_of(asset_id)
    known = (
        np.flatnonzero(np.isfinite(snapshot.prices.close[:, column]))
        if column is not None
        else np.array([], dtype=np.intp)
    )
    if not known.size:
        _add_missing(book, f"{subject}/missing_price", subject, "price", "no bar is stored")
        return
    last = snapshot.prices.day(int(known[-1]))
    if last < snapshot.as_of:
        key = (("day", last.isoformat()), ("source", snapshot.source), ("asset_id", str(asset_id)))
        origin = derivation("last", "the latest stored bar", RowRef("bar_daily", key, "day", last.isoformat()))
        book.add(
            f"{subject}/stale",
            subject,
            Metric.AVAILABILITY,
            Unit.DATE,
            None,
            origin,
            as_of=last,
            label=last.isoformat(),
            state=State.STALE,
        )


def _add_missing(book: FactBook, key: str, subject: str, label: str, reason: str) -> None:
    book.add(
        key,
        subject,
        Metric.AVAILABILITY,
        Unit.TEXT,
        None,
        derivation("missing", reason),
        label=label,
        state=State.MISSING,
    )


def _worth_telling(runs: Sequence[RunSeen]) -> Iterator[RunSeen]:
    """All runs, but what is left out of some assets only where it is not left out altogether."""
    whole = {(run.source, run.kind) for run in runs if run.status == _DEFERRED and "/" not in run.kind}
    for run in runs:
        kind, _, tier = run.kind.partition("/")
        if not (tier and run.status == _DEFERRED and (run.source, kind) in whole):
            yield run


def _spoken(kind: str) -> str:
    """A kind of data and whose, as it is said but for the underscores: `daily_bars_of_other_coins`."""
    name, _, tier = kind.partition("/")
    return name + _TIERS.get(tier, _OTHER_TIER)


def _add_run(book: FactBook, run: RunSeen) -> None:
    row = RowRef(
        "collection_run",
        (("source", run.source), ("kind", run.kind), ("finished_at", run.finished_at.isoformat())),
        "status",
        run.status,
    )
    details = {"qualifier": _spoken(run.kind), "source": run.source, "fetched_at": run.finished_at}
    if run.status == _DEFERRED:
        _add_left_out(book, run, row)
    elif run.error_class is not None or run.status == _FAILED:
        reason, state = failure_of(run.error_class)
        origin = derivation("collection", f"the latest collection ended {run.status}", row)
        book.add(
            f"data/failed_{run.source}_{run.kind}",
            f"source:{run.source}",
            Metric.AVAILABILITY,
            Unit.TEXT,
            None,
            origin,
            label=reason,
            state=state,
            **details,
        )
    elif run.received == 0:
        origin = derivation("collection", "the latest collection ended well and brought no row", row)
        book.add(
            f"data/empty_{run.source}_{run.kind}",
            f"source:{run.source}",
            Metric.AVAILABILITY,
            Unit.TEXT,
            None,
            origin,
            label="none",
            state=State.MISSING,
            **details,
        )


def _add_left_out(book: FactBook, run: RunSeen, row: RowRef) -> None:
    """Draft that the plan leaves a kind out, of all assets or of some."""
    book.add(
        f"data/left_out_{run.source}_{run.kind}",
        f"source:{run.source}",
        Metric.AVAILABILITY,
        Unit.TEXT,
        None,
        derivation("plan", "the credits of the month, planned for the holdings first", row),
        label="left out",
        state=State.RATE_LIMITED,
        qualifier=_spoken(run.kind),
        source=run.source,
        fetched_at=run.finished_at,
    )


def add_since_facts(book: FactBook, snapshot: Snapshot) -> None:
    """Draft what changed since the previous briefing: the portfolio, each holding, the number of new signals."""
    previous = snapshot.previous
    if previous is None or previous.as_of >= snapshot.as_of:
        return
    row = -1 - (snapshot.as_of - previous.as_of).days
    if -row > len(snapshot.prices.days):
        return
    add_change_since(book, snapshot, row, "since", "since", previous.day)
    for holding in snapshot.holdings:
        _add_since_change(book, snapshot, holding.asset_id, row)
    if snapshot.new_signals is not None:
        formula = f"signals found on the days after {previous.as_of}, the last day of the previous briefing"
        origin = derivation("count", formula, *(_signal_ref(snapshot, seen) for seen in snapshot.new_signals))
        book.add(
            "since/new_signals",
            MARKET,
            Metric.NEW_SIGNALS,
            Unit.COUNT,
            Decimal(len(snapshot.new_signals)),
            origin,
            window="since",
            start=previous.day,
        )


def _signal_ref(snapshot: Snapshot, seen: NewSignal) -> RowRef:
    key = (
        ("day", seen.day.isoformat()),
        ("source", snapshot.source),
        ("asset_id", str(seen.asset_id)),
        ("sector", seen.sector),
        ("name", seen.name),
    )
    return RowRef("signal", key, "name", seen.name)


def _add_since_change(book: FactBook, snapshot: Snapshot, asset_id: int, row: int) -> None:
    column = snapshot.prices.column(asset_id)
    if column is None or snapshot.previous is None:
        return
    now, before = (float(snapshot.prices.close[place, column]) for place in (-1, row))
    if not (np.isfinite(now) and np.isfinite(before)):
        return
    origin = derivation(
        "change_pct",
        f"(close / close of {snapshot.previous.as_of} - 1) x 100",
        bar_ref(snapshot, asset_id, -1),
        bar_ref(snapshot, asset_id, row),
    )
    book.add(
        f"{subject_of(asset_id)}/since",
        subject_of(asset_id),
        Metric.CHANGE,
        Unit.PCT,
        (now / before - 1) * 100,
        origin,
        window="since",
        start=snapshot.previous.day,
    )
