"""What was done to answer a question, step by step, for a reader who wants to see it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class Step:
    """One tool that was called: by whom, with which arguments (JSON text), and what it gave.

    `rows` is how many assets, days or rows were computed over, `universe` what these are.
    """

    tool: str
    arguments: str
    chosen_by: Literal["grammar", "model"]
    status: str
    claims: int
    rows: int = 0
    universe: str = ""
    truncated: bool = False
    as_of: date | None = None
    note: str = ""
