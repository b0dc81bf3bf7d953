"""Facts about where prices are from: another source than the market's own, or sources that disagree."""

from collections.abc import Mapping
from decimal import Decimal

from agent.briefing.facts.portfolio import portfolio_subject
from agent.briefing.snapshot import CloseSeen, Snapshot
from agent.briefing.tracing import bar_ref, derivation
from agent.claims.book import FactBook, Standing
from agent.claims.fact import Metric, RowRef, State, Unit
from agent.claims.naming import subject_of


def price_standings(snapshot: Snapshot) -> Mapping[str, Standing]:
    """Who gave the prices of a subject and whether they are disputed, where that is not as usual.

    A portfolio that holds a disputed asset is worth a disputed sum.
    """
    found = {
        subject_of(int(snapshot.prices.asset_ids[column])): Standing(source)
        for column, source in snapshot.prices.elsewhere.items()
    }
    for asset_id in snapshot.disputed_ids:
        found[subject_of(asset_id)] = Standing(snapshot.price_source(asset_id), State.DISPUTED)
    if snapshot.disputed_ids & snapshot.held_ids:
        found[portfolio_subject(snapshot)] = Standing(snapshot.source, State.DISPUTED)
    return found


def add_price_origins(book: FactBook, snapshot: Snapshot) -> None:
    """Draft which held prices another source had to give, and which are disputed, with both closes."""
    for column, source in snapshot.prices.elsewhere.items():
        asset_id = int(snapshot.prices.asset_ids[column])
        book.add(
            f"{subject_of(asset_id)}/price_elsewhere",
            subject_of(asset_id),
            Metric.AVAILABILITY,
            Unit.TEXT,
            None,
            derivation("fallback", "the first source that has a bar for the day", bar_ref(snapshot, asset_id, -1)),
            label=source,
            qualifier=snapshot.source,
            source=source,
            state=State.MISSING,
        )
    for low, high in snapshot.disputes:
        _add_close_of(book, snapshot, low, high, "disputed_low")
        _add_close_of(book, snapshot, high, low, "disputed_high")


def _add_close_of(book: FactBook, snapshot: Snapshot, seen: CloseSeen, other: CloseSeen, name: str) -> None:
    day = snapshot.as_of.isoformat()
    key = (("day", day), ("source", seen.source), ("asset_id", str(seen.asset_id)))
    row = RowRef("bar_daily", key, "close_usd", repr(seen.close_usd))
    book.add(
        f"{subject_of(seen.asset_id)}/{name}",
        subject_of(seen.asset_id),
        Metric.SOURCE_CLOSE,
        Unit.USD,
        Decimal(repr(seen.close_usd)),
        derivation("close", "the close of the day's bar of this source", row),
        source=seen.source,
        other=f"source:{other.source}",
        fetched_at=seen.fetched_at,
        state=State.DISPUTED,
    )
