from hypothesis import given
from hypothesis import strategies as st

from agent.llm.estimate import (
    TOKENS_PER_BYTE,
    estimated_tokens,
    input_bytes,
    learned_ratio,
    tokens_of,
    trim_to,
)
from agent.llm.port import Message, Request, Schema, Tool, ToolCall


def test_a_third_of_the_bytes_rounded_up() -> None:
    assert [estimated_tokens(text) for text in ("", "a", "abc", "abcd", "äöü")] == [0, 1, 1, 2, 2]
    assert tokens_of(3_000_000) == 1_000_000
    assert tokens_of(10, 0.5) == 5
    assert tokens_of(11, 0.5) == 6


def test_everything_a_model_reads_is_counted() -> None:
    bare = Request("t", (Message("user", "x" * 100),))
    longer = Request("t", (Message("user", "x" * 100), Message("tool", "é" * 50, tool_call_id="1")))
    calling = Request("t", (Message("assistant", "x" * 100, (ToolCall("1", "price", {"symbol": "BTC"}),)),))
    with_schema = Request("t", bare.messages, Schema("s", {"type": "object"}))
    with_tool = Request("t", bare.messages, tools=(Tool("price", "A price.", {"type": "object"}),))
    assert input_bytes(bare) >= 100
    assert input_bytes(longer) - input_bytes(bare) >= 100  # two bytes for each letter
    assert input_bytes(calling) - input_bytes(bare) == len('price{"symbol": "BTC"}')
    assert input_bytes(with_schema) - input_bytes(bare) == len('{"type": "object"}')
    assert input_bytes(with_tool) - input_bytes(bare) == len('priceA price.{"type": "object"}')


def test_a_ratio_is_learned_from_five_calls_and_stays_an_upper_estimate() -> None:
    samples = [(1_000, 250), (1_000, 400), (2_000, 500), (400, 100), (1_000, 260)]
    assert learned_ratio(samples[:4]) == TOKENS_PER_BYTE
    assert learned_ratio(samples) == 0.4
    assert learned_ratio([(1_000, 10)] * 5) == 0.15
    assert learned_ratio([(10, 500)] * 5) == 1.0
    assert learned_ratio([(0, 5), (5, 0)] * 5) == TOKENS_PER_BYTE


@given(st.lists(st.tuples(st.integers(1, 10_000), st.integers(1, 10_000)), min_size=5, max_size=20))
def test_no_call_it_was_learned_from_is_estimated_too_low(samples: list[tuple[int, int]]) -> None:
    ratio = learned_ratio(samples)
    assert all(tokens_of(size, ratio) >= tokens for size, tokens in samples if tokens <= size)


def trimmed(budget: int, items: list[tuple[str, int, float, bool]]) -> tuple[str, str, bool]:
    found = trim_to(
        items, budget, cost=lambda item: item[1], salience=lambda item: item[2], mandatory=lambda item: item[3]
    )
    return "".join(item[0] for item in found.kept), "".join(item[0] for item in found.left_out), found.complete


def test_mandatory_items_come_first_then_the_most_salient_in_their_given_order() -> None:
    items = [("a", 2, 0.1, False), ("b", 2, 0.9, False), ("c", 2, 0.0, True), ("d", 2, 0.5, False)]
    assert trimmed(8, items) == ("abcd", "", True)
    assert trimmed(6, items) == ("bcd", "a", True)
    assert trimmed(3, items) == ("c", "abd", True)
    assert trimmed(1, items) == ("", "abcd", False)


def test_nothing_less_salient_takes_the_place_of_what_does_not_fit() -> None:
    assert trimmed(5, [("a", 1, 0.1, False), ("b", 3, 0.9, False), ("c", 4, 0.5, False)]) == ("b", "ac", True)


@given(
    st.lists(st.tuples(st.text(max_size=1), st.integers(0, 9), st.floats(0, 1), st.booleans()), max_size=12),
    st.integers(0, 60),
)
def test_what_is_kept_fits_and_nothing_is_lost(items: list[tuple[str, int, float, bool]], budget: int) -> None:
    found = trim_to(items, budget, cost=lambda item: item[1], salience=lambda item: item[2])
    assert sum(item[1] for item in found.kept) <= budget
    assert sorted(found.kept + found.left_out) == sorted(items)
    assert min((item[2] for item in found.kept), default=1) >= max((item[2] for item in found.left_out), default=0)
