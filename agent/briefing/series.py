"""The lines of the briefing's chart: the portfolio and Bitcoin over ninety days, both 100 at the start."""

import numpy as np

from agent.analytics.portfolio import portfolio_values
from agent.briefing.document import Series
from agent.briefing.facts.portfolio import held_closes
from agent.briefing.snapshot import Floats, Snapshot

CHART_DAYS = 91
DECIMALS = 4


def chart_series(snapshot: Snapshot) -> tuple[Series, ...]:
    """The portfolio's and Bitcoin's lines; a line without a value on the first day is left out."""
    lines: list[tuple[str, Floats]] = []
    if snapshot.holdings:
        amounts, closes = held_closes(snapshot)
        lines.append(("Your portfolio", portfolio_values(amounts, closes)))
    column = None if snapshot.bitcoin is None else snapshot.prices.column(snapshot.bitcoin)
    if column is not None:
        lines.append(("Bitcoin", snapshot.prices.close[:, column]))
    made = (_indexed(snapshot, name, values[-CHART_DAYS:]) for name, values in lines)
    return tuple(series for series in made if series is not None)


def _indexed(snapshot: Snapshot, name: str, values: Floats) -> Series | None:
    if len(values) < 2 or not np.isfinite(values[0]) or values[0] <= 0:
        return None
    first = len(snapshot.prices.days) - len(values)
    days = tuple(snapshot.prices.day(first + place) for place in range(len(values)))
    indexed = (round(float(value / values[0] * 100), DECIMALS) if np.isfinite(value) else None for value in values)
    return Series(name, days, tuple(indexed))
