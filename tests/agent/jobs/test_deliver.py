from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from agent.briefing.document import Briefing
from agent.jobs.deliver import chart_png, delivery_key, outgoing_mails, sample_email
from agent.jobs.errors import NotDeliverable
from agent.store.engine import Store
from agent.store.outbox import list_outbox
from tests.agent.jobs.world import copied
from tests.agent.jobs.writing import MAIL, scribe, sentences, wanted


@pytest.fixture(scope="module")
def briefing(collected_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Briefing:
    return scribe(copied(collected_template, tmp_path_factory.mktemp("deliver"))).brief(wanted())


def parsed(data: bytes) -> EmailMessage:
    found = message_from_bytes(data, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_there_is_one_mail_for_each_recipient(briefing: Briefing) -> None:
    messages = outgoing_mails(MAIL)(briefing, 1)
    assert [message.recipient for message in messages] == list(MAIL.recipients)
    assert len({message.key for message in messages}) == len({message.message_id for message in messages}) == 2
    for message in messages:
        mail = parsed(message.payload)
        assert (mail["To"], mail["Message-ID"]) == (message.recipient, message.message_id)


def test_the_same_briefing_gives_the_same_bytes(briefing: Briefing) -> None:
    assert outgoing_mails(MAIL)(briefing, 1) == outgoing_mails(MAIL)(briefing, 1)


def test_a_revision_has_the_key_of_the_first_and_an_edition_its_own(briefing: Briefing) -> None:
    key = delivery_key(1, briefing, "ann@example.org")
    assert delivery_key(1, replace(briefing, revision=2, briefing_id="x"), "ann@example.org") == key
    others = {
        delivery_key(1, replace(briefing, edition="evening"), "ann@example.org"),
        delivery_key(2, briefing, "ann@example.org"),
        delivery_key(1, briefing, "bob@example.org"),
    }
    assert len(others | {key}) == 4


def test_the_mail_says_what_the_briefing_says(briefing: Briefing) -> None:
    mail = parsed(outgoing_mails(MAIL)(briefing, 1)[0].payload)
    plain = mail.get_body(("plain",))
    page = mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    text = " ".join(plain.get_content().split())
    for sentence in sentences(briefing):
        assert sentence in text
    assert "1 Sample Street" in text
    assert "1 Sample Street" in page.get_content()
    assert [part.get_content_type() for part in mail.walk() if part.get_content_maintype() == "image"] == ["image/png"]


def test_nobody_to_send_to_is_an_error_that_names_the_setting() -> None:
    with pytest.raises(NotDeliverable, match=r"briefing\.recipients"):
        outgoing_mails(replace(MAIL, recipients=()))


def test_a_sample_is_addressed_to_the_first_recipient_or_to_nobody(briefing: Briefing) -> None:
    assert parsed(sample_email(briefing, MAIL, None))["To"] == "ann@example.org"
    assert parsed(sample_email(briefing, replace(MAIL, recipients=()), None))["To"] == "reader@localhost"


def test_without_the_charts_extra_the_mail_has_no_picture(briefing: Briefing, no_pictures: None) -> None:
    assert chart_png(briefing) is None
    mail = parsed(outgoing_mails(MAIL)(briefing, 1)[0].payload)
    assert not [part for part in mail.walk() if part.get_content_maintype() == "image"]
    assert "cid:" not in mail.as_string()


def test_a_briefing_without_a_chart_has_no_picture(briefing: Briefing) -> None:
    assert chart_png(replace(briefing, chart=())) is None


def test_a_day_is_mailed_once_to_each_reader_whatever_is_written_again(collected: Store, no_pictures: None) -> None:
    writing = scribe(collected, outgoing=outgoing_mails(MAIL))
    for _ in range(2):
        writing.brief(wanted())
    with collected.reader() as session:
        rows = list_outbox(session)
    assert sorted(row.recipient for row in rows) == ["ann@example.org", "bob@example.org"]
