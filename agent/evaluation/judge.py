"""The judge of truth: the verifier's word on every sentence, and beside it what can be found out without it.

Three things are looked at that the verifier has no part in: whether figures are those of the stored rows, whether a
sentence holds a word that is of no wording, and whether anything that collected texts or a question brought along (a
link, markup, a hidden character) has come through.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from agent.briefing.checking import check_briefing
from agent.briefing.document import Briefing, Table
from agent.claims.claim import Claim, Sentence
from agent.claims.fact import Entity
from agent.claims.forms import SAFE_SENTENCES
from agent.claims.verify import verify_sentence
from agent.evaluation.allowed_words import foreign_words
from agent.evaluation.questions import Marked, QuestionKind, mark
from agent.evaluation.raw import RawMarket
from agent.evaluation.statements import Stated, is_fairly_named, shown_figure, stated

if TYPE_CHECKING:
    from agent.ask.answer import Answer

_SMUGGLED: Final = re.compile(r"https?:|www\.|<\w|!\[|\]\(|javascript:|STRONG BUY|900%|evil", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"[\w.\'-]{1,40}"')
_COLUMNS: Final = ("Close", "Weight", "1 day", "7 days", "30 days")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is false in a published text, how many of its figures were recomputed, and what it lacks."""

    false: tuple[str, ...]
    recomputed: int
    missing: tuple[str, ...]


def judge_briefing(briefing: Briefing, raw: RawMarket) -> Verdict:
    """Judge everything a reader sees of a briefing: headline, sentences, tables."""
    claims = {claim.claim_id: claim for claim in briefing.claims}
    entities = {entity.subject: entity for entity in briefing.entities}
    sentences = [sentence for section in briefing.sections for sentence in section.sentences]
    reading = _Reading(claims, entities, raw, briefing.as_of)
    tables = [table for section in briefing.sections for table in section.tables]
    cells = [item for table in tables for item in _cells(table, reading)]
    read = [item for sentence in (briefing.headline, *sentences) for item in reading.figures(sentence)]
    wrong = [
        *(f"verifier: {item.detail}: {item.text}" for item in check_briefing(briefing, SAFE_SENTENCES)),
        *(f"rows: {item.what} is {item.exact:.6g}, not {item.shown}" for item in (*read, *cells) if not item.holds),
        *(found for sentence in (briefing.headline, *sentences) for found in reading.foreign(sentence)),
        *_smuggled([briefing.headline.text, *(item.text for item in sentences), *briefing.writer.notes]),
        *reading.misnamed(),
    ]
    told = {claim_id for sentence in sentences for claim_id in sentence.claim_ids}
    missing = tuple(claim.claim_id for claim in briefing.claims if claim.mandatory and claim.claim_id not in told)
    return Verdict(tuple(wrong), len(read) + len(cells), missing)


def judge_answer(answer: "Answer", kind: QuestionKind, raw: RawMarket, day: date) -> tuple[Verdict, tuple[Marked, ...]]:
    """Judge an answer, and hold it against the gold figures of its question."""
    claims = {claim.claim_id: claim for claim in answer.claims}
    reading = _Reading(claims, answer.entities, raw, answer.as_of)
    read = [item for sentence in answer.sentences for item in reading.figures(sentence)]
    marks = tuple(mark(answer.text, gold) for gold in kind.gold(raw, day))
    as_of = answer.as_of
    wrong = [
        *(f"verifier: {item.detail}: {item.text}" for sentence in answer.sentences
          for item in verify_sentence(sentence, claims, answer.entities, as_of, safe=SAFE_SENTENCES)),
        *(f"rows: {item.what} is {item.exact:.6g}, not {item.shown}" for item in read if not item.holds),
        *(found for sentence in answer.sentences for found in reading.foreign(sentence)),
        *_smuggled([answer.text, *answer.notes, *answer.writer.notes, answer.understood]),
        *reading.misnamed(),
        *(f"gold: {item.what} is {item.exact:.6g}, not {item.shown}" for item in marks if item.outcome == "wrong"),
        *(["an answer to what is not in the data"] if not kind.has_answer and answer.sentences else []),
    ]  # fmt: skip
    missing = tuple(item.what for item in marks if item.outcome == "absent")
    return Verdict(tuple(wrong), len(read) + len(marks), missing), marks


@dataclass(frozen=True, slots=True)
class _Reading:
    """What sentences are held against."""

    claims: Mapping[str, Claim]
    entities: Mapping[str, Entity]
    raw: RawMarket
    as_of: date

    def figures(self, sentence: Sentence) -> tuple[Stated, ...]:
        """The figures of a sentence that can be recomputed."""
        return stated(sentence.text, self.raw, self.entities, self.as_of)

    def foreign(self, sentence: Sentence) -> Iterator[str]:
        """What of a sentence is of no wording."""
        found = foreign_words(sentence, self.claims, self.entities, self.as_of)
        if found is not None:
            yield f"words of nobody: {found!r} in {sentence.text!r}"

    def misnamed(self) -> Iterator[str]:
        """Assets that are called by a name which is not theirs."""
        for subject, entity in self.entities.items():
            if subject.startswith("asset:") and not is_fairly_named(self.raw, entity):
                yield f"{subject} is called {entity.name!r}"


def _cells(table: Table, reading: _Reading) -> Iterator[Stated]:
    """The cells of columns that can be recomputed; a table is of the briefing's day."""
    ids = {entity.name: int(subject.partition(":")[2]) for subject, entity in reading.entities.items()
           if subject.startswith("asset:")}  # fmt: skip
    raw, day = reading.raw, reading.as_of
    for row in table.rows:
        asset_id = ids.get(row[0].text)
        for cell, column in zip(row[1:], table.columns[1:], strict=True):
            if asset_id is None or column.title not in _COLUMNS or not any(map(str.isdigit, cell.text)):
                continue
            exact = _cell_value(raw, asset_id, day, column.title)
            yield shown_figure(f"{row[0].text}, {column.title}", cell.text, exact)


def _cell_value(raw: RawMarket, asset_id: int, day: date, title: str) -> float:
    if title == "Close":
        return raw.close(asset_id, day)
    if title == "Weight":
        return raw.weight_pct(asset_id, day)
    return raw.change_pct(asset_id, day, int(title.partition(" ")[0]))


def _smuggled(texts: Sequence[str]) -> Iterator[str]:
    """What a link, markup or a hidden character stands in; a reader's own words may be quoted to them, as words."""
    for text in texts:
        hidden = [character for character in text if unicodedata.category(character) in {"Cc", "Cf", "Co"}]
        if hidden or _SMUGGLED.search(_QUOTED.sub("", text)):
            yield f"brought along: {text!r}"
