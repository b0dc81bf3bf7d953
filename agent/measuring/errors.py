"""Why something could not be measured.

CoinbriefError
└── MeasuringError
    ├── NoPrices         there is not a single price to measure
    ├── NothingHeld      the portfolio is empty
    ├── AssetNotFound    a text means no asset, or more than one; `candidates` are those it may mean
    └── WrongArgument    a number or a word that cannot be what was meant
"""

from collections.abc import Sequence

from agent.errors import CoinbriefError

SHOWN_CANDIDATES = 5


class MeasuringError(CoinbriefError):
    """Something could not be measured."""


class NoPrices(MeasuringError):
    """There is not a single price to measure."""


class NothingHeld(MeasuringError):
    """The portfolio holds nothing."""


class WrongArgument(MeasuringError):
    """An argument cannot be what was meant; the message says what is possible."""


class AssetNotFound(MeasuringError):
    """A text means no asset of the market's source, or more than one; `candidates` describe those it may mean."""

    def __init__(self, text: str, candidates: Sequence[str]) -> None:
        self.text = text
        self.candidates = tuple(candidates)
        if not candidates:
            advice = "`coinbrief asset find TEXT` looks further, and `coinbrief collect` may bring it"
            super().__init__(f"no asset with prices is called {text!r}: {advice}")
            return
        listed = ", ".join(candidates[:SHOWN_CANDIDATES])
        more = f" and {len(candidates) - SHOWN_CANDIDATES} more" if len(candidates) > SHOWN_CANDIDATES else ""
        super().__init__(f"{text!r} may mean {listed}{more}: write the name, or `id:NUMBER`")
