"""Answers kept to be used again: the same request about the same facts gives the same bytes, at no cost.

Only a request that names the facts it is about (`cache_scope`) is kept. Whoever uses an answer checks it again, kept or
not, so that a text which was true yesterday is not believed today.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Protocol

from agent.llm.port import CallLog, CallRecord, Json, LanguageModel, OnText, Request, Result, ToolCall, Usage

CACHED: Final = "cached"
"""The outcome of a call that was answered from here."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """A kept answer: its JSON text, the model that gave it, and the tokens it took then."""

    key: str
    made_at: datetime
    expires_at: datetime
    model: str
    response: str
    usage: str


class CacheStore(Protocol):
    """Where answers are kept; one that cannot be read or written gives and keeps nothing, and raises nothing."""

    def get(self, key: str, now: datetime) -> KeptAnswer | None:
        """The answer under `key` whose time is not over at `now`."""
        ...

    def put(self, answer: KeptAnswer) -> None:
        """Keep an answer."""
        ...


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What an answer depends on besides its request: where it is asked, how, of which model, with what options."""

    base_url: str
    wire: str
    params: Mapping[str, Json]


def fingerprint(request: Request) -> str:
    """The digest of a request by itself."""
    return hashlib.sha256(_json(request).encode()).hexdigest()


def cache_key(request: Request, model: str, endpoint: Endpoint) -> str:
    """The digest of everything an answer depends on."""
    return hashlib.sha256(_json([request, model, endpoint]).encode()).hexdigest()


class CachedModel:
    """Answers from `cache` what it can and asks `inner` the rest; only finished answers are kept, for `ttl`.

    With `on_text` a kept answer comes as one piece. A hit is noted in `call_log` at no cost, outcome `cached`.
    """

    def __init__(
        self,
        inner: LanguageModel,
        cache: CacheStore,
        *,
        clock: Callable[[], datetime],
        ttl: timedelta,
        endpoint: Endpoint,
        host: str = "",
        call_log: CallLog | None = None,
    ) -> None:
        self._inner = inner
        self._cache = cache
        self._clock = clock
        self._ttl = ttl
        self._endpoint = endpoint
        self._host = host
        self._call_log = call_log

    @property
    def model(self) -> str:
        """The model's configured name."""
        return self._inner.model

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        """Answer `request` from what is kept or from the model; raises the errors of `inner`."""
        if request.cache_scope is None or self._ttl <= timedelta(0):
            return self._inner.generate(request, on_text)
        key, now = cache_key(request, self.model, self._endpoint), self._clock()
        kept = self._cache.get(key, now)
        result = None if kept is None else _parse_result(kept.response)
        if result is None:
            result = self._inner.generate(request, on_text)
            made = KeptAnswer(key, now, now + self._ttl, result.model, _result_text(result), _json(result.usage))
            self._cache.put(made)
            return result
        if on_text is not None and result.text:
            on_text(result.text)
        self._note(request, result, now)
        return result

    def _note(self, request: Request, result: Result, now: datetime) -> None:
        if self._call_log is None:
            return
        self._call_log.on_call(
            CallRecord(
                purpose=request.purpose,
                model=self.model,
                host=self._host,
                prompt_sha256=request.prompt_sha256,
                started_at=now,
                latency_s=0.0,
                usage=result.usage,
                cost_usd=Decimal(0),
                outcome=CACHED,
                request_id=result.request_id,
                output_format="",
                retries=0,
                wire=result.wire,
                usage_estimated=result.usage_estimated,
            )
        )


def _result_text(result: Result) -> str:
    """A result as JSON, without what its call took in time and money."""
    return _json(replace(result, latency_s=0.0, cost_usd=None))


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=_plain)


def _plain(value: object) -> dict[str, object]:
    """A record or a mapping as a plain one; raises TypeError for what is neither."""
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no part of a request")


def _parse_result(text: str) -> Result | None:
    """The result kept in a text, at no cost; None if it is not one of ours, and then it is asked for anew."""
    try:
        values: dict[str, Any] = json.loads(text)
        values["tool_calls"] = tuple(ToolCall(**call) for call in values["tool_calls"])
        return Result(**(values | {"usage": Usage(**values["usage"]), "cost_usd": Decimal(0)}))
    except (ValueError, TypeError, KeyError):
        return None
