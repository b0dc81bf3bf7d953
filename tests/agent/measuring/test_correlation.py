from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from agent.briefing.wanted import Wanted
from agent.measuring.correlation import (
    CorrelationReport,
    Forecast,
    measure_correlations,
    read_correlation_ground,
)
from agent.measuring.errors import AssetNotFound, MeasuringError, NoPrices, NothingHeld, WrongArgument
from agent.measuring.neighbours import read_neighbours
from agent.store import portfolios
from agent.store.bars import upsert_daily_bars
from agent.store.correlations import upsert_correlations
from agent.store.engine import Store
from agent.store.portfolios import HoldingRow
from datasources.records import Correlation, DailyBar
from tests.agent.measuring.market import COINS, LAST, NOW, SOURCE, STABLECOIN, walks

ONE = timedelta(days=1)
WANTED = Wanted("main", LAST + ONE, "daily", SOURCE)
RETURNS = pd.DataFrame(walks()).pct_change(fill_method=None)


def report(
    store: Store, *texts: str, wanted: Wanted = WANTED, days: int = 90, forecast: bool = False
) -> CorrelationReport:
    with store.reader() as session:
        ground = read_correlation_ground(session, wanted, texts, days=days, forecast=forecast)
    return measure_correlations(ground)


def hold(store: Store, amounts: dict[int, str]) -> None:
    with store.writer() as session:
        portfolio = portfolios.create(session, "main", NOW)
        rows = [HoldingRow(asset_id, Decimal(amount), None, NOW) for asset_id, amount in amounts.items()]
        portfolios.replace_holdings(session, portfolio.portfolio_id, rows)


def pairs_mean(returns: pd.DataFrame) -> float:
    matrix = returns.corr().to_numpy()
    return float(matrix[np.triu_indices(len(matrix), k=1)].mean())


def test_each_pair_and_the_average_and_its_change_are_those_of_pandas(market: Store) -> None:
    found = report(market, "BTC", "C2", "Coin 3", days=60)
    own = RETURNS[[0, 1, 2]]
    expected = own[-60:].corr().to_numpy()
    assert [(pair.first, pair.second) for pair in found.pairs] == [
        ("Bitcoin", "C2"), ("Bitcoin", "C3"), ("C2", "C3"),
    ]  # fmt: skip
    assert [pair.correlation.value for pair in found.pairs] == pytest.approx(expected[np.triu_indices(3, k=1)])
    assert {pair.common_days for pair in found.pairs} == {60}
    assert found.average.value == pytest.approx(pairs_mean(own[-60:]))
    assert found.change_30d.value == pytest.approx(pairs_mean(own[-60:]) - pairs_mean(own[-90:-30]))
    assert found.change_90d.value == pytest.approx(pairs_mean(own[-60:]) - pairs_mean(own[-150:-90]))
    assert (found.as_of, found.portfolio, found.source) == (LAST, None, SOURCE)


def test_the_days_of_stress_are_the_worst_tenth_of_bitcoin(market: Store) -> None:
    year = RETURNS[[1, 2, 3]][-365:]
    worst = RETURNS[0][-365:].nsmallest(36).index
    stress = report(market, "C2", "C3", "C4").stress
    assert stress.worst_days == 36
    assert stress.average.value == pytest.approx(pairs_mean(year.loc[worst]))
    assert stress.all_days.value == pytest.approx(pairs_mean(year))


def test_a_young_coin_has_a_reason_in_place_of_each_figure(market: Store) -> None:
    found = report(market, "C2", f"C{COINS}")
    (pair,) = found.pairs
    assert (pair.correlation.value, pair.common_days) == (None, 13)
    assert pair.correlation.reason == "13 common days, needs 30"
    for figure in (found.average, found.change_30d, found.stress.average, found.alike.count):
        assert figure.value is None
        assert figure.reason
    assert f"C{COINS}" in str(found.alike.count.reason)


def test_without_names_it_is_the_portfolio_by_value(market: Store) -> None:
    hold(market, {3: "10", 1: "2"})
    found = report(market)
    values = walks()[-1, [0, 2]] * [2, 10]
    assert [asset.name for asset in found.assets] == ["Bitcoin", "C3"]
    assert [asset.share.value for asset in found.assets if asset.share] == pytest.approx(
        (values / values.sum()).tolist()
    )
    assert sum(group.share for group in found.alike.groups) == pytest.approx(1.0)
    assert found.portfolio == "main"


def test_assets_that_are_one_form_one_group(market: Store) -> None:
    hold(market, {1: "1", 2: "1", 3: "1"})
    close = walks()[:, 0] * 2
    days = [LAST - timedelta(days=back) for back in range(len(close) - 1, -1, -1)]
    bars = [
        DailyBar("02", day, price, price, price, price, 1.0) for day, price in zip(days, close.tolist(), strict=True)
    ]
    with market.writer() as session:
        upsert_daily_bars(session, SOURCE, bars, NOW + ONE)
    found = report(market)
    assert {frozenset(group.members) for group in found.alike.groups} == {
        frozenset({"Bitcoin", "C2"}),
        frozenset({"C3"}),
    }
    assert found.alike.count.value == 2


def test_prices_come_from_another_source_where_the_market_has_none_of_the_day(market: Store) -> None:
    close = 50 * np.exp(np.cumsum(np.random.default_rng(3).normal(0, 0.02, 100)))
    days = [LAST - timedelta(days=back) for back in range(99, -1, -1)]
    with market.writer() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO source (name, attribution, url, licence) VALUES ('other', '', '', '')"
        )
        session.connection().exec_driver_sql(
            "INSERT INTO asset_ref SELECT source_id, 'x', 2, 'new', NULL, 0 FROM source WHERE name = 'other'"
        )
        session.connection().exec_driver_sql("DELETE FROM bar_day_columns")
        session.connection().exec_driver_sql(
            f"DELETE FROM bar_daily WHERE asset_id = 2 AND day > {(LAST - date(1970, 1, 1)).days - 5}"
        )
        bars = [
            DailyBar("x", day, price, price, price, price, 1.0) for day, price in zip(days, close.tolist(), strict=True)
        ]
        upsert_daily_bars(session, "other", bars, NOW)
    found = report(market, "BTC", "C2", wanted=replace(WANTED, price_chain=(SOURCE, "other")))
    assert [asset.price_source for asset in found.assets] == [SOURCE, "other"]
    expected = np.corrcoef(RETURNS[0][-90:], (close[1:] / close[:-1] - 1)[-90:])[0, 1]
    assert found.pairs[0].correlation.value == pytest.approx(expected)


def test_a_forecast_names_its_estimator_and_every_score(market: Store) -> None:
    found = report(market, "BTC", "C2", "C3", forecast=True).forecast
    assert isinstance(found, Forecast)
    assert found.used == "last_90_days"  # random walks: nothing can be better for long
    assert len(found.scores) == 6
    assert found.dates == 6  # every tenth of 449 days with 365 before it and 30 after
    assert found.pairs[0].correlation.value == pytest.approx(RETURNS[0][-90:].corr(RETURNS[1][-90:]))


def test_what_a_provider_says_is_listed_as_its_own_and_stripped(market: Store) -> None:
    said = [Correlation("02", LAST, "Evil\x1b[31m <b>coin</b>", 0.5), Correlation("02", LAST - ONE, "Old", 0.1)]
    with market.writer() as session:
        upsert_correlations(session, SOURCE, said, NOW)
    (row,) = report(market, "C2", "C3").provided
    assert (row.source, row.asset, row.day, row.correlation) == (SOURCE, "C2", LAST, 0.5)
    assert row.other_name == "Evil 31m b coin /b"


@pytest.mark.parametrize(
    ("texts", "days", "error", "said"),
    [
        (("BTC",), 90, WrongArgument, "--neighbours"),
        (("BTC", "bitcoin"), 90, WrongArgument, "same asset"),
        (("BTC", "C2"), 29, WrongArgument, "30 to 1095"),
        (("BTC", "NOSUCH"), 90, AssetNotFound, "NOSUCH"),
    ],
)
def test_what_cannot_be_correlated_is_said(
    market: Store, texts: tuple[str, ...], days: int, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        report(market, *texts, days=days)


def test_no_holdings_and_no_prices_are_said(market: Store) -> None:
    with market.writer() as session:
        portfolios.create(session, "main", NOW)
    with pytest.raises(NothingHeld, match="empty"):
        report(market)
    with pytest.raises(NoPrices, match="collect"):
        report(market, "BTC", "C2", wanted=replace(WANTED, day=date(2020, 1, 1)))


def test_neighbours_are_ranked_by_correlation_and_short_histories_are_counted(market: Store) -> None:
    with market.reader() as session:
        found = read_neighbours(session, WANTED, "BTC", count=3)
    window = RETURNS[-90:]
    expected = window.drop(columns=[0, COINS - 1]).corrwith(window[0])
    expected = expected[window.count()[expected.index] >= 81].sort_values(ascending=False)
    names = [f"C{column + 1}" for column in expected.index]
    coins = [each.name for each in found.most]
    assert coins == names[:3]
    assert [each.correlation for each in found.most] == pytest.approx(expected[:3].tolist())
    assert [each.name for each in found.least] == names[::-1][:3]
    assert (found.compared, found.too_short, found.needed) == (len(expected), 1, 81)
    assert STABLECOIN not in {each.asset_id for each in (*found.most, *found.least)}  # it never moved


def test_neighbours_of_a_young_coin_or_too_many_of_them_are_refused(market: Store) -> None:
    with market.reader() as session:
        with pytest.raises(MeasuringError, match="13 daily returns"):
            read_neighbours(session, WANTED, f"C{COINS}", count=3)
        with pytest.raises(WrongArgument, match="from 1 to 100"):
            read_neighbours(session, WANTED, "BTC", count=0)
