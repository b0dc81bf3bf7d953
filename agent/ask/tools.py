"""How a tool call went, and the assets that a text may mean."""

from dataclasses import dataclass
from enum import StrEnum


class ToolStatus(StrEnum):
    """How a tool call went."""

    OK = "ok"
    EMPTY = "empty"  # the subject is known, the data has nothing on it
    UNKNOWN = "unknown"  # no such asset in the data
    AMBIGUOUS = "ambiguous"  # several assets fit; `note` lists them
    REJECTED = "rejected"  # no such tool, or arguments it does not take
    FAILED = "failed"  # the data could not be read


@dataclass(frozen=True, slots=True)
class Candidate:
    """An asset that a text may mean; `name` is printable.

    `rank` by market value and the market value help to choose; None where they are not known.
    """

    asset_id: int
    name: str
    symbol: str | None = None
    rank: int | None = None
    market_value_usd: float | None = None

    @property
    def label(self) -> str:
        """The candidate as a reader is asked about it."""
        return f"{self.name} (id {self.asset_id})"
