"""Chat Completions for any server that speaks it: OpenAI, Azure, OpenRouter, Ollama, vLLM, llama.cpp, LM Studio."""

from collections.abc import Mapping
from typing import ClassVar

from agent.llm.capability import CapabilityProfile, Wire, is_openai
from agent.llm.port import Json, Request, Usage
from agent.llm.stream import Assembler
from agent.llm.stream_chat import ChatAssembler
from agent.llm.wire import completion_of, request_body, usage_of
from agent.llm.wire_answer import Completion
from agent.llm.wire_model import WireModel


class ChatCompletionsModel(WireModel):
    """A model asked through /chat/completions."""

    wire: ClassVar[Wire] = "chat"
    _path: ClassVar[str] = "/chat/completions"

    def _assumed_profile(self) -> CapabilityProfile:
        return CapabilityProfile(
            "chat", max_tokens_field="max_completion_tokens" if is_openai(self._base_url) else "max_tokens"
        )

    def _body(self, request: Request, profile: CapabilityProfile, output_format: str) -> dict[str, Json]:
        limit = (profile.max_tokens_field, self._limit(request))
        body = request_body(request, self._model, output_format, limit)
        return body | ({"store": False} if is_openai(self._base_url) else {})

    def _stream_fields(self, profile: CapabilityProfile) -> dict[str, Json]:
        options: dict[str, Json] = {"stream_options": {"include_usage": True}} if profile.usage_in_stream else {}
        return {"stream": True} | options

    def _assembler(self) -> Assembler:
        return ChatAssembler()

    def _usage(self, document: Mapping[str, Json]) -> Usage:
        return usage_of(document)

    def _completion(self, document: Mapping[str, Json]) -> Completion:
        return completion_of(document)
