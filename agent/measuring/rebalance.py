"""How far a portfolio is from weights that somebody chose, and the trades that would restore them: arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.errors import OptimizerMissing
from agent.analytics.figure import Figure
from agent.analytics.optimize.covariance import LEDOIT_WOLF
from agent.analytics.optimize.problem import Limits, Unknown
from agent.analytics.optimize.weighting import Method, target_weights
from agent.analytics.rebalancing import HIGHEST_COST_BPS, Drift, Rebalancing, Side, Trade, drift, exact_weights, trades
from agent.briefing.wanted import Wanted
from agent.measuring.errors import MeasuringError, WrongArgument
from agent.measuring.market_values import MarketValue, read_market_values
from agent.measuring.positions import LeftOut, Position, exact_price, held_only, positions, shares_of, total_usd
from agent.measuring.study import Study, read_study
from agent.measuring.weighing import measurable
from agent.store.engine import Store

WINDOW_DAYS = 365


class Goal(StrEnum):
    """The weights to restore: targets that were set, or those of a weighting of what is held."""

    TARGETS = "targets"
    EQUAL = "equal"
    CAP = "cap"
    MIN_VARIANCE = "min-variance"
    MAX_SHARPE = "max-sharpe"
    RISK_PARITY = "risk-parity"
    HRP = "hrp"


_METHODS = {
    Goal.EQUAL: Method.EQUAL,
    Goal.CAP: Method.MARKET_VALUE,
    Goal.MIN_VARIANCE: Method.MINIMUM_VARIANCE,
    Goal.MAX_SHARPE: Method.MAXIMUM_SHARPE,
    Goal.RISK_PARITY: Method.RISK_PARITY,
    Goal.HRP: Method.HIERARCHICAL_RISK_PARITY,
}
FROM_HISTORY = frozenset(_METHODS) - {Goal.EQUAL, Goal.CAP}


@dataclass(frozen=True, slots=True)
class RebalanceTerms:
    """Which weights, how far a holding may be from them (per cent of the portfolio), and what a trade costs."""

    goal: Goal = Goal.TARGETS
    tolerance_pct: Decimal = Decimal(0)
    minimum_trade_usd: Decimal = Decimal(0)
    cost_bps: Decimal = Decimal(10)

    def __post_init__(self) -> None:
        if not (self.tolerance_pct.is_finite() and 0 <= self.tolerance_pct < 100):
            raise WrongArgument(f"--tolerance must be 0 or more and below 100 per cent, got {self.tolerance_pct}")
        if not (self.minimum_trade_usd.is_finite() and self.minimum_trade_usd >= 0):
            raise WrongArgument(f"--minimum-trade must be 0 US dollars or more, got {self.minimum_trade_usd}")
        if not (self.cost_bps.is_finite() and 0 <= self.cost_bps <= HIGHEST_COST_BPS):
            raise WrongArgument(f"--cost-bps must be from 0 to {HIGHEST_COST_BPS} basis points, got {self.cost_bps}")


@dataclass(frozen=True, slots=True)
class Drifted:
    """A holding and its target; target and difference (share less target) are fractions of the portfolio."""

    position: Position
    target: Figure
    difference: Figure


@dataclass(frozen=True, slots=True)
class NamedTrade:
    """One trade; its value in US dollars and its amount in units are both above 0."""

    asset_id: int
    name: str
    symbol: str
    side: Side
    value_usd: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class RebalanceAnalysis:
    """The drift of a portfolio and the trades that would end it; `reason` says why there are none.

    `turnover` is half the sum of the absolute differences. `left_out` are holdings that cannot be weighed: they keep
    their share and are not traded. `untouched` are those off their target that cannot be traded. `market_values` are
    what weights by market value were taken from.
    """

    portfolio: str
    as_of: date
    source: str
    terms: RebalanceTerms
    value_usd: Figure
    holdings: tuple[Drifted, ...]
    turnover: Figure
    trades: tuple[NamedTrade, ...]
    cost_usd: Decimal
    untouched: tuple[LeftOut, ...]
    left_out: tuple[LeftOut, ...]
    market_values: tuple[MarketValue, ...]
    reason: str | None


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The columns with targets, the targets (fractions of these columns together), and who has none."""

    columns: list[int]
    targets: Floats
    left_out: tuple[LeftOut, ...] = ()


def rebalance_analysis(store: Store, wanted: Wanted, terms: RebalanceTerms) -> RebalanceAnalysis:
    """Read a portfolio and compare it with the weights that are meant.

    Raises UnknownRow, NothingHeld and NoPrices, and MeasuringError if there are no such weights.
    """
    with store.reader() as session:
        study = read_study(session, wanted, market=False)
        study = study if terms.goal is Goal.TARGETS else held_only(study)
        values = read_market_values(session, wanted, study.assets) if terms.goal is Goal.CAP else ()
    try:
        chosen = _chosen(study, terms.goal, values)
    except OptimizerMissing as error:
        raise MeasuringError(str(error)) from None
    return _compared(study, chosen, terms, values)


def _chosen(study: Study, goal: Goal, values: Sequence[MarketValue]) -> _Chosen:
    if goal is Goal.TARGETS:
        if study.targets is None:
            raise MeasuringError(
                f"portfolio {study.portfolio!r} has no targets: set them with `coinbrief portfolio targets set BTC=60 "
                "ETH=40`, or compare with another weighting, such as `--to equal`"
            )
        return _Chosen(list(range(len(study.assets))), np.array(study.targets) / sum(study.targets))
    found = measurable(study, study.closes, WINDOW_DAYS) if goal in FROM_HISTORY else None
    columns = list(range(len(study.assets))) if found is None else found.columns.tolist()
    returns = np.empty((0, len(columns))) if found is None else found.returns
    market_usd = np.array([np.nan if each.value_usd.value is None else each.value_usd.value for each in values])
    weights = target_weights(_METHODS[goal], returns, Limits(), market_usd if values else None, LEDOIT_WOLF)
    if isinstance(weights, Unknown):
        names = ", ".join(study.assets[columns[place]].name for place in weights.columns)
        raise MeasuringError(f"there are no weights to compare with: {weights.reason}{f' ({names})' if names else ''}")
    return _Chosen(columns, weights, () if found is None else found.left_out)


def _compared(study: Study, chosen: _Chosen, terms: RebalanceTerms, values: Sequence[MarketValue]) -> RebalanceAnalysis:
    held, shares, unpriced = positions(study), shares_of(study), total_usd(study).reason or ""
    whole = shares.copy()
    whole[chosen.columns] = chosen.targets * (shares[chosen.columns].sum() if chosen.left_out else 1.0)
    if unpriced:
        missing = Figure.missing(unpriced)
        drifted, made = Drift((missing,) * len(held), missing), Rebalancing((), Decimal(0), (), unpriced)
    else:
        drifted, made = drift(shares, whole), _trades(study, chosen, terms)
    own = [held[column] for column in chosen.columns]
    return RebalanceAnalysis(
        portfolio=study.portfolio,
        as_of=study.as_of,
        source=study.source,
        terms=terms,
        value_usd=total_usd(study),
        holdings=tuple(
            Drifted(position, Figure.of(target, unpriced), difference)
            for column, (position, target, difference) in enumerate(
                zip(held, whole.tolist(), drifted.differences, strict=True)
            )
            if column in chosen.columns
        ),
        turnover=drifted.turnover,
        trades=tuple(_named(own[trade.index], trade) for trade in made.trades),
        cost_usd=made.cost_usd,
        untouched=tuple(
            LeftOut(own[item.index].asset_id, own[item.index].name, item.reason) for item in made.untouched
        ),
        left_out=chosen.left_out,
        market_values=tuple(values),
        reason=made.reason,
    )


def _trades(study: Study, chosen: _Chosen, terms: RebalanceTerms) -> Rebalancing:
    """The trades among the chosen holdings; the tolerance is of the whole portfolio, so of these it is more."""
    prices = [exact_price(close) for close in study.closes[-1, chosen.columns].tolist()]
    amounts = [study.amounts[column] for column in chosen.columns]
    values = [_value(amount, price) for amount, price in zip(amounts, prices, strict=True)]
    covered = float(shares_of(study)[chosen.columns].sum())
    part = Decimal(covered) if chosen.left_out and covered > 0 else Decimal(1)
    tolerance = terms.tolerance_pct / 100 / part
    return trades(values, prices, exact_weights(chosen.targets), terms.minimum_trade_usd, terms.cost_bps, tolerance)


def _value(amount: Decimal, price: Decimal | None) -> Decimal | None:
    if not amount:
        return Decimal(0)
    return None if price is None else amount * price


def _named(position: Position, trade: Trade) -> NamedTrade:
    return NamedTrade(position.asset_id, position.name, position.symbol, trade.side, trade.value_usd, trade.amount)
