"""How sources, plans and findings look on a terminal: short rows, and whatever is long folded below its row."""

import re
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from textwrap import wrap
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console

    from agent.jobs.budget import Decision
    from agent.jobs.doctor import Finding
    from agent.jobs.source_report import KindState, SourceState

WIDTH_OF_A_FILE: Final = 160
_GAP: Final = "  "
_Row = tuple[str, ...]


def wide_console() -> "Console":
    """Standard output; a file is taken to be wide. Text is printed as it is, whatever marks it holds."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else WIDTH_OF_A_FILE
    return Console(width=width, markup=False, emoji=False, highlight=False, soft_wrap=True)


def print_sources(console: "Console", states: "Sequence[SourceState]", now: datetime) -> None:
    """Every source with its terms, its account and a row for each kind of data."""
    for state in states:
        console.print(f"\n{state.source}", style="bold")
        for line in (state.attribution, _terms(state), _account(state)):
            _print_folded(console, line, indent=2)
        for count in state.set_aside_today:
            counted = "1 row" if count.rows == 1 else f"{count.rows:,} rows"
            words = f"{counted} of {task_text(count.kind)} set aside today: {count.reason}"
            _print_folded(console, words, indent=2)
        heading = ("data", "state", "last good", "age", "rows", "next")
        rows = [_state_row(kind, now) for kind in state.kinds]
        _print_table(console, heading, rows, [kind.error or "" for kind in state.kinds], right={4})
    console.print(f"\nIt is {now:%Y-%m-%d %H:%M} UTC, and all times are UTC.")


def print_plan(
    console: "Console", decisions: "Sequence[tuple[str, Decision]]", now: datetime, *, due_only: bool
) -> None:
    """Every source with a row for each of its tasks, and what all that is done now costs."""
    total = 0
    for source in dict.fromkeys(name for name, _ in decisions):
        own = [decision for name, decision in decisions if name == source]
        runs = [is_run_now(decision, due_only=due_only) for decision in own]
        total += sum(item.cost.requests for item, run in zip(own, runs, strict=True) if run)
        console.print(f"\n{source}", style="bold")
        rows = [_plan_row(item, now, run=run) for item, run in zip(own, runs, strict=True)]
        _print_table(console, ("data", "requests", "every", "next"), rows, [_note(item) for item in own], right={1, 2})
    console.print(f"\n{total:,} {_requests(total)} would be made now, {now:%Y-%m-%d %H:%M} UTC; nothing was asked.")


def is_run_now(decision: "Decision", *, due_only: bool) -> bool:
    """Whether a collection would do a task at once."""
    return decision.verb.value == "run" and (decision.due or not due_only)


def print_findings(console: "Console", findings: "Sequence[Finding]") -> None:
    """A line for each finding, folded where it is long."""
    width = max((len(finding.subject) for finding in findings), default=0)
    for finding in findings:
        head = f"{'WRONG' if finding.wrong else 'ok':<7}{finding.subject:<{width}}{_GAP}"
        folded = _fold(console, finding.message, indent=len(head))
        console.print(head + folded[0].lstrip())
        for line in folded[1:]:
            console.print(line)
    wrong = sum(finding.wrong for finding in findings)
    console.print("\nAll is well." if not wrong else f"\n{wrong} of {len(findings)} findings need your attention.")


def task_text(key: str) -> str:
    """The words for a task's key: its kind of data, and for whom if not for all."""
    name, _, tier = key.partition("/")
    return name.replace("_", " ") + (f", {tier}" if tier else "")


def span_text(span: timedelta) -> str:
    """A span of time in the largest unit that tells enough."""
    hours = span / timedelta(hours=1)
    if hours < 1:
        return f"{hours * 60:.0f} min"
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} d"


def _state_row(kind: "KindState", now: datetime) -> _Row:
    return (
        task_text(kind.kind),
        "left out" if kind.status == "deferred" else kind.status,
        f"{kind.last_success_at:%d %b %H:%M}" if kind.last_success_at else "-",
        "-" if kind.age_h is None else span_text(timedelta(hours=kind.age_h)),
        "-" if kind.rows is None else f"{kind.rows:,}",
        _next(kind.next_at, now),
    )


def _plan_row(decision: "Decision", now: datetime, *, run: bool) -> _Row:
    left_out = decision.verb.value != "run"
    about = "" if decision.cost.exact else "about "
    return (
        task_text(decision.task.key),
        f"{about}{decision.cost.requests:,}",
        "-" if left_out else span_text(decision.every),
        "left out" if left_out else "now" if run else _next(decision.next_at, now),
    )


def _note(decision: "Decision") -> str:
    """What the plan says of a task, without the task's name: it is in the row above."""
    return re.sub(r"^[a-z_]+ \([a-z]+\): ", "", decision.reason)


def _next(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "-"
    return "now" if moment <= now else f"in {span_text(moment - now)}"


def _terms(state: "SourceState") -> str:
    allowed = "; not for commercial use" if state.commercial_use is False and "commercial" not in state.licence else ""
    link = f" ({state.licence_url})" if state.licence_url else ""
    return f"licence: {state.licence}{allowed}{link}"


def _account(state: "SourceState") -> str:
    account, today = state.credits, f"{state.requests_today:,} {_requests(state.requests_today)} today"
    if not account.cap:
        return f"{today}, {account.used:,} this month, no cap"
    return (
        f"{today}; {account.used:,} of {account.cap:,} credits used this month, {account.left or 0:,} left until "
        f"{account.start_anew_on.isoformat()}"
    )


def _requests(number: int) -> str:
    return "request" if number == 1 else "requests"


def _print_table(
    console: "Console", heading: _Row, rows: Sequence[_Row], notes: Sequence[str], *, right: set[int]
) -> None:
    widths = [max(map(len, column)) for column in zip(heading, *rows, strict=True)]
    console.print(_row_text(heading, widths, right), style="bold")
    for row, note in zip(rows, notes, strict=True):
        console.print(_row_text(row, widths, right))
        if note:
            _print_folded(console, note, indent=4)


def _row_text(row: _Row, widths: Sequence[int], right: set[int]) -> str:
    cells = (
        cell.rjust(width) if place in right else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return _GAP.join(cells).rstrip()


def _print_folded(console: "Console", text: str, *, indent: int) -> None:
    for line in _fold(console, text, indent=indent):
        console.print(line)


def _fold(console: "Console", text: str, *, indent: int) -> list[str]:
    """Lines of the text that fit the console, each indented; at least one."""
    space = " " * indent
    width = max(console.width, indent + 20)
    lines: Iterator[str] = iter(wrap(text, width, initial_indent=space, subsequent_indent=space))
    return list(lines) or [space]
