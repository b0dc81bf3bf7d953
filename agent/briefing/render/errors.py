"""Why a briefing could not be shown.

CoinbriefError
└── RenderError         the briefing or an argument cannot be shown as it is
    └── MissingExtra    an optional package is not installed; the caller can go on without that part
"""

from agent.errors import CoinbriefError


class RenderError(CoinbriefError):
    """A briefing could not be rendered; nothing was written."""


class MissingExtra(RenderError):
    """An optional package is not installed; the message names the extra that brings it."""

    def __init__(self, package: str, extra: str, part: str) -> None:
        super().__init__(
            f"{part} needs {package}, which is not installed: install coinbrief[{extra}] or go without {part}"
        )
        self.package = package
        self.extra = extra
