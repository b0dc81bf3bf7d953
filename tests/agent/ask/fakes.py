"""A small market behind the tools, and a model that says what it was told to say, piece by piece."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from agent.ask.arguments import Arguments, PriceOf
from agent.ask.tools import Candidate, ToolStatus
from agent.ask.toolset.result import ToolResult
from agent.claims.claim import Claim, ClaimKind, SectionKey
from agent.claims.fact import Entity, Metric, Unit
from agent.llm.errors import LLMError
from agent.llm.port import Json, OnText, Request, Result, Tool, ToolCall, Usage
from tests.agent.briefing.write.ground import AS_OF, change_claim, fact

ASSETS = (
    Candidate(1, "Bitcoin", "BTC"),
    Candidate(2, "Ethereum", "ETH"),
    Candidate(4, "Neiro", "NEIRO"),
    Candidate(5, "Neiro on ETH", "NEIRO"),
)
MOVES = {1: "-7.31", 2: "-11.9", 4: "1.2", 5: "30.5"}
ENTITIES = {f"asset:{asset.asset_id}": Entity(f"asset:{asset.asset_id}", asset.name, asset.symbol) for asset in ASSETS}


class FakeTools:
    """Knows prices and nothing else; every call is kept."""

    as_of: date = AS_OF

    def __init__(self) -> None:
        self.ran: list[str] = []

    def definitions(self) -> tuple[Tool, ...]:
        return (Tool("price", "The price of a coin.", {"type": "object"}),)

    def candidates(self, text: str) -> tuple[Candidate, ...]:
        wanted = text.strip().lower()
        return tuple(asset for asset in ASSETS if wanted in {asset.name.lower(), (asset.symbol or "").lower()})

    def similar(self, text: str) -> tuple[Candidate, ...]:
        return ()

    def run(self, name: str, arguments: Arguments | Mapping[str, Json]) -> ToolResult:
        asked = arguments.asset if isinstance(arguments, PriceOf) else dict(arguments).get("asset")
        self.ran.append(f"{name} {asked}")
        if name == "portfolio":
            worth = fact("f-worth", "portfolio:1", Metric.VALUE, Unit.USD, "52310.22")
            claim = Claim("v1", ClaimKind.LEVEL, "value", SectionKey.PORTFOLIO, (worth,), 1.0)
            return ToolResult(ToolStatus.OK, (claim,), (worth,), ENTITIES, AS_OF, rows=6, universe="holdings")
        found = self.candidates(str(asked))
        if name != "price" or not found:
            return ToolResult(ToolStatus.UNKNOWN, note="not in the data")
        if len(found) > 1:
            return ToolResult(ToolStatus.AMBIGUOUS, note="several fit", candidates=found)
        return self._price(found[0].asset_id)

    def _price(self, asset_id: int) -> ToolResult:
        subject = f"asset:{asset_id}"
        moved = fact(f"d{asset_id}", subject, Metric.CHANGE, Unit.PCT, MOVES[asset_id], window="1d")
        closed = fact(f"p{asset_id}", subject, Metric.CLOSE, Unit.USD, str(Decimal(100) * asset_id))
        claims = (
            Claim(f"a{asset_id}", ClaimKind.CHANGE, "change_to_close", SectionKey.MARKET, (moved, closed), 0.9),
            change_claim(f"w{asset_id}", subject, "12.5", SectionKey.MARKET, window="7d"),
        )
        facts = tuple(item for claim in claims for item in claim.facts)
        return ToolResult(ToolStatus.OK, claims, facts, ENTITIES, AS_OF, rows=400, universe="days")


class FakeModel:
    """Plays its script, one entry a call: a text, tool calls, or an error to raise (after a text, if there is one)."""

    model = "tiny"

    def __init__(self, *script: "str | tuple[ToolCall, ...] | LLMError | tuple[str, LLMError]", size: int = 7) -> None:
        self.script = list(script)
        self.size = size
        self.requests: list[Request] = []
        self.heard = 0  # characters given out before the answer was whole

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        self.requests.append(request)
        turn: Any = self.script.pop(0) if self.script else ""
        text, error = turn if isinstance(turn, tuple) and turn and isinstance(turn[0], str) else (turn, None)
        if isinstance(text, LLMError):
            raise text
        if isinstance(text, str) and on_text is not None:
            for at in range(0, len(text), self.size):
                self.heard = at + self.size
                on_text(text[at : at + self.size])
        if error is not None:
            raise error
        calls = text if isinstance(text, tuple) else ()
        return Result(text if isinstance(text, str) else "", calls, Usage(10, 10), "tiny", None, 0.1, Decimal(0))


def calls(*asked: tuple[str, dict[str, Json]]) -> tuple[ToolCall, ...]:
    return tuple(ToolCall(f"c{place}", name, arguments) for place, (name, arguments) in enumerate(asked))


def draft(*sentences: list[dict[str, Any]]) -> str:
    return json.dumps({"sentences": [{"parts": parts} for parts in sentences]})
