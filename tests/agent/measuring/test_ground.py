from dataclasses import fields, replace
from datetime import date, timedelta

import numpy as np
import pytest
import talib

from agent.analytics.increments import Scanned, measure_with_state
from agent.analytics.measures import PanelArrays
from agent.measuring.ground import DayGround, Scope, read_day_ground
from agent.store.bars import upsert_daily_bars
from agent.store.bulk import raw_connection
from agent.store.engine import Store
from agent.store.grades import upsert_grades
from agent.store.levels import upsert_levels
from agent.store.metrics import upsert_metrics
from agent.store.panel import refresh_columns
from agent.store.scan_states import put_scan_state
from agent.store.trading_signals import upsert_trading_signals
from datasources.records import DailyBar, Grade, GradeKind, Level, Metric, TradingSignal
from tests.agent.measuring.market import COINS, LAST, NOW, SOURCE, STABLECOIN, bars_of, walks

ONE = timedelta(days=1)
SCOPE = Scope(SOURCE, LAST, ("chain", "other"))


def read(store: Store, scope: Scope = SCOPE) -> DayGround:
    with store.reader() as session:
        found = read_day_ground(session, scope, NOW)
    assert found is not None
    return found


def forget(store: Store) -> None:
    with store.writer() as session:
        raw_connection(session).execute("DELETE FROM scan_state")


def chained(store: Store, days: range) -> list[DayGround]:
    """Read so many days back from the last one after the other, each from the state of the day before."""
    found = []
    for back in days:
        found.append(read(store, replace(SCOPE, day=LAST - back * ONE)))
        with store.writer() as session:
            put_scan_state(session, SOURCE, found[-1].state)
    return found


def assert_same(one: DayGround, other: DayGround) -> None:
    for part in ("measures", "levels", "market", "sectors"):
        ours, theirs = getattr(one.ground, part), getattr(other.ground, part)
        for item in fields(theirs):
            np.testing.assert_allclose(
                getattr(ours, item.name), getattr(theirs, item.name), rtol=1e-9, atol=1e-12, err_msg=item.name
            )
    for name in ("asset_ids", "present", "coins", "coverage"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@pytest.fixture
def measured_in_full(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Of how many days each full measuring was."""
    days = []

    def counted(panel: PanelArrays, asset_ids: np.ndarray) -> Scanned:
        days.append(len(panel.close))
        return measure_with_state(panel, asset_ids)

    monkeypatch.setattr("agent.measuring.ground.measure_with_state", counted)
    return days


def test_a_day_without_a_bar_has_no_ground(market: Store) -> None:
    with market.reader() as session:
        assert read_day_ground(session, Scope(SOURCE, date(2020, 1, 1)), NOW) is None
        assert read_day_ground(session, Scope("never collected", LAST), NOW) is None


def test_the_measures_are_those_of_the_stored_bars(market: Store) -> None:
    close = np.ascontiguousarray(walks()[-len(walks()) :, 0])
    first = (LAST - timedelta(days=400)).replace(day=1)
    rsi = talib.RSI(close[-((LAST - first).days + 1) :], 14)[-1]
    found = read(market)
    assert found.asset_ids.tolist() == list(range(1, COINS + 2))
    assert found.ground.measures.rsi[0] == pytest.approx(rsi, rel=1e-12)
    assert found.ground.measures.momentum_30d[0] == pytest.approx(close[-1] / close[-31] - 1, rel=1e-12)


def test_who_is_compared_and_how_much_of_a_month_is_there(market: Store) -> None:
    found = read(market)
    assert found.present.all()
    assert np.flatnonzero(~found.coins).tolist() == [STABLECOIN - 1]
    assert found.coverage[[0, COINS - 1]].tolist() == [1.0, 14 / 30]
    assert found.sectors == ("layer-1", "meme")


def test_days_measured_one_after_the_other_are_those_measured_from_the_beginning(
    market: Store, measured_in_full: list[int]
) -> None:
    with market.writer() as session:  # a coin leaves and comes back a week later; another is listed on the third day
        gone = (LAST - 8 * ONE - date(1970, 1, 1)).days
        for table, key in (("bar_daily", "asset_id = 2 AND"), ("bar_day_columns", "")):
            raw_connection(session).execute(f"DELETE FROM {table} WHERE {key} day BETWEEN ? AND ?", (gone, gone + 5))
        refresh_columns(session, SOURCE)
    found = chained(market, range(15, -1, -1))
    # in full on the first day, and 400 days after the first of September, when that is the first day that is read
    assert measured_in_full == [(LAST - 15 * ONE - date(2024, 8, 1)).days + 1, 401]
    for back, advanced in zip(range(15, -1, -1), found, strict=True):
        if back % 3 == 0:
            forget(market)
            assert_same(advanced, read(market, replace(SCOPE, day=LAST - back * ONE)))


def test_a_state_of_another_day_or_beginning_is_not_used(market: Store, measured_in_full: list[int]) -> None:
    [eve] = chained(market, range(2, 1, -1))
    read(market)  # the day before has no state
    with market.writer() as session:
        put_scan_state(session, SOURCE, replace(eve.state, day=LAST - ONE, anchor_day=LAST - 900 * ONE))
    read(market)
    with market.writer() as session:
        put_scan_state(session, SOURCE, replace(eve.state, day=LAST - ONE, payload=b"of an older version"))
    read(market)
    assert len(measured_in_full) == 4


@pytest.mark.parametrize("back", [1, 5, 60, 390])
def test_a_corrected_bar_is_measured_anew(market: Store, back: int) -> None:
    chained(market, range(1, 0, -1))
    corrected = DailyBar("01", LAST - back * ONE, 500.0, 500.0, 500.0, 500.0, 1.0)
    with market.writer() as session:
        upsert_daily_bars(session, SOURCE, [corrected], NOW + ONE)
    advanced = read(market)
    forget(market)
    assert_same(advanced, read(market))
    close = walks()[:, 0].copy()
    close[-1 - back] = 500.0
    first = (LAST - timedelta(days=400)).replace(day=1)
    rsi = talib.RSI(close[-((LAST - first).days + 1) :], 14)[-1]
    assert advanced.ground.measures.rsi[0] == pytest.approx(rsi, rel=1e-12)


def test_what_nobody_said_is_not_there(market: Store) -> None:
    found = read(market)
    assert found.ground.opinions is None
    assert found.ground.onchain is None
    assert found.ground.levels is not None
    assert not (found.ground.levels.provided == 1).any()
    assert not found.disputed.any()


def test_opinions_are_those_of_the_market_source_as_of_the_day(market: Store) -> None:
    grades = [
        Grade("02", LAST - ONE, GradeKind.TRADER, 64.0),
        Grade("02", LAST, GradeKind.TRADER, 82.0),
        Grade("02", LAST + ONE, GradeKind.TRADER, 1.0),
    ]
    signals = [TradingSignal("02", LAST - back * ONE, 1 if back < 3 else -1) for back in range(10)]
    with market.writer() as session:
        upsert_grades(session, SOURCE, grades, NOW)
        upsert_trading_signals(session, SOURCE, signals, NOW)
    opinions = read(market).ground.opinions
    assert opinions is not None
    assert (opinions.trader_grade[1], opinions.trader_grade_previous[1]) == (82.0, 64.0)
    close = walks()[:, 1]
    assert opinions.days_since_signal[1] == 2
    assert opinions.return_since_signal[1] == pytest.approx(close[-1] / close[-3] - 1)


def test_levels_a_provider_lists_come_before_derived_ones_unless_they_are_old(market: Store) -> None:
    price = float(walks()[-1, 0])
    with market.writer() as session:
        upsert_levels(
            session, SOURCE, [Level("01", LAST - ONE, price * 0.9), Level("01", LAST - ONE, price * 1.2)], NOW
        )
        upsert_levels(session, SOURCE, [Level("02", LAST - 200 * ONE, 1.0)], NOW)
    levels = read(market).ground.levels
    assert levels is not None
    assert levels.support[0] == pytest.approx(price * 0.9)
    assert levels.resistance[0] == pytest.approx(price * 1.2)
    assert levels.provided[0] == 1
    assert levels.provided[1] != 1


def test_onchain_figures_stand_at_their_asset_and_the_first_source_counts(market: Store) -> None:
    days = [LAST - back * ONE for back in range(3)]
    with market.writer() as session:
        for source, value in (("chain", 2.5), ("other", 9.0)):
            session.connection().exec_driver_sql(
                "INSERT INTO source (name, attribution, url, licence) VALUES (?, '', '', '')", (source,)
            )
            session.connection().exec_driver_sql(
                "INSERT INTO asset_ref SELECT source_id, 'x', 3, 'new', NULL, 0 FROM source WHERE name = ?", (source,)
            )
            upsert_metrics(session, source, [Metric("x", day, "onchain.mvrv", "ratio", value) for day in days], NOW)
    onchain = read(market).ground.onchain
    assert onchain is not None
    assert onchain.mvrv[2] == 2.5
    assert np.isnan(np.delete(onchain.mvrv, 2)).all()


def test_the_mood_of_the_market_comes_from_whichever_source_has_it(market: Store) -> None:
    with market.writer() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO source (name, attribution, url, licence) VALUES ('other', '', '', '')"
        )
        upsert_metrics(session, "other", [Metric(None, LAST, "sentiment.fear_greed_index", "score", 20.0)], NOW)
    figures = read(market).ground.market
    assert figures is not None
    assert figures.fear_greed.tolist() == [20.0]


def test_sources_that_disagree_make_a_close_disputed(market: Store) -> None:
    with market.writer() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO source (name, attribution, url, licence) VALUES ('other', '', '', '')"
        )
        session.connection().exec_driver_sql(
            "INSERT INTO asset_ref SELECT source_id, '1', 1, 'new', NULL, 0 FROM source WHERE name = 'other'"
        )
        [bar] = bars_of(walks()[-1:, :1], LAST)
        price = bar.close_usd * 1.1
        upsert_daily_bars(session, "other", [DailyBar("1", LAST, price, price, price, price, 1.0)], NOW)
    disputed = read(market, Scope(SOURCE, LAST, price_chain=(SOURCE, "other"))).disputed
    assert np.flatnonzero(disputed).tolist() == [0]
