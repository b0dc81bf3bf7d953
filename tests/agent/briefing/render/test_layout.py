from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.briefing.document import Section, Series
from agent.briefing.render import layout
from agent.briefing.render.errors import RenderError
from agent.claims.claim import SectionKey
from tests.agent.briefing.render.sample import AS_OF, sample_briefing, sentence


@given(count=st.integers(0, 40))
@settings(max_examples=41, deadline=None)
def test_every_sentence_is_in_one_paragraph_and_none_is_longer_than_four(count: int) -> None:
    sentences = tuple(sentence(f"Sentence {i}.") for i in range(count))
    paragraphs = layout.paragraphs(Section(SectionKey.MARKET, sentences))
    assert tuple(s for paragraph in paragraphs for s in paragraph) == sentences
    assert all(len(paragraph) <= 4 for paragraph in paragraphs)
    assert count < 2 or all(len(paragraph) >= 2 for paragraph in paragraphs)


def test_the_headline_figures_get_the_sign_of_their_facts_unless_their_label_says_it() -> None:
    shown = [(each.label, each.text, each.tone) for each in layout.highlights(sample_briefing())]
    assert shown == [
        ("Value at the close", "$52,310.22", 0),
        ("On the day", "-9.8%", -1),
        ("Loss", "$5,670.11", -1),
    ]


def test_a_change_that_is_shown_as_nought_has_neither_sign_nor_tone() -> None:
    briefing = sample_briefing()
    flat = sentence("Your portfolio was flat on the day, up ", ("0.0%", "f002"), ".")
    (shown,) = layout.highlights(replace(briefing, headline=flat))
    assert (shown.text, shown.tone) == ("0.0%", 0)


def test_every_figure_is_listed_once_in_reading_order() -> None:
    briefing = sample_briefing()
    figures = layout.shown_figures(briefing)
    assert [figure.text for figure in figures[:3]] == ["$52,310.22", "9.8%", "$5,670.11"]
    assert {figure.fact.fact_id for figure in figures} == {fact.fact_id for fact in briefing.facts}
    assert len(figures) == len(briefing.facts)


def test_a_figure_without_its_fact_is_an_error() -> None:
    with pytest.raises(RenderError, match="f002"):
        layout.shown_figures(replace(sample_briefing(), facts=sample_briefing().facts[:1]))


def test_marks_say_since_when_a_value_is_stale_and_that_sources_disagree() -> None:
    briefing = sample_briefing()
    table = briefing.sections[1].tables[0]
    assert layout.table_notes(table, layout.facts_by_id(briefing)) == (
        "† No newer value: as of 7 October 2025.",
        "‡ Rests on a price that sources disagree about, as of 10 October 2025.",
    )


def test_the_takeaway_names_the_days_and_the_lines_and_no_figure() -> None:
    days = (AS_OF - timedelta(days=1), AS_OF)
    series = (Series("Your portfolio", days, (100.0, 90.25)), Series("Bitcoin", days, (100.0, None)))
    assert layout.chart_takeaway(series) == (
        "Your portfolio and Bitcoin from 9 October 2025 to 10 October 2025, each line starting at 100."
    )
    assert layout.chart_takeaway(()) == ""
    assert layout.chart_takeaway((Series("Bitcoin", days, (None, None)),)) == ""
