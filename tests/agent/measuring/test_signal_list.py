from dataclasses import replace
from datetime import timedelta

import pytest

from agent.analytics.signals.signal import Family, Subject
from agent.measuring.confidences import Confidences
from agent.measuring.errors import AssetNotFound, NothingHeld, WrongArgument
from agent.measuring.signal_list import SignalChoice, SignalList, definitions_of, listed, read_signals, tally
from agent.store.engine import Store
from agent.store.signals import SignalRow, replace_signals, signals_on
from tests.agent.measuring.market import LAST, NOW, SOURCE
from tests.agent.measuring.opinions import ONE, WANTED

EVERYTHING = SignalChoice()


def read(store: Store, choice: SignalChoice = EVERYTHING, **options: object) -> SignalList:
    with store.reader() as session:
        return read_signals(session, replace(WANTED, **options), choice)  # type: ignore[arg-type]  # named fields


def row(asset_id: int, name: str, age: int, lives: int, **more: object) -> SignalRow:
    day = LAST - age * ONE
    return SignalRow(asset_id, day, name, -1, 29.0, {"rsi": 29.0}, NOW, expires_on=day + timedelta(days=lives), **more)  # type: ignore[arg-type]  # as above


def test_the_signals_of_a_day_are_all_that_was_stored_of_it(scanned_market: Store) -> None:
    found = read(scanned_market)
    with scanned_market.reader() as session:
        stored = {(item.asset_id, item.name) for item in signals_on(session, SOURCE, LAST)}
    assert {(item.asset_id, item.signal) for item in found.signals if item.asset_id} == stored
    assert (found.day, found.days, found.scanned) == (LAST, 1, 1)
    crossed = next(item for item in found.signals if item.signal == "trader_grade_above_80")
    assert (crossed.asset, crossed.family, crossed.subject) == ("C2", Family.GRADES, Subject.ASSET)
    assert crossed.value.value == 82.0
    assert crossed.evidence == {"trader_grade": 82.0, "trader_grade_previous": 64.0}
    assert crossed.expires_on == LAST + 7 * ONE


def test_a_signal_without_a_track_record_says_that_it_is_unproven(scanned_market: Store) -> None:
    item = read(scanned_market, SignalChoice(name="trader_grade_above_80")).signals[0]
    assert (item.confidence.value, item.proven, item.sample_size) == (None, False, 0)
    assert item.verdict == item.confidence.reason == "unproven: its past firings have not been scored"


@pytest.mark.parametrize(
    ("choice", "assets"),
    [
        (SignalChoice(asset="Coin 2"), {2}),
        (SignalChoice(held=True), {2, 14}),
        (SignalChoice(asset="C2", family="grades"), {2}),
        (SignalChoice(asset="C3", held=True), set()),
    ],
)
def test_what_is_asked_for_restricts_what_is_listed(
    scanned_market: Store, choice: SignalChoice, assets: set[int]
) -> None:
    found = read(scanned_market, choice).signals
    assert {item.asset_id for item in found} <= assets
    assert bool(found) == bool(assets)
    if choice.family:
        assert {item.family.value for item in found} == {choice.family}


def test_live_signals_are_those_that_fired_before_and_have_not_expired(market: Store) -> None:
    rows = [
        *(row(2, "rsi_oversold", 6, 7), row(2, "rsi_oversold", 9, 7), row(3, "drawdown_deep", 25, 30)),
        *(row(0, "extreme_fear", 0, 7), row(0, "sector_rotation_in", 1, 7, sector="layer-1\x1b[31m")),
    ]
    with market.writer() as session:
        for day in {item.day for item in rows}:
            replace_signals(session, SOURCE, day, [item for item in rows if item.day == day])
    found = read(market, SignalChoice(live=True))
    assert [(item.subject.value, item.asset or item.sector, item.signal, item.day) for item in found.signals] == [
        ("market", None, "extreme_fear", LAST),
        ("sector", "layer-1 31m", "sector_rotation_in", LAST - ONE),
        ("asset", "C2", "rsi_oversold", LAST - 6 * ONE),
        ("asset", "C3", "drawdown_deep", LAST - 25 * ONE),
    ]
    assert (found.days, found.scanned) == (31, 0)


def test_a_signal_scored_anew_since_its_scan_keeps_what_was_stored_and_says_so(market: Store) -> None:
    stored = row(2, "rsi_oversold", 0, 7, confidence=0.61, sample_size=40, proven=True)
    with market.reader() as session:
        [item] = listed(session, SOURCE, [stored])
    assert (item.confidence.value, item.sample_size, item.proven) == (0.61, 40, True)
    assert item.verdict.startswith("proven when it was scanned")


def test_a_signal_of_an_earlier_version_is_passed_over(market: Store) -> None:
    with market.writer() as session:
        replace_signals(session, SOURCE, LAST, [row(2, "no_longer_there", 0, 7)])
    assert read(market, SignalChoice(live=True)).signals == ()


def test_what_cannot_be_meant_is_refused_in_words(scanned_market: Store) -> None:
    with pytest.raises(WrongArgument, match="did you mean rsi_oversold"):
        read(scanned_market, SignalChoice(name="rsi_oversol"))
    with pytest.raises(WrongArgument, match="choose among trend, momentum"):
        read(scanned_market, SignalChoice(family="astrology"))
    with pytest.raises(AssetNotFound, match="'nothing'"):
        read(scanned_market, SignalChoice(asset="nothing"))
    with pytest.raises(NothingHeld, match="'empty'"):
        read(scanned_market, SignalChoice(held=True), portfolio="empty")


def test_a_day_that_was_never_scanned_is_not_a_day_without_signals(scanned_market: Store) -> None:
    with scanned_market.reader() as session, pytest.raises(WrongArgument, match="coinbrief scan --day 2025-10-01"):
        read_signals(session, WANTED, EVERYTHING, LAST - 9 * ONE)


def test_the_tally_counts_firings_and_for_how_many_it_could_be_known() -> None:
    rows = [row(2, "rsi_oversold", 0, 7), row(3, "rsi_oversold", 0, 7), row(0, "extreme_fear", 0, 7)]
    found = tally(rows, [("rsi_oversold", 14), ("extreme_fear", 1), ("golden_cross", 9)], Confidences({}))
    assert [(item.signal, item.fired, item.known, item.horizon_days) for item in found] == [
        ("rsi_oversold", 2, 14, 7),
        ("extreme_fear", 1, 1, 7),
        ("golden_cross", 0, 9, 30),
    ]
    assert found[0].confidence.reason == found[0].verdict


def test_definitions_can_be_restricted_and_tell_all_parameters() -> None:
    [item] = definitions_of(SignalChoice(name="rsi_oversold"))
    assert (item.family, item.direction, item.expires_after_days) == (Family.MOMENTUM, -1, 7)
    assert item.parameters == {"period": 14.0, "threshold": 30.0}
    assert {item.family for item in definitions_of(SignalChoice(family="sentiment"))} == {Family.SENTIMENT}
