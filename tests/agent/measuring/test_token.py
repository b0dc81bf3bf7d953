from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
import talib

from agent.measuring.errors import AssetNotFound
from agent.measuring.token import TokenReport, read_token
from agent.store.bars import upsert_daily_bars
from agent.store.engine import Store
from agent.store.levels import upsert_levels
from datasources.records import DailyBar, Level
from tests.agent.measuring.market import COINS, LAST, NOW, SOURCE, walks
from tests.agent.measuring.opinions import ADDRESSES, CHAIN, ONE, WANTED

CLOSES = walks()
FIRST = (LAST - timedelta(days=400)).replace(day=1)
WITH_HOLE, YOUNG = COINS - 1, COINS


def report(store: Store, text: str, **options: object) -> TokenReport:
    with store.reader() as session:
        return read_token(session, replace(WANTED, **options), text)  # type: ignore[arg-type]  # named fields


@pytest.fixture(scope="module")
def second(scanned_market: Store) -> TokenReport:
    return report(scanned_market, "Coin 2")


def test_prices_and_risk_are_those_of_the_stored_closes(second: TokenReport) -> None:
    close = CLOSES[:, 1]
    returns = close[1:] / close[:-1] - 1
    assert second.price["close_usd"].value == close[-1]
    assert second.price["change_90d"].value == pytest.approx(close[-1] / close[-91] - 1, rel=1e-12)
    assert second.risk["volatility_90d"].value == pytest.approx(returns[-90:].std(ddof=1) * 365**0.5, rel=1e-9)
    downside = np.sqrt((np.minimum(returns[-90:], 0) ** 2).mean() * 365)
    assert second.risk["downside_volatility_90d"].value == pytest.approx(downside, rel=1e-9)
    assert second.risk["drawdown_365d"].value == pytest.approx(close[-1] / close[-365:].max() - 1, rel=1e-12)


def test_indicators_begin_where_a_scan_does_so_that_they_agree_with_its_signals(second: TokenReport) -> None:
    close = np.ascontiguousarray(CLOSES[-((LAST - FIRST).days + 1) :, 1])
    high, low = close * 1.02, close * 0.97
    assert second.indicators["rsi_14"].value == pytest.approx(talib.RSI(close, 14)[-1], rel=1e-9)
    assert second.indicators["adx_14"].value == pytest.approx(talib.ADX(high, low, close, 14)[-1], rel=1e-9)
    atr = talib.ATR(high, low, close, 14)[-1]
    assert second.indicators["atr_14_of_close"].value == pytest.approx(atr / close[-1], rel=1e-9)
    assert second.averages["sma_200_usd"].value == pytest.approx(close[-200:].mean(), rel=1e-12)


def test_identity_tells_every_key_and_the_market_value_with_its_day(second: TokenReport) -> None:
    identity = second.identity
    assert (identity.asset_id, identity.asset, identity.rank) == (2, "C2", 2)
    assert identity.ids == {SOURCE: "02", CHAIN: "two"}
    assert (identity.market_cap_usd.value, identity.market_cap_day, identity.market_cap_source) == (
        2.5e9,
        LAST,
        CHAIN,
    )


def test_grades_and_the_trading_signal_come_with_their_days(second: TokenReport) -> None:
    trader = next(item for item in second.provider_grades if item.kind == "trader")
    assert (trader.grade.value, trader.change_points.value, trader.previous_day) == (82.0, 18.0, LAST - ONE)
    assert trader.change_pct.reason == "the provider gave none"
    signal = second.trading_signal
    assert (signal.signal.value, signal.day, signal.days_in_force.value) == (1.0, LAST, 2.0)
    assert signal.change_since.value == pytest.approx(CLOSES[-1, 1] / CLOSES[-3, 1] - 1)


def test_live_signals_are_there_with_why_they_are_unproven(second: TokenReport) -> None:
    names = {item.signal for item in second.signals}
    assert {"trader_grade_above_80", "trader_grade_rise"} <= names
    assert {item.verdict for item in second.signals} == {"unproven: its past firings have not been scored"}


def test_an_onchain_figure_stands_against_its_own_past(second: TokenReport) -> None:
    logs = np.log(ADDRESSES)
    week, before = logs[:7].mean(), logs[7:97]
    found = second.onchain[0]
    assert (found.name, found.day, found.source) == ("active_addresses_7d", LAST, CHAIN)
    assert found.value.value == pytest.approx(np.mean(ADDRESSES[:7]))
    assert found.compared is not None
    assert found.compared.value == pytest.approx((week - before.mean()) / before.std(ddof=1), abs=1e-9)
    assert {item.value.reason for item in second.onchain[1:]} == {"nothing of it is stored for this asset"}


def test_relations_are_correlations_of_ninety_daily_returns(second: TokenReport) -> None:
    returns = (CLOSES[1:] / CLOSES[:-1] - 1)[-90:]
    matrix = np.corrcoef(returns[:, :-2].T)
    assert second.relations.bitcoin_correlation_90d.value == pytest.approx(matrix[1, 0], rel=1e-9)
    slope = np.cov(returns[:, 1], returns[:, 0])[0, 1] / returns[:, 0].var(ddof=1)
    assert second.relations.bitcoin_beta_90d.value == pytest.approx(slope, rel=1e-9)
    others = [column for column in range(COINS - 2) if column != 1]
    best = sorted(others, key=lambda column: -matrix[1, column])
    listed = [item.asset_id for item in second.relations.neighbours if item.asset_id <= COINS - 2]
    assert listed == [column + 1 for column in best][: len(listed)]
    assert len(second.relations.neighbours) == 5


def test_bitcoin_is_not_compared_with_itself(scanned_market: Store) -> None:
    found = report(scanned_market, "Bitcoin")
    assert found.relations.bitcoin_beta_90d.reason == "this is Bitcoin"
    assert 1 not in {item.asset_id for item in found.relations.neighbours}


def test_a_young_coin_has_a_reason_for_every_figure_it_lacks(scanned_market: Store) -> None:
    found = report(scanned_market, f"id:{YOUNG}")
    assert found.price["change_30d"].reason == "there is no bar of 10 September 2025"
    assert found.risk["volatility_30d"].reason == "needs bars on 28 of 30 days, there are 14"
    assert found.risk["drawdown_365d"].reason == "needs bars on 329 of 365 days, there are 14"
    assert found.indicators["rsi_14"].reason == "needs 15 bars without a gap of more than 3 days, there are 14"
    assert found.relations.reason == "needs 81 daily returns of 90 days, there are 13"
    assert found.trading_signal.signal.reason == "none was received for the 7 days up to 10 October 2025"
    assert found.health.bars == 14


def test_averages_start_anew_after_a_long_gap(scanned_market: Store) -> None:
    found = report(scanned_market, f"id:{WITH_HOLE}")
    assert found.averages["sma_50_usd"].value is not None
    assert found.averages["sma_200_usd"].reason == "needs 200 bars without a gap of more than 3 days, there are 53"


def test_a_coin_without_a_bar_of_the_day_says_which_was_its_last(market: Store) -> None:
    with market.writer() as session:
        session.connection().exec_driver_sql("DELETE FROM bar_daily WHERE asset_id = 3 AND day > 20360")
        session.connection().exec_driver_sql("DELETE FROM bar_day_columns")
    found = report(market, "C3")
    last = "there is no bar of 10 October 2025; the last is of 29 September 2025"
    assert {figure.reason for figure in (*found.price.values(), *found.risk.values(), *found.indicators.values())} == {
        last
    }
    assert found.levels.support_usd.reason == "there is no bar of 10 October 2025"
    assert found.health.last_bar == LAST - 11 * ONE


def test_levels_of_the_provider_come_first(market: Store) -> None:
    price = float(CLOSES[-1, 1])
    with market.writer() as session:
        upsert_levels(session, SOURCE, [Level("02", LAST - ONE, price * 0.9)], NOW)
    levels = report(market, "C2").levels
    assert (levels.origin, levels.listed_on, levels.support_usd.value) == ("provider", LAST - ONE, price * 0.9)
    assert levels.resistance_usd.reason == "the provider lists no level on this side of the price"
    assert report(market, "C3").levels.origin == "derived"


def test_another_source_of_the_chain_stands_in_and_disputes_are_told(market: Store) -> None:
    with market.writer() as session:
        connection = session.connection()
        connection.exec_driver_sql("INSERT INTO source (name, attribution, url, licence) VALUES ('other', '', '', '')")
        connection.exec_driver_sql(
            "INSERT INTO asset_ref SELECT source_id, '2', 2, 'new', NULL, 0 FROM source WHERE name = 'other'"
        )
        price = float(CLOSES[-1, 1]) * 1.1
        upsert_daily_bars(session, "other", [DailyBar("2", LAST, price, price, price, price, 1.0)], NOW)
    chain = (SOURCE, "other")
    disputed = report(market, "C2", price_chain=chain)
    assert disputed.source == SOURCE
    assert disputed.health.spread_pct == pytest.approx(10.0)
    assert disputed.health.closes == {SOURCE: CLOSES[-1, 1], "other": price}
    with market.writer() as session:
        session.connection().exec_driver_sql(
            "DELETE FROM bar_daily WHERE asset_id = 2 AND day = 20371 AND source_id = 1"
        )
        session.connection().exec_driver_sql("DELETE FROM bar_day_columns")
    assert report(market, "C2", price_chain=chain).source == "other"


def test_a_text_that_means_nothing_is_refused(scanned_market: Store) -> None:
    with pytest.raises(AssetNotFound, match="coinbrief asset find"):
        report(scanned_market, "Dogwhistle")
