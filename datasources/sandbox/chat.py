"""The chat of the Token Metrics format: a question in, an invented answer out; both are hostile text to the caller."""

import json
from collections.abc import Mapping

from datasources.sandbox.paging import BadQuery
from datasources.sandbox.wire import Row

LONGEST_BODY_BYTES = 64_000


def chat_answer(body: bytes) -> Row:
    """Answer `{"messages":[{"user": "..."}]}`; raises BadQuery for anything else."""
    question = _question(body)
    answer = f"Invented by the sandbox: nobody knows. You asked: {question[:500]}"
    thread = [{"user": question}, {"chatbot": answer}]
    return {"success": True, "message": "AI Chatbot response successful", "answer": answer, "thread": thread}


def _question(body: bytes) -> str:
    try:
        asked = json.loads(body) if len(body) <= LONGEST_BODY_BYTES else None
    except (ValueError, RecursionError) as error:
        raise BadQuery("the body is not JSON") from error
    messages = asked.get("messages") if isinstance(asked, Mapping) else None
    last = messages[-1] if isinstance(messages, list) and messages else None
    question = last.get("user") if isinstance(last, Mapping) else None
    if not isinstance(question, str) or not question.strip():
        raise BadQuery("messages end with what the user said")
    return question
