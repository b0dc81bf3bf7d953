import pytest

from agent.briefing.profile import Profile, Reader, reading_time_s
from agent.claims.claim import SectionKey


@pytest.mark.parametrize(
    ("reader", "first"),
    [("holder", SectionKey.SINCE_LAST), ("researcher", SectionKey.SIGNALS), ("operator", SectionKey.GAPS)],
)
def test_every_reader_has_all_sections_and_their_own_first(reader: Reader, first: SectionKey) -> None:
    order = Profile(reader).order
    assert order[0] is first
    assert sorted(order) == sorted(SectionKey)


def test_a_longer_briefing_has_room_for_more_and_most_for_what_matters_to_its_reader() -> None:
    lengths = [
        Profile("holder", length).most_sentences(SectionKey.PORTFOLIO) for length in ("short", "standard", "deep")
    ]
    assert lengths == sorted(set(lengths))
    assert Profile().most_sentences(SectionKey.PORTFOLIO) > Profile().most_sentences(SectionKey.MARKET)


def test_a_short_briefing_of_full_sections_is_read_in_about_a_minute() -> None:
    short = Profile(length="short")
    words_a_sentence = 13
    words = sum(short.most_sentences(key) for key in SectionKey) * words_a_sentence
    assert reading_time_s("word " * words) <= 60


def test_two_hundred_words_take_a_minute_and_one_more_begins_the_next_second() -> None:
    assert reading_time_s("word " * 200) == 60
    assert reading_time_s("word " * 201) == 61
    assert reading_time_s("") == 0
