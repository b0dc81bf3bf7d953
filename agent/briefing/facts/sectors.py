"""Facts about sectors: which of them were the strongest and the weakest by the return of their median coin."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.signals.sector_figures import LEAST_RANKED, LONG_DAYS, SECTOR_DAYS, SHORT_DAYS
from agent.analytics.signals.sectors import measure_sectors
from agent.briefing.facts.breadth import closes_of_day, own_columns
from agent.briefing.snapshot import Snapshot
from agent.briefing.tracing import derivation
from agent.briefing.trait_columns import TraitColumns
from agent.claims.book import FactBook
from agent.claims.fact import Entity, Metric, Unit
from agent.claims.naming import printable_name

SECTORS = "sectors"  # the universe of their ranks
SECTOR_WINDOWS: Mapping[str, int] = {"7d": SHORT_DAYS, "30d": LONG_DAYS}
_USUAL = "30d"
_PARENTHESES = re.compile(r" *\([^()]*\)$")
_LONE_NUMBER = re.compile(r" (?=\d+(?: |$))")
_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_COINS = re.compile(r"[ -]coins$", re.IGNORECASE)
_NAMELESS = printable_name("", "", 0)


@dataclass(frozen=True, slots=True)
class SectorReturns:
    """Sectors with a known return over `days`, by name, with the return of their median coin in per cent."""

    days: int
    names: tuple[str, ...]
    changes_pct: Floats

    def rank(self, place: int, *, from_bottom: bool = False) -> int | None:
        """The rank of a sector, 1 the first; None if it is shared, or among fewer than four sectors."""
        better = self.changes_pct if from_bottom else -self.changes_pct
        if len(self.names) < LEAST_RANKED or int((better == better[place]).sum()) > 1:
            return None
        return 1 + int((better < better[place]).sum())

    def order(self, *, from_bottom: bool = False) -> tuple[int, ...]:
        """The places of the sectors, the best first, or from the other end."""
        order: list[int] = np.argsort(self.changes_pct if from_bottom else -self.changes_pct, kind="stable").tolist()
        return tuple(order)


def sector_returns(
    close: Floats, columns: TraitColumns, windows: Iterable[str] = (_USUAL,)
) -> dict[str, SectorReturns]:
    """Measure every sector on the last day of closes, days x assets in USD, by window; none without a known sector."""
    names, membership = columns.sectors()
    if not names or not len(close):
        return {}
    figures = measure_sectors(close[-SECTOR_DAYS:], membership, last_day=True)
    found = {}
    for window in windows:
        days = SECTOR_WINDOWS[window]
        values = (figures.return_7d if days == SHORT_DAYS else figures.return_30d)[-1]
        known = np.flatnonzero(np.isfinite(values))
        found[window] = SectorReturns(days, tuple(names[place] for place in known.tolist()), values[known] * 100)
    return found


def sector_print_name(sector: str) -> str | None:
    """What a sector is called in text; None if nothing safe is left of its name.

    Providers add a short form in parentheses, which is not part of the name. A number is tied to the word before it
    (`Layer 1 (L1)` is Layer-1), the words of a key are set apart (`artificial-intelligence`), and of what would read as
    a number of coins the last word is left out (`privacy coins` is Privacy).
    """
    words = " ".join(_unabbreviated(sector.split("-"))) if _KEY.fullmatch(sector) else _PARENTHESES.sub("", sector)
    name = _LONE_NUMBER.sub("-", words)
    found = (printable_name(text, "", 0) for text in (name, _COINS.sub("", name)))
    return next((printed for printed in found if printed != _NAMELESS), None)


def _unabbreviated(words: list[str]) -> list[str]:
    """The words of a key without a last one that only shortens the others: `decentralized-finance-defi`."""
    return words[:-1] if len(words) > 1 and _shortens(words[-1], words[:-1]) else words


def _shortens(short: str, words: list[str]) -> bool:
    """Whether a text is made of the beginnings of the words, in order, at least a letter of each."""
    if not words:
        return not short
    first, *rest = words
    return any(
        short[:length] == first[:length] and _shortens(short[length:], rest)
        for length in range(1, min(len(short), len(first)) + 1)
    )


def sector_formula(days: int) -> str:
    """How the return of a sector is computed."""
    return f"median of the {days}-day changes of the coins that the source puts in the sector x 100"


@dataclass(frozen=True, slots=True)
class SectorLeader:
    """The one strongest or the one weakest sector."""

    sector: str
    name: str
    change_pct: float
    ranked: int
    from_bottom: bool

    @property
    def subject(self) -> str:
        """Its fact subject."""
        return f"sector:{self.sector}"


def sector_leaders(snapshot: Snapshot) -> tuple[SectorLeader, ...]:
    """The strongest and the weakest sector of 30 days, without one that shares its place or has no safe name."""
    returns = sector_returns(snapshot.prices.market_close, own_columns(snapshot)).get(_USUAL)
    if returns is None:
        return ()
    found = []
    for from_bottom in (False, True):
        for place in returns.order(from_bottom=from_bottom)[:1]:
            sector = returns.names[place]
            name = sector_print_name(sector)
            if name is not None and returns.rank(place, from_bottom=from_bottom) == 1:
                change = float(returns.changes_pct[place])
                found.append(SectorLeader(sector, name, change, len(returns.names), from_bottom))
    return tuple(found)


def leader_entities(leaders: Iterable[SectorLeader], taken: Mapping[str, Entity]) -> dict[str, Entity]:
    """What these sectors are called; without those that have a name already, or whose name something else has."""
    names = {entity.name for entity in taken.values()}
    found: dict[str, Entity] = {}
    for leader in leaders:
        if leader.subject not in taken and leader.name not in names:
            names.add(leader.name)
            found[leader.subject] = Entity(leader.subject, leader.name)
    return found


def add_sector_facts(
    book: FactBook, snapshot: Snapshot, leaders: Iterable[SectorLeader], entities: Mapping[str, Entity]
) -> None:
    """Draft the change of these sectors with their rank; of one that has no name among `entities`, nothing is said."""
    named = [leader for leader in leaders if leader.subject in entities]
    rows = [closes_of_day(snapshot, row) for row in (-1, -1 - LONG_DAYS)] if named else []
    for leader in named:
        order = "lowest" if leader.from_bottom else "highest"
        formula = f"{sector_formula(LONG_DAYS)}; place 1 of {leader.ranked}, {order} first"
        book.add(
            sector_key(leader.subject, from_bottom=leader.from_bottom),
            leader.subject,
            Metric.SECTOR_CHANGE,
            Unit.PCT,
            leader.change_pct,
            derivation("median", formula, *rows),
            window=_USUAL,
            universe=SECTORS,
            universe_size=leader.ranked,
            rank=1,
            rank_from_bottom=leader.from_bottom,
        )


def sector_key(subject: str, *, from_bottom: bool) -> str:
    """The draft key of a sector's rank."""
    return f"{subject}/{'weakest' if from_bottom else 'strongest'}"
