"""Words find, meaning helps, and an endpoint that fails costs nothing but a note."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from agent.ask.recall import Library, fused
from agent.llm.embeddings import Vectors
from agent.llm.errors import LLMError, Unavailable
from agent.store.embeddings import put_vectors
from agent.store.engine import Store
from agent.store.passages import Document, ensure_word_index, put_document, text_digest
from tests.agent.store.conftest import NOW

DAY = date(2025, 10, 10)
# what each text is about: fees, mining, governance
TEXTS = {
    "fees": ("Solana transaction fees were cut by half.", (1.0, 0.0, 0.1)),
    "cost": ("Sending a payment has become much cheaper.", (0.9, 0.1, 0.0)),
    "mining": ("Bitcoin miners sold some of their coins.", (0.0, 1.0, 0.0)),
    "vote": ("Holders approved the proposal.", (0.1, 0.0, 1.0)),
}
MEANINGS = {"fees": (1.0, 0.0, 0.0), "affordable": (1.0, 0.05, 0.0), "zzz": (0.0, 0.0, 1.0)}


class Embedder:
    """Knows the meaning of a few queries."""

    def __init__(self, error: LLMError | None = None, size: int = 3) -> None:
        self.error = error
        self.size = size
        self.asked: list[str] = []

    @property
    def model(self) -> str:
        return "m"

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        if self.error is not None:
            raise self.error
        return np.array([MEANINGS[text][: self.size] for text in texts], dtype=np.float32)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return filled(Store(tmp_path_factory.mktemp("recall") / "store.db"))


def filled(store: Store) -> Store:
    store.upgrade()
    with store.writer() as session:
        ensure_word_index(session)
        for age, (name, (text, _)) in enumerate(TEXTS.items()):
            day = DAY - timedelta(days=age)
            put_document(session, Document(("report", name), "f", "sandbox", day, f"About {name}", (text,)), NOW)
        put_document(session, Document(("note", "9"), "f", "you", DAY, "Note 9", (TEXTS["vote"][0],)), NOW)
        vectors = {text_digest(text): np.array(vector, dtype=np.float32) for text, vector in TEXTS.values()}
        put_vectors(session, "m", vectors, NOW)
    return store


def titles(found: Sequence[object]) -> list[str]:
    return [quote.title.removeprefix("About ") for quote in found]  # type: ignore[attr-defined]  # quotes


def test_words_alone_find_the_passages_that_have_them(store: Store) -> None:
    found = Library(store).search("fees")
    assert (titles(found.quotes), found.notes) == (["fees"], ())
    assert found.quotes[0].text == TEXTS["fees"][0]


def test_meaning_finds_what_words_do_not(store: Store) -> None:
    assert Library(store).search("affordable").quotes == ()
    found = Library(store, Embedder()).search("affordable")
    assert titles(found.quotes)[:2] == ["cost", "fees"]


def test_what_both_lists_have_comes_first(store: Store) -> None:
    assert titles(Library(store, Embedder()).search("fees").quotes)[:2] == ["fees", "cost"]


def test_ranks_are_fused_as_in_the_paper() -> None:
    """By hand: 1/61 + 1/62 for b, 1/61 for a, 1/62 + 1/63 for c and 1/63 for d."""
    assert fused([[1, 2, 3], [2, 3, 4]]) == (2, 3, 1, 4)
    assert fused([[5], [6]]) == (5, 6)
    assert fused([]) == ()


def test_only_the_days_asked_for_are_searched_both_ways(store: Store) -> None:
    library = Library(store, Embedder())
    found = library.search("affordable", start=DAY - timedelta(days=2), end=DAY - timedelta(days=1))
    assert titles(found.quotes) == ["cost", "mining"]


def test_a_text_that_several_documents_have_is_quoted_once(store: Store) -> None:
    found = Library(store).search("proposal approved")
    assert titles(found.quotes) == ["Note 9"]


@pytest.mark.parametrize(
    ("embedder", "why"),
    [(Embedder(Unavailable("down")), "could not be reached"), (Embedder(size=2), "2 dimensions")],
)
def test_an_endpoint_that_fails_leaves_the_words(store: Store, embedder: Embedder, why: str) -> None:
    found = Library(store, embedder).search("fees")
    assert titles(found.quotes) == ["fees"]
    [note] = found.notes
    assert note.startswith("Searched by words alone: ")
    assert why in note


@pytest.mark.parametrize("query", ["", " ", "\x00", "\U000e0041", '"*()'])
def test_a_query_without_words_finds_nothing_and_asks_nobody(store: Store, query: str) -> None:
    embedder = Embedder()
    assert Library(store, embedder).search(query).quotes == ()
    assert embedder.asked == []


def test_no_more_quotes_come_than_were_asked_for(store: Store) -> None:
    assert len(Library(store, Embedder()).search("fees", limit=2).quotes) == 2
    assert Library(store, Embedder()).search("fees", limit=0).quotes == ()


def test_without_full_text_search_the_result_says_so(tmp_path: Path, no_module: Callable[[], None]) -> None:
    no_module()
    found = Library(filled(Store(tmp_path / "store.db"))).search("fees")
    assert titles(found.quotes) == ["fees"]
    assert "FTS5" in found.notes[0]


@pytest.fixture
def no_module(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    return lambda: monkeypatch.setattr("agent.store.passages._FTS_MODULE", "no_such_module")
