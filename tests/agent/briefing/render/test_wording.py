from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from agent.briefing.render import wording
from agent.claims.fact import State
from tests.agent.briefing.render.sample import sample_briefing


def test_days_and_times_are_written_the_british_way_in_utc() -> None:
    vienna = timezone(timedelta(hours=2))
    assert wording.weekday_text(date(2025, 10, 10)) == "Friday 10 October 2025"
    assert wording.short_day(date(2025, 3, 4)) == "04 Mar"
    assert wording.moment_text(datetime(2025, 7, 1, 1, 5, tzinfo=vienna)) == "30 June 2025, 23:05 UTC"


def test_provenance_names_the_source_the_day_and_a_state_other_than_fresh() -> None:
    fact = replace(sample_briefing().facts[0], state=State.STALE, as_of=date(2025, 10, 7))
    assert wording.provenance(fact) == "Token Metrics, as of 7 October 2025, stale"


def test_control_characters_of_a_name_never_reach_a_surface() -> None:
    assert wording.printable("Evil\x1b[2J\nCoin\u2028") == "Evil [2J Coin "


def test_only_invented_data_is_called_invented() -> None:
    assert wording.is_invented(sample_briefing(invented=True))
    assert not wording.is_invented(sample_briefing())


def test_a_revision_is_named_from_the_second_on() -> None:
    assert wording.title(sample_briefing()) == "main, 11 October 2025"
    assert wording.title(replace(sample_briefing(), revision=2)) == "main, 11 October 2025, revision 2"
