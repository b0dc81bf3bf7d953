"""Assets that a provider refuses: the others are still fetched, and the refusals are told at the end. Pure."""

from typing import Final

from datasources.errors import BadRequest

REFUSALS_TO_STOP: Final = 5
_NAMED: Final = 20


class Refusals:
    """The assets of one fetch that were refused as such, as a delisted one is.

    Five in a row are more than assets that are gone: something is wrong with the requests, and more would be wasted.
    """

    def __init__(self, source: str, asked: int) -> None:
        self._source = source
        self._asked = asked
        self._refused: list[str] = []
        self._in_a_row = 0
        self._first: BadRequest | None = None

    def refused(self, asset_id: str, refusal: BadRequest) -> None:
        """Note a refusal; raises `BadRequest` for the fifth in a row."""
        self._first = self._first or refusal
        self._refused.append(asset_id)
        self._in_a_row += 1
        if self._in_a_row == REFUSALS_TO_STOP:
            self.check()

    def answered(self) -> None:
        """Note that the provider gave what was asked for."""
        self._in_a_row = 0

    def check(self) -> None:
        """Raise `BadRequest` if anything was refused; it says what, and what was said about the first."""
        if self._first is None:
            return
        if self._asked == 1:
            raise self._first
        names = ", ".join(self._refused[:_NAMED]) + (" ..." if len(self._refused) > _NAMED else "")
        message = f"{len(self._refused)} of {self._asked} assets were refused: {names}; the first with: {self._first}"
        raise BadRequest(self._source, message)
