"""`ask`: a question in plain language."""

from typing import Annotated

import typer

from agent.cli.context import application


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(ask)


def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help='For example: "How is my portfolio?"')],
    portfolio: Annotated[str | None, typer.Option(help="Whose portfolio; default: briefing.portfolio.")] = None,
    facts: Annotated[bool, typer.Option("--facts", help="Show the id of every figure's fact.")] = False,
    provider: Annotated[
        bool, typer.Option("--provider", help="Ask Token Metrics' own chat instead; its words are not checked.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Answer a question from the stored data: every figure from a row, nothing from memory."""
    if provider:
        _quote_provider(context, question, as_json=as_json)
        return
    from agent.claims.figures import day_text
    from agent.jobs.answer_record import answer_json

    answer = application(context).ask(question, portfolio)
    if as_json:
        typer.echo(answer_json(answer))
        return
    if answer.understood:
        typer.echo(answer.understood)
    if answer.sentences:
        typer.echo("")
        for sentence in answer.sentences:
            ids = " ".join(segment.fact_id for segment in sentence.segments if segment.fact_id)
            typer.echo(f"{sentence.text}{f'  [{ids}]' if facts and ids else ''}")
        typer.echo(f"\nAs of the close of {day_text(answer.as_of)} (UTC). Arranged by the {answer.writer.name} writer.")
    for note in answer.notes:
        typer.echo(note)


def _quote_provider(context: typer.Context, question: str, *, as_json: bool) -> None:
    """Print a provider's words as a quotation, without anything in them that a terminal would obey."""
    from agent.briefing.render.wording import printable
    from agent.cli.output import print_json

    attribution, words = application(context).ask_provider(question)
    if as_json:
        print_json({"attribution": attribution, "checked": False, "text": words})
        return
    typer.echo(f"{attribution}. These words are the provider's own; nothing in them was checked:\n")
    for line in words.splitlines():
        typer.echo(f"> {printable(line)}")
