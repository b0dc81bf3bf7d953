"""An answer as JSON text, for the record and for `--json`."""

from functools import cache

from pydantic import TypeAdapter

from agent.ask.answer import Answer


@cache
def _answers() -> TypeAdapter[Answer]:
    return TypeAdapter(Answer)


def answer_json(answer: Answer) -> str:
    """The answer with its facts and claims as JSON."""
    return _answers().dump_json(answer).decode()
