"""`ask`: a question in plain language, or a conversation."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.context import application

if TYPE_CHECKING:
    from agent.ask.answer import Answer
    from agent.ask.steps import Step
    from agent.claims.claim import Sentence

_LEAVING = frozenset({"exit", "quit", "q", "bye"})


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(ask)


def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help='For example: "How is my portfolio?" Leave it out with --chat.')] = "",
    portfolio: Annotated[str | None, typer.Option(help="Whose portfolio; default: briefing.portfolio.")] = None,
    chat: Annotated[
        bool, typer.Option("--chat", help="A conversation: each line is a question and may refer to the one before.")
    ] = False,
    steps: Annotated[
        bool, typer.Option("--steps", help="Show the tools that were called, and what they gave.")
    ] = False,
    facts: Annotated[bool, typer.Option("--facts", help="Show the id of every figure's fact.")] = False,
    provider: Annotated[
        bool, typer.Option("--provider", help="Ask Token Metrics' own chat instead; its words are not checked.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Answer a question from the stored data: every figure from a row, nothing from memory."""
    if not question and not chat:
        raise typer.BadParameter("ask something, or use --chat for a conversation", param_hint="QUESTION")
    if provider:
        _quote_provider(context, question, as_json=as_json)
        return
    from agent.jobs.answer_record import answer_json

    language, before = application(context).language, None
    for line in _questions(question, is_chat=chat):
        if before is not None and not as_json and not sys.stdin.isatty():
            typer.echo("")  # on a terminal the questions stand between the answers
        printer = _Printer(facts=facts, quiet=as_json)
        before = language.ask(line, portfolio, before=before, show=printer.sentence, announce=printer.line)
        if as_json:
            typer.echo(answer_json(before.answer))
        else:
            printer.rest(before.answer, steps=steps)


def _questions(first: str, *, is_chat: bool) -> Iterator[str]:
    """The question given, then the lines of the conversation until it ends."""
    if first:
        yield first
    while is_chat:
        if sys.stdin.isatty():
            typer.echo("\n> ", nl=False)
        line = sys.stdin.readline()
        if not line or line.strip().lower() in _LEAVING:
            return
        if line.strip():
            yield line.strip()


class _Printer:
    """Prints an answer as it comes: each sentence once it was verified, the rest at the end."""

    def __init__(self, *, facts: bool, quiet: bool) -> None:
        self._facts = facts
        self._quiet = quiet
        self._announced: list[str] = []
        self._begun = False

    def line(self, text: str) -> None:
        """A line that comes before the answer: what was understood, what is declined."""
        if not self._quiet:
            typer.echo(text)
            self._announced.append(text)

    def sentence(self, sentence: "Sentence") -> None:
        """A verified sentence."""
        if self._quiet:
            return
        if self._announced and not self._begun:
            typer.echo("")
        self._begun = True
        ids = " ".join(segment.fact_id for segment in sentence.segments if segment.fact_id)
        typer.echo(f"{sentence.text}{f'  [{ids}]' if self._facts and ids else ''}")
        sys.stdout.flush()

    def rest(self, answer: "Answer", *, steps: bool) -> None:
        """What stands below the sentences: the day, quotations, what was understood, notes and steps."""
        from agent.ask.quotes import quotation
        from agent.claims.figures import day_text

        for quote in answer.quotes:
            typer.echo(quotation(quote))
        if answer.sentences:
            typer.echo(
                f"\nAs of the close of {day_text(answer.as_of)} (UTC). Arranged by the {answer.writer.name} writer."
            )
        for note in (*answer.notes, *answer.writer.notes):
            if note not in self._announced:
                typer.echo(note)
        if steps:
            self._steps(answer)

    def _steps(self, answer: "Answer") -> None:
        typer.echo("\nSteps:")
        for number, step in enumerate(answer.steps, start=1):
            over = f", computed over {_extent(step)}" if step.rows else ""
            more = ", more than is said here" if step.truncated else ""
            typer.echo(
                f"{number}. {step.tool} {step.arguments} (chosen by the {step.chosen_by}): {step.status}, "
                f"{step.claims} statement{'' if step.claims == 1 else 's'}{over}{more}"
            )
        if not answer.steps:
            typer.echo("none: nothing was looked up")


def _extent(step: "Step") -> str:
    """What was computed over; the name of a universe may hold its number already."""
    is_counted = any(letter.isdigit() for letter in step.universe)
    return step.universe if is_counted else f"{step.rows:,} {step.universe or 'rows'}"


def _quote_provider(context: typer.Context, question: str, *, as_json: bool) -> None:
    """Print a provider's words as a quotation, without anything in them that a terminal would obey."""
    from agent.claims.plain_text import plain_lines
    from agent.cli.output import print_json

    attribution, words = application(context).language.ask_provider(question)
    if as_json:
        print_json({"attribution": attribution, "checked": False, "text": words})
        return
    typer.echo(f"{attribution}. These words are the provider's own; nothing in them was checked:\n")
    for line in plain_lines(words):
        typer.echo(f"> {line}")
