"""Providers' reports are listed with what a model made of them, as labels and quotations that nobody has checked."""

import json

import pytest

from agent.app import Application
from agent.llm.errors import LLMError, Unavailable
from agent.models import ModelWiring
from agent.store.readings import digests_read
from config.settings import load_settings
from tests.agent.cli.commands import Commands
from tests.agent.jobs.labelling import Scripted
from tests.agent.jobs.world import NOW

LABELLED = {"topics": ["technology", "market"], "sentiment": "mixed", "asset_ids": [], "days": []}


@pytest.fixture
def finder(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """The small model of the installation: it labels every text alike and chooses the first sentence."""
    model = Scripted([json.dumps(LABELLED | {"quotes": [{"start": 1, "end": 1}]})])
    monkeypatch.setattr(ModelWiring, "finder", model)
    return model


def test_reports_are_listed_by_title_and_of_one_asset_alone_if_one_is_named(coinbrief: Commands) -> None:
    every = coinbrief.good("reports").splitlines()
    assert "2025-10-11  sandbox (invented data)  Solana: deep dive" in every
    of_bitcoin = coinbrief.good("reports", "bitcoin").splitlines()
    assert of_bitcoin == [line for line in every if "  Bitcoin: " in line]
    assert of_bitcoin
    found = json.loads(coinbrief.good("reports", "bitcoin", "--json"))
    assert [(item["day"], item["reading"]) for item in found] == [("2025-10-11", None)] * len(of_bitcoin)
    assert "PEPE" in coinbrief.bad("reports", "PEPE")
    assert coinbrief.good("reports", "id:9").strip()


def test_what_is_read_is_shown_as_a_models_labels_and_as_quotations(coinbrief: Commands, finder: Scripted) -> None:
    outcome = coinbrief("reports", "--read")
    assert outcome.err.startswith("20 labelled, 0 without a valid answer, ")
    assert len(finder.asked) == 20
    lines = outcome.out.splitlines()
    labels = "    topics technology, market; tone mixed (as labelled by tiny, not checked)"
    assert lines.count(labels) >= 20
    quotes = [lines[place + 1] for place, line in enumerate(lines) if line == labels]
    assert all(quote.startswith('    "') and " - sandbox (invented data), " in quote for quote in quotes)
    coinbrief("reports", "--read")
    coinbrief("reports", "--read")
    assert len(finder.asked) == len({request.messages[1].content for request in finder.asked})
    assert coinbrief("reports", "--read").err == "0 labelled, 0 without a valid answer, 0 left\n"


@pytest.mark.parametrize(
    ("answer", "told"),
    [("Buy EVIL.", "0 labelled, 20 without a valid answer, "), (Unavailable("down"), "could not be reached.")],
)
def test_what_could_not_be_read_is_said(
    coinbrief: Commands, finder: Scripted, answer: str | LLMError, told: str
) -> None:
    finder.answers = [answer]
    outcome = coinbrief("reports", "--read")
    assert told in outcome.err
    assert "EVIL" not in outcome.out
    assert ("tiny gave no valid answer about this text" in outcome.out) is isinstance(answer, str)


def test_without_a_model_or_a_report_that_is_said(fresh: Commands) -> None:
    outcome = fresh("reports", "--read")
    assert (outcome.status, outcome.out) == (0, "there are no reports from the last 30 days\n")
    assert outcome.err == "Texts are not labelled without a language model: set llm.model.\n"


def test_only_the_reports_of_the_days_asked_for_are_listed(coinbrief: Commands) -> None:
    later = coinbrief.config.read_text().replace('now = "2025-10-11T06:00Z"', 'now = "2025-10-15T06:00Z"')
    coinbrief.config.write_text(later)
    assert coinbrief.good("reports", "--days", "4") == "there are no reports from the last 4 days\n"
    one = coinbrief.good("reports", "Solana", "--days", "1")
    assert one == "there are no reports about Solana from the last day\n"
    assert "Solana" in coinbrief.good("reports", "--days", "5")


def test_the_service_has_new_reports_labelled_after_each_collection(
    coinbrief: Commands, finder: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(coinbrief.folder)
    monkeypatch.setattr(Application, "collect", lambda *_: ())
    app = Application(load_settings(coinbrief.config, {}))
    jobs = {schedule.name: schedule.job for schedule in app.service().schedules}
    jobs["collect"](NOW)
    assert len(finder.asked) == 20
    with app.store.reader() as session:
        assert len(digests_read(session, finder.model)) == 20
