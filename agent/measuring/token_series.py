"""The daily bars of one asset, from the source that has its last price, and what is measured from them alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from sqlmodel import Session

from agent.analytics.bars import MAX_GAP_DAYS, Floats, required_days
from agent.analytics.figure import Figure
from agent.analytics.measures import Measures, PanelArrays, measure
from agent.analytics.returns import momentum
from agent.briefing.wanted import Wanted
from agent.claims.figures import day_text
from agent.measuring.ground import FIELDS, Scope
from agent.store.bars import daily_bar
from agent.store.panel import load_panel

CHANGE_DAYS = (1, 7, 30, 90, 365)
HEALTH_DAYS = 30

_BARS_NEEDED = {"rsi": 15, "atr": 15, "adx": 28, "sma_20": 20, "sma_50": 50, "sma_200": 200}
_DAYS_NEEDED = {"volatility_30d": 30, "volatility_90d": 90, "downside_volatility_90d": 90, "drawdown": 365}
_FROM_RANGE = ("atr", "adx")


@dataclass(frozen=True, slots=True)
class TokenSeries:
    """An asset's bars of consecutive days, (days,) each, up to `as_of`, all of one `source`; NaN where there is none.

    They begin where a scan of the day begins, so that figures are those that signals were read from.
    """

    asset_id: int
    source: str
    first: date
    as_of: date
    bars: PanelArrays
    measures: Measures = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "measures", measure(self.bars))

    @property
    def close(self) -> Floats:
        """The closes, (days,), USD."""
        return np.asarray(self.bars.close[:, 0])

    @property
    def last_bar(self) -> date | None:
        """The day of the last bar there is."""
        rows = np.flatnonzero(np.isfinite(self.close))
        return date.fromordinal(self.first.toordinal() + int(rows[-1])) if len(rows) else None

    @property
    def recent_bars(self) -> int:
        """How many of the last 30 days have a bar."""
        return int(np.isfinite(self.close[-HEALTH_DAYS:]).sum())

    def price(self) -> Mapping[str, Figure]:
        """The close in USD and its changes over calendar days, fractions."""
        figures = {"close_usd": Figure.of(self.close[-1], self._no_bar())}
        for days in CHANGE_DAYS:
            changed = momentum(self.close, days)[-1]
            start = date.fromordinal(self.as_of.toordinal() - days)
            figures[f"change_{days}d"] = self._figure(changed, f"there is no bar of {day_text(start)}")
        return figures

    def risk(self) -> Mapping[str, Figure]:
        """Volatilities per year and the drawdown from the highest close of 365 days, fractions."""
        names = {"drawdown": "drawdown_365d"}
        return {names.get(name, name): self._measured(name) for name in _DAYS_NEEDED}

    def indicators(self) -> Mapping[str, Figure]:
        """RSI and ADX, 0 to 100, and the average true range as a fraction of the close."""
        atr, close = self._measured("atr"), float(self.close[-1])
        share = atr if atr.value is None else Figure.of(atr.value / close if close > 0 else np.nan, "the price is 0")
        return {"rsi_14": self._measured("rsi"), "adx_14": self._measured("adx"), "atr_14_of_close": share}

    def averages(self) -> Mapping[str, Figure]:
        """Moving averages of the close, USD."""
        return {f"{name}_usd": self._measured(name) for name in ("sma_20", "sma_50", "sma_200")}

    def _measured(self, name: str) -> Figure:
        return self._figure(float(getattr(self.measures, name)[0]), self._too_few(name))

    def _figure(self, value: float, otherwise: str) -> Figure:
        return Figure.of(value, otherwise if np.isfinite(self.close[-1]) else self._no_bar())

    def _no_bar(self) -> str:
        last = self.last_bar
        return f"there is no bar of {day_text(self.as_of)}" + (f"; the last is of {day_text(last)}" if last else "")

    def _too_few(self, name: str) -> str:
        if name in _DAYS_NEEDED:
            days = _DAYS_NEEDED[name]
            there = int(np.isfinite(self.close[-days:]).sum())
            needed = required_days(days) + (0 if name == "drawdown" else 1)
            return f"needs bars on {needed} of {days} days, there are {there}"
        if name in _FROM_RANGE and not np.isfinite(self.bars.high[-HEALTH_DAYS:]).any():
            return "the source gives no highs and lows"
        needed, there = _BARS_NEEDED[name], self._run()
        if there >= needed:
            return "not defined for a price that does not move"
        return f"needs {needed} bars without a gap of more than {MAX_GAP_DAYS} days, there are {there}"

    def _run(self) -> int:
        """How many bars there are up to the last day without a longer gap."""
        rows = np.flatnonzero(np.isfinite(self.close))
        breaks = np.flatnonzero(np.diff(rows) > MAX_GAP_DAYS + 1)
        return len(rows) - (int(breaks[-1]) + 1 if len(breaks) else 0)


def read_token_series(session: Session, wanted: Wanted, scope: Scope, asset_id: int) -> TokenSeries:
    """Read the bars of the market's source, or of the first other one in the chain if only that has the last day."""
    others = (source for source in wanted.price_chain if source != scope.source)
    chain = (scope.source, *others)
    found = (source for source in chain if daily_bar(session, source, asset_id, scope.day) is not None)
    source = next(found, scope.source)
    panel = load_panel(session, source, scope.first, scope.day, FIELDS, [asset_id])
    return TokenSeries(asset_id, source, scope.first, scope.day, PanelArrays(**panel.values))
