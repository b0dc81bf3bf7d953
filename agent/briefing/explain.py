"""Where a published figure comes from: its fact, its formula, and the stored rows behind it as they are now."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session

from agent.briefing.archive import parse_fact
from agent.claims.fact import Fact, FactRef, Metric, RowRange, RowRef
from agent.claims.naming import printable_name
from agent.errors import UnknownRow
from agent.store.assets import get_assets
from agent.store.facts import find_fact
from agent.store.reading import read_range, read_row

DEEPEST = 3
_QUALIFIED = frozenset(
    {
        *(Metric.GRADE, Metric.GRADE_PREVIOUS, Metric.OWN_GRADE, Metric.OWN_GRADE_PREVIOUS, Metric.TOP_SHARE),
        *(Metric.VALUE_LOCKED, Metric.SIGNAL_CONFIDENCE, Metric.SIGNAL_CASES, Metric.MATCHES, Metric.MEAN),
        *(Metric.DIFFERENCE, Metric.TIMES, Metric.SUM, Metric.WHAT_IF, Metric.REWEIGHTED, Metric.LAST_COLLECTED),
        *(Metric.TRAIT_SHARE, Metric.HIT_RATE, Metric.BASE_RATE, Metric.FIRINGS, Metric.EXCESS_RETURN),
        *(Metric.GRADE_CORRELATION, Metric.GRADE_SPREAD, Metric.GRADE_HIT_RATE, Metric.GRADE_DAYS),
        Metric.SPLIT_DAYS,
    }
)


@dataclass(frozen=True, slots=True)
class TracedRow:
    """A stored row that went in: the value it had and the value it has now (None if the row is not there)."""

    reference: RowRef
    now: str | None

    @property
    def has_changed(self) -> bool:
        """Whether the source has restated the row since."""
        return self.now != self.reference.value


@dataclass(frozen=True, slots=True)
class TracedRange:
    """A run of stored values that went in, by day as they are now."""

    reference: RowRange
    days: tuple[str, ...]
    values: tuple[str | None, ...]
    has_changed: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """A fact with its inputs; the facts it was computed from are explained in turn."""

    document_id: str
    fact: Fact
    rows: tuple[TracedRow, ...]
    ranges: tuple[TracedRange, ...]
    facts: tuple["Explanation", ...]
    subject: str = ""  # in words

    @property
    def measure(self) -> str:
        """What the fact measures, in words: its metric, with what it is of where the metric alone does not say."""
        fact = self.fact
        metric, qualifier = fact.metric.value.replace("_", " "), (fact.qualifier or "").replace("_", " ")
        if fact.metric in _QUALIFIED and qualifier:
            return f"{metric} ({qualifier.replace(':', ', ')})"
        return metric

    @property
    def has_changed(self) -> bool:
        """Whether any stored row behind the fact reads differently now."""
        return (
            any(row.has_changed for row in self.rows)
            or any(span.has_changed for span in self.ranges)
            or any(part.has_changed for part in self.facts)
        )


def explain_fact(session: Session, fact_id: str, document_id: str | None = None) -> Explanation:
    """Trace a fact of a document, or of the latest document that has it; raises UnknownRow if there is none."""
    return _explained(session, fact_id, document_id, 0)


def _explained(session: Session, fact_id: str, document_id: str | None, depth: int) -> Explanation:
    stored = find_fact(session, fact_id, document_id)
    if stored is None:
        raise UnknownRow(f"there is no fact {fact_id!r}: ids are printed with `coinbrief brief --facts`")
    fact = parse_fact(stored.payload)
    inputs = fact.derivation.inputs
    return Explanation(
        stored.document_id,
        fact,
        tuple(_row(session, item) for item in inputs if isinstance(item, RowRef)),
        tuple(_range(session, item) for item in inputs if isinstance(item, RowRange)),
        tuple(_parts(session, inputs, stored.document_id, depth)),
        _subject(session, fact.subject),
    )


def _subject(session: Session, subject: str) -> str:
    kind, _, key = subject.partition(":")
    if kind != "asset":
        return subject.replace(":", " ")
    asset = get_assets(session, [int(key)]).get(int(key))
    return f"asset {key}" if asset is None else f"{printable_name(asset.name, asset.symbol, int(key))} (asset {key})"


def _parts(
    session: Session, inputs: tuple[RowRef | RowRange | FactRef, ...], document_id: str, depth: int
) -> Iterator[Explanation]:
    for item in inputs:
        if isinstance(item, FactRef) and depth < DEEPEST:
            yield _explained(session, item.fact_id, document_id, depth + 1)


def _row(session: Session, reference: RowRef) -> TracedRow:
    row = read_row(session, reference.table, reference.key)
    return TracedRow(reference, None if row is None else row.values.get(reference.column))


def _range(session: Session, reference: RowRange) -> TracedRange:
    if not reference.rows:
        return TracedRange(reference, (), (), has_changed=False)
    found = read_range(session, reference.table, reference.key, reference.column, reference.first, reference.last)
    days = tuple(day.isoformat() for day in found.days)
    return TracedRange(reference, days, found.values, has_changed=found.sha256 != reference.sha256)
