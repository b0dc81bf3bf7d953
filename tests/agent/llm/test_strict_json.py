import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.llm.strict_json import parse_answer_json, parse_strict_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_standard_json_is_read_as_it_is(value: object) -> None:
    text = json.dumps(value)
    assert parse_strict_json(text) == value
    assert parse_answer_json(f"```json\n{text}\n```") == value
    assert parse_answer_json(f"<think>maybe {{</think>\n{text}") == value


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "[Infinity]",
        "-Infinity",
        "1e999",
        '{"a": -1e999}',
        '{"a": 1, "a": 1}',
        "{} {}",
        "",
        "{'a': 1}",
        "[" * 100_000,
    ],
)
def test_what_the_standard_does_not_allow_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_strict_json(text)


@given(st.text())
def test_any_text_is_a_value_or_a_value_error(text: str) -> None:
    try:
        parse_answer_json(text)
    except ValueError:
        return


@pytest.mark.parametrize(
    "text",
    [
        '```\n{"a": 1}\n```',
        'Here it is:\n```json\n{"a": 1}\n```\nAnything else?',
        'First a thought about {}</think>\n{"a": 1}',
        '<think>or {"a": 2}?</think>```json\n{"a": 1}```',
    ],
)
def test_an_answer_is_found_among_fences_sentences_and_thoughts(text: str) -> None:
    assert parse_answer_json(text) == {"a": 1}


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1} Done.',
        '```\n{"a": 1}\n```\n```\n{"a": 2}\n```',
        "<think>{}",
        '{"a": ',
        'x {"a": NaN} y',
        "```json\n[1\n```",
    ],
)
def test_what_holds_no_one_answer_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_answer_json(text)


def test_text_in_an_answer_that_looks_like_a_fence_or_a_thought_is_left_alone() -> None:
    value = {"text": "</think> ```json\n{}\n```"}
    assert parse_answer_json(json.dumps(value)) == value
