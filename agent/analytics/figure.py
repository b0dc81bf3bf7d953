"""A figure of a report: a value, or the reason why there is none."""

import math
from dataclasses import dataclass
from typing import Self

from agent.analytics.errors import AnalyticsError


@dataclass(frozen=True, slots=True)
class Figure:
    """Exactly one of a finite value and a stated reason; never NaN. Raises AnalyticsError otherwise."""

    value: float | None
    reason: str | None

    def __post_init__(self) -> None:
        if (self.value is None) == (not self.reason):
            raise AnalyticsError("a figure is either a value or a reason, not both and not neither")
        if self.value is not None and not math.isfinite(self.value):
            raise AnalyticsError(f"a figure must be finite, got {self.value}; state a reason instead")

    @classmethod
    def of(cls, value: float, otherwise: str) -> Self:
        """Take the value if it is finite, else the reason given in `otherwise`."""
        return cls(float(value), None) if math.isfinite(value) else cls(None, otherwise)

    @classmethod
    def missing(cls, reason: str) -> Self:
        """No value, for this reason."""
        return cls(None, reason)
