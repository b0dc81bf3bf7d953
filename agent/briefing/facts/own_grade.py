"""Facts about our own grades of the holdings, and that a scanned day has none for one of them."""

from datetime import date
from decimal import Decimal

from agent.briefing.facts.asset import asset_key
from agent.briefing.facts.portfolio import portfolio_subject
from agent.briefing.gather_holdings import HORIZONS
from agent.briefing.snapshot import OwnGradeSeen, Snapshot
from agent.briefing.tracing import derivation
from agent.claims.book import FactBook
from agent.claims.fact import Derivation, Metric, RowRef, State, Unit
from agent.claims.naming import subject_of
from agent.store.reading import OWN_GRADES

MISSING_TOLD = 3
MISSING_GRADE = "missing_own_grade"
_FORMULA = "weighted mean of the asset's percentiles among the coins compared"
_LABELS = {"short_term": "coinbrief short-term grade", "long_term": "coinbrief long-term grade"}


def own_grade_key(asset_id: int, horizon: str) -> str:
    """The draft key of one of our own grades; that of the day before ends in `_before`."""
    return asset_key(asset_id, f"own_grade_{horizon}")


def own_grade_ref(source: str, day: date, asset_id: int, horizon: str, value: float) -> RowRef:
    """The stored grade of an asset on a day; `horizon` is short_term or long_term."""
    key = (("day", day.isoformat()), ("source", source), ("asset_id", str(asset_id)))
    return RowRef(OWN_GRADES, key, horizon, repr(float(value)))


def add_own_grades(book: FactBook, snapshot: Snapshot) -> None:
    """Draft our own grades of what is held with those of the day before, and the first few that are missing."""
    for seen in snapshot.own_grades:
        if seen.value is not None:
            _add_grade(book, snapshot, seen, seen.value)
    priced = [holding.asset_id for holding in snapshot.holdings if asset_key(holding.asset_id, "close") in book]
    lacking = {asset_id: horizons for asset_id in priced if (horizons := _lacking(snapshot, asset_id))}
    if priced and len(lacking) == len(priced) > 1 and all(len(horizons) > 1 for horizons in lacking.values()):
        _add_missing(book, "portfolio", portfolio_subject(snapshot), list(HORIZONS))
        return
    for asset_id in list(lacking)[:MISSING_TOLD]:
        _add_missing(book, subject_of(asset_id), subject_of(asset_id), lacking[asset_id])


def _lacking(snapshot: Snapshot, asset_id: int) -> list[str]:
    """The horizons for which a scanned day has no grade of the asset."""
    return [seen.horizon for seen in snapshot.own_grades if seen.asset_id == asset_id and seen.value is None]


def _add_grade(book: FactBook, snapshot: Snapshot, seen: OwnGradeSeen, value: float) -> None:
    subject, key = subject_of(seen.asset_id), own_grade_key(seen.asset_id, seen.horizon)
    details = {"qualifier": seen.horizon, "fetched_at": seen.computed_at}
    origin = _origin(snapshot, seen, 0, value)
    book.add(key, subject, Metric.OWN_GRADE, Unit.SCORE, Decimal(repr(value)), origin, **details)
    if seen.previous_value is not None:
        before = snapshot.day_before
        origin = _origin(snapshot, seen, 1, seen.previous_value)
        value_before = Decimal(repr(seen.previous_value))
        book.add(
            f"{key}_before",
            subject,
            Metric.OWN_GRADE_PREVIOUS,
            Unit.SCORE,
            value_before,
            origin,
            window="1d",
            start=before,
            **details,
        )


def _origin(snapshot: Snapshot, seen: OwnGradeSeen, days_before: int, value: float) -> Derivation:
    day = snapshot.day_before if days_before else snapshot.as_of
    row = own_grade_ref(snapshot.source, day, seen.asset_id, seen.horizon, value)
    return derivation("own_grade", _FORMULA, row)


def _add_missing(book: FactBook, start: str, subject: str, horizons: list[str]) -> None:
    what = _LABELS[horizons[0]] if len(horizons) == 1 else "coinbrief grade"
    book.add(
        f"{start}/{MISSING_GRADE}",
        subject,
        Metric.AVAILABILITY,
        Unit.TEXT,
        None,
        derivation("missing", "too few of the parts that make the grade are known"),
        label=what,
        state=State.MISSING,
    )
