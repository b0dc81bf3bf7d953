"""What the tests of written briefings share: who writes, for whom, and how a text is held against its facts."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from agent.briefing.checking import check_briefing
from agent.briefing.document import Briefing
from agent.briefing.wanted import Wanted
from agent.claims import forms
from agent.jobs.brief import Scribe
from agent.jobs.deliver import MailSettings
from agent.store.engine import Store
from tests.agent.jobs.world import NOW, TODAY

SAFE = frozenset({forms.FIRST_BRIEFING, forms.NO_NEWER_CLOSE, forms.NO_HOLDING, forms.NO_SIGNAL, forms.NO_GAPS})
MAIL = MailSettings("coinbrief <brief@example.org>", ("ann@example.org", "bob@example.org"), "1 Sample Street", "")


def wanted(day: date = TODAY, portfolio: str = "main", edition: str = "daily") -> Wanted:
    return Wanted(portfolio, day, edition, "sandbox")


def scribe(store: Store, clock: Callable[[], datetime] = lambda: NOW, **more: Any) -> Scribe:
    return Scribe(store, clock, **more)


def sentences(briefing: Briefing) -> list[str]:
    return [sentence.text for section in briefing.sections for sentence in section.sentences]


def assert_true(briefing: Briefing) -> None:
    """Every sentence and every cell is backed by a fact of the briefing."""
    assert check_briefing(briefing, SAFE) == ()
    assert sentences(briefing)
