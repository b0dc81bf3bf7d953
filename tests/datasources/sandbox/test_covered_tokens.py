from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from datasources.sandbox.market import SandboxMarket

NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
LAST = date(2025, 10, 10)
DAY = timedelta(days=1)
moments = st.integers(0, 1460 * 24 * 60).map(
    lambda minutes: datetime(2023, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def test_the_first_token_of_a_symbol_has_its_on_chain_ticker(market: SandboxMarket) -> None:
    assert len(market.onchain_assets()) == 40
    assert len(market.onchain(NOW, "btc")) == (LAST - date(2023, 1, 1)).days + 1
    assert not market.onchain(NOW, "nobody")


@settings(max_examples=10, deadline=None)
@given(now=moments, later=st.integers(8, 500))
def test_past_on_chain_days_never_change_once_restated(market: SandboxMarket, now: datetime, later: int) -> None:
    day = now.date() - 9 * DAY
    rows = market.onchain_days(now, "eth", day - 3 * DAY, day)
    assert rows == market.onchain_days(now + later * DAY, "eth", day - 3 * DAY, day)
    assert all(row.day < now.date() for row in market.onchain_days(now, "eth", day, now.date() + 5 * DAY))


def test_on_chain_figures_are_plausible(market: SandboxMarket) -> None:
    rows = [{name: float(value or "nan") for name, value in row.values} for row in market.onchain(NOW, "btc")]
    hash_rates = [row["HashRate"] for row in rows]
    assert 1e8 < hash_rates[0] < hash_rates[-1] < 3e9
    assert all(0.2 < row["CapMVRVCur"] < 6 for row in rows)
    assert all(5e4 < row["TxCnt"] < row["AdrActCnt"] < 5e6 for row in rows)
    flows = [row["FlowInExUSD"] - row["FlowOutExUSD"] for row in rows]
    returns = np.diff([row["PriceUSD"] for row in rows]) / [row["PriceUSD"] for row in rows[:-1]]
    assert stats.spearmanr(flows[1:], returns).statistic < -0.3  # coins come to exchanges when prices fall
    volumes = [bar.volume_usd for bar in market.token_bars(NOW, 3375, date(2023, 1, 1), LAST)]
    assert stats.spearmanr(volumes, [row["TxCnt"] for row in rows]).statistic > 0.3


def test_bars_of_one_token_are_those_of_the_grid(market: SandboxMarket) -> None:
    for token_id in (3375, market.top_tokens(NOW)[100].token_id):
        bars = market.token_bars(NOW, token_id, date(2022, 1, 1), LAST + 5 * DAY)
        assert list(bars) == list(market.daily_bars(NOW, [token_id], date(2022, 1, 1), LAST))[::-1]
        points = market.daily_points(NOW, token_id, date(2022, 1, 1), LAST + 5 * DAY)
        assert [(bar.day, bar.close_usd, bar.volume_usd) for bar in bars] == [
            (point.day, point.close_usd, point.volume_usd) for point in points
        ]
    assert not market.token_bars(NOW, 1, LAST, LAST)
    assert not market.daily_points(NOW, 1, LAST, LAST)


@settings(max_examples=10, deadline=None)
@given(now=moments)
def test_an_unfinished_bar_lies_within_the_one_it_becomes(market: SandboxMarket, now: datetime) -> None:
    unfinished = market.open_bar(now, 3375)
    if unfinished is None:
        assert now.date() == date(2023, 1, 1)
        return
    final = market.daily_bars(now + 2 * DAY, [3375], now.date(), now.date())[0]
    assert unfinished.open_usd == final.open_usd
    assert final.low_usd <= unfinished.low_usd <= unfinished.close_usd <= unfinished.high_usd <= final.high_usd
    assert 0 <= unfinished.volume_usd <= final.volume_usd * (1 + 1e-9)
    assert unfinished.close_usd == market.prices(now, [3375])[0].price_usd


def test_a_snapshot_sums_up_the_hours_before(market: SandboxMarket) -> None:
    row = market.snapshots(NOW, [3988])[0]
    hours = market.hourly_bars(NOW, [3988], LAST, NOW.date())[:24]
    assert row.price_usd == hours[0].close_usd
    assert row.price_24h_ago_usd == hours[-1].open_usd
    assert row.high_24h_usd == max(hour.high_usd for hour in hours)
    assert row.low_24h_usd == min(hour.low_usd for hour in hours)
    assert row.volume_24h_usd == pytest.approx(sum(hour.volume_usd for hour in hours))
    bars = market.token_bars(NOW, 3988, date(2023, 1, 1), LAST)
    assert row.highest == max(((bar.day, bar.close_usd) for bar in bars), key=lambda pair: pair[1])
    assert row.lowest == min(((bar.day, bar.close_usd) for bar in bars), key=lambda pair: pair[1])


def test_a_pair_is_of_one_token_only(market: SandboxMarket) -> None:
    pairs = market.pair_tokens()
    assert len(pairs) == 60
    held = [token.symbol for token in market.tokens(NOW + 4000 * DAY)]
    assert all(held.count(symbol) == 1 for symbol in pairs)
    assert "USDT" not in pairs
