import json
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from agent.briefing.archive import parse_briefing
from agent.briefing.explain import explain_fact
from agent.cli.explanation import explanation_lines
from agent.store.engine import Store
from tests.agent.cli.commands import Commands
from tests.agent.jobs.database import rows_of
from tests.agent.jobs.writing import assert_true, sentences

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")


def test_a_briefing_is_printed_with_its_facts_if_wanted(coinbrief: Commands) -> None:
    plain = coinbrief.good("brief")
    assert "coinbrief: main, 11 October 2025" in plain
    assert "Invented data" in plain
    document = parse_briefing(coinbrief.good("brief", "--json"))
    assert_true(document)
    printed = " ".join(plain.split())
    assert all(sentence in printed for sentence in sentences(document))
    with_ids = coinbrief.good("brief", "--facts")
    shown = {fact.fact_id for fact in document.facts if fact.fact_id in with_ids}
    assert len(shown) > 20


def test_every_fact_of_a_briefing_can_be_explained(coinbrief: Commands) -> None:
    document = parse_briefing(coinbrief.good("brief", "--json"))
    with Store(coinbrief.folder / "coinbrief.db").reader() as session:
        for fact in document.facts:
            found = explain_fact(session, fact.fact_id)
            assert not found.has_changed
            assert fact.derivation.formula in "\n".join(explanation_lines(found))
    for fact in {fact.metric: fact for fact in document.facts}.values():
        text = coinbrief.good("explain", fact.fact_id)
        assert text.startswith(f"{fact.fact_id}: ")
        assert "restated" not in text
    printed = json.loads(coinbrief.good("explain", document.facts[0].fact_id, "--json"))
    assert printed["document_id"] == document.briefing_id


def test_a_fact_that_does_not_exist_is_an_error_in_words(coinbrief: Commands) -> None:
    assert "coinbrief brief --facts" in coinbrief.bad("explain", "zzzzzz")
    fact_id = parse_briefing(coinbrief.good("brief", "--json")).facts[0].fact_id
    assert "no fact" in coinbrief.bad("explain", fact_id, "--briefing", "p1-2025-10-10-daily-1")


def test_out_writes_three_files_and_says_where(coinbrief: Commands) -> None:
    outcome = coinbrief("brief", "--out", "saved")
    assert outcome.status == 0
    names = sorted(path.name for path in (coinbrief.folder / "saved").iterdir())
    assert names == [f"briefing-2025-10-11-main{suffix}" for suffix in (".eml", ".html", ".md")]
    assert all(f"saved/{name}" in outcome.err for name in names)


def test_a_rebuilt_briefing_has_the_same_bytes_as_the_stored_one(coinbrief: Commands) -> None:
    document = parse_briefing(coinbrief.good("brief", "--out", "stored", "--json"))
    coinbrief.good("brief", "--rebuild", document.briefing_id, "--out", "rebuilt")
    stored, rebuilt = coinbrief.folder / "stored", coinbrief.folder / "rebuilt"
    assert {path.name for path in stored.iterdir()} == {path.name for path in rebuilt.iterdir()}
    for path in stored.iterdir():
        assert path.read_bytes() == (rebuilt / path.name).read_bytes()


def test_a_briefing_that_does_not_exist_cannot_be_rebuilt(coinbrief: Commands) -> None:
    assert "p9-2025-10-11-daily-1" in coinbrief.bad("brief", "--rebuild", "p9-2025-10-11-daily-1")


def test_a_day_of_the_past_uses_only_what_was_before_it(coinbrief: Commands) -> None:
    document = parse_briefing(coinbrief.good("brief", "--date", "2025-09-20", "--json"))
    assert_true(document)
    assert (document.day.isoformat(), document.as_of.isoformat()) == ("2025-09-20", "2025-09-19")


def test_a_day_before_all_prices_has_no_briefing(coinbrief: Commands) -> None:
    assert "before 2020-01-01" in coinbrief.bad("brief", "--date", "2020-01-01")


def test_a_day_that_has_not_begun_has_no_briefing(coinbrief: Commands) -> None:
    before = rows_of(coinbrief.folder / "coinbrief.db")
    assert "2025-10-12 has not begun" in coinbrief.bad("brief", "--date", "2025-10-12", status=2)
    assert rows_of(coinbrief.folder / "coinbrief.db") == before


def test_what_is_no_day_is_refused(coinbrief: Commands) -> None:
    assert "tomorrow" in coinbrief.bad("brief", "--date", "tomorrow", status=2)


def test_an_unknown_portfolio_has_no_briefing(coinbrief: Commands) -> None:
    assert "'nobody'" in coinbrief.bad("brief", "--portfolio", "nobody")


class Inbox:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 # aiosmtpd's name
        assert isinstance(envelope.original_content, bytes)
        self.mails.append(envelope.original_content)
        return "250 kept"


def mail_settings(port: int, recipients: str = '["ann@example.org"]') -> str:
    return f'[briefing]\nrecipients = {recipients}\n[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'


def free_port() -> int:
    import socket  # noqa: PLC0415 - only to find a port

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def test_a_mail_arrives_once_however_often_it_is_sent(coinbrief: Commands) -> None:
    inbox = Inbox()
    controller = Controller(inbox, "127.0.0.1", free_port())
    coinbrief.configure(mail_settings(controller.port))
    controller.start()
    try:
        assert "1 sent" in coinbrief("brief", "--send").err
        (mail,) = inbox.mails
        assert b"To: ann@example.org" in mail
        assert b"Bitcoin" in mail
        second = coinbrief("brief", "--send")
        assert second.status == 0
        assert "nothing was due" in second.err
        assert "0 sent" in coinbrief.good("outbox", "send")
    finally:
        controller.stop()
    assert len(inbox.mails) == 1
    (row,) = json.loads(coinbrief.good("outbox", "list", "--json"))
    assert (row["state"], row["recipient"], row["attempts"]) == ("sent", "ann@example.org", 1)


def test_a_mail_server_that_is_away_puts_the_mail_off(coinbrief: Commands) -> None:
    coinbrief.configure(mail_settings(free_port()))
    outcome = coinbrief("brief", "--send")
    assert outcome.status == 1
    assert "1 put off" in outcome.err
    assert "coinbrief: main" in outcome.out
    assert "deferred" in coinbrief.good("outbox", "list")


def test_sending_without_a_server_or_a_reader_names_the_setting(coinbrief: Commands) -> None:
    assert "smtp.host" in coinbrief.bad("brief", "--send")
    coinbrief.configure(mail_settings(25, "[]"))
    assert "briefing.recipients" in coinbrief.bad("brief", "--send")
    assert rows_of(coinbrief.folder / "coinbrief.db")["briefing"] == []


def test_the_settings_can_name_a_folder_for_every_briefing(coinbrief: Commands) -> None:
    coinbrief.configure('[briefing]\nout_dir = "always"\n')
    coinbrief.good("brief")
    assert len(list(Path(coinbrief.folder / "always").iterdir())) == 3
