"""How the costs of language models look: a table of calls, how calls failed, and what is left of each cap."""

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from agent.claims.figures import day_text
from agent.cli.page import print_heading, print_paragraph, print_table
from agent.cli.shown import NONE, count_of
from agent.llm.budget import amount_text

if TYPE_CHECKING:
    from rich.console import Console

    from agent.jobs.costs import CapLine, CostLine, Costs

_TITLES: Final = {"day": "Day (UTC)", "model": "Model", "purpose": "Purpose"}
_COLUMNS: Final = ("Calls", "Failed", "Kept", "Input", "Cached", "Output", "Reasoning", "Cost, USD", "Unknown")
_PERIODS: Final = {"call": "One call", "run": "One run", "day": "The day", "month": "The month"}
_FAILURES: Final = {
    "bad_request": "the server refused the request",
    "context_too_long": "the request was too long",
    "malformed": "the answer could not be read",
    "over_budget": "a cap was reached, nothing was sent",
    "quota_spent": "the account had no credit left",
    "rate_limited": "the server was asked too often",
    "refused": "the model declined",
    "truncated": "the answer was cut short",
    "unauthorized": "the key was rejected",
    "unavailable": "the server failed, or gave no answer in time",
    "unreachable": "the server could not be reached, nothing was sent",
}


def print_costs(console: "Console", found: "Costs") -> None:
    """The costs of language models since a day."""
    print_heading(console, f"Language models since {day_text(found.since.date())} (UTC)")
    if not found.lines:
        print_paragraph(console, "No language model was called.")
    else:
        rows = [_row(line) for line in (*found.lines, found.total)]
        print_table(console, (_TITLES[found.by], *_COLUMNS), rows)
        print_paragraph(
            console,
            "Kept: answered from an earlier answer to the very same request, at no cost. Cached tokens are part of the "
            "input, reasoning tokens part of the output. Unknown: calls whose price is not known; their cost is not "
            "in the sum.",
        )
    if found.failures:
        print_heading(console, "Calls that gave nothing")
        rows = [(_FAILURES.get(code, code), f"{count:,}") for code, count in found.failures.items()]
        print_table(console, ("Why", "Calls"), rows)
    _print_caps(console, found)


def _print_caps(console: "Console", found: "Costs") -> None:
    print_heading(console, "Caps")
    if found.caps:
        heading = ("Cap", "Most", "Spent or set aside", "Left", "Starts anew (UTC)")
        print_table(console, heading, [_cap_row(line) for line in found.caps])
    else:
        print_paragraph(console, "Nothing is capped: see [llm.caps] in the settings.")
    if found.lost:
        print_paragraph(
            console,
            f"{count_of(found.lost, 'call')} never told what it cost, because its process was killed: what was set "
            "aside for it counts as spent.",
        )


def _row(line: "CostLine") -> tuple[str, ...]:
    tokens = (line.input_tokens, line.cached_tokens, line.output_tokens, line.reasoning_tokens)
    return (
        line.key,
        *(f"{count:,}" for count in (line.calls, line.failed, line.cache_hits, *tokens)),
        NONE if line.unknown and not line.usd else _usd(line.usd),
        f"{line.unknown:,}",
    )


def _usd(amount: Decimal) -> str:
    return f"{amount.quantize(Decimal('0.0001')):,f}"


def _cap_row(line: "CapLine") -> tuple[str, ...]:
    starts_with_nothing = line.period in {"call", "run"}
    spent, left = (
        (NONE, NONE)
        if starts_with_nothing
        else (
            amount_text(line.unit, line.spent),
            amount_text(line.unit, line.left),
        )
    )
    resets = NONE if line.resets_at is None else f"{line.resets_at:%Y-%m-%d %H:%M}"
    return _PERIODS[line.period], amount_text(line.unit, line.cap), spent, left, resets
