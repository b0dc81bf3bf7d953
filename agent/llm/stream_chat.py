"""A stream of Chat Completions chunks put together."""

from collections.abc import Mapping

from agent.llm.port import Json
from agent.llm.wire import thinking_field_of


class ChatAssembler:
    """Keeps the text, the refusal, the reason of the end and the usage; for requests without tools, so no tool calls.

    Nothing but `[DONE]` or the end of the body ends the stream, because the usage comes after the last piece.
    """

    complete = False

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._refusal = ""
        self._rest: dict[str, Json] = {}
        self._thinking_field: str | None = None
        self._finish_reason: Json = None

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._pieces)

    def take(self, document: Mapping[str, Json]) -> str:
        """Take a chunk; the piece of text it brings."""
        self._rest |= {name: document[name] for name in ("model", "usage") if document.get(name)}
        choices = document.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, dict):
            return ""
        self._finish_reason = choice.get("finish_reason") or self._finish_reason
        delta = choice.get("delta")
        if not isinstance(delta, dict):
            return ""
        self._refusal += _text(delta.get("refusal"))
        self._thinking_field = self._thinking_field or thinking_field_of(delta)
        piece = _text(delta.get("content"))
        self._pieces.append(piece)
        return piece

    def document(self) -> dict[str, Json]:
        """The answer as it would have come in one piece."""
        message: dict[str, Json] = {"content": self.text, "refusal": self._refusal}
        if self._thinking_field:
            message[self._thinking_field] = "(thoughts)"
        choice: dict[str, Json] = {"finish_reason": self._finish_reason, "message": message}
        return self._rest | {"choices": [choice]}


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
