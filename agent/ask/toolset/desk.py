"""The tools of one question: arguments in, claims out; what is wrong is answered, never raised."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, cast

from pydantic import ValidationError

from agent.analytics.errors import AnalyticsError
from agent.ask.arguments import TOOLS, Arguments, Recall
from agent.ask.tools import Candidate, ToolStatus
from agent.ask.toolset.assets import grades, onchain, price, resolve_asset
from agent.ask.toolset.comparing import compare, correlation
from agent.ask.toolset.computing import compute
from agent.ask.toolset.definitions import tool_definitions
from agent.ask.toolset.health import data_health
from agent.ask.toolset.history import history
from agent.ask.toolset.indices import index
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.market import market
from agent.ask.toolset.market_read import MarketRead
from agent.ask.toolset.portfolio import portfolio
from agent.ask.toolset.ranking import rank, screen
from agent.ask.toolset.resolve import candidates, similar
from agent.ask.toolset.result import Finding, ToolResult, Unresolved
from agent.ask.toolset.sectors import sectors
from agent.ask.toolset.signals import signals
from agent.ask.toolset.track_records import track_record
from agent.ask.toolset.what_if import what_if
from agent.briefing.wanted import Wanted
from agent.claims.fact import Entity, Fact
from agent.errors import CoinbriefError, UnknownRow
from agent.llm.port import Json, Tool
from agent.measuring.errors import AssetNotFound, NothingHeld, WrongArgument
from agent.store.engine import Store

if TYPE_CHECKING:
    from agent.ask.quotes import Quote

Search = Callable[[str, date | None, date | None], "tuple[Quote, ...]"]

NOTHING = "nothing in the data"


class Tools:
    """Runs tools over the stored market; `search` finds passages for `recall`.

    Facts and claims have the same ids in all results of one `Tools`, which serves one question. Raises NoPrices without
    a single bar.
    """

    def __init__(self, store: Store, wanted: Wanted, seed: str, search: Search | None = None) -> None:
        self._read = MarketRead(store, wanted)
        self._ledger = Ledger(self._read, seed)
        self._search = search

    @property
    def as_of(self) -> date:
        """The last full UTC day of the data."""
        return self._read.as_of

    def definitions(self) -> tuple[Tool, ...]:
        """The tools as a model is told of them; without `recall` where there is nothing to search."""
        return tuple(tool for tool in tool_definitions() if tool.name != "recall" or self._search is not None)

    def candidates(self, text: str) -> tuple[Candidate, ...]:
        """The assets that a text may mean, best ranked first; none for one that means nothing."""
        return candidates(self._read, text) if text.strip() else ()

    def similar(self, text: str) -> tuple[Candidate, ...]:
        """The assets whose name is one edit away from a text of five letters or more."""
        return similar(self._read, text)

    def run(self, name: str, arguments: Arguments | Mapping[str, Json]) -> ToolResult:
        """Run one tool."""
        shape = TOOLS.get(name)
        if shape is None:
            return ToolResult(ToolStatus.REJECTED, note=f"there is no such tool; there are {', '.join(TOOLS)}")
        try:
            wish = arguments if isinstance(arguments, shape) else shape.model_validate_json(_json(arguments))
        except ValidationError as error:
            return ToolResult(ToolStatus.REJECTED, note=_wrong(error))
        try:
            return self._answered(self._found(name, wish))
        except (CoinbriefError, AnalyticsError) as error:
            return self._refused(error)

    def _refused(self, error: Exception) -> ToolResult:
        """What the reader is told of an error: what was asked for, what is not there, or what went wrong."""
        if isinstance(error, Unresolved):
            entities = self._read.entities(f"asset:{item.asset_id}" for item in error.candidates)
            return ToolResult(error.status, entities=entities, note=error.note, candidates=error.candidates)
        if isinstance(error, WrongArgument | AssetNotFound):
            return ToolResult(ToolStatus.REJECTED, as_of=self.as_of, note=str(error))
        if isinstance(error, NothingHeld | UnknownRow):
            return ToolResult(ToolStatus.EMPTY, as_of=self.as_of, note=str(error))
        return ToolResult(ToolStatus.FAILED, as_of=self.as_of, note=f"the data could not be read: {error}")

    def _found(self, name: str, wish: Arguments) -> Finding:
        if isinstance(wish, Recall):
            if self._search is None:
                raise WrongArgument("there are no stored texts to search")
            quotes = self._search(wish.query, wish.start, wish.end)
            return Finding(as_of=self.as_of, rows=len(quotes), universe="passages", quotes=quotes)
        return _FAMILIES[name](self._ledger, wish)

    def _answered(self, found: Finding) -> ToolResult:
        is_empty = not found.claims and not found.quotes
        facts = self._ledger.with_inputs(fact for claim in found.claims for fact in claim.facts)
        notes = (*found.notes, *((NOTHING,) if is_empty and not found.notes else ()))
        return ToolResult(
            status=ToolStatus.EMPTY if is_empty else ToolStatus.OK,
            claims=found.claims,
            facts=facts,
            entities=self._named(facts, found.candidates),
            as_of=found.as_of,
            rows=found.rows,
            universe=found.universe,
            truncated=found.truncated,
            note="; ".join(notes),
            quotes=found.quotes,
        )

    def _named(self, facts: Iterable[Fact], chosen: Iterable[Candidate]) -> Mapping[str, Entity]:
        subjects = [subject for fact in facts for subject in (fact.subject, fact.other) if subject]
        return self._read.entities([*subjects, *(f"asset:{item.asset_id}" for item in chosen)])


def _json(arguments: Arguments | Mapping[str, Json]) -> str:
    """The arguments as JSON, as which a strict shape takes names of metrics and days."""
    if isinstance(arguments, Arguments):  # of another tool
        return arguments.model_dump_json()
    return json.dumps(dict(arguments), default=str)


def _wrong(error: ValidationError) -> str:
    """What is wrong with the arguments, without repeating them: they are not ours."""
    told = [f"{'.'.join(map(str, item['loc'])) or 'arguments'}: {item['msg']}" for item in error.errors()[:3]]
    return f"the arguments do not fit: {'; '.join(told)}"


_Family = Callable[[Ledger, Arguments], Finding]
# The shape that each one takes is that of its name in `TOOLS`, which `run` has checked.
_FAMILIES: Mapping[str, _Family] = {
    name: cast("_Family", function)
    for name, function in (
        ("resolve_asset", resolve_asset),
        ("price", price),
        ("history", history),
        ("grades", grades),
        ("signals", signals),
        ("rank", rank),
        ("screen", screen),
        ("compare", compare),
        ("correlation", correlation),
        ("portfolio", portfolio),
        ("what_if", what_if),
        ("market", market),
        ("sectors", sectors),
        ("index", index),
        ("track_record", track_record),
        ("onchain", onchain),
        ("data_health", data_health),
        ("compute", compute),
    )
}
