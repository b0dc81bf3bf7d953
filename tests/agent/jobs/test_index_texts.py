"""Texts are indexed once, follow what they are made of, and vanish with it."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.ask.recall import Library
from agent.briefing.archive import briefing_row
from agent.errors import UnknownRow
from agent.jobs.index_texts import IndexReport, forget_note, index_texts
from agent.jobs.searchable import split_passages
from agent.llm.embeddings import Vectors
from agent.llm.errors import LLMError, Unavailable
from agent.store import portfolios
from agent.store.assets import upsert_listings
from agent.store.briefings import save_briefing
from agent.store.engine import Store
from agent.store.notes import add_note
from agent.store.reports import upsert_reports
from datasources.records import AssetListing, Report
from tests.agent.briefing.documents import briefing_of
from tests.agent.briefing.snapshots import BITCOIN, Given, make_snapshot, walk
from tests.agent.jobs.database import rows_of
from tests.agent.jobs.world import NOW, Clock

LATER = NOW + timedelta(days=1)
TEXT = "# Fees\n\nSolana cut its fees. See [this](https://evil.example/x) now.\n- Validators agreed\u200b."


class Embedder:
    """Makes vectors of the length of a text; fails after a number of calls."""

    def __init__(self, fails_after: int = 99, error: LLMError | None = None) -> None:
        self.calls: list[int] = []
        self.fails_after = fails_after
        self.error = error or Unavailable("down")

    @property
    def model(self) -> str:
        return "m"

    def embed(self, texts: Sequence[str]) -> Vectors:
        if len(self.calls) >= self.fails_after:
            raise self.error
        self.calls.append(len(texts))
        return np.array([[len(text), 1.0] for text in texts], dtype=np.float32)


@pytest.fixture
def written(store: Store) -> Store:
    """A store with a report and a note."""
    with store.writer() as session:
        upsert_listings(session, "token_metrics", [AssetListing("s", "SOL", "Solana")], NOW)
        upsert_reports(session, "token_metrics", [Report("s", "deep_dive", TEXT)], NOW)
        add_note(session, "Watch the unlock of Solana in November.", NOW)
    return store


def found(store: Store, query: str) -> list[tuple[str, str, str]]:
    return [(quote.source_kind, quote.title, quote.text) for quote in Library(store).search(query).quotes]


def test_a_report_and_a_note_are_found_as_plain_passages(written: Store) -> None:
    assert index_texts(written, Clock()) == IndexReport(indexed=2)
    assert found(written, "validators") == [
        ("report", "Solana: deep dive", "Fees Solana cut its fees. See this [link removed] now. Validators agreed."),
    ]
    assert found(written, "unlock") == [("note", "Note 1", "Watch the unlock of Solana in November.")]


def test_what_an_asset_is_can_be_found_by_its_categories(store: Store) -> None:
    listed = [
        AssetListing("a", "AAVE", "Aave", categories=("Lending", "DeFi <b>")),
        AssetListing("s", "SOL", "Solana"),
    ]
    with store.writer() as session:
        upsert_listings(session, "token_metrics", listed, NOW)
    assert index_texts(store, Clock()) == IndexReport(indexed=1)  # of Solana nothing is known but its name
    assert found(store, "lending") == [
        ("description", "Aave: what it is", "Aave (AAVE) is a coin, listed under Lending, DeFi b.")
    ]


def test_what_was_written_is_found_before_what_assets_are(written: Store) -> None:
    with written.writer() as session:
        upsert_listings(session, "token_metrics", [AssetListing("v", "VAL", "Validators", categories=("DePIN",))], NOW)
    index_texts(written, Clock())
    assert [kind for kind, _, _ in found(written, "validators")] == ["report", "description"]


def test_indexing_again_changes_nothing(written: Store) -> None:
    index_texts(written, Clock())
    before = rows_of(written.path)
    assert index_texts(written, Clock(LATER)) == IndexReport()
    assert rows_of(written.path) == before


def test_only_what_has_changed_is_indexed_anew(written: Store) -> None:
    index_texts(written, Clock())
    with written.writer() as session:
        upsert_reports(session, "token_metrics", [Report("s", "deep_dive", "All is new.")], LATER)
    assert index_texts(written, Clock()).indexed == 1
    assert found(written, "validators") == []
    assert [text for _, _, text in found(written, "deep new")] == ["All is new."]


def test_a_note_that_is_removed_cannot_be_found_at_once(written: Store) -> None:
    index_texts(written, Clock(), Embedder())
    forget_note(written, 1)
    assert found(written, "unlock") == []
    rows = rows_of(written.path)
    assert (len(rows["note"]), len(rows["passage"]), len(rows["passage_vector"])) == (0, 1, 1)
    with pytest.raises(UnknownRow):
        forget_note(written, 1)


def test_a_text_that_is_gone_vanishes_with_the_next_run(written: Store) -> None:
    index_texts(written, Clock())
    with written.writer() as session:
        session.connection().exec_driver_sql("DELETE FROM report")
    assert index_texts(written, Clock()).removed == 1
    assert found(written, "validators") == []


def test_the_last_revision_of_a_briefing_is_found_by_its_sentences(store: Store) -> None:
    briefing = briefing_of(make_snapshot(Given(closes={BITCOIN: walk(1)}, holdings={BITCOIN: "0.5"})))
    with store.writer() as session:
        portfolios.create(session, "main", NOW)
        row = briefing_row(briefing, 1, "{}")
        save_briefing(session, row, ())
    assert index_texts(store, Clock()).indexed == 1
    quotes = Library(store).search("Bitcoin portfolio").quotes
    assert {(quote.source, quote.title, quote.day) for quote in quotes} == {
        ("coinbrief", "Briefing for main", briefing.day)
    }
    said = " ".join([briefing.headline.text, *(s.text for section in briefing.sections for s in section.sentences)])
    assert all(quote.text.removeprefix("... ").removesuffix(" ...") in said for quote in quotes)


def test_vectors_are_made_once_in_small_calls(written: Store) -> None:
    with written.writer() as session:
        for number in range(40):
            add_note(session, f"Note about number {number}.", NOW)
    embedder = Embedder()
    assert index_texts(written, Clock(), embedder).vectors == 42
    assert embedder.calls == [32, 10]
    assert index_texts(written, Clock(), embedder) == IndexReport()
    assert embedder.calls == [32, 10]


def test_an_endpoint_that_fails_is_told_and_gone_on_with(written: Store) -> None:
    with written.writer() as session:
        for number in range(40):
            add_note(session, f"Note about number {number}.", NOW)
    report = index_texts(written, Clock(), Embedder(fails_after=1))
    assert (report.vectors, report.notes) == (
        32,
        ("Not all texts could be searched by meaning: The language model could not be reached.",),
    )
    assert index_texts(written, Clock(), Embedder()).vectors == 10


def test_texts_of_a_kind_that_may_not_leave_are_not_embedded(written: Store) -> None:
    embedder = Embedder()
    assert index_texts(written, Clock(), embedder, embeddable={"report"}).vectors == 1


@given(st.lists(st.text(alphabet="ab .!", max_size=80).map(str.strip).filter(bool), max_size=12), st.integers(10, 40))
def test_passages_hold_all_words_in_order_and_none_is_too_long(lines: list[str], most: int) -> None:
    passages = split_passages(lines, most)
    assert "".join("".join(passages).split()) == "".join("".join(lines).split())
    assert all(0 < len(passage) <= most for passage in passages)


def test_a_passage_ends_with_a_sentence_where_one_fits() -> None:
    assert split_passages(["One two. Three four! Five?"], 20) == ("One two. Three four!", "Five?")
    assert split_passages(["a" * 25], 10) == ("a" * 10, "a" * 10, "a" * 5)
