import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from datasources.sandbox import blocks
from datasources.sandbox.contract import Token
from datasources.sandbox.market import BarPanel, SandboxMarket

NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
LAST = date(2025, 10, 10)
DAY = timedelta(days=1)
moments = st.integers(0, 1460 * 24 * 60).map(
    lambda minutes: datetime(2023, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@pytest.fixture(scope="module")
def panel(market: SandboxMarket) -> BarPanel:
    return market.panel(NOW, LAST - 799 * DAY, LAST)


@pytest.fixture(scope="module")
def tokens(market: SandboxMarket, panel: BarPanel) -> list[Token]:
    found = [market.token(int(token_id)) for token_id in panel.token_ids]
    return [token for token in found if token is not None]


def _returns(panel: BarPanel) -> NDArray[np.float64]:
    return np.diff(panel.close_usd, axis=0) / panel.close_usd[:-1]


def _whole(panel: BarPanel) -> NDArray[np.bool_]:
    return np.isfinite(panel.close_usd).all(axis=0)


def _sector(token: Token) -> str:
    return token.categories[0].slug if token.categories else ""


def test_two_instances_agree_whatever_they_are_asked_first(market: SandboxMarket) -> None:
    other = SandboxMarket(tokens=160, seed=7)
    late = other.daily_bars(NOW + 400 * DAY, None, date(2026, 9, 1), date(2026, 9, 3))[:]
    early = other.daily_bars(NOW, None, date(2023, 5, 1), date(2023, 5, 2))[:]
    assert early == market.daily_bars(NOW, None, date(2023, 5, 1), date(2023, 5, 2))[:]
    assert late == market.daily_bars(NOW + 400 * DAY, None, date(2026, 9, 1), date(2026, 9, 3))[:]


def test_another_process_sees_the_same_prices(market: SandboxMarket) -> None:
    code = (
        "from datetime import UTC, date, datetime\n"
        "from datasources.sandbox.market import SandboxMarket\n"
        "bars = SandboxMarket(160, 7).daily_bars(datetime(2025, 10, 11, tzinfo=UTC), [3375], "
        "date(2025, 10, 1), date(2025, 10, 10))\n"
        "print([bar.close_usd for bar in bars])"
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    here = [bar.close_usd for bar in market.daily_bars(NOW, [3375], date(2025, 10, 1), LAST)]
    assert there.strip() == str(here)


def test_little_memory_gives_the_same_market(market: SandboxMarket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "MEMORY_BYTES", 0)
    small = SandboxMarket(tokens=160, seed=7)
    for day in (LAST, date(2023, 3, 1), date(2024, 7, 1)):
        assert small.tm_grades(NOW, None, day, day)[:] == market.tm_grades(NOW, None, day, day)[:]
        assert small.daily_bars(NOW, None, day, day)[:] == market.daily_bars(NOW, None, day, day)[:]


def test_another_seed_is_another_market(market: SandboxMarket) -> None:
    other = SandboxMarket(tokens=160, seed=8)
    assert other.daily_bars(NOW, [3375], LAST, LAST)[0] != market.daily_bars(NOW, [3375], LAST, LAST)[0]


@pytest.mark.parametrize(("tokens", "seed"), [(0, 7), (20_001, 7), (10, -1)])
def test_impossible_markets_are_refused(tokens: int, seed: int) -> None:
    with pytest.raises(ValueError, match="change sandbox"):
        SandboxMarket(tokens=tokens, seed=seed)


@settings(max_examples=25, deadline=None)
@given(now=moments)
def test_nothing_is_shown_before_it_is_final(market: SandboxMarket, now: datetime) -> None:
    start, end = now.date() - 3 * DAY, now.date() + 2 * DAY
    dated = (
        market.daily_bars(now, None, start, end),
        market.tm_grades(now, None, start, end),
        market.trader_grades(now, None, start, end),
        market.investor_grades(now, None, start, end),
        market.trading_signals(now, None, start, end),
        market.market_metrics(now, start, end),
        market.levels(now, None),
        market.quant_metrics(now, [3375]),
        market.correlations(now, [3375]),
    )
    final = [datetime.combine(row.day + DAY, datetime.min.time(), UTC) for rows in dated for row in rows[:40]]
    assert all(moment <= now for moment in final)
    assert all(bar.opened_at + timedelta(hours=1) <= now for bar in market.hourly_bars(now, [3375], start, end))
    assert all(token.listed_on < now.date() for token in market.tokens(now))
    assert all(row.day <= now.date() for row in market.sentiment(now))


@settings(max_examples=10, deadline=None)
@given(now=moments, later=st.integers(1, 500))
def test_the_past_never_changes(market: SandboxMarket, now: datetime, later: int) -> None:
    day = now.date() - 2 * DAY
    after = now + later * DAY
    assert market.daily_bars(now, None, day, day)[:] == market.daily_bars(after, None, day, day)[:]
    assert market.tm_grades(now, None, day, day)[:] == market.tm_grades(after, None, day, day)[:]
    assert market.trading_signals(now, None, day, day)[:] == market.trading_signals(after, None, day, day)[:]
    assert market.market_metrics(now, day, day)[:] == market.market_metrics(after, day, day)[:]
    hours = market.hourly_bars(now, [3375], day, day)[:]
    assert hours == market.hourly_bars(after, [3375], day, day)[:]


def test_before_its_first_day_the_market_is_empty(market: SandboxMarket) -> None:
    before = datetime(2022, 12, 31, 12, tzinfo=UTC)
    assert not market.tokens(before)
    assert not market.top_tokens(before)
    assert not market.prices(before, [3375])
    assert not market.daily_bars(before, None, date(2022, 1, 1), date(2023, 6, 1))


def test_a_time_without_a_zone_is_refused(market: SandboxMarket) -> None:
    with pytest.raises(ValueError, match="aware"):
        market.tokens(datetime(2025, 1, 1))  # noqa: DTZ001 - the mistake under test


def test_candles_are_consistent(market: SandboxMarket) -> None:
    bars = market.daily_bars(NOW, None, date(2025, 9, 12), LAST)[:]
    assert len(bars) > 3000
    assert all(0 < bar.low_usd <= min(bar.open_usd, bar.close_usd) for bar in bars)
    assert all(bar.high_usd >= max(bar.open_usd, bar.close_usd) for bar in bars)
    assert all(bar.volume_usd > 0 for bar in bars)


def test_a_day_opens_where_the_one_before_closed(market: SandboxMarket) -> None:
    bars = market.daily_bars(NOW, [3306], date(2025, 9, 12), LAST)
    assert [bar.open_usd for bar in bars[:-1]] == [bar.close_usd for bar in bars[1:]]


def test_bars_come_newest_day_first_and_tokens_in_the_order_asked(market: SandboxMarket) -> None:
    bars = market.daily_bars(NOW, [3306, 3375], date(2025, 10, 8), date(2025, 10, 9))
    assert [(bar.day.day, bar.token_id) for bar in bars] == [(9, 3306), (9, 3375), (8, 3306), (8, 3375)]


def test_hours_add_up_to_their_day(market: SandboxMarket) -> None:
    day = market.daily_bars(NOW, [3988], LAST, LAST)[0]
    hours = market.hourly_bars(NOW, [3988], LAST, LAST)[::-1]
    assert len(hours) == 24
    assert (hours[0].open_usd, hours[-1].close_usd) == (day.open_usd, day.close_usd)
    assert max(hour.high_usd for hour in hours) == day.high_usd
    assert min(hour.low_usd for hour in hours) == day.low_usd
    assert sum(hour.volume_usd for hour in hours) == pytest.approx(day.volume_usd)
    assert all(first.close_usd == second.open_usd for first, second in pairwise(hours))


def test_the_price_now_is_the_end_of_the_last_hour(market: SandboxMarket) -> None:
    hour = market.hourly_bars(NOW, [3375], NOW.date(), NOW.date())[0]
    assert hour.opened_at == NOW - timedelta(hours=1)
    assert market.prices(NOW, [3375])[0].price_usd == hour.close_usd


def test_the_price_at_midnight_is_the_close(market: SandboxMarket) -> None:
    midnight = datetime(2025, 10, 11, tzinfo=UTC)
    assert market.prices(midnight, [3375])[0].price_usd == market.daily_bars(NOW, [3375], LAST, LAST)[0].close_usd


def test_tokens_of_a_sector_move_together_more_than_others(panel: BarPanel, tokens: list[Token]) -> None:
    pegged = {"stablecoins", "wrapped-tokens", "tokenized-gold", ""}
    chosen = [place for place, token in enumerate(tokens) if _whole(panel)[place] and _sector(token) not in pegged]
    sectors = np.array([_sector(tokens[place]) for place in chosen])
    correlations = np.corrcoef(_returns(panel)[:, chosen].T)
    pairs = np.triu_indices(len(chosen), 1)
    same = (sectors[:, None] == sectors[None, :])[pairs]
    within, across = correlations[pairs][same].mean(), correlations[pairs][~same].mean()
    assert within > across + 0.05
    assert 0.2 < across < 0.7


def test_returns_have_fat_tails_and_volume_follows_moves(panel: BarPanel, tokens: list[Token]) -> None:
    floating = [
        place
        for place, token in enumerate(tokens)
        if _whole(panel)[place] and _sector(token) not in {"stablecoins", "wrapped-tokens"}
    ]
    returns = _returns(panel)[:, floating]
    assert np.median(stats.kurtosis(np.log1p(returns), fisher=False)) > 3.5
    ranks = [
        stats.spearmanr(np.abs(returns[:, column]), panel.volume_usd[1:, place]).statistic
        for column, place in enumerate(floating)
    ]
    assert np.median(ranks) > 0.3


def test_stablecoins_hardly_move(panel: BarPanel, tokens: list[Token]) -> None:
    places = [place for place, token in enumerate(tokens) if _sector(token) == "stablecoins"]
    closes = panel.close_usd[:, places]
    assert len(places) >= 5
    assert np.nanmax(np.abs(closes - 1.0)) < 0.01
    assert np.nanstd(_returns(panel)[:, places]) < 0.002


@pytest.mark.parametrize(
    ("wrapped", "underlying"), [("WBTC", "BTC"), ("STETH", "ETH"), ("WETH", "ETH"), ("PAXG", "XAUT")]
)
def test_wrapped_assets_follow_what_they_wrap(
    panel: BarPanel, tokens: list[Token], wrapped: str, underlying: str
) -> None:
    symbols = [token.symbol for token in tokens]
    pair = _returns(panel)[:, [symbols.index(wrapped), symbols.index(underlying)]]
    assert np.corrcoef(pair.T)[0, 1] > 0.99


def test_tokens_appear_and_some_vanish() -> None:
    market = SandboxMarket(tokens=600, seed=3)
    early, late = datetime(2023, 1, 3, tzinfo=UTC), NOW
    assert len(market.tokens(early)) < len(market.tokens(late))
    gone = [token for token in market.tokens(late) if token.delisted_on is not None and token.delisted_on <= LAST]
    assert gone
    bars = market.daily_bars(late, [gone[0].token_id], date(2023, 1, 1), LAST)
    assert bars[0].day + DAY == gone[0].delisted_on
    assert bars[-1].day == gone[0].listed_on
    assert gone[0] not in market.top_tokens(late)
    assert not market.prices(late, [gone[0].token_id])


@pytest.mark.parametrize("year", [2025, 2032])
def test_the_market_neither_explodes_nor_dies(year: int) -> None:
    market = SandboxMarket(tokens=700, seed=11)
    now = datetime(year, 6, 1, tzinfo=UTC)
    first = market.panel(now, date(2023, 1, 1), date(2023, 1, 1)).close_usd[0]
    last = market.panel(now, date(year, 5, 31), date(year, 5, 31)).close_usd[0]
    growth = (last / first)[np.isfinite(last / first)]
    assert 0.1 < np.median(growth) < 10
    assert growth.max() < 1000
    assert 0.005 < np.mean(growth < 0.1) < 0.25


def test_the_largest_come_first(market: SandboxMarket) -> None:
    top = market.top_tokens(NOW)
    assert top[0].symbol == "BTC"
    assert {token.symbol for token in top[:6]} >= {"ETH", "USDT"}


def test_symbols_collide_with_very_different_sizes(market: SandboxMarket) -> None:
    ranks = {symbol: _ranks(market.top_tokens(NOW), symbol) for symbol in ("PEPE", "ANDY", "NEIRO", "WOLF")}
    assert all(len(places) >= 3 for places in ranks.values())
    assert all(places[-1] - places[0] > 20 for places in ranks.values())
    assert [token.symbol for token in market.tokens(NOW) if token.name == "HarryPotterObamaSonic10Inu"] == ["BITCOIN"]


def _ranks(top: Sequence[Token], symbol: str) -> list[int]:
    return [rank for rank, token in enumerate(top) if token.symbol == symbol]


def test_signals_and_their_returns_follow_from_the_prices(market: SandboxMarket) -> None:
    rows = market.trading_signals(NOW, [3988], date(2023, 1, 1), LAST)[::-1]
    closes = [bar.close_usd for bar in market.daily_bars(NOW, [3988], rows[0].day, LAST)][::-1]
    held, kept = 1.0, rows[0].trend
    for before, row, was, close in zip(rows, rows[1:], closes, closes[1:], strict=False):
        held *= close / was if before.trend == 1 else 1.0
        kept = row.signal or kept
        assert row.trend == kept
    assert {row.signal for row in rows} == {-1, 0, 1}
    assert rows[-1].strategy_return == pytest.approx(held - 1.0, abs=0.01)
    assert rows[-1].holding_return == pytest.approx(closes[-1] / closes[0] - 1.0, abs=0.001)


def test_grades_rise_with_the_price(market: SandboxMarket) -> None:
    rows = market.trader_grades(NOW, None, LAST, LAST)
    changes = []
    for row in rows:
        bars = market.daily_bars(NOW, [row.token_id], LAST - 14 * DAY, LAST)
        changes.append(bars[0].close_usd / bars[-1].close_usd)
    assert stats.spearmanr(changes, [row.trader_grade for row in rows]).statistic > 0.4
    assert all(0 <= row.trader_grade <= 100 for row in rows)


def test_grade_changes_are_percent_of_the_grade_before(market: SandboxMarket) -> None:
    today, before = market.trader_grades(NOW, [3375], LAST - DAY, LAST)
    assert today.change_pct == pytest.approx(100 * (today.trader_grade / before.trader_grade - 1), abs=0.006)
    latest, *_, week_ago = market.investor_grades(NOW, [3375], LAST - 7 * DAY, LAST)
    assert latest.change_pct == pytest.approx(100 * (latest.investor_grade / week_ago.investor_grade - 1), abs=0.006)


def test_a_first_grade_has_no_change(market: SandboxMarket) -> None:
    rows = market.tm_grades(NOW, [3375], date(2023, 1, 1), date(2023, 2, 15))
    assert rows[-1].day == date(2023, 1, 21)
    assert rows[-1].tm_grade_change_pct is None
    assert rows[-1].momentum == "No Momentum"


def test_stablecoins_get_neither_grades_nor_signals(market: SandboxMarket) -> None:
    assert not market.tm_grades(NOW, [3379], LAST, LAST)
    assert not market.trading_signals(NOW, [3379], LAST, LAST)


def test_total_market_cap_counts_no_token_twice(market: SandboxMarket) -> None:
    metrics = market.market_metrics(NOW, LAST, LAST)[0]
    assert 1e11 < metrics.total_market_cap_usd < 2e13
    grades = [row.tm_grade for row in market.tm_grades(NOW, None, LAST, LAST)]
    share = 100 * sum(grade >= 60 for grade in grades) / len(grades)
    assert metrics.high_grade_share_pct == pytest.approx(share)


def test_correlations_come_from_the_served_closes(market: SandboxMarket) -> None:
    row = market.correlations(NOW, [3306])[0]
    assert row.top is not None
    assert len(row.top) == 20
    name, value = row.top[0]
    other = next(token for token in market.tokens(NOW) if token.name == name)
    closes = [
        [bar.close_usd for bar in market.daily_bars(NOW, [token_id], LAST - 90 * DAY, LAST)]
        for token_id in (3306, other.token_id)
    ]
    assert value == pytest.approx(np.corrcoef(np.diff(np.log(closes)))[0, 1], abs=0.001)


def test_short_histories_have_nulls() -> None:
    market = SandboxMarket(tokens=160, seed=7)
    now = datetime(2023, 2, 10, tzinfo=UTC)
    assert market.quant_metrics(now, [3375])[0].values is None
    assert market.correlations(now, [3379])[0].top is None
    assert market.levels(now, [3375])[0].levels is None


def test_levels_are_turning_points_of_the_served_closes(market: SandboxMarket) -> None:
    levels = market.levels(NOW, [3375])[0].levels
    assert levels
    closes = {bar.day: bar.close_usd for bar in market.daily_bars(NOW, [3375], date(2024, 1, 1), LAST)}
    assert [day for day, _ in levels] == sorted(day for day, _ in levels)
    for day, level in levels:
        around = [closes[day + offset * DAY] for offset in range(-10, 11)]
        assert level == closes[day]
        assert level in {min(around), max(around)}


def test_sentiment_has_one_value_a_day_within_bounds(market: SandboxMarket) -> None:
    rows = market.sentiment(NOW)
    assert rows[0].day == NOW.date()
    assert [row.day for row in rows] == [NOW.date() - place * DAY for place in range(len(rows))]
    assert all(5 <= row.value <= 95 for row in rows)
