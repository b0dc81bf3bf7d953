"""Charts are plain data, with words that stand in for them."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from agent.briefing.document import Series
from agent.store.bars import BarRow
from dashboard import charts
from dashboard.readings.asset import GradePoint
from dashboard.readings.market import MarketAsset

DAY = date(2026, 1, 9)
NOW = datetime(2026, 1, 10, tzinfo=UTC)


def bar(day: date, opened: float, close: float, volume: float | None = 5.0) -> BarRow:
    return BarRow(1, day, opened, max(opened, close), min(opened, close), close, volume, NOW)


def coin(rank: int | None, change: float | None) -> MarketAsset:
    nothing = [None] * 7
    return MarketAsset(rank or 99, f"Coin {rank}", f"C{rank}", rank, 1.0, change, *nothing, ())


def test_candles_are_json_with_open_close_low_high() -> None:
    drawing = charts.candles("Bitcoin", [bar(DAY - timedelta(days=1), 10, 12), bar(DAY, 12, 11, None)])
    price, volume = drawing.spec["series"]
    assert price["data"] == [[10, 12, 10, 12], [12, 11, 11, 12]]
    assert [item["value"] for item in volume["data"]] == [5.0, None]
    assert "Bitcoin" in drawing.alt
    assert "9 January 2026" in drawing.alt
    json.dumps(drawing.spec, allow_nan=False)


def test_the_map_has_a_tile_for_each_ranked_coin_with_a_change() -> None:
    drawing = charts.treemap([coin(1, 2.0), coin(2, None), coin(3, -9.0), coin(None, 1.0)])
    tiles = drawing.spec["series"][0]["data"]
    assert [tile["name"] for tile in tiles] == ["C1\n+2.0%", "C3\n-9.0%"]
    assert tiles[0]["value"] > tiles[1]["value"]


@pytest.mark.parametrize("change", [0.0, 0.04, -0.04])
def test_what_is_shown_as_flat_is_grey(change: float) -> None:
    assert charts.tile_colour(change) == "#7c8794"


def test_the_deepest_colours_are_for_the_largest_changes() -> None:
    assert charts.tile_colour(50) == charts.tile_colour(5) == "#0f6e4a"
    assert charts.tile_colour(-5) == "#b84212"
    assert charts.tile_colour(0.1) != charts.tile_colour(3)


def test_lines_keep_their_gaps_and_say_what_they_show() -> None:
    days = (DAY - timedelta(days=1), DAY)
    drawing = charts.indexed_lines(
        [Series("Your portfolio", days, (100.0, None)), Series("Bitcoin", days, (100.0, 99.0))]
    )
    assert "Bitcoin" in drawing.alt
    assert drawing.spec.to_dict()["encoding"]["y"]["scale"] == {"zero": False}


def test_grades_are_drawn_on_their_whole_scale() -> None:
    drawing = charts.grade_lines("Bitcoin", [GradePoint("trader", DAY, 72.15, NOW), GradePoint("tm", DAY, 60.0, NOW)])
    assert drawing.alt == "Grades of Bitcoin by day; the last are: Trader 72.2, TM 60.0."
    assert drawing.spec.to_dict()["encoding"]["y"]["scale"] == {"domain": [0, 100]}
