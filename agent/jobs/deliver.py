"""Delivering: a briefing as messages in the outbox, and the outbox to its readers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent.briefing.document import Briefing
from agent.briefing.render.chart import render_chart
from agent.briefing.render.errors import MissingExtra
from agent.briefing.render.html import render_html
from agent.briefing.render.text import render_text
from agent.delivery.email.message import build_email, message_id
from agent.jobs.errors import NotDeliverable
from agent.store.outbox import NewMessage

SAMPLE_RECIPIENT = "reader@localhost"


@dataclass(frozen=True, slots=True)
class MailSettings:
    """From whom, to whom, and what is printed below."""

    sender: str
    recipients: tuple[str, ...]
    postal_address: str
    dashboard_url: str


def chart_png(briefing: Briefing) -> bytes | None:
    """The briefing's chart; None if it has none or the `charts` extra is not installed."""
    if not briefing.chart:
        return None
    try:
        return render_chart(briefing.chart)
    except MissingExtra:
        return None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A briefing as the parts of a mail, the same for every recipient."""

    page: str
    text: str
    png: bytes | None


def rendered(briefing: Briefing, mail: MailSettings, png: bytes | None) -> Rendered:
    """The parts of the briefing's mail with this chart."""
    page = render_html(briefing, chart=None if png is None else "cid", dashboard_url=mail.dashboard_url, chart_png=png)
    return Rendered(page, render_text(briefing), png)


def email_bytes(briefing: Briefing, parts: Rendered, mail: MailSettings, recipient: str, key: str) -> bytes:
    """The briefing as a mail to one recipient; dated by the moment it was written, so it is the same every time."""
    return build_email(
        briefing,
        parts.page,
        parts.text,
        parts.png,
        sender=mail.sender,
        recipient=recipient,
        key=key,
        postal_address=mail.postal_address,
        sent_at=briefing.written_at,
    )


def delivery_key(portfolio_id: int, briefing: Briefing, recipient: str) -> str:
    """The key of a delivery: one mail for a portfolio, day, edition and reader, however often it is asked for."""
    return f"briefing:{portfolio_id}:{briefing.day}:{briefing.edition}:email:{recipient}"


def outgoing_mails(mail: MailSettings) -> Callable[[Briefing, int], Sequence[NewMessage]]:
    """What a briefing becomes in the outbox; raises NotDeliverable if nobody is to get it."""
    if not mail.recipients:
        raise NotDeliverable("there is nobody to send to: set briefing.recipients")

    def outgoing(briefing: Briefing, portfolio_id: int) -> tuple[NewMessage, ...]:
        parts = rendered(briefing, mail, chart_png(briefing))
        return tuple(_message(briefing, parts, mail, recipient, portfolio_id) for recipient in mail.recipients)

    return outgoing


def _message(briefing: Briefing, parts: Rendered, mail: MailSettings, recipient: str, portfolio_id: int) -> NewMessage:
    key = delivery_key(portfolio_id, briefing, recipient)
    return NewMessage(
        key=key,
        briefing_id=briefing.briefing_id,
        channel="email",
        recipient=recipient,
        message_id=message_id(key, mail.sender),
        payload=email_bytes(briefing, parts, mail, recipient, key),
    )


def sample_email(briefing: Briefing, mail: MailSettings, png: bytes | None) -> bytes:
    """The mail as it would go out, for a file: to the first recipient, or to nobody in particular."""
    recipient = mail.recipients[0] if mail.recipients else SAMPLE_RECIPIENT
    parts = rendered(briefing, mail, png)
    return email_bytes(briefing, parts, mail, recipient, delivery_key(0, briefing, recipient))
