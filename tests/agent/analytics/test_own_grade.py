from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure
from agent.analytics.measures import Measures
from agent.analytics.own_grade import PARTS, Horizon, OwnGrades, grade_assets

NAN = np.nan


def random_measures(shape: tuple[int, ...], seed: int = 3) -> Measures:
    rng = np.random.default_rng(seed)
    return Measures(**{field.name: rng.lognormal(0.0, 0.3, shape) for field in fields(Measures)})


def alone(measures: Measures, **figures: list[float] | np.ndarray) -> Measures:
    """Give measures of which only these are known."""
    nothing = {field.name: np.full(np.shape(measures.close), NAN) for field in fields(Measures)}
    return Measures(**nothing | {name: np.asarray(values, dtype=float) for name, values in figures.items()})


def part_values(grades: OwnGrades, name: str) -> np.ndarray:
    (part,) = (part for part in grades.parts if part.name == name)
    return part.values  # noqa: PD011 - an array, not a series


# What each part is, written out again from the definitions, for the comparison with pandas.
FORMULAS = {
    "momentum_7d": lambda m: m.momentum_7d,
    "momentum_30d": lambda m: m.momentum_30d,
    "close_to_sma_20": lambda m: m.close / m.sma_20,
    "close_to_sma_50": lambda m: m.close / m.sma_50,
    "directional_trend": lambda m: np.where(m.plus_di > m.minus_di, m.adx, -m.adx),
    "macd_histogram": lambda m: m.macd_histogram / m.atr,
    "on_balance_volume": lambda m: m.obv_balance,
    "volume_confirmation": lambda m: np.where(m.held_change > 0, m.volume_ratio - 1, 1 - m.volume_ratio),
    "momentum_90d": lambda m: (1 + m.momentum_90d) / (1 + m.momentum_7d),
    "momentum_365d": lambda m: (1 + m.momentum_365d) / (1 + m.momentum_7d),
    "close_to_sma_200": lambda m: m.close / m.sma_200,
    "drawdown": lambda m: m.drawdown,
    "low_volatility": lambda m: -m.volatility_90d,
    "low_downside_volatility": lambda m: -m.downside_volatility_90d,
    "liquidity": lambda m: m.volume,
}
WEIGHTS = {
    "short_term": (0.2, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1),
    "long_term": (0.15, 0.2, 0.2, 0.15, 0.1, 0.1, 0.1),
}


def test_parts_are_percentiles_of_their_figures_as_pandas_ranks_them() -> None:
    measures = random_measures((40, 25))
    measures.held_change[:, ::2] *= -1
    grades = grade_assets(measures)
    assert [part.name for part in grades.parts] == list(FORMULAS)
    for name, formula in FORMULAS.items():
        ranks = pd.DataFrame(formula(measures)).rank(axis=1, method="average").to_numpy()
        np.testing.assert_allclose(part_values(grades, name), 100 * (ranks - 0.5) / 25, err_msg=name)


def test_a_grade_is_the_weighted_mean_of_its_parts() -> None:
    grades = grade_assets(random_measures((30,)))
    for horizon, values in (("short_term", grades.short_term), ("long_term", grades.long_term)):
        parts = [part_values(grades, part.name) for part in PARTS if part.horizon == horizon]
        np.testing.assert_allclose(values, np.average(parts, axis=0, weights=WEIGHTS[horizon]))


def test_the_weights_of_each_grade_add_up_to_one() -> None:
    for horizon in Horizon:
        assert sum(part.weight for part in PARTS if part.horizon is horizon) == pytest.approx(1.0, abs=1e-12)


def test_a_missing_part_is_named_and_the_others_keep_their_proportions() -> None:
    measures = random_measures((12,))
    measures.atr[4] = NAN  # a price that was only sampled has no true range
    grades = grade_assets(measures)
    assert grades.missing(4) == ("macd_histogram",)
    assert grades.missing(5) == ()
    known = [part for part in PARTS if part.horizon is Horizon.SHORT_TERM and part.name != "macd_histogram"]
    expected = sum(part.weight * part_values(grades, part.name)[4] for part in known) / 0.9
    assert grades.short_term[4] == pytest.approx(expected)
    assert grades.part("macd_histogram", 4) == Figure(None, "not known for this asset")


def test_a_grade_needs_parts_of_six_tenths_of_the_weight() -> None:
    measures = random_measures((12,))
    measures.momentum_365d[2] = measures.drawdown[2] = NAN  # 0.35 of the weight: 0.65 is left
    measures.sma_200[3] = measures.momentum_365d[3] = NAN  # 0.40: 0.60 is left, which is enough
    measures.sma_200[4] = measures.momentum_365d[4] = measures.volume[4] = NAN  # 0.50 is left
    grades = grade_assets(measures)
    assert np.isfinite(grades.long_term[:6]).tolist() == [True, True, True, True, False, True]
    assert grades.grade(Horizon.LONG_TERM, 4).reason == (
        "parts of 50 % of the weight are known, 60 % are needed; missing: momentum_365d, close_to_sma_200, liquidity"
    )
    assert grades.grade(Horizon.SHORT_TERM, 4).value == grades.short_term[4]


def test_a_part_needs_ten_assets_of_the_day() -> None:
    measures = random_measures((12,))
    measures.obv_balance[:3] = NAN
    grades = grade_assets(measures)
    assert np.isnan(part_values(grades, "on_balance_volume")).all()
    assert grades.part("on_balance_volume", 7) == Figure(None, "known for 9 of the assets compared, 10 are needed")
    assert grades.missing(7) == ("on_balance_volume",)


def test_only_tracked_assets_are_compared() -> None:
    measures = random_measures((20,))
    tracked = np.arange(20) < 15
    grades = grade_assets(measures, tracked)
    among_themselves = grade_assets(
        Measures(**{field.name: getattr(measures, field.name)[:15] for field in fields(Measures)})
    )
    np.testing.assert_array_equal(grades.short_term[:15], among_themselves.short_term)
    assert np.isnan(grades.long_term[15:]).all()
    assert grades.grade(Horizon.LONG_TERM, 17) == Figure(None, "the asset is not among those compared")
    assert grades.part("drawdown", 17) == Figure(None, "the asset is not among those compared")


def test_better_figures_give_better_grades() -> None:
    order = np.arange(1.0, 12.0)
    momentum = alone(
        random_measures((11,)),
        momentum_7d=order,
        momentum_30d=order,
        close=order,
        sma_20=order * 0 + 1,
        sma_50=order * 0 + 1,
    )
    assert (np.diff(grade_assets(momentum).short_term) > 0).all()
    calm = alone(
        random_measures((11,)),
        volatility_90d=1 / order,
        downside_volatility_90d=1 / order,
        drawdown=-1 / order,
        volume=order,
        close=order,
        sma_200=order * 0 + 1,
    )
    assert (np.diff(grade_assets(calm).long_term) > 0).all()


def test_volume_that_grows_while_the_price_falls_counts_against_an_asset() -> None:
    ratio, change = np.full(12, 1.0), np.full(12, 0.1)
    ratio[0] = ratio[1] = 3.0
    change[1] = -0.1
    values = part_values(
        grade_assets(alone(random_measures((12,)), volume_ratio=ratio, held_change=change)), "volume_confirmation"
    )
    assert values[0] == values.max()
    assert values[1] == values.min()


def test_every_day_of_a_history_is_graded_as_if_it_were_alone() -> None:
    history = random_measures((15, 14))
    history.rsi[:] = NAN
    history.momentum_7d[3, 2:] = NAN
    history.close[5] = NAN
    graded = grade_assets(history)
    for day in range(15):
        alone_that_day = grade_assets(
            replace(history, **{f.name: getattr(history, f.name)[day] for f in fields(Measures)})
        )
        np.testing.assert_array_equal(graded.short_term[day], alone_that_day.short_term)
        np.testing.assert_array_equal(graded.long_term[day], alone_that_day.long_term)
        assert graded.missing(4, day) == alone_that_day.missing(4)
        assert graded.part("momentum_7d", 4, day) == alone_that_day.part("momentum_7d", 4)


def test_grades_ignore_the_unit_of_price() -> None:
    measures = random_measures((20,))
    grades = grade_assets(measures)
    scale = np.logspace(-9, 5, 20)
    priced = ("close", "sma_20", "sma_50", "sma_200", "atr", "macd_histogram")
    other = grade_assets(replace(measures, **{name: getattr(measures, name) * scale for name in priced}))
    np.testing.assert_allclose(other.short_term, grades.short_term)
    np.testing.assert_allclose(other.long_term, grades.long_term)


@pytest.mark.parametrize("shape", [(0,), (5,), (0, 3), (4, 0), (4, 12)])
def test_a_market_without_data_has_no_grades_and_gives_no_warning(shape: tuple[int, ...]) -> None:
    grades = grade_assets(alone(random_measures(shape)))
    assert grades.short_term.shape == grades.long_term.shape == shape
    assert np.isnan(grades.short_term).all()
    assert np.isnan(grades.long_term).all()


def test_zero_averages_and_ranges_are_unknown_not_infinite() -> None:
    measures = random_measures((12,))
    measures.sma_20[0] = measures.sma_200[0] = measures.atr[0] = 0.0
    measures.momentum_7d[0] = -1.0
    grades = grade_assets(measures)
    assert grades.missing(0) == (
        "close_to_sma_20",
        "macd_histogram",
        "momentum_90d",
        "momentum_365d",
        "close_to_sma_200",
    )


def test_flags_that_do_not_fit_and_unknown_parts_are_refused() -> None:
    measures = random_measures((12,))
    with pytest.raises(AnalyticsError, match="tracked must be flags of shape"):
        grade_assets(measures, np.ones(11, dtype=bool))
    with pytest.raises(AnalyticsError, match="no part of the grade is called 'beauty'"):
        grade_assets(measures).part("beauty", 0)
