"""A traced figure as text."""

from decimal import Decimal

import typer

from agent.briefing.explain import Explanation, TracedRange, TracedRow
from agent.claims.fact import State

MOST_VALUES = 12
MOST_ROWS = 20


def print_explanation(explanation: Explanation) -> None:
    """The whole derivation, inputs indented below what they made."""
    for line in explanation_lines(explanation):
        typer.echo(line)
    if explanation.has_changed:
        typer.echo("Some of these rows have been restated by their source since; the value stated is the earlier one.")


def explanation_lines(explanation: Explanation, depth: int = 0) -> list[str]:
    """The lines of a derivation."""
    fact, indent = explanation.fact, "  " * depth
    shown = fact.label if fact.value is None else f"{_plain(fact.value)} {fact.unit.value}"
    window = {None: "", "since": f" since {fact.start}"}.get(fact.window, f" over {fact.window}")
    what = explanation.measure
    state = "" if fact.state is State.FRESH else f" ({fact.state.value})"
    lines = [
        f"{indent}{fact.fact_id}: {what} of {explanation.subject}{window} = {shown}{state}",
        f"{indent}  as of the close of {fact.as_of}, from {fact.source}, learned {fact.fetched_at:%Y-%m-%d %H:%M} UTC",
        f"{indent}  {fact.derivation.operation}: {fact.derivation.formula}",
    ]
    shown_rows = [_row_line(row) for row in explanation.rows[:MOST_ROWS]]
    if len(explanation.rows) > MOST_ROWS:
        shown_rows.append(f"... {len(explanation.rows) - MOST_ROWS} more rows; all of them with --json")
    lines += [f"{indent}  {line}" for line in shown_rows]
    for span in explanation.ranges:
        lines += [f"{indent}  {line}" for line in _range_lines(span)]
    for part in explanation.facts:
        lines += explanation_lines(part, depth + 1)
    return lines


def _plain(value: Decimal) -> str:
    return f"{value:f}"


def _row_line(row: TracedRow) -> str:
    key = ", ".join(f"{name}={value}" for name, value in row.reference.key)
    changed = f" (now {row.now if row.now is not None else 'gone'})" if row.has_changed else ""
    value = "no row" if row.reference.value is None else row.reference.value
    return f"{row.reference.table}[{key}].{row.reference.column} = {value}{changed}"


def _range_lines(span: TracedRange) -> list[str]:
    reference = span.reference
    key = ", ".join(f"{name}={value}" for name, value in reference.key)
    changed = " (restated since)" if span.has_changed else ""
    extent = f"{reference.rows} rows from {reference.first} to {reference.last}{changed}"
    lines = [f"{reference.table}[{key}].{reference.column}, {extent}"]
    pairs = list(zip(span.days, span.values, strict=True))
    shown = pairs if len(pairs) <= MOST_VALUES else [*pairs[:3], ("...", f"{len(pairs) - 8} more"), *pairs[-5:]]
    return lines + [f"  {day}  {value}" for day, value in shown]
