"""How old the data is, where it comes from, and how its last collections ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from agent.briefing.gather import last_day_with_bars
from agent.briefing.render.wording import source_text
from agent.store.runs import RunRow, RunStatus, last_attempts, latest_runs
from agent.store.sources import attributions

BARS = "daily_bars"


@dataclass(frozen=True, slots=True)
class Freshness:
    """The state of the stored data of the sources in use.

    `as_of` is the last full day with prices, None if there is none; `checked_at` when the source last gave all the
    daily prices it was asked for; `runs` the last collection of each kind.
    """

    source: str
    source_name: str
    attributions: tuple[str, ...]
    is_invented: bool
    as_of: date | None
    expected_as_of: date
    checked_at: datetime | None
    runs: tuple[RunRow, ...]

    @property
    def days_late(self) -> int:
        """How many full days are missing at the end."""
        return 0 if self.as_of is None else (self.expected_as_of - self.as_of).days

    @property
    def failures(self) -> tuple[RunRow, ...]:
        """The kinds whose last collection failed or was cut short."""
        unwell = {RunStatus.FAILED.value, RunStatus.PARTIAL.value, RunStatus.REJECTED.value}
        return tuple(run for run in self.runs if run.status in unwell)


def read_freshness(session: Session, source: str, others: Sequence[str], today: date) -> Freshness:
    """Read the state of the sources' data on a day."""
    attempts = last_attempts(session, source)
    good = [past.last_ok for past in attempts if past.kind.partition("/")[0] == BARS and past.last_ok is not None]
    known = attributions(session)
    named = tuple(dict.fromkeys(text for name in (source, *others) if (text := known.get(name))))
    return Freshness(
        source=source,
        source_name=_name(source),
        attributions=named,
        is_invented=source == "sandbox" or any("invented" in text.lower() for text in named),
        as_of=last_day_with_bars(session, source, today),
        expected_as_of=today - timedelta(days=1),
        checked_at=max((run.finished_at for run in good if run.finished_at is not None), default=None),
        runs=tuple(run for name in (source, *others) for run in latest_runs(session, name)),
    )


def _name(source: str) -> str:
    name = source_text(source).partition(" (")[0]
    return name[:1].upper() + name[1:]
