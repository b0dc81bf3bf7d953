"""Where sources disagree about a holding, both closes are told and all that rests on its price is called disputed."""

import html
import re
from collections.abc import Callable, Mapping
from io import StringIO

import pytest
from rich.console import Console

from agent.briefing.checking import check_briefing
from agent.briefing.document import Briefing
from agent.briefing.material import Material, briefing_material
from agent.briefing.render.html import render_html
from agent.briefing.render.markdown import render_markdown
from agent.briefing.render.terminal import render_terminal
from agent.briefing.render.text import render_text
from agent.briefing.snapshot import Snapshot
from agent.claims.claim import SectionKey
from agent.claims.fact import Metric, RowRef, State
from agent.store.engine import Store
from agent.store.reading import read_row
from tests.agent.briefing.chained import (
    ATOM,
    BINANCE,
    BTC,
    CHAIN,
    ETH,
    GECKO,
    INCH,
    LATER,
    MARKET,
    NAN,
    NOW,
    Closes,
    chained,
    wanted,
)
from tests.agent.briefing.documents import briefing_of, safe_of
from tests.agent.briefing.filled import snapshot_of
from tests.agent.briefing.snapshots import walk

Make = Callable[[Mapping[str, Closes]], Store]
DAYS = 35
HOLDINGS = {BTC: "0.5", ETH: "10"}


def ending(seed: int, last: float) -> list[float]:
    return [*walk(seed, days=DAYS - 1), last]


OWN: Closes = {BTC: ending(1, 1000.0), ETH: ending(2, 64.0), INCH: ending(4, 8.0)}


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    def made(closes: Mapping[str, Closes]) -> Store:
        return chained(tmp_path_factory.mktemp("disputed") / "c.db", closes, HOLDINGS)

    return made


def told(snapshot: Snapshot) -> list[str]:
    briefing = briefing_of(snapshot)
    assert check_briefing(briefing, safe_of(snapshot)) == ()
    texts = [item.text for section in briefing.sections if section.key is SectionKey.GAPS for item in section.sentences]
    return [text for text in texts if "portfolio" not in text]


def disputed_keys(made: Material) -> set[str]:
    return {key for key, fact in made.facts.items() if fact.state is State.DISPUTED}


@pytest.mark.parametrize(
    ("other", "tolerance_pct", "count"),
    [(1020.0, 2.0, 0), (1020.001, 2.0, 1), (980.0, 2.0, 1), (1050.0, 5.0, 0)],
)
def test_closes_may_differ_by_the_tolerance_and_no_more(
    make: Make, other: float, tolerance_pct: float, count: int
) -> None:
    store = make({MARKET: OWN, BINANCE: {BTC: [other]}})
    snapshot = snapshot_of(store, wanted(MARKET, BINANCE, tolerance_pct=tolerance_pct))
    assert len(snapshot.disputes) == count
    assert len(told(snapshot)) == count


@pytest.fixture(scope="module")
def disputed(make: Make) -> Store:
    return make({MARKET: OWN, BINANCE: {BTC: [1050.0], INCH: [99.0]}, GECKO: {BTC: [1010.0], ETH: [64.5]}})


@pytest.fixture(scope="module")
def snapshot(disputed: Store) -> Snapshot:
    return snapshot_of(disputed, wanted(*CHAIN))


def test_the_lowest_and_the_highest_of_three_closes_are_told(snapshot: Snapshot) -> None:
    assert told(snapshot) == [
        "Sources disagree about the price of Bitcoin: Token Metrics has $1,000 and Binance has $1,050.",
    ]


def test_a_dispute_of_what_is_not_held_is_not_told(snapshot: Snapshot) -> None:
    assert snapshot.disputed_ids == {BTC}  # 1inch at 8 and at 99 dollars is nobody's
    made = briefing_material(snapshot)
    assert {fact.state for key, fact in made.facts.items() if key.startswith(f"asset:{INCH}/")} == {State.FRESH}


def test_both_closes_are_traced_to_their_sources(disputed: Store, snapshot: Snapshot) -> None:
    made = briefing_material(snapshot)
    seen = []
    with disputed.reader() as session:
        for key in ("asset:1/disputed_low", "asset:1/disputed_high"):
            fact = made.facts[key]
            (item,) = fact.derivation.inputs
            assert isinstance(item, RowRef)
            row = read_row(session, item.table, item.key)
            assert row is not None
            assert row.values[item.column] == item.value
            seen.append((fact.metric, fact.source, fact.other, str(fact.value), fact.fetched_at))
    assert seen == [
        (Metric.SOURCE_CLOSE, MARKET, f"source:{BINANCE}", "1000.0", NOW),
        (Metric.SOURCE_CLOSE, BINANCE, f"source:{MARKET}", "1050.0", LATER),
    ]


def test_all_that_rests_on_the_price_is_disputed(snapshot: Snapshot) -> None:
    made = briefing_material(snapshot)
    keys = disputed_keys(made)
    names = ("close", "change_1d", "change_7d", "change_30d", "rsi", "value", "weight", "contribution")
    assert {f"asset:{BTC}/{name}" for name in names} <= keys
    assert {f"portfolio/{name}" for name in ("value", "change_1d", "value_change_1d", "hhi")} <= keys
    assert not [key for key in keys if key.startswith((f"asset:{ETH}/", "market/", "data/"))]
    assert float(made.facts["portfolio/value"].value or 0) == 500.0 + 640.0  # with the market's own price


def test_without_a_dispute_nothing_is_disputed(make: Make) -> None:
    store = make({MARKET: OWN, BINANCE: {INCH: [99.0], ATOM: [1.0], BTC: [1001.0]}})
    assert disputed_keys(briefing_material(snapshot_of(store, wanted(*CHAIN)))) == set()


def test_a_price_from_elsewhere_may_be_disputed_too(make: Make) -> None:
    own = {**OWN, ETH: [*OWN[ETH][:-1], NAN]}
    store = make({MARKET: own, BINANCE: {ETH: ending(2, 64.0)}, GECKO: {ETH: [70.0]}})
    snapshot = snapshot_of(store, wanted(*CHAIN))
    assert told(snapshot) == [
        "Sources disagree about the price of Ethereum: Binance has $64.00 and CoinGecko has $70.00.",
        "The price of Ethereum is from Binance, as Token Metrics has none for the day.",
    ]
    fact = briefing_material(snapshot).facts[f"asset:{ETH}/close"]
    assert (fact.source, fact.state) == (BINANCE, State.DISPUTED)


def test_an_old_close_is_not_held_against_a_new_one(make: Make) -> None:
    store = make({MARKET: OWN, BINANCE: {BTC: [5000.0, NAN]}})
    assert snapshot_of(store, wanted(*CHAIN)).disputes == ()


def traced(briefing: Briefing, fact_id: str) -> tuple[str, str]:
    """What a page and Markdown show where a fact is traced."""
    page = html.unescape(render_html(briefing))
    titles = re.findall(rf'title="([^"]*\({fact_id}\))"', page)
    notes = re.findall(rf"^\[\^.*`{fact_id}`.*$", render_markdown(briefing), re.MULTILINE)
    return " ".join(titles), " ".join(notes)


@pytest.mark.parametrize("key", [f"asset:{BTC}/close", "portfolio/value", f"asset:{BTC}/disputed_high"])
def test_a_page_and_its_notes_say_that_a_figure_is_disputed(snapshot: Snapshot, key: str) -> None:
    fact = briefing_material(snapshot).facts[key]
    source = "Binance" if key.endswith("_high") else "Token Metrics"
    for text in traced(briefing_of(snapshot), fact.fact_id):
        assert f"{source}, as of 10 October 2025, disputed" in text


def test_a_figure_that_is_not_disputed_is_not_called_so(snapshot: Snapshot) -> None:
    fact = briefing_material(snapshot).facts[f"asset:{ETH}/close"]
    for text in traced(briefing_of(snapshot), fact.fact_id):
        assert "Token Metrics, as of 10 October 2025" in text
        assert "disputed" not in text


def test_disputed_figures_are_marked_in_every_surface_s_tables(snapshot: Snapshot) -> None:
    briefing = briefing_of(snapshot)
    terminal = Console(file=StringIO(), width=100, record=True)
    terminal.print(render_terminal(briefing, 100))
    pages = html.unescape(re.sub(r"<[^>]*>", "", render_html(briefing)))
    for text in (render_text(briefing), render_markdown(briefing), terminal.export_text(), pages):
        assert re.search(r"‡\s*\$1,000", text)
        assert "‡ Rests on a price" in text
        assert not re.search(r"‡\s*\$64\.00", text)
        assert "Sources disagree about the price of Bitcoin" in text
