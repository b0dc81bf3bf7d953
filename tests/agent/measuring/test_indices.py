from datetime import date, timedelta

import numpy as np
import pytest

from agent.analytics.index_rules import IndexRule, Largest, Listed, Schedule, Weighting
from agent.briefing.wanted import Wanted
from agent.errors import NameTaken, UnknownRow
from agent.measuring.errors import AssetNotFound, NoPrices, WrongArgument
from agent.measuring.ground import Scope
from agent.measuring.index_list import list_all_indices, provided_index_report
from agent.measuring.index_market import read_index_ground
from agent.measuring.index_wishes import IndexWish, parse_rule, rule_json, rule_of
from agent.measuring.indices import TrackedIndex, index_scope, own_index_report, tracked_index
from agent.store.engine import Store
from agent.store.indices import upsert_index_holdings, upsert_index_values, upsert_indices
from agent.store.metrics import upsert_metrics
from agent.store.own_indices import IndexRuleRow, create_index_rule
from datasources.records import Index, IndexHolding, IndexValue, Metric
from tests.agent.measuring.market import COINS, LAST, NOW, SOURCE, STABLECOIN, key, walks

ONE = timedelta(days=1)
SCOPE = Scope(SOURCE, LAST)
START = LAST - timedelta(days=99)
CAPS = "asset.market_cap_usd"


def tracked(store: Store, rule: IndexRule, scope: Scope = SCOPE) -> TrackedIndex:
    with store.reader() as session:
        return tracked_index(session, scope, rule)


def rule_from(store: Store, wish: IndexWish) -> IndexRule:
    with store.reader() as session:
        return rule_of(session, SCOPE, wish)


def keep(store: Store, rule: IndexRule) -> None:
    with store.writer() as session:
        create_index_rule(session, IndexRuleRow(rule.name, rule_json(rule), NOW))


def put_caps(store: Store, caps: dict[int, float], first: date, last: date) -> None:
    """Market values, each learned on the day after its own."""
    days = [first + timedelta(days=back) for back in range((last - first).days + 1)]
    with store.writer() as session:
        for day in days:
            rows = [Metric(key(coin), day, CAPS, "usd", value) for coin, value in caps.items()]
            learned = NOW.replace(year=day.year, month=day.month, day=day.day) + ONE
            upsert_metrics(session, SOURCE, rows, learned)


def test_bought_and_held_equally_an_index_is_the_mean_of_the_price_ratios(market: Store) -> None:
    rule = IndexRule("pair", Listed((1, 3)), START, Weighting.EQUAL, Schedule.BUY_AND_HOLD)
    closes = walks()[-100:, [0, 2]]
    found = tracked(market, rule)
    np.testing.assert_allclose(found.track.level, 100 * (closes / closes[0]).mean(axis=1), rtol=1e-12)


def test_without_market_values_the_largest_are_those_with_the_most_volume(market: Store) -> None:
    found = tracked(market, IndexRule("top", Largest(3), START, Weighting.EQUAL, Schedule.BUY_AND_HOLD))
    held = {each.asset_id for each in found.track.state.constituents}
    assert held == {COINS - 1, COINS - 2, COINS - 3}  # the last one is too young, and the stablecoin is no coin
    assert found.ground.ordered_by(START) == "volume"


def test_market_values_come_before_volume_where_enough_of_the_universe_have_one(market: Store) -> None:
    put_caps(market, {1: 5e9, 2: 9e9, 3: 1e9, STABLECOIN: 9e12}, START, START)
    rule = IndexRule("top", Largest(2), START, Weighting.CAP, Schedule.BUY_AND_HOLD)
    found = tracked(market, rule)
    (bought,) = found.track.rebalances
    assert bought.asset_ids == (2, 1)
    assert bought.weights == pytest.approx((9 / 14, 5 / 14))
    assert found.ground.ordered_by(START) == "market value"
    four = tracked(market, IndexRule("top", Largest(4), START, Weighting.EQUAL, Schedule.BUY_AND_HOLD))
    assert four.ground.ordered_by(START) == "volume"  # three coins with a value are not four


def test_a_market_value_counts_for_a_week_and_not_before_it_was_known(market: Store) -> None:
    put_caps(market, {1: 5e9, 2: 9e9}, START, START)
    with market.reader() as session:
        ground = read_index_ground(session, SCOPE, IndexRule("top", Largest(2), START, Weighting.CAP))
    first = int(np.flatnonzero(ground.by_value)[0])
    assert ground.market.days[first] == np.datetime64(START)
    assert ground.by_value.sum() == 7
    with market.writer() as session:  # filled in long after its day
        upsert_metrics(session, SOURCE, [Metric(key(3), START, CAPS, "usd", 1e15)], NOW)
    found = tracked(market, IndexRule("top", Largest(2), START, Weighting.CAP, Schedule.BUY_AND_HOLD))
    assert 3 not in found.track.rebalances[0].asset_ids


def test_weights_by_market_value_wait_for_the_first_day_with_values_and_say_which(market: Store) -> None:
    rule = IndexRule("top", Largest(2), START, Weighting.CAP)
    nothing = tracked(market, rule)
    assert nothing.level.value is None
    assert "none are stored yet" in str(nothing.level.reason)
    put_caps(market, {1: 5e9, 2: 9e9}, LAST + ONE, LAST + ONE)
    tomorrow = tracked(market, rule)
    assert f"the first day with them is {LAST + ONE}" in str(tomorrow.level.reason)
    put_caps(market, {1: 5e9, 2: 9e9}, LAST - 5 * ONE, LAST - 5 * ONE)
    later = tracked(market, rule)
    assert np.flatnonzero(np.isfinite(later.track.level))[0] == 94
    assert later.track.level[94] == 100


def test_nothing_after_a_day_changes_the_level_of_that_day(market: Store) -> None:
    rule = IndexRule("top", Largest(4), START, Weighting.INVERSE_VOLATILITY, Schedule.WEEKLY, 0.4, 10.0)
    whole, part = tracked(market, rule), tracked(market, rule, Scope(SOURCE, LAST - 30 * ONE))
    np.testing.assert_array_equal(whole.track.level[:70], part.track.level)


def test_a_report_has_holdings_since_when_turnover_costs_and_bitcoin(market: Store) -> None:
    rule = IndexRule("pair", Listed((2, 3)), START, Weighting.EQUAL, Schedule.MONTHLY, None, 10.0)
    keep(market, rule)
    found = own_index_report(market, SCOPE, "pair")
    closes = walks()[-100:]
    before = (LAST.replace(day=1) - START).days
    firsts = [START, *(day for day in (START + timedelta(days=row) for row in range(1, 100)) if day.day == 1)]
    assert (found.rebalances, found.last_rebalance and found.last_rebalance.day) == (len(firsts), LAST.replace(day=1))
    since = (firsts[-2] - START).days
    grown = closes[before, [1, 2]] / closes[since, [1, 2]]
    share = grown / grown.sum()
    assert found.last_rebalance is not None
    assert found.last_rebalance.turnover == pytest.approx(abs(share[0] - 0.5))
    assert found.last_rebalance.cost == pytest.approx(2 * abs(share[0] - 0.5) * 0.001)
    assert {each.since for each in found.holdings} == {START}
    assert sum(each.weight for each in found.holdings) == pytest.approx(1.0)
    assert [each.target_weight for each in found.holdings] == [0.5, 0.5]
    assert found.bitcoin_since_start_pct.value == pytest.approx((closes[-1, 0] / closes[0, 0] - 1) * 100)
    assert found.bitcoin is not None
    assert found.bitcoin.change_7d_pct.value == pytest.approx((closes[-1, 0] / closes[-8, 0] - 1) * 100)
    assert found.performance.change_365d_pct.value is None
    assert (found.chosen_by, found.stored_to, found.first_level) == ({"as listed": len(firsts)}, None, START)


def test_an_asset_whose_price_ended_is_told_as_sold(market: Store) -> None:
    with market.writer() as session:
        session.connection().exec_driver_sql("DELETE FROM bar_day_columns")
        session.connection().exec_driver_sql(
            f"DELETE FROM bar_daily WHERE asset_id = 3 AND day > {(LAST - date(1970, 1, 1)).days - 20}"
        )
    keep(market, IndexRule("pair", Listed((2, 3)), START, Weighting.EQUAL, Schedule.BUY_AND_HOLD))
    found = own_index_report(market, SCOPE, "pair")
    assert [(each.name, each.day) for each in found.sold] == [("C3", LAST - 12 * ONE)]
    assert [each.asset_id for each in found.holdings] == [2]
    assert found.days_without_level == 4  # the last close counts for three days, after seven it is sold


@pytest.mark.parametrize(
    "rule",
    [
        IndexRule("a", Largest(3, category="meme"), START, Weighting.SQRT_CAP, Schedule.WEEKLY, 0.5, 10.0),
        IndexRule("b", Listed((3, 1)), START, Weighting.EQUAL, Schedule.BUY_AND_HOLD),
    ],
)
def test_a_rule_is_read_back_as_it_was_written(rule: IndexRule) -> None:
    assert parse_rule(rule_json(rule)) == rule


def test_a_wish_becomes_a_rule_that_starts_a_year_ago(market: Store) -> None:
    rule = rule_from(market, IndexWish("top-5", 5, "meme", cap_pct=30, rebalance="never"))
    assert rule == IndexRule(
        "top-5",
        Largest(5, category="meme"),
        LAST - timedelta(days=365),
        Weighting.EQUAL,
        Schedule.BUY_AND_HOLD,
        0.3,
        10.0,
    )
    listed = rule_from(market, IndexWish("two", assets=("BTC", "Coin 3"), start="2025-09-01"))
    assert (listed.universe, listed.start) == (Listed((1, 3)), date(2025, 9, 1))


def test_a_wish_weighed_by_market_value_starts_with_the_values(market: Store) -> None:
    assert rule_from(market, IndexWish("caps", 2, weighting="cap")).start == LAST
    put_caps(market, {1: 5e9, 2: 9e9}, LAST - 9 * ONE, LAST)
    assert rule_from(market, IndexWish("caps", 2, weighting="cap")).start == LAST - 9 * ONE


@pytest.mark.parametrize(
    ("wish", "error", "said"),
    [
        (IndexWish("Top"), WrongArgument, "'Top'"),
        (IndexWish("x" * 41), WrongArgument, "40"),
        (IndexWish("x", 0), WrongArgument, "1 to 500"),
        (IndexWish("x", 3, assets=("BTC",)), WrongArgument, "--universe"),
        (IndexWish("x", assets=("BTC", "bitcoin")), WrongArgument, "more than once"),
        (IndexWish("x", assets=("NOSUCH",)), AssetNotFound, "NOSUCH"),
        (IndexWish("x", category="defi"), WrongArgument, "layer-1"),
        (IndexWish("x", weighting="best"), WrongArgument, "inverse_volatility"),
        (IndexWish("x", rebalance="daily"), WrongArgument, "quarterly"),
        (IndexWish("x", 4, cap_pct=20), WrongArgument, "from 25 "),
        (IndexWish("x", 4, cap_pct=float("nan")), WrongArgument, "--cap"),
        (IndexWish("x", cost_bps=-1), WrongArgument, "--cost-bps"),
        (IndexWish("x", start="soon"), WrongArgument, "2025-01-31"),
        (IndexWish("x", start="2031-01-01"), WrongArgument, str(LAST)),
    ],
)
def test_a_wish_that_cannot_be_is_refused_with_what_is_possible(
    market: Store, wish: IndexWish, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        rule_from(market, wish)


def put_provided(store: Store) -> None:
    with store.writer() as session:
        funds = [
            Index(
                "7", "Big <Ten>\x07", "BIG", day=LAST, active=True, price_usd=120.5, asset_count=2, change_1d_pct=1.5
            ),
            Index("8", "Small", "BIG", day=LAST),
        ]
        upsert_indices(session, SOURCE, funds, NOW)
        upsert_index_holdings(
            session, SOURCE, [IndexHolding("7", key(2), LAST, 60.0), IndexHolding("7", key(3), LAST, 40.0)], NOW
        )
        upsert_index_values(session, SOURCE, [IndexValue("7", LAST - ONE, 0.1), IndexValue("7", LAST, 0.2)], NOW)


def test_a_providers_index_is_shown_as_received_by_key_or_name(market: Store) -> None:
    put_provided(market)
    with market.reader() as session:
        found = provided_index_report(session, SCOPE, "7")
        assert provided_index_report(session, SCOPE, "small").index.key == "8"
        with pytest.raises(UnknownRow, match="'7' of sandbox, '8' of sandbox"):
            provided_index_report(session, SCOPE, "big")
        with pytest.raises(UnknownRow, match="our own: none; keys of providers': '7', '8'"):
            provided_index_report(session, SCOPE, "nosuch")
    assert (found.index.name, found.index.price_usd, found.index.change_1d_pct) == ("Big Ten", 120.5, 1.5)
    assert [(each.name, each.weight_pct) for each in found.holdings] == [("C2", 60.0), ("C3", 40.0)]
    assert found.values == ((LAST - ONE, 0.1), (LAST, 0.2))


def test_the_list_tells_ours_from_theirs(market: Store) -> None:
    put_provided(market)
    keep(market, IndexRule("mine", Listed((1,)), START))
    with market.reader() as session:
        found = list_all_indices(session, SCOPE)
    (own,) = found.own
    assert (own.name, own.day, own.level.value) == ("mine", None, None)
    assert "index show mine" in str(own.level.reason)
    assert [(each.source, each.key) for each in found.provided] == [(SOURCE, "7"), (SOURCE, "8")]


def test_a_name_that_is_taken_by_us_or_a_provider_is_refused(market: Store) -> None:
    put_provided(market)
    keep(market, IndexRule("mine", Listed((1,)), START))
    for name in ("mine", "small", "7"):
        with pytest.raises(NameTaken, match=f"'{name}'"):
            rule_from(market, IndexWish(name))


def test_the_market_of_an_index_ends_with_the_last_close(market: Store) -> None:
    with market.reader() as session:
        assert index_scope(session, Wanted("main", LAST + 5 * ONE, "daily", SOURCE)).day == LAST
        with pytest.raises(NoPrices, match="collect"):
            index_scope(session, Wanted("main", LAST, "daily", "nobody"))
