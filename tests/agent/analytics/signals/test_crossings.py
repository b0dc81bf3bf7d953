"""Grades that cross and move, and trading signals that turn."""

from dataclasses import fields

import numpy as np
import pytest

from agent.analytics.measures import Measures
from agent.analytics.signals.crossings import OPINION_SIGNALS
from agent.analytics.signals.ground import Ground, day_of
from agent.analytics.signals.opinions import Opinions, measure_opinions
from agent.analytics.signals.registry import signal_named
from agent.analytics.signals.scan import scan

NAN = np.nan
MEASURES = Measures(**{field.name: np.array([NAN]) for field in fields(Measures)})


def ground_of(**known: float) -> Ground:
    figures = {field.name: np.array([known.get(field.name, NAN)]) for field in fields(Opinions)}
    return Ground(MEASURES, opinions=Opinions(**figures))


def week(now: float, week_before: float, before: float = 50.0, week_before_that: float = 50.0) -> dict[str, float]:
    return {
        "investor_grade": now,
        "investor_grade_week_before": week_before,
        "investor_grade_previous": before,
        "investor_grade_week_before_previous": week_before_that,
    }


@pytest.mark.parametrize(
    ("name", "before", "now", "fired"),
    [
        ("grade_above_80", 79.9, 80.0, True),
        ("grade_above_80", 79.9, 79.96, True),  # shown as 80.0
        ("grade_above_80", 79.97, 80.3, False),  # shown as 80.0 already
        ("grade_above_80", 80.0, 85.0, False),
        ("grade_above_80", NAN, 85.0, False),
        ("grade_above_80", 79.0, NAN, False),
        ("grade_below_80", 80.0, 79.9, True),
        ("grade_below_80", 79.9, 75.0, False),
        ("grade_above_30", 29.9, 30.0, True),
        ("grade_above_30", 20.0, 85.0, True),
        ("grade_below_30", 30.0, 29.9, True),
        ("grade_below_30", 30.0, 29.96, False),
    ],
)
@pytest.mark.parametrize("kind", ["trader", "investor"])
def test_a_grade_crosses_as_it_is_shown(kind: str, name: str, before: float, now: float, *, fired: bool) -> None:
    reading = signal_named(f"{kind}_{name}").read(ground_of(**{f"{kind}_grade": now, f"{kind}_grade_previous": before}))
    assert reading.fired.tolist() == [fired]
    assert reading.known.tolist() == [not np.isnan(before + now)]


@pytest.mark.parametrize(
    ("name", "before", "now", "fired"),
    [
        ("trader_grade_rise", 60.1, 70.1, True),  # 70.1 - 60.1 is 9.999999999999993
        ("trader_grade_rise", 60.14, 70.06, True),  # shown as 60.1 and 70.1
        ("trader_grade_rise", 60.1, 70.0, False),
        ("trader_grade_rise", 70.0, 60.0, False),
        ("trader_grade_fall", 70.1, 60.1, True),
        ("trader_grade_fall", 70.0, 60.1, False),
        ("trader_grade_fall", 70.0, NAN, False),
    ],
)
def test_a_trader_grade_moves_by_ten_points_in_a_day(name: str, before: float, now: float, *, fired: bool) -> None:
    reading = signal_named(name).read(ground_of(trader_grade=now, trader_grade_previous=before))
    assert reading.fired.tolist() == [fired]
    assert reading.known.tolist() == [not np.isnan(now)]


@pytest.mark.parametrize(
    ("name", "grades", "fired", "known"),
    [
        ("investor_grade_rise", week(70.0, 60.0), True, True),
        ("investor_grade_rise", week(69.9, 60.0), False, True),
        ("investor_grade_rise", week(70.0, 60.0, 65.0, 55.0), False, True),  # it was as far the day before
        ("investor_grade_rise", week(70.0, 60.0, 65.0, NAN), False, False),
        ("investor_grade_fall", week(60.0, 70.0), True, True),
        ("investor_grade_fall", week(70.0, 60.0), False, True),
        ("investor_grade_fall", week(60.0, NAN), False, False),
    ],
)
def test_an_investor_grade_comes_to_have_moved_by_ten_points_in_a_week(
    name: str, grades: dict[str, float], *, fired: bool, known: bool
) -> None:
    reading = signal_named(name).read(ground_of(**grades))
    assert (reading.fired.tolist(), reading.known.tolist()) == ([fired], [known])


def test_one_jump_of_an_investor_grade_is_one_event() -> None:
    grades = np.array([50.0] * 9 + [65.0] * 12)[:, np.newaxis]
    nothing = np.full(grades.shape, NAN)
    opinions = measure_opinions(nothing, grades, nothing, nothing)
    measures = Measures(**{field.name: nothing for field in fields(Measures)})
    reading = signal_named("investor_grade_rise").read(Ground(measures, opinions=opinions))
    assert np.flatnonzero(reading.fired).tolist() == [9]
    assert reading.value[9].tolist() == [15.0]


@pytest.mark.parametrize(
    ("before", "now", "fired"),
    [
        (-1.0, 1.0, ["trading_signal_bullish"]),
        (0.0, 1.0, ["trading_signal_bullish"]),
        (1.0, 1.0, []),
        (1.0, 0.0, []),
        (0.0, -1.0, ["trading_signal_bearish"]),
        (-1.0, -1.0, []),
        (NAN, 1.0, []),
        (1.0, NAN, []),
    ],
)
def test_a_trading_signal_turns(before: float, now: float, fired: list[str]) -> None:
    result = scan(ground_of(trading_signal=now, trading_signal_previous=before))
    assert [hit.name for hit in result.hits] == fired
    assert dict(result.known)["trading_signal_bullish"] == int(not np.isnan(before + now))


def test_the_flip_shows_what_the_previous_signal_returned() -> None:
    # bullish at 10 USD, bearish three days later at 15 USD
    signals, close = np.array([[-1.0, 1, 1, 1, -1]]).T, np.array([[9.0, 10, 11, 12, 15]]).T
    nothing = np.full(close.shape, NAN)
    opinions = measure_opinions(nothing, nothing, signals, close)
    (hit,) = scan(Ground(MEASURES, opinions=day_of(opinions, -1))).hits
    assert (hit.name, hit.direction, hit.value) == ("trading_signal_bearish", -1, -1.0)
    assert dict(hit.evidence) == pytest.approx(
        {
            "trading_signal": -1.0,
            "trading_signal_previous": 1.0,
            "return_since_previous_signal": 0.5,
            "days_since_previous_signal": 3.0,
        }
    )


def test_without_opinions_none_of_their_signals_is_known() -> None:
    result = scan(Ground(MEASURES), OPINION_SIGNALS)
    assert result.hits == ()
    assert {count for _, count in result.known} == {0}
    assert len(result.known) == 14
