"""A portfolio under stress: a fall of Bitcoin, and days of the stored history at today's weights."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.figure import Figure
from agent.analytics.returns import simple_returns
from agent.analytics.stress import BitcoinShock, HistoricalDay, bitcoin_shock, historical_day
from agent.briefing.remembered import REMEMBERED, name_of
from agent.briefing.snapshot import BITCOIN_SLUGS
from agent.briefing.wanted import Wanted
from agent.measuring.errors import WrongArgument
from agent.measuring.positions import Position, held_only, positions, shares_of, total_usd
from agent.measuring.study import Study, bitcoin_ids, read_long_closes, read_study
from agent.store.engine import Store

WORST_DAYS = 5
WORST = "among Bitcoin's five worst"
ASKED = "asked for"
_FIRST_DAY = date(2009, 1, 3)  # of Bitcoin's first block: no price is older


@dataclass(frozen=True, slots=True)
class Bitcoin:
    """The asset that counts as Bitcoin, and the source of its prices."""

    asset_id: int
    price_source: str


@dataclass(frozen=True, slots=True)
class StressDay:
    """A day of the history at today's weights; `bitcoin_pct` is Bitcoin's own change.

    Changes are per cent of the part of the portfolio that had a price then; `covered_share` is that part, and
    `uncovered` names the holdings that had none. US dollars are of today's value of that part.
    """

    day: date
    why: tuple[str, ...]
    bitcoin_pct: Figure
    change_pct: Figure
    change_usd: Figure
    covered_share: Figure
    uncovered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StressAnalysis:
    """What a fall of Bitcoin and days that were would do to a portfolio; betas are in the order of `holdings`.

    The US dollars of the fall are of the part that has betas. `bitcoin` is None where no change of it is stored;
    `history_from` is the first stored day of Bitcoin or of anything held, None without any.
    """

    portfolio: str
    as_of: date
    source: str
    bitcoin: Bitcoin | None
    holdings: tuple[Position, ...]
    value_usd: Figure
    shock: BitcoinShock
    shock_usd: Figure
    low_usd: Figure
    high_usd: Figure
    history_from: date | None
    days: tuple[StressDay, ...]


@dataclass(frozen=True, slots=True)
class _History:
    """All stored daily returns from `first` on: days x holdings, and Bitcoin's, of the asset `which`."""

    first: date
    returns: Floats
    bitcoin: Floats
    which: Bitcoin | None

    def row(self, day: date) -> int:
        """The row of a day."""
        return (day - self.first).days

    def day(self, row: int) -> date:
        """The day of a row."""
        return self.first + timedelta(days=row)


def stress_analysis(
    store: Store, wanted: Wanted, shock_pct: float = -30.0, days: Sequence[date] = ()
) -> StressAnalysis:
    """Read a portfolio and stress it with a change of Bitcoin (per cent, below 0) and with days.

    Raises UnknownRow, NothingHeld and NoPrices, and WrongArgument for a shock or a day that cannot be.
    """
    if not -100 <= shock_pct < 0:
        raise WrongArgument(f"--shock must be a fall, from -100 to below 0 per cent, got {shock_pct:g}")
    with store.reader() as session:
        bitcoins = bitcoin_ids(session, wanted.source)
        full = held_only(read_study(session, wanted, bitcoins, market=False), bitcoins)
        closes = read_long_closes(session, full, (full.as_of - _FIRST_DAY).days + 1)
    study, history = held_only(full), _history(full, closes)
    _require_stored(days, history, full.as_of)
    value, held = total_usd(study), positions(study)
    shares = None if value.value is None else shares_of(study)
    fall = _fall(study, shares, shock_pct, value.reason or "")
    return StressAnalysis(
        portfolio=study.portfolio,
        as_of=study.as_of,
        source=study.source,
        bitcoin=None if history is None else history.which,
        holdings=held,
        value_usd=value,
        shock=fall,
        shock_usd=_in_usd(fall.change_pct, value, fall.covered_share),
        low_usd=_in_usd(fall.low_pct, value, fall.covered_share),
        high_usd=_in_usd(fall.high_pct, value, fall.covered_share),
        history_from=None if history is None else history.first,
        days=() if history is None else tuple(_days(study, history, shares, value, days)),
    )


def _history(full: Study, closes: Floats) -> _History | None:
    """The stored returns of what is held and of the first Bitcoin that has any; None without a single close."""
    stored = np.flatnonzero(np.isfinite(closes).any(axis=1))
    if not len(stored):
        return None
    returns = simple_returns(closes[stored[0] :])
    held = [place for place, amount in enumerate(full.amounts) if amount]
    bitcoins = [place for place, asset in enumerate(full.assets) if asset.row.slug in BITCOIN_SLUGS]
    moved = [place for place in bitcoins if np.isfinite(returns[:, place]).any()]
    bitcoin = returns[:, moved[0]] if moved else np.full(len(returns), np.nan)
    which = Bitcoin(full.assets[moved[0]].asset_id, full.assets[moved[0]].price_source) if moved else None
    return _History(full.as_of - timedelta(days=len(returns) - 1), returns[:, held], bitcoin, which)


def _require_stored(days: Sequence[date], history: _History | None, as_of: date) -> None:
    for day in days:
        if history is None:
            raise WrongArgument(f"there are no prices of {day}: none of what is held are stored")
        if not history.first < day <= as_of:
            first = history.first + timedelta(days=1)
            raise WrongArgument(f"{day} is not in the stored history: changes are known from {first} to {as_of}")


def _fall(study: Study, shares: Floats | None, shock_pct: float, unpriced: str) -> BitcoinShock:
    if shares is None:
        return BitcoinShock.missing(unpriced, len(study.assets), shock_pct / 100.0)
    bitcoin = np.full(len(study.closes), np.nan) if study.bitcoin is None else simple_returns(study.bitcoin)
    return bitcoin_shock(shares, simple_returns(study.closes), bitcoin, shock_pct / 100.0)


def _days(
    study: Study, history: _History, shares: Floats | None, value: Figure, asked: Sequence[date]
) -> Iterator[StressDay]:
    for day, why in sorted(_reasons(study, history, asked).items()):
        row = history.row(day)
        if shares is None:
            found = HistoricalDay(*(Figure.missing(value.reason or ""),) * 2, ())
        else:
            found = historical_day(shares, history.returns[row])
        yield StressDay(
            day=day,
            why=tuple(why),
            bitcoin_pct=Figure.of(float(history.bitcoin[row]) * 100.0, "Bitcoin has no return on that day"),
            change_pct=found.change_pct,
            change_usd=_in_usd(found.change_pct, value, found.covered_share),
            covered_share=found.covered_share,
            uncovered=tuple(study.assets[column].name for column in found.uncovered),
        )


def _reasons(study: Study, history: _History, asked: Sequence[date]) -> Mapping[date, list[str]]:
    """The days to show, and why each is."""
    found: dict[date, list[str]] = {day: [ASKED] for day in asked}
    for day in REMEMBERED:
        if history.first < day <= study.as_of and (name := name_of(day, study.source)) is not None:
            found.setdefault(day, []).append(name)
    falls = np.where(history.bitcoin < 0, history.bitcoin, np.inf)
    for row in np.argsort(falls, kind="stable")[:WORST_DAYS].tolist():
        if np.isfinite(falls[row]):
            found.setdefault(history.day(row), []).append(WORST)
    return found


def _in_usd(change_pct: Figure, value: Figure, covered_share: Figure) -> Figure:
    """Per cent of the covered part of the portfolio, in US dollars."""
    if change_pct.value is None or value.value is None or covered_share.value is None:
        return Figure.missing(change_pct.reason or value.reason or covered_share.reason or "")
    return Figure(change_pct.value / 100.0 * covered_share.value * value.value, None)
