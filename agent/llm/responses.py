"""Responses, the newer wire of OpenAI and Azure, used without its memory: each request holds all it needs."""

from collections.abc import Mapping
from typing import ClassVar

from agent.llm.capability import CapabilityProfile, Wire
from agent.llm.port import Json, Request, Usage
from agent.llm.stream import Assembler
from agent.llm.stream_responses import ResponsesAssembler
from agent.llm.wire_answer import Completion
from agent.llm.wire_model import WireModel
from agent.llm.wire_responses import completion_of, response_body, usage_of


class ResponsesModel(WireModel):
    """A model asked through /responses."""

    wire: ClassVar[Wire] = "responses"
    _path: ClassVar[str] = "/responses"

    def _assumed_profile(self) -> CapabilityProfile:
        return CapabilityProfile("responses", max_tokens_field="max_output_tokens")

    def _body(self, request: Request, profile: CapabilityProfile, output_format: str) -> dict[str, Json]:
        del profile  # nothing in this wire's body goes by two names
        return response_body(request, self._model, output_format, self._limit(request))

    def _assembler(self) -> Assembler:
        return ResponsesAssembler()

    def _usage(self, document: Mapping[str, Json]) -> Usage:
        return usage_of(document)

    def _completion(self, document: Mapping[str, Json]) -> Completion:
        return completion_of(document)
