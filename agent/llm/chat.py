"""Chat Completions for any server that speaks it: OpenAI, OpenRouter, Ollama, vLLM, llama.cpp, LM Studio.

The SDK moves bytes and makes its own two retries; everything a server may send is read here, because the SDK lets a
web page, an error with status 200, an empty answer or a cut one through. What a server does not take (structured
output, the name of the length field) is found out once and remembered as long as the object lives.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlsplit

from pydantic import SecretStr

from agent.llm.errors import LLMError
from agent.llm.faults import error_from_status, names_field, names_output_format, retry_after_s
from agent.llm.port import CallLog, CallRecord, Json, Request, Result, Usage
from agent.llm.pricing import cost_usd
from agent.llm.transport import Reply, Transport
from agent.llm.wire import Completion, parse_completion, request_body

OPENAI_BASE_URL = "https://api.openai.com/v1"
"""Where calls go if no base URL is configured."""
_FORMATS = ("json_schema", "json_object", "prompt")
_LENGTH_FIELDS = ("max_tokens", "max_completion_tokens")


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One post and what it was worth: its length field, its format, and an answer or an error."""

    length_field: str
    output_format: str
    reply: Reply | None
    completion: Completion | None
    error: LLMError | None


class ChatCompletionsModel:
    """A stateless model behind one base URL.

    `base_url` "" means OpenAI; `api_key` may be empty for a server that needs none. Thread-safe. `generate` sends one
    request, plus one for each thing the server turns out not to take; refused requests generate nothing.
    """

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
    ) -> None:
        self._base_url = (base_url or OPENAI_BASE_URL).rstrip("/")
        self._model = model
        self._max_output_tokens = max_output_tokens
        self._clock = clock
        self._timer = timer
        self._call_log = call_log
        self.host = urlsplit(self._base_url).netloc.rpartition("@")[2]
        is_openai = self._hostname == "api.openai.com"
        self._length_fields: tuple[str, ...] = _LENGTH_FIELDS[::-1] if is_openai else _LENGTH_FIELDS
        self._formats: tuple[str, ...] = _FORMATS
        secret = api_key if isinstance(api_key, SecretStr) else SecretStr(api_key)
        self._transport = Transport(self._base_url, secret, timeout_s=timeout_s, max_retries=max_retries, timer=timer)

    def __repr__(self) -> str:
        return f"ChatCompletionsModel(model={self._model!r}, host={self.host!r})"

    @property
    def model(self) -> str:
        """The model's configured name."""
        return self._model

    @property
    def _hostname(self) -> str:
        return urlsplit(self._base_url).hostname or ""

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def generate(self, request: Request) -> Result:
        """Answer `request`, finding out on the way what the server takes; raises an `LLMError`."""
        length_fields = self._length_fields
        formats: tuple[str, ...] = self._formats if request.schema is not None else ("text",)
        while True:
            started_at, started = self._clock(), self._timer()
            attempt = self._attempt(request, length_fields[0], formats[0])
            result = self._result(attempt, started_at, self._timer() - started)
            self._record(request, attempt, result, started_at)
            if attempt.completion is not None:
                self._remember(length_fields, formats, request)
                return result
            if len(formats) > 1 and _refuses_format(attempt):
                formats = formats[1:]
            elif len(length_fields) > 1 and _refuses_length_field(attempt):
                length_fields = length_fields[1:]
            elif attempt.error is not None:
                raise attempt.error

    def _remember(self, length_fields: tuple[str, ...], formats: tuple[str, ...], request: Request) -> None:
        self._length_fields = length_fields
        if request.schema is not None:
            self._formats = formats

    def _attempt(self, request: Request, length_field: str, output_format: str) -> _Attempt:
        limit = (length_field, request.max_output_tokens or self._max_output_tokens)
        body = request_body(request, self._model, output_format, limit) | self._host_fields(output_format)
        reply: Reply | None = None
        try:
            reply = self._transport.post(body)
            if reply.status >= 300:
                text = reply.body[:8000].decode("utf-8", "replace")
                raise error_from_status(reply.status, text, retry_after_s(reply.headers))
            completion = parse_completion(reply.body)
        except LLMError as error:
            error.__context__ = None  # a JSON error holds the whole body, which may quote the key
            error.host = self.host
            error.request_id = reply.request_id if reply is not None else None
            return _Attempt(length_field, output_format, reply, None, error)
        return _Attempt(length_field, output_format, reply, completion, None)

    def _host_fields(self, output_format: str) -> dict[str, Json]:
        """What single hosts need: OpenAI must not keep the request, OpenRouter must not drop the schema."""
        if self._hostname == "api.openai.com":
            return {"store": False}
        if self._hostname == "openrouter.ai" and output_format.startswith("json"):
            return {"provider": {"require_parameters": True}}
        return {}

    def _result(self, attempt: _Attempt, started_at: datetime, latency_s: float) -> Result:
        completion = attempt.completion
        usage = completion.usage if completion is not None else Usage()
        return Result(
            text=completion.text if completion is not None else "",
            tool_calls=completion.tool_calls if completion is not None else (),
            usage=usage,
            model=(completion.model if completion is not None else None) or self._model,
            request_id=attempt.reply.request_id if attempt.reply is not None else None,
            latency_s=latency_s,
            cost_usd=self._cost_usd(completion, started_at),
        )

    def _cost_usd(self, completion: Completion | None, at: datetime) -> Decimal | None:
        if completion is None:
            return None
        if completion.cost_usd is not None and self._hostname == "openrouter.ai":
            return completion.cost_usd
        return cost_usd(completion.usage, completion.model or self._model, self._base_url, at)

    def _record(self, request: Request, attempt: _Attempt, result: Result, started_at: datetime) -> None:
        if self._call_log is None:
            return
        self._call_log.on_call(
            CallRecord(
                purpose=request.purpose,
                model=self._model,
                host=self.host,
                prompt_sha256=request.prompt_sha256,
                started_at=started_at,
                latency_s=result.latency_s,
                usage=result.usage,
                cost_usd=result.cost_usd,
                outcome=attempt.error.code if attempt.error is not None else "ok",
                request_id=result.request_id,
                output_format=attempt.output_format,
                retries=attempt.reply.retries if attempt.reply is not None else 0,
            )
        )


def _refuses_format(attempt: _Attempt) -> bool:
    return attempt.reply is not None and names_output_format(attempt.reply.status, _text(attempt.reply))


def _refuses_length_field(attempt: _Attempt) -> bool:
    return attempt.reply is not None and names_field(attempt.reply.status, _text(attempt.reply), attempt.length_field)


def _text(reply: Reply) -> str:
    return reply.body[:8000].decode("utf-8", "replace")
