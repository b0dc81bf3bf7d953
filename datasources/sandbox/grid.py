"""Rows of a grid of days (or hours) and tokens, built a page at a time."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from datasources.sandbox.blocks import Flags, Ints
from datasources.sandbox.contract import Rows

T = TypeVar("T")


def grid_rows(times: Ints, columns: Ints, present: Flags, build: Callable[[int, Ints], list[T]]) -> Rows[T]:
    """One row per `present` cell, (times, columns), time by time in the order given.

    `build(time, columns)` makes the rows of one time for some of the columns; it is called for asked pages only.
    """
    cells = np.flatnonzero(present)
    width = max(1, len(columns))

    def build_page(positions: range) -> list[T]:
        chosen = cells[np.arange(positions.start, positions.stop, positions.step)]
        rows: list[T] = []
        for run in np.split(chosen, np.flatnonzero(np.diff(chosen // width)) + 1):
            if len(run):
                rows += build(int(times[run[0] // width]), columns[run % width])
        return rows

    return Rows(len(cells), build_page)
