"""The errors of the analytics package.

    AnalyticsError         the arguments cannot be measured: shapes that do not fit, a window below 1, a negative amount
    +- OptimizerMissing    what is asked for needs skfolio, which is not installed

Missing data is never an error: it is NaN in an array and a stated reason in a `Figure`.
"""


class AnalyticsError(ValueError):
    """The arguments cannot be measured; the message says which one and what is expected."""


class OptimizerMissing(AnalyticsError):
    """What is asked for needs skfolio, which is an extra of its own."""

    def __init__(self) -> None:
        super().__init__("weightings, frontier and covariance estimates need skfolio: install coinbrief[optimize]")
