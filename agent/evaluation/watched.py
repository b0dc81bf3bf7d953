"""A model that is watched: what it was asked and answered, and how it is varied for a comparison."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import resources

from agent.llm.errors import LLMError
from agent.llm.port import LanguageModel, Message, OnText, Request, Result
from agent.llm.prompt import Prompt, load_prompt


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call: what was asked, and what came, or the code of the error."""

    request: Request
    result: Result | None
    error: str | None = None


@dataclass
class WatchedModel:
    """Passes everything through and keeps it until it is taken."""

    inner: LanguageModel
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def model(self) -> str:
        """The name of the model that is watched."""
        return self.inner.model

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        """Answer as `inner` does; raises its LLMError."""
        try:
            result = self.inner.generate(request, on_text)
        except LLMError as error:
            self.exchanges.append(Exchange(request, None, error.code))
            raise
        self.exchanges.append(Exchange(request, result))
        return result

    def take(self) -> tuple[Exchange, ...]:
        """The exchanges since they were last taken."""
        taken = tuple(self.exchanges)
        self.exchanges.clear()
        return taken


@dataclass(frozen=True, slots=True)
class VariedModel:
    """The same model at another temperature, or with another version of the prompts; always asked anew.

    Nothing comes from a cache of answers, which would make every repeat the same. A prompt is put in place of the one
    a request came with, filled with the same values, where there is that version of it. Raises ValueError for a
    version that takes values which the request's own did not have.
    """

    inner: LanguageModel
    temperature: float | None = None
    prompt_version: str | None = None

    @property
    def model(self) -> str:
        """The name of the model that is varied."""
        return self.inner.model

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        """Answer the varied request; raises an LLMError."""
        request = replace(request, cache_scope=None)
        if self.temperature is not None:
            request = replace(request, temperature=self.temperature)
        if self.prompt_version is not None:
            request = _with_prompt(request, self.prompt_version)
        return self.inner.generate(request, on_text)


def prompts(name: str) -> Mapping[str, Prompt]:
    """The prompt files of this name by version, oldest first."""
    folder = resources.files("agent.llm") / "prompts" / name
    if not folder.is_dir():
        return {}
    versions = (item.name.removesuffix(".md") for item in folder.iterdir() if item.name.endswith(".md"))
    return {version: load_prompt(name, version) for version in sorted(versions, key=lambda text: (len(text), text))}


def _with_prompt(request: Request, version: str) -> Request:
    own = _prompt_of(request)
    if own is None or own.version == version:
        return request
    wanted = prompts(own.name).get(version)
    if wanted is None:
        return request
    values = _values(own, request.messages[0].content)
    if missing := set(wanted.variables) - values.keys():
        raise ValueError(f"prompt {own.name!r} version {version} also takes {', '.join(sorted(missing))}")
    text = wanted.render({name: values[name] for name in wanted.variables})
    messages = (Message("system", text), *request.messages[1:])
    return replace(request, messages=messages, prompt_sha256=wanted.sha256)


def _prompt_of(request: Request) -> Prompt | None:
    """The prompt file that the request was made with, known by its digest."""
    known = prompts(request.purpose).values()
    return next((prompt for prompt in known if prompt.sha256 == request.prompt_sha256), None)


def _values(prompt: Prompt, rendered: str) -> dict[str, str]:
    """The values that a prompt was filled with, read back from its text."""
    seen: set[str] = set()

    def group(match: re.Match[str]) -> str:
        name = match[1]
        if name in seen:
            return f"(?P={name})"
        seen.add(name)
        return f"(?P<{name}>.*?)"

    pattern = re.sub(r"\\\{\\\{(\w+)\\\}\\\}", group, re.escape(prompt.text))
    found = re.fullmatch(pattern, rendered, re.DOTALL)
    return found.groupdict() if found is not None else {}
