"""The list of all options, read off the sections: dotted paths, environment names, what each expects."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from config.values import PathMark

PREFIX = "COINBRIEF_"


@dataclass(frozen=True, slots=True)
class Option:
    """One option; `path` is dotted, `variable` its name in the environment."""

    path: str
    variable: str
    field: FieldInfo

    @property
    def secret(self) -> bool:
        """Whether its value must never be shown."""
        return self.field.annotation is SecretStr

    @property
    def holds_path(self) -> bool:
        """Whether its value is a path."""
        return any(isinstance(part, PathMark) for part in self.field.metadata)

    @property
    def expected(self) -> str:
        """What its value must be, in words."""
        if self.field.description:
            return self.field.description
        if get_origin(self.field.annotation) is Literal:
            return "one of " + ", ".join(f'"{value}"' for value in get_args(self.field.annotation))
        return _number_in_words(self.field)


def options_of(model: type[BaseModel], parents: tuple[str, ...] = ()) -> Iterator[Option]:
    """Every option of a model and of the tables inside it, in order."""
    for name, field in model.model_fields.items():
        keys = (*parents, name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from options_of(field.annotation, keys)
        else:
            yield Option(".".join(keys), PREFIX + "__".join(keys).upper(), field)


def closest_path(path: str, options: Iterable[Option]) -> str | None:
    """Find the option or table somebody most likely meant by an unknown path; None if nothing is near."""
    paths = [option.path for option in options]
    leaf = path.rpartition(".")[2]
    same_name = [known for known in paths if known.rpartition(".")[2] == leaf]
    if len(same_name) == 1:
        return same_name[0]
    tables = {known.rpartition(".")[0] for known in paths}
    close = get_close_matches(path, [*paths, *sorted(tables)], n=1, cutoff=0.7)
    return close[0] if close else None


def _number_in_words(field: FieldInfo) -> str:
    words = ["a whole number" if field.annotation is int else "a number"]
    for limit in field.metadata:
        match limit:
            case Ge(ge=low):
                words.append(f"from {low}")
            case Gt(gt=low):
                words.append(f"above {low}, up")
            case Le(le=high):
                words.append(f"to {high}")
            case _:
                pass
    return " ".join(words)
