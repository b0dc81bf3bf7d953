"""The facts of a portfolio and its holdings alone, without the rest of a briefing."""

from agent.briefing.facts.holding import add_holding_facts
from agent.briefing.facts.portfolio import add_portfolio_facts, measure_portfolio
from agent.briefing.snapshot import Snapshot
from agent.briefing.tracing import bar_ref, derivation
from agent.claims.book import FactBook
from agent.claims.fact import Metric, Unit
from agent.claims.naming import subject_of


def portfolio_book(snapshot: Snapshot) -> FactBook:
    """A book with value, weights and prices of what is held."""
    book = FactBook(snapshot.as_of, snapshot.source, snapshot.fetched_at)
    report = measure_portfolio(snapshot)
    assert report is not None
    for asset_id in sorted(snapshot.held_ids):
        close = float(snapshot.prices.close[-1, snapshot.prices.column(asset_id)])
        subject, origin = subject_of(asset_id), derivation("close", "the close", bar_ref(snapshot, asset_id, -1))
        book.add(f"{subject}/close", subject, Metric.CLOSE, Unit.USD, close, origin)
    add_portfolio_facts(book, snapshot, report)
    add_holding_facts(book, snapshot, report)
    return book
