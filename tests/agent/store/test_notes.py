import pytest

from agent.errors import UnknownRow
from agent.store.engine import Store
from agent.store.notes import add_note, list_notes, remove_note
from tests.agent.store.conftest import NOW


def test_notes_are_kept_as_they_were_written_and_listed_newest_first(store: Store) -> None:
    with store.writer() as session:
        first = add_note(session, "  Watch \x00Solana \ud800 <b>  ", NOW)
        second = add_note(session, "later", NOW)
        assert list_notes(session) == (second, first)
        assert first.text == "Watch Solana  <b>"
        remove_note(session, first.note_id)
        assert list_notes(session) == (second,)
        with pytest.raises(UnknownRow, match="no note 1"):
            remove_note(session, first.note_id)


@pytest.mark.parametrize("text", ["", " \n", "\x00", "x" * 4001])
def test_an_empty_or_endless_note_is_refused(store: Store, text: str) -> None:
    with pytest.raises(ValueError, match="a note"), store.writer() as session:
        add_note(session, text, NOW)
