import json

from hypothesis import given
from hypothesis import strategies as st

from agent.ask.draft_stream import SentenceStream
from agent.briefing.draft import DraftSentence, Use, parse_answer_draft

SENTENCES: list[dict[str, object]] = [
    {"parts": [{"claim": "k7", "form": 0}]},
    {"parts": [{"text": 'also, "}]{'}, {"claim": "q2", "form": 1}]},
    {"parts": [{"text": 'a \\" b'}, {"claim": "z4", "form": 0}]},
]
DRAFT = json.dumps({"sentences": SENTENCES})


def fed(text: str, size: int) -> list[DraftSentence]:
    stream = SentenceStream()
    return [item for at in range(0, len(text), size) for item in stream.feed(text[at : at + size])]


@given(st.integers(1, 40))
def test_however_a_draft_is_cut_into_pieces_its_sentences_are_those_of_the_whole(size: int) -> None:
    assert tuple(fed(DRAFT, size)) == parse_answer_draft(DRAFT)


def test_a_sentence_is_given_when_its_last_brace_has_come_and_not_before() -> None:
    stream = SentenceStream()
    start = '{"sentences": [{"parts": [{"claim": "k7", "form": 0}]'
    assert stream.feed(start) == ()
    assert stream.feed("}") == (DraftSentence(None, (Use("k7", 0),)),)


def test_fences_and_thoughts_around_the_draft_do_not_matter() -> None:
    text = f'<think>maybe {{"sentences": [{{"parts": []}}]}}</think>\n```json\n{DRAFT}\n```'
    assert tuple(fed(text, 7)) == parse_answer_draft(DRAFT)


def test_what_is_no_sentence_is_skipped_and_the_next_one_is_read() -> None:
    text = '{"sentences": [{"bogus": 1}, {"parts": [{"claim": "k7", "form": 0}]}]}'
    assert fed(text, 5) == [DraftSentence(None, (Use("k7", 0),))]


def test_nothing_is_read_after_the_list_is_closed() -> None:
    assert fed('{"sentences": []} {"parts": [{"claim": "k7", "form": 0}]}', 3) == []


@given(st.text(max_size=300))
def test_any_text_can_be_fed(text: str) -> None:
    for sentence in fed(text, 11):
        assert isinstance(sentence, DraftSentence)
