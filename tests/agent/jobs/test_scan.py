from datetime import date, timedelta

import numpy as np
import pytest

from agent.jobs.scan import scan_day, signal_rows
from agent.store.engine import Store
from agent.store.panel import Panel
from agent.store.signals import signals_between, signals_on
from tests.agent.jobs.world import LAST_CLOSE, NOW

DAY = date(2025, 10, 10)


def panel(closes: list[float], others: list[float] | None = None, days: int = 60) -> Panel:
    """Two coins: the first ends with `closes`, the second with `others`, both flat at 100 before."""
    matrix = np.full((days, 2), 100.0)
    matrix[-len(closes) :, 0] = closes
    if others is not None:
        matrix[-len(others) :, 1] = others
    first = np.datetime64(DAY) - np.timedelta64(days - 1, "D")
    values = {"close": matrix, "high": matrix, "low": matrix, "volume": np.full((days, 2), 10.0)}
    return Panel(first + np.arange(days), np.array([11, 22]), values)


def test_a_close_above_all_highs_of_twenty_days_is_a_breakout_with_its_evidence() -> None:
    rows = {row.name: row for row in signal_rows(panel([101.0]), DAY, NOW)}
    row = rows["breakout_up"]
    assert (row.asset_id, row.day, row.direction, row.value) == (11, DAY, 1, 100.0)
    assert row.evidence == {"close_usd": 101.0, "previous_high_usd": 100.0}
    assert row.computed_at == NOW


def test_a_halving_is_a_deep_drawdown() -> None:
    rows = {row.name: row for row in signal_rows(panel([49.0], days=366), DAY, NOW)}
    assert rows["drawdown_deep"].value == pytest.approx(-0.51)
    assert rows["breakout_down"].value == 100.0


def test_a_coin_without_a_bar_on_the_day_has_no_signal() -> None:
    rows = signal_rows(panel([101.0], [101.0, float("nan")]), DAY, NOW)
    assert {row.asset_id for row in rows} == {11}


def test_an_empty_panel_has_no_signal() -> None:
    nothing = np.empty((0, 0))
    empty = Panel(
        np.empty(0, dtype="datetime64[D]"),
        np.empty(0, dtype=np.int64),
        dict.fromkeys(("close", "high", "low", "volume"), nothing),
    )
    assert signal_rows(empty, DAY, NOW) == ()


def test_a_scan_is_stored_and_scanning_again_replaces_it(collected: Store) -> None:
    found = scan_day(collected, "sandbox", LAST_CLOSE, lambda: NOW)
    assert found
    later = NOW + timedelta(hours=1)
    assert len(scan_day(collected, "sandbox", LAST_CLOSE, lambda: later)) == len(found)
    with collected.reader() as session:
        stored = signals_on(session, "sandbox", LAST_CLOSE)
        assert signals_between(session, "sandbox", date(2025, 1, 1), date(2026, 1, 1)) == stored
    assert {(row.asset_id, row.name) for row in stored} == {(row.asset_id, row.name) for row in found}
    assert {row.computed_at for row in stored} == {later}


def test_a_day_long_before_the_first_bar_has_no_signal(collected: Store) -> None:
    assert scan_day(collected, "sandbox", date(2020, 1, 1), lambda: NOW) == ()
