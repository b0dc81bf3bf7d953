"""A stream of Responses events put together."""

from collections.abc import Mapping

from agent.llm.errors import Truncated
from agent.llm.port import Json
from agent.llm.wire_answer import TRY_OTHER
from agent.llm.wire_responses import is_final_message

_LAST_EVENTS = ("response.completed", "response.incomplete", "response.failed")


class ResponsesAssembler:
    """Keeps the text on the way and the response that the last event holds, which alone is the answer."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._remarks: set[object] = set()
        self._items: list[Json] = []
        self._response: dict[str, Json] | None = None

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._pieces)

    @property
    def complete(self) -> bool:
        """Whether the last event has come."""
        return self._response is not None

    def take(self, document: Mapping[str, Json]) -> str:
        """Take an event; the piece of text it brings."""
        kind, item, response = document.get("type"), document.get("item"), document.get("response")
        if kind == "response.output_text.delta":
            return self._take_piece(document)
        if kind == "response.output_item.added" and isinstance(item, dict) and not is_final_message(item):
            self._remarks.add(document.get("output_index"))
        elif kind == "response.output_item.done":
            self._items.append(item)
        elif kind in _LAST_EVENTS and isinstance(response, dict):
            self._response = response
        return ""

    def document(self) -> dict[str, Json]:
        """The answer as it would have come in one piece; raises Truncated if the last event never came."""
        if self._response is None:
            raise Truncated(f"the stream ended before the answer did; {TRY_OTHER}")
        # some servers leave the output out of the last event, having sent it item by item
        return self._response if self._response.get("output") else self._response | {"output": self._items}

    def _take_piece(self, document: Mapping[str, Json]) -> str:
        delta, index = document.get("delta"), document.get("output_index")
        if not isinstance(delta, str) or (index is not None and index in self._remarks):
            return ""
        self._pieces.append(delta)
        return delta
