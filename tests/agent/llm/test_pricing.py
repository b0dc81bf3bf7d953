from datetime import UTC, datetime
from decimal import Decimal

import pytest

from agent.llm.port import Usage
from agent.llm.pricing import PriceOverride, price_list

AT = datetime(2026, 11, 20, tzinfo=UTC)
OPENAI = "https://api.openai.com/v1"
LOCAL = "http://127.0.0.1:11434/v1"
USAGE = Usage(1_000_000, 1_000_000)


def test_the_list_that_ships_is_used_where_nothing_is_overridden() -> None:
    prices = price_list()
    assert prices.cost_usd(USAGE, "gpt-4o", OPENAI, AT) == Decimal("12.50")  # 2.50 and 10 a million
    assert prices.cost_usd(USAGE, "gpt-4o", OPENAI, AT, batch=True) == Decimal("6.25")
    assert prices.cost_usd(USAGE, "gpt-4o", "", AT) == Decimal("12.50")  # no base URL is OpenAI
    assert prices.cost_usd(USAGE, "llama3", LOCAL, AT) is None
    assert prices.cost_usd(USAGE, "llama3", "https://llm.example.org/v1", AT) is None
    assert prices.cost_usd(Usage(), "gpt-4o", OPENAI, AT) is None


def test_the_settings_go_first_at_any_server() -> None:
    prices = price_list({"llama3": PriceOverride(Decimal(1), Decimal(3), Decimal("0.1")), "gpt-4o": FREE})
    usage = Usage(1_000_000, 500_000, cached_tokens=400_000)
    assert prices.cost_usd(usage, "llama3", LOCAL, AT) == Decimal("2.14")  # 0.6 + 0.04 + 1.5
    assert prices.cost_usd(usage, "gpt-4o", OPENAI, AT) == 0
    assert prices.cost_usd(Usage(input_tokens=5), "llama3", LOCAL, AT) is None


FREE = PriceOverride(Decimal(0), Decimal(0))


def test_cached_input_costs_what_input_does_unless_its_price_is_given() -> None:
    price = PriceOverride(Decimal(2), Decimal(0))
    assert price.cost_usd(Usage(1_000_000, 0, cached_tokens=900_000)) == Decimal(2)
    assert PriceOverride(Decimal(2), Decimal(0), Decimal(0)).cost_usd(Usage(10, 0, cached_tokens=99)) == 0


def test_the_price_of_one_model_is_that_of_single_calls_or_of_a_batch() -> None:
    prices = price_list()
    assert prices.price_of("gpt-4o", OPENAI)(Usage(1_000, 2_000), AT) == Decimal("0.0225")  # 0.0025 + 0.02
    assert prices.price_of("llama3", LOCAL)(Usage(1, 1), AT) is None
    assert prices.price_of("gpt-4o", OPENAI, batch=True)(Usage(1_000, 2_000), AT) == Decimal("0.01125")


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity"])
def test_a_price_is_a_finite_amount(amount: str) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        PriceOverride(Decimal(1), Decimal(amount))
