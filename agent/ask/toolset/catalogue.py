"""What each metric of a question is: the fact it becomes, its unit and windows, and what it is called."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from agent.ask.arguments import AskMetric
from agent.briefing.gather_market import MARKET_VALUES
from agent.claims.claim import ClaimKind
from agent.claims.fact import Metric, Unit
from agent.measuring.errors import WrongArgument


class Origin(StrEnum):
    """Where the values of a metric are read from."""

    BARS = "bars"
    REPORTED = "reported"  # the table `metric`
    GRADES = "grades"
    OWN_GRADES = "own_grades"
    HOLDINGS = "holdings"


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric over one window: `names` are its rows in the table `metric`, in order of preference.

    A stored value times `scale` has the unit. Of a `magnitude` the size is shown, and higher and lower go by that.
    """

    metric: Metric
    unit: Unit
    origin: Origin
    noun: str
    window: str | None = None
    windows: tuple[str, ...] = ()
    qualifier: str | None = None
    names: tuple[str, ...] = ()
    scale: float = 1.0
    with_bitcoin: bool = False
    magnitude: bool = False
    kind: ClaimKind = ClaimKind.LEVEL

    @property
    def days(self) -> int:
        """The days of its window; 1 without one."""
        return int(self.window.removesuffix("d")) if self.window else 1

    @property
    def spoken(self) -> str:
        """The noun with the window that it is of."""
        if self.window is None or not self.windows:
            return self.noun
        return f"{self.noun} on the day" if self.window == "1d" else f"{self.noun} over {self.days} days"

    @property
    def named(self) -> str:
        """The metric's name where another fact speaks of it, with its own qualifier after a colon."""
        return f"{self.metric}:{self.qualifier}" if self.qualifier else str(self.metric)

    def shown(self, value: float) -> float:
        """The value by which it is compared and ordered."""
        return abs(value) if self.magnitude else value


def measured(metric: AskMetric, window: str | None) -> Measured:
    """The metric over a window, or over its usual one; raises WrongArgument for one that it does not have.

    The window of a metric that has none, such as a price, does not matter.
    """
    found = _ALL[metric]
    if window is None or not found.windows:
        return found
    if window not in found.windows:
        raise WrongArgument(f"{found.noun} is known over {' or '.join(found.windows)}, not over {window}")
    return replace(found, window=window)


_BITCOIN_DAYS = "90d"


def _chain(metric: Metric, unit: Unit, noun: str, *names: str, scale: float = 1.0) -> Measured:
    return Measured(metric, unit, Origin.REPORTED, noun, names=names, scale=scale, kind=ClaimKind.ON_CHAIN)


def _grade(kind: str, noun: str) -> Measured:
    return Measured(Metric.GRADE, Unit.SCORE, Origin.GRADES, noun, qualifier=kind)


def _own(kind: str) -> Measured:
    noun = f"coinbrief {kind.replace('_', '-')} grade"
    return Measured(Metric.OWN_GRADE, Unit.SCORE, Origin.OWN_GRADES, noun, qualifier=kind)


def _yearly(metric: Metric, unit: Unit, noun: str) -> Measured:
    return Measured(metric, unit, _BARS, noun, _YEAR, (_YEAR,))


_BARS = Origin.BARS
_YEAR = "365d"
_CHANGE = Measured(
    Metric.CHANGE, Unit.PCT, _BARS, "change", "1d", ("1d", "7d", "30d", "90d", "365d"), kind=ClaimKind.CHANGE
)
_ALL: Mapping[AskMetric, Measured] = MappingProxyType(
    {
        AskMetric.PRICE: Measured(Metric.CLOSE, Unit.USD, _BARS, "closing price"),
        AskMetric.CHANGE: _CHANGE,
        AskMetric.VOLUME: Measured(Metric.VOLUME, Unit.USD, _BARS, "trading volume"),
        AskMetric.MARKET_VALUE: Measured(
            Metric.MARKET_CAP,
            Unit.USD,
            Origin.REPORTED,
            "market value",
            names=MARKET_VALUES,
        ),
        AskMetric.VOLATILITY: Measured(
            Metric.VOLATILITY, Unit.PCT, _BARS, "annualised volatility", "30d", ("30d", "90d")
        ),
        AskMetric.DRAWDOWN: Measured(
            Metric.DRAWDOWN, Unit.PCT, _BARS, "distance below its 365-day high", "365d", magnitude=True
        ),
        AskMetric.RSI: Measured(Metric.RSI, Unit.SCORE, _BARS, "14-day RSI"),
        AskMetric.DISTANCE_50D: Measured(
            Metric.DISTANCE, Unit.PCT, _BARS, "distance from its 50-day mean", window="50d"
        ),
        AskMetric.DISTANCE_200D: Measured(
            Metric.DISTANCE, Unit.PCT, _BARS, "distance from its 200-day mean", window="200d"
        ),
        AskMetric.TM_GRADE: _grade("tm", "TM grade"),
        AskMetric.TRADER_GRADE: _grade("trader", "TM trader grade"),
        AskMetric.INVESTOR_GRADE: _grade("investor", "TM investor grade"),
        AskMetric.SHORT_TERM_GRADE: _own("short_term"),
        AskMetric.LONG_TERM_GRADE: _own("long_term"),
        AskMetric.CORRELATION_BITCOIN: Measured(
            Metric.CORRELATION,
            Unit.RATIO,
            _BARS,
            "correlation with Bitcoin",
            _BITCOIN_DAYS,
            (_BITCOIN_DAYS,),
            with_bitcoin=True,
            kind=ClaimKind.CORRELATION,
        ),
        AskMetric.BETA_BITCOIN: Measured(
            Metric.BETA, Unit.RATIO, _BARS, "beta to Bitcoin", _BITCOIN_DAYS, (_BITCOIN_DAYS,), with_bitcoin=True
        ),
        AskMetric.WEIGHT: Measured(Metric.WEIGHT, Unit.PCT, Origin.HOLDINGS, "share of your portfolio"),
        AskMetric.VALUE: Measured(Metric.VALUE, Unit.USD, Origin.HOLDINGS, "value"),
        AskMetric.ACTIVE_ADDRESSES: _chain(
            Metric.ACTIVE_ADDRESSES, Unit.COUNT, "number of active addresses", "onchain.active_addresses"
        ),
        AskMetric.TRANSFER_VALUE: _chain(
            Metric.TRANSFER_VALUE, Unit.USD, "on-chain transfer value", "onchain.adjusted_transfer_value_usd"
        ),
        AskMetric.FEES: _chain(Metric.FEES, Unit.USD, "total of fees paid on chain", "onchain.fees_usd"),
        AskMetric.EXCHANGE_NET_FLOW: replace(
            _chain(
                Metric.EXCHANGE_NET_FLOW,
                Unit.USD,
                "net flow to exchanges",
                "onchain.exchange_inflow_usd",
                "onchain.exchange_outflow_usd",
            ),
            window="7d",
            windows=("1d", "7d", "30d"),
        ),
        AskMetric.MVRV: _chain(Metric.MVRV, Unit.RATIO, "ratio of market value to realized value", "onchain.mvrv"),
        AskMetric.HASH_RATE: _chain(Metric.HASH_RATE, Unit.EHS, "hash rate", "onchain.hash_rate_ths", scale=1e-6),
        AskMetric.VALUE_LOCKED: replace(
            _chain(
                Metric.VALUE_LOCKED,
                Unit.USD,
                "value locked in its protocols",
                "defi.protocol_tvl_usd",
            ),
            qualifier="protocol",
        ),
        AskMetric.NVT: _chain(
            Metric.NVT, Unit.RATIO, "ratio of market value to daily transfers", "onchain.adjusted_transfer_value_usd"
        ),
        AskMetric.ISSUANCE: _chain(
            Metric.ISSUANCE, Unit.PCT, "yearly issuance as a share of its market value", "onchain.issuance_usd"
        ),
        AskMetric.DOMINANCE: Measured(
            Metric.DOMINANCE,
            Unit.PCT,
            Origin.REPORTED,
            "share of the total market value",
            names=MARKET_VALUES,
        ),
        AskMetric.SHARPE: _yearly(Metric.SHARPE, Unit.RATIO, "Sharpe ratio"),
        AskMetric.SORTINO: _yearly(Metric.SORTINO, Unit.RATIO, "Sortino ratio"),
        AskMetric.MAX_DRAWDOWN: replace(_yearly(Metric.MAX_DRAWDOWN, Unit.PCT, "maximum drawdown"), magnitude=True),
        AskMetric.WORST_DAYS: Measured(
            Metric.EXPECTED_SHORTFALL, Unit.PCT, _BARS, "mean loss on the worst twentieth of days", _YEAR
        ),
        AskMetric.DOWNSIDE_VOLATILITY: Measured(
            Metric.DOWNSIDE_VOLATILITY, Unit.PCT, _BARS, "downside volatility", "90d", ("90d",)
        ),
        AskMetric.ADX: Measured(Metric.ADX, Unit.SCORE, _BARS, "14-day ADX"),
        AskMetric.DAILY_RANGE: Measured(Metric.DAILY_RANGE, Unit.PCT, _BARS, "average daily range over 14 days"),
    }
)
CHAIN_VALUE = replace(
    _ALL[AskMetric.VALUE_LOCKED],
    noun="value locked on its chains",
    names=("defi.chain_tvl_usd",),
    qualifier="chain",
)
"""What is locked on the chains of an asset, which is another thing than in its protocols."""
MEANS = tuple(
    Measured(Metric.MEAN_PRICE, Unit.USD, _BARS, f"{bars}-day mean", window=f"{bars}d") for bars in (20, 50, 200)
)
"""The means of an asset's last closes, which are told beside its distance from them."""
