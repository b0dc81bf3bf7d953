"""A briefing on its page: every figure leads to its fact, and a fact to its stored rows."""

import pytest
from streamlit.testing.v1 import AppTest

from agent.briefing.document import Briefing
from agent.claims.fact import Fact, Metric
from agent.claims.figures import plain as shown_figure
from dashboard.readings.briefings import read_fact
from tests.dashboard.filled_store import Filled, Open


def written(app: AppTest) -> str:
    parts = [str(element.value) for kind in ("markdown", "caption", "warning", "header") for element in app.get(kind)]
    parts += [f"{metric.label} {metric.value}" for metric in app.metric]
    return "\n".join(parts).replace("\\", "").replace("**", "")


def panel_rows(app: AppTest) -> dict[str, str]:
    table = app.table[-1].value
    return {name: value.replace("\\", "") for name, value in zip(table["Name"], table["Value"], strict=True)}


def fact_of(briefing: Briefing, metric: Metric) -> Fact:
    return next(fact for fact in briefing.facts if fact.metric is metric and fact.value is not None)


def fact_of_first_cell(briefing: Briefing) -> str:
    table = next(table for section in briefing.sections for table in section.tables)
    return next(cell.fact_id for cell in table.rows[0] if cell.fact_id is not None)


def test_every_sentence_of_the_briefing_is_on_the_page(filled: Filled, read_page: Open) -> None:
    app = read_page("briefings")
    shown = written(app)
    sentences = [sentence for section in filled.briefing.sections for sentence in section.sentences]
    assert len(sentences) > 5
    for sentence in (filled.briefing.headline, *sentences):
        assert sentence.text in shown


def test_every_shown_figure_can_be_asked_about(filled: Filled, read_page: Open) -> None:
    app = read_page("briefings")
    offered = {
        part
        for group in app.get("button_group")
        for text in group.options
        for part in text.replace("\\", "").split(", ")
    }
    sentences = [filled.briefing.headline, *(s for section in filled.briefing.sections for s in section.sentences)]
    figures = {segment.text for s in sentences for segment in s.segments if segment.fact_id is not None}
    assert figures <= offered
    tables = [table for section in filled.briefing.sections for table in section.tables]
    assert len(app.dataframe) == len(tables) + 1


def test_a_link_of_a_mail_opens_the_briefing_and_the_figure(filled: Filled, open_page: Open) -> None:
    fact = fact_of(filled.briefing, Metric.CLOSE)
    app = open_page(filled.config, None, briefing=filled.briefing.briefing_id, fact=fact.fact_id)
    assert not app.exception
    assert [title.value for title in app.title] == ["Briefings"]
    rows = panel_rows(app)
    assert rows["How"] == "the close of the day's bar"
    assert rows["As of"] == "close of 9 January 2026"
    assert rows["Exact value"] == f"{fact.value:f}"
    assert rows["Source"] == "sandbox (invented data)"
    assert shown_figure(fact) in written(app)


def test_a_figure_alone_finds_the_latest_document_that_has_it(filled: Filled, open_page: Open) -> None:
    fact = fact_of(filled.briefing, Metric.RSI)
    app = open_page(filled.config, "briefings", fact=fact.fact_id)
    assert app.selectbox[0].value == filled.briefing.briefing_id
    assert "RSI" in written(app)
    assert panel_rows(app)["How"] == "Wilder's RSI of 14 days"


def test_the_panel_shows_the_stored_rows(filled: Filled, open_page: Open) -> None:
    fact = next(
        item
        for item in filled.briefing.facts
        if item.metric is Metric.CHANGE and item.subject.startswith("asset:") and item.window == "1d"
    )
    app = open_page(filled.config, "briefings", fact=fact.fact_id)
    rows = app.dataframe[-1].value
    assert list(rows["Column"]) == ["close_usd", "close_usd"]
    assert list(rows["Now"]) == ["same", "same"]
    assert all(name.startswith("Daily bar, ") for name in rows["Row"])


def test_choosing_a_figure_of_a_table_opens_its_panel(filled: Filled, open_page: Open) -> None:
    app = open_page(filled.config, "briefings")
    chooser = next(box for box in app.selectbox if box.label == "Explain a figure of this table")
    fact_id = fact_of_first_cell(filled.briefing)
    chooser.set_value(fact_id).run()
    assert not app.exception
    assert app.query_params["fact"] == fact_id
    assert app.query_params["briefing"] == filled.briefing.briefing_id
    assert "Computed from" in written(app)


def test_choosing_a_figure_of_a_sentence_opens_its_panel(filled: Filled, open_page: Open) -> None:
    app = open_page(filled.config, "briefings")
    group = app.get("button_group")[0]
    fact_id = next(segment.fact_id for segment in filled.briefing.headline.segments if segment.fact_id)
    group.set_value(fact_id).run()
    assert not app.exception
    assert app.query_params["fact"] == fact_id
    assert "Computed from" in written(app)


@pytest.mark.parametrize("wrong", ["zzzzzz", "$<b>"])
def test_an_address_that_names_no_figure_is_said_so(filled: Filled, open_page: Open, wrong: str) -> None:
    app = open_page(filled.config, "briefings", fact=wrong)
    assert not app.exception
    assert "There is no figure" in written(app)


def test_an_address_that_names_no_briefing_is_said_so(filled: Filled, open_page: Open) -> None:
    app = open_page(filled.config, "briefings", briefing="p9-1999-01-01-daily-1")
    assert not app.exception
    assert "There is no briefing" in written(app)
    assert app.selectbox[0].value == filled.briefing.briefing_id


def test_every_fact_of_a_briefing_has_a_panel(filled: Filled) -> None:
    with filled.store.reader() as session:
        for fact in filled.briefing.facts:
            found = read_fact(session, fact.fact_id, filled.briefing.briefing_id)
            assert found.explanation.fact == fact
            assert not found.explanation.has_changed


def test_an_earlier_briefing_can_be_chosen(filled: Filled, open_page: Open) -> None:
    app = open_page(filled.config, "briefings")
    earlier = "p1-2026-01-08-daily-1"
    app.selectbox[0].set_value(earlier).run()
    assert app.query_params["briefing"] == earlier
    assert "8 January 2026" in written(app)
