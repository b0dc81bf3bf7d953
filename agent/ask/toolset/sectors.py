"""Sectors of the market by what their median coin did."""

from collections.abc import Iterator, Mapping, Sequence

from agent.analytics.signals.sector_figures import SECTOR_DAYS
from agent.ask.arguments import Sectors
from agent.ask.toolset.breadth import trait_columns
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.result import Finding
from agent.ask.toolset.rows import cross_section
from agent.briefing.facts.sectors import (
    SECTOR_WINDOWS,
    SECTORS,
    SectorReturns,
    sector_formula,
    sector_print_name,
    sector_returns,
)
from agent.briefing.tracing import derivation
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import Metric, RowRange, Unit

_SECTION = SectionKey.MARKET
_WORDED_RANKS = 10
_NAMED = 8  # sectors that a note names


def sectors(ledger: Ledger, wish: Sectors) -> Finding:
    """The strongest or the weakest sectors and the first of the other end, or one sector over both windows."""
    read = ledger.read
    closes = read.market(read.market_day, SECTOR_DAYS)
    measured = sector_returns(closes.close, trait_columns(read, closes), SECTOR_WINDOWS)
    known = measured.get(wish.window)
    if known is None or not known.names:
        return Finding(as_of=read.market_day, notes=("too few coins have a sector and a price to compare any",))
    found = _Sectors(ledger, measured)
    rows = len(known.names)
    if wish.sector is None:
        drafts, notes = list(found.leaders(wish)), found.unsaid(wish)
    else:
        names = _matching(wish.sector, measured)
        if len(names) != 1:
            return Finding(as_of=read.market_day, rows=rows, universe=_universe(rows), notes=(_unclear(names, known),))
        drafts, notes = list(found.one(names[0], wish.window)), ()
    return Finding(ledger.claims(drafts), read.market_day, rows, _universe(rows), notes=notes)


class _Sectors:
    """The sectors of the last day, by window."""

    def __init__(self, ledger: Ledger, measured: Mapping[str, SectorReturns]) -> None:
        self._ledger, self._measured = ledger, measured
        self._closes = ledger.read.market(ledger.read.market_day, SECTOR_DAYS)
        self._days: dict[int, RowRange] = {}

    def leaders(self, wish: Sectors) -> Iterator[Draft]:
        """The first ones of an end, and the single first of the other; those that cannot be named are left out."""
        returns, from_bottom = self._measured[wish.window], wish.end == "bottom"
        for number, place in enumerate(self._first(wish)):
            if sector_print_name(returns.names[place]):
                yield self._leader(wish.window, place, 0.9 - number / 100, from_bottom=from_bottom)
        last = returns.order(from_bottom=not from_bottom)[0]
        if last not in self._first(wish) and sector_print_name(returns.names[last]):
            yield self._leader(wish.window, last, 0.7, from_bottom=not from_bottom)

    def unsaid(self, wish: Sectors) -> tuple[str, ...]:
        """How many of the first ones have a name that is not fit to be printed."""
        names = [self._measured[wish.window].names[place] for place in self._first(wish)]
        count = sum(1 for name in names if not sector_print_name(name))
        return (f"the names of {count} of the {len(names)} cannot be printed",) if count else ()

    def _first(self, wish: Sectors) -> Sequence[int]:
        return self._measured[wish.window].order(from_bottom=wish.end == "bottom")[: wish.count]

    def one(self, sector: str, window: str) -> Iterator[Draft]:
        """A sector over every window, and its place over one of them, counted from the nearer end."""
        for each, returns in self._measured.items():
            if sector in returns.names:
                key = self._fact(each, returns.names.index(sector))
                yield Draft("sector_change", ClaimKind.CHANGE, _SECTION, (key,), 0.9 if each == window else 0.8)
        returns = self._measured[window]
        if sector in returns.names:
            place = returns.names.index(sector)
            from_bottom = returns.order().index(place) * 2 >= len(returns.names)
            yield from self._ranked(window, place, 0.85, from_bottom=from_bottom)

    def _leader(self, window: str, place: int, salience: float, *, from_bottom: bool) -> Draft:
        """A sector's place, or what it did where it has none of its own."""
        ranked = tuple(self._ranked(window, place, salience, from_bottom=from_bottom))
        if ranked:
            return ranked[0]
        return Draft("sector_change", ClaimKind.CHANGE, _SECTION, (self._fact(window, place),), salience)

    def _ranked(self, window: str, place: int, salience: float, *, from_bottom: bool) -> Iterator[Draft]:
        returns = self._measured[window]
        rank = returns.rank(place, from_bottom=from_bottom)
        if rank is not None and rank <= _WORDED_RANKS:
            size = {"universe": SECTORS, "universe_size": len(returns.names)}
            key = self._fact(window, place, **size, rank=rank, rank_from_bottom=from_bottom or None)
            yield Draft("sector_rank", ClaimKind.RANK, _SECTION, (key,), salience)

    def _fact(self, window: str, place: int, **details: object) -> str:
        returns = self._measured[window]
        return self._ledger.add(
            f"sector:{returns.names[place]}",
            Metric.SECTOR_CHANGE,
            Unit.PCT,
            float(returns.changes_pct[place]),
            derivation("median", sector_formula(returns.days), self._day(0), self._day(returns.days)),
            as_of=self._closes.last,
            window=window,
            **details,
        )

    def _day(self, back: int) -> RowRange:
        """The closes of a day, so many before the last."""
        if back not in self._days:
            self._days[back] = cross_section(self._closes, -1 - back)
        return self._days[back]


def _matching(text: str, measured: Mapping[str, SectorReturns]) -> Sequence[str]:
    """The sectors that a text may mean, without case: of this name or its initials, else with its words.

    A part of a word means nothing: `ai` is not in Binance Smart Chain.
    """
    names = sorted({name for returns in measured.values() for name in returns.names if sector_print_name(name)})
    wanted = _plain(text)
    exact = [name for name in names if wanted in _spellings(name)]
    return exact or [name for name in names if any(f" {wanted} " in f" {spelling} " for spelling in _spellings(name))]


def _spellings(name: str) -> tuple[str, ...]:
    """A sector's stored name, its short form in parentheses, what it is called in text, and its initials."""
    short, printed = name.rpartition("(")[2].rstrip(")"), sector_print_name(name) or name
    initials = "".join(word[0] for word in _plain(printed).split())
    return tuple(_plain(spelling) for spelling in (name, short, printed, initials) if len(spelling) > 1)


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("-", " ").split())


def _unclear(names: Sequence[str], known: SectorReturns) -> str:
    """Which sectors a text may mean, or which there are, the strongest first."""
    every = names or [known.names[place] for place in known.order()]
    shown = [name for name in map(sector_print_name, every) if name]
    listed = ", ".join(shown[:_NAMED]) + (" ..." if len(shown) > _NAMED else "")
    return f"{'several sectors have that in their name' if names else 'no sector has that name; there are'}: {listed}"


def _universe(count: int) -> str:
    return f"{count:,} sector{'' if count == 1 else 's'}"
