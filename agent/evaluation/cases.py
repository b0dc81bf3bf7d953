"""The cases of an evaluation: which briefings and questions, of which market and day, in an order that mixes all."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from math import gcd
from typing import Final, Literal

from agent.briefing.profile import STANDARD, Profile
from agent.evaluation.questions import KINDS, QuestionKind
from agent.evaluation.recipes import MARKETS, Recipe

Which = Literal["briefings", "questions", "all"]
_GOLDEN: Final = 0.618  # no small number of strides comes back to where it began
DAYS_BACK: Final = tuple(range(8))
_PROFILES: Final = (
    STANDARD,
    Profile("holder", "short", "brisk"),
    Profile("researcher", "standard", "neutral"),
    Profile("holder", "deep", "conversational"),
    Profile("operator", "short", "neutral"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A briefing to write (`question` is None) or a question to answer, from one market at the close of one day."""

    case_id: str
    recipe: Recipe
    day: date
    profile: Profile = STANDARD
    question: QuestionKind | None = None

    @property
    def kind(self) -> str:
        """What is asked for: briefing or question."""
        return "briefing" if self.question is None else "question"


def briefing_cases(markets: tuple[Recipe, ...] = MARKETS) -> tuple[Case, ...]:
    """A briefing of every market, day and profile: 200 of the usual markets."""
    chosen = product(enumerate(_PROFILES), DAYS_BACK, enumerate(markets))
    return tuple(
        Case(f"briefing/{recipe.name}/{back}/{place}", recipe, recipe.last_close - timedelta(days=back),
             _PROFILES[(place + at) % len(_PROFILES)])
        for (place, _), back, (at, recipe) in chosen
    )  # fmt: skip


def question_cases(markets: tuple[Recipe, ...] = MARKETS) -> tuple[Case, ...]:
    """A question of every kind about every market and some days: 345 of the usual markets."""
    chosen = product((0, 1, 3), enumerate(KINDS), markets)
    return tuple(
        Case(f"question/{recipe.name}/{back}/{kind.name}", recipe, recipe.last_close - timedelta(days=back),
             question=kind)
        for back, (_, kind), recipe in chosen
    )  # fmt: skip


def chosen_cases(which: Which, limit: int | None = None, markets: tuple[Recipe, ...] = MARKETS) -> tuple[Case, ...]:
    """Briefings, questions or both in turn, at most `limit`, spread evenly over what there is."""
    briefings = briefing_cases(markets) if which != "questions" else ()
    questions = question_cases(markets) if which != "briefings" else ()
    if limit is None:
        return (*briefings, *questions)
    share = limit if which != "all" else -(-limit // 2)
    first = _spread(briefings, share)
    return (*first, *_spread(questions, limit - len(first)))


def _spread(cases: tuple[Case, ...], count: int) -> tuple[Case, ...]:
    """So many cases, in strides that meet every market, day and kind, in the order of all cases."""
    if count >= len(cases):
        return cases
    stride = next(size for size in range(int(len(cases) * _GOLDEN), 2 * len(cases)) if gcd(size, len(cases)) == 1)
    places = sorted(place * stride % len(cases) for place in range(count))
    return tuple(cases[place] for place in places)
