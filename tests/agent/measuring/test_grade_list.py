from dataclasses import replace

import numpy as np
import pytest

from agent.measuring.errors import NothingHeld, WrongArgument
from agent.measuring.grade_list import GradeList, read_grades
from agent.store.engine import Store
from tests.agent.measuring.market import COINS, LAST, STABLECOIN, walks
from tests.agent.measuring.opinions import ONE, TODAY, WANTED

YOUNG = COINS  # two weeks old


def read(store: Store, **options: object) -> GradeList:
    with store.reader() as session:
        return read_grades(session, WANTED, **options)  # type: ignore[arg-type]  # named arguments


def test_all_assets_with_a_bar_are_listed_the_best_first_and_those_without_a_grade_last(scanned_market: Store) -> None:
    found = read(scanned_market)
    assert len(found.assets) == COINS + 1
    grades = [item.short_term.grade.value for item in found.assets]
    known = [grade for grade in grades if grade is not None]
    assert known == sorted(known, reverse=True)
    assert grades[len(known) :] == [None] * (len(grades) - len(known))
    assert [item.asset_id for item in found.best(2).assets] == [item.asset_id for item in found.assets[:2]]


def test_a_part_is_the_percentile_of_its_figure_and_the_grade_their_weighted_mean(scanned_market: Store) -> None:
    bitcoin = next(item for item in read(scanned_market).assets if item.asset_id == 1)
    momentum = walks()[-1] / walks()[-8] - 1
    rank = int((momentum < momentum[0]).sum()) + 1
    part = next(part for part in bitcoin.short_term.parts if part.name == "momentum_7d")
    assert part.percentile.value == pytest.approx(100 * (rank - 0.5) / COINS, rel=1e-6)
    parts = [(part.weight, part.percentile.value) for part in bitcoin.short_term.parts]
    weights, values = np.array([weight for weight, _ in parts]), np.array([value for _, value in parts])
    assert bitcoin.short_term.grade.value == pytest.approx((weights * values).sum() / weights.sum(), rel=1e-6)


def test_a_missing_grade_names_the_parts_that_are_missing(scanned_market: Store) -> None:
    young = next(item for item in read(scanned_market).assets if item.asset_id == YOUNG)
    assert young.long_term.grade.value is None
    assert "60% are needed" in str(young.long_term.grade.reason)
    assert {"momentum_90d", "momentum_365d", "close_to_sma_200", "drawdown"} <= set(young.long_term.missing)
    assert "liquidity" not in young.long_term.missing


def test_a_stablecoin_is_not_compared_and_says_so(scanned_market: Store) -> None:
    stable = next(item for item in read(scanned_market).assets if item.asset_id == STABLECOIN)
    assert "stablecoin" in str(stable.short_term.grade.reason)
    assert stable.short_term.parts == ()


def test_a_providers_grade_is_as_received_with_its_own_day(scanned_market: Store) -> None:
    found = read(scanned_market, sort="trader")
    assert [(item.asset_id, item.by("trader")) for item in found.assets[:3]] == [(2, 82.0), (3, 71.0), (1, 55.0)]
    second, third, first = found.assets[:3]
    assert (first.provider["trader"].change_pct, first.provider["trader"].label) == (1.5, "Neutral")
    assert third.provider["trader"].day == LAST - 2 * ONE
    assert (second.provider["tm"].grade.value, second.provider["tm"].day) == (60.0, TODAY)
    old = next(item for item in found.assets if item.asset_id == 4)
    assert "no trader grade was received for the 7 days up to 11 October 2025" in str(
        old.provider["trader"].grade.reason
    )


def test_a_day_of_the_past_sees_no_grade_of_a_later_one(scanned_market: Store) -> None:
    found = read(scanned_market, day=LAST - ONE)
    second = next(item for item in found.assets if item.asset_id == 2)
    assert second.provider["trader"].grade.value == 64.0
    assert second.provider["tm"].grade.value is None
    assert found.provider_until == LAST - ONE


def test_only_what_is_held_if_that_is_asked_for(scanned_market: Store) -> None:
    assert {item.asset_id for item in read(scanned_market, held=True).assets} == {2, 14}


def test_what_cannot_be_meant_is_refused_in_words(scanned_market: Store) -> None:
    with pytest.raises(WrongArgument, match="choose among short, long, trader, investor"):
        read(scanned_market, sort="size")
    with pytest.raises(WrongArgument, match="coinbrief scan --day"):
        read(scanned_market, day=LAST - 5 * ONE)
    with scanned_market.reader() as session, pytest.raises(NothingHeld):
        read_grades(session, replace(WANTED, portfolio="empty"), held=True)
