"""What an installation does with language: questions, recall, costs, back-fills, and the examination of a model."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from agent.errors import NotConfigured
from agent.jobs.answer import Desk, Keeping
from agent.jobs.costs import By, Costs, costs
from agent.llm.budget import NOTHING, Grant, decide, period_starts
from config.settings import Settings

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from agent.ask.arranging import Show
    from agent.ask.recall import Library, Recalled
    from agent.ask.respond import Reply
    from agent.ask.toolset.desk import Tools
    from agent.briefing.wanted import Wanted
    from agent.jobs.backfill import Backfill
    from agent.jobs.brief import Scribe
    from agent.jobs.collection import Collection
    from agent.jobs.index_texts import IndexReport
    from agent.jobs.progress import Progress
    from agent.jobs.reading import ListedReport, ReadingReport
    from agent.llm.embeddings import EmbeddingModel
    from agent.llm.moderations import Moderator
    from agent.llm.probe import ProbeReport
    from agent.models import ModelWiring
    from agent.store.engine import Store


QUOTES_SHOWN = 5


class Home(Protocol):
    """The application, as far as its language needs it."""

    @property
    def settings(self) -> Settings:
        """The settings."""
        ...

    @property
    def wall_clock(self) -> Callable[[], datetime]:
        """The real time."""
        ...

    @property
    def clock(self) -> Callable[[], datetime]:
        """The time the service lives in."""
        ...

    @property
    def store(self) -> "Store":
        """The store."""
        ...

    @property
    def models(self) -> "ModelWiring":
        """The language models and their account."""
        ...

    def wanted(self, portfolio: str | None = None, day: date | None = None, edition: str = "daily") -> "Wanted":
        """Which reader's data of which day is meant."""
        ...

    def ensure_portfolio(self, wanted: "Wanted") -> None:
        """Make the portfolio of the settings if there is none yet."""
        ...

    def scribe(self, *, send: bool = False) -> "Scribe":
        """The writer of briefings."""
        ...

    def collection(self, progress: "Progress") -> "AbstractContextManager[Collection]":
        """All sources, opened."""
        ...


@dataclass(frozen=True)
class Language:
    """The parts of an application that speak, over its settings, store and models."""

    app: Home

    def ask(
        self,
        question: str,
        portfolio: str | None = None,
        *,
        before: "Reply | None" = None,
        show: "Show | None" = None,
        announce: Callable[[str], None] | None = None,
    ) -> "Reply":
        """Answer a question from the store, and keep the answer with its facts. Raises NothingCollected.

        `before` is the reply that this question may refer to; `announce` is told what was understood, and `show` is
        given each sentence once it was verified.
        """
        app = self.app
        wanted = app.wanted(portfolio)
        app.ensure_portfolio(wanted)
        with app.models.ledger.run(f"ask|{app.clock().isoformat()}|{uuid4().hex}"):
            return self._desk(show, announce).answer(question, wanted, None if before is None else before.context)

    def _desk(self, show: "Show | None", announce: Callable[[str], None] | None) -> Desk:
        from agent.ask.respond import Manner, Models  # noqa: PLC0415 - only questions need the grammar

        app, models, privacy = self.app, self.app.models, self.app.settings.privacy
        writer, finder = models.writer, models.finder
        manner = Manner(
            models=None if writer is None or finder is None else Models(writer, finder),
            share_amounts=privacy.share_amounts,
            keep_searches=privacy.keep_questions and privacy.keep_answers_days > 0,
            max_input_tokens=app.settings.llm.max_input_tokens,
            moderator=self._moderator(),
            show=show or (lambda _sentence: None),
            announce=announce or (lambda _line: None),
        )
        keeping = Keeping(privacy.keep_answers_days > 0, privacy.keep_questions)
        return Desk(app.store, app.clock, self._tools, manner, models.ledger.take, keeping)

    def _tools(self, wanted: "Wanted") -> "Tools":
        from agent.ask.toolset.desk import Tools  # noqa: PLC0415 - NumPy and TA-Lib behind it

        seed = f"{wanted.portfolio}|{wanted.source}|{wanted.day}"
        return Tools(self.app.store, wanted, seed, lambda query, start, end: self.recall(query, start, end).quotes)

    def recall(
        self, query: str, start: date | None = None, end: date | None = None, limit: int = QUOTES_SHOWN
    ) -> "Recalled":
        """Search briefings, reports and notes, as they are now; what is found are quotations."""
        report = self.index_texts()
        found = self._library.search(query, start, end, limit)
        return replace(found, notes=tuple(dict.fromkeys((*report.notes, *found.notes))))

    def index_texts(self) -> "IndexReport":
        """Bring the search up to date with what was written and collected."""
        from agent.jobs.index_texts import index_texts  # noqa: PLC0415 - NumPy behind it
        from agent.store.embeddings import ALL_KINDS  # noqa: PLC0415 - as above

        # briefings and notes tell what is held and how much of it
        kinds = ALL_KINDS if self.app.settings.privacy.share_amounts else frozenset({"report", "description"})
        self.app.store.upgrade()
        return index_texts(self.app.store, self.app.clock, self._embedder, embeddable=kinds)

    def read_texts(self) -> "ReadingReport":
        """Have the newest texts of providers labelled by the model for routine work, each once; see the notes."""
        from agent.jobs.reading import ReadingReport, read_texts  # noqa: PLC0415 - SQLAlchemy behind it

        app, model = self.app, self.app.models.finder
        if model is None:
            return ReadingReport(notes=("Texts are not labelled without a language model: set llm.model.",))
        app.store.upgrade()
        with app.models.ledger.run(f"read|{app.clock().isoformat()}|{uuid4().hex}"):
            return read_texts(app.store, model, app.clock, has_room=self._has_room)

    def _has_room(self) -> bool:
        """Whether less than half of the budget is spent: the rest is for what cannot wait."""
        from agent.jobs.spending import spent_so_far  # noqa: PLC0415 - SQLAlchemy behind it

        now = self.app.wall_clock()
        with self.app.store.reader() as session:
            spent = spent_so_far(session, now)
        return isinstance(decide(self.app.models.caps.halved(), spent, NOTHING, now), Grant)

    def reports(self, asset: str | None = None, days: int = 30) -> "tuple[ListedReport, ...]":
        """The providers' texts of the last days, of one asset or of all, with their labels; raises AssetNotFound."""
        from agent.jobs.reading import list_reports  # noqa: PLC0415 - as above
        from agent.measuring.assets import require_asset  # noqa: PLC0415 - as above

        app = self.app
        app.store.upgrade()
        since = app.clock().date() - timedelta(days=days - 1)
        with app.store.reader() as session:
            source = app.wanted().source
            asset_id = None if asset is None else require_asset(session, source, asset).asset_id
            return list_reports(session, since, asset_id)

    @cached_property
    def _library(self) -> "Library":
        """The search over stored texts; it keeps the vectors it has read."""
        from agent.ask.recall import Library  # noqa: PLC0415 - NumPy behind it

        return Library(self.app.store, self._embedder)

    @cached_property
    def _embedder(self) -> "EmbeddingModel | None":
        """What makes vectors of texts, within the budget; None if none is configured."""
        given = self.app.settings.embeddings
        if not given.model:
            return None
        from agent.llm.embeddings import BudgetedEmbeddings, EndpointEmbeddings  # noqa: PLC0415 - NumPy behind it

        models = self.app.models
        endpoint = EndpointEmbeddings(
            given.base_url,
            given.api_key,
            given.model,
            timeout_s=given.timeout_s,
            clock=self.app.wall_clock,
            call_log=models.ledger,
        )
        price = models.prices.price_of(given.model, given.base_url)
        return BudgetedEmbeddings(endpoint, models.ledger, caps=models.caps, clock=self.app.wall_clock, price=price)

    def _moderator(self) -> "Moderator | None":
        """The endpoint that looks at questions, None if none is configured."""
        given = self.app.settings.moderation
        if not given.model:
            return None
        from agent.llm.moderations import EndpointModerator  # noqa: PLC0415 - only a configured one is asked

        return EndpointModerator(given.base_url, given.api_key, given.model, timeout_s=given.timeout_s)

    def costs(self, since: datetime | None = None, by: By = "day") -> Costs:
        """What language models cost since a time, this month unless given, and what is left of each cap."""
        app = self.app
        app.store.upgrade()
        now = app.wall_clock()
        return costs(app.store, app.models.caps, since or period_starts(now)[1], now, by)

    def backfill(self) -> "Backfill":
        """Briefings of past days by a batch; raises NotConfigured without a model."""
        from agent.jobs.backfill import Backfill  # noqa: PLC0415 - only a back-fill needs it
        from agent.llm.batch import BatchClient  # noqa: PLC0415 - as above

        app, llm = self.app, self.app.settings.llm
        if not llm.configured:
            raise NotConfigured("no language model is configured: set llm.model and llm.api_key")
        client = BatchClient(
            llm.base_url,
            llm.api_key,
            llm.model,
            timeout_s=llm.timeout_s,
            max_output_tokens=llm.max_output_tokens,
            clock=app.wall_clock,
            prices=app.models.prices,
            wire=llm.wire,
        )
        return Backfill(
            store=app.store,
            ledger=app.models.ledger,
            batches=client,
            write=lambda model, day: replace(app.scribe(), model=model, calls=tuple).brief(app.wanted(day=day)),
            caps=app.models.caps,
            price=app.models.prices.price_of(llm.model, llm.base_url, batch=True),
            max_output_tokens=llm.max_output_tokens,
            clock=app.wall_clock,
        )

    def probe(self) -> "tuple[tuple[str, ProbeReport], ...]":
        """Find out what the server of each configured model can do, and remember it; raises NotConfigured."""
        self.app.store.upgrade()
        llm = self.app.settings.llm
        names = dict.fromkeys(name for name in (llm.model, llm.small_model) if name)
        if not names:
            raise NotConfigured("no language model is configured: set llm.model, and llm.base_url or llm.api_key")
        return tuple((name, self.app.models.probe(name)) for name in names)

    def ask_provider(self, question: str) -> tuple[str, str]:
        """Ask a provider's own chat: its attribution and its words, which nothing of ours has checked.

        Raises NotConfigured where the settings do not allow it.
        """
        if not self.app.settings.sources.token_metrics.chat:
            raise NotConfigured("the provider's chat is off: set sources.token_metrics.chat to true to allow it")
        from agent.jobs.progress import LoggedProgress  # noqa: PLC0415 - the clients' library behind it
        from agent.jobs.provider_chat import ask_provider  # noqa: PLC0415 - as above

        with self.app.collection(LoggedProgress()) as collection:
            return ask_provider(collection, question)

    def forget(self) -> int:
        """Forget what is older than the settings let it be, and give the number of answers that went."""
        from agent.jobs.retention import Retention, forget_old  # noqa: PLC0415 - once a day

        privacy = self.app.settings.privacy
        retention = Retention(privacy.keep_answers_days, privacy.keep_calls_days)
        return forget_old(self.app.store, retention, self.app.wall_clock)
