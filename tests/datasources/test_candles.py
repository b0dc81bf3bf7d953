import pytest

from datasources.candles import candle_fault


@pytest.mark.parametrize(
    ("figures", "fault"),
    [
        ((100, 120, 90, 110, 5.0), None),
        ((100, 100, 100, 100, 0.0), None),
        ((100, 120, 90, 110, None), None),
        ((0, 120, 0, 110, 5.0), "a price is zero or negative"),
        ((100, 80, 90, 85, 5.0), "the high is below the low"),
        ((89, 120, 90, 110, 5.0), "the open or close lies outside the range from low to high"),
        ((100, 120, 90, 121, 5.0), "the open or close lies outside the range from low to high"),
        ((100, 120, 90, 110, -0.1), "the volume is negative"),
    ],
)
def test_a_candle_has_positive_prices_in_order_and_no_negative_volume(
    figures: tuple[float, float, float, float, float | None], fault: str | None
) -> None:
    assert candle_fault(*figures) == fault
