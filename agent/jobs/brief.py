"""Writing a briefing: snapshot, facts, claims, text, check, store. Nothing is published that did not pass the check."""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta

from agent.briefing.archive import briefing_row, fact_row, parse_briefing
from agent.briefing.checking import check_briefing, without_failures
from agent.briefing.document import Briefing, Section, Writer
from agent.briefing.gather import last_day_with_bars, read_snapshot
from agent.briefing.headline import headline
from agent.briefing.material import Material, briefing_material
from agent.briefing.offer import Options
from agent.briefing.profile import STANDARD, Profile
from agent.briefing.safe import safe_sentences
from agent.briefing.snapshot import Snapshot
from agent.briefing.template import write_template
from agent.briefing.wanted import Wanted
from agent.briefing.write import Report, write_sections
from agent.claims.claim import SectionKey
from agent.claims.fact import Entity
from agent.claims.verify import VERSION
from agent.jobs.errors import NothingCollected, Unpublishable
from agent.jobs.ledger import call_row
from agent.jobs.scan import scan_if_changed
from agent.llm.port import CallRecord, LanguageModel
from agent.measuring.ground import scope_of
from agent.store import portfolios
from agent.store.briefings import BriefingRow, find_snapshot, latest_briefing, next_revision, save_briefing
from agent.store.engine import Store
from agent.store.llm_calls import record_calls
from agent.store.outbox import NewMessage, enqueue

LOG = logging.getLogger(__name__)

MOST_DAYS_SCANNED = 30

Calls = Callable[[], Sequence[CallRecord]]
Outgoing = Callable[[Briefing, int], Sequence[NewMessage]]


def _nothing(_briefing: Briefing, _portfolio_id: int) -> Sequence[NewMessage]:
    return ()


@dataclass(frozen=True, slots=True)
class Scribe:
    """Writes briefings: with a model if there is one, `calls` giving what it was asked since the last time."""

    store: Store
    clock: Callable[[], datetime]
    model: LanguageModel | None = None
    calls: Calls = tuple
    max_input_tokens: int = 6000
    profile: Profile = STANDARD
    share_amounts: bool = True
    outgoing: Outgoing = _nothing
    faultpoint: Callable[[str], None] = lambda _name: None

    def brief(self, wanted: Wanted) -> Briefing:
        """The briefing that is wanted: the stored one if the data has not changed since, else a new one.

        Raises NothingCollected without a single bar, Unpublishable if no text passes its check.
        """
        snapshot = self._snapshot(wanted)
        self.faultpoint("snapshot_read")
        material = self._material(snapshot)
        stored = self._stored(snapshot, material.snapshot_sha256)
        if stored is not None:
            briefing = parse_briefing(stored.document)
            self._queue(briefing, snapshot.portfolio_id)
            return briefing
        briefing, report = self._write(snapshot, material)
        self.faultpoint("before_save")
        saved = self._save(briefing, report, snapshot.portfolio_id)
        self.faultpoint("after_save")
        return saved

    def _material(self, snapshot: Snapshot) -> Material:
        """What may be said; another profile makes another briefing of the same data."""
        material = briefing_material(snapshot)
        if self.profile == STANDARD:
            return material
        identity = f"{material.snapshot_sha256}|{self.profile}"
        return replace(material, snapshot_sha256=hashlib.sha256(identity.encode()).hexdigest())

    def _snapshot(self, wanted: Wanted) -> Snapshot:
        self._scan(wanted)
        with self.store.reader() as session:
            snapshot = read_snapshot(session, wanted)
        if snapshot is None:
            raise NothingCollected(
                f"there are no prices from {wanted.source} before {wanted.day}: run `coinbrief collect` first"
            )
        return snapshot

    def _scan(self, wanted: Wanted) -> None:
        """Scan the briefing's day and those since the previous briefing, as far as their scans are not current."""
        with self.store.reader() as session:
            as_of = last_day_with_bars(session, wanted.source, wanted.first_open_day)
            portfolio = portfolios.require(session, wanted.portfolio)
            previous = latest_briefing(session, portfolio.portfolio_id, before=wanted.day)
        if as_of is None:
            return
        first = as_of if previous is None else min(as_of, previous.as_of + timedelta(days=1))
        first = max(first, as_of - timedelta(days=MOST_DAYS_SCANNED - 1))
        for offset in range((as_of - first).days + 1):
            scan_if_changed(self.store, scope_of(wanted, first + timedelta(days=offset)), self.clock)

    def _stored(self, snapshot: Snapshot, sha256: str) -> BriefingRow | None:
        with self.store.reader() as session:
            return find_snapshot(session, snapshot.portfolio_id, snapshot.day, snapshot.edition, sha256)

    def _write(self, snapshot: Snapshot, material: Material) -> tuple[Briefing, Report]:
        safe = safe_sentences(snapshot, material.claims)
        template = self._template(material, safe)
        writer, report, sections = Writer("template", "template"), Report(), template
        if self.model is not None:
            writer, report, sections = self._write_with_model(self.model, material, template)
        briefing = self._assembled(snapshot, material, sections, writer)
        if writer.step not in {"template", "fallback"} and check_briefing(briefing, frozenset(safe.values())):
            writer = Writer("template", "fallback", writer.prompt_sha256, ("The model's text failed the last check.",))
            briefing = self._assembled(snapshot, material, template, writer)
        return self._checked(briefing, safe), report

    def _template(self, material: Material, safe: Mapping[SectionKey, str]) -> tuple[Section, ...]:
        as_of = material.snapshot.as_of
        return write_template(material.claims, material.entities, as_of, safe, material.tables, self.profile)

    def _checked(self, briefing: Briefing, safe: Mapping[SectionKey, str]) -> Briefing:
        """The briefing without what fails its check; raises Unpublishable if the rest does not pass either."""
        allowed = frozenset(safe.values())
        violations = check_briefing(briefing, allowed)
        if not violations:
            return briefing
        LOG.error("left out of %s: %s", briefing.briefing_id, "; ".join(item.detail for item in violations))
        reduced = without_failures(briefing, allowed)
        if left := check_briefing(reduced, allowed):
            raise Unpublishable(f"the briefing failed its own check and is not published: {left[0].detail}")
        return reduced

    def _write_with_model(
        self, model: LanguageModel, material: Material, template: tuple[Section, ...]
    ) -> tuple[Writer, Report, tuple[Section, ...]]:
        written = write_sections(
            model,
            material.claims,
            material.entities,
            material.snapshot.as_of,
            template=lambda: template,
            options=Options(self.profile, self.max_input_tokens, self.share_amounts, material.snapshot_sha256),
        )
        sections = tuple(
            Section(key, written.sentences.get(key, ()), material.tables.get(key, ()))
            for key in self.profile.order
            if written.sentences.get(key) or key in material.tables
        )
        return written.writer, written.report, sections

    def _assembled(
        self, snapshot: Snapshot, material: Material, sections: tuple[Section, ...], writer: Writer
    ) -> Briefing:
        with self.store.reader() as session:
            revision = next_revision(session, snapshot.portfolio_id, snapshot.day, snapshot.edition)
        return Briefing(
            briefing_id=briefing_id(snapshot.portfolio_id, snapshot.day, snapshot.edition, revision),
            portfolio=snapshot.portfolio,
            day=snapshot.day,
            edition=snapshot.edition,
            revision=revision,
            as_of=snapshot.as_of,
            written_at=self.clock().replace(microsecond=0),
            headline=headline(material),
            sections=sections,
            claims=material.claims,
            facts=tuple(material.facts.values()),
            entities=_used_entities(material),
            writer=writer,
            verifier_version=VERSION,
            snapshot_sha256=material.snapshot_sha256,
            attributions=material.attributions,
            chart=material.chart,
            profile=self.profile,
        )

    def _save(self, briefing: Briefing, report: Report, portfolio_id: int) -> Briefing:
        """Store the briefing with its mails; what another process has stored meanwhile stays, and is built upon."""
        row = briefing_row(briefing, portfolio_id, report_json(report))
        facts = [fact_row(briefing.briefing_id, fact) for fact in briefing.facts]
        messages = self.outgoing(briefing, portfolio_id)
        with self.store.writer() as session:
            same = find_snapshot(session, portfolio_id, briefing.day, briefing.edition, briefing.snapshot_sha256)
            revision = next_revision(session, portfolio_id, briefing.day, briefing.edition)
            if same is None and revision == briefing.revision:
                stored = save_briefing(session, row, facts)
                record_calls(session, [call_row(briefing.briefing_id, call) for call in self.calls()])
                for message in messages:
                    enqueue(session, message, self.clock())
                return parse_briefing(stored.document)
        if same is None:
            return self._save(_renumbered(briefing, portfolio_id, revision), report, portfolio_id)
        with self.store.writer() as session:
            record_calls(session, [call_row(same.briefing_id, call) for call in self.calls()])
        self._queue(parse_briefing(same.document), portfolio_id)
        return parse_briefing(same.document)

    def _queue(self, briefing: Briefing, portfolio_id: int) -> None:
        messages = self.outgoing(briefing, portfolio_id)
        if messages:
            with self.store.writer() as session:
                for message in messages:
                    enqueue(session, message, self.clock())


def briefing_id(portfolio_id: int, day: date, edition: str, revision: int) -> str:
    """The id of a briefing: p1-2025-10-11-daily-1."""
    return f"p{portfolio_id}-{day.isoformat()}-{edition}-{revision}"


def _renumbered(briefing: Briefing, portfolio_id: int, revision: int) -> Briefing:
    new_id = briefing_id(portfolio_id, briefing.day, briefing.edition, revision)
    return replace(briefing, revision=revision, briefing_id=new_id)


def rebuild(briefing: Briefing) -> Briefing:
    """The briefing as the template writes it from its own stored claims; byte for byte the same if it wrote it."""
    tables = {section.key: section.tables for section in briefing.sections if section.tables}
    safe = {
        section.key: section.sentences[0].text
        for section in briefing.sections
        if section.sentences and not section.sentences[0].claim_ids
    }
    entities = {entity.subject: entity for entity in briefing.entities}
    sections = write_template(briefing.claims, entities, briefing.as_of, safe, tables, briefing.profile)
    writer = briefing.writer if briefing.writer.name == "template" else Writer("template", "template")
    return replace(briefing, sections=sections, writer=writer)


def report_json(report: Report) -> str:
    """How the text came about, for the record: outcomes and broken rules, never a model's words."""
    attempts = [
        {
            "outcome": attempt.outcome,
            "faults": [asdict(fault) for fault in attempt.faults],
            "input_tokens": None if attempt.result is None else attempt.result.usage.input_tokens,
            "output_tokens": None if attempt.result is None else attempt.result.usage.output_tokens,
            "request_id": None if attempt.result is None else attempt.result.request_id,
        }
        for attempt in report.attempts
    ]
    return json.dumps({"attempts": attempts, "left_out": report.left_out, "withheld": report.withheld})


def _used_entities(material: Material) -> tuple[Entity, ...]:
    subjects = {fact.subject for fact in material.facts.values()} | {fact.other for fact in material.facts.values()}
    return tuple(entity for subject, entity in material.entities.items() if subject in subjects)
