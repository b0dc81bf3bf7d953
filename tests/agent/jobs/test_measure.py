from datetime import date, datetime, timedelta

import pytest

from agent.briefing.wanted import Wanted
from agent.jobs.measure import brought_anything, measure_last_close
from agent.jobs.own_indices import create_index
from agent.jobs.progress import KindReport
from agent.measuring.ground import scope_of
from agent.measuring.index_wishes import IndexWish
from agent.store.engine import Store
from agent.store.indices import index_values_between
from agent.store.own_grades import own_grades_on
from agent.store.own_indices import OWN_SOURCE
from agent.store.runs import RunStatus
from agent.store.signals import signals_on
from agent.store.track_records import track_records_known
from datasources.records import DataKind
from tests.agent.measuring.market import LAST, NOW, SOURCE

WANTED = Wanted("main", LAST + timedelta(days=1), "daily", SOURCE)


def report(**counts: int) -> KindReport:
    found = {"received": 0, "written": 0, "revised": 0, "quarantined": 0, "requests": 1} | counts
    return KindReport(SOURCE, DataKind.DAILY_BARS, "daily_bars", RunStatus.OK, error=None, **found)


@pytest.mark.parametrize(
    ("reports", "brought"),
    [((), False), ((report(received=5),), False), ((report(), report(written=1)), True), ((report(revised=1),), True)],
)
def test_only_what_changed_something_is_a_reason_to_measure(reports: tuple[KindReport, ...], *, brought: bool) -> None:
    assert brought_anything(reports) is brought


def test_the_last_close_is_scanned_scored_and_carries_our_indices_forward(market: Store) -> None:
    wish = IndexWish(
        name="two", assets=("Bitcoin", "Coin 2"), weighting="equal", start=(LAST - timedelta(days=5)).isoformat()
    )
    create_index(market, scope_of(WANTED, LAST - timedelta(days=1)), lambda: NOW, wish)
    found = measure_last_close(market, WANTED, lambda: NOW)
    assert found is not None
    assert (found.day, found.scored, found.indices) == (LAST, True, 1)
    with market.reader() as session:
        assert len(signals_on(session, SOURCE, LAST)) == found.signals > 0
        assert own_grades_on(session, SOURCE, LAST) is not None
        assert track_records_known(session, SOURCE, LAST)[0].day == LAST
        assert index_values_between(session, OWN_SOURCE, "two", LAST, LAST)


def test_measuring_again_gives_the_same_and_scores_nothing_anew(market: Store) -> None:
    measure_last_close(market, WANTED, lambda: NOW)
    first = _stored(market)
    again = measure_last_close(market, WANTED, lambda: NOW)
    assert again is not None
    assert not again.scored
    second = _stored(market)
    assert {(row[0], row[1]) for row in first} == {(row[0], row[1]) for row in second}


def _stored(store: Store) -> list[tuple[int, str, date, datetime]]:
    with store.reader() as session:
        return [(row.asset_id, row.name, row.day, row.computed_at) for row in signals_on(session, SOURCE, LAST)]


def test_without_a_price_there_is_nothing_to_measure(market: Store) -> None:
    nobody = Wanted("main", LAST, "daily", "never collected")
    assert measure_last_close(market, nobody, lambda: NOW) is None
