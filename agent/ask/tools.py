"""The four read-only tools, which return claims and never prose, and the data they read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal, Protocol, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.claims.claim import Claim
from agent.claims.fact import Entity
from agent.llm.port import Json, Tool

RankWindow = Literal["1d", "7d", "30d"]
MOST_RANKED = 10


class ToolStatus(StrEnum):
    """How a tool call went."""

    OK = "ok"
    EMPTY = "empty"  # the subject is known, the data has nothing on it
    UNKNOWN = "unknown"  # no such asset in the data
    AMBIGUOUS = "ambiguous"  # several assets fit; `note` lists them
    REJECTED = "rejected"  # no such tool, or arguments it does not take


@dataclass(frozen=True, slots=True)
class Candidate:
    """An asset that a text may mean; `name` is printable."""

    asset_id: int
    name: str
    symbol: str | None = None

    @property
    def label(self) -> str:
        """The candidate as a reader is asked about it."""
        return f"{self.name} (id {self.asset_id})"


@dataclass(frozen=True, slots=True)
class Found:
    """Claims with the names of their subjects; claim and fact ids are unique over all reads of one `AskData`."""

    claims: tuple[Claim, ...]
    entities: Mapping[str, Entity]


class AskData(Protocol):
    """What the tools read; every method is read-only and gives empty claims where there is no data."""

    @property
    def as_of(self) -> date:
        """The last full UTC day of the data."""
        ...

    def resolve(self, text: str) -> tuple[Candidate, ...]:
        """The assets whose id (`id 12`, `#12`), symbol, name or slug is `text`, whatever its case; best first."""
        ...

    def asset_claims(self, asset_id: int) -> Found:
        """Price, changes over all windows and indicators of one asset, and what is missing or stale of it."""
        ...

    def rank_claims(self, window: str, *, top: bool, count: int) -> Found:
        """The `count` largest (or smallest) changes over `window` among the tracked coins."""
        ...

    def market_claims(self) -> Found:
        """The market as a whole: breadth, median, total value, fear and greed."""
        ...

    def signal_claims(self, asset_id: int | None) -> Found:
        """Indicators, trading signals and grades of one asset, or those that fired on any."""
        ...

    def portfolio_claims(self, name: str) -> Found:
        """Value, changes, holdings and diversification of a portfolio."""
        ...


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What a tool found."""

    status: ToolStatus
    claims: tuple[Claim, ...] = ()
    entities: Mapping[str, Entity] = field(default_factory=dict)
    note: str = ""
    candidates: tuple[Candidate, ...] = ()


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class AssetArguments(_Arguments):
    """One asset, as the question names it."""

    asset: str = Field(min_length=1, max_length=60)


class MarketRankArguments(_Arguments):
    """Which end of the ranking, over which window, how many; or an overview."""

    view: Literal["top", "bottom", "overview"]
    window: RankWindow
    count: int = Field(ge=1, le=MOST_RANKED)


class SignalsAndGradesArguments(_Arguments):
    """One asset, or None for all."""

    asset: str | None = Field(max_length=60)


class PortfolioArguments(_Arguments):
    """Nothing: the portfolio is the reader's own."""


ToolArguments: TypeAlias = AssetArguments | MarketRankArguments | SignalsAndGradesArguments | PortfolioArguments
_ARGUMENTS: dict[str, type[_Arguments]] = {
    "asset": AssetArguments,
    "market_rank": MarketRankArguments,
    "signals_and_grades": SignalsAndGradesArguments,
    "portfolio": PortfolioArguments,
}


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The tools over one reader's data; `rivals` names all assets the reader may have meant where that is open."""

    data: AskData
    portfolio: str
    rivals: Callable[[Candidate], tuple[Candidate, ...]] = lambda _: ()

    def run(self, name: str, arguments: Mapping[str, Json]) -> ToolAnswer:
        """Run one tool; wrong arguments are answered, not raised."""
        shape = _ARGUMENTS.get(name)
        if shape is None:
            return ToolAnswer(ToolStatus.REJECTED, note="no such tool")
        try:
            parsed = shape.model_validate(dict(arguments))
        except ValidationError:
            return ToolAnswer(ToolStatus.REJECTED, note="arguments do not match the schema")
        if isinstance(parsed, AssetArguments):
            return self.asset(parsed.asset)
        if isinstance(parsed, MarketRankArguments):
            return self.market_rank(parsed.view, parsed.window, parsed.count)
        if isinstance(parsed, SignalsAndGradesArguments):
            return self.signals_and_grades(parsed.asset)
        return self.portfolio_state()

    def asset(self, text: str) -> ToolAnswer:
        """Price, changes and indicators of one asset."""
        return self._of_asset(text, self.data.asset_claims)

    def signals_and_grades(self, text: str | None) -> ToolAnswer:
        """Indicators, trading signals and grades of one asset or of all."""
        if text is None:
            return _answered(self.data.signal_claims(None))
        return self._of_asset(text, self.data.signal_claims)

    def market_rank(self, view: str, window: str, count: int) -> ToolAnswer:
        """The top or bottom movers, or the market as a whole."""
        if view == "overview":
            return _answered(self.data.market_claims())
        return _answered(self.data.rank_claims(window, top=view == "top", count=count))

    def portfolio_state(self) -> ToolAnswer:
        """The reader's portfolio."""
        return _answered(self.data.portfolio_claims(self.portfolio))

    def _of_asset(self, text: str, read: Callable[[int], Found]) -> ToolAnswer:
        candidates = self.data.resolve(text)
        if not candidates:
            return ToolAnswer(ToolStatus.UNKNOWN, note="not in the data")
        if len(candidates) == 1:
            candidates = self.rivals(candidates[0]) or candidates
        if len(candidates) > 1:
            listed = "; ".join(candidate.label for candidate in candidates)
            return ToolAnswer(ToolStatus.AMBIGUOUS, note=listed, candidates=candidates)
        answer = _answered(read(candidates[0].asset_id))
        return ToolAnswer(answer.status, answer.claims, answer.entities, answer.note, candidates)


def _answered(found: Found) -> ToolAnswer:
    if not found.claims:
        return ToolAnswer(ToolStatus.EMPTY, entities=found.entities, note="nothing in the data")
    return ToolAnswer(ToolStatus.OK, found.claims, found.entities)


def tool_definitions() -> tuple[Tool, ...]:
    """The tools as a model is told of them."""
    text: Json = {"type": "string"}
    optional: Json = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    ranked: dict[str, Json] = {
        "view": {"type": "string", "enum": ["top", "bottom", "overview"]},
        "window": {"type": "string", "enum": ["1d", "7d", "30d"]},
        "count": {"type": "integer", "description": f"1 to {MOST_RANKED}"},
    }
    return (
        Tool("asset", "Price, changes and indicators of one coin, by name or symbol.", _object({"asset": text})),
        Tool("market_rank", "Coins with the largest or smallest change, or a market overview.", _object(ranked)),
        Tool(
            "signals_and_grades",
            "Indicators, trading signals and grades of one coin, or of all (null).",
            _object({"asset": optional}),
        ),
        Tool("portfolio", "The reader's own portfolio: value, changes, holdings, diversification.", _object({})),
    )


def _object(properties: dict[str, Json]) -> dict[str, Json]:
    required: list[Json] = [*properties]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
