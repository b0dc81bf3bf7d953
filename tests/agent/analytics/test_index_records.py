import numpy as np
import pytest

from agent.analytics.errors import AnalyticsError
from agent.analytics.index_records import IndexMarket

DAYS = np.arange("2024-01-01", "2024-01-04", dtype="datetime64[D]")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"close": np.ones((3, 1))}, r"close must be days x assets, \(3, 2\), got \(3, 1\)"),
        ({"market_values_usd": np.ones(2)}, r"market_values_usd must be days x assets, \(3, 2\), got \(2,\)"),
        ({"ranks": np.ones((2, 2))}, "ranks must be days x assets"),
        ({"kinds": ["coin"]}, "kinds must have one entry for each of 2 assets, got 1"),
        ({"categories": [["meme"]] * 3}, "categories must have one entry for each of 2 assets, got 3"),
        ({"days": DAYS[[0, 1, 1]]}, "consecutive calendar days, oldest first"),
        ({"days": DAYS[::-1]}, "consecutive calendar days, oldest first"),
        ({"asset_ids": [7, 7]}, "an asset is given twice"),
    ],
)
def test_a_market_that_does_not_fit_together_is_refused(changed: dict[str, object], message: str) -> None:
    market: dict[str, object] = {"days": DAYS, "asset_ids": [7, 8], "close": np.ones((3, 2))}
    with pytest.raises(AnalyticsError, match=message):
        IndexMarket(**market | changed)  # type: ignore[arg-type]  # what does not fit is what is tested
