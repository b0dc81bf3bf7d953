"""Correlations as the command line shows them."""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from agent.analytics.optimize.problem import Unknown
from agent.briefing.render.wording import printable, source_text
from agent.claims.figures import day_text
from agent.cli.page import WIDTH, print_heading, print_paragraph, print_table
from agent.cli.shown import NONE, count_of, number, percent

if TYPE_CHECKING:
    from rich.console import Console

    from agent.analytics.figure import Figure
    from agent.analytics.optimize.correlation_forecast import ForecastScore
    from agent.analytics.optimize.interval import Interval
    from agent.measuring.correlation import (
        CorrelationReport,
        Forecast,
        ForecastPair,
        Pair,
        ProvidedCorrelation,
    )
    from agent.measuring.neighbours import Neighbour, NeighbourReport

SHOWN_IN_A_MATRIX: Final = 12
SHOWN_PAIRS: Final = 10
SHOWN_PROVIDED: Final = 3
_ESTIMATORS: Final = {
    "last_90_days": "the last 90 days as they were",
    "ewma": "recent days weighted more (EWMA)",
    "ledoit_wolf": "the last 90 days, shrunk (Ledoit-Wolf)",
    "constant_correlation": "half way to the average pair",
    "long_run_blend": "half way to the last 365 days",
    "mean_reverting": "returning to the long run (DCC)",
}


def print_correlations(console: "Console", report: "CorrelationReport") -> None:
    """Everything of a report but what the JSON form alone has room for."""
    of = "assets" if report.portfolio is None else f"holdings of portfolio {printable(report.portfolio)}"
    console.print(f"Correlations between {len(report.assets)} {of}", style="bold")
    print_paragraph(
        console,
        f"Daily returns of the {report.days} days up to the close of {day_text(report.as_of)} (UTC). "
        f"{_sources(report)} Correlation runs from -1 (opposite) over 0 (unrelated) to 1 (alike).",
    )
    print_heading(console, f"Correlation, {report.days} days")
    _print_pairs(console, [asset.name for asset in report.assets], report.pairs)
    _print_common_days(console, report)
    print_heading(console, "Average over all pairs")
    _print_average(console, report)
    print_heading(console, "What moves alike")
    _print_alike(console, report)
    if report.forecast is not None:
        _print_forecast(console, [asset.name for asset in report.assets], report.forecast)
    _print_provided(console, report.provided)


def print_neighbours(console: "Console", report: "NeighbourReport") -> None:
    """The assets that move most and least like one."""
    console.print(f"What {report.asset} moves with", style="bold")
    print_paragraph(
        console,
        f"Correlation of daily returns over the {report.days} days up to the close of {day_text(report.as_of)} (UTC), "
        f"with {count_of(report.compared, 'other tracked asset')}. Source: {source_text(report.source)}.",
    )
    if report.too_short:
        left_out = count_of(report.too_short, "other tracked asset")
        print_paragraph(console, f"Left out: {left_out} with fewer than {report.needed} common days.")
    if report.price_source != report.source:
        print_paragraph(console, f"Prices of {report.asset}: {source_text(report.price_source)}.")
    print_heading(console, "Most correlated")
    _print_neighbours(console, report.most)
    print_heading(console, "Least correlated, the lowest first")
    _print_neighbours(console, report.least)
    _print_provided(console, report.provided, shown=len(report.provided))


def _print_neighbours(console: "Console", found: "Sequence[Neighbour]") -> None:
    if not found:
        print_paragraph(console, "There are no other assets to list.")
        return
    rows = [(each.name, each.symbol, each.kind, number(each.correlation), f"{each.common_days}") for each in found]
    print_table(console, ("asset", "symbol", "kind", "correlation", "common days"), rows, left=3)


def _sources(report: "CorrelationReport") -> str:
    elsewhere = [asset for asset in report.assets if asset.price_source != report.source]
    own = f"Source: {source_text(report.source)}."
    others = "; ".join(f"{asset.name} from {source_text(asset.price_source)}" for asset in elsewhere)
    return f"{own} {others}." if others else own


def _print_pairs(console: "Console", names: "Sequence[str]", pairs: "Sequence[Pair | ForecastPair]") -> None:
    if len(names) > SHOWN_IN_A_MATRIX:
        _print_extremes(console, pairs)
        return
    cells = {(pair.first, pair.second): pair.correlation for pair in pairs}
    rows = [
        (f"{row + 1} {name}", *(_cell(cells, names, row, column) for column in range(len(names))))
        for row, name in enumerate(names)
    ]
    print_table(console, ("", *(f"{place + 1}" for place in range(len(names)))), rows)
    for line in _reasons(pairs):
        print_paragraph(console, line)


def _cell(cells: "dict[tuple[str, str], Figure]", names: "Sequence[str]", row: int, column: int) -> str:
    if row == column:
        return "1"
    figure = cells[names[min(row, column)], names[max(row, column)]]
    return NONE if figure.value is None else number(figure.value)


def _print_extremes(console: "Console", pairs: "Sequence[Pair | ForecastPair]") -> None:
    known = sorted(
        ((pair.correlation.value, pair) for pair in pairs if pair.correlation.value is not None),
        key=lambda each: -each[0],
    )
    highest, lowest = known[:SHOWN_PAIRS], known[::-1][: max(min(SHOWN_PAIRS, len(known) - SHOWN_PAIRS), 0)]
    rows = [(pair.first, pair.second, number(value)) for value, pair in highest]
    rows += [("...", "", ""), *((pair.first, pair.second, number(value)) for value, pair in reversed(lowest))]
    print_table(console, ("asset", "asset", "correlation"), rows, left=2)
    print_paragraph(console, f"The highest and the lowest of {len(pairs):,} pairs; the JSON form has all of them.")
    for line in _reasons(pairs):
        print_paragraph(console, line)


def _reasons(pairs: "Sequence[Pair | ForecastPair]") -> Iterator[str]:
    missing = [pair for pair in pairs if pair.correlation.reason]
    for pair in missing[:SHOWN_PAIRS]:
        yield f"None for {pair.first} and {pair.second}: {pair.correlation.reason}."
    if len(missing) > SHOWN_PAIRS:
        yield f"None for {len(missing) - SHOWN_PAIRS:,} more pairs; the JSON form has the reasons."


def _print_common_days(console: "Console", report: "CorrelationReport") -> None:
    counts = {pair.common_days for pair in report.pairs}
    if len(counts) == 1:
        print_paragraph(console, f"Each pair has {counts.pop()} common days.")
        return
    fewer = sorted((pair for pair in report.pairs if pair.common_days < max(counts)), key=lambda pair: pair.common_days)
    listed = "; ".join(f"{pair.first} and {pair.second} {pair.common_days}" for pair in fewer[:SHOWN_PAIRS])
    more = f"; {len(fewer) - SHOWN_PAIRS:,} more pairs in the JSON form" if len(fewer) > SHOWN_PAIRS else ""
    print_paragraph(console, f"Common days: {max(counts)}, but for {listed}{more}.")


def _print_average(console: "Console", report: "CorrelationReport") -> None:
    stress, days = report.stress, report.days
    rows: list[tuple[str, Figure, bool]] = [
        (f"Last {days} days", report.average, False),
        (f"Change against the {days} days that ended 30 days earlier", report.change_30d, True),
        (f"Change against the {days} days that ended 90 days earlier", report.change_90d, True),
    ]
    if stress.worst_days:
        rows += [
            ("Last 365 days, those with a return of all", stress.all_days, False),
            (f"Of these, the {stress.worst_days} worst days of Bitcoin (one in ten)", stress.average, False),
            ("The same days, if choosing them were all that mattered", stress.selection_alone, False),
        ]
    found = [(label, number(figure.value, signed=signed)) for label, figure, signed in rows if figure.value is not None]
    if found:
        print_table(console, ("", "correlation"), found)
    for label, figure, _ in rows:
        if figure.reason:
            print_paragraph(console, f"{label}: none, {figure.reason}.")
    if not stress.worst_days:
        print_paragraph(console, f"On the worst tenth of Bitcoin's days: none, {stress.average.reason}.")
    elif stress.selection_alone.value is not None:
        print_paragraph(
            console,
            "Picking days by Bitcoin's return changes correlations by itself, so the worst days compare with the last "
            "line: above it, the assets moved together more than usual on these days.",
        )


def _print_alike(console: "Console", report: "CorrelationReport") -> None:
    alike = report.alike
    if alike.count.value is None or alike.effective_number.value is None:
        print_paragraph(console, f"No groups: {alike.count.reason}.")
        return
    share = "share" if report.portfolio is None else "weight"
    rows = [
        (percent(group.share) if place == 0 else "", line)
        for group in alike.groups
        for place, line in enumerate(wrap(", ".join(group.members), WIDTH - len(share) - 6))
    ]
    print_table(console, (f"{share}, %", f"groups with correlations around {alike.threshold} or more"), rows, left=2)
    what = "assets" if report.portfolio is None else "holdings"
    print_paragraph(
        console,
        f"The {len(report.assets)} {what} form {count_of(round(alike.count.value), 'group')}, as concentrated as "
        f"{number(alike.effective_number.value, 1)} groups of equal {share} would be.",
    )


def _print_forecast(console: "Console", names: "Sequence[str]", forecast: "Forecast | Unknown") -> None:
    print_heading(console, "Forecast for the next 30 days")
    if isinstance(forecast, Unknown):
        print_paragraph(console, f"None: {forecast.reason}.")
        return
    for line in _verdict(forecast):
        print_paragraph(console, line)
    if forecast.scores:
        _print_scores(console, forecast.scores)
    console.print("")
    _print_pairs(console, names, forecast.pairs)
    if forecast.average.value is not None:
        print_paragraph(console, f"Average of the forecast: {number(forecast.average.value)}.")
    if forecast.left_out:
        print_paragraph(console, f"Left out, too few daily returns: {', '.join(forecast.left_out)}.")


def _verdict(forecast: "Forecast") -> Iterator[str]:
    """Which estimator is used and why, in words."""
    used = _ESTIMATORS.get(forecast.used, forecast.used)
    naive, *rivals = forecast.scores or (None,)
    yield f"Estimator used: {used}."
    if naive is None or not rivals:
        yield (
            "No estimator could be judged: no day has 365 days of returns before it and 30 after. The last 90 days are "
            "used without proof."
        )
        return
    best = min(rivals, key=lambda score: score.loss)
    name = _ESTIMATORS.get(best.forecaster, best.forecaster)
    losses = f"{best.loss:.4f} against {naive.loss:.4f} on {count_of(forecast.dates, 'date')}"
    if isinstance(forecast.edge, Unknown):
        end = f"Whether that is skill or luck cannot be told: {forecast.edge.reason}."
    elif forecast.edge.lower > 0:
        end = "The whole interval of the difference is above 0, so it is used."
    else:
        end = "The interval of the difference reaches 0 or below: no edge is or_none, and the last 90 days stay in use."
    yield (
        "Each estimator was given what was known on past dates and judged on the 30 days that followed. The best of "
        f'the others was "{name}", with a mean squared error of {losses}. {end}'
    )


def _print_scores(console: "Console", scores: "Sequence[ForecastScore]") -> None:
    edges = any(not isinstance(score.edge, Unknown) for score in scores)
    rows = [
        (_ESTIMATORS.get(score.forecaster, score.forecaster), number(score.loss, 4), *_edge_cells(score.edge))
        for score in scores
    ]
    rows[0] = (*rows[0][:2], "yardstick", "yardstick")
    heading = ("estimator", "mean squared error", "better by", "interval of that, 99%")
    width = len(heading) if edges else 2
    print_table(console, heading[:width], [row[:width] for row in rows])


def _edge_cells(edge: "Interval | Unknown") -> tuple[str, str]:
    if isinstance(edge, Unknown):
        return NONE, NONE
    estimate, lower, upper = (number(value, 4, signed=True) for value in (edge.estimate, edge.lower, edge.upper))
    return estimate, f"{lower} to {upper}"


def _print_provided(
    console: "Console", provided: "Sequence[ProvidedCorrelation]", *, shown: int = SHOWN_PROVIDED
) -> None:
    """What providers say, as theirs; of each asset the highest and the lowest."""
    if not provided:
        return
    for source in dict.fromkeys(each.source for each in provided):
        print_heading(console, f"As given by {source_text(source)}, by its own method and with assets it only names")
        own = [each for each in provided if each.source == source]
        for asset in dict.fromkeys(each.asset for each in own):
            rows = [each for each in own if each.asset == asset]
            picked = rows if len(rows) <= 2 * shown else [*rows[:shown], *rows[-shown:]]
            words = ", ".join(f"{each.other_name} {number(each.correlation)}" for each in picked)
            more = f"; {len(rows) - len(picked)} more in the JSON form" if len(rows) > len(picked) else ""
            print_paragraph(console, f"{asset}, {day_text(rows[0].day)}: {words}{more}.")
