"""A temperature for every request that names none."""

from dataclasses import replace

from agent.llm.port import LanguageModel, OnText, Request, Result


class TemperedModel:
    """Asks `inner` at one temperature; put it outermost, so that a cache tells temperatures apart."""

    def __init__(self, inner: LanguageModel, temperature: float) -> None:
        self._inner = inner
        self._temperature = temperature

    @property
    def model(self) -> str:
        """The model's configured name."""
        return self._inner.model

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        """Answer `request`, at this temperature unless it has its own; raises the errors of `inner`."""
        tempered = request if request.temperature is not None else replace(request, temperature=self._temperature)
        return self._inner.generate(tempered, on_text)
