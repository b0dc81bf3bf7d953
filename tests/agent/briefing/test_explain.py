"""What an explanation calls the figure that it explains."""

import pytest

from agent.briefing.explain import Explanation
from agent.claims.fact import Metric, Unit
from tests.agent.claims.verify.world import fact


@pytest.mark.parametrize(
    ("metric", "qualifier", "measure"),
    [
        (Metric.TRAIT_SHARE, "tier by market value", "trait share (tier by market value)"),
        (Metric.REWEIGHTED, "volatility", "reweighted (volatility)"),
        (Metric.HIT_RATE, "golden_cross", "hit rate (golden cross)"),
        (Metric.BASE_RATE, "golden_cross", "base rate (golden cross)"),
        (Metric.EXCESS_RETURN, "golden_cross", "excess return (golden cross)"),
        (Metric.GRADE_SPREAD, "long_term", "grade spread (long term)"),
        (Metric.MEAN, "own_grade:short_term", "mean (own grade, short term)"),
        (Metric.STRESS_CHANGE, None, "stress change"),
        (Metric.TRADING_SIGNAL, "bullish", "trading signal"),
    ],
)
def test_a_measure_says_what_it_is_of_where_the_metric_alone_does_not(
    metric: Metric, qualifier: str | None, measure: str
) -> None:
    made = fact("f", "portfolio:1", metric, Unit.PCT, "1", qualifier=qualifier)
    assert Explanation("p1-2025-10-10", made, (), (), ()).measure == measure
