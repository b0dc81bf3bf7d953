from dataclasses import replace

import pytest

from agent.briefing.document import Briefing, Cell, Section, Table
from agent.claims.claim import Segment, Sentence
from agent.evaluation.judge import judge_briefing
from agent.evaluation.markets import wanted_on
from agent.evaluation.raw import RawMarket
from agent.evaluation.recipes import collected_at
from agent.evaluation.running import Bench
from agent.jobs.brief import Scribe
from agent.store.engine import Store
from tests.agent.evaluation.conftest import SMALL


@pytest.fixture(scope="module")
def briefing(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Briefing:
    path = tmp_path_factory.mktemp("judge") / "market.db"
    market, _ = bench.market(SMALL)
    path.write_bytes(market.path.read_bytes())
    return Scribe(Store(path), lambda: collected_at(SMALL.last_close)).brief(wanted_on(SMALL.last_close))


@pytest.fixture(scope="module")
def raw(bench: Bench) -> RawMarket:
    return bench.market(SMALL)[1]


def with_sentence(briefing: Briefing, change: "Sentence", place: int) -> Briefing:
    section = briefing.sections[place]
    sections = list(briefing.sections)
    sections[place] = replace(section, sentences=(change, *section.sentences[1:]))
    return replace(briefing, sections=tuple(sections))


def market_section(briefing: Briefing) -> int:
    return next(place for place, section in enumerate(briefing.sections) if section.key == "market")


def test_a_true_briefing_is_found_true_and_its_figures_are_recomputed(briefing: Briefing, raw: RawMarket) -> None:
    found = judge_briefing(briefing, raw)
    assert found.false == ()
    assert found.missing == ()
    assert found.recomputed > 15


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: text.replace("rose", "fell") if "rose" in text else text.replace("fell", "rose"), "rows:"),
        (lambda text: text[:-1] + " after ETF inflows.", "words of nobody"),
        (lambda text: text[:-1] + " https://evil.example.", "brought along"),
        (lambda text: text.replace("o", "\u043e", 1), "words of nobody"),
        (lambda text: "\u202e" + text, "brought along"),
    ],
)
def test_a_falsehood_that_is_planted_is_found_without_the_verifier(
    briefing: Briefing, raw: RawMarket, change: object, why: str
) -> None:
    place = market_section(briefing)
    true = briefing.sections[place].sentences[0]
    text = change(true.text)
    assert text != true.text
    found = judge_briefing(with_sentence(briefing, Sentence((Segment(text),), true.claim_ids), place), raw)
    assert [item for item in found.false if item.startswith(why)]


def test_a_figure_of_a_table_that_is_not_that_of_the_rows_is_found(briefing: Briefing, raw: RawMarket) -> None:
    def doubled(cell: Cell) -> Cell:
        return replace(cell, text=cell.text.replace("$", "$9")) if cell.text.startswith("$") else cell

    def spoilt(table: Table) -> Table:
        return replace(table, rows=tuple(tuple(map(doubled, row)) for row in table.rows))

    def changed(section: Section) -> Section:
        return replace(section, tables=tuple(map(spoilt, section.tables)))

    false = replace(briefing, sections=tuple(map(changed, briefing.sections)))
    assert false != briefing
    assert [item for item in judge_briefing(false, raw).false if "Close" in item and item.startswith("rows:")]


def test_a_mandatory_claim_that_nobody_tells_is_missing(briefing: Briefing, raw: RawMarket) -> None:
    empty = replace(briefing, sections=())
    mandatory = {claim.claim_id for claim in briefing.claims if claim.mandatory}
    assert mandatory
    assert set(judge_briefing(empty, raw).missing) == mandatory


def test_a_coin_that_is_called_something_else_is_found(briefing: Briefing, raw: RawMarket) -> None:
    entities = tuple(
        replace(entity, name="Harry Potter") if entity.subject.startswith("asset:") else entity
        for entity in briefing.entities
    )
    assert [item for item in judge_briefing(replace(briefing, entities=entities), raw).false if "Harry Potter" in item]
