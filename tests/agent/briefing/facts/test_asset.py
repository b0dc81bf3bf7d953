"""Facts of single assets, worked out by hand."""

import hashlib
import math
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from agent.briefing.material import briefing_material
from agent.claims.fact import Fact, Metric, RowRange, RowRef, State, Unit
from tests.agent.briefing.snapshots import (
    AS_OF,
    BITCOIN,
    DAYS,
    FETCHED,
    LATE_COIN,
    NAN,
    NEW_COIN,
    Given,
    make_snapshot,
    steady,
    walk,
)


def facts_of(closes: list[float], asset_id: int = BITCOIN) -> dict[str, Fact]:
    """The facts of one held asset by their key, without its subject."""
    facts = briefing_material(make_snapshot(Given({asset_id: closes}, {asset_id: "1"}))).facts
    start = f"asset:{asset_id}/"
    return {key.removeprefix(start): fact for key, fact in facts.items() if key.startswith(start)}


def bar(day: str, value: str) -> RowRef:
    return RowRef("bar_daily", (("day", day), ("source", "sandbox"), ("asset_id", "1")), "close_usd", value)


def test_the_close_is_the_last_bar() -> None:
    close = facts_of(steady(100.0, 110.5))["close"]
    assert (close.metric, close.unit, close.value) == (Metric.CLOSE, Unit.USD, Decimal("110.5"))
    assert (close.subject, close.as_of, close.state, close.source) == ("asset:1", AS_OF, State.FRESH, "sandbox")
    assert (close.fetched_at, close.window, close.start) == (FETCHED, None, None)
    assert close.derivation.inputs == (bar("2025-10-10", "110.5"),)


@pytest.mark.parametrize(
    ("days", "closes", "change", "start", "base"),
    [
        (1, steady(100.0, 110.0), 10.0, date(2025, 10, 9), "100.0"),
        (1, steady(100.0, 80.0, 60.0), -25.0, date(2025, 10, 9), "80.0"),
        (7, steady(40.0, *[50.0] * 7, 60.0), 20.0, date(2025, 10, 3), "50.0"),
        (30, steady(40.0, *[50.0] * 30, 60.0), 20.0, date(2025, 9, 10), "50.0"),
    ],
)
def test_a_change_is_over_calendar_days(days: int, closes: list[float], change: float, start: date, base: str) -> None:
    fact = facts_of(closes)[f"change_{days}d"]
    assert float(fact.value or 0) == pytest.approx(change)
    assert (fact.metric, fact.unit, fact.window, fact.start) == (Metric.CHANGE, Unit.PCT, f"{days}d", start)
    assert fact.derivation.inputs == (bar("2025-10-10", repr(closes[-1])), bar(start.isoformat(), base))
    assert fact.rank is None
    assert fact.universe is None


def test_a_change_never_spans_a_gap() -> None:
    facts = facts_of(steady(100.0, NAN, 110.0))
    assert "change_1d" not in facts
    assert float(facts["change_7d"].value or 0) == pytest.approx(10.0)


def test_a_coin_listed_six_days_ago_has_no_seven_days() -> None:
    facts = facts_of([10.0, 11.0, 12.0, 13.0, 14.0, 15.0], NEW_COIN)
    assert set(facts) & {"close", "change_1d", "change_7d", "change_30d", "rsi", "drawdown", "volatility"} == {
        *("close", "change_1d"),
    }
    assert facts["streak"].value == 5


def test_an_asset_without_todays_bar_has_no_figures() -> None:
    facts = facts_of([*walk(5, days=DAYS - 3), NAN, NAN, NAN], LATE_COIN)
    assert set(facts) == {"stale"}
    assert (facts["stale"].label, facts["stale"].as_of, facts["stale"].state) == (
        *("2025-10-07", date(2025, 10, 7), State.STALE),
    )


@pytest.mark.parametrize(
    ("closes", "rsi", "threshold"),
    [
        ([100.0 + day for day in range(DAYS)], 100.0, Decimal(70)),  # only gains
        ([1000.0 - day for day in range(DAYS)], 0.0, Decimal(30)),  # only losses
        ([100.0 + day % 2 for day in range(DAYS)], 51.85, None),  # a gain after as much loss: 7/13.5 when settled
    ],
)
def test_the_rsi_names_the_threshold_it_is_beyond(closes: list[float], rsi: float, threshold: Decimal | None) -> None:
    fact = facts_of(closes)["rsi"]
    assert float(fact.value or 0) == pytest.approx(rsi, abs=0.01)
    assert fact.threshold == threshold
    (span,) = fact.derivation.inputs
    assert isinstance(span, RowRange)
    assert (span.rows, span.first, span.last) == (250, "2025-02-03", "2025-10-10")


def test_a_price_that_never_moved_has_no_rsi() -> None:
    assert "rsi" not in facts_of(steady(1.0))


def test_the_drawdown_is_from_the_highest_close_of_a_year() -> None:
    closes = steady(100.0, 50.0)
    closes[-365] = 200.0
    fact = facts_of(closes)["drawdown"]
    assert (float(fact.value or 0), fact.window) == (pytest.approx(-75.0), "365d")
    closes[-365], closes[-366] = 100.0, 200.0  # a year and a day ago
    assert float(facts_of(closes)["drawdown"].value or 0) == pytest.approx(-50.0)


def test_the_volatility_is_of_thirty_daily_returns() -> None:
    closes = walk(11)
    expected = np.std(np.diff(closes[-31:]) / np.array(closes[-31:-1]), ddof=1) * math.sqrt(365) * 100
    fact = facts_of(closes)["volatility"]
    assert float(fact.value or 0) == pytest.approx(float(expected))
    (span,) = fact.derivation.inputs
    assert isinstance(span, RowRange)
    lines = "\n".join(repr(close) for close in closes[-31:])
    assert (span.rows, span.sha256) == (31, hashlib.sha256(lines.encode()).hexdigest())


@pytest.mark.parametrize(
    ("last", "streak"),
    [((100.0, 101.0, 102.0, 103.0), 3), ((100.0, 99.0, 98.0), -2), ((100.0, 99.0), None), ((101.0, 101.0), None)],
)
def test_a_streak_is_two_days_or_more_on_one_side(last: tuple[float, ...], streak: int | None) -> None:
    fact = facts_of(steady(100.0, *last)).get("streak")
    assert (fact.value if fact is not None else None) == streak
    if fact is not None and streak is not None:
        (span,) = fact.derivation.inputs
        assert isinstance(span, RowRange)
        assert span.rows == abs(streak) + 1
