"""What the verifier reports."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """One reason why a text may not be published.

    `code` is a short word to count by, `detail` says what the text states and what the facts hold, `text` is the
    sentence it was found in.
    """

    code: str
    detail: str
    text: str
