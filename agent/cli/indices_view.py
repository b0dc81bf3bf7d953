"""Indices as the command line shows them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from agent.briefing.render.wording import source_text
from agent.claims.figures import day_text
from agent.cli.page import print_grouped, print_heading, print_paragraph, print_table
from agent.cli.shown import NONE, count_of, number, or_none, percent, price_usd

if TYPE_CHECKING:
    from rich.console import Console

    from agent.analytics.figure import Figure
    from agent.jobs.own_indices import TrackReport
    from agent.measuring.index_list import IndexList, ProvidedIndex, ProvidedIndexReport
    from agent.measuring.indices import LastRebalance, OwnIndexReport

_WEIGHTS: Final = {
    "equal": "equal weights",
    "cap": "weights by market value",
    "sqrt_cap": "weights by the square root of market value",
    "inverse_volatility": "weights by inverse volatility (the calmer the asset, the more of it)",
}
_REBALANCED: Final = {"buy-and-hold": "never rebalanced"}
_CHOSEN: Final = {
    "market value": "market value",
    "volume": "mean volume of 30 days, for want of market values",
    "as listed": "name: they are listed in the rule",
}


def print_tracked(console: "Console", reports: "Sequence[TrackReport]") -> None:
    """How indices stand after tracking."""
    if not reports:
        print_paragraph(console, "There is no index of our own yet: `coinbrief index create NAME` makes one.")
        return
    console.print(f"Tracked up to the close of {day_text(reports[0].day)} (UTC)", style="bold")
    rows = [
        (
            each.name,
            or_none(each.level, number),
            or_none(each.change_1d_pct, _change),
            f"{max(each.rebalances - 1, 0):,}",
        )
        for each in reports
    ]
    print_table(console, ("index", "level (100 at its start)", "1 day, %", "times rebalanced"), rows)
    print_grouped(
        console,
        [
            (each.name, reason)
            for each in reports
            for reason in dict.fromkeys((each.level.reason, each.change_1d_pct.reason))
            if reason
        ],
    )


def print_index_list(console: "Console", found: "IndexList") -> None:
    """Our own indices and those of providers, one below the other."""
    console.print("Indices of our own, as last tracked", style="bold")
    if found.own:
        rows = [
            (
                each.name,
                each.day.isoformat() if each.day else NONE,
                or_none(each.level, number),
                *(or_none(figure, _change) for figure in (each.change_1d_pct, each.change_7d_pct, each.change_30d_pct)),
            )
            for each in found.own
        ]
        print_table(
            console,
            ("name", "as of", "level (100 at start)", "1 day, %", "7 days, %", "30 days, %"),
            rows,
            left=2,
            notes=[rule_text(each.rule) for each in found.own],
        )
        print_grouped(console, [(each.name, each.level.reason) for each in found.own if each.level.reason])
    else:
        print_paragraph(console, "None yet: `coinbrief index create NAME` makes one.")
    for source in dict.fromkeys(each.source for each in found.provided):
        print_heading(console, f"Indices of {source_text(source)}, as received")
        _print_provided(console, [each for each in found.provided if each.source == source])
    if not found.provided:
        print_paragraph(console, "No index of a provider is stored.")


def print_own_index(console: "Console", report: "OwnIndexReport") -> None:
    """An index of our own: figures beside Bitcoin's, holdings, the last rebalance."""
    console.print(f"Index {report.name}, our own", style="bold")
    print_paragraph(
        console,
        f"As of the close of {day_text(report.as_of)} (UTC), from the prices of {source_text(report.source)}.",
    )
    print_paragraph(console, f"Rule: {rule_text(report.rule)}.")
    if report.first_level is None:
        print_paragraph(console, f"No level: {report.level.reason}.")
        return
    print_paragraph(console, _stored_text(report))
    print_heading(console, "Level and risk")
    level = f"{number(report.level.value)}" if report.level.value is not None else f"none, {report.level.reason}"
    print_paragraph(console, f"Level: {level}; it was 100 on {day_text(report.first_level)}.")
    _print_figures(console, report)
    print_heading(console, f"{count_of(len(report.holdings), 'holding')}, the largest first")
    rows = [
        (each.name, each.symbol, percent(each.weight), percent(each.target_weight), each.since.isoformat())
        for each in report.holdings
    ]
    print_table(console, ("asset", "symbol", "weight, %", "target, %", "held since"), rows, left=2)
    late = [(each.name, count_of(each.missing_days, "day")) for each in report.holdings if each.missing_days]
    for name, days in late:
        print_paragraph(console, f"{name} has had no close for {days}; it counts at its last one.")
    if report.last_rebalance is not None:
        print_heading(console, "Rebalancing")
        _print_rebalance(console, report, report.last_rebalance)


def print_provided_index(console: "Console", report: "ProvidedIndexReport") -> None:
    """A provider's index: how it stands and what it holds, as received."""
    index = report.index
    console.print(f"Index {index.name}, of {source_text(index.source)}", style="bold")
    print_paragraph(console, "Every figure here is the provider's own, as received; nothing was recalculated.")
    print_heading(console, f"As of {day_text(index.day)}")
    _print_provided(console, [index])
    if report.values:
        day, value = report.values[-1]
        print_paragraph(console, f"Return since its start: {percent(value, signed=True)}%, as of {day_text(day)}.")
    if report.holdings_day is None:
        print_heading(console, "Holdings")
        print_paragraph(console, "None were received.")
        return
    print_heading(console, f"{count_of(len(report.holdings), 'holding')} as of {day_text(report.holdings_day)}")
    rows = [
        (
            each.name,
            each.symbol,
            number(each.weight_pct, 1),
            _price(each.price_usd),
        )
        for each in report.holdings
    ]
    print_table(console, ("asset", "symbol", "weight, %", "price"), rows, left=2)


def rule_text(rule: Mapping[str, Any]) -> str:
    """A stored rule in words."""
    universe: Mapping[str, Any] = rule["universe"]
    if "asset_ids" in universe:
        what = count_of(len(universe["asset_ids"]), "listed asset")
    else:
        of = f" of the category {universe['category']}" if universe["category"] else ""
        what = f"the {universe['count']} largest coins{of}"
    parts = [what, _WEIGHTS[rule["weighting"]], _REBALANCED.get(rule["rebalance"], f"rebalanced {rule['rebalance']}")]
    if rule["max_weight"] is not None:
        parts.append(f"none above {percent(rule['max_weight'])}% when bought")
    parts.append(f"costs of {number(rule['cost_bps'], 0)} basis points of what is traded")
    return f"{', '.join(parts)}, from {rule['start']}"


def _stored_text(report: "OwnIndexReport") -> str:
    if report.stored_to is None:
        return f"Nothing is stored of it yet: `coinbrief index track {report.name}` does that."
    return f"Stored up to {day_text(report.stored_to)}."


def _print_figures(console: "Console", report: "OwnIndexReport") -> None:
    own, bitcoin = report.performance, report.bitcoin
    rows: list[tuple[str, Figure, Figure | None, bool]] = [
        ("Since the first level, %", report.since_start_pct, report.bitcoin_since_start_pct, False)
    ]
    for label, name, fraction in (
        ("1 day, %", "change_1d_pct", False),
        ("7 days, %", "change_7d_pct", False),
        ("30 days, %", "change_30d_pct", False),
        ("365 days, %", "change_365d_pct", False),
        ("Volatility per year, 90 days, %", "volatility_90d", True),
        ("Maximum drawdown, 365 days, %", "maximum_drawdown_365d", True),
    ):
        rows.append((label, getattr(own, name), None if bitcoin is None else getattr(bitcoin, name), fraction))
    heading = ("", report.name, "Bitcoin") if bitcoin else ("", report.name)
    table = []
    for label, figure, other, fraction in rows:
        cells = [figure, other] if bitcoin and other else [figure]
        signed = "%" in label and not label.startswith("Volatility")
        table.append((label, *(_cell(each, fraction=fraction, signed=signed) for each in cells)))
    print_table(console, heading, table)
    print_grouped(
        console, [(label.removesuffix(", %"), figure.reason) for label, figure, _, _ in rows if figure.reason]
    )
    if bitcoin is None:
        print_paragraph(console, f"There are no prices of Bitcoin from {source_text(report.source)} to compare with.")


def _cell(figure: "Figure", *, fraction: bool, signed: bool) -> str:
    if figure.value is None:
        return NONE
    return percent(figure.value, signed=signed) if fraction else number(figure.value, 1, signed=signed)


def _print_rebalance(console: "Console", report: "OwnIndexReport", last: "LastRebalance") -> None:
    if report.rebalances == 1:
        print_paragraph(console, f"Bought on {day_text(last.day)}, without cost, and not rebalanced since.")
    else:
        print_paragraph(
            console,
            f"Last on {day_text(last.day)}: {percent(last.turnover)}% of the index was turned over, at a cost of "
            f"{percent(last.cost, 3)}% of its level. Times rebalanced: {report.rebalances - 1}.",
        )
    print_paragraph(console, f"The assets were then chosen by {_CHOSEN[last.chosen_by]}.")
    if last.left_out:
        print_paragraph(console, f"Left out, without a price or a size on that day: {', '.join(last.left_out)}.")
    for each in report.sold:
        print_paragraph(
            console, f"{each.name} was sold on {day_text(each.day)} at {percent(each.weight)}%: its price had ended."
        )
    if report.days_without_level:
        print_paragraph(console, f"{count_of(report.days_without_level, 'day')} since the first level have none.")
    print_paragraph(console, "Kinds and categories of assets are those of today, not of each day.")


def _print_provided(console: "Console", found: "Sequence[ProvidedIndex]") -> None:
    rows = [
        (
            each.key,
            each.name,
            each.ticker or NONE,
            each.day.isoformat(),
            _price(each.price_usd),
            *(
                NONE if change is None else _change(change)
                for change in (each.change_1d_pct, each.change_7d_pct, each.change_30d_pct)
            ),
        )
        for each in found
    ]
    heading = ("key", "name", "ticker", "as of", "price", "1 day, %", "7 days, %", "30 days, %")
    print_table(console, heading, rows, left=4)
    if any(NONE in row for row in rows):
        print_paragraph(console, "Where there is none, the provider gave none.")


def _change(change_pct: float) -> str:
    return number(change_pct, 1, signed=True)


def _price(value: float | None) -> str:
    return NONE if value is None else price_usd(value)
