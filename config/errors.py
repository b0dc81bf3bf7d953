"""The one error of this package: everything that is wrong with the settings, at once."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right; `path` is the dotted path of the option, the file or the environment variable."""

    path: str
    message: str

    def __str__(self) -> str:
        """Give the problem as one line."""
        return f"{self.path}: {self.message}"


class SettingsError(Exception):
    """The settings cannot be used; `problems` lists every reason, and no secret appears in any of them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = [f"{count} in the settings:", *(f"  {problem}" for problem in problems)]
        super().__init__("\n".join(lines))
        self.problems = problems
