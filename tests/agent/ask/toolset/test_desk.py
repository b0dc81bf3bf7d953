"""What holds for every tool: wrong arguments are answered, ids stay, every figure verifies and can be traced."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.ask.arguments import TOOLS, PriceOf
from agent.ask.tools import ToolStatus
from agent.ask.toolset.definitions import tool_definitions
from agent.ask.toolset.desk import Tools
from agent.claims.fact import Fact, RowRange, RowRef
from agent.claims.forms import clauses, compose
from agent.claims.verify import verify_sentence
from agent.measuring.errors import NoPrices
from agent.store.engine import Store
from agent.store.reading import read_range, read_row
from tests.agent.ask.toolset.asked_market import OTHER, claim_of, ok, tools_of
from tests.agent.measuring.market import LAST

CALLS: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("resolve_asset", {"asset": "BTC"}),
    ("price", {"asset": "BTC"}),
    ("price", {"asset": "LATE"}),
    ("price", {"asset": "C2", "day": "2025-09-01"}),
    ("history", {"asset": "C2", "metric": "price", "window": "90d"}),
    ("history", {"asset": "C2", "metric": "rsi", "window": "30d"}),
    ("history", {"asset": "C2", "metric": "active_addresses", "window": "30d"}),
    ("grades", {"asset": "C2"}),
    ("grades", {}),
    ("signals", {}),
    ("signals", {"asset": "C2", "live": True}),
    ("rank", {"metric": "change", "window": "7d", "count": 5}),
    ("rank", {"metric": "drawdown"}),
    ("rank", {"metric": "distance_50d", "end": "bottom"}),
    ("rank", {"metric": "beta_bitcoin"}),
    ("rank", {"metric": "market_value"}),
    ("rank", {"metric": "short_term_grade"}),
    ("rank", {"metric": "weight", "universe": "holdings"}),
    ("screen", {"filters": [{"metric": "rsi", "side": "above", "bound": 50}]}),
    (
        "screen",
        {
            "filters": [
                {"metric": "drawdown", "side": "above", "bound": 10},
                {"metric": "change", "window": "30d", "side": "above", "bound": -3.5},
            ]
        },
    ),
    ("compare", {"assets": ["BTC", "C2", "C4"]}),
    ("compare", {"assets": ["BTC", "C2"], "metric": "price"}),
    ("correlation", {}),
    ("correlation", {"assets": ["BTC", "C2", "C4"], "days": 30}),
    *(
        ("portfolio", {"view": view})
        for view in ("overview", "holdings", "changes", "diversification", "risk", "weights", "stress")
    ),
    ("what_if", {"drop": ["C4"], "add": ["C5=10%"]}),
    ("market", {}),
    ("market", {"window": "30d"}),
    ("onchain", {"asset": "C2"}),
    ("data_health", {}),
    ("data_health", {"asset": "BTC"}),
)


@pytest.fixture(scope="module")
def tools(asked: Store) -> Tools:
    return tools_of(asked, price_chain=("sandbox", OTHER))


def test_every_claim_verifies_in_every_wording_and_every_figure_is_traced(tools: Tools, asked: Store) -> None:
    traced: dict[str, Fact] = {}
    for name, arguments in CALLS:
        found = ok(tools, name, **arguments)
        claims = {claim.claim_id: claim for claim in found.claims}
        for claim in found.claims:
            for clause in clauses(claim, found.entities, tools.as_of):
                sentence = compose([(claim, clause)])
                assert verify_sentence(sentence, claims, found.entities, tools.as_of) == (), sentence.text
        assert {fact.fact_id for claim in found.claims for fact in claim.facts} <= {f.fact_id for f in found.facts}
        traced |= {fact.fact_id: fact for fact in found.facts}
    assert len(traced) > 100
    with asked.reader() as session:
        for item in {item for fact in traced.values() for item in fact.derivation.inputs}:
            if isinstance(item, RowRef):
                row = read_row(session, item.table, item.key)
                assert (None if row is None else row.values[item.column]) == item.value, item
            elif isinstance(item, RowRange) and item.rows:
                read = read_range(session, item.table, item.key, item.column, item.first, item.last)
                assert read.sha256 == item.sha256, item


def tried(tools: Tools, name: str, arguments: dict[str, object]) -> ToolStatus:
    return tools.run(name, arguments).status  # type: ignore[arg-type]  # JSON by the caller's hand


def test_the_same_fact_has_one_id_whatever_tool_finds_it(asked: Store) -> None:
    tools = tools_of(asked)
    first = {fact.fact_id: fact for fact in ok(tools, "price", asset="BTC").facts}
    for name, arguments in CALLS[3:12]:
        ok(tools, name, **arguments)
    assert {fact.fact_id: fact for fact in ok(tools, "price", asset="Bitcoin").facts} == first
    again = {fact.fact_id: fact for fact in ok(tools_of(asked), "price", asset="BTC").facts}
    assert again == first


def test_what_comes_later_changes_nothing_of_a_past_day(asked: Store) -> None:
    """A reader of that day, to whom the later rows are not there yet, gets the very same figures."""
    day = LAST.replace(day=1)
    now = ok(tools_of(asked), "price", asset="BTC", day=day.isoformat())
    then = ok(tools_of(asked, before=day.replace(day=2)), "price", asset="BTC")
    known = {(fact.metric, fact.window): fact.value for fact in now.facts}
    assert known.items() <= {(fact.metric, fact.window): fact.value for fact in then.facts}.items()
    assert len(known) >= 9


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("buy", {}),
        ("price", {}),
        ("price", {"asset": 3}),
        ("price", {"asset": "BTC", "more": 1}),
        ("price", {"asset": "BTC", "day": "someday"}),
        ("rank", {"metric": "luck"}),
        ("rank", {"metric": "price", "count": 11}),
        ("screen", {"filters": []}),
        ("compare", {"assets": ["BTC"]}),
        ("compute", {"operation": "sum", "facts": ["no", "id"]}),
        ("recall", {"query": "anything"}),
    ],
)
def test_wrong_arguments_are_answered(tools: Tools, name: str, arguments: dict[str, object]) -> None:
    found = tools.run(name, arguments)  # type: ignore[arg-type]  # JSON objects
    assert found.status is ToolStatus.REJECTED
    assert found.note


@given(
    name=st.sampled_from([*TOOLS]), asset=st.text(max_size=70), key=st.sampled_from(["asset", "assets", "query", "x"])
)
def test_no_text_makes_a_tool_raise(tools: Tools, name: str, asset: str, key: str) -> None:
    assert tools.run(name, {key: asset}).status in ToolStatus
    assert tools.run("compare", {"assets": [asset, "BTC"]}).status is not ToolStatus.OK or asset.strip()


def test_arguments_may_come_as_their_own_shape(tools: Tools) -> None:
    assert tools.run("price", PriceOf(asset="BTC")) == tools.run("price", {"asset": "BTC"})
    assert tools.run("market", PriceOf(asset="BTC")).status is ToolStatus.REJECTED


def test_recall_hands_on_what_the_search_finds(asked: Store) -> None:
    asked_for = []

    def search(query: str, start: object, end: object) -> tuple[object, ...]:
        asked_for.append((query, start, end))
        return ("a passage",)

    tools = tools_of(asked, search=search)  # type: ignore[arg-type]  # a passage need only be passed on
    found = ok(tools, "recall", query="halving", start="2025-01-02")
    assert [str(quote) for quote in found.quotes] == ["a passage"]
    assert found.claims == ()
    assert [(query, str(start), end) for query, start, end in asked_for] == [("halving", "2025-01-02", None)]
    assert "recall" in [tool.name for tool in tools.definitions()]
    assert "recall" not in [tool.name for tool in tools_of(asked).definitions()]


def test_without_a_price_there_is_nothing_to_ask(tmp_path: Path) -> None:
    store = Store(tmp_path / "empty.db")
    store.upgrade(backup=False)
    with pytest.raises(NoPrices):
        tools_of(store)


def test_a_difference_and_a_ratio_are_of_two_figures_that_fit(asked: Store) -> None:
    tools = tools_of(asked)
    one, two = claim_of(ok(tools, "compare", assets=["BTC", "C2"], metric="price"), "figure_versus").facts
    made = claim_of(ok(tools, "compute", operation="difference", facts=[one.fact_id, two.fact_id]), "difference").facts[
        0
    ]
    assert made.value == (one.value or 0) - (two.value or 0)
    times = claim_of(ok(tools, "compute", operation="ratio", facts=[one.fact_id, two.fact_id]), "times").facts[0]
    assert float(times.value or 0) == pytest.approx(float(one.value or 0) / float(two.value or 1))
    rsi = next(f for f in ok(tools, "price", asset="BTC").facts if f.metric == "rsi")
    for facts in ([one.fact_id, rsi.fact_id], [one.fact_id, one.fact_id], [one.fact_id, made.fact_id]):
        assert tried(tools, "compute", {"operation": "difference", "facts": facts}) is ToolStatus.REJECTED


def test_a_sum_is_of_all_holdings_or_of_none(asked: Store) -> None:
    tools = tools_of(asked)
    values = [c.facts[0] for c in ok(tools, "rank", metric="value", universe="holdings", count=10).claims]
    ids = [fact.fact_id for fact in values]
    total = claim_of(ok(tools, "compute", operation="sum", facts=ids), "sum").facts[0]
    assert total.value == sum(fact.value or 0 for fact in values)
    mean = claim_of(ok(tools, "compute", operation="average", facts=ids), "figure_mean").facts[0]
    assert mean.value == sum(fact.value or 0 for fact in values) / 4
    assert tried(tools, "compute", {"operation": "sum", "facts": ids[:3]}) is ToolStatus.REJECTED


def test_the_definitions_are_portable_and_small() -> None:
    made = tool_definitions()
    assert [tool.name for tool in made] == [*TOOLS]
    for tool in made:
        for node in _objects(tool.parameters):
            assert node.keys() <= {"type", "properties", "required", "additionalProperties", "anyOf", "items", "enum"}
            if node.get("type") == "object":
                assert node["required"] == [*node["properties"]]
                assert node["additionalProperties"] is False
    spelled = [{"name": tool.name, "description": tool.description, "parameters": tool.parameters} for tool in made]
    assert len(json.dumps(spelled).encode()) / 3 <= 2700


def _objects(schema: object) -> list[dict]:  # type: ignore[type-arg]  # JSON objects
    """Every schema within a schema."""
    if isinstance(schema, list):
        return [found for item in schema for found in _objects(item)]
    if not isinstance(schema, dict):
        return []
    named = schema.get("properties")
    within = [*named.values()] if isinstance(named, dict) else []
    within += [schema[key] for key in ("anyOf", "items") if key in schema]
    return [schema, *(found for item in within for found in _objects(item))]
