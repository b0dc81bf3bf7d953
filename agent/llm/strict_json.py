"""JSON as the standard has it: no NaN, no infinity, no key given twice, nothing around it."""

import json
import math
import re

from agent.llm.port import Json

_FENCE = re.compile(r"\A```(?:json|JSON)?\s*\n(?P<body>.*)\n?```\Z", re.DOTALL)
_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)


def parse_strict_json(text: str | bytes) -> Json:
    """The value `text` holds; raises ValueError for anything the standard does not allow or that is nested too deep."""
    try:
        value: Json = json.loads(text, parse_constant=_reject_constant, object_pairs_hook=_unique_keys)
        _reject_non_finite(value)
    except RecursionError:
        raise ValueError("nested too deep") from None
    return value


def parse_answer_json(text: str) -> Json:
    """The value a model's answer holds, which may stand in one code fence or after its visible thoughts.

    Raises ValueError like `parse_strict_json`.
    """
    bare = _THOUGHT.sub("", text, count=1).strip()
    fenced = _FENCE.match(bare)
    return parse_strict_json(fenced["body"] if fenced else bare)


def _reject_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")


def _unique_keys(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    keys = dict(pairs)
    if len(keys) != len(pairs):
        raise ValueError("a key is given twice")
    return keys


def _reject_non_finite(value: Json) -> None:
    """Raise ValueError where a literal such as 1e999 became infinite."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number is not finite")
    if isinstance(value, dict):
        for item in value.values():
            _reject_non_finite(item)
    elif isinstance(value, list):
        for item in value:
            _reject_non_finite(item)
