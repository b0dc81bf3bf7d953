"""What a portfolio would be if a holding were added, dropped or resized: two reports and what differs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.diversification_report import DiversificationReport, diversification_report
from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure
from agent.analytics.stress import SHOCK


@dataclass(frozen=True, slots=True)
class Change:
    """A new size of the holding in a column, given in exactly one way: an amount, US dollars or a weight.

    A weight is the fraction it has afterwards, at least 0 and below 1; 0 of anything drops the holding, and a column
    with no amount so far is added. The money comes from outside and goes there: nothing else is bought or sold.
    """

    column: int
    amount: float | None = None
    value_usd: float | None = None
    weight: float | None = None

    def __post_init__(self) -> None:
        given = [size for size in (self.amount, self.value_usd, self.weight) if size is not None]
        if len(given) != 1 or not np.isfinite(given[0]) or given[0] < 0:
            raise AnalyticsError("a change is exactly one of an amount, a value in USD and a weight, zero or more")
        if self.weight is not None and self.weight >= 1:
            raise AnalyticsError(f"a weight must be below 1, got {self.weight}; drop the other holdings instead")


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure before and after, and after less before."""

    name: str
    before: Figure
    after: Figure
    difference: Figure


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Amounts after the change, the report before and after, and every single figure of both compared.

    The differences leave out what is per holding; a dotted name is that of a figure in a part of the report.
    """

    amounts: tuple[float, ...]
    before: DiversificationReport
    after: DiversificationReport
    differences: tuple[Difference, ...]


def what_if(
    amounts: Floats,
    closes: Floats,
    *changes: Change,
    bitcoin: Floats | None = None,
    market: Floats | None = None,
    shock: float = SHOCK,
    stretches: Mapping[str, tuple[int, int]] | None = None,
) -> WhatIf:
    """Compare a portfolio before and after changes, which are made one after the other.

    Arguments as for `diversification_report`; an asset not held so far is a column of the closes whose amount is 0.
    Raises AnalyticsError for a column that is not there, for a size in USD or as a weight of a holding without a close
    on the last day, and for a weight while the rest has no value.
    """
    before, closes = np.asarray(amounts, dtype=np.float64), np.asarray(closes, dtype=np.float64)
    after = before.copy()
    first = diversification_report(before, closes, bitcoin, market, shock=shock, stretches=stretches)
    for change in changes:
        after = changed(after, closes[-1], change)
    second = diversification_report(after, closes, bitcoin, market, shock=shock, stretches=stretches)
    return WhatIf(tuple(after.tolist()), first, second, tuple(_differences(first, second)))


def changed(amounts: Floats, prices: Floats, change: Change) -> Floats:
    """Amounts after one change, at the prices of the last day; one of each per holding. Errors as in `what_if`."""
    column, price = change.column, prices[change.column] if 0 <= change.column < len(amounts) else np.nan
    if not 0 <= column < len(amounts):
        raise AnalyticsError(f"there is no column {column}; the closes have {len(amounts)}, counted from 0")
    result = amounts.copy()
    if change.amount is not None:
        result[column] = change.amount
        return result
    value = change.value_usd
    if value is None:
        others = np.flatnonzero((amounts != 0) & (np.arange(len(amounts)) != column))
        rest, weight = float((amounts * prices)[others].sum()), change.weight or 0.0
        if weight > 0 and not rest > 0:
            raise AnalyticsError("a weight needs a rest with a known value above 0; give an amount instead")
        value = rest * weight / (1.0 - weight)
    if value > 0 and not price > 0:
        raise AnalyticsError(f"the holding in column {column} has no close on the last day; give an amount instead")
    result[column] = value / price if value > 0 else 0.0
    return result


def _differences(before: object, after: object) -> Iterator[Difference]:
    after_figures = dict(single_figures(after))
    for name, figure in single_figures(before):
        other = after_figures[name]
        if figure.value is None or other.value is None:
            side, reason = ("before", figure.reason) if figure.value is None else ("after", other.reason)
            difference = Figure.missing(f"{side}: {reason}")
        else:
            difference = Figure.of(other.value - figure.value, "the difference is too large to state")
        yield Difference(name, figure, other, difference)


def single_figures(record: object, prefix: str = "") -> Iterator[tuple[str, Figure]]:
    """Name and figure of every field that is one figure, and of those of the records within, with dots between."""
    if not is_dataclass(record):
        return
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, Figure):
            yield prefix + field.name, value
        else:
            yield from single_figures(value, f"{prefix}{field.name}.")
