"""Which briefing or answer is wanted: whose, for when, and from which sources."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which briefing: whose, for which day and edition, from which source, with sentiment from where else.

    `day` is the reader's; `before` the first UTC day that was not over then, the same day unless given.
    """

    portfolio: str
    day: date
    edition: str
    source: str
    other_sources: tuple[str, ...] = ()
    before: date | None = None
    price_chain: tuple[str, ...] = ()  # the sources of daily prices, the market's own first
    tolerance_pct: float = 2.0  # how far their closes may differ
    capped: tuple[str, ...] = ()  # the sources whose credits are counted: only these leave anything out

    @property
    def first_open_day(self) -> date:
        """The first UTC day whose close is not known yet."""
        return self.before or self.day
