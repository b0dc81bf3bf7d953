"""OpenAI's Batch API: many requests handed over at once, answered within a day at half the price, in any order.

Nothing here waits: a batch is submitted, its state is asked for whenever one likes, and its answers are fetched when it
is done. Answers go through the same readers as those of single calls.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from pydantic import SecretStr

from agent.llm.capability import Wire, WireSetting, choose_wire
from agent.llm.errors import BadRequest, LLMError, Malformed, Unavailable
from agent.llm.faults import error_from_body, error_from_status
from agent.llm.port import Json, Request, Result
from agent.llm.pricing import PriceList
from agent.llm.transport import Endpoint, host_of
from agent.llm.wire import parse_completion, request_body
from agent.llm.wire_answer import Completion, load_document
from agent.llm.wire_responses import parse_response, response_body

if TYPE_CHECKING:
    import httpx2
    import openai

OPENAI_BASE_URL: Final = "https://api.openai.com/v1"
MOST_REQUESTS: Final = 50_000
_MOST_BYTES: Final = 200_000_000
_SENT_HEADERS: Final = frozenset(
    {"host", "accept", "connection", "content-length", "content-type", "user-agent"}
    | {"x-stainless-raw-response"}  # by which the SDK knows that it is to leave an answer as it is
)
_URLS: Final[Mapping[Wire, str]] = {"chat": "/v1/chat/completions", "responses": "/v1/responses"}

State = Literal["waiting", "done", "failed"]
"""`done` means that there may be answers to fetch, even if the batch ran out of time half-way."""
_STATES: Final[Mapping[str, State]] = {
    "completed": "done",
    "expired": "done",
    "cancelled": "done",
    "failed": "failed",
}


@dataclass(frozen=True, slots=True)
class BatchTicket:
    """What a batch is asked for with later: its id, and the names of its requests."""

    batch_id: str
    names: tuple[str, ...]


class BatchClient:
    """Batches at one base URL ("" means OpenAI); `prices` tell what the answers cost.

    Every method raises the `LLMError` that fits.
    """

    def __init__(
        self,
        base_url: str,
        api_key: SecretStr,
        model: str,
        *,
        timeout_s: float,
        max_output_tokens: int,
        clock: Callable[[], datetime],
        prices: PriceList,
        wire: WireSetting = "auto",
        max_retries: int = 2,
    ) -> None:
        self._base_url = (base_url or OPENAI_BASE_URL).rstrip("/")
        self._endpoint = Endpoint(self._base_url, api_key)
        self.model = model
        self.host = host_of(self._base_url)
        self._timeout_s = timeout_s
        self._max_output_tokens = max_output_tokens
        self._clock = clock
        self._prices = prices
        self._max_retries = max_retries
        self._wire: Wire = choose_wire(self._base_url, wire)

    def submit(self, requests: Mapping[str, Request]) -> BatchTicket:
        """Hand over requests by name."""
        if not 0 < len(requests) <= MOST_REQUESTS:
            raise BadRequest(f"a batch has 1 to {MOST_REQUESTS:,} requests, not {len(requests):,}", host=self.host)
        lines = "".join(json.dumps(self._line(name, request)) + "\n" for name, request in requests.items())
        file = self._document(
            lambda client: (
                client.files.with_raw_response.create(file=("requests.jsonl", lines.encode()), purpose="batch").content
            )
        )
        file_id = _text_of(file, "id")
        batch = self._document(
            lambda client: (
                client.batches.with_raw_response.create(
                    input_file_id=file_id,
                    endpoint=_URLS[self._wire],  # type: ignore[arg-type]  # one of those the SDK lists
                    completion_window="24h",
                ).content
            )
        )
        return BatchTicket(_text_of(batch, "id"), tuple(requests))

    def state(self, ticket: BatchTicket) -> State:
        """How far a batch is."""
        return _STATES.get(_text_of(self._batch(ticket), "status"), "waiting")

    def fetch(self, ticket: BatchTicket) -> Mapping[str, Result | LLMError]:
        """The answer to each request of a batch that is done, or why there is none."""
        batch = self._batch(ticket)
        found: dict[str, Result | LLMError] = {}
        for key in ("output_file_id", "error_file_id"):
            file_id = batch.get(key)
            if isinstance(file_id, str) and file_id:
                found |= dict(self._answers(file_id))
        lost = Unavailable("the batch ended without an answer to this request", host=self.host)
        return {name: found.get(name, lost) for name in ticket.names}

    def close(self) -> None:
        """Close the connections."""
        client = self.__dict__.pop("_client", None)
        if client is not None:
            client.close()

    def _line(self, name: str, request: Request) -> dict[str, Json]:
        limit = request.max_output_tokens or self._max_output_tokens
        output_format = "json_schema" if request.schema is not None else "text"
        if self._wire == "chat":
            body = request_body(request, self.model, output_format, ("max_completion_tokens", limit))
        else:
            body = response_body(request, self.model, output_format, limit)
        if request.temperature is not None:
            body["temperature"] = request.temperature
        return {"custom_id": name, "method": "POST", "url": _URLS[self._wire], "body": body | {"store": False}}

    def _answers(self, file_id: str) -> Iterator[tuple[str, Result | LLMError]]:
        content = self._call(lambda client: client.files.with_raw_response.content(file_id).content)
        for line in filter(bytes.strip, content.splitlines()):
            try:
                document = load_document(line)
                name = _text_of(document, "custom_id")
            except Malformed:
                continue  # whose answer it was cannot be told: that one counts as lost
            yield name, self._answer(document)

    def _answer(self, document: Mapping[str, Json]) -> Result | LLMError:
        try:
            return self._result(document)
        except LLMError as error:
            error.host = self.host
            return error

    def _result(self, document: Mapping[str, Json]) -> Result:
        response = document.get("response")
        if not isinstance(response, dict):
            raise error_from_body(document.get("error"))
        status, body = response.get("status_code"), json.dumps(response.get("body"))
        if status != 200:
            raise error_from_status(status if isinstance(status, int) else 502, body, None)
        completion = self._completion(body.encode())
        request_id = response.get("request_id")
        model = completion.model or self.model
        return Result(
            text=completion.text,
            tool_calls=completion.tool_calls,
            usage=completion.usage,
            model=model,
            request_id=request_id if isinstance(request_id, str) else None,
            latency_s=0.0,
            cost_usd=self._prices.cost_usd(completion.usage, model, self._base_url, self._clock(), batch=True),
            wire=self._wire,
        )

    def _completion(self, body: bytes) -> Completion:
        return parse_completion(body) if self._wire == "chat" else parse_response(body)

    def _batch(self, ticket: BatchTicket) -> dict[str, Json]:
        return self._document(lambda client: client.batches.with_raw_response.retrieve(ticket.batch_id).content)

    def _document(self, send: "Callable[[openai.OpenAI], bytes]") -> dict[str, Json]:
        return load_document(self._call(send))

    def _call(self, send: "Callable[[openai.OpenAI], bytes]") -> bytes:
        self._endpoint.require_own_host()
        # raised outside the handler so that no error of ours holds the SDK's request with the key in its headers
        outcome = self._attempt(send)
        if isinstance(outcome, bytes):
            return outcome
        outcome.host = self.host
        raise outcome

    def _attempt(self, send: "Callable[[openai.OpenAI], bytes]") -> bytes | LLMError:
        import httpx2  # noqa: PLC0415 - comes with openai, which is loaded at the first call only
        import openai  # noqa: PLC0415 - takes most of a second to load

        try:
            content = send(self._client)
        except openai.APIStatusError as error:
            return error_from_status(error.status_code, error.response.text[:8000], None)
        except (openai.OpenAIError, httpx2.HTTPError):
            return Unavailable("the connection failed; check llm.base_url and that the server is running")
        return content if len(content) <= _MOST_BYTES else Malformed("the answer is larger than 200 MB")

    @cached_property
    def _client(self) -> "openai.OpenAI":
        import openai  # noqa: PLC0415 - takes most of a second to load

        key = self._endpoint.api_key.get_secret_value() or "no-key"  # the SDK refuses an empty one

        def keep_to_own_headers(request: "httpx2.Request") -> None:
            for name in [name for name in request.headers if name.lower() not in _SENT_HEADERS]:
                del request.headers[name]
            request.headers["authorization"] = f"Bearer {key}"

        return openai.OpenAI(
            api_key=key,
            base_url=self._base_url,
            timeout=self._timeout_s,
            max_retries=self._max_retries,
            http_client=openai.DefaultHttpxClient(
                follow_redirects=False,
                trust_env=urlsplit(self._base_url).hostname != "127.0.0.1",  # no proxy within this machine
                event_hooks={"request": [keep_to_own_headers]},
            ),
        )


def _text_of(document: Mapping[str, Json], key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not value:
        raise Malformed(f"the answer has no {key}; use another server")
    return value
