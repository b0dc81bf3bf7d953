"""JSON as the standard has it: no NaN, no infinity, no key given twice, nothing around it."""

import json
import math
import re

from agent.llm.port import Json

_THOUGHTS = re.compile(r"\A(?:\s*<think>)?.*?</think>", re.DOTALL)
_FENCE = re.compile(r"\A```(?:json|JSON)?[ \t]*\n(?P<body>.*)```\Z", re.DOTALL)
_FENCES = re.compile(r"```(?:json|JSON)?[ \t]*\n(?P<body>.*?)```", re.DOTALL)


def parse_strict_json(text: str | bytes) -> Json:
    """The value `text` holds; raises ValueError for anything the standard does not allow or that is nested too deep."""
    try:
        value: Json = json.loads(text, parse_constant=_reject_constant, object_pairs_hook=_unique_keys)
        _reject_non_finite(value)
    except RecursionError:
        raise ValueError("nested too deep") from None
    return value


def parse_answer_json(text: str) -> Json:
    """The value a model's answer holds, which may stand in its one code fence or after its visible thoughts.

    Raises ValueError like `parse_strict_json`.
    """
    return parse_strict_json(answer_json(text))


def answer_json(text: str) -> str:
    """The part of an answer that is JSON, as it stands; the answer itself where no part is, or more than one may be."""
    bare = _THOUGHTS.sub("", text, count=1).strip()
    if bare.startswith("<think>"):  # never ended, so what follows is thought and not answer
        return text
    fence, fences = _FENCE.match(bare), _FENCES.findall(bare)
    parts = (text, bare, fence["body"] if fence else "", fences[0] if len(fences) == 1 else "")
    return next((part.strip() for part in parts if _is_json(part)), text)


def _is_json(text: str) -> bool:
    try:
        parse_strict_json(text)
    except ValueError:
        return False
    return True


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
