from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from agent.analytics.errors import AnalyticsError
from agent.analytics.measures import Measures
from agent.analytics.signals.ground import Ground, day_of
from agent.analytics.signals.sectors import SECTOR_DAYS, SECTOR_SIGNALS, SectorFigures, measure_sectors
from agent.analytics.signals.signal import Subject

NAN = np.nan
SIGNALS = {signal.name: signal for signal in SECTOR_SIGNALS}


def prices(seed: int, days: int = 60, assets: int = 60, missing: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    close = np.exp(np.cumsum(rng.normal(0.0, 0.05, (days, assets)), axis=0))
    close[rng.random(close.shape) < missing] = NAN
    return close


def by_twelve(sectors: int) -> np.ndarray:
    """Sectors of 12 members each, none in two."""
    return np.repeat(np.eye(sectors, dtype=bool), 12, axis=1)


def fired(name: str, sectors: SectorFigures, sector: int = 0) -> list[int]:
    nothing = np.full((len(sectors.rank), 2), NAN)
    measures = Measures(**{field.name: nothing for field in fields(Measures)})
    return np.flatnonzero(SIGNALS[name].read(Ground(measures, sectors=sectors)).fired[:, sector]).tolist()


def growing(days: int, returns: list[list[float]]) -> np.ndarray:
    """Closes of sectors of 12 equal members that reach these 30-day returns on each of the last days."""
    close = np.ones((days, 12 * len(returns)))
    for sector, reached in enumerate(returns):
        close[days - len(reached) :, 12 * sector : 12 * sector + 12] = 1.0 + np.array(reached)[:, np.newaxis]
    return close


def test_the_registry_holds_sentences_about_sectors() -> None:
    assert list(SIGNALS) == ["sector_rotation_in", "sector_rotation_out", "sector_breadth_surge"]
    assert all(signal.definition[0].isupper() and signal.definition.endswith(".") for signal in SECTOR_SIGNALS)
    assert {signal.subject for signal in SECTOR_SIGNALS} == {Subject.SECTOR}


def test_returns_are_medians_of_the_members_less_that_of_all_assets() -> None:
    close = prices(1, missing=0.05)
    membership = np.random.default_rng(1).random((7, 60)) < 0.3
    sectors = measure_sectors(close, membership)
    for days, found, relative in (
        (7, sectors.return_7d, sectors.relative_7d),
        (30, sectors.return_30d, sectors.relative_30d),
    ):
        changes = close[-1] / close[-1 - days] - 1.0
        expected = np.array([np.nanmedian(changes[members]) for members in membership])
        np.testing.assert_allclose(found[-1], expected, rtol=1e-12)
        np.testing.assert_allclose(relative[-1], expected - np.nanmedian(changes), rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(
        sectors.members[-1], [np.isfinite(close[-1, members]).sum() for members in membership]
    )


def test_ranks_are_those_of_scipy_and_a_week_back_those_of_then() -> None:
    sectors = measure_sectors(prices(2), np.random.default_rng(2).random((12, 60)) < 0.2)
    ranks = rankdata(-sectors.relative_30d[30:], axis=1, method="min")
    np.testing.assert_array_equal(sectors.rank[30:], ranks)
    np.testing.assert_array_equal(sectors.rank_week_before[-1], ranks[-8])
    assert set(sectors.ranked[-1]) == {12}
    np.testing.assert_array_equal(sectors.standing[-1] == 1, ranks[-1] <= 3)
    np.testing.assert_array_equal(sectors.standing[-1] == -1, ranks[-1] >= 10)


def test_equal_returns_share_the_better_rank() -> None:
    sectors = measure_sectors(growing(40, [[0.1], [0.3], [0.3], [0.0]]), by_twelve(4))
    assert sectors.rank[-1].tolist() == [3, 1, 1, 4]


def test_a_sector_needs_three_members_and_a_ranking_four_sectors() -> None:
    close = prices(3, 40, 60)
    membership = by_twelve(5)
    membership[4] = False
    membership[4, :2] = True
    sectors = measure_sectors(close, membership)
    assert np.isnan(sectors.return_30d[-1]).tolist() == [False] * 4 + [True]
    assert set(sectors.ranked[-1]) == {4}
    assert sorted(sectors.rank[-1, :4]) == [1, 2, 3, 4]
    assert np.isfinite(measure_sectors(close, membership, 2).return_30d[-1]).all()
    few = measure_sectors(close, membership[1:])
    assert set(few.ranked[-1]) == {3}
    assert np.isnan(few.rank).all()


@pytest.mark.parametrize(("sectors", "leaders"), [(4, 1), (5, 2), (8, 2), (9, 3), (40, 3)])
def test_leaders_are_three_or_a_quarter(sectors: int, leaders: int) -> None:
    returns = [[place / 100.0] for place in range(sectors)]
    standing = measure_sectors(growing(40, returns), by_twelve(sectors)).standing[-1]
    assert standing.tolist() == [-1] * leaders + [0] * (sectors - 2 * leaders) + [1] * leaders


STILL = [[0.01] * 20, [0.02] * 20, [0.03] * 20]  # of four sectors one leads and one lags; the first moves past these


def test_rotation_in_is_from_the_lower_half_to_the_lead_within_a_week() -> None:
    climbs = [0.0] * 12 + [0.025] * 2 + [0.05] * 6
    sectors = measure_sectors(growing(60, [climbs, *STILL]), by_twelve(4))
    assert sectors.rank[-20:, 0].tolist() == [4] * 12 + [2] * 2 + [1] * 6
    assert fired("sector_rotation_in", sectors) == [54]
    slower = [0.0] * 8 + [0.025] * 8 + [0.05] * 4
    assert fired("sector_rotation_in", measure_sectors(growing(60, [slower, *STILL]), by_twelve(4))) == []


def test_rotation_out_is_from_the_upper_half_to_the_end_within_a_week() -> None:
    falls = [0.05] * 14 + [0.0] * 6
    assert fired("sector_rotation_out", measure_sectors(growing(60, [falls, *STILL]), by_twelve(4))) == [54]
    slower = [0.05] * 8 + [0.015] * 8 + [0.0] * 4
    assert fired("sector_rotation_out", measure_sectors(growing(60, [slower, *STILL]), by_twelve(4))) == []


def test_the_middle_of_an_odd_number_is_in_neither_half() -> None:
    returns = [[0.02] * 8 + [0.09] * 4, [0.0] * 12, [0.01] * 12, [0.03] * 12, [0.04] * 12]
    sectors = measure_sectors(growing(45, returns), by_twelve(5))
    assert sectors.rank_week_before[41, 0] == 3
    assert sectors.standing[41, 0] == 1
    assert fired("sector_rotation_in", sectors) == []


@pytest.mark.parametrize(
    ("rising", "others_rising", "expected"),
    [(16, 30, [2]), (16, 40, []), (15, 0, [])],  # shares of 80, 80 and 75 %, and 34, 24 and 60 points above the market
)
def test_a_breadth_surge_is_of_the_sector_and_not_of_the_market(
    rising: int, others_rising: int, expected: list[int]
) -> None:
    close = np.ones((3, 100))  # the first 20 are the sector; all fall, and then some rise
    close[1], close[2] = 0.9, 0.8
    close[2, :rising], close[2, 20 : 20 + others_rising] = 1.0, 1.0
    sectors = measure_sectors(close, (np.arange(100) < 20)[np.newaxis, :])
    assert sectors.advancers[2, 0] == pytest.approx(rising / 20)
    assert sectors.advancers_excess[2, 0] == pytest.approx(rising / 20 - (rising + others_rising) / 100)
    assert fired("sector_breadth_surge", sectors) == expected


def test_a_breadth_surge_fires_on_the_day_it_begins() -> None:
    excess, advancers = [0.29, 0.3, 0.4, 0.2, 0.5], [0.9, 0.8, 0.9, 0.9, 0.79]
    figures = {
        "advancers": advancers,
        "advancers_excess": excess,
        "advancers_excess_previous": [NAN, *excess[:-1]],
    }
    nothing = {field.name: np.full((5, 1), NAN) for field in fields(SectorFigures)}
    known = {name: np.array(values)[:, np.newaxis] for name, values in figures.items()}
    assert fired("sector_breadth_surge", SectorFigures(**nothing | known)) == [1]


def test_shares_are_of_ten_members_that_moved() -> None:
    close = np.ones((2, 30))
    close[1, :9], close[1, 9:11] = 1.1, 0.9
    membership = np.zeros((2, 30), dtype=bool)
    membership[0, :20], membership[1, :9] = True, True
    sectors = measure_sectors(close, membership)
    assert sectors.advancers[1, 0] == pytest.approx(9 / 11)
    assert np.isnan(sectors.advancers[1, 1])


def test_a_day_needs_the_rows_that_are_named_and_no_fewer() -> None:
    close = prices(4, 80)
    membership = np.random.default_rng(4).random((9, 60)) < 0.5
    whole, enough, fewer = (
        day_of(measure_sectors(close[-days:], membership), -1) for days in (80, SECTOR_DAYS, SECTOR_DAYS - 1)
    )
    for field in fields(SectorFigures):
        assert np.isfinite(getattr(enough, field.name)).all()
        np.testing.assert_array_equal(getattr(enough, field.name), getattr(whole, field.name), err_msg=field.name)
    assert np.isnan(fewer.rank_week_before).all()


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.1, 0.6]), st.integers(1, 60))
def test_the_last_day_by_itself_is_that_of_the_history(seed: int, missing: float, days: int) -> None:
    close = prices(seed, days, missing=missing)
    close[-3:-1] = NAN  # what was known before lies three days back
    membership = np.random.default_rng(seed).random((9, 60)) < 0.5
    whole, alone = (day_of(measure_sectors(close, membership, last_day=last), -1) for last in (False, True))
    for field in fields(SectorFigures):
        np.testing.assert_array_equal(getattr(alone, field.name), getattr(whole, field.name), err_msg=field.name)


@given(st.integers(0, 2**32 - 1), st.sampled_from([8, 31, 45, 59]))
def test_no_day_looks_ahead(seed: int, day: int) -> None:
    close = prices(seed, missing=0.05)
    membership = np.random.default_rng(seed).random((6, 60)) < 0.25
    whole, cut = measure_sectors(close, membership), measure_sectors(close[:day], membership)
    for field in fields(SectorFigures):
        np.testing.assert_array_equal(getattr(cut, field.name), getattr(whole, field.name)[:day])


@pytest.mark.parametrize(("days", "assets", "sectors"), [(0, 3, 2), (1, 3, 2), (50, 0, 2), (50, 3, 0), (50, 20, 5)])
def test_sectors_without_prices_are_unknown(days: int, assets: int, sectors: int) -> None:
    figures = measure_sectors(np.full((days, assets), NAN), np.ones((sectors, assets), dtype=bool))
    for field in fields(SectorFigures):
        values = getattr(figures, field.name)
        assert values.shape == (days, sectors)
        known = values[np.isfinite(values)]
        assert (known == 0).all() if field.name in {"members", "ranked", "ranked_week_before"} else not known.size


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(AnalyticsError, match=r"sectors x 3 assets, got shape \(2, 4\)"):
        measure_sectors(np.ones((5, 3)), np.ones((2, 4), dtype=bool))
    with pytest.raises(AnalyticsError, match="at least 1 member"):
        measure_sectors(np.ones((5, 3)), np.ones((2, 3), dtype=bool), 0)
