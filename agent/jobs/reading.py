"""Has providers' texts labelled by a model, each once, and lists them with what came of it.

A text is handed over in the quarantine's call, which has no tools and a closed answer. What comes of it is shown beside
the text and nowhere else: no briefing, no claim and no answer is made of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter

from sqlmodel import Session

from agent.ask.quotes import quotation, quote_of
from agent.briefing.quarantine import MOST_QUOTE_LETTERS, QuarantinedReading, numbered_sentences, read_quarantined
from agent.briefing.render.wording import printable, source_text
from agent.claims.naming import printable_name
from agent.claims.plain_text import cut, plain
from agent.jobs.searchable import MOST_TEXT_LETTERS, MOST_TITLE_LETTERS
from agent.llm.budget import BudgetSpent
from agent.llm.errors import BadRequest, ContextTooLong, LLMError, Refused, Truncated
from agent.llm.port import LanguageModel
from agent.llm.prompt import load_prompt
from agent.store.engine import Store
from agent.store.passages import PassageRow
from agent.store.readings import QuotedSpan, ReadingRow, ReadingState, digests_read, latest_readings, put_reading
from agent.store.texts import ReportStub, current_reports, report_text

MOST_READ = 20  # in one round, so that a first collection does not spend what the briefing needs
MOST_ASSETS = 30


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """How many texts were read, gave no valid answer, and are left; `notes` say why some are."""

    read: int = 0
    unreadable: int = 0
    left: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListedReading:
    """How a model labelled a text, which nobody has checked; without a tone the text gave no valid answer.

    `assets` are names by asset id, `quotes` whole quotations with their source.
    """

    model: str
    topics: tuple[str, ...]
    tone: str | None
    assets: Mapping[int, str]
    days: tuple[date, ...]
    quotes: tuple[str, ...]
    read_at: datetime


@dataclass(frozen=True, slots=True)
class ListedReport:
    """A provider's text by its plain title; `day` is when it was learned, `reading` None where none was made."""

    day: date
    source: str
    asset_id: int
    title: str
    sha256: str
    reading: ListedReading | None


@dataclass(frozen=True, slots=True)
class _Unread:
    """A text under the newest of its stubs, and the assets that it stands for."""

    stub: ReportStub
    assets: Mapping[int, str]


WAITING = "Texts wait to be labelled: half of the language model's budget is kept for briefings and questions."


def read_texts(
    store: Store,
    model: LanguageModel,
    clock: Callable[[], datetime],
    limit: int = MOST_READ,
    has_room: Callable[[], bool] = lambda: True,
) -> ReadingReport:
    """Have the newest texts labelled that the model has not read yet, each stored at once.

    A model that gives no answer ends the round and is told in the notes; a text too long for one call's cap, or one
    that the server refuses, waits. `has_room` is asked before each text whether the budget has room for what can wait.
    """
    with store.reader() as session:
        unread = _unread(session, model.model)
    states: list[ReadingState] = []
    notes: list[str] = []
    for item in unread:
        if len(states) == limit:
            break
        if not has_room():
            notes.append(WAITING)
            break
        try:
            row = _read(store, model, item, clock)
        except LLMError as error:
            notes.append(f"Not all texts could be labelled: {error.plain}")
            if _is_of_one_call(error) or isinstance(error, BadRequest):
                continue
            break
        with store.writer() as session:
            put_reading(session, row)
        states.append(row.state)
    left = len(unread) - len(states)
    return ReadingReport(states.count("read"), states.count("unreadable"), left, tuple(dict.fromkeys(notes)))


def list_reports(session: Session, since: date, asset_id: int | None = None) -> tuple[ListedReport, ...]:
    """List the current texts learned since a day, of one asset or of all, the newest first."""
    every = _newest_first(current_reports(session))
    names = {stub.asset_id: _asset_name(stub) for stub in every}
    stubs = [stub for stub in every if stub.fetched_at.date() >= since and asset_id in {None, stub.asset_id}]
    readings = latest_readings(session, {stub.sha256 for stub in stubs})
    return tuple(
        ListedReport(
            day=stub.fetched_at.date(),
            source=source_text(stub.source),
            asset_id=stub.asset_id,
            title=_title(stub),
            sha256=stub.sha256,
            reading=None if (row := readings.get(stub.sha256)) is None else _listed(stub, row, names),
        )
        for stub in stubs
    )


def _unread(session: Session, model: str) -> tuple[_Unread, ...]:
    """The texts that the model has not read, the newest first, each once however many assets it is stored for."""
    known = digests_read(session, model)
    by_digest: dict[str, list[ReportStub]] = {}
    for stub in _newest_first(current_reports(session)):
        if stub.sha256 not in known:
            by_digest.setdefault(stub.sha256, []).append(stub)
    return tuple(
        _Unread(stubs[0], {stub.asset_id: _asset_name(stub) for stub in stubs[:MOST_ASSETS]})
        for stubs in by_digest.values()
    )


def _newest_first(stubs: Sequence[ReportStub]) -> list[ReportStub]:
    in_order = sorted(stubs, key=attrgetter("source", "asset_id", "name"))
    return sorted(in_order, key=attrgetter("fetched_at"), reverse=True)


def _read(store: Store, model: LanguageModel, item: _Unread, clock: Callable[[], datetime]) -> ReadingRow:
    """Raises an LLMError where there was no answer; a text that is too long for the model is not worth another try."""
    with store.reader() as session:
        text = report_text(session, item.stub)[:MOST_TEXT_LETTERS]
    try:
        found = read_quarantined(model, text, item.assets)
    except (ContextTooLong, Truncated, Refused):
        found = None
    prompt = load_prompt("quarantine").sha256
    unreadable = ReadingRow(item.stub.sha256, model.model, "unreadable", (), None, (), (), (), prompt, clock())
    return unreadable if found is None else _filled(unreadable, found, numbered_sentences(text))


def _filled(row: ReadingRow, found: QuarantinedReading, sentences: Sequence[str]) -> ReadingRow:
    return replace(
        row,
        state="read",
        topics=tuple(topic.value for topic in found.topics),
        sentiment=found.sentiment.value,
        asset_ids=found.asset_ids,
        days=found.days,
        quotes=tuple(_span(quote, sentences) for quote in found.quotes),
    )


def _span(quote: str, sentences: Sequence[str]) -> QuotedSpan:
    """Where in the text a quotation stands, at the first place that reads so."""
    for start in range(len(sentences)):
        for end in range(start + 1, len(sentences) + 1):
            whole = " ".join(sentences[start:end])
            if plain(cut(whole, MOST_QUOTE_LETTERS)) == quote:
                return QuotedSpan(start + 1, end, quote)
            if len(whole) > MOST_QUOTE_LETTERS:
                break
    raise ValueError("a quotation that is not in the text")  # the quarantine copies it from there


def _is_of_one_call(error: LLMError) -> bool:
    """Whether one text alone was too dear, so that the next one may be within the cap."""
    return isinstance(error, BudgetSpent) and error.denied.period == "call"


def _asset_name(stub: ReportStub) -> str:
    return printable_name(stub.asset_name, stub.asset_symbol, stub.asset_id)


def _title(stub: ReportStub) -> str:
    """A title in one plain line; cutting may make a link of what was none."""
    words = plain(stub.name[: 2 * MOST_TITLE_LETTERS].replace("_", " "))
    return plain(cut(f"{_asset_name(stub)}: {words}", MOST_TITLE_LETTERS))


def _listed(stub: ReportStub, row: ReadingRow, names: Mapping[int, str]) -> ListedReading:
    return ListedReading(
        model=printable(row.model),
        topics=row.topics,
        tone=row.sentiment,
        assets={asset_id: names[asset_id] for asset_id in row.asset_ids if asset_id in names},
        days=row.days,
        quotes=tuple(_quoted(stub, span) for span in row.quotes),
        read_at=row.read_at,
    )


def _quoted(stub: ReportStub, span: QuotedSpan) -> str:
    passage = PassageRow(
        passage_id=0,  # none of the search's
        source_kind="report",
        document_id=f"{stub.source}/{stub.asset_id}/{stub.name}",
        place=span.start,
        source=stub.source,
        day=stub.fetched_at.date(),
        title=_title(stub),
        text=span.text,
        sha256=stub.sha256,
    )
    return quotation(quote_of(passage))
