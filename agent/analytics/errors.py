"""The one error of the analytics package.

    AnalyticsError     the arguments cannot be measured: shapes that do not fit, a window below 1, a negative amount

Missing data is never an error: it is NaN in an array and a stated reason in a `Figure`.
"""


class AnalyticsError(ValueError):
    """The arguments cannot be measured; the message says which one and what is expected."""
