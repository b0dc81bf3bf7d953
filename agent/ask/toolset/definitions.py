"""The tools as a language model is told of them: JSON schemas in the subset that every server takes.

Every property is required, what may be left out is nullable; there are no limits on numbers and lengths, which are
checked when a tool is run, and no references.
"""

from collections.abc import Mapping
from functools import cache

from agent.ask.arguments import TOOLS, Arguments, AskMetric
from agent.llm.port import Json, Tool

_ABOUT = {
    "resolve_asset": "Which assets a name, symbol or id may mean.",
    "price": "Close, changes and indicators of an asset; day null for the last.",
    "history": "A metric that rank lists, of an asset, over a window or between two days.",
    "grades": "Grades of an asset, or the best of all (null).",
    "signals": "Signals of an asset, family, the holdings or all; live: those still in force.",
    "rank": "First or last of a universe by a metric.",
    "screen": "How many of a universe meet all filters, and which; metrics as in rank, bounds in % or US dollars.",
    "compare": "2 to 6 assets side by side, in a metric that rank lists (null: in all).",
    "correlation": "How alike assets move; none given: the holdings.",
    "portfolio": "The reader's portfolio from one side: exposure to sectors and chains, drift from targets, other "
    "weights, stress days, ...",
    "what_if": "The portfolio after changes; entries like Solana=5% (drop: names only).",
    "market": "Breadth, total value, mood, Bitcoin.",
    "sectors": "Sectors by the return of their median coin.",
    "index": "The reader's own indices.",
    "track_record": "How signals and grades did in the past.",
    "onchain": "On-chain figures of an asset.",
    "recall": "Passages of earlier briefings, reports and notes.",
    "data_health": "What is fresh, late, missing or disputed.",
    "compute": "Difference, ratio, sum or average of facts found before, by id.",
}
_LISTS_METRICS = "rank"  # in every tool that takes one, their names would be a fourth of all that a model is told
_KEPT = ("type", "enum", "format")


@cache
def tool_definitions() -> tuple[Tool, ...]:
    """All tools, in the order of `TOOLS`."""
    return tuple(Tool(name, _ABOUT[name], _parameters(name, shape)) for name, shape in TOOLS.items())


def _parameters(name: str, shape: type[Arguments]) -> dict[str, Json]:
    schema = shape.model_json_schema()
    defined = dict(schema.get("$defs", {}))
    if name != _LISTS_METRICS and AskMetric.__name__ in defined:
        defined[AskMetric.__name__] = {"type": "string"}
    return _object(schema, defined)


def _object(schema: Mapping[str, Json], defined: Mapping[str, Json]) -> dict[str, Json]:
    given = schema.get("properties")
    properties = {name: _portable(item, defined) for name, item in given.items()} if isinstance(given, dict) else {}
    required: list[Json] = [*properties]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _portable(schema: Json, defined: Mapping[str, Json]) -> Json:
    """A schema without what some servers do not take: references are put in place, limits and texts left out."""
    if not isinstance(schema, dict):
        return schema
    if isinstance(reference := schema.get("$ref"), str):
        return _portable(defined[reference.rpartition("/")[2]], defined)
    if isinstance(several := schema.get("anyOf"), list):
        return {"anyOf": [_portable(item, defined) for item in several]}
    if schema.get("type") == "object":
        return _object(schema, defined)
    kept: dict[str, Json] = {name: schema[name] for name in _KEPT if name in schema and schema[name] != "date"}
    if "items" in schema:
        kept["items"] = _portable(schema["items"], defined)
    return kept
