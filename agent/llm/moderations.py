"""What a server that speaks OpenAI's /moderations thinks of a text."""

import time
from collections.abc import Callable, Mapping
from typing import Protocol

from pydantic import SecretStr

from agent.llm.errors import Malformed
from agent.llm.port import Json
from agent.llm.transport import Endpoint
from agent.llm.transport_texts import TextTransport, rows_in
from agent.llm.wire_model import OPENAI_BASE_URL


class Moderator(Protocol):
    """Anything that says whether a text should be refused or raises an `LLMError`."""

    def is_flagged(self, text: str) -> bool:
        """Whether the text is abusive or asks for harm."""
        ...


class EndpointModerator:
    """A moderation model behind one base URL; `base_url` "" means OpenAI."""

    def __init__(
        self,
        base_url: str,
        api_key: SecretStr,
        model: str,
        *,
        timeout_s: float,
        max_retries: int = 1,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        endpoint = Endpoint((base_url or OPENAI_BASE_URL).rstrip("/"), api_key)
        self.host = endpoint.host
        self._model = model
        self._transport = TextTransport(endpoint, timeout_s=timeout_s, max_retries=max_retries, timer=timer)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(model={self._model!r}, host={self.host!r})"

    def is_flagged(self, text: str) -> bool:
        """Whether the server flags the text; raises an `LLMError`, Malformed for an answer that says neither."""
        document, _ = self._transport.ask("/moderations", {"model": self._model, "input": text})
        return _flag(document)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()


def _flag(document: Mapping[str, Json]) -> bool:
    flagged = rows_in(document, "results", 1)[0].get("flagged")
    if not isinstance(flagged, bool):
        raise Malformed("the answer does not say whether the text is flagged; use another model or server")
    return flagged
