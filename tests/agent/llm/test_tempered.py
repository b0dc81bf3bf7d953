from decimal import Decimal

import pytest

from agent.llm.errors import Unavailable
from agent.llm.port import Message, OnText, Request, Result, Usage
from agent.llm.tempered import TemperedModel

REQUEST = Request("ask", (Message("user", "hello"),))


class Heard:
    """A model that repeats itself and remembers what it was asked."""

    model = "tiny"

    def __init__(self, error: Unavailable | None = None) -> None:
        self.error = error
        self.requests: list[Request] = []

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        self.requests.append(request)
        if self.error is not None:
            raise self.error
        if on_text is not None:
            on_text("hi")
        return Result("hi", (), Usage(), "tiny", None, 0.0, Decimal(0))


def test_a_request_without_a_temperature_is_given_one_and_one_with_keeps_its_own() -> None:
    inner = Heard()
    tempered = TemperedModel(inner, 0.2)
    pieces: list[str] = []
    assert tempered.generate(REQUEST, pieces.append).text == "hi"
    tempered.generate(Request("ask", REQUEST.messages, temperature=0.0))
    assert [request.temperature for request in inner.requests] == [0.2, 0.0]
    assert pieces == ["hi"]
    assert tempered.model == "tiny"


def test_an_error_of_the_model_comes_through() -> None:
    with pytest.raises(Unavailable, match="down"):
        TemperedModel(Heard(Unavailable("down")), 0.2).generate(REQUEST)
