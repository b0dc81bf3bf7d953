"""Facts about single holdings: what each is worth, its weight, and what it did to the portfolio."""

from decimal import Decimal

from agent.analytics.report import PortfolioReport
from agent.briefing.facts.asset import asset_key
from agent.briefing.facts.portfolio import portfolio_key
from agent.briefing.snapshot import Snapshot
from agent.briefing.tracing import amount_refs, bar_ref, derivation
from agent.claims.book import FactBook
from agent.claims.fact import FactRef, Metric, Unit
from agent.claims.naming import subject_of


def add_holding_facts(book: FactBook, snapshot: Snapshot, report: PortfolioReport) -> None:
    """Draft value, weight and contribution of every holding; what is not known is not drafted."""
    for place, holding in enumerate(snapshot.holdings):
        if asset_key(holding.asset_id, "close") in book:
            _add_holding(book, snapshot, report, place)


def _add_holding(book: FactBook, snapshot: Snapshot, report: PortfolioReport, place: int) -> None:
    asset_id, amount = snapshot.holdings[place].asset_id, snapshot.holdings[place].amount
    subject = subject_of(asset_id)
    size: dict[str, str | int] = {"universe": "holdings", "universe_size": report.holding_count}
    inputs = (amount_refs(snapshot)[place], FactRef(asset_key(asset_id, "close")))
    column = snapshot.prices.column(asset_id)
    worth = amount * Decimal(repr(float(snapshot.prices.close[-1, column])))
    book.add(
        asset_key(asset_id, "value"),
        subject,
        Metric.VALUE,
        Unit.USD,
        worth,
        derivation("product", "amount x close", *inputs),
    )
    if (share := report.weights[place].value) is not None:
        origin = derivation(
            "weight", "value of the holding / value of the portfolio x 100", *inputs, FactRef(portfolio_key("value"))
        )
        rank = 1 + sum(1 for other in report.weights if other.value is not None and other.value > share)
        book.add(
            asset_key(asset_id, "weight"), subject, Metric.WEIGHT, Unit.PCT, share * 100, origin, rank=rank, **size
        )
    _add_contribution(book, snapshot, report, place, size)


def _add_contribution(
    book: FactBook,
    snapshot: Snapshot,
    report: PortfolioReport,
    place: int,
    size: dict[str, str | int],
) -> None:
    given = report.contributions_1d_usd[place].value
    known = [item.value for item in report.contributions_1d_usd if item.value is not None]
    holding = snapshot.holdings[place]
    if given is None or len(known) < len(snapshot.holdings) or not holding.amount:
        return
    column = snapshot.prices.column(holding.asset_id)
    now, before = (Decimal(repr(float(snapshot.prices.close[row, column]))) for row in (-1, -2))
    from_bottom = given < 0
    rank = 1 + sum(1 for other in known if (other < given if from_bottom else other > given))
    origin = derivation(
        "contribution",
        "amount x (close - close 1 day before)",
        amount_refs(snapshot)[place],
        bar_ref(snapshot, holding.asset_id, -1),
        bar_ref(snapshot, holding.asset_id, -2),
    )
    book.add(
        asset_key(holding.asset_id, "contribution"),
        subject_of(holding.asset_id),
        Metric.CONTRIBUTION,
        Unit.USD,
        holding.amount * (now - before),
        origin,
        window="1d",
        start=snapshot.prices.day(-2),
        rank=rank,
        rank_from_bottom=from_bottom,
        **size,
    )
