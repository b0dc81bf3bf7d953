"""The acceptance run: lies of every class and every bad server against briefings and questions.

A liar of one class takes each case, class after class; then each misbehaviour of a server, over HTTP, takes one
briefing and one question; then an honest model takes every case, to see how many true sentences are rejected.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from agent.evaluation.bad_endpoint import MISBEHAVIOURS, bad_endpoint
from agent.evaluation.cases import Case, briefing_cases, chosen_cases
from agent.evaluation.lies import CLASSES
from agent.evaluation.recipes import LAST_CLOSE, MARKETS, Recipe
from agent.evaluation.running import Bench, Variant
from agent.evaluation.scoring import Score
from agent.evaluation.scripted import ScriptedModel
from agent.llm.estimate import estimated_tokens

if TYPE_CHECKING:
    from agent.llm.port import LanguageModel

_OTHERS: Final = ("injected", "malformed", "failing")
WIRES: Final = ("chat", "responses")
_SHORT_S: Final = 0.5  # how long a hanging server is waited for
RAW_DAYS: Final = 90


@dataclass(frozen=True, slots=True)
class Appetite:
    """What a briefing of many holdings asks a model to read, against the rows behind it as JSON."""

    holdings: int
    calls: int
    input_tokens: int
    output_tokens: int
    raw_tokens: int

    @property
    def ratio(self) -> float:
        """How many times more the rows would be."""
        return self.raw_tokens / self.input_tokens


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What came of it."""

    lied_to: tuple[Score, ...]
    badly_served: tuple[Score, ...]
    honest: tuple[Score, ...]
    appetite: Appetite
    wall_s: float

    @property
    def hostile(self) -> tuple[Score, ...]:
        """All runs against a model that means no good."""
        return (*self.lied_to, *self.badly_served)

    @property
    def false_statements(self) -> tuple[str, ...]:
        """Everything false that was published, each with its case."""
        runs = (*self.hostile, *self.honest)
        return tuple(f"{score.case_id} ({score.variant}): {text}" for score in runs for text in score.false)

    @property
    def missing_briefings(self) -> tuple[str, ...]:
        """The briefings that did not appear, or appeared without what had to be in them."""
        runs = (*self.hostile, *self.honest)
        return tuple(
            f"{score.case_id} ({score.variant})"
            for score in runs
            if score.kind == "briefing" and (not score.published or score.missing)
        )

    @property
    def rejected_share(self) -> float:
        """The share of an honest model's sentences that were not published."""
        drafted = sum(score.drafted for score in self.honest)
        return sum(score.rejected for score in self.honest) / drafted if drafted else 0.0

    def steps(self) -> Counter[str]:
        """How often each step of the ladder was reached against hostile models."""
        return Counter(score.step for score in self.hostile)


def run_acceptance(
    bench: Bench,
    briefings: int,
    questions: int,
    misbehaviours: Sequence[str] = tuple(MISBEHAVIOURS),
    wires: Sequence[str] = WIRES,
    markets: tuple[Recipe, ...] = MARKETS,
    timer: Callable[[], float] = time.perf_counter,
    tell: Callable[[str], None] = lambda _what: None,
) -> Acceptance:
    """Run it; `tell` hears what is being done."""
    started = timer()
    cases = (*chosen_cases("briefings", briefings, markets), *chosen_cases("questions", questions, markets))
    tell(f"lies of {len(CLASSES)} classes against {len(cases)} cases")
    lied_to = tuple(_lied_to(bench, cases))
    tell(f"{len(misbehaviours)} misbehaviours of servers")
    badly_served = tuple(_badly_served(bench, misbehaviours, cases, wires))
    tell("an honest model")
    honest = tuple(bench.run(cases, Variant("scripted:honest", ScriptedModel())))
    return Acceptance(lied_to, badly_served, honest, appetite(bench, markets[-1]), timer() - started)


def _lied_to(bench: Bench, cases: Sequence[Case]) -> Iterator[Score]:
    models: list[ScriptedModel] = [ScriptedModel("liar", class_id) for class_id in CLASSES]
    models += [ScriptedModel(behaviour) for behaviour in _OTHERS]
    for place, case in enumerate(cases):
        model = models[place % len(models)]
        yield from bench.run([case], Variant(model.model, model))


def _badly_served(bench: Bench, names: Sequence[str], cases: Sequence[Case], wires: Sequence[str]) -> Iterator[Score]:
    by_kind = [[case for case in cases if case.kind == kind] for kind in ("briefing", "question")]
    with bad_endpoint() as server:
        for wire, model in _models(server.base_url, wires):
            for place, name in enumerate(names):
                server.misbehaviour = MISBEHAVIOURS[name]
                for same in filter(None, by_kind):
                    yield from bench.run([same[place % len(same)]], Variant(f"{wire}: {name}", model))


def _models(base_url: str, wires: Sequence[str]) -> "Iterator[tuple[str, LanguageModel]]":
    from agent.llm.chat import ChatCompletionsModel  # noqa: PLC0415 - the SDK takes half a second to load
    from agent.llm.responses import ResponsesModel  # noqa: PLC0415 - as above

    adapters = {"chat": ChatCompletionsModel, "responses": ResponsesModel}
    for wire in wires:
        model = adapters[wire](
            base_url,
            "sk-evaluation",
            "bad",
            timeout_s=_SHORT_S,
            max_output_tokens=1500,
            clock=lambda: datetime.combine(LAST_CLOSE, datetime.min.time(), UTC),
            max_retries=0,
        )
        try:
            yield wire, model
        finally:
            model.close()


def appetite(bench: Bench, recipe: Recipe) -> Appetite:
    """What an honest model reads and writes for the standard briefing of a market's portfolio."""
    case = replace(briefing_cases((recipe,))[0], day=recipe.last_close)
    (score,) = bench.run([case], Variant("scripted:honest", ScriptedModel()))
    spent = score.spent
    return Appetite(
        recipe.holdings, spent.calls, spent.input_tokens or 0, spent.output_tokens or 0, _raw_tokens(bench, recipe)
    )


def _raw_tokens(bench: Bench, recipe: Recipe) -> int:
    """The closes of what is held, of the 90 days that most figures rest on, as rows of JSON."""
    _, raw = bench.market(recipe)
    days = [recipe.last_close - timedelta(days=back) for back in range(RAW_DAYS)]
    rows = [
        {"day": day.isoformat(), "asset": raw.assets[asset_id].name, "close_usd": raw.close(asset_id, day)}
        for asset_id in raw.held
        for day in days
    ]
    return estimated_tokens(json.dumps(rows))
