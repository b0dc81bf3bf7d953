"""A briefing as the bytes of one e-mail.

multipart/alternative: the plain text, then multipart/related of the HTML and its chart (or the HTML alone without a
chart). Message-ID and boundaries come from the delivery key and the date is an argument, so the same input gives the
same bytes and an attempt that is repeated is the same mail.
"""

import hashlib
import html as markup
import re
from datetime import datetime
from email import policy
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from agent.briefing.document import Briefing
from agent.briefing.render.html import CHART_CID, POSTAL_ADDRESS_MARK
from agent.briefing.render.layout import highlights
from agent.briefing.render.wording import PRODUCT, is_invented
from agent.claims.fact import Metric
from agent.claims.figures import day_text
from agent.delivery.errors import InvalidMessage

SUBJECT_MAX = 60
# the stdlib folds a long List-Unsubscribe into encoded words, which mail programs cannot read: never fold
_HEADERS = policy.SMTP.clone(max_line_length=998)
_CID = re.compile(r"""["'(]cid:([^"')\s]+)""")


def build_email(
    briefing: Briefing,
    html: str,
    text: str,
    chart_png: bytes | None,
    *,
    sender: str,
    recipient: str,
    key: str,
    postal_address: str,
    sent_at: datetime,
    unsubscribe: str = "",
) -> bytes:
    """The mail to one recipient, with CRLF line ends.

    `sender` is `name <address>`; `unsubscribe` an address that takes requests to stop, or empty. Raises
    `InvalidMessage` for an unusable address, a naive time, or HTML that refers to a chart which is not given.
    """
    _check_images(html, chart_png)
    address = _address(sender, "smtp.sender", with_name=True)
    message = EmailMessage(policy=_HEADERS)
    for name, value in _headers(briefing, address, sent_at, key).items():
        message[name] = value
    message["From"] = address
    message["To"] = _address(recipient, "briefing.recipients", with_name=False)
    if unsubscribe:
        stop = _address(unsubscribe, "the unsubscribe address", with_name=False)
        message["List-Unsubscribe"] = f"<mailto:{stop.addr_spec}?subject=unsubscribe>"
    _make_multipart(message, "multipart/alternative", _token(key, "alternative"))
    page = html.replace(POSTAL_ADDRESS_MARK, markup.escape(postal_address))
    message.attach(_text_part(_with_address(text, postal_address), "plain"))
    message.attach(_html_part(page, chart_png, _token(key, "related")))
    return message.as_bytes()


def message_id(key: str, sender: str) -> str:
    """The Message-ID of a delivery: 32 hex digits of the key's SHA-256 at the sender's domain."""
    return f"<{_token(key)}@{_address(sender, 'smtp.sender', with_name=True).domain}>"


def subject(briefing: Briefing) -> str:
    """The subject line, ASCII and at most 60 characters: the day, with the portfolio's change of the day if it fits."""
    mark = "[invented data] " if is_invented(briefing) else ""
    revision = f", revision {briefing.revision}" if briefing.revision > 1 else ""
    plain = f"{mark}Your briefing, {day_text(briefing.day)}{revision}"
    change = next(
        (h.text for h in highlights(briefing) if h.fact.metric is Metric.CHANGE and h.fact.window == "1d"), ""
    )
    full = f"{plain}: {change} on the day"
    return full if change and full.isascii() and len(full) <= SUBJECT_MAX else plain


def _headers(briefing: Briefing, sender: Address, sent_at: datetime, key: str) -> dict[str, str]:
    if sent_at.tzinfo is None:
        raise InvalidMessage("the mail's date must be an aware time: pass sent_at in UTC")
    return {
        "Subject": subject(briefing),
        "Date": format_datetime(sent_at),
        "Message-ID": f"<{_token(key)}@{sender.domain}>",
        "MIME-Version": "1.0",
        "List-ID": f"{PRODUCT} briefings <briefings.{PRODUCT}.{sender.domain}>",
        "Auto-Submitted": "auto-generated",
    }


def _address(text: str, setting: str, *, with_name: bool) -> Address:
    """The address of `name <address>` or of a bare address; a name is dropped unless asked for."""
    name, spec = parseaddr(text) if with_name else ("", text.strip())
    if not spec.isascii():
        raise InvalidMessage(f"{setting}: {text!r} is not ASCII; write an international domain in its xn-- form")
    try:
        address = Address(display_name=name, addr_spec=spec)
    except (ValueError, IndexError, HeaderParseError) as error:
        raise InvalidMessage(f"{setting}: {text!r} is not an e-mail address") from error
    if not address.username or not address.domain:
        raise InvalidMessage(f"{setting}: {text!r} is not an e-mail address: it needs a name, @ and a domain")
    return address


def _text_part(text: str, subtype: str) -> EmailMessage:
    # the default line length here: quoted-printable lines must stay below 78
    part = EmailMessage(policy=policy.SMTP)
    part.set_content(text, subtype=subtype, charset="utf-8", cte="quoted-printable")
    del part["MIME-Version"]
    return part


def _html_part(html: str, chart_png: bytes | None, boundary: str) -> EmailMessage:
    page = _text_part(html, "html")
    if chart_png is None:
        return page
    related = EmailMessage(policy=policy.SMTP)
    _make_multipart(related, "multipart/related", boundary)
    related.set_param("type", "text/html")  # RFC 2387 demands it
    related.attach(page)
    image = EmailMessage(policy=policy.SMTP)
    image.set_content(
        chart_png, "image", "png", disposition="inline", filename="chart.png", cid=f"<{CHART_CID}>", cte="base64"
    )
    del image["MIME-Version"]
    related.attach(image)
    return related


def _make_multipart(message: EmailMessage, content_type: str, boundary: str) -> None:
    message["Content-Type"] = content_type
    message.set_boundary(f"={boundary}=")


def _token(key: str, purpose: str = "") -> str:
    return hashlib.sha256(f"{key}{purpose}".encode()).hexdigest()[:32]


def _with_address(text: str, postal_address: str) -> str:
    return f"{text.rstrip()}\n{postal_address}\n" if postal_address else text


def _check_images(html: str, chart_png: bytes | None) -> None:
    wanted = set(_CID.findall(html))
    given = set() if chart_png is None else {CHART_CID}
    if wanted != given:
        raise InvalidMessage(
            f"the HTML shows the images {sorted(wanted)} but {sorted(given)} are given: "
            "render it with chart='cid' exactly if the chart is attached"
        )
