import re

import pytest

from agent.ask.quantities import NUMBER, Quantity, count_in, quantity


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("30", 30, ""), ("20%", 20, "pct"), ("15 percent", 15, "pct"), ("-5 per cent", -5, "pct"), ("$1bn", 1e9, "usd"),
        ("5 billion", 5e9, ""), ("1.5k", 1500, ""), ("$1,000", 1000, "usd"), ("10 dollars", 10, "usd"), (".5", 0.5, ""),
        ("2 million usd", 2e6, "usd"),
    ],
)  # fmt: skip
def test_a_number_has_its_scale_and_unit(text: str, value: float, unit: str) -> None:
    match = re.fullmatch(NUMBER, text)
    assert match is not None
    assert quantity(match) == Quantity(value, unit)  # type: ignore[arg-type]  # a case's column


@pytest.mark.parametrize(
    ("text", "count"),
    [("top 5 gainers", 5), ("the 10 largest coins", 10), ("five worst coins", 5), ("top three", 3),
     ("show me 4 coins", 4),
     ("top 99", 10), ("top 0", 1), ("top gainers", 3), ("the best 20% of coins", 3), ("over 30 days", 3)],
)  # fmt: skip
def test_a_count_is_what_stands_with_a_superlative(text: str, count: int) -> None:
    assert count_in(text, 3, 10) == count
