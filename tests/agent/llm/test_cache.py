from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

import pytest

from agent.llm.cache import CachedModel, Endpoint, KeptAnswer, cache_key
from agent.llm.errors import LLMError, Truncated
from agent.llm.port import CallRecord, Message, OnText, Request, Result, Schema, Tool, ToolCall, Usage

NOW = datetime(2026, 11, 27, 15, 30, tzinfo=UTC)
ENDPOINT = Endpoint("https://host/v1", "chat", {"temperature": 0})
ASK = Request("briefing", (Message("user", "Hi\ud800 \U0001f600"),), cache_scope="snapshot-1")
ANSWER = Result(
    "text é", (ToolCall("1", "price", {"symbol": "BTC"}),), Usage(80, 7, 5, None), "tiny-1", "q1", 1.5, Decimal("0.15")
)


class Kept:
    def __init__(self) -> None:
        self.answers: dict[str, KeptAnswer] = {}

    def get(self, key: str, now: datetime) -> KeptAnswer | None:
        found = self.answers.get(key)
        return found if found is not None and found.expires_at > now else None

    def put(self, answer: KeptAnswer) -> None:
        self.answers[answer.key] = answer


class Inner:
    model = "tiny"

    def __init__(self, outcome: Result | LLMError = ANSWER) -> None:
        self.outcome = outcome
        self.calls = 0

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        self.calls += 1
        if isinstance(self.outcome, LLMError):
            raise self.outcome
        return self.outcome


class Log(list[CallRecord]):
    def on_call(self, record: CallRecord) -> None:
        self.append(record)


def cached(inner: Inner, kept: Kept, now: datetime = NOW, log: Log | None = None, days: int = 30) -> CachedModel:
    return CachedModel(
        inner, kept, clock=lambda: now, ttl=timedelta(days=days), endpoint=ENDPOINT, host="host", call_log=log
    )


def test_the_same_request_about_the_same_facts_is_answered_from_before_at_no_cost() -> None:
    inner, kept, log, heard = Inner(), Kept(), Log(), list[str]()
    assert cached(inner, kept, log=log).generate(ASK) is ANSWER
    again = cached(inner, kept, NOW + timedelta(days=29), log).generate(ASK, heard.append)
    assert again == replace(ANSWER, cost_usd=Decimal(0), latency_s=0.0)
    assert (inner.calls, heard) == (1, ["text é"])
    (record,) = log
    assert (record.outcome, record.cost_usd, record.host, record.usage) == ("cached", 0, "host", ANSWER.usage)
    (answer,) = kept.answers.values()
    assert (answer.model, answer.usage) == (
        "tiny-1",
        '{"cached_tokens": 5, "input_tokens": 80, "output_tokens": 7, "reasoning_tokens": null}',
    )


def test_an_answer_whose_time_is_over_is_asked_for_anew() -> None:
    inner, kept = Inner(), Kept()
    cached(inner, kept).generate(ASK)
    cached(inner, kept, NOW + timedelta(days=30)).generate(ASK)
    assert inner.calls == 2


@pytest.mark.parametrize("days", [0, 30])
def test_without_facts_or_without_days_nothing_is_kept(days: int) -> None:
    inner, kept = Inner(), Kept()
    request = ASK if days == 0 else replace(ASK, cache_scope=None)
    for _ in range(2):
        cached(inner, kept, days=days).generate(request)
    assert (inner.calls, kept.answers) == (2, {})


def test_a_failed_call_is_not_kept() -> None:
    kept = Kept()
    with pytest.raises(Truncated):
        cached(Inner(Truncated("cut")), kept).generate(ASK)
    assert kept.answers == {}


@pytest.mark.parametrize(
    "text", ["", "nonsense", "[]", '{"text": 1}', '{"tool_calls": [1], "usage": {}}', '{"tool_calls": null}']
)
def test_what_cannot_be_read_any_more_is_asked_for_anew(text: str) -> None:
    inner, kept = Inner(), Kept()
    model = cached(inner, kept)
    model.generate(ASK)
    kept.answers = {key: replace(answer, response=text) for key, answer in kept.answers.items()}
    assert model.generate(ASK) is ANSWER
    assert model.generate(ASK).cost_usd == 0
    assert inner.calls == 2


SCHEMA = Schema("s", {"type": "object", "required": ["a"]})
OTHERS = [
    replace(ASK, cache_scope="snapshot-2"),
    replace(ASK, messages=(Message("system", ASK.messages[0].content),)),
    replace(ASK, messages=(*ASK.messages, Message("user", "More."))),
    replace(ASK, schema=SCHEMA),
    replace(ASK, schema=replace(SCHEMA, body={"type": "object", "required": ["b"]})),
    replace(ASK, tools=(Tool("price", "A price.", {}),)),
    replace(ASK, max_output_tokens=9),
    replace(ASK, prompt_sha256="other"),
    replace(ASK, temperature=0.5),
]
ELSEWHERE = [
    replace(ENDPOINT, base_url="https://other/v1"),
    replace(ENDPOINT, wire="responses"),
    replace(ENDPOINT, params={"temperature": 1}),
]


def test_everything_an_answer_depends_on_is_in_its_key() -> None:
    keys = [cache_key(request, "tiny", ENDPOINT) for request in (ASK, *OTHERS)]
    keys += [cache_key(ASK, "tiny", endpoint) for endpoint in ELSEWHERE] + [cache_key(ASK, "small", ENDPOINT)]
    assert len(set(keys)) == len(keys) == 14


def test_the_kind_of_a_mapping_and_the_order_of_its_keys_do_not_matter() -> None:
    body = MappingProxyType({"required": ["a"], "type": "object"})
    same = replace(ASK, schema=Schema("s", body))
    assert cache_key(same, "tiny", ENDPOINT) == cache_key(replace(ASK, schema=SCHEMA), "tiny", ENDPOINT)
