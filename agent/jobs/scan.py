"""Scanning: read the signals of a day from the stored bars and store them with their evidence."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import numpy as np

from agent.analytics.measures import PanelArrays
from agent.analytics.signals import scan
from agent.store.engine import Store
from agent.store.panel import Panel, load_panel
from agent.store.signals import SignalRow, replace_signals

SCAN_DAYS = 400  # 365 days of drawdown, and room for indicators to settle


def scan_day(store: Store, source: str, day: date, clock: Callable[[], datetime]) -> tuple[SignalRow, ...]:
    """Find and store the signals of the close of `day`; scanning a day again replaces what was found before."""
    with store.reader() as session:
        panel = load_panel(
            session, source, day - timedelta(days=SCAN_DAYS - 1), day, ("close", "high", "low", "volume")
        )
    rows = signal_rows(panel, day, clock())
    with store.writer() as session:
        replace_signals(session, source, day, rows)
    return rows


def signal_rows(panel: Panel, day: date, computed_at: datetime) -> tuple[SignalRow, ...]:
    """The signals at the panel's last day; assets without a bar on that day have none."""
    arrays = PanelArrays(**{name: panel.values[name] for name in ("high", "low", "close", "volume")})
    if not arrays.close.size:
        return ()
    present = np.isfinite(arrays.close[-1])
    return tuple(
        SignalRow(
            day=day,
            asset_id=int(panel.asset_ids[hit.asset_index]),
            name=hit.name,
            direction=hit.direction,
            value=hit.value,
            evidence=dict(hit.evidence),
            computed_at=computed_at,
        )
        for hit in scan(arrays).hits
        if present[hit.asset_index]
    )
