from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.measuring.days import day_with_bars, days_with_bars
from agent.measuring.errors import NoPrices, WrongArgument
from agent.store.engine import Store
from tests.agent.measuring.market import DAYS, LAST
from tests.agent.measuring.opinions import ONE, TODAY, WANTED


def days(store: Store, day: date | None, count: int) -> Sequence[date]:
    with store.reader() as session:
        return days_with_bars(session, WANTED, day, count)


def test_without_a_day_the_last_one_with_bars_is_meant(scanned_market: Store) -> None:
    with scanned_market.reader() as session:
        assert day_with_bars(session, WANTED) == LAST
        assert day_with_bars(session, WANTED, LAST - ONE) == LAST - ONE


def test_a_day_that_is_not_over_or_has_no_bars_is_refused_in_words(scanned_market: Store) -> None:
    with scanned_market.reader() as session:
        with pytest.raises(WrongArgument, match=f"{TODAY} is not over yet.*{LAST}"):
            day_with_bars(session, WANTED, TODAY)
        with pytest.raises(WrongArgument, match=f"no bars of 2020-01-01: .*{LAST}"):
            day_with_bars(session, WANTED, date(2020, 1, 1))
        late = replace(WANTED, before=TODAY + 5 * ONE)
        with pytest.raises(WrongArgument, match=f"the last before {LAST + 3 * ONE} is {LAST}"):
            day_with_bars(session, late, LAST + 3 * ONE)


def test_the_last_days_come_oldest_first_and_days_before_the_first_bar_are_left_out(scanned_market: Store) -> None:
    assert days(scanned_market, None, 3) == (LAST - 2 * ONE, LAST - ONE, LAST)
    first = LAST - timedelta(days=DAYS - 1)
    assert days(scanned_market, first + ONE, 9) == (first, first + ONE)


@pytest.mark.parametrize("count", [0, -1, 1101])
def test_a_number_of_days_that_cannot_be_is_refused(scanned_market: Store, count: int) -> None:
    with pytest.raises(WrongArgument, match="from 1 to 1,100"):
        days(scanned_market, None, count)


def test_an_empty_store_says_what_to_do(tmp_path: Path) -> None:
    store = Store(tmp_path / "empty.db")
    store.upgrade(backup=False)
    with store.reader() as session, pytest.raises(NoPrices, match="coinbrief collect"):
        day_with_bars(session, WANTED)
