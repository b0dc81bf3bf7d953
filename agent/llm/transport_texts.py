"""The calls that take texts and generate none: /embeddings and /moderations."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from agent.llm.errors import LLMError, Malformed
from agent.llm.faults import error_from_status, retry_after_s
from agent.llm.port import Json
from agent.llm.transport import Reply, Transport
from agent.llm.wire_answer import load_document, require_no_error

if TYPE_CHECKING:
    import openai

TextPath = Literal["/embeddings", "/moderations"]
_ERROR_BYTES_READ = 8000


class TextTransport(Transport):
    """Calls to one endpoint; the limits are those of `Transport`."""

    def ask(self, path: TextPath, body: Mapping[str, Json]) -> tuple[dict[str, Json], Reply]:
        """The document that the server answers `body` with; raises an `LLMError`."""
        reply = self._exchange(lambda client: _create(client, path, body), None)
        try:
            return _document(reply), reply
        except LLMError as error:
            error.__context__ = None  # a JSON error holds the whole body, which may quote the key
            error.host = self._endpoint.host
            error.request_id = reply.request_id
            raise


def _create(client: "openai.OpenAI", path: TextPath, body: Mapping[str, Json]) -> Any:  # noqa: ANN401 - the SDK's own
    extra = dict(body)
    if path == "/moderations":
        return client.moderations.with_streaming_response.create(input="", extra_body=extra)
    return client.embeddings.with_streaming_response.create(model="", input="", extra_body=extra)


def _document(reply: Reply) -> dict[str, Json]:
    if reply.status >= 300:
        text = reply.body[:_ERROR_BYTES_READ].decode("utf-8", "replace")
        raise error_from_status(reply.status, text, retry_after_s(reply.headers))
    document = load_document(reply.body)
    require_no_error(document)
    return document


def rows_in(document: Mapping[str, Json], key: str, count: int) -> list[Mapping[str, Json]]:
    """The `count` objects in the list under `key`; raises Malformed for any other number or kind."""
    rows = document.get(key)
    if not isinstance(rows, list) or len(rows) != count:
        raise Malformed(f"the answer does not have {count} entries, one for each text; use another model or server")
    objects = [row for row in rows if isinstance(row, dict)]
    if len(objects) != count:
        raise Malformed("an entry of the answer is not an object; use another model or server")
    return list(objects)
