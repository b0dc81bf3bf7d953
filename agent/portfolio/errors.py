"""Why holdings could not be taken over, or a classification not be read.

    CoinbriefError
    ├── HoldingsError
    │   ├── UnreadableHoldings     the file is not a CSV of holdings; no asset has been looked up
    │   └── UnresolvedHoldings     the file is fine, but some line does not mean exactly one asset
    └── UnreadableClassification   a row of the classification of assets is not what it must be

Either way nothing is taken over, and `problems` lists everything there is to put right.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.errors import CoinbriefError

SHOWN_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right; `row` counts the file's lines from 1, None where the whole file or row is meant."""

    row: int | None
    column: str | None
    message: str

    def __str__(self) -> str:
        """Give the problem as one line that starts with its place."""
        places = [f"row {self.row}"] if self.row else []
        places += [f"column {self.column}"] if self.column else []
        return f"{', '.join(places)}: {self.message}" if places else self.message


class HoldingsError(CoinbriefError):
    """The holdings cannot be used; nothing was imported."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = [f"{count} in the holdings, nothing was imported:"]
        lines += [f"  {problem}" for problem in problems[:SHOWN_PROBLEMS]]
        if len(problems) > SHOWN_PROBLEMS:
            lines.append(f"  and {len(problems) - SHOWN_PROBLEMS} more")
        super().__init__("\n".join(lines))
        self.problems = tuple(problems)


class UnreadableHoldings(HoldingsError):
    """The file does not say what is held."""


class UnresolvedHoldings(HoldingsError):
    """Some line means no asset, or more than one."""


class UnreadableClassification(CoinbriefError):
    """The file is not what it must be; `problems` name the row (from 1) and the column of each fault."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("the classification cannot be read:\n" + "\n".join(f"  {each}" for each in self.problems))
