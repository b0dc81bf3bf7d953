from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from agent.store.engine import Store
from agent.store.figure_panels import (
    Span,
    grade_panel,
    market_series,
    metric_panel,
    metric_panels,
    trading_signal_panel,
)
from agent.store.grades import upsert_grades
from agent.store.levels import levels_listed, upsert_levels
from agent.store.metrics import upsert_metrics
from agent.store.trading_signals import upsert_trading_signals
from datasources.records import Grade, GradeKind, Level, Metric, TradingSignal

LAST = date(2025, 10, 10)
FIRST = LAST - timedelta(days=2)
MIDDLE = LAST - timedelta(days=1)
SPAN = Span(FIRST, LAST, np.array([3, 1], dtype=np.int64))
SOON = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
LATE = SOON + timedelta(days=30)
NAN = float("nan")


def test_grades_stand_at_their_day_and_asset_in_the_order_asked_for(listed: Store) -> None:
    grades = [
        Grade("a", FIRST, GradeKind.TRADER, 10.0),
        Grade("c", LAST, GradeKind.TRADER, 30.0),
        Grade("b", LAST, GradeKind.TRADER, 20.0),
        Grade("a", LAST, GradeKind.INVESTOR, 99.0),
        Grade("a", FIRST - timedelta(days=1), GradeKind.TRADER, 5.0),
    ]
    with listed.writer() as session:
        upsert_grades(session, "sandbox", grades, SOON)
        found = grade_panel(session, "sandbox", GradeKind.TRADER, SPAN)
        nobody = grade_panel(session, "sandbox", GradeKind.TRADER, Span(FIRST, LAST, np.array([], dtype=np.int64)))
    np.testing.assert_array_equal(found, [[NAN, 10.0], [NAN, NAN], [30.0, NAN]])
    assert nobody.shape == (3, 0)


def test_what_was_filled_in_later_was_not_known_at_the_time(listed: Store) -> None:
    with listed.writer() as session:
        upsert_grades(session, "sandbox", [Grade("a", LAST, GradeKind.TRADER, 10.0)], SOON)
        upsert_grades(session, "sandbox", [Grade("a", FIRST, GradeKind.TRADER, 20.0)], LATE)
        all_there_is = grade_panel(session, "sandbox", GradeKind.TRADER, SPAN)
        as_known = grade_panel(session, "sandbox", GradeKind.TRADER, SPAN, learned_within_days=2)
    np.testing.assert_array_equal(all_there_is[:, 1], [20.0, NAN, 10.0])
    np.testing.assert_array_equal(as_known[:, 1], [NAN, NAN, 10.0])


def test_a_restated_metric_counts_as_it_was_known_first(listed: Store) -> None:
    with listed.writer() as session:
        upsert_metrics(session, "sandbox", [Metric("a", LAST, "onchain.mvrv", "ratio", 1.5)], SOON)
        upsert_metrics(session, "sandbox", [Metric("a", LAST, "onchain.mvrv", "ratio", 9.9)], LATE)
        today = metric_panel(session, "sandbox", "onchain.mvrv", SPAN)
        as_known = metric_panel(session, "sandbox", "onchain.mvrv", SPAN, learned_within_days=2)
    assert (today[2, 1], as_known[2, 1]) == (9.9, 1.5)


def test_the_market_has_a_series_of_its_own(listed: Store) -> None:
    metrics = [Metric(None, MIDDLE, "market.x", "usd", 7.0), Metric("a", MIDDLE, "market.x", "usd", 1.0)]
    with listed.writer() as session:
        upsert_metrics(session, "sandbox", metrics, SOON)
        series = market_series(session, "sandbox", "market.x", FIRST, LAST)
    np.testing.assert_array_equal(series, [NAN, 7.0, NAN])


def test_trading_signals_keep_their_sign(listed: Store) -> None:
    signals = [TradingSignal("a", FIRST, -1), TradingSignal("a", MIDDLE, 0), TradingSignal("a", LAST, 1)]
    with listed.writer() as session:
        upsert_trading_signals(session, "sandbox", signals, SOON)
        found = trading_signal_panel(session, "sandbox", SPAN)
    np.testing.assert_array_equal(found[:, 1], [-1.0, 0.0, 1.0])


def test_levels_are_each_assets_last_listing_within_the_time_given(listed: Store) -> None:
    levels = [Level("a", FIRST, 90.0), Level("a", LAST, 120.0), Level("a", LAST, 100.0), Level("b", FIRST, 5.0)]
    with listed.writer() as session:
        upsert_levels(session, "sandbox", levels, SOON)
        assert levels_listed(session, "sandbox", LAST, since=FIRST) == {1: (100.0, 120.0), 2: (5.0,)}
        assert levels_listed(session, "sandbox", MIDDLE, since=FIRST) == {1: (90.0,), 2: (5.0,)}
        assert levels_listed(session, "sandbox", LAST, since=LAST) == {1: (100.0, 120.0)}


@pytest.mark.parametrize("source", ["never collected", "sandbox"])
def test_nothing_stored_is_nothing_known(listed: Store, source: str) -> None:
    with listed.reader() as session:
        assert np.isnan(trading_signal_panel(session, source, SPAN)).all()


def test_the_metrics_of_a_source_come_together_for_the_assets_that_have_any(listed: Store) -> None:
    metrics = [
        Metric("c", LAST, "onchain.mvrv", "ratio", 3.0),
        Metric("a", FIRST, "onchain.fees", "native", 1.0),
        Metric("b", FIRST, "other", "usd", 1.0),
        Metric(None, FIRST, "onchain.mvrv", "ratio", 9.0),
    ]
    with listed.writer() as session:
        upsert_metrics(session, "sandbox", metrics, SOON)
        ids, panels = metric_panels(session, "sandbox", ("onchain.mvrv", "onchain.fees", "onchain.none"), FIRST, LAST)
    assert ids.tolist() == [1, 3]
    assert sorted(panels) == ["onchain.fees", "onchain.mvrv"]
    np.testing.assert_array_equal(panels["onchain.mvrv"], [[NAN, NAN], [NAN, NAN], [NAN, 3.0]])
    np.testing.assert_array_equal(panels["onchain.fees"][0], [1.0, NAN])
