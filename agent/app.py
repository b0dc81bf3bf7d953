"""The composition root: settings in, wired application out. The only place that knows all parts.

Nothing is opened before it is used: `--help` and a page that only reads pay for neither a model nor a server.
"""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from agent.errors import CoinbriefError, NotConfigured
from config.settings import Settings

if TYPE_CHECKING:
    from agent.briefing.document import Briefing
    from agent.briefing.wanted import Wanted
    from agent.delivery.base import Channel
    from agent.delivery.outbox import DispatchReport
    from agent.jobs.brief import Scribe
    from agent.jobs.budget import Decision
    from agent.jobs.collection import Choice, Collection
    from agent.jobs.deliver import MailSettings
    from agent.jobs.doctor import Finding
    from agent.jobs.measure import Measured
    from agent.jobs.progress import KindReport, Progress
    from agent.jobs.scan import ScanReport
    from agent.jobs.schedule import Service
    from agent.jobs.scorecard import Scorecard
    from agent.jobs.source_report import SourceState
    from agent.language import Language
    from agent.models import ModelWiring
    from agent.store.engine import Store
    from agent.store.runs import QuarantineRow
    from agent.wiring import Wiring
    from datasources.sandbox.contract import MarketData

LOG = logging.getLogger(__name__)


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

    @cached_property
    def wiring(self) -> "Wiring":
        """What decides on the sources."""
        from agent.wiring import Wiring  # noqa: PLC0415 - the clients' library behind it

        return Wiring(self.settings, self.clock)

    @property
    def market_source(self) -> str:
        """The name that the market's own data is stored under."""
        return self.wiring.market_source

    @property
    def other_sources(self) -> tuple[str, ...]:
        """The sources of what the market's own does not have."""
        return tuple(feed.name for feed in self.wiring.feeds[1:])

    @contextmanager
    def collection(self, progress: "Progress") -> Iterator["Collection"]:
        """All sources, opened; the embedded sandbox runs as long as they are in use."""
        self.store.upgrade()
        with self.wiring.sandbox() as embedded:
            yield self.wiring.collection(self.store, embedded, progress)

    def collect(self, progress: "Progress", choice: "Choice | None" = None) -> "tuple[KindReport, ...]":
        """Collect from every source in use, side by side."""
        from agent.jobs.collection import Choice  # noqa: PLC0415 - as above

        with self.collection(progress) as collection:
            return collection.collect(choice or Choice())

    def decisions(self, choice: "Choice") -> "tuple[tuple[str, Decision], ...]":
        """What a collection would do now, task by task; nobody is asked."""
        from agent.jobs.progress import LoggedProgress  # noqa: PLC0415 - as above

        self.store.upgrade()
        collection = self.wiring.collection(self.store, self.wiring.described(), LoggedProgress())
        return collection.decisions(choice)

    def source_report(self) -> "tuple[SourceState, ...]":
        """How every source stands; nobody is asked."""
        from agent.jobs.progress import LoggedProgress  # noqa: PLC0415 - as above
        from agent.jobs.source_report import source_report, standings  # noqa: PLC0415 - as above

        self.store.upgrade()
        collection = self.wiring.collection(self.store, self.wiring.described(), LoggedProgress())
        found = standings(collection)
        with self.store.reader() as session:
            return source_report(session, found, self.clock())

    def quarantined(self) -> "tuple[QuarantineRow, ...]":
        """The rows that were set aside, the latest first."""
        from agent.store.runs import list_quarantined  # noqa: PLC0415 - as above

        self.store.upgrade()
        with self.store.reader() as session:
            return list_quarantined(session)

    def examine(self) -> "tuple[Finding, ...]":
        """Whether the database is sound and every source can be reached with its key."""
        from agent.jobs.doctor import (  # noqa: PLC0415 - as above
            Finding,
            examine_sources,
            examine_store,
            examine_watchlist,
        )
        from agent.jobs.progress import LoggedProgress  # noqa: PLC0415 - as above

        found = examine_store(self.store)
        if any(finding.wrong for finding in found):
            return (*found, Finding("sources", "not asked: what is wrong with the database comes first", wrong=True))
        try:
            with self.collection(LoggedProgress()) as collection:
                return (*found, *examine_watchlist(collection), *examine_sources(collection))
        except CoinbriefError as error:
            return (*found, Finding("sources", str(error), wrong=True))

    def sandbox_market(self) -> "MarketData":
        """The market behind the sandbox: invented, or replayed from a folder."""
        return self.wiring.sandbox_market()

    @cached_property
    def models(self) -> "ModelWiring":
        """What makes the language models, and keeps account of what they cost."""
        from agent.models import ModelWiring  # noqa: PLC0415 - the store and the tables of prices behind it

        return ModelWiring(self.settings.llm, self.store, self.wall_clock)

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
        from agent.briefing.wanted import Wanted  # noqa: PLC0415 - as above

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
            price_chain=self.wiring.price_chain,
            tolerance_pct=self.settings.market.dispute_tolerance_pct,
            capped=self.wiring.capped,
            before=now.date() if day is None or day == today else day,
        )

    def scribe(self, *, send: bool = False) -> "Scribe":
        """The writer of briefings; with `send` each goes to the outbox too. Raises NotDeliverable, NotConfigured."""
        from agent.briefing.profile import Profile  # noqa: PLC0415 - as above
        from agent.jobs.brief import Scribe  # noqa: PLC0415 - NumPy and TA-Lib behind it
        from agent.jobs.deliver import outgoing_mails  # noqa: PLC0415 - the renderer behind it

        briefing = self.settings.briefing
        scribe = Scribe(
            self.store,
            self.clock,
            self.models.writer,
            self.models.ledger.take,
            self.settings.llm.max_input_tokens,
            Profile(briefing.reader, briefing.length, briefing.tone),
            self.settings.privacy.share_amounts,
        )
        if not send:
            return scribe
        if not self.settings.smtp.host:
            raise NotConfigured("there is no mail server to send with: set smtp.host")
        return replace(scribe, outgoing=outgoing_mails(self.mail))

    def brief(self, wanted: "Wanted", *, send: bool = False) -> "Briefing":
        """Write a briefing; the portfolio of the settings is made, empty, if there is none yet."""
        self.ensure_portfolio(wanted)
        with self.models.ledger.run(f"brief|{wanted.portfolio}|{wanted.day}|{self.clock().isoformat()}"):
            return self.scribe(send=send).brief(wanted)

    @cached_property
    def language(self) -> "Language":
        """What it does with language: questions, costs, the examination of a model."""
        from agent.language import Language  # noqa: PLC0415 - as above

        return Language(self)

    def measure(self, reports: "Sequence[KindReport]") -> "Measured | None":
        """Measure the last close if a collection brought anything; None if there was nothing to measure."""
        from agent.jobs.measure import brought_anything, measure_last_close  # noqa: PLC0415 - as above

        return measure_last_close(self.store, self.wanted(), self.clock) if brought_anything(reports) else None

    def scan(self, day: date | None = None, days: int = 1) -> "tuple[ScanReport, ...]":
        """Scan the last `days` days with bars up to `day`, the last one unless given, oldest first.

        Raises NoPrices, and WrongArgument for a day without bars.
        """
        from agent.jobs.scan import scan_day  # noqa: PLC0415 - as above
        from agent.measuring.days import days_with_bars  # noqa: PLC0415 - as above
        from agent.measuring.ground import scope_of  # noqa: PLC0415 - as above

        wanted = self.wanted()
        self.store.upgrade()
        with self.store.reader() as session:
            chosen = days_with_bars(session, wanted, day, days)
        return tuple(scan_day(self.store, scope_of(wanted, item), self.clock) for item in chosen)

    def scorecard(self, day: date | None = None, *, filled_in: bool = False) -> "Scorecard":
        """Score all signals and grades as of a day, the last one with bars unless given, and store that.

        With `filled_in` nothing is stored. Raises NoPrices, and WrongArgument for a day without bars.
        """
        from agent.jobs.scorecard import score_day  # noqa: PLC0415 - as above
        from agent.measuring.days import day_with_bars  # noqa: PLC0415 - as above
        from agent.measuring.errors import NoPrices  # noqa: PLC0415 - as above
        from agent.measuring.ground import scope_of  # noqa: PLC0415 - as above

        wanted = self.wanted()
        self.store.upgrade()
        with self.store.reader() as session:
            chosen = day_with_bars(session, wanted, day)
        found = score_day(self.store, scope_of(wanted, chosen), self.clock, filled_in=filled_in)
        if found is None:
            raise NoPrices(f"no volume is known up to {chosen}: nothing can be compared")
        return found

    def ensure_portfolio(self, wanted: "Wanted") -> None:
        """Make the portfolio of the settings, empty, if it is the one wanted and there is none yet."""
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
        from agent.jobs.collection import Choice  # noqa: PLC0415 - as above
        from agent.jobs.progress import LoggedProgress  # noqa: PLC0415 - as above

        reports = self.collect(LoggedProgress(), Choice(due_only=True, patient=True))
        self.measure(reports)
        self.language.index_texts()
        self.language.read_texts()

    def _brief_slot(self, slot: datetime) -> None:
        day = slot.astimezone(ZoneInfo(self.settings.schedule.timezone)).date()
        send = bool(self.settings.smtp.host and self.settings.briefing.recipients)
        briefing = self.brief(self.wanted(day=None if self.settings.sandbox.now_at else day), send=send)
        if self.settings.briefing.out_dir:
            from agent.jobs.saving import save_files  # noqa: PLC0415 - as above

            for path in save_files(briefing, Path(self.settings.briefing.out_dir), self.mail):
                LOG.info("saved %s", path)
        self.language.forget()

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
