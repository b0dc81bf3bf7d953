"""Facts of the worst day of the last year for the portfolio as it is weighted today."""

from typing import NamedTuple

import numpy as np

from agent.analytics import portfolio
from agent.analytics.bars import required_days
from agent.analytics.report import HISTORY_DAYS
from agent.analytics.returns import simple_returns
from agent.briefing.facts.asset import asset_key
from agent.briefing.facts.portfolio import held_closes, portfolio_key, portfolio_subject
from agent.briefing.remembered import name_of
from agent.briefing.snapshot import Snapshot
from agent.briefing.tracing import amount_refs, bar_ref, derivation
from agent.claims.book import FactBook
from agent.claims.fact import FactRef, Metric, RowRef, State, Unit
from agent.claims.naming import subject_of

STRESS, STRESS_USD = portfolio_key("stress_change"), portfolio_key("stress_change_usd")


def bitcoin_key(bitcoin: int) -> str:
    """The draft key of what Bitcoin did on that day."""
    return asset_key(bitcoin, "stress_day_change")


class _WorstDay(NamedTuple):
    """A row of the closes, and the changes on it as fractions."""

    row: int
    portfolio: float
    bitcoin: float


def add_stress_facts(book: FactBook, snapshot: Snapshot) -> None:
    """Draft what the worst day would have cost, unless it is today, of which the briefing tells anyhow."""
    worth, bitcoin = book.draft(portfolio_key("value")), snapshot.bitcoin
    held = {holding.asset_id for holding in snapshot.holdings if holding.amount}
    if worth is None or worth.value is None or bitcoin is None or held <= {bitcoin}:
        return
    worst = _worst_day(snapshot, bitcoin)
    if worst is None:
        return
    day, subject = snapshot.prices.day(worst.row), portfolio_subject(snapshot)
    rows = (-1, worst.row, worst.row - 1)  # today's weights, and the change
    closes = [bar_ref(snapshot, asset_id, row) for row in rows for asset_id in sorted(held)]
    formula = "sum of today's weight x change on the past day, x 100"
    change = derivation(Metric.STRESS_CHANGE, formula, *amount_refs(snapshot), *closes)
    details: dict[str, object] = {"start": day, "label": name_of(day, snapshot.source)}
    book.add(STRESS, subject, Metric.STRESS_CHANGE, Unit.PCT, worst.portfolio * 100, change, **details)
    money = derivation("product", "part x value", FactRef(STRESS), FactRef(portfolio_key("value")))
    lost = worst.portfolio * float(worth.value)
    book.add(STRESS_USD, subject, Metric.STRESS_CHANGE, Unit.USD, lost, money, **details)
    _add_bitcoin(book, snapshot, bitcoin, worst)


def _worst_day(snapshot: Snapshot, bitcoin: int) -> _WorstDay | None:
    """The day of the last 365 on which today's weights would have lost most, of those that price all holdings."""
    amounts, closes = held_closes(snapshot)
    owned, first = portfolio.held(amounts), max(len(closes) - HISTORY_DAYS, 0)
    shares = portfolio.weights(amounts, closes)[owned]
    mix = portfolio.mix_returns(shares, simple_returns(closes)[first:, owned])
    if np.isfinite(mix).sum() < required_days(HISTORY_DAYS):
        return None
    row = first + int(np.nanargmin(mix))
    moved = float(simple_returns(snapshot.prices.close[:, snapshot.prices.column(bitcoin)])[row])
    found = _WorstDay(row, float(mix[row - first]), moved)
    is_told = row < len(closes) - 1 and np.isfinite(moved) and round(found.portfolio * 100, 1) < 0
    return found if is_told else None


def _add_bitcoin(book: FactBook, snapshot: Snapshot, bitcoin: int, worst: _WorstDay) -> None:
    refs: tuple[RowRef, ...] = tuple(bar_ref(snapshot, bitcoin, row) for row in (worst.row, worst.row - 1))
    origin = derivation("change_pct", "(close / close 1 day before - 1) x 100", *refs)
    book.add(
        bitcoin_key(bitcoin),
        subject_of(bitcoin),
        Metric.CHANGE,
        Unit.PCT,
        worst.bitcoin * 100,
        origin,
        as_of=snapshot.prices.day(worst.row),
        window="1d",
        start=snapshot.prices.day(worst.row - 1),
        state=State.FRESH,  # a dispute is about the close of today
    )
