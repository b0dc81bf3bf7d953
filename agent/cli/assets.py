"""`asset`: which assets there are, and which one a text may mean."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.context import application

if TYPE_CHECKING:
    from agent.identity.search import Candidate, Findings, KnownBy

group = typer.Typer(help="Which asset is which.", no_args_is_help=True)

WIDTH_OF_A_FILE = 160


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="asset")


@group.callback()
def options() -> None:
    """Keep `find` a command of the group while it is the only one."""


@group.command()
def find(
    context: typer.Context,
    text: Annotated[
        str,
        typer.Argument(help="A symbol, a name (also a former one), a CoinGecko id, source:id, or a contract address."),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """List the assets that a text may mean, and why; exits with status 1 if there is none."""
    from dataclasses import replace

    from agent.cli.output import print_json
    from agent.identity.search import close_names, known_names, search

    store = application(context).store
    with store.reader() as session:
        findings = search(session, text)
        names = () if findings.candidates else known_names(session)
    findings = replace(findings, suggestions=close_names(text, names))
    if as_json:
        print_json(findings)
    else:
        print_findings(findings)
    if not findings.candidates:
        raise typer.Exit(1)


def print_findings(findings: "Findings") -> None:
    """The candidates on standard output, or the names close to the text."""
    import sys

    from rich.console import Console
    from rich.markup import escape

    from agent.briefing.render.wording import printable

    console = Console(width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE, highlight=False)
    if not findings.candidates:
        typer.echo(f"no asset is known as {findings.text!r}", err=True)
        if findings.suggestions:
            typer.echo(f"close to it: {', '.join(findings.suggestions)}", err=True)
    for candidate in findings.candidates:
        console.print(f"[bold]{escape(printable(_title(candidate)))}[/bold]", soft_wrap=True)
        for line in _lines(candidate):
            console.print(f"  {escape(printable(line))}", soft_wrap=True)


def _title(candidate: "Candidate") -> str:
    kind = candidate.kind if candidate.underlying is None else f"{candidate.kind}, stands for {candidate.underlying}"
    rank = "not ranked" if candidate.rank is None else f"rank {candidate.rank}"
    state = "" if candidate.active else ", no longer listed"
    return f"{candidate.name} ({candidate.symbol}), asset {candidate.asset_id}: {kind}, {rank}{state}"


def _lines(candidate: "Candidate") -> list[str]:
    lines = [f"because: {'; '.join(candidate.reasons)}"]
    if candidate.slug is not None:
        lines.append(f"CoinGecko id: {candidate.slug}")
    return [*lines, *map(_known_line, candidate.known_by)]


def _known_line(known: "KnownBy") -> str:
    since = known.linked_at.date().isoformat()
    evidence = "listed" if known.evidence == "new" else f"linked by {known.evidence}"
    doubt = "" if known.doubt is None else f"; in doubt: {known.doubt}"
    return f"known by {known.source} as {known.provider_id}, {evidence} {since}{doubt}"
