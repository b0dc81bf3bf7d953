"""A model for tests that labels texts as it is told to."""

import json
from dataclasses import dataclass, field
from decimal import Decimal

from agent.llm.errors import LLMError
from agent.llm.port import OnText, Request, Result, Usage


@dataclass
class Scripted:
    """Gives these answers in turn, then the last one for ever, and remembers what it was asked."""

    answers: list[str | LLMError]
    model: str = "tiny"
    asked: list[Request] = field(default_factory=list)

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        del on_text
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, LLMError):
            raise answer
        return Result(answer, (), Usage(), self.model, None, 0.0, Decimal(0))

    def shown(self) -> list[str]:
        """The first sentence of each text that it was shown."""
        return [json.loads(request.messages[1].content)["sentences"][0]["text"] for request in self.asked]
