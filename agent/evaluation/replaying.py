"""Answers of a real model, recorded once and replayed without a key: one JSON object a line, by digest of request."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from agent.llm.cache import fingerprint
from agent.llm.errors import Unavailable
from agent.llm.port import LanguageModel, OnText, Request, Result, ToolCall, Usage


@dataclass
class RecordingModel:
    """Asks `inner` and appends every answer to `path`; failures are not recorded."""

    inner: LanguageModel
    path: Path

    @property
    def model(self) -> str:
        """The name of the model that is asked."""
        return self.inner.model

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        """Answer as `inner` does; raises its LLMError."""
        result = self.inner.generate(request, on_text)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"digest": fingerprint(request), **_written(result)}) + "\n")
        return result


@dataclass
class ReplayingModel:
    """Gives recorded answers; the same request again gets the next recording of it, then the last one for ever."""

    path: Path
    _answers: dict[str, list[Result]] = field(default_factory=dict)
    _asked: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for line in self.path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                record = json.loads(line)
                self._answers.setdefault(record["digest"], []).append(_read(record))

    @property
    def model(self) -> str:
        """The name of the recorded model."""
        first = next(iter(self._answers.values()), None)
        return f"replay:{first[0].model}" if first else "replay:nothing"

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        """The recorded answer; raises Unavailable for a request that was never recorded."""
        digest = fingerprint(request)
        known = self._answers.get(digest)
        if known is None:
            raise Unavailable(f"no answer to this request is recorded in {self.path.name}; record it again")
        place = self._asked.get(digest, 0)
        self._asked[digest] = place + 1
        result = known[min(place, len(known) - 1)]
        if on_text is not None:
            on_text(result.text)
        return result


def _written(result: Result) -> dict[str, object]:
    usage = result.usage
    return {
        "text": result.text,
        "tool_calls": [[call.call_id, call.name, dict(call.arguments)] for call in result.tool_calls],
        "usage": [usage.input_tokens, usage.output_tokens, usage.cached_tokens, usage.reasoning_tokens],
        "model": result.model,
        "latency_s": result.latency_s,
        "cost_usd": None if result.cost_usd is None else str(result.cost_usd),
        "wire": result.wire,
    }


def _read(record: Mapping[str, Any]) -> Result:
    """An answer as `_written` wrote it; raises KeyError, TypeError or ValueError for anything else."""
    cost = record["cost_usd"]
    return Result(
        text=str(record["text"]),
        tool_calls=tuple(
            ToolCall(str(call_id), str(name), arguments) for call_id, name, arguments in record["tool_calls"]
        ),
        usage=Usage(*record["usage"]),
        model=str(record["model"]),
        request_id=None,
        latency_s=float(record["latency_s"]),
        cost_usd=None if cost is None else Decimal(str(cost)),
        wire=str(record["wire"]),
    )
