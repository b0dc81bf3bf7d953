from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest

from agent.errors import BadRow, UnknownAsset
from agent.store.bulk import Written
from agent.store.engine import Store
from agent.store.hourly_signals import hourly_signals_between, latest_hourly_signals, upsert_hourly_signals
from agent.store.indices import (
    index_holdings_on,
    index_ids,
    index_values_between,
    list_indices,
    upsert_index_holdings,
    upsert_index_values,
    upsert_indices,
)
from agent.store.investors import list_investors, upsert_investors
from agent.store.moonshots import list_moonshots, upsert_moonshots
from agent.store.predictions import predictions_on, upsert_predictions
from agent.store.reports import latest_reports, report_versions, upsert_reports
from datasources.records import HourlySignal, Index, IndexHolding, IndexValue, Investor, Moonshot, Prediction, Report

DAY = date(2025, 10, 10)
EVE = DAY - timedelta(days=1)
T1 = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
T2 = T1 + timedelta(hours=1)
T3 = T2 + timedelta(hours=1)
SEVEN = datetime(2025, 10, 10, 7, tzinfo=UTC)
EIGHT = SEVEN + timedelta(hours=1)


def test_an_hours_signal_is_read_by_asset_and_by_hour(listed: Store) -> None:
    signals = [
        HourlySignal("a", SEVEN, -1, 0, 10.5),
        HourlySignal("a", EIGHT, 1, 1),
        HourlySignal("b", SEVEN, 0, None),
    ]
    with listed.writer() as session:
        assert upsert_hourly_signals(session, "sandbox", signals, T1) == Written(inserted=3)
        assert upsert_hourly_signals(session, "sandbox", signals, T2) == Written(unchanged=3)
        latest = latest_hourly_signals(session, "sandbox", EIGHT)
        recent = latest_hourly_signals(session, "sandbox", EIGHT, since=EIGHT)
        earlier = latest_hourly_signals(session, "sandbox", SEVEN)
        history = hourly_signals_between(session, "sandbox", 1, SEVEN, EIGHT)
    assert {key: (row.hour, row.signal, row.position) for key, row in latest.items()} == {
        1: (EIGHT, 1, 1),
        2: (SEVEN, 0, None),
    }
    assert set(recent) == {1}
    assert earlier[1].signal == -1
    assert [(row.hour, row.close_usd, row.fetched_at) for row in history] == [(SEVEN, 10.5, T1), (EIGHT, None, T1)]


@pytest.mark.parametrize("wrong", [HourlySignal("a", SEVEN, 2), HourlySignal("a", SEVEN, 1, -2)])
def test_an_hours_signal_off_the_scale_is_refused(listed: Store, wrong: HourlySignal) -> None:
    with pytest.raises(BadRow, match="ck_hourly_signal_signal"), listed.writer() as session:
        upsert_hourly_signals(session, "sandbox", [wrong], T1)


def test_a_signal_between_the_hours_is_refused(listed: Store) -> None:
    with pytest.raises(ValueError, match="not a whole hour"), listed.writer() as session:
        upsert_hourly_signals(session, "sandbox", [HourlySignal("a", SEVEN + timedelta(minutes=1), 1)], T1)


def test_each_method_of_prediction_is_read_from_its_own_last_day(listed: Store) -> None:
    predictions = [
        Prediction("a", EVE, "scenario", "base", 5.0, scenario=3.0),
        Prediction("a", DAY, "scenario", "moon", 9.0, 15.0, None, 0.8, 1e9, 2e9),
        Prediction("a", DAY, "scenario", "bear", 4.0, 1.5),
        Prediction("a", EVE, "forecast", "expected", 7.0, horizon_days=30),
        Prediction("b", DAY, "forecast", "expected", 1.0, horizon_days=7),
    ]
    with listed.writer() as session:
        assert upsert_predictions(session, "sandbox", predictions, T1) == Written(inserted=5)
        found = predictions_on(session, "sandbox", 1, DAY)
        recent = predictions_on(session, "sandbox", 1, DAY, since=DAY)
        assert predictions_on(session, "sandbox", 3, DAY) == ()
    assert [(row.method, row.outcome, row.scenario, row.horizon_days, row.day) for row in found] == [
        ("forecast", "expected", None, 30, EVE),
        ("scenario", "bear", 1.5, None, DAY),
        ("scenario", "moon", 15.0, None, DAY),
    ]
    assert (found[2].price_usd, found[2].return_fraction, found[2].market_cap_usd, found[2].fdv_usd) == (
        9.0, 0.8, 1e9, 2e9,
    )  # fmt: skip
    assert {row.method for row in recent} == {"scenario"}


def test_a_report_keeps_every_version_of_its_text(listed: Store) -> None:
    with listed.writer() as session:
        for text, fetched_at in (("# First", T1), ("# First", T2), ("# Second\n- point", T3)):
            upsert_reports(session, "sandbox", [Report("a", "deep_dive", text)], fetched_at)
        upsert_reports(session, "sandbox", [Report("a", "code_review", "ok"), Report("b", "deep_dive", "other")], T1)
        current = latest_reports(session, "sandbox", 1)
        versions = report_versions(session, "sandbox", 1, "deep_dive")
    assert [(row.name, row.text, row.fetched_at) for row in current] == [
        ("code_review", "ok", T1),
        ("deep_dive", "# Second\n- point", T3),
    ]
    assert [(row.text, row.fetched_at) for row in versions] == [("# Second\n- point", T3), ("# First", T1)]
    assert versions[1].sha256 == sha256(b"# First").hexdigest()


def test_a_text_that_comes_back_is_the_current_one_again(listed: Store) -> None:
    with listed.writer() as session:
        for text, fetched_at in (("old", T1), ("new", T2), ("old", T3)):
            assert upsert_reports(session, "sandbox", [Report("a", "x", text)], fetched_at) == Written(inserted=1)
        assert [row.text for row in report_versions(session, "sandbox", 1, "x")] == ["old", "new"]
        assert upsert_reports(session, "sandbox", [Report("a", "x", "new")], T1) == Written(unchanged=1)
        assert latest_reports(session, "sandbox", 1)[0].text == "old"


def test_what_a_text_cannot_be_stored_with_is_taken_out_of_it(listed: Store) -> None:
    with listed.writer() as session:
        upsert_reports(session, "sandbox", [Report("a", "x", "a\x00b\ud83dc\udc00 \U0001f600\n\t")], T1)
        upsert_investors(session, "sandbox", [Investor("0x\x00 Labs", "https://0x.org/\ud800", None)], T1)
        upsert_moonshots(session, "sandbox", [Moonshot("N\ud800", "S\x00", T1)], T1)
        [row] = latest_reports(session, "sandbox", 1)
        assert list_investors(session, "sandbox")[0].name == "0x Labs"
        assert [(pick.name, pick.symbol) for pick in list_moonshots(session, "sandbox")] == [("N", "S")]
    assert row.text == "abc \U0001f600\n\t"
    assert row.sha256 == sha256(row.text.encode()).hexdigest()


def test_an_index_is_stored_as_it_stands(listed: Store) -> None:
    first = Index("1", "Ten", "TMT", EVE, active=True, price_usd=10.0, asset_count=10, change_1d_pct=-0.5, grade=80.0)
    later = replace(first, day=DAY, active=False, price_usd=None)
    with listed.writer() as session:
        upsert_indices(session, "sandbox", [first, Index("2", "Other", None, EVE)], T1)
        assert upsert_indices(session, "sandbox", [later], T2) == Written(revised=1)
        one, two = list_indices(session, "sandbox")
        assert index_ids(session, "sandbox") == ("1", "2")
        assert index_ids(session, "nobody") == ()
        assert list_indices(session, "nobody") == ()
    assert (one.name, one.ticker, one.day, one.active, one.price_usd, one.asset_count, one.change_1d_pct) == (
        "Ten", "TMT", DAY, False, None, 10, -0.5,
    )  # fmt: skip
    assert (two.provider_id, two.active, two.fetched_at) == ("2", None, T1)


def test_what_an_index_holds_is_read_from_its_last_listing_largest_first(listed: Store) -> None:
    holdings = [
        IndexHolding("1", "a", EVE, 100.0),
        IndexHolding("1", "a", DAY, 30.0, 1.5, 1e6, 0.25),
        IndexHolding("1", "b", DAY, 70.0),
        IndexHolding("2", "c", DAY, 100.0),
    ]
    with listed.writer() as session:
        assert upsert_index_holdings(session, "sandbox", holdings, T1) == Written(inserted=4)
        found = index_holdings_on(session, "sandbox", "1", DAY + timedelta(days=3))
        before = index_holdings_on(session, "sandbox", "1", EVE)
    assert [(row.asset_id, row.weight_pct) for row in found] == [(2, 70.0), (1, 30.0)]
    assert (found[1].price_usd, found[1].market_cap_usd, found[1].return_fraction) == (1.5, 1e6, 0.25)
    assert [(row.asset_id, row.weight_pct) for row in before] == [(1, 100.0)]


def test_the_returns_of_an_index_are_read_oldest_first(listed: Store) -> None:
    values = [IndexValue("1", DAY, 0.3853318362, 580194141.65945, 32676385.998644, 625247551.171164)]
    values += [IndexValue("1", EVE, 0.25), IndexValue("2", DAY, -0.5)]
    with listed.writer() as session:
        upsert_index_values(session, "sandbox", values, T1)
        found = index_values_between(session, "sandbox", "1", EVE, DAY)
        assert index_values_between(session, "sandbox", "1", DAY, EVE) == ()
    assert [(row.day, row.cumulative_return) for row in found] == [(EVE, 0.25), (DAY, 0.3853318362)]
    assert (found[1].market_cap_usd, found[1].volume_usd, found[1].fdv_usd) == (
        580194141.65945, 32676385.998644, 625247551.171164,
    )  # fmt: skip


def test_investors_are_listed_by_name(listed: Store) -> None:
    labs = Investor("0x Labs", "https://0x.org/", "https://x.com/0xproject", 2, -0.79179406, -0.79179406)
    with listed.writer() as session:
        upsert_investors(session, "sandbox", [Investor("LYVC", score=10.0), labs], T1)
        assert upsert_investors(session, "sandbox", [replace(labs, round_count=3)], T2) == Written(revised=1)
        one, two = list_investors(session, "sandbox")
    assert (one.name, one.website, one.round_count, one.average_return, one.fetched_at) == (
        "0x Labs", "https://0x.org/", 3, -0.79179406, T2,
    )  # fmt: skip
    assert (two.name, two.score, two.twitter) == ("LYVC", 10.0, None)


def test_picks_come_last_first_and_end(listed: Store) -> None:
    pick = Moonshot("Coin", "CN", SEVEN, None, 0.1, 88.0, 1e6, 2e5)
    with listed.writer() as session:
        upsert_moonshots(session, "sandbox", [pick, Moonshot("Coin", "CN", EIGHT)], T1)
        upsert_moonshots(session, "sandbox", [replace(pick, ended_at=T2, return_fraction=-0.2)], T2)
        found = list_moonshots(session, "sandbox")
        assert len(list_moonshots(session, "sandbox", since=EIGHT)) == 1
    assert [(row.picked_at, row.ended_at, row.return_fraction) for row in found] == [
        (EIGHT, None, None),
        (SEVEN, T2, -0.2),
    ]


@pytest.mark.parametrize(
    ("upsert", "record"),
    [
        (upsert_hourly_signals, HourlySignal("z", SEVEN, 1)),
        (upsert_predictions, Prediction("z", DAY, "forecast", "expected", 1.0, horizon_days=1)),
        (upsert_reports, Report("z", "x", "text")),
        (upsert_index_holdings, IndexHolding("1", "z", DAY, 1.0)),
    ],
)
def test_opinions_of_unlisted_assets_are_refused(listed: Store, upsert: Callable[..., Written], record: object) -> None:
    with pytest.raises(UnknownAsset, match="'z'"), listed.writer() as session:
        upsert(session, "sandbox", [record], T1)
