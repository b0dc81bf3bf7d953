"""What a tool found: claims with their names, over how many rows, and what could not be known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from agent.ask.tools import Candidate, ToolStatus
from agent.claims.claim import Claim
from agent.claims.fact import Entity, Fact
from agent.measuring.errors import MeasuringError

if TYPE_CHECKING:
    from agent.ask.quotes import Quote


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The answer of one tool.

    `rows` is how many assets, days or rows the figures were computed over, all of them and never a preview; `universe`
    says in words what these are. `truncated` says that there were more hits than `claims` state. `note` is for what has
    no claim: what is not known, or what is wrong with the arguments. `quotes` are passages of others, never claims.
    `candidates` are the assets to choose from where a name means several; `facts` include those that others rest on.
    """

    status: ToolStatus
    claims: tuple[Claim, ...] = ()
    facts: tuple[Fact, ...] = ()
    entities: Mapping[str, Entity] = field(default_factory=dict)
    as_of: date | None = None
    rows: int = 0
    universe: str = ""
    truncated: bool = False
    note: str = ""
    candidates: tuple[Candidate, ...] = ()
    quotes: tuple["Quote", ...] = ()


class Unresolved(MeasuringError):
    """A text means no asset or several; `candidates` are those, `note` says what was looked for."""

    def __init__(self, status: ToolStatus, note: str, candidates: tuple[Candidate, ...] = ()) -> None:
        super().__init__(note)
        self.status = status
        self.note = note
        self.candidates = candidates


@dataclass(frozen=True, slots=True)
class Finding:
    """What a family of tools gives back to the desk, which adds facts and names.

    Empty `claims` mean that the subject is known and the data has nothing on it.
    """

    claims: tuple[Claim, ...] = ()
    as_of: date | None = None
    rows: int = 0
    universe: str = ""
    truncated: bool = False
    notes: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    quotes: tuple["Quote", ...] = ()
