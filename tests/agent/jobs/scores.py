"""Scores made by hand."""

from agent.analytics.figure import Figure
from agent.analytics.scorecard.bootstrap import Estimate
from agent.analytics.scorecard.signal_score import SignalScore


def estimate(value: float) -> Estimate:
    near = Figure(value, None)
    return Estimate(near, Figure(value - 0.1, None), Figure(value + 0.1, None), Figure(1.0, None), Figure(0.3, None))


def signal_score(name: str, *, horizon_days: int, hit_rate: float, base_rate: float, windows: int) -> SignalScore:
    """A score whose base rate rests on so many windows that it stands as it is."""
    return SignalScore(
        name=name,
        direction=-1,
        horizon_days=horizon_days,
        sample_size=2 * windows,
        days=windows,
        windows=windows,
        left_early=0,
        hit_rate=estimate(hit_rate),
        base_rate=Figure(base_rate, None),
        base_windows=10_000_000,
        mean_return=estimate(0.01),
        mean_excess=estimate(0.01),
        mean_excess_bitcoin=Estimate.missing("no close of Bitcoin on the days on which it fired"),
        adjusted_p_value=Figure(0.9, None),
        tests=3,
    )
