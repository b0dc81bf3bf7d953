import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.ask.mention_index import is_one_edit
from agent.ask.tools import Candidate
from tests.agent.ask.names_index import NamesIndex

WORDS = st.text("abc", min_size=1, max_size=6)


@pytest.mark.parametrize("typed", ["etherium", "ethereeum", "etherum", "ehtereum", "ethereun", "aethereum"])
def test_one_letter_changed_added_left_out_or_swapped_is_one_edit(typed: str) -> None:
    assert is_one_edit(typed, "ethereum")
    assert is_one_edit("ethereum", typed)


@pytest.mark.parametrize("typed", ["ethereum", "etheriun", "etheum", "mutherea", ""])
def test_the_same_word_and_two_edits_are_not(typed: str) -> None:
    assert not is_one_edit(typed, "ethereum")


@given(WORDS, st.integers(0, 5), st.sampled_from("abc"))
def test_a_letter_put_into_any_word_is_one_edit(word: str, place: int, letter: str) -> None:
    assert is_one_edit(word[:place] + letter + word[place:], word)


def test_an_index_finds_symbols_names_slugs_and_numbers_and_all_that_share_one() -> None:
    first, second = Candidate(4, "Neiro", "NEIRO"), Candidate(5, "Neiro on ETH", "NEIRO")
    index = NamesIndex((first, second), (("first-neiro-on-ethereum", second),))
    assert index.candidates(" neiro ") == (first, second)
    assert index.candidates("NEIRO ON ETH") == index.candidates("first-neiro-on-ethereum") == (second,)
    assert index.candidates("#4") == index.candidates("id 4") == (first,)
    assert index.candidates("") == ()


def test_an_index_finds_names_one_letter_off_and_no_symbols_or_short_words() -> None:
    index = NamesIndex((Candidate(1, "Solana", "SOLXX"), Candidate(2, "Gas", "GAS")))
    assert [found.asset_id for found in index.similar("solona")] == [1]
    assert index.similar("solxy") == index.similar("gaz") == index.similar("sonola") == ()
