"""Texts as vectors, from any server that speaks OpenAI's /embeddings; within the same caps as every other call."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import SecretStr

from agent.llm.budget import GENERATED_NOTHING, NOTHING, Caps, Cost, Price, SpendingLedger, Wish, within_caps
from agent.llm.errors import LLMError, Malformed
from agent.llm.estimate import TOKENS_PER_BYTE, tokens_of
from agent.llm.port import CallLog, CallRecord, Json, Usage
from agent.llm.pricing import cost_usd
from agent.llm.transport import Endpoint
from agent.llm.transport_texts import TextTransport, rows_in
from agent.llm.wire_answer import count_in
from agent.llm.wire_model import OPENAI_BASE_URL

MOST_TEXTS = 32
"""The most texts of one call: vectors of 3,072 numbers for so many still fit what is read of an answer."""
PURPOSE = "embeddings"
_MOST_DIMENSIONS = 8192
_LARGEST = 1e6  # models give vectors of about length 1

Vectors = NDArray[np.float32]
"""One row for each text."""


class EmbeddingModel(Protocol):
    """Anything that makes vectors of texts or raises an `LLMError`."""

    @property
    def model(self) -> str:
        """The model's configured name."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One finite vector for each text, in their order."""
        ...


class EndpointEmbeddings:
    """A model behind one base URL; `base_url` "" means OpenAI, and `api_key` may be empty for a server without one."""

    def __init__(
        self,
        base_url: str,
        api_key: SecretStr,
        model: str,
        *,
        timeout_s: float,
        clock: Callable[[], datetime],
        call_log: CallLog | None = None,
        max_retries: int = 2,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base_url = (base_url or OPENAI_BASE_URL).rstrip("/")
        self._model = model
        self._clock = clock
        self._timer = timer
        self._call_log = call_log
        endpoint = Endpoint(self._base_url, api_key)
        self.host = endpoint.host
        self._transport = TextTransport(endpoint, timeout_s=timeout_s, max_retries=max_retries, timer=timer)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(model={self._model!r}, host={self.host!r})"

    @property
    def model(self) -> str:
        """The model's configured name."""
        return self._model

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One finite vector for each of up to 32 texts, in one call.

        Raises an `LLMError`: Malformed for another number of vectors, vectors of different length, and values that
        are not finite; ValueError for more texts than that, or none.
        """
        if not 0 < len(texts) <= MOST_TEXTS:
            raise ValueError(f"{len(texts)} texts: give 1 to {MOST_TEXTS} at a time")
        started_at, started = self._clock(), self._timer()
        usage, outcome, request_id = Usage(), "abandoned", None
        body: dict[str, Json] = {"model": self._model, "input": list(texts), "encoding_format": "float"}
        try:
            document, reply = self._transport.ask("/embeddings", body)
            usage, request_id = _usage(document), reply.request_id
            vectors = _vectors(document, len(texts))
            outcome = "ok"
        except LLMError as error:
            error.host, outcome = self.host, error.code
            raise
        finally:
            self._record(started_at, self._timer() - started, usage, outcome, request_id)
        return vectors

    def _record(
        self, started_at: datetime, latency_s: float, usage: Usage, outcome: str, request_id: str | None
    ) -> None:
        if self._call_log is not None:
            self._call_log.on_call(
                CallRecord(
                    purpose=PURPOSE,
                    model=self._model,
                    host=self.host,
                    prompt_sha256=None,
                    started_at=started_at,
                    latency_s=latency_s,
                    usage=usage,
                    cost_usd=cost_usd(usage, self._model, self._base_url, started_at),
                    outcome=outcome,
                    request_id=request_id,
                    output_format="vectors",
                    retries=0,
                    wire=PURPOSE,
                )
            )


class BudgetedEmbeddings:
    """Lets `inner` be called within `caps` only; raises BudgetSpent and the errors of `inner`."""

    def __init__(
        self,
        inner: EmbeddingModel,
        ledger: SpendingLedger,
        *,
        caps: Caps,
        clock: Callable[[], datetime],
        price: Price,
    ) -> None:
        self._inner = inner
        self._ledger = ledger
        self._caps = caps
        self._clock = clock
        self._price = price

    @property
    def model(self) -> str:
        """The model's configured name."""
        return self._inner.model

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The vectors, if the budget allows the call."""
        size = sum(len(text.encode()) for text in texts)
        usage = Usage(input_tokens=tokens_of(size, TOKENS_PER_BYTE), output_tokens=0)
        worst = Cost(self._price(usage, self._clock()), usage.input_tokens or 0)
        # the price of a text is known before it is sent, and there is no output that could cost more
        with within_caps(
            self._ledger,
            self._caps,
            Wish(PURPOSE, self.model, size, worst),
            clock=self._clock,
            lost=lambda error: NOTHING if error.code in GENERATED_NOTHING else worst,
        ):
            return self._inner.embed(texts)


def _usage(document: Mapping[str, Json]) -> Usage:
    counted = count_in(document.get("usage"), "prompt_tokens")
    return Usage(input_tokens=counted, output_tokens=None if counted is None else 0)


def _vectors(document: Mapping[str, Json], count: int) -> Vectors:
    rows = rows_in(document, "data", count)
    by_place = {str(row.get("index", place)): row for place, row in enumerate(rows)}
    if by_place.keys() != {str(place) for place in range(count)}:
        raise Malformed("the vectors cannot be told apart: their numbers are not those of the texts")
    made = [_vector(by_place[str(place)].get("embedding")) for place in range(count)]
    if len({len(vector) for vector in made}) != 1:
        raise Malformed("the vectors are not all of one length; use another model or server")
    return np.stack(made)


def _vector(value: Json) -> NDArray[np.float32]:
    numbers = value if isinstance(value, list) else []
    if not 0 < len(numbers) <= _MOST_DIMENSIONS or not all(_is_component(number) for number in numbers):
        raise Malformed("a vector is not a list of ordinary numbers; use another model or server")
    vector = np.array(numbers, dtype=np.float32)
    if not vector.any():
        raise Malformed("a vector has no direction; use another model or server")
    return vector


def _is_component(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST
