import pytest

from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure


def test_a_figure_is_a_value_or_a_reason() -> None:
    assert Figure.of(1.5, "unknown") == Figure(1.5, None)
    assert Figure.of(float("nan"), "needs 90 days") == Figure(None, "needs 90 days")
    assert Figure.missing("no price") == Figure(None, "no price")


@pytest.mark.parametrize(("value", "reason"), [(1.0, "why"), (None, None), (None, ""), (float("nan"), None)])
def test_anything_else_is_refused(value: float | None, reason: str | None) -> None:
    with pytest.raises(AnalyticsError):
        Figure(value, reason)
