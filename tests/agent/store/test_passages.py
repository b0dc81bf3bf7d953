"""Passages are found by their words, whatever else a query is made of, with FTS5 and without it."""

import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.store import passages
from agent.store.engine import Store
from agent.store.passages import (
    Document,
    ensure_word_index,
    get_passages,
    indexed_documents,
    put_document,
    remove_documents,
    search_words,
    word_index_agrees,
    words_of,
)
from tests.agent.store.conftest import NOW

DAY = date(2025, 10, 10)
TEXTS = {
    "old": "Solana validators voted on fees.",
    "mid": "Bitcoin miners sold; the Caf\u00e9 chain did not.",
    "new": "Solana validators voted on fees.",
    "long": "Staking rewards of Solana are paid each epoch, and many words follow here that say nothing of it at all.",
    "odd": "Rates of 100% and a_b are shown.",
}


def document(name: str, *texts: str, age: int = 0) -> Document:
    return Document(("report", name), f"print-{name}", "sandbox", DAY - timedelta(days=age), f"About {name}", texts)


@pytest.fixture
def filled(store: Store) -> Store:
    with store.writer() as session:
        assert ensure_word_index(session)
        for age, (name, text) in enumerate(TEXTS.items()):
            put_document(session, document(name, text, age=4 - age), NOW)
    return store


def names(store: Store, query: str, limit: int = 10, **days: date) -> list[str]:
    with store.reader() as session:
        found = search_words(session, words_of(query), limit, **days)
        rows = get_passages(session, found.passage_ids)
    return [rows[number].document_id for number in found.passage_ids]


def test_the_best_passage_comes_first_and_of_equal_ones_the_newest(filled: Store) -> None:
    assert names(filled, "what did validators of Solana vote on?") == ["new", "old", "long"]


@pytest.mark.parametrize(
    ("query", "found"),
    [("cafe", ["mid"]), ("CAF\u00c9", ["mid"]), ("valid", ["new", "old"]), ("nothing-here zz", ["long"]), ("zz", [])],
)
def test_words_are_found_without_case_or_accents_and_by_their_beginning(
    filled: Store, query: str, found: list[str]
) -> None:
    assert names(filled, query) == found


def test_only_days_in_the_range_and_no_more_than_the_limit_are_found(filled: Store) -> None:
    assert names(filled, "solana", end=DAY - timedelta(days=3)) == ["old"]
    assert names(filled, "solana", start=DAY - timedelta(days=2), end=DAY - timedelta(days=2)) == ["new"]
    assert len(names(filled, "solana", limit=1)) == 1
    assert names(filled, "solana", limit=0) == []


def test_everyday_words_are_left_out_unless_there_are_no_others() -> None:
    assert words_of("What is the STAKING of it? staking!") == ("staking",)
    assert words_of("what is it") == ("what", "is", "it")
    assert len(words_of(" ".join(map(str, range(100))))) == 24
    assert words_of("\"'*():-^ \x00") == ()


SYNTAX = st.lists(
    st.sampled_from(
        [
            '"',
            "'",
            "*",
            "(",
            ")",
            "-",
            "^",
            ":",
            "+",
            "{",
            "}",
            "\x00",
            "\ufffd",
            "\\",
            ";",
            "%",
            "_",
            "!",
            " ",
            "\n",
            "AND",
            "OR",
            "NOT",
            "NEAR",
            "NEAR(",
            "title:",
            "text:",
            "rowid",
            "solana",
            "passage_words",
            "\u0661",
            "\U0001d7d8",
        ]
    ),
    max_size=12,
).map("".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=SYNTAX | st.text(max_size=30))
def test_no_query_is_read_as_a_language(filled: Store, query: str) -> None:
    found = names(filled, query)
    assert set(found) <= TEXTS.keys()
    with filled.reader() as session:
        for words in (words_of(query), (query.encode(errors="ignore").decode(),)):
            assert len(search_words(session, words, 10).passage_ids) <= len(TEXTS)
    if words_of(query) == ("solana",):
        assert found == ["new", "old", "long"]


def test_a_document_that_is_put_again_has_its_new_passages_only(filled: Store) -> None:
    with filled.writer() as session:
        put_document(session, Document(("report", "old"), "second", "sandbox", DAY, "t", ("Cardano", "Tezos")), NOW)
        assert indexed_documents(session)["report", "old"] == "second"
        assert word_index_agrees(session)
    assert names(filled, "voted") == ["new"]
    assert names(filled, "cardano tezos") == ["old", "old"]


def test_a_removed_document_is_not_found_and_its_number_is_not_given_again(filled: Store) -> None:
    with filled.writer() as session:
        last = max(search_words(session, ("about",), 10).passage_ids)
        assert remove_documents(session, [("report", "odd"), ("note", "1")]) == 1
        put_document(session, document("another", "Fresh text"), NOW)
        [number] = search_words(session, ("fresh",), 10).passage_ids
    assert number > last
    assert names(filled, "rates") == []


def test_a_document_without_text_is_known_as_indexed(store: Store) -> None:
    with store.writer() as session:
        put_document(session, document("empty"), NOW)
        assert indexed_documents(session) == {("report", "empty"): "print-empty"}


def test_without_the_module_words_are_looked_for_one_by_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passages, "_FTS_MODULE", "no_such_module")
    with store.writer() as session:
        assert not ensure_word_index(session)
        for name, text in TEXTS.items():
            put_document(session, document(name, text), NOW)
        found = search_words(session, ("solana", "staking"), 10)
        assert (len(found.passage_ids), found.ranked) == (3, False)
        assert get_passages(session, found.passage_ids[:1])[found.passage_ids[0]].document_id == "long"
        for word, count in {"%": 1, "_b": 1, "a_b": 1, "0!": 0, "o%s": 0}.items():
            assert len(search_words(session, (word,), 10).passage_ids) == count, word


def test_an_index_that_missed_changes_is_made_anew(filled: Store) -> None:
    lose_module(filled, "fts5", "fts9")
    with filled.writer() as session:
        put_document(session, document("later", "Monero"), NOW)
        remove_documents(session, [("report", "old")])
        found = search_words(session, ("monero",), 10)
        assert (len(found.passage_ids), found.ranked) == (1, False)
    lose_module(filled, "fts9", "fts5")
    with filled.reader() as session:
        assert not word_index_agrees(session)
    with filled.writer() as session:
        assert ensure_word_index(session)
        assert word_index_agrees(session)
    assert names(filled, "monero") == ["later"]
    assert names(filled, "voted") == ["new"]


def lose_module(store: Store, before: str, after: str) -> None:
    """Make the index one of a module that this SQLite has, or has not."""
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = 'passage_words'", (before, after)
        )
        connection.commit()
        [(version,)] = connection.execute("PRAGMA schema_version")
        connection.execute(f"PRAGMA schema_version = {version + 1}")  # or open connections go on as before
