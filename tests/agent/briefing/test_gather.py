"""A snapshot holds what was known of the day and nothing of later days."""

import shutil
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from agent.briefing.checking import check_briefing
from agent.briefing.explain import explain_fact
from agent.briefing.gather import last_day_with_bars, read_snapshot
from agent.briefing.material import briefing_material
from agent.briefing.snapshot import HeldAsset, PreviousBriefing, Snapshot
from agent.briefing.wanted import Wanted
from agent.claims.fact import FactRef, RowRange, RowRef
from agent.errors import UnknownRow
from agent.store.bars import upsert_daily_bars
from agent.store.engine import Store
from datasources.records import DailyBar
from tests.agent.briefing.documents import briefing_of, safe_of
from tests.agent.briefing.filled import COINS, NOW, SOURCE, WANTED, fill, save, snapshot_of
from tests.agent.briefing.snapshots import AS_OF, DAY, FETCHED, MOOD, TOTAL


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return fill(tmp_path_factory.mktemp("filled") / "c.db")


@pytest.fixture(scope="module")
def snapshot(filled: Store) -> Snapshot:
    return snapshot_of(filled)


@pytest.fixture
def own(filled: Store, tmp_path: Path) -> Store:
    """A copy to write into."""
    shutil.copy(filled.path, tmp_path / "own.db")
    return Store(tmp_path / "own.db")


def test_the_data_reaches_to_the_last_full_day(snapshot: Snapshot) -> None:
    assert (snapshot.as_of, snapshot.expected_as_of, snapshot.day) == (AS_OF, AS_OF, DAY)
    assert (snapshot.fetched_at, snapshot.source, snapshot.attributions) == (
        FETCHED,
        SOURCE,
        {SOURCE: "Invented data."},
    )


def test_prices_end_on_that_day_and_have_every_calendar_day(snapshot: Snapshot) -> None:
    prices = snapshot.prices
    assert prices.close.shape == (400, 5)
    assert (prices.day(0), prices.day(-1)) == (date(2024, 9, 6), AS_OF)
    assert prices.close[-1, 0] == COINS[0][4][-1]
    assert prices.close[-1, 2] == 2.0
    assert np.isnan(prices.close[-1, 3])
    assert np.isfinite(prices.close[:, 4]).sum() == 6
    assert not (prices.close == 9.0).any()
    assert (prices.high[-1, 0], prices.low[-1, 0]) == (COINS[0][4][-1] * 1.01, COINS[0][4][-1] * 0.99)


def test_holdings_keep_their_digits(snapshot: Snapshot) -> None:
    assert snapshot.holdings == (HeldAsset(1, Decimal("0.50")), HeldAsset(2, Decimal(10)), HeldAsset(4, Decimal(100)))


def test_grades_are_of_holdings_and_of_those_that_crossed(snapshot: Snapshot) -> None:
    seen = [(grade.asset_id, grade.kind, grade.day, grade.value, grade.previous_value) for grade in snapshot.grades]
    assert sorted(seen) == [
        (1, "trader", AS_OF, 82.1, 64.0),
        (2, "tm", AS_OF - timedelta(days=3), 40.0, None),
        (5, "trader", AS_OF, 80.5, 79.0),
    ]


def test_trading_signals_are_of_holdings_with_the_day_before(snapshot: Snapshot) -> None:
    seen = [(signal.asset_id, signal.day, signal.signal, signal.previous) for signal in snapshot.trading_signals]
    assert seen == [(1, AS_OF, 1, -1), (2, AS_OF, 0, None)]


def test_figures_of_the_market_end_with_the_day_and_moods_with_the_morning(snapshot: Snapshot) -> None:
    assert {seen.day for seen in snapshot.market if seen.name == TOTAL} == {AS_OF}
    moods = {seen.day: (seen.value, seen.source) for seen in snapshot.market if seen.name == MOOD}
    assert moods == {
        AS_OF - timedelta(days=1): (64.0, "files"), AS_OF: (27.0, "files"), DAY: (30.0, "files"),
    }  # fmt: skip
    now, before = snapshot.market_metric(MOOD), snapshot.market_metric(MOOD, 1)
    assert now is not None
    assert before is not None
    assert (now.value, before.value) == (30.0, 27.0)
    assert snapshot.market_metric("market.nothing") is None


def test_signals_are_those_of_the_day(snapshot: Snapshot) -> None:
    # the last three closes of the third coin fell from a price that had stood still for more than a year
    assert (3, "breakout_down") in {(seen.asset_id, seen.name) for seen in snapshot.signals}


def test_runs_that_failed_or_were_empty_become_gaps_and_others_do_not(snapshot: Snapshot) -> None:
    texts = {claim.facts[0].qualifier: claim.template for claim in briefing_material(snapshot).claims
             if claim.template.startswith("source")}  # fmt: skip
    assert texts == {
        "trader_grades": "source_failed",
        "investor_grades": "source_failed",
        "sentiment": "source_empty",
    }


def test_a_later_day_of_the_same_store_sees_the_later_rows(filled: Store) -> None:
    later = snapshot_of(filled, replace(WANTED, day=DAY + timedelta(days=1)))
    assert later.as_of == DAY
    assert (later.prices.close[-1] == 9.0).all()
    assert "top_assets" not in {run.kind for run in later.runs}  # run days after
    much_later = snapshot_of(filled, replace(WANTED, day=DAY + timedelta(days=9)))
    assert (much_later.as_of, much_later.expected_as_of) == (DAY + timedelta(days=1), DAY + timedelta(days=8))
    assert "top_assets" in {run.kind for run in much_later.runs}


def test_the_first_open_day_may_differ_from_the_readers_day(filled: Store) -> None:
    early = snapshot_of(filled, replace(WANTED, before=AS_OF))
    assert (early.as_of, early.day) == (AS_OF - timedelta(days=1), DAY)


def test_without_a_bar_there_is_no_snapshot(filled: Store) -> None:
    with filled.reader() as session:
        assert read_snapshot(session, replace(WANTED, day=date(2020, 1, 1))) is None
        assert last_day_with_bars(session, "nobody", DAY) is None
        assert last_day_with_bars(session, SOURCE, DAY) == AS_OF


def test_an_unknown_portfolio_is_an_error(filled: Store) -> None:
    with filled.reader() as session, pytest.raises(UnknownRow, match="no portfolio 'other'"):
        read_snapshot(session, Wanted("other", DAY, "daily", SOURCE))


def test_an_empty_portfolio_has_a_briefing_of_the_market(filled: Store) -> None:
    empty = snapshot_of(filled, replace(WANTED, portfolio="empty"))
    assert empty.holdings == ()
    assert check_briefing(briefing_of(empty), safe_of(empty)) == ()


def test_the_previous_briefing_is_the_last_of_an_earlier_day(own: Store) -> None:
    assert snapshot_of(own).previous is None
    yesterday = snapshot_of(own, replace(WANTED, day=AS_OF))
    save(own, replace(briefing_of(yesterday), briefing_id="old"))
    save(own, briefing_of(snapshot_of(own)))
    seen = snapshot_of(own)
    assert seen.previous == PreviousBriefing(AS_OF, AS_OF - timedelta(days=1))
    assert seen.signals
    found = (*seen.signals, *seen.wider_signals)
    assert seen.new_signals == tuple((AS_OF, signal.asset_id, signal.name, signal.sector) for signal in found)
    assert snapshot_of(own, replace(WANTED, day=AS_OF)).previous is None


def test_what_is_written_from_the_store_passes_the_last_check(snapshot: Snapshot) -> None:
    assert check_briefing(briefing_of(snapshot), safe_of(snapshot)) == ()


@pytest.fixture
def published(own: Store) -> Store:
    save(own, replace(briefing_of(snapshot_of(own, replace(WANTED, day=AS_OF))), briefing_id="old"))
    save(own, briefing_of(snapshot_of(own)))
    return own


def test_every_fact_is_traced_to_rows_with_the_same_values(published: Store) -> None:
    made = briefing_of(snapshot_of(published))
    kinds = set()
    with published.reader() as session:
        for fact in made.facts:
            traced = explain_fact(session, fact.fact_id, made.briefing_id)
            assert traced.fact == fact
            assert not traced.has_changed, (fact.subject, fact.metric, traced.rows, traced.ranges)
            inputs = [item for item in fact.derivation.inputs if not isinstance(item, FactRef)]
            assert [*[row.reference for row in traced.rows], *[span.reference for span in traced.ranges]] == sorted(
                inputs, key=lambda item: isinstance(item, RowRange)
            )
            assert [part.fact.fact_id for part in traced.facts] == [
                item.fact_id for item in fact.derivation.inputs if isinstance(item, FactRef)
            ]
            assert all(len(span.values) == span.reference.rows for span in traced.ranges)
            kinds |= {item.table for item in inputs}
    assert kinds == {"bar_daily", "holding", "grade", "trading_signal", "metric", "signal", "collection_run"}


def test_a_fact_without_a_document_is_of_the_one_stored_last(published: Store) -> None:
    made = briefing_of(snapshot_of(published))
    with published.reader() as session:
        assert explain_fact(session, made.facts[0].fact_id).document_id == made.briefing_id
        with pytest.raises(UnknownRow, match="there is no fact 'zzzzzz'"):
            explain_fact(session, "zzzzzz")
        with pytest.raises(UnknownRow, match="there is no fact"):
            explain_fact(session, made.facts[0].fact_id, "old")


def test_a_restated_row_is_told_with_both_values(published: Store) -> None:
    made = briefing_material(snapshot_of(published)).facts
    close, change = COINS[1][4][-1], 1234.5
    restated = DailyBar("eth", AS_OF, change, change, change, change, 1.0)
    with published.writer() as session:
        upsert_daily_bars(session, SOURCE, [restated], NOW + timedelta(days=1))
    with published.reader() as session:
        traced = explain_fact(session, made["asset:2/close"].fact_id)
        assert traced.has_changed
        assert (traced.rows[0].reference.value, traced.rows[0].now) == (repr(close), "1234.5")
        ranged = explain_fact(session, made["asset:2/volatility"].fact_id)
        assert ranged.ranges[0].has_changed
        assert ranged.ranges[0].values[-1] == "1234.5"
        weight = explain_fact(session, made["asset:1/close"].fact_id)
        assert not weight.has_changed
        assert explain_fact(session, made["market/median"].fact_id).has_changed


def test_a_row_that_came_late_is_told(published: Store) -> None:
    made = briefing_material(snapshot_of(published)).facts
    with published.writer() as session:
        upsert_daily_bars(session, SOURCE, [DailyBar("late", AS_OF, 1.0, 1.0, 1.0, 1.0, 1.0)], NOW + timedelta(days=1))
    with published.reader() as session:
        traced = explain_fact(session, made["data/coverage"].fact_id)
    assert [(row.reference.value, row.now) for row in traced.rows] == [(None, "1.0")]
    assert isinstance(traced.rows[0].reference, RowRef)
    assert traced.has_changed
