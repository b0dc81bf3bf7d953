from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from agent.errors import BadRow
from agent.store.bulk import Written
from agent.store.correlations import correlations_on, upsert_correlations
from agent.store.engine import Store
from agent.store.grades import grades_on, previous_grade, upsert_grades
from agent.store.levels import levels_on, upsert_levels
from agent.store.metrics import metric_history, metric_on, metrics_on, upsert_metrics
from agent.store.quotes import latest_quotes, upsert_quotes
from agent.store.signals import SignalRow, replace_signals, signals_between, signals_on
from agent.store.trading_signals import previous_trading_signal, trading_signals_on, upsert_trading_signals
from datasources.records import Correlation, Grade, GradeKind, Level, Metric, Quote, TradingSignal

DAY = date(2025, 10, 10)
EVE = DAY - timedelta(days=1)
T1 = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
T2 = T1 + timedelta(hours=1)


def test_a_quote_keeps_every_digit_and_gives_way_to_a_newer_one(listed: Store) -> None:
    with listed.writer() as session:
        upsert_quotes(session, "sandbox", [Quote("a", Decimal("0.000000012340"), T1)], T1)
        assert latest_quotes(session, "sandbox")[1].price_usd.as_tuple() == Decimal("0.000000012340").as_tuple()
        upsert_quotes(session, "sandbox", [Quote("a", Decimal(2), T2), Quote("b", Decimal(3), T2)], T2)
        assert upsert_quotes(session, "sandbox", [Quote("a", Decimal(9), T1)], T1) == Written(unchanged=1)
        quotes = latest_quotes(session, "sandbox", [1])
    assert {key: (row.price_usd, row.quoted_at) for key, row in quotes.items()} == {1: (Decimal(2), T2)}


def test_a_quote_that_is_no_number_is_refused(listed: Store) -> None:
    with pytest.raises(ValueError, match="not an amount"), listed.writer() as session:
        upsert_quotes(session, "sandbox", [Quote("a", Decimal("NaN"), T1)], T1)


def test_the_last_grade_of_each_asset_comes_with_its_own_day(listed: Store) -> None:
    parts = (("technical", 61.5), ("fundamental", 70.0))
    grades = [
        Grade("a", DAY, GradeKind.TRADER, 82.1, 2.5, "Strong", parts),
        Grade("a", EVE, GradeKind.TRADER, 64.0),
        Grade("b", EVE, GradeKind.TRADER, 40.0),
        Grade("b", DAY, GradeKind.TM, 11.0),
        Grade("c", DAY + timedelta(days=1), GradeKind.TRADER, 99.0),
    ]
    with listed.writer() as session:
        assert upsert_grades(session, "sandbox", grades, T1) == Written(inserted=5)
        assert upsert_grades(session, "sandbox", grades, T2) == Written(unchanged=5)
        found = grades_on(session, "sandbox", GradeKind.TRADER, DAY)
        recent = grades_on(session, "sandbox", GradeKind.TRADER, DAY, since=DAY)
        before = previous_grade(session, "sandbox", GradeKind.TRADER, 1, DAY)
        assert previous_grade(session, "sandbox", GradeKind.TRADER, 1, EVE) is None
    assert {key: (row.value, row.day) for key, row in found.items()} == {1: (82.1, DAY), 2: (40.0, EVE)}
    assert set(recent) == {1}
    assert (found[1].label, found[1].change_pct, found[1].parts) == ("Strong", 2.5, parts)
    assert found[1].kind is GradeKind.TRADER
    assert found[1].fetched_at == T1
    assert before is not None
    assert (before.value, before.day) == (64.0, EVE)


def test_a_grade_outside_the_scale_is_refused(listed: Store) -> None:
    with pytest.raises(BadRow, match="ck_grade_value"), listed.writer() as session:
        upsert_grades(session, "sandbox", [Grade("a", DAY, GradeKind.TM, 100.5)], T1)


def test_trading_signals_are_read_as_of_a_day(listed: Store) -> None:
    signals = [TradingSignal("a", EVE, -1, -1), TradingSignal("a", DAY, 1, 1, 0.25, -0.5), TradingSignal("b", EVE, 0)]
    with listed.writer() as session:
        upsert_trading_signals(session, "sandbox", signals, T1)
        found = trading_signals_on(session, "sandbox", DAY)
        before = previous_trading_signal(session, "sandbox", 1, DAY)
    assert {key: (row.signal, row.day) for key, row in found.items()} == {1: (1, DAY), 2: (0, EVE)}
    assert (found[1].strategy_return, found[1].holding_return) == (0.25, -0.5)
    assert before is not None
    assert before.signal == -1


def test_levels_are_those_of_the_last_listing(listed: Store) -> None:
    levels = [Level("a", EVE, 90.0, date(2025, 1, 2)), Level("a", DAY, 120.0), Level("a", DAY, 100.0)]
    with listed.writer() as session:
        upsert_levels(session, "sandbox", levels, T1)
        assert [row.level_usd for row in levels_on(session, "sandbox", 1, DAY)] == [100.0, 120.0]
        [old] = levels_on(session, "sandbox", 1, EVE)
    assert (old.level_usd, old.formed_on) == (90.0, date(2025, 1, 2))


def test_figures_of_the_market_and_of_an_asset_do_not_mix(listed: Store) -> None:
    name = "market.total_market_cap_usd"
    metrics = [Metric(None, EVE, name, "usd", 3.5e12), Metric("a", DAY, name, "usd", 7.0)]
    with listed.writer() as session:
        upsert_metrics(session, "sandbox", metrics, T1)
        market = metric_on(session, "sandbox", name, None, DAY)
        own = metric_on(session, "sandbox", name, 1, DAY)
        assert metric_on(session, "sandbox", name, 1, EVE) is None
        assert {key: row.value for key, row in metrics_on(session, "sandbox", name, DAY).items()} == {0: 3.5e12, 1: 7.0}
        history = metric_history(session, "sandbox", name, None, EVE, DAY)
    assert market is not None
    assert own is not None
    assert (market.value, market.day, market.unit) == (3.5e12, EVE, "usd")
    assert own.value == 7.0
    assert [row.day for row in history] == [EVE]


def test_correlations_are_those_of_the_last_day_highest_first(listed: Store) -> None:
    rows = [Correlation("a", EVE, "Old", 0.9), Correlation("a", DAY, "Low", -0.4), Correlation("a", DAY, "High", 0.8)]
    with listed.writer() as session:
        upsert_correlations(session, "sandbox", rows, T1)
        assert [row.other_name for row in correlations_on(session, "sandbox", 1, DAY)] == ["High", "Low"]


def test_a_days_signals_are_replaced_as_a_whole(listed: Store) -> None:
    first = SignalRow(1, DAY, "rsi", -1, 28.0, {"rsi": 28.0, "threshold": 30, "days": ["2025-10-10"]}, T1)
    second = SignalRow(2, DAY, "breakout", 1, None, {}, T2)
    earlier = SignalRow(1, EVE, "rsi", 0, 50.0, {}, T1)
    with listed.writer() as session:
        replace_signals(session, "sandbox", EVE, [earlier])
        replace_signals(session, "sandbox", DAY, [first])
        assert signals_on(session, "sandbox", DAY) == (first,)
        replace_signals(session, "sandbox", DAY, [second])
        assert signals_between(session, "sandbox", EVE, DAY) == (earlier, second)
        replace_signals(session, "sandbox", DAY, [])
        assert signals_on(session, "sandbox", DAY) == ()


def test_a_signal_of_another_day_is_refused(listed: Store) -> None:
    with pytest.raises(ValueError, match="cannot be stored under"), listed.writer() as session:
        replace_signals(session, "sandbox", DAY, [SignalRow(1, EVE, "rsi", 0, None, {}, T1)])
