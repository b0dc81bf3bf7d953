"""What is evaluated, by its name: `scripted:liar`, `replay:answers.jsonl`, `configured,temperature=0.7,prompt=1`."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agent.errors import CoinbriefError
from agent.evaluation.replaying import RecordingModel, ReplayingModel
from agent.evaluation.running import Variant
from agent.evaluation.scripted import ScriptedModel
from agent.evaluation.watched import VariedModel, prompts

if TYPE_CHECKING:
    from agent.llm.port import LanguageModel

CONFIGURED: Final = "configured"
TEMPLATE: Final = "template"
USUAL: Final = "scripted:honest"
_OPTIONS: Final = frozenset({"temperature", "prompt"})


def parse_variant(name: str, configured: "LanguageModel | None", record: Path | None = None) -> Variant:
    """The variant of this name, recorded to `record` if it is given; raises CoinbriefError for a name that is none."""
    base, *rest = name.split(",")
    options = _options(rest)
    model = _model(base, configured)
    if model is None:
        return Variant(name, None)
    if record is not None:
        model = RecordingModel(model, record)
    temperature = options.get("temperature")
    if (version := options.get("prompt")) is not None:
        _require_prompt(version)
    model = VariedModel(model, None if temperature is None else _number(temperature), version)
    return Variant(name, model)


def _model(base: str, configured: "LanguageModel | None") -> "LanguageModel | None":
    kind, _, rest = base.partition(":")
    if base == TEMPLATE:
        return None
    if base == CONFIGURED:
        if configured is None:
            raise CoinbriefError("no language model is configured: set llm.model, or choose --model scripted:honest")
        return configured
    if kind == "scripted":
        behaviour, _, class_id = rest.partition(":")
        try:
            return ScriptedModel(behaviour, int(class_id) if class_id else None)
        except ValueError as error:
            raise CoinbriefError(f"{base}: {error}") from None
    if kind == "replay":
        return _replayed(Path(rest))
    raise CoinbriefError(
        f"there is no model {base!r}: choose configured, template, scripted:<behaviour> or replay:<file>"
    )


def _replayed(path: Path) -> ReplayingModel:
    try:
        return ReplayingModel(path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CoinbriefError(f"{path} holds no recorded answers: {error}") from None


def _options(parts: list[str]) -> Mapping[str, str]:
    found = dict(part.partition("=")[::2] for part in parts)
    if unknown := found.keys() - _OPTIONS:
        raise CoinbriefError(f"there is no option {', '.join(sorted(unknown))}: choose temperature or prompt")
    return found


def _require_prompt(version: str) -> None:
    """Whether a version of the prompts can be filled with what the newest one is given; raises CoinbriefError."""
    found = False
    for name in ("briefing", "answer", "ask"):
        known = prompts(name)
        if version not in known:
            continue
        found = True
        newest = list(known.values())[-1]
        if missing := set(known[version].variables) - set(newest.variables):
            raise CoinbriefError(
                f"version {version} of prompt {name} takes {', '.join(sorted(missing))}, which is not given any more"
            )
    if not found:
        raise CoinbriefError(f"no prompt has a version {version}")


def _number(text: str) -> float:
    if not re.fullmatch(r"\d{1,2}(\.\d{1,6})?", text):
        raise CoinbriefError(f"a temperature is a number like 0.7, not {text!r}")
    return float(text)
