"""`eval`: briefings and questions over frozen markets, judged without a person and, if need be, without a key."""

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.context import application

if TYPE_CHECKING:
    from agent.llm.port import LanguageModel


class Cases(Enum):
    """Which cases are run."""

    BRIEFINGS = "briefings"
    QUESTIONS = "questions"
    ALL = "all"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("eval")(evaluation)


def evaluation(
    context: typer.Context,
    cases: Annotated[Cases, typer.Option("--cases", help="What is asked for.")] = Cases.ALL,
    limit: Annotated[int, typer.Option(min=1, help="At most this many cases, spread over all.")] = 40,
    model: Annotated[
        str | None,
        typer.Option(
            help="configured, template, scripted:honest (lazy, verbose, liar, malformed, injected, slow, failing), "
            "scripted:liar:7 for one class of lies, or replay:FILE; add ,temperature=0.7 or ,prompt=1. "
            "Default: the configured model, else scripted:honest."
        ),
    ] = None,
    against: Annotated[str | None, typer.Option(help="A second model, compared case by case.")] = None,
    repeats: Annotated[int, typer.Option(min=1, max=100, help="How often each case is run.")] = 1,
    record: Annotated[
        Path | None, typer.Option(help="Append the first model's answers to this file, for replay:FILE.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    out: Annotated[Path | None, typer.Option(help="Also write the JSON to this file.")] = None,
) -> None:
    """Measure truth, completeness, length and cost over frozen markets; exit code 1 if anything false was published."""
    from agent.cli.evaluation_view import evaluation_json, print_evaluation
    from agent.cli.output import print_json
    from agent.cli.source_view import wide_console
    from agent.evaluation.cases import chosen_cases
    from agent.evaluation.evaluation import evaluate
    from agent.evaluation.variants import CONFIGURED, USUAL, parse_variant

    configured = _configured(context)
    name = model or (CONFIGURED if configured is not None else USUAL)
    variants = [parse_variant(name, configured, record)]
    if against is not None:
        variants.append(parse_variant(against, configured))
    found = evaluate(
        chosen_cases(cases.value, limit),
        variants,
        repeats=repeats,
        max_input_tokens=application(context).settings.llm.max_input_tokens,
        around=application(context).models.ledger.run,
        note="" if model or configured else f"No language model is configured, so {USUAL} stands in for one.",
    )
    written = evaluation_json(found)
    if out is not None:
        _save(out, written)
    if as_json:
        print_json(written)
    else:
        print_evaluation(wide_console(), found)
    raise typer.Exit(0 if found.is_clean else 1)


def _configured(context: typer.Context) -> "LanguageModel | None":
    """The model of the settings that writes; None if none is configured. Its calls are booked as any others."""
    app = application(context)
    if not app.settings.llm.configured:
        return None
    app.store.upgrade()
    return app.models.writer


def _save(path: Path, written: object) -> None:
    import json

    from agent.cli.output import jsonable
    from agent.errors import CoinbriefError

    try:
        path.write_text(json.dumps(jsonable(written), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise CoinbriefError(f"{path} cannot be written: {error.strerror}") from None
