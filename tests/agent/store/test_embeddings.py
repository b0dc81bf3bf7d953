"""Vectors are kept once for each text and model, and the nearest passages are those of NumPy's own cosine."""

import sqlite3
from datetime import date, timedelta

import numpy as np
import pytest

from agent.store import embeddings
from agent.store.embeddings import (
    VectorIndex,
    dimensions_of,
    forget_stray_vectors,
    put_vectors,
    texts_without_vector,
)
from agent.store.engine import Store
from agent.store.passages import Document, put_document, remove_documents, text_digest
from tests.agent.store.conftest import NOW

DAY = date(2025, 10, 10)
COUNT = 30
RANDOM = np.random.default_rng(5)
MATRIX = RANDOM.normal(size=(COUNT, 8)).astype(np.float32)
QUERY = RANDOM.normal(size=8).astype(np.float32)


def document(place: int, text: str | None = None) -> Document:
    days = DAY - timedelta(days=place)
    return Document(("note", str(place)), "print", "you", days, "t", (text or f"text {place}",))


@pytest.fixture
def embedded(store: Store) -> Store:
    with store.writer() as session:
        for place in range(COUNT):
            put_document(session, document(place), NOW)
        put_vectors(session, "m", {text_digest(f"text {place}"): MATRIX[place] for place in range(COUNT)}, NOW)
    return store


def expected(low: int = 0, high: int = COUNT) -> list[int]:
    cosine = MATRIX @ QUERY / np.linalg.norm(MATRIX, axis=1)
    return [int(place) + 1 for place in np.argsort(-cosine) if low <= place < high]


def test_the_nearest_passages_are_those_of_the_largest_cosine(embedded: Store) -> None:
    index = VectorIndex("m")
    with embedded.reader() as session:
        assert list(index.nearest(session, QUERY, COUNT)) == expected()
        assert list(index.nearest(session, QUERY * 1000, 5)) == expected()[:5]
        assert index.nearest(session, QUERY, 0) == ()
        assert VectorIndex("other").nearest(session, QUERY, 5) == ()


def test_only_passages_of_the_days_asked_for_are_near(embedded: Store) -> None:
    with embedded.reader() as session:
        found = VectorIndex("m").nearest(session, QUERY, COUNT, DAY - timedelta(days=9), DAY - timedelta(days=4))
        assert list(found) == expected(4, 10)
        assert VectorIndex("m").nearest(session, QUERY, 5, DAY + timedelta(days=1)) == ()


def test_what_was_read_is_read_anew_once_the_passages_are_others(embedded: Store) -> None:
    index = VectorIndex("m")
    with embedded.reader() as session:
        first = index.nearest(session, QUERY, COUNT)
    with embedded.writer() as session:
        remove_documents(session, [("note", str(first[0] - 1))])
        put_document(session, document(100, "text 0"), NOW)
    with embedded.reader() as session:
        second = index.nearest(session, QUERY, COUNT + 1)
    assert first[0] not in second
    assert COUNT + 1 in second


def test_a_text_is_embedded_once_however_many_passages_have_it(embedded: Store) -> None:
    with embedded.writer() as session:
        put_document(session, document(40, "new text"), NOW)
        put_document(session, document(41, "new text"), NOW)
        put_document(session, Document(("report", "r"), "f", "s", DAY, "t", ("report text",)), NOW)
        put_document(session, Document(("report", "empty"), "f", "s", DAY, "t", ()), NOW)
        assert [item.text for item in texts_without_vector(session, "m", 9)] == ["report text", "new text"]
        assert [item.text for item in texts_without_vector(session, "m", 9, {"note"})] == ["new text"]
        assert len(texts_without_vector(session, "other", 7)) == 7


def test_vectors_of_texts_that_are_gone_are_forgotten(embedded: Store) -> None:
    with embedded.writer() as session:
        remove_documents(session, [("note", "0"), ("note", "1")])
        assert forget_stray_vectors(session) == 2
        assert forget_stray_vectors(session) == 0


@pytest.mark.parametrize("wrong", [[1.0], [np.nan] * 8, [0.0] * 8, [np.inf] * 8, []])
def test_a_vector_that_fits_no_other_is_refused(embedded: Store, wrong: list[float]) -> None:
    vector = np.array(wrong, dtype=np.float32)
    with pytest.raises(ValueError, match="vector"), embedded.writer() as session:
        put_vectors(session, "m", {"digest": vector}, NOW)
    with embedded.reader() as session, pytest.raises(ValueError, match="vector"):
        VectorIndex("m").nearest(session, vector, 5)


def test_vectors_are_stored_as_float32_of_length_one(embedded: Store) -> None:
    with embedded.reader() as session:
        assert dimensions_of(session, "m") == 8
        raw = session.connection().exec_driver_sql("SELECT vector FROM passage_vector").fetchone()
    assert raw is not None
    assert float(np.linalg.norm(np.frombuffer(raw[0], dtype="<f4"))) == pytest.approx(1, abs=1e-6)


def test_with_the_extension_the_distances_are_computed_in_the_database(
    embedded: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The extension's one function is NumPy's here: not every Python can load extensions."""
    loaded = []

    def distance(left: bytes, right: bytes) -> float:
        one, other = (np.frombuffer(blob, dtype="<f4").astype(np.float64) for blob in (left, right))
        loaded.append(1)
        return float(1 - one @ other / np.linalg.norm(one) / np.linalg.norm(other))

    def load(connection: sqlite3.Connection) -> bool:
        connection.create_function("vec_distance_cosine", 2, distance)
        return True

    monkeypatch.setattr(embeddings, "_load_extension", load)
    with embedded.reader() as session:
        assert list(VectorIndex("m").nearest(session, QUERY, COUNT)) == expected()
        found = VectorIndex("m").nearest(session, QUERY, COUNT, DAY - timedelta(days=9), DAY - timedelta(days=4))
    assert list(found) == expected(4, 10)
    assert len(loaded) >= COUNT
