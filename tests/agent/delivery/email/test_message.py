import email
import re
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.briefing.render.chart import render_chart
from agent.briefing.render.html import render_html
from agent.briefing.render.layout import shown_figures
from agent.briefing.render.text import render_text
from agent.delivery.email.message import build_email, message_id, subject
from agent.delivery.errors import InvalidMessage
from tests.agent.briefing.render.sample import sample_briefing

KEY = "briefing:main:2025-10-11:morning:email:ada@example.org"
SENDER = "coinbrief <brief@example.org>"
SENT_AT = datetime(2025, 10, 11, 7, 0, 5, tzinfo=UTC)
UNSUBSCRIBE = "stop-" + "x" * 80 + "@example.org"


@cache
def rendered() -> tuple[str, str, bytes]:
    briefing = sample_briefing()
    html = render_html(briefing, chart="cid", dashboard_url="https://brief.example.org/")
    return html, render_text(briefing), render_chart(briefing.chart)


def built(**changes: object) -> bytes:
    html, text, png = rendered()
    arguments: dict[str, object] = {
        "html": html,
        "text": text,
        "chart_png": png,
        "sender": SENDER,
        "recipient": "ada@example.org",
        "key": KEY,
        "postal_address": "1 Analytical Row, London",
        "sent_at": SENT_AT,
        "unsubscribe": UNSUBSCRIBE,
    }
    return build_email(sample_briefing(), **{**arguments, **changes})  # type: ignore[arg-type] # arguments by name


@pytest.fixture(scope="module")
def raw() -> bytes:
    return built()


@pytest.fixture(scope="module")
def mail(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_the_parts_nest_as_mail_programs_expect(mail: EmailMessage) -> None:
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]
    assert [part.defects for part in mail.walk()] == [[]] * 5
    related = list(mail.walk())[2]
    assert related.get_param("type") == "text/html"


def test_every_image_of_the_html_is_in_the_mail_and_the_other_way_round(mail: EmailMessage) -> None:
    html = mail.get_body(("html",))
    assert html is not None
    wanted = re.findall(r'src="cid:([^"]+)"', html.get_content())
    given_ids = [str(part["Content-ID"]).strip("<>") for part in mail.walk() if part["Content-ID"]]
    assert wanted == given_ids == ["chart"]


def test_the_text_has_every_figure_and_the_html_loads_nothing(mail: EmailMessage) -> None:
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    flat = " ".join(text.get_content().split())
    assert all(figure.text in flat for figure in shown_figures(sample_briefing()))
    assert "http://" not in html.get_content()
    assert '="data:' not in html.get_content()


def test_the_headers_are_complete_and_ascii(raw: bytes, mail: EmailMessage) -> None:
    head = raw.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert b"=?" not in head
    assert mail["From"] == "coinbrief <brief@example.org>"
    assert mail["To"] == "ada@example.org"
    assert mail["Date"] == "Sat, 11 Oct 2025 07:00:05 +0000"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["MIME-Version"] == "1.0"
    assert mail["List-ID"] == "coinbrief briefings <briefings.coinbrief.example.org>"
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.org>", mail["Message-ID"])
    assert mail["Message-ID"] == message_id(KEY, SENDER)


def test_a_long_unsubscribe_address_stays_on_one_line(raw: bytes) -> None:
    assert f"\r\nList-Unsubscribe: <mailto:{UNSUBSCRIBE}?subject=unsubscribe>\r\n".encode() in raw
    assert b"List-Unsubscribe" not in built(unsubscribe="")


def test_the_subject_is_short_and_says_the_day_and_the_change() -> None:
    assert subject(sample_briefing()) == "Your briefing, 11 October 2025: -9.8% on the day"
    invented = subject(sample_briefing(invented=True))
    assert invented == "[invented data] Your briefing, 11 October 2025"
    assert len(invented) <= 60


def test_the_same_delivery_gives_the_same_bytes_and_another_one_does_not(raw: bytes) -> None:
    rendered.cache_clear()
    assert built() == raw
    assert message_id("another key", SENDER) != message_id(KEY, SENDER)


def test_sizes_and_line_lengths_are_within_what_mail_allows(raw: bytes) -> None:
    assert len(raw) <= 150_000
    body = raw.partition(b"\r\n\r\n")[2]
    assert {line.split(b":")[0] for line in body.split(b"\r\n") if len(line) > 78} <= {b"Content-Type"}
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert raw.isascii()


def test_the_postal_address_is_in_both_parts_and_is_escaped_in_the_html() -> None:
    message = email.message_from_bytes(built(postal_address="A & B <Row>"), policy=policy.default)
    assert isinstance(message, EmailMessage)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines()[-1] == "A & B <Row>"
    assert "A &amp; B &lt;Row&gt;</p>" in html.get_content()


def test_without_a_chart_the_html_stands_beside_the_text() -> None:
    html = render_html(sample_briefing())
    message = email.message_from_bytes(built(html=html, chart_png=None), policy=policy.default)
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]


@pytest.mark.parametrize(
    ("html", "png"), [('<img src="cid:chart">', None), ("<p>no image</p>", b"png"), ('<img src="cid:x">', b"png")]
)
def test_html_and_chart_that_do_not_belong_together_are_refused(html: str, png: bytes | None) -> None:
    with pytest.raises(InvalidMessage, match="chart='cid'"):
        built(html=html, chart_png=png)


@pytest.mark.parametrize(
    "recipient",
    ["", "ada", "@example.org", "ada@", "ada@example.org\r\nBcc: eve@example.org", "a@b, c@d", "jörg@example.org"],
)
def test_an_unusable_recipient_is_refused(recipient: str) -> None:
    with pytest.raises(InvalidMessage, match=r"briefing\.recipients"):
        built(recipient=recipient)


def test_a_comma_in_the_sender_s_name_does_not_make_two_senders() -> None:
    message = email.message_from_bytes(built(sender='"Ada, analyst" <a@example.org>'), policy=policy.default)
    assert [a.addr_spec for a in message["From"].addresses] == ["a@example.org"]
    assert message["From"].addresses[0].display_name == "Ada, analyst"


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(InvalidMessage, match="aware"):
        built(sent_at=SENT_AT.replace(tzinfo=None))


@given(text=st.text(max_size=60), recipient=st.emails().filter(str.isascii))
@settings(max_examples=40, deadline=None)
def test_any_text_arrives_as_it_was(text: str, recipient: str) -> None:
    raw = build_email(
        sample_briefing(), "<p>x</p>", text, None, sender=SENDER, recipient=recipient, key=KEY,
        postal_address="", sent_at=SENT_AT,
    )  # fmt: skip
    message = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    part = message.get_body(("plain",))
    assert part is not None
    assert part.get_content().split() == text.split()
    assert message["To"].addresses[0].addr_spec.lower() == recipient.lower()
