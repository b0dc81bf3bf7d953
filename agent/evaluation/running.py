"""Running cases: each on a fresh copy of its frozen market, so that no case knows of another."""

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from agent.briefing.document import Briefing
from agent.claims.claim import Sentence
from agent.errors import CoinbriefError
from agent.evaluation.cases import Case
from agent.evaluation.judge import Verdict, judge_answer, judge_briefing
from agent.evaluation.markets import Market, build_market, wanted_on
from agent.evaluation.questions import QuestionKind
from agent.evaluation.raw import RawMarket, read_raw
from agent.evaluation.recipes import PORTFOLIO, SOURCE, Recipe, collected_at
from agent.evaluation.scoring import (
    Score,
    distinct_trigrams,
    drafted_sentences,
    reading_seconds,
    rejected_count,
    repeated_starts,
    sentences_too_many,
    spent,
)
from agent.evaluation.watched import WatchedModel
from agent.jobs.brief import Scribe
from agent.store.engine import Store

if TYPE_CHECKING:
    from agent.llm.port import LanguageModel


@dataclass(frozen=True, slots=True)
class Variant:
    """A named way of answering: the model, or None for the template alone."""

    name: str
    model: "LanguageModel | None"


@dataclass(frozen=True, slots=True)
class Published:
    """What a reader got, and what the judge says of it."""

    sentences: tuple[Sentence, ...]
    writer: str
    step: str
    notes: tuple[str, ...]
    verdict: Verdict
    too_long: int = 0
    headline: str = ""


_NOTHING = Published((), "", "", (), Verdict((), 0, ()))


Around = Callable[[str], AbstractContextManager[None]]
"""What a run happens within, by the run's name: a budget of its own, for example."""


@dataclass
class Bench:
    """Builds each market once in `folder` and runs cases on copies of it; `timer` is read for what they take."""

    folder: Path
    timer: Callable[[], float] = time.perf_counter
    max_input_tokens: int = 6000
    around: Around = lambda _run: nullcontext()
    _markets: dict[str, tuple[Market, RawMarket]] = field(default_factory=dict)
    _copies: int = 0

    def run(self, cases: Iterable[Case], variant: Variant, repeats: int = 1) -> Iterator[Score]:
        """The scores of all cases, each repeated; a case that raises an error of ours was not published."""
        watched = None if variant.model is None else WatchedModel(variant.model)
        for case in cases:
            for repeat in range(repeats):
                yield self._score(case, variant.name, watched, repeat)

    def market(self, recipe: Recipe) -> tuple[Market, RawMarket]:
        """The market of a recipe, built when it is first needed."""
        if recipe.name not in self._markets:
            path = self.folder / f"market-{len(self._markets)}.db"
            self._markets[recipe.name] = (build_market(recipe, path), read_raw(path, SOURCE, PORTFOLIO))
        return self._markets[recipe.name]

    def _score(self, case: Case, variant: str, model: WatchedModel | None, repeat: int) -> Score:
        market, raw = self.market(case.recipe)
        store = self._copy(market)
        started, error = self.timer(), ""
        try:
            with self.around(f"eval|{case.case_id}|{variant}|{repeat}"):
                published = self._published(case, store, model, raw)
        except CoinbriefError as caught:
            published, error = _NOTHING, str(caught)
        own_s = self.timer() - started
        store.path.unlink()
        exchanges = model.take() if model is not None else ()
        cost = spent(exchanges)
        drafted = drafted_sentences(exchanges)
        texts = [sentence.text for sentence in published.sentences]
        return Score(
            case_id=case.case_id,
            kind=case.kind,
            market=case.recipe.name,
            day=case.day.isoformat(),
            variant=variant,
            repeat=repeat,
            published=not error,
            writer=published.writer,
            step=published.step or "none",
            false=published.verdict.false,
            missing=published.verdict.missing,
            recomputed=published.verdict.recomputed,
            sentences=len(texts),
            drafted=len(drafted),
            rejected=rejected_count(drafted, published.sentences),
            reading_s=reading_seconds(texts),
            too_long=published.too_long,
            distinct_trigrams=distinct_trigrams(" ".join(texts)),
            repeated_starts=repeated_starts(texts),
            spent=cost,
            own_s=max(0.0, own_s - (0.0 if _is_scripted(model) else cost.latency_s)),
            text="\n".join(filter(None, (published.headline, *texts))),
            notes=(*published.notes, *filter(None, (error,))),
            drafts=tuple(item.result.text for item in exchanges if item.result is not None),
        )

    def _published(self, case: Case, store: Store, model: WatchedModel | None, raw: RawMarket) -> Published:
        if case.question is None:
            return self._briefing(case, store, model, raw)
        return self._answer(case, case.question, store, model, raw)

    def _briefing(self, case: Case, store: Store, model: WatchedModel | None, raw: RawMarket) -> Published:
        scribe = Scribe(
            store,
            lambda: collected_at(case.day),
            model,
            max_input_tokens=self.max_input_tokens,
            profile=case.profile,
        )
        briefing = scribe.brief(wanted_on(case.day))
        sentences = tuple(sentence for section in briefing.sections for sentence in section.sentences)
        verdict = judge_briefing(briefing, raw)
        writer, too_long = briefing.writer, _too_long(briefing)
        return Published(sentences, writer.name, writer.step, writer.notes, verdict, too_long, briefing.headline.text)

    def _answer(
        self, case: Case, question: QuestionKind, store: Store, model: WatchedModel | None, raw: RawMarket
    ) -> Published:
        from agent.ask.respond import Manner, Models  # noqa: PLC0415 - only questions need the tools
        from agent.ask.toolset.desk import Tools  # noqa: PLC0415 - as above
        from agent.jobs.answer import Desk  # noqa: PLC0415 - as above

        models = None if model is None else Models(model, model)
        manner = Manner(models, max_input_tokens=self.max_input_tokens, timer=self.timer)
        desk = Desk(store, lambda: collected_at(case.day), lambda wanted: Tools(store, wanted, case.case_id), manner)
        answer = desk.answer(question.text, wanted_on(case.day)).answer
        verdict, _ = judge_answer(answer, question, raw, case.day)
        notes = (*answer.notes, *answer.writer.notes)
        return Published(answer.sentences, answer.writer.name, answer.writer.step, notes, verdict)

    def _copy(self, market: Market) -> Store:
        self._copies += 1
        path = self.folder / f"case-{self._copies}.db"
        shutil.copyfile(market.path, path)
        path.chmod(0o600)
        return Store(path)


def _is_scripted(model: WatchedModel | None) -> bool:
    """Whether the model's latency was only told and not waited for."""
    return model is not None and model.model.startswith(("scripted:", "replay:"))


def _too_long(briefing: Briefing) -> int:
    claims = {claim.claim_id: claim for claim in briefing.claims}
    counts = {section.key: len(section.sentences) for section in briefing.sections}
    must = Counter(
        section.key
        for section in briefing.sections
        for sentence in section.sentences
        if any(claims[claim_id].mandatory for claim_id in sentence.claim_ids if claim_id in claims)
    )
    return sentences_too_many(counts, must, briefing.profile)
