import math
from collections.abc import Sequence

import numpy as np
import pytest

from agent.store.origins import homes_of, origins_of

NAN = np.nan


def closes(*columns: Sequence[float]) -> np.ndarray:
    return np.array(columns, dtype=float).T


def test_the_home_is_the_first_source_with_four_fifths_of_the_days_of_the_best_covered() -> None:
    nine, eight, seven = ([1.0] * count + [NAN] * (10 - count) for count in (9, 8, 7))
    full, none = [1.0] * 10, [NAN] * 10
    first = closes(eight, seven, none, none, nine)
    second = closes(full, full, none, eight, full)
    assert homes_of([first, second]).tolist() == [0, 1, -1, 1, 0]


def test_a_source_fills_what_the_home_lacks_where_they_agreed_last() -> None:
    home = closes([100.0, 50.0, 50.0, NAN, 50.0])
    other = closes([NAN, NAN, 51.0, 52.0, NAN])  # 51 is 2 % above 50, the last day of both
    assert origins_of([home, other], np.array([0], np.int8), 2.0).T.tolist() == [[0, 0, 0, 1, 0]]
    assert origins_of([home, other], np.array([0], np.int8), 1.9).T.tolist() == [[0, 0, 0, -1, 0]]


def test_only_the_last_common_day_counts() -> None:
    home = closes([100.0, 100.0, NAN], [100.0, 100.0, NAN])
    other = closes([100.0, 200.0, 201.0], [200.0, 100.0, 101.0])
    assert origins_of([home, other], np.zeros(2, np.int8), 2.0).T.tolist() == [[0, 0, -1], [0, 0, 1]]


def test_without_a_common_day_nothing_is_filled() -> None:
    home, other = closes([1.0, 1.0, NAN]), closes([NAN, NAN, 1.0])
    assert origins_of([home, other], np.zeros(1, np.int8), 100.0).T.tolist() == [[0, 0, -1]]


def test_a_filled_day_is_never_what_the_next_source_is_compared_with() -> None:
    home = closes([100.0, NAN, NAN])
    second = closes([101.0, 103.0, NAN])
    third = closes([NAN, 103.0, 104.0])  # agrees with the second source only
    assert origins_of([home, second, third], np.zeros(1, np.int8), 2.0).T.tolist() == [[0, 1, -1]]


def test_the_sources_fill_in_the_order_of_the_chain_whichever_is_the_home() -> None:
    first, home, third = closes([NAN, 1.0, NAN, NAN]), closes([1.0, 1.0, 1.0, NAN]), closes([1.0, 1.0, NAN, 1.0])
    first[3] = 1.0
    assert homes_of([first, home, third]).tolist() == [1]
    assert origins_of([first, home, third], np.array([1], np.int8), 2.0).T.tolist() == [[1, 1, 1, 0]]


def test_no_assets_give_no_origins() -> None:
    nothing = np.empty((4, 0))
    homes = homes_of([nothing, nothing])
    assert homes.shape == (0,)
    assert origins_of([nothing, nothing], homes, 2.0).shape == (4, 0)


def one_by_one(sources: Sequence[np.ndarray], tolerance_pct: float) -> np.ndarray:
    """The rule, spelled out asset by asset and day by day."""
    days, assets = sources[0].shape
    origin = np.full((days, assets), -1)
    for asset in range(assets):
        counts = [sum(not math.isnan(value) for value in source[:, asset]) for source in sources]
        if max(counts) == 0:
            continue
        home = next(place for place, count in enumerate(counts) if count >= 0.8 * max(counts))
        for place in (home, *range(len(sources))):
            both = [day for day in range(days) if not np.isnan(sources[place][day, asset] + sources[home][day, asset])]
            if not both:
                continue
            one, other = sources[place][both[-1], asset], sources[home][both[-1], asset]
            if abs(one - other) > tolerance_pct / 100 * min(one, other):
                continue
            for day in range(days):
                if origin[day, asset] == -1 and not np.isnan(sources[place][day, asset]):
                    origin[day, asset] = place
    return origin


@pytest.mark.parametrize("seed", range(6))
def test_the_rule_holds_for_any_holes_and_prices(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sources = []
    for _ in range(int(rng.integers(2, 5))):
        close = rng.choice([1.0, 1.01, 1.05], (12, 60))
        close[rng.random(close.shape) < rng.choice([0.05, 0.4, 0.9], 60)] = NAN
        sources.append(close)
    np.testing.assert_array_equal(origins_of(sources, homes_of(sources), 2.0), one_by_one(sources, 2.0))
