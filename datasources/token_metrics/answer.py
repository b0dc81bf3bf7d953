"""What a row of one answer is judged against: its time, what was asked for, and what only the call says."""

from dataclasses import dataclass

from datasources.context import Context


@dataclass(frozen=True, slots=True)
class AnswerContext(Context):
    """When an answer came and what its call asked for.

    `index_id` is the one index a call was about: its rows may not name it. `active` tells which of the two lists of
    indices was asked for. `first_rank` is the place of the first row in a ranked listing.
    """

    index_id: str | None = None
    active: bool | None = None
    first_rank: int = 1
