"""Which texts can be searched, and the passages each is cut into: plain, short, and ending with a sentence."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256

from sqlmodel import Session

from agent.briefing.archive import parse_briefing
from agent.claims.naming import printable_name
from agent.claims.plain_text import cut, plain, plain_lines
from agent.measuring.provider_words import provider_words
from agent.store.briefings import get_briefing
from agent.store.notes import NoteRow, list_notes
from agent.store.passages import Document, DocumentKey
from agent.store.texts import (
    AssetStub,
    BriefingStub,
    ReportStub,
    current_briefings,
    current_reports,
    described_assets,
    report_text,
)

MOST_LETTERS = 600
MOST_TITLE_LETTERS = 120
MOST_TEXT_LETTERS = 200_000  # of one document: a hostile one must not fill the store
_RULES = "1"  # of how a text becomes passages; another number has every document indexed anew
_SENTENCE_END = re.compile(r"(?<=[.!?\u3002\uff01\uff1f])\s+")


@dataclass(frozen=True, slots=True)
class Searchable:
    """A text that can be searched; `title` and `read`, its passages, are costly where `fingerprint` is not."""

    key: DocumentKey
    fingerprint: str
    source: str
    day: date
    title: Callable[[], str]
    read: Callable[[Session], tuple[str, ...]]

    def document(self, session: Session) -> Document:
        """The text with its passages."""
        return Document(self.key, self.fingerprint, self.source, self.day, self.title(), self.read(session))


def searchable_texts(session: Session) -> Iterator[Searchable]:
    """Every text there is: last revisions of briefings, current versions of reports, all notes, and what assets are."""
    for briefing in current_briefings(session):
        yield _briefing(briefing)
    for report in current_reports(session):
        yield _report(report)
    for note in list_notes(session):
        yield _note(note)
    for asset in described_assets(session):
        yield _description(asset)


def split_passages(lines: Sequence[str], most: int = MOST_LETTERS) -> tuple[str, ...]:
    """Passages of at most `most` characters from plain lines, each ending with a sentence unless that is longer."""
    passages: list[str] = []
    for sentence in (piece for line in lines for piece in _SENTENCE_END.split(line)):
        for piece in _pieces(sentence, most):
            if passages and len(passages[-1]) + 1 + len(piece) <= most:
                passages[-1] += f" {piece}"
            else:
                passages.append(piece)
    return tuple(passages)


def _pieces(sentence: str, most: int) -> Iterator[str]:
    """A sentence in parts that fit, cut between two words where there is a space."""
    while len(sentence) > most:
        space = sentence.rfind(" ", 1, most + 1)
        end = space if space > 0 else most
        yield sentence[:end].rstrip()
        sentence = sentence[end:].lstrip()
    if sentence:
        yield sentence


def _title(text: str) -> str:
    """A title that fits a line; it is indexed with each passage, so a long one would be stored many times."""
    return cut(plain(text[: 2 * MOST_LETTERS]), MOST_TITLE_LETTERS)


def _fingerprint(*parts: str) -> str:
    return sha256("\0".join((_RULES, *parts)).encode()).hexdigest()


def _briefing(stub: BriefingStub) -> Searchable:
    edition = "" if stub.edition == "daily" else f", {stub.edition}"
    title = _title(f"Briefing for {stub.portfolio}{edition}")
    read = partial(_briefing_passages, stub.briefing_id)  # a stored briefing never changes, its number stands for it
    return Searchable(("briefing", stub.briefing_id), _fingerprint(title), "coinbrief", stub.day, lambda: title, read)


def _briefing_passages(briefing_id: str, session: Session) -> tuple[str, ...]:
    row = get_briefing(session, briefing_id)
    if row is None:
        return ()
    briefing = parse_briefing(row.document)
    sections = (" ".join(sentence.text for sentence in section.sentences) for section in briefing.sections)
    return tuple(passage for text in (briefing.headline.text, *sections) for passage in split_passages([plain(text)]))


def _report(stub: ReportStub) -> Searchable:
    name = printable_name(stub.asset_name, stub.asset_symbol, stub.asset_id)
    title = _title(f"{name}: {stub.name.replace('_', ' ')}")
    return Searchable(
        key=("report", f"{stub.source}/{stub.asset_id}/{stub.name}"),
        fingerprint=_fingerprint(title, stub.sha256, stub.fetched_at.isoformat()),
        source=stub.source,
        day=stub.fetched_at.date(),
        title=lambda: title,
        read=lambda session: split_passages(plain_lines(report_text(session, stub)[:MOST_TEXT_LETTERS])),
    )


def _note(row: NoteRow) -> Searchable:
    return Searchable(
        key=("note", str(row.note_id)),
        fingerprint=_fingerprint(row.text, row.written_at.isoformat()),
        source="you",
        day=row.written_at.date(),
        title=lambda: f"Note {row.note_id}",
        read=lambda _session: split_passages(plain_lines(row.text)),
    )


_KINDS = {"stablecoin": "a stablecoin", "wrapped": "wrapped", "bridged": "bridged", "staked": "staked"}


def _description(stub: AssetStub) -> Searchable:
    said = (stub.name, stub.symbol, stub.kind, *map(str, stub.stands_for or ()), *stub.categories, *stub.sources)
    return Searchable(
        key=("description", str(stub.asset_id)),
        fingerprint=_fingerprint(*said),
        source=stub.sources[0] or "coinbrief",
        day=stub.first_seen_at.date(),
        title=lambda: _title(f"{printable_name(stub.name, stub.symbol, stub.asset_id)}: what it is"),
        read=lambda _session: split_passages([plain(_told_of(stub))]),
    )


def _told_of(stub: AssetStub) -> str:
    """What an asset is, in a sentence of ours with the sources' words for its categories."""
    name = printable_name(stub.name, stub.symbol, stub.asset_id)
    parts = [f"{name} ({provider_words(stub.symbol)}) is {_KINDS.get(stub.kind, 'a coin')}"]
    if stub.stands_for is not None:
        parts.append(f" and stands for {printable_name(*stub.stands_for)}")
    if stub.categories:
        parts.append(f", listed under {', '.join(map(provider_words, stub.categories))}")
    return "".join(parts) + "."
