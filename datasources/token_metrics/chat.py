"""Questions to the provider's own chat model, and its answers: a stranger's words, never ours. Pure."""

from typing import Final

from datasources.answers import Json
from datasources.errors import BadPayload, BadRequest
from datasources.token_metrics.values import RowError, block
from datasources.token_metrics.wire import require_success

CHAT_PATH: Final = "/tmai"
LONGEST_ANSWER: Final = 20_000  # characters
LONGEST_QUESTION: Final = 4_000  # characters


def chat_body(source: str, question: str) -> dict[str, Json]:
    """Give the body that asks one question; raises `BadRequest` for an empty one or one of over 4,000 characters."""
    asked = question.strip()
    if not asked or len(asked) > LONGEST_QUESTION:
        raise BadRequest(source, f"a question has 1 to {LONGEST_QUESTION} characters")
    return {"messages": [{"user": asked}]}


def chat_answer(source: str, answer: Json) -> str:
    """Take the text out of `{"answer": ...}` or `{"data": {"answer": ...}}`, cleaned of control characters and cut.

    Raises `BadPayload` if there is none, and what the message suggests if the answer says that it failed.
    """
    envelope = require_success(source, CHAT_PATH, answer)
    data = envelope.get("data")
    given = envelope.get("answer")
    if given is None and isinstance(data, dict):
        given = data.get("answer")
    try:
        text = block(given, "answer", LONGEST_ANSWER)
    except RowError as error:
        raise BadPayload(source, f"{CHAT_PATH} $.answer", str(error)) from None
    if text is None:
        raise BadPayload(source, f"{CHAT_PATH} $.answer", "missing or empty")
    return text
