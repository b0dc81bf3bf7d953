from datetime import UTC, datetime
from decimal import Decimal

from agent.jobs.costs import CapLine, CostLine, costs
from agent.llm.budget import Caps
from agent.store.engine import Store
from tests.agent.jobs.called import CAPS, MONTH, NOW, called  # a fixture

__all__ = ["called"]


def test_calls_are_added_up_by_day_and_in_all(called: Store) -> None:
    found = costs(called, CAPS, MONTH, NOW)
    assert found.lines == (
        CostLine("2026-11-26", 1, 0, 0, 0, 100, 40, 20, 5, Decimal("0.01"), 0),
        CostLine("2026-11-27", 4, 2, 1, 1, 200, 80, 40, 20, Decimal("0.01"), 2),
    )
    assert found.total == CostLine("total", 5, 2, 1, 1, 300, 120, 60, 25, Decimal("0.02"), 2)
    assert found.failures == {"over_budget": 1, "truncated": 1, "unauthorized": 1}


def test_what_is_left_of_each_cap_counts_what_is_set_aside(called: Store) -> None:
    found = costs(called, CAPS, MONTH, NOW)
    december = datetime(2026, 12, 1, tzinfo=UTC)
    assert found.caps == (
        CapLine("call", "tokens", Decimal(500), Decimal(0), Decimal(500), None),
        CapLine("day", "usd", Decimal("0.50"), Decimal("0.60"), Decimal(0), datetime(2026, 11, 28, tzinfo=UTC)),
        CapLine("month", "usd", Decimal(20), Decimal("0.61"), Decimal("19.39"), december),
        CapLine("month", "tokens", Decimal(1_000), Decimal(520), Decimal(480), december),
    )
    assert found.lost == 1


def test_calls_are_added_up_by_model_or_purpose_since_a_day(called: Store) -> None:
    by_model = costs(called, Caps(), NOW, NOW, "model")
    assert [(line.key, line.calls, line.usd, line.unknown) for line in by_model.lines] == [
        ("large", 3, Decimal("0.01"), 1),
        ("small", 1, Decimal(0), 1),
    ]
    by_purpose = costs(called, Caps(), NOW, NOW, "purpose")
    assert [(line.key, line.calls, line.cache_hits) for line in by_purpose.lines] == [("ask", 3, 0), ("briefing", 1, 1)]
    assert (by_purpose.caps, by_purpose.lost) == ((), 0)


def test_an_empty_ledger_has_no_lines(store: Store) -> None:
    found = costs(store, Caps(), MONTH, NOW)
    assert (found.lines, found.total.calls, found.failures, found.lost) == ((), 0, {}, 0)
