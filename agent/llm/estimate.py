"""Tokens without a tokenizer: estimates from bytes, learned from what a server counted, and a choice of what fits.

No tokenizer ships with coinbrief: each model has its own. A third of the bytes is an upper estimate for English and
JSON with most of them; where a server counts more, its own ratio takes over after a few calls.
"""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from agent.llm.port import Message, Request

TOKENS_PER_BYTE: Final = 1 / 3
LEAST_PER_BYTE: Final = 0.15
MOST_PER_BYTE: Final = 1.0
FEWEST_SAMPLES: Final = 5
_MESSAGE_BYTES: Final = 24  # a chat template's own marks around a message: about eight tokens

T = TypeVar("T")


def estimated_tokens(text: str, tokens_per_byte: float = TOKENS_PER_BYTE) -> int:
    """An upper estimate of the tokens of `text`, from its UTF-8 bytes, rounded up."""
    return tokens_of(len(text.encode("utf-8", "replace")), tokens_per_byte)


def tokens_of(size_bytes: int, tokens_per_byte: float = TOKENS_PER_BYTE) -> int:
    """An upper estimate of the tokens of so many bytes, rounded up."""
    return math.ceil(round(size_bytes * tokens_per_byte, 6))  # 3 x 1/3 is one token and not two


def input_bytes(request: Request) -> int:
    """All that a request gives a model to read, in UTF-8 bytes: messages, schema, tools."""
    texts = [json.dumps(dict(request.schema.body))] if request.schema is not None else []
    texts += [tool.name + tool.description + json.dumps(dict(tool.parameters)) for tool in request.tools]
    return sum(map(_message_bytes, request.messages)) + sum(len(text.encode()) for text in texts)


def _message_bytes(message: Message) -> int:
    calls = "".join(call.name + json.dumps(dict(call.arguments)) for call in message.tool_calls)
    return len((message.content + calls).encode("utf-8", "replace")) + _MESSAGE_BYTES


def learned_ratio(samples: Sequence[tuple[int, int]]) -> float:
    """Tokens per byte of a model's input, from (bytes, tokens as the server counted them) of its last calls.

    The largest ratio seen, so that it stays an upper estimate, within bounds; a third of the bytes with fewer than
    five samples.
    """
    ratios = [tokens / size for size, tokens in samples if size > 0 and tokens > 0]
    if len(ratios) < FEWEST_SAMPLES:
        return TOKENS_PER_BYTE
    return min(max(*ratios, LEAST_PER_BYTE), MOST_PER_BYTE)


@dataclass(frozen=True, slots=True)
class Trimmed(Generic[T]):
    """What fits and what does not, each in the given order; `complete` if nothing mandatory was left out."""

    kept: tuple[T, ...]
    left_out: tuple[T, ...]
    complete: bool


def trim_to(
    items: Sequence[T],
    budget_tokens: int,
    *,
    cost: Callable[[T], int],
    salience: Callable[[T], float],
    mandatory: Callable[[T], bool] = lambda _item: False,
) -> Trimmed[T]:
    """The items that fit the budget: mandatory ones first, then by falling salience, the earlier one at a tie.

    It ends at the first that does not fit, so that nothing is kept in the place of something that says more.
    """
    ranked = sorted(range(len(items)), key=lambda place: (not mandatory(items[place]), -salience(items[place])))
    kept: set[int] = set()
    left = budget_tokens
    for place in ranked:
        left -= cost(items[place])
        if left < 0:
            break
        kept.add(place)
    out = [item for place, item in enumerate(items) if place not in kept]
    return Trimmed(
        kept=tuple(item for place, item in enumerate(items) if place in kept),
        left_out=tuple(out),
        complete=not any(map(mandatory, out)),
    )
