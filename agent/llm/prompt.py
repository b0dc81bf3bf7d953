"""Prompts are files: `prompts/<name>/<version>.md` with front matter, and their digest is kept with what they wrote."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

_FRONT_MATTER = re.compile(r"\A---\n(?P<head>.*?)\n---\n(?P<text>.*)\Z", re.DOTALL)
_VARIABLE = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt file; `sha256` is of the whole file, `variables` are the `{{names}}` its text takes."""

    name: str
    version: str
    variables: tuple[str, ...]
    text: str
    sha256: str

    def render(self, values: Mapping[str, str]) -> str:
        """The text with every variable filled in; raises ValueError if `values` are not exactly the variables."""
        if set(values) != set(self.variables):
            raise ValueError(f"prompt {self.name!r} takes {sorted(self.variables)}, got {sorted(values)}")
        return _VARIABLE.sub(lambda match: values[match[1]], self.text)


def load_prompt(name: str, version: str = "1") -> Prompt:
    """The prompt file `prompts/<name>/<version>.md`; raises FileNotFoundError or ValueError for a broken one."""
    path = resources.files("agent.llm") / "prompts" / name / f"{version}.md"
    return parse_prompt(name, version, path.read_text(encoding="utf-8"))


def parse_prompt(name: str, version: str, source: str) -> Prompt:
    """The prompt in `source`; raises ValueError if its front matter does not agree with its name or its text."""
    match = _FRONT_MATTER.match(source)
    if match is None:
        raise ValueError(f"prompt {name!r} has no front matter; start it with ---")
    head = dict(line.split(": ", 1) for line in match["head"].splitlines() if ": " in line)
    variables = tuple(part.strip() for part in head.get("variables", "").split(",") if part.strip())
    if head.get("name") != name or head.get("version") != version:
        raise ValueError(f"prompt {name!r} version {version!r} names itself otherwise in its front matter")
    if set(variables) != set(_VARIABLE.findall(match["text"])):
        raise ValueError(f"prompt {name!r} declares other variables than its text uses")
    digest = hashlib.sha256(source.encode()).hexdigest()
    return Prompt(name, version, variables, match["text"].strip(), digest)
