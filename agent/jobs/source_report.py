"""How the sources stand: of each kind of data the last success, its age and rows, what went wrong, what is next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from agent.jobs.budget import Decision, Verb
from agent.jobs.cadence import cadence_of
from agent.jobs.collection import Choice, Collection
from agent.store.credits import next_period_start, period_start, used
from agent.store.runs import AttemptsRow, QuarantineCount, last_attempts, quarantine_counts, requests_since
from datasources.base import Terms
from datasources.records import DataKind


@dataclass(frozen=True, slots=True)
class KindState:
    """How one kind of data from one source stands; `rows` came with the last success."""

    kind: str
    status: str  # ok, partial, failed, rejected, deferred, running, or "never" asked for
    last_success_at: datetime | None
    age_h: float | None
    rows: int | None
    error_class: str | None
    error: str | None
    next_at: datetime | None  # None where the plan leaves it out


@dataclass(frozen=True, slots=True)
class CreditState:
    """The credits of a source's month; `cap` 0 means that there is no cap, and then nothing is left to count."""

    used: int
    cap: int
    left: int | None
    start_anew_on: date


@dataclass(frozen=True, slots=True)
class SourceState:
    """How one source stands, under which terms its data may be used, and what it gave."""

    source: str
    provider: str
    attribution: str
    licence: str
    licence_url: str
    commercial_use: bool | None
    credits: CreditState
    requests_today: int
    set_aside_today: tuple[QuarantineCount, ...]
    kinds: tuple[KindState, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A source in use: its account as the settings have it, the kinds it is asked for, and what is decided of each."""

    source: str
    provider: str
    terms: Terms
    cap: int
    reset_day: int
    offered: tuple[DataKind, ...]
    decisions: Mapping[str, Decision]


def standings(collection: Collection) -> tuple[Standing, ...]:
    """What the members of a collection would do now, nobody being asked."""
    decisions = collection.decisions(Choice(patient=True))
    return tuple(
        Standing(
            source=member.name,
            provider=member.provider,
            terms=member.collector.source.terms,
            cap=member.account.cap,
            reset_day=member.account.reset_day,
            offered=member.collector.offered,
            decisions={decision.task.key: decision for name, decision in decisions if name == member.name},
        )
        for member in collection.members
    )


def source_report(session: Session, standings: Sequence[Standing], now: datetime) -> tuple[SourceState, ...]:
    """Read how the sources stand at `now`."""
    requests = requests_since(session, now.date())
    aside = quarantine_counts(session, now.date())
    return tuple(
        _source_state(
            session,
            item,
            requests.get(item.source, 0),
            tuple(count for count in aside if count.source == item.source),
            now,
        )
        for item in standings
    )


def _source_state(
    session: Session, standing: Standing, requests: int, set_aside: tuple[QuarantineCount, ...], now: datetime
) -> SourceState:
    terms = standing.terms
    gone = _used(session, standing, now.date())
    runs = {row.kind: row for row in last_attempts(session, standing.source)}
    return SourceState(
        source=standing.source,
        provider=standing.provider,
        attribution=terms.attribution,
        licence=terms.licence,
        licence_url=terms.url,
        commercial_use=terms.commercial_use,
        credits=CreditState(
            used=gone,
            cap=standing.cap,
            left=max(standing.cap - gone, 0) if standing.cap else None,
            start_anew_on=next_period_start(now.date(), standing.reset_day),
        ),
        requests_today=requests,
        set_aside_today=set_aside,
        kinds=tuple(
            _kind_state(key, runs.get(key), _next_at(key, runs.get(key), standing, now), now)
            for key in _keys(standing, runs)
        ),
    )


def _keys(standing: Standing, runs: Mapping[str, AttemptsRow]) -> list[str]:
    """The tasks of each kind that is offered, in their order, then what was collected once and is not any more."""
    known = list(dict.fromkeys([*standing.decisions, *sorted(runs)]))
    keys = []
    for kind in standing.offered:
        keys += [key for key in known if key.partition("/")[0] == kind.value] or [kind.value]
    return [*keys, *(key for key in known if key not in keys)]


def _next_at(key: str, found: AttemptsRow | None, standing: Standing, now: datetime) -> datetime | None:
    """When a task is next done: at once or later as decided, in the next slot where nothing is missing now.

    A kind that has no task yet, since its assets are not known, comes as soon as they are.
    """
    decision = standing.decisions.get(key)
    if decision is not None:
        return decision.next_at if decision.verb is Verb.RUN else None
    name, _, tier = key.partition("/")
    kind = next((kind for kind in standing.offered if kind.value == name), None)
    split = not tier and any(other.startswith(f"{name}/") for other in standing.decisions)
    if kind is None or split:
        return None
    return now if found is None or found.last_ok is None else cadence_of(kind, standing.provider).next_slot(now)


def _used(session: Session, standing: Standing, day: date) -> int:
    """What the month has used: of the account if there is a cap, else what the runs have asked."""
    if standing.cap:
        return used(session, standing.source, day, standing.reset_day)
    return requests_since(session, period_start(day, standing.reset_day)).get(standing.source, 0)


def _kind_state(key: str, found: AttemptsRow | None, next_at: datetime | None, now: datetime) -> KindState:
    good = found.last_ok if found else None
    return KindState(
        kind=key,
        status=found.last.status if found else "never",
        last_success_at=good.started_at if good else None,
        age_h=(now - good.started_at) / timedelta(hours=1) if good else None,
        rows=good.received if good else None,
        error_class=found.last.error_class if found else None,
        error=found.last.error if found else None,
        next_at=next_at,
    )
