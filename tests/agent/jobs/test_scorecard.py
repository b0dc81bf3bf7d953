from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from agent.analytics.own_grade import grade_assets
from agent.analytics.scorecard.grade_score import GradeScore
from agent.jobs.scorecard import Scorecard, is_score_due, score_day
from agent.measuring.confidences import horizon_of, parse_score, read_confidences, score_json
from agent.measuring.ground import Scope
from agent.measuring.history import history_ground, read_history
from agent.store.bars import upsert_daily_bars
from agent.store.engine import Store
from agent.store.grades import upsert_grades
from agent.store.track_records import track_records_known
from datasources.records import DailyBar, Grade, GradeKind
from tests.agent.jobs.scores import signal_score
from tests.agent.measuring.market import COINS, LAST, NOW, SOURCE, key, walks

ONE = timedelta(days=1)
SCOPE = Scope(SOURCE, LAST)
SCORED_DAYS = 200


def score(store: Store, scope: Scope = SCOPE, *, filled_in: bool = False) -> Scorecard | None:
    return score_day(store, scope, lambda: NOW, days=SCORED_DAYS, filled_in=filled_in, draws=50)


def test_a_scorecard_is_stored_and_read_back_for_the_scans_that_follow(market: Store) -> None:
    scorecard = score(market)
    assert scorecard is not None
    assert scorecard.days == SCORED_DAYS
    with market.reader() as session:
        rows = track_records_known(session, SOURCE, LAST)
        confidences = read_confidences(session, SOURCE, LAST + ONE)
        assert track_records_known(session, SOURCE, LAST - ONE) == ()
    assert {(row.name, row.horizon_days) for row in rows} == {
        (item.name, item.horizon_days) for item in (*scorecard.signals, *scorecard.grades)
    }
    found = next(item for item in scorecard.signals if (item.name, item.horizon_days) == ("breakout_up", 7))
    assert found.sample_size > 20
    known = confidences.of("breakout_up", 1.0)
    assert known.sample_size == found.sample_size
    assert known.value is not None


def test_no_signal_of_a_random_market_is_called_proven(market: Store) -> None:
    score(market)
    with market.reader() as session:
        confidences = read_confidences(session, SOURCE, LAST)
    assert [name for name, _ in confidences.scores if _is_signal(name) and confidences.of(name, 1.0).proven] == []


def _is_signal(name: str) -> bool:
    return not name.startswith("coinbrief_") and not name.endswith("_grade")


def test_a_score_of_a_day_uses_nothing_that_came_later(market: Store) -> None:
    early = Scope(SOURCE, LAST - 10 * ONE)
    before = score(market, early)
    crash = [DailyBar(key(coin), LAST, 1.0, 1.0, 1.0, 1.0, 1.0) for coin in range(1, COINS + 1)]
    with market.writer() as session:
        upsert_daily_bars(session, SOURCE, crash, NOW + ONE)
    assert score(market, early) == before


def test_the_information_coefficient_is_the_mean_rank_correlation_of_grade_and_outcome(market: Store) -> None:
    scorecard = score(market)
    assert scorecard is not None
    with market.reader() as session:
        rows = read_history(session, SCOPE, days=SCORED_DAYS)
    assert rows is not None
    history = history_ground(rows)
    grades = grade_assets(history.ground.measures, history.compared).short_term
    close = walks()[-SCORED_DAYS:]
    outcome = pd.DataFrame(close).ffill().to_numpy()[7:] / close[:-7] - 1  # a missing exit is at the last close
    ids = history.asset_ids - 1
    daily = []
    for row in range(SCORED_DAYS - 7):
        both = np.isfinite(grades[row]) & np.isfinite(outcome[row, ids])
        if both.sum() >= 10:
            daily.append(spearmanr(grades[row][both], outcome[row, ids][both]).statistic)
    found = next(g for g in scorecard.grades if (g.name, g.horizon_days) == ("coinbrief_short_term", 7))
    assert found.days == len(daily) > 100
    assert found.information_coefficient.figure.value == pytest.approx(np.mean(daily), abs=1e-9)


def test_grades_that_were_filled_in_later_count_only_where_that_is_asked_for(market: Store) -> None:
    days = [LAST - back * ONE for back in range(60)]
    grades = [
        Grade(key(coin), day, GradeKind.TRADER, (7.0 * coin + 3.0 * place) % 100)
        for place, day in enumerate(days)
        for coin in range(1, COINS + 1)
    ]
    with market.writer() as session:
        upsert_grades(session, SOURCE, grades, NOW)
    plain = score(market)
    with market.reader() as session:
        stored = track_records_known(session, SOURCE, LAST)
    filled = score(market, filled_in=True)
    assert plain is not None
    assert filled is not None
    assert _days_of_trader_grade(plain.grades) <= 2
    assert _days_of_trader_grade(filled.grades) > 50
    with market.reader() as session:
        assert track_records_known(session, SOURCE, LAST) == stored


def _days_of_trader_grade(grades: tuple[GradeScore, ...]) -> int:
    return max(item.days for item in grades if item.name == "trader_grade")


def test_scores_fall_due_after_a_week(market: Store) -> None:
    assert is_score_due(market, SCOPE)
    score(market)
    assert not is_score_due(market, SCOPE)
    assert not is_score_due(market, Scope(SOURCE, LAST + 7 * ONE))
    assert is_score_due(market, Scope(SOURCE, LAST + 8 * ONE))


def test_a_market_without_prices_has_no_scorecard(market: Store) -> None:
    assert score(market, Scope("never collected", LAST)) is None


def test_a_score_is_the_same_after_it_was_stored_as_json() -> None:
    made = signal_score("breakout_up", horizon_days=30, hit_rate=0.55, base_rate=0.5, windows=12)
    assert parse_score(score_json(made)) == made


def test_a_signal_is_trusted_by_the_horizon_nearest_to_its_life() -> None:
    assert horizon_of("golden_cross") == 30  # live for 30 days
    assert horizon_of("breakout_up") == 7  # live for 7 days
    assert horizon_of("volume_spike") == 1  # live for 3 days
