"""How the efficient frontier, the weightings and the walk through the history look on the terminal."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from agent.analytics.figure import Figure
from agent.analytics.optimize.interval import Interval
from agent.analytics.optimize.problem import Unknown
from agent.analytics.optimize.weighting import Weighting
from agent.cli import shown
from agent.cli.page import Page

if TYPE_CHECKING:
    from agent.analytics.optimize.covariance_comparison import CovarianceScore
    from agent.analytics.optimize.walk_forward import Track
    from agent.measuring.walking import Walk
    from agent.measuring.weighing import FrontierAnalysis

_ESTIMATORS = {"sample": "sample", "ledoit_wolf": "Ledoit-Wolf", "ewma": "EWMA"}
_METHODS = {
    "today": "Today",
    "equal": "Equal",
    "market_value": "Market value",
    "minimum_variance": "Minimum variance",
    "maximum_sharpe": "Maximum Sharpe",
    "risk_parity": "Risk parity",
    "hierarchical_risk_parity": "Hierarchical risk parity",
    "buy_and_hold": "Buy and hold",
}
_SHORT = {
    "today": "Today",
    "equal": "Equal",
    "market_value": "Value",
    "minimum_variance": "Min var",
    "maximum_sharpe": "Max SR",
    "risk_parity": "Risk par",
    "hierarchical_risk_parity": "HRP",
}


def print_frontier(found: "FrontierAnalysis") -> None:
    """The distance from the frontier, the weightings, and the walk if there was one."""
    terms = found.terms
    page = Page(
        f"Portfolio {found.portfolio} and the efficient frontier, at the close of {found.as_of} UTC "
        f"(source: {found.source})"
    )
    limit = "" if terms.max_weight_pct == 100 else f", at most {terms.max_weight_pct:g}% each"
    page.text(
        f"In-sample: weights and figures are of the same {terms.days} days from {found.first_day} on "
        f"({_ESTIMATORS[terms.estimator]} covariance{limit}). They say what would have been best, not what will be."
    )
    for left in found.left_out:
        page.text(f"Left out: {left.name} ({left.reason}).")
    if found.left_out:
        page.text(f"What follows is of the rest, {page.cell(found.covered_share, shown.share)} of the value.")
    _add_distance(page, found)
    _add_weightings(page, found)
    if isinstance(found.walk, Unknown):
        page.block("Out of sample")
        page.text(f"Not possible: {found.walk.reason}.")
    elif found.walk:
        _add_walk(page, found.walk, terms.cost_bps)
    page.print()


def _add_distance(page: Page, found: "FrontierAnalysis") -> None:
    page.block("Distance from the frontier, a year")
    away = found.distance
    if isinstance(away, Unknown):
        page.text(f"Not known: {away.reason}.")
        return
    page.figures(
        [
            ("Mean return of today's weights", shown.signed_share(away.annual_return), "arithmetic, not compounded"),
            (
                "Volatility of today's weights",
                shown.share(away.volatility),
                f"by the {_ESTIMATORS[found.terms.estimator]} covariance",
            ),
            (
                "Volatility in excess",
                page.cell(away.excess_volatility, shown.share),
                "more than the quietest mix of no less return, in percentage points",
            ),
            (
                "Return forgone",
                page.cell(away.forgone_return, shown.share),
                "less than the best mix of no more volatility, in percentage points",
            ),
        ]
    )


def _add_weightings(page: Page, found: "FrontierAnalysis") -> None:
    outcomes = {"today": found.today} | {each.method.value: each.outcome for each in found.weightings}
    page.block("Weightings of the same holdings")
    rows = [(_METHODS[name], *_measured(page, outcome)) for name, outcome in outcomes.items()]
    heading = ("", "Volatility", "Sharpe", "Diversification", "Eff. number", "Turnover")
    page.table(heading, rows)
    page.text(
        "Volatility and Sharpe ratio: a year's, at constant weights, of the days themselves. Diversification: the "
        "ratio; 1 is none. Effective number: so many equal holdings would be as concentrated. Turnover: the part of "
        "today's value to sell and buy again."
    )
    known = {name: outcome for name, outcome in outcomes.items() if isinstance(outcome, Weighting)}
    if not known:
        return
    page.block("Their weights")
    page.table(
        ("Asset", *(_SHORT[name] for name in known)),
        [
            (position.name, *(shown.share(float(outcome.weights[place])) for outcome in known.values()))
            for place, position in enumerate(found.holdings)
        ],
    )
    days = sorted({str(each.day) for each in found.market_values if each.day})
    sources = sorted({each.source for each in found.market_values if each.source})
    if "market_value" in known:
        page.text(f"Market values as of {', '.join(days)} (source: {', '.join(sources)}).")


def _measured(page: Page, outcome: Weighting | Unknown) -> tuple[str, ...]:
    if isinstance(outcome, Unknown):
        return (page.missing(outcome.reason),) * 5
    return (
        page.cell(outcome.volatility, shown.share),
        page.cell(outcome.sharpe, shown.ratio),
        page.cell(outcome.diversification_ratio, shown.ratio),
        shown.count(outcome.effective_number),
        page.cell(outcome.turnover, shown.share),
    )


def _add_walk(page: Page, walk: "Walk", cost_bps: float) -> None:
    result = walk.result
    page.block(f"Out of sample, after costs, {walk.first_day} to {walk.last_day}")
    page.text(
        f"Weighed on the {walk.window_days} days before and held for {walk.rebalance_days} days, "
        f"{len(result.rebalances)} times, at a cost of {cost_bps:g} basis points of what is traded. The weights know "
        f"nothing of what follows; the choice of assets does: {walk.note}."
    )
    heading = ("", "Return", "Volatility", "Sharpe", "Drawdown", "Turnover", "Cost a year", "Fallbacks")
    page.table(heading, [_track_row(page, track) for track in result.tracks])
    page.text(
        "Return: compounded to a year. Drawdown: the deepest. Turnover: the mean of a rebalance. Fallbacks: rebalances "
        "at which the method had no weights, and equal ones were held."
    )
    page.block("Less equal weights, with 95% intervals")
    page.table(
        ("", "Return a year, points", "Sharpe ratio"),
        [
            (
                _METHODS[each.name],
                _interval(page, each.excess_return, shown.points_of),
                _interval(page, each.excess_sharpe),
            )
            for each in result.tracks
            if each.name != "equal"
        ],
    )
    page.text("An interval that includes 0 may be chance.")
    page.text(f"Assumed: {result.note}.")
    _add_covariances(page, walk.covariances)


def _track_row(page: Page, track: "Track") -> tuple[str, ...]:
    return (
        _METHODS[track.name],
        page.cell(track.annual_return, shown.signed_share),
        page.cell(track.volatility, shown.share),
        page.cell(track.sharpe, shown.ratio),
        page.cell(track.maximum_drawdown, shown.share),
        page.cell(track.turnover, shown.share),
        page.cell(Figure.of(track.cost_per_year, "not known"), shown.share),
        str(track.fallbacks),
    )


def _add_covariances(page: Page, scores: "tuple[CovarianceScore, ...] | Unknown") -> None:
    page.block("Which covariance foretold the next 30 days best")
    if isinstance(scores, Unknown):
        page.text(f"Not known: {scores.reason}.")
        return
    page.table(
        ("", "Dates", "QLIKE", "less sample", "Frobenius", "less sample"),
        [
            (
                _ESTIMATORS[each.estimator.kind],
                str(each.dates),
                shown.ratio(each.qlike.mean),
                _interval(page, each.qlike.difference),
                shown.loss(each.frobenius.mean),
                _interval(page, each.frobenius.difference, shown.signed_loss),
            )
            for each in scores
        ],
    )
    page.text(
        "Two losses, lower is better: QLIKE weighs most a risk that was foretold too small, Frobenius is the mean "
        "squared error of the entries. In brackets: the 95% interval."
    )


def _interval(page: Page, found: Interval | Unknown, form: Callable[[float], str] = shown.signed_ratio) -> str:
    if isinstance(found, Unknown):
        return page.missing(found.reason)
    low, middle, high = map(form, (found.lower, found.estimate, found.upper))
    return f"{middle} ({low} to {high})"
