"""What can be wrong with the file that says which asset is which.

CoinbriefError
└── IdentityError
    ├── OverridesError     the file cannot be read; `problems` lists everything there is to put right
    └── OverridesRefused   the file is fine, but what it asks for would lose stored data; nothing was moved
"""

from collections.abc import Sequence
from pathlib import Path

from agent.errors import CoinbriefError


class IdentityError(CoinbriefError):
    """The overrides cannot be followed."""

    def __init__(self, title: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join([title, *(f"  {problem}" for problem in problems)]))


class OverridesError(IdentityError):
    """The file of overrides is not what it should be."""

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        super().__init__(f"the identity file {path} cannot be used:", problems)


class OverridesRefused(IdentityError):
    """Overrides name keys under which something is stored already."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("the identity file asks for what cannot be done without losing data:", problems)
