"""Facts about the risk of the portfolio: how many bets it makes, whose risk it is, what a bad day costs."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from agent.analytics import diversification, portfolio, risk, stress, tail_risk
from agent.analytics.bars import Flags, Floats, required_days
from agent.analytics.mix_window import MixWindow
from agent.analytics.report import HISTORY_DAYS, RISK_DAYS, PortfolioReport
from agent.analytics.returns import simple_returns
from agent.briefing.facts.asset import asset_key
from agent.briefing.facts.portfolio import (
    held_closes,
    holding_ranges,
    portfolio_key,
    portfolio_standing,
    portfolio_subject,
)
from agent.briefing.snapshot import Snapshot
from agent.briefing.tracing import amount_refs, bar_range, derivation
from agent.claims.book import FactBook
from agent.claims.fact import Derivation, FactRef, Metric, RowRange, RowRef, Unit
from agent.claims.figures import rounded_value
from agent.claims.naming import subject_of

TOP_SHARES = (3, 5)
_WHOLE = 0.9995  # what is shown as 100.0%


@dataclass(frozen=True, slots=True)
class _Held:
    """The portfolio as arrays: weights, daily returns days x holdings, and its last ninety complete days."""

    shares: Floats
    returns: Floats
    mix: MixWindow


def add_risk_facts(book: FactBook, snapshot: Snapshot, report: PortfolioReport) -> None:
    """Draft what is known of the portfolio's risk; nothing without a price of every holding."""
    if portfolio_key("value") not in book:
        return
    amounts, closes = held_closes(snapshot)
    shares, returns = portfolio.weights(amounts, closes), simple_returns(closes)
    owned = portfolio.held(amounts)
    held = _Held(shares, returns, MixWindow.of(shares, owned, returns, report.volatility_90d.reason or ""))
    _add_top_shares(book, snapshot, shares)
    if not held.mix.reason and report.holding_count > 1:
        _add_bets(book, snapshot, report)
        _add_risk_shares(book, snapshot, held)
        _add_pairs(book, snapshot, held)
    _add_tail(book, snapshot, held, owned)
    _add_shock(book, snapshot, held)


def _add(
    book: FactBook, snapshot: Snapshot, name: str, metric: Metric, unit: Unit, value: float, origin: Derivation,
    **details: object,
) -> None:  # fmt: skip
    if np.isfinite(value):
        book.add(portfolio_key(name), portfolio_subject(snapshot), metric, unit, value, origin, **details)


def _add_top_shares(book: FactBook, snapshot: Snapshot, shares: Floats) -> None:
    for count in TOP_SHARES:
        if np.count_nonzero(shares > 0) > count:
            inputs = [FactRef(key) for key in _weight_keys(book, snapshot)]
            origin = derivation("sum", f"sum of the {count} largest weights", *inputs)
            share = diversification.top_share(shares, count) * 100
            _add(book, snapshot, f"top_share_{count}", Metric.TOP_SHARE, Unit.PCT, share, origin, qualifier=str(count))


def _weight_keys(book: FactBook, snapshot: Snapshot) -> list[str]:
    keys = (asset_key(holding.asset_id, "weight") for holding in snapshot.holdings)
    return [key for key in keys if key in book]


def _add_bets(book: FactBook, snapshot: Snapshot, report: PortfolioReport) -> None:
    ratio = report.diversification_ratio.value
    if ratio is not None:
        inputs = FactRef(portfolio_key("diversification_ratio"))
        origin = derivation("square", "square of the diversification ratio", inputs)
        _add(book, snapshot, "independent_bets", Metric.INDEPENDENT_BETS, Unit.RATIO, ratio**2, origin, window="90d")


def _add_risk_shares(book: FactBook, snapshot: Snapshot, held: _Held) -> None:
    formula = "weight x covariance with the portfolio / variance of the portfolio x 100, 90 days"
    origin = derivation("risk_share", formula, *amount_refs(snapshot), *holding_ranges(snapshot, RISK_DAYS + 1))
    for holding, part in zip(snapshot.holdings, held.mix.risk_contributions(), strict=True):
        if holding.amount and part.value is not None:
            subject = subject_of(holding.asset_id)
            key, whose = asset_key(holding.asset_id, "risk_share"), portfolio_standing(snapshot)
            book.add(key, subject, Metric.RISK_SHARE, Unit.PCT, part.value * 100, origin, window="90d", **whose)


def _add_pairs(book: FactBook, snapshot: Snapshot, held: _Held) -> None:
    """Draft the pair of holdings that moved most alike and the one that moved least alike, of three pairs or more."""
    matrix, columns = held.mix.correlations, held.mix.columns
    rows, others = np.triu_indices(len(columns), 1)
    values = matrix[rows, others]
    if len(values) < 3 or not np.isfinite(values).all():
        return
    for end, place in (("most_alike", int(values.argmax())), ("least_alike", int(values.argmin()))):
        pair = [snapshot.holdings[int(columns[row])].asset_id for row in (rows[place], others[place])]
        ranges = [bar_range(snapshot, asset_id, RISK_DAYS + 1) for asset_id in pair]
        origin = derivation("correlation", "correlation of daily returns, 90 days; the extreme of all pairs", *ranges)
        book.add(
            portfolio_key(end),
            subject_of(pair[0]),
            Metric.CORRELATION,
            Unit.RATIO,
            float(values[place]),
            origin,
            window="90d",
            other=subject_of(pair[1]),
            universe="pairs",
            universe_size=len(values),
            rank=1,
            rank_from_bottom=end == "least_alike",
            **portfolio_standing(snapshot),
        )


def _add_tail(book: FactBook, snapshot: Snapshot, held: _Held, owned: Flags) -> None:
    mix = portfolio.mix_returns(held.shares[owned], held.returns[-HISTORY_DAYS:, owned])
    if np.isfinite(mix).sum() < required_days(HISTORY_DAYS):
        return
    inputs: tuple[RowRef | RowRange, ...] = (*amount_refs(snapshot), *holding_ranges(snapshot, HISTORY_DAYS + 1))
    for name, metric, loss, formula in (
        ("value_at_risk", Metric.VALUE_AT_RISK, tail_risk.value_at_risk(mix), "loss exceeded on 5 % of days"),
        ("expected_shortfall", Metric.EXPECTED_SHORTFALL, tail_risk.conditional_value_at_risk(mix),
         "mean loss of the worst 5 % of days"),
    ):  # fmt: skip
        if loss > risk.NOISE:
            origin = derivation(name, f"{formula}, of today's weights over 365 days, x 100", *inputs)
            _add(book, snapshot, name, metric, Unit.PCT, loss * 100, origin, window="365d")
            _add_money(book, snapshot, name, metric, loss, "365d")


def _add_money(
    book: FactBook, snapshot: Snapshot, name: str, metric: Metric, fraction: float, window: str, **details: object
) -> None:
    """Draft a part of the portfolio's value in USD, beside the same in per cent; none of less than half a cent."""
    worth = book.draft(portfolio_key("value"))
    if worth is None or worth.value is None:
        return
    origin = derivation("product", "part x value", FactRef(portfolio_key(name)), FactRef(portfolio_key("value")))
    money = fraction * float(worth.value)
    if rounded_value(Decimal(repr(money)), Unit.USD, metric) != 0:
        _add(book, snapshot, f"{name}_usd", metric, Unit.USD, money, origin, window=window, **details)


def _add_shock(book: FactBook, snapshot: Snapshot, held: _Held) -> None:
    """Draft what a fall of Bitcoin goes with, where every holding has a beta and the portfolio would lose."""
    bitcoin = snapshot.bitcoin
    column = None if bitcoin is None else snapshot.prices.column(bitcoin)
    if bitcoin is None or column is None or not np.isfinite(held.shares).all():
        return
    returns = simple_returns(snapshot.prices.close[:, column])
    found = stress.bitcoin_shock(held.shares, held.returns, returns)
    change, covered = found.change_pct.value, found.covered_share.value or 0.0
    if change is None or covered < _WHOLE or rounded_value(Decimal(repr(change)), Unit.PCT, Metric.SHOCK_CHANGE) >= 0:
        return
    details = {"other": subject_of(bitcoin)}
    assumed = derivation("assumed", "a fall that is assumed, not forecast")
    _add(book, snapshot, "shock", Metric.SHOCK, Unit.PCT, found.shock_pct, assumed, **details)
    inputs = (*holding_ranges(snapshot, HISTORY_DAYS + 1), bar_range(snapshot, bitcoin, HISTORY_DAYS + 1))
    origin = derivation(
        "beta",
        "sum of weight x beta to Bitcoin over 365 days x fall",
        FactRef(portfolio_key("shock")),
        *amount_refs(snapshot),
        *inputs,
    )
    _add(book, snapshot, "shock_change", Metric.SHOCK_CHANGE, Unit.PCT, change, origin, window="365d", **details)
    _add_money(book, snapshot, "shock_change", Metric.SHOCK_CHANGE, change / 100, "365d", **details)
