"""A ledger of calls to language models, and caps to hold it against."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from agent.llm.budget import Cap, Caps
from agent.store.engine import Store
from agent.store.llm_budget import ReservationRow, add_reservation, settle_reservation
from agent.store.llm_calls import LlmCallRow, record_calls

NOW = datetime(2026, 11, 27, 15, 30, tzinfo=UTC)
EVE = NOW - timedelta(days=1)
MONTH = NOW.replace(day=1, hour=0, minute=0)
CALL = LlmCallRow("b1", "briefing", "large", "h", "s", 100, 20, 40, 1.5, Decimal("0.01"), "ok", None, NOW, 5)
CALLS = [
    replace(CALL, called_at=EVE),
    CALL,
    replace(CALL, purpose="ask", model="small", cost_usd=None),
    replace(CALL, purpose="ask", outcome="truncated", input_tokens=0, output_tokens=0, cached_tokens=0, cost_usd=None),
    replace(
        CALL, purpose="ask", outcome="unauthorized", input_tokens=0, output_tokens=0, cached_tokens=0, cost_usd=None
    ),
    replace(CALL, outcome="cached", cached=1, cost_usd=Decimal(0)),
    replace(CALL, outcome="over_budget", input_tokens=0, output_tokens=0, cached_tokens=0, cost_usd=Decimal(0)),
]
CAPS = Caps(call=Cap(tokens=500), day=Cap(usd=Decimal("0.50")), month=Cap(Decimal(20), 1_000))


@pytest.fixture
def called(store: Store) -> Store:
    with store.writer() as session:
        record_calls(session, CALLS)
        row = ReservationRow("r1", None, "ask", "large", 300, Decimal("0.60"), 400, NOW - timedelta(hours=1))
        add_reservation(session, row)
        add_reservation(session, replace(row, reservation_id="r0", made_at=EVE))
        settle_reservation(session, "r0", EVE, Decimal("0.01"), 120, 100)
    return store
