"""Calls to a model as the store keeps them."""

from agent.llm.cache import CACHED
from agent.llm.port import CallRecord
from agent.store.llm_calls import LlmCallRow


def call_row(document_id: str | None, call: CallRecord, run_id: str | None = None) -> LlmCallRow:
    """The row of a call, made for a document if there is one yet."""
    return LlmCallRow(
        document_id=document_id,
        purpose=call.purpose,
        model=call.model,
        host=call.host,
        prompt_sha256=call.prompt_sha256 or "",
        input_tokens=call.usage.input_tokens or 0,
        output_tokens=call.usage.output_tokens or 0,
        cached_tokens=call.usage.cached_tokens or 0,
        latency_s=call.latency_s,
        cost_usd=call.cost_usd,
        outcome=call.outcome,
        request_id=call.request_id,
        called_at=call.started_at,
        reasoning_tokens=call.usage.reasoning_tokens or 0,
        wire=call.wire,
        output_format=call.output_format,
        retries=call.retries,
        estimated=int(call.usage_estimated),
        cached=int(call.outcome == CACHED),
        run_id=run_id,
    )
