"""The composition root: settings in, wired application out. The only place that knows all parts.

Nothing is opened before it is used: `--help` and a page that only reads pay for neither a model nor a server.
"""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from agent.errors import CoinbriefError
from config.settings import Settings

if TYPE_CHECKING:
    from agent.ask.answer import Answer
    from agent.briefing.document import Briefing
    from agent.briefing.gather import Wanted
    from agent.delivery.base import Channel
    from agent.delivery.outbox import DispatchReport
    from agent.jobs.brief import Scribe
    from agent.jobs.collect import Collector
    from agent.jobs.deliver import MailSettings
    from agent.jobs.progress import KindReport, Progress
    from agent.jobs.schedule import Service
    from agent.llm.ledger import CallBook
    from agent.llm.port import LanguageModel
    from agent.store.engine import Store
    from datasources.base import Source
    from datasources.records import DataKind
    from datasources.sandbox.contract import MarketData

LOG = logging.getLogger(__name__)

EMBEDDED_REQUESTS_PER_MINUTE = 60_000


class NotConfigured(CoinbriefError):
    """Something that was asked for needs a setting that is not there."""


def utc_now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Application:
    """The wired service; cheap to make."""

    settings: Settings
    wall_clock: Callable[[], datetime] = utc_now

    @property
    def clock(self) -> Callable[[], datetime]:
        """The time the service lives in: the sandbox may be held at a moment of its own."""
        held = self.settings.sandbox.now_at
        if held is None or self.settings.market_source != "sandbox":
            return self.wall_clock
        return lambda: held

    @cached_property
    def store(self) -> "Store":
        """The store; it opens nothing until it is used."""
        from agent.store.engine import Store  # noqa: PLC0415 - SQLAlchemy takes a quarter of a second to load

        return Store(self.settings.store.path)

    @property
    def market_source(self) -> str:
        """The name that prices are stored under."""
        chosen = self.settings.market_source
        return "replay" if chosen == "sandbox" and self.settings.sandbox.data else chosen

    @property
    def other_sources(self) -> tuple[str, ...]:
        """Sources of what the market source does not have."""
        return ("files",) if self.settings.sources.files.enabled and self.market_source != "files" else ()

    @contextmanager
    def collectors(self, progress: "Progress") -> Iterator[tuple["Collector", ...]]:
        """A collector for each source; the embedded sandbox runs as long as they are in use."""
        from agent.jobs.collect import Collector, Extent  # noqa: PLC0415 - as above

        market = self.settings.market
        extent = Extent(universe=market.universe, history_days=market.history_days)
        with ExitStack() as stack:
            sources = [stack.enter_context(self._market_source()), *map(self._other_source, self.other_sources)]
            yield tuple(Collector(self.store, source, extent, self.clock, progress) for source in sources)

    def collect(self, progress: "Progress", wanted: "Sequence[DataKind] | None" = None) -> "tuple[KindReport, ...]":
        """Collect from every source in use, one after the other."""
        self.store.upgrade()
        with self.collectors(progress) as collectors:
            return tuple(
                report
                for collector in collectors
                for report in collector.collect(wanted or self._kinds_of(collector.source.name))
            )

    def _kinds_of(self, source: str) -> "Sequence[DataKind] | None":
        """What to collect from a source: all from the market's, from others what that one has not."""
        from datasources.records import DataKind  # noqa: PLC0415 - as above

        return None if source == self.market_source else (DataKind.ASSETS, DataKind.SENTIMENT, DataKind.ONCHAIN_METRICS)

    @contextmanager
    def _market_source(self) -> Iterator["Source"]:
        from datasources.registry import open_source  # noqa: PLC0415 - only needed to collect

        name, settings = self.market_source, self.settings.sources.token_metrics
        if name == "files":
            yield self._other_source(name)
            return
        limits = {"timeout_s": settings.timeout_s, "max_attempts": settings.max_attempts, "clock": self.clock}
        if name == "token_metrics":
            key = settings.api_key.get_secret_value()
            if not key:
                raise NotConfigured(
                    "market.source is token_metrics, but it has no key: "
                    "set sources.token_metrics.api_key or api_key_file"
                )
            pace = settings.requests_per_minute
            headers = ("x-api-key", "api_key") if settings.old_key_header else ("x-api-key",)
            yield open_source(
                name,
                base_url=settings.base_url,
                api_key=key,
                requests_per_minute=pace,
                header_names=headers,
                **limits,
            )
            return
        with self._embedded_sandbox() as (base_url, key):
            pace = EMBEDDED_REQUESTS_PER_MINUTE
            yield open_source(name, base_url=base_url, api_key=key, requests_per_minute=pace, **limits)

    @contextmanager
    def _embedded_sandbox(self) -> Iterator[tuple[str, str]]:
        from datasources.sandbox.server import DEMO_API_KEY, RunningSandbox  # noqa: PLC0415 - a web server

        with RunningSandbox(self.sandbox_market(), clock=self.clock, api_key=DEMO_API_KEY) as running:
            yield running.base_url, DEMO_API_KEY

    def sandbox_market(self) -> "MarketData":
        """The market behind the sandbox: invented, or replayed from a folder."""
        from datasources.sandbox.history import ReplayMarket  # noqa: PLC0415 - only needed for the sandbox
        from datasources.sandbox.market import SandboxMarket  # noqa: PLC0415 - as above

        sandbox = self.settings.sandbox
        return ReplayMarket(Path(sandbox.data)) if sandbox.data else SandboxMarket(sandbox.tokens, sandbox.seed)

    def _other_source(self, name: str) -> "Source":
        from datasources.registry import open_source  # noqa: PLC0415 - only needed to collect

        path = self.settings.sources.files.path
        if not path:
            raise NotConfigured("sources.files is in use, but has no folder: set sources.files.path")
        return open_source(name, root=Path(path), now=self.clock)

    @cached_property
    def model(self) -> "LanguageModel | None":
        """The language model, None if none is configured."""
        llm = self.settings.llm
        if not llm.configured:
            return None
        from agent.llm.chat import ChatCompletionsModel  # noqa: PLC0415 - the SDK takes half a second to load

        return ChatCompletionsModel(
            llm.base_url,
            llm.api_key,
            llm.model,
            timeout_s=llm.timeout_s,
            max_output_tokens=llm.max_output_tokens,
            clock=self.clock,
            call_log=self._call_book,
        )

    @cached_property
    def _call_book(self) -> "CallBook":
        from agent.llm.ledger import CallBook  # noqa: PLC0415 - as above

        return CallBook()

    @property
    def mail(self) -> "MailSettings":
        """From whom and to whom mail goes."""
        from agent.jobs.deliver import MailSettings  # noqa: PLC0415 - the renderer behind it

        briefing = self.settings.briefing
        return MailSettings(
            sender=self.settings.smtp.sender,
            recipients=briefing.recipients,
            postal_address=briefing.postal_address,
            dashboard_url=self.settings.dashboard.public_url,
        )

    def wanted(self, portfolio: str | None = None, day: date | None = None, edition: str = "daily") -> "Wanted":
        """Which briefing is meant: for today in the reader's time zone unless a day is given; raises for the future."""
        from agent.briefing.gather import Wanted  # noqa: PLC0415 - as above

        now = self.clock()
        today = now.astimezone(ZoneInfo(self.settings.schedule.timezone)).date()
        if day is not None and day > today:
            raise CoinbriefError(f"there is no briefing for {day} yet: today is {today}")
        return Wanted(
            portfolio=portfolio or self.settings.briefing.portfolio,
            day=day or today,
            edition=edition,
            source=self.market_source,
            other_sources=self.other_sources,
            before=now.date() if day is None or day == today else day,
        )

    def scribe(self, *, send: bool = False) -> "Scribe":
        """The writer of briefings; with `send` each goes to the outbox too. Raises NotDeliverable, NotConfigured."""
        from agent.jobs.brief import Scribe  # noqa: PLC0415 - NumPy and TA-Lib behind it
        from agent.jobs.deliver import outgoing_mails  # noqa: PLC0415 - the renderer behind it

        scribe = Scribe(self.store, self.clock, self.model, self._call_book.take, self.settings.llm.max_input_tokens)
        if not send:
            return scribe
        if not self.settings.smtp.host:
            raise NotConfigured("there is no mail server to send with: set smtp.host")
        return replace(scribe, outgoing=outgoing_mails(self.mail))

    def brief(self, wanted: "Wanted", *, send: bool = False) -> "Briefing":
        """Write a briefing; the portfolio of the settings is made, empty, if there is none yet."""
        self._ensure_portfolio(wanted)
        return self.scribe(send=send).brief(wanted)

    def ask(self, question: str, portfolio: str | None = None) -> "Answer":
        """Answer a question from the store, and keep the answer with its facts. Raises NothingCollected."""
        from agent.jobs.answer import Desk  # noqa: PLC0415 - as above

        wanted = self.wanted(portfolio)
        self._ensure_portfolio(wanted)
        return Desk(self.store, self.clock, self.model, self._call_book.take).answer(question, wanted)

    def _ensure_portfolio(self, wanted: "Wanted") -> None:
        from agent.jobs.holdings import ensure_portfolio  # noqa: PLC0415 - as above

        if wanted.portfolio == self.settings.briefing.portfolio:
            with self.store.writer() as session:
                ensure_portfolio(session, wanted.portfolio, self.clock())

    def channels(self) -> "dict[str, Channel]":
        """The ways to a reader that are configured."""
        smtp = self.settings.smtp
        if not smtp.host:
            return {}
        from agent.delivery.email.smtp import SmtpChannel  # noqa: PLC0415 - only needed to send

        return {
            "email": SmtpChannel(
                host=smtp.host,
                port=smtp.port,
                security=smtp.security,
                username=smtp.username,
                password=smtp.password.get_secret_value(),
                timeout_s=smtp.timeout_s,
            )
        }

    def service(self) -> "Service":
        """The service that runs collect, brief and deliver by the clock."""
        from agent.jobs.schedule import Schedule, Service  # noqa: PLC0415 - only a running service needs it

        times = self.settings.schedule
        schedules = (
            Schedule("collect", times.collect, self._collect_slot),
            Schedule("brief", times.brief, self._brief_slot),
            Schedule("deliver", times.deliver, self._deliver_slot),
        )
        catch_up = timedelta(hours=times.catch_up_h)
        return Service(
            self.store,
            schedules,
            times.timezone,
            catch_up,
            self.wall_clock,
            self.process_token(),
            self.is_dead,
        )

    def _collect_slot(self, _slot: datetime) -> None:
        from agent.jobs.progress import LoggedProgress  # noqa: PLC0415 - as above

        self.collect(LoggedProgress())

    def _brief_slot(self, slot: datetime) -> None:
        day = slot.astimezone(ZoneInfo(self.settings.schedule.timezone)).date()
        send = bool(self.settings.smtp.host and self.settings.briefing.recipients)
        briefing = self.brief(self.wanted(day=None if self.settings.sandbox.now_at else day), send=send)
        if self.settings.briefing.out_dir:
            from agent.jobs.saving import save_files  # noqa: PLC0415 - as above

            for path in save_files(briefing, Path(self.settings.briefing.out_dir), self.mail):
                LOG.info("saved %s", path)

    def _deliver_slot(self, _slot: datetime) -> None:
        if not self.settings.smtp.host:
            return
        report = self.deliver()
        if report.sent or report.deferred or report.dead or report.in_doubt:
            LOG.info("e-mail: %s", report)

    def deliver(self) -> "DispatchReport":
        """Send what is due in the outbox; raises NotConfigured without a mail server, and leaves it as it is."""
        from agent.delivery.outbox import send_due  # noqa: PLC0415 - as above

        channels = self.channels()
        if not channels:
            raise NotConfigured("there is no mail server to send with: set smtp.host")
        return send_due(self.store, channels, self.wall_clock)

    def process_token(self) -> str:
        """A name for this process in leases."""
        return f"{os.uname().nodename}-{os.getpid()}"

    def is_dead(self, token: str) -> bool:
        """Whether a token is of a process of this machine that is gone; our own number is one of an earlier life."""
        host, _, number = token.rpartition("-")
        if host != os.uname().nodename or not number.isdigit():
            return False
        if token == self.process_token():
            return True
        try:
            os.kill(int(number), 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False
