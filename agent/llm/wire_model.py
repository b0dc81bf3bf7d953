"""What both adapters are: a request, the attempts it takes, and a record of each.

The SDK moves bytes and makes its own two retries; everything a server may send is read here, because the SDK lets a
web page, an error with status 200, an empty answer or a cut one through. Without a capability profile, what a server
does not take is found out once and remembered as long as the object lives.
"""

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import SecretStr

from agent.llm.capability import OUTPUT_FORMATS, CapabilityProfile, Wire, poorer, with_one_system_message
from agent.llm.errors import BadRequest, LLMError, Malformed
from agent.llm.faults import error_from_status, retry_after_s
from agent.llm.port import CallLog, CallRecord, Json, OnText, Request, Result, Usage
from agent.llm.pricing import SHIPPED_PRICES, PriceList
from agent.llm.stream import Assembler, StreamedAnswer, with_estimates
from agent.llm.strict_json import answer_json
from agent.llm.transport import Endpoint, Reply, Transport
from agent.llm.wire_answer import Completion, load_document

OPENAI_BASE_URL = "https://api.openai.com/v1"
"""Where calls go if no base URL is configured."""
_ERROR_BYTES_READ = 8000


@dataclass(slots=True)
class _Attempt:
    """One post and what came of it, and what it used in any case."""

    request: Request
    output_format: str
    started_at: datetime
    latency_s: float = 0.0
    reply: Reply | None = None
    outcome: Completion | LLMError = field(default_factory=lambda: LLMError("whoever took the text has failed"))
    usage: Usage = field(default_factory=Usage)
    usage_estimated: bool = False

    @property
    def refusal(self) -> str:
        """What the server said with a bad status."""
        return self.reply.body[:_ERROR_BYTES_READ].decode("utf-8", "replace") if self.reply is not None else ""


class WireModel(ABC):
    """A stateless model behind one base URL.

    `base_url` "" means OpenAI; `api_key` may be empty for a server that needs none, and is sent to `allowed_host` only
    (empty: the host of `base_url`). Thread-safe. `generate` sends one request, plus, without a `profile`, one for each
    thing the server turns out not to take; refused requests generate nothing.
    """

    wire: ClassVar[Wire]
    _path: ClassVar[str]

    def __init__(
        self,
        base_url: str,
        api_key: str | SecretStr,
        model: str,
        *,
        timeout_s: float,
        max_output_tokens: int,
        clock: Callable[[], datetime],
        call_log: CallLog | None = None,
        max_retries: int = 2,
        timer: Callable[[], float] = time.monotonic,
        profile: CapabilityProfile | None = None,
        allowed_host: str = "",
        read_timeout_s: float | None = None,
        prices: PriceList = SHIPPED_PRICES,
    ) -> None:
        if profile is not None and profile.wire != self.wire:
            raise ValueError(f"a profile of the {profile.wire} wire does not fit {type(self).__name__}")
        self._base_url = (base_url or OPENAI_BASE_URL).rstrip("/")
        self._model = model
        self._max_output_tokens = max_output_tokens
        self._clock = clock
        self._timer = timer
        self._call_log = call_log
        self._prices = prices
        self.host = urlsplit(self._base_url).netloc.rpartition("@")[2]
        self._hostname = urlsplit(self._base_url).hostname or ""
        self._is_given = profile is not None
        self._profile = profile or self._assumed_profile()
        secret = api_key if isinstance(api_key, SecretStr) else SecretStr(api_key)
        endpoint = Endpoint(self._base_url, secret, allowed_host)
        self._transport = Transport(
            endpoint, timeout_s=timeout_s, max_retries=max_retries, timer=timer, read_timeout_s=read_timeout_s
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}(model={self._model!r}, host={self.host!r})"

    @property
    def model(self) -> str:
        """The model's configured name."""
        return self._model

    @property
    def profile(self) -> CapabilityProfile:
        """What the endpoint can do, as far as it was said or found out."""
        return self._profile

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def list_models(self) -> tuple[str, ...]:
        """The names of the models that the server offers; raises an `LLMError`."""
        reply = self._transport.get_models()
        if reply.status >= 300:
            raise _status_error(reply)
        rows = load_document(reply.body).get("data")
        if not isinstance(rows, list):
            raise Malformed("the list of models could not be read")
        names = (row.get("id") for row in rows if isinstance(row, dict))
        return tuple(name for name in names if isinstance(name, str))

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        """Answer `request`, finding out on the way what the server takes; raises an `LLMError`.

        `on_text` gets the answer's text in pieces as they come, and nothing twice.
        """
        self._require_tools(request)
        profile, tried = self._profile, {self._profile}
        while True:
            attempt = self._attempt(request, profile, on_text)
            outcome = attempt.outcome
            if isinstance(outcome, Completion):
                self._remember(profile, outcome)
                return self._result(attempt, outcome)
            less = self._less(attempt, profile, tried, streams=on_text is not None)
            if less is None:
                raise outcome
            if self._is_given:
                raise BadRequest(
                    "the server no longer takes what its profile says; run coinbrief doctor --llm", host=self.host
                )
            profile = less
            tried.add(profile)

    def _less(
        self, attempt: _Attempt, profile: CapabilityProfile, tried: set[CapabilityProfile], *, streams: bool
    ) -> CapabilityProfile | None:
        """What to ask for after a refusal that says what was too much; None where it says nothing of the kind."""
        if attempt.reply is None:
            return None
        choices = poorer(profile, attempt.request, attempt.reply.status, attempt.refusal, streams=streams)
        return next((choice for choice in choices if choice not in tried), None)

    @abstractmethod
    def _assumed_profile(self) -> CapabilityProfile:
        """What is asked of a server that nobody has tried."""

    @abstractmethod
    def _body(self, request: Request, profile: CapabilityProfile, output_format: str) -> dict[str, Json]:
        """The body to send."""

    @abstractmethod
    def _assembler(self) -> Assembler:
        """What puts a stream of this wire together."""

    @abstractmethod
    def _usage(self, document: Mapping[str, Json]) -> Usage:
        """The tokens that a document counts."""

    @abstractmethod
    def _completion(self, document: Mapping[str, Json]) -> Completion:
        """The answer in a document; raises the `LLMError` it really is."""

    def _stream_fields(self, profile: CapabilityProfile) -> dict[str, Json]:
        """What asks for a stream."""
        del profile
        return {"stream": True}

    def _require_tools(self, request: Request) -> None:
        if request.tools and not self._profile.tools:
            raise BadRequest("the model behind this server calls no tools; use another model", host=self.host)

    def _remember(self, profile: CapabilityProfile, completion: Completion) -> None:
        if not self._is_given:
            self._profile = replace(profile, thinking_field=completion.thinking_field or profile.thinking_field)

    def _attempt(self, request: Request, profile: CapabilityProfile, on_text: OnText | None) -> _Attempt:
        attempt = _Attempt(request, _output_format(request, profile), self._clock())
        started = self._timer()
        try:
            attempt.outcome = self._answer(attempt, profile, on_text)
        except LLMError as error:
            error.__context__ = None  # a JSON error holds the whole body, which may quote the key
            error.host = self.host
            error.request_id = attempt.reply.request_id if attempt.reply is not None else None
            attempt.outcome = error
        finally:
            # in any case, for an answer may have been paid for even if whoever takes its text has failed
            attempt.latency_s = self._timer() - started
            self._record(attempt)
        return attempt

    def _answer(self, attempt: _Attempt, profile: CapabilityProfile, on_text: OnText | None) -> Completion:
        request = attempt.request
        streamed = (
            StreamedAnswer(self._assembler(), on_text) if on_text and profile.stream and not request.tools else None
        )
        body = self._sent_body(attempt, profile, streams=streamed is not None)
        try:
            attempt.reply = self._transport.post(self._path, body, streamed.feed if streamed else None)
            if attempt.reply.status >= 300:
                raise _status_error(attempt.reply)
            document = streamed.finish() if streamed else load_document(attempt.reply.body)
            attempt.usage = self._usage(document)
            completion = self._completion(document)
        finally:
            if streamed and streamed.text:
                sent_bytes = len(json.dumps(body))
                attempt.usage, attempt.usage_estimated = with_estimates(attempt.usage, sent_bytes, streamed.text)
        if streamed:
            streamed.give_rest(completion.text)
        elif on_text and completion.text:
            on_text(completion.text)
        if request.schema is not None:
            completion = replace(completion, text=answer_json(completion.text))
        return completion

    def _sent_body(self, attempt: _Attempt, profile: CapabilityProfile, *, streams: bool) -> dict[str, Json]:
        request = attempt.request
        if profile.single_system_message:
            request = replace(request, messages=with_one_system_message(request.messages))
        body = self._body(request, profile, attempt.output_format)
        if request.temperature is not None and profile.sends_temperature:
            body["temperature"] = request.temperature
        if request.tools and request.must_call_tool and profile.tool_choice_required:
            body["tool_choice"] = "required"
        if self._hostname == "openrouter.ai" and attempt.output_format.startswith("json"):
            body["provider"] = {"require_parameters": True}  # or the schema is dropped
        return body | (self._stream_fields(profile) if streams else {})

    def _limit(self, request: Request) -> int:
        return request.max_output_tokens or self._max_output_tokens

    def _result(self, attempt: _Attempt, completion: Completion) -> Result:
        return Result(
            text=completion.text,
            tool_calls=completion.tool_calls,
            usage=attempt.usage,
            model=completion.model or self._model,
            request_id=attempt.reply.request_id if attempt.reply is not None else None,
            latency_s=attempt.latency_s,
            cost_usd=self._cost_usd(attempt),
            wire=self.wire,
            usage_estimated=attempt.usage_estimated,
        )

    def _cost_usd(self, attempt: _Attempt) -> Decimal | None:
        model = self._model
        if isinstance(attempt.outcome, Completion):
            if attempt.outcome.cost_usd is not None and self._hostname == "openrouter.ai":
                return attempt.outcome.cost_usd
            # an override goes by the configured name, the list by what the server says it was
            model = model if model in self._prices.overrides else attempt.outcome.model or model
        return self._prices.cost_usd(attempt.usage, model, self._base_url, attempt.started_at)

    def _record(self, attempt: _Attempt) -> None:
        if self._call_log is None:
            return
        self._call_log.on_call(
            CallRecord(
                purpose=attempt.request.purpose,
                model=self._model,
                host=self.host,
                prompt_sha256=attempt.request.prompt_sha256,
                started_at=attempt.started_at,
                latency_s=attempt.latency_s,
                usage=attempt.usage,
                cost_usd=self._cost_usd(attempt),
                outcome="ok" if isinstance(attempt.outcome, Completion) else attempt.outcome.code,
                request_id=attempt.reply.request_id if attempt.reply is not None else None,
                output_format=attempt.output_format,
                retries=attempt.reply.retries if attempt.reply is not None else 0,
                wire=self.wire,
                usage_estimated=attempt.usage_estimated,
            )
        )


def _output_format(request: Request, profile: CapabilityProfile) -> str:
    return OUTPUT_FORMATS[profile.json_mode] if request.schema is not None else "text"


def _status_error(reply: Reply) -> LLMError:
    text = reply.body[:_ERROR_BYTES_READ].decode("utf-8", "replace")
    return error_from_status(reply.status, text, retry_after_s(reply.headers))
