"""What an HTTP answer means: its status as a `SourceError`, its `Retry-After` in seconds, its body as strict JSON.

Pure: bytes and header values in, JSON values or errors out. No message holds a query, a header or a piece of the body.
"""

import json
import re
import zlib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, NoReturn, TypeAlias

from datasources.errors import (
    BadPayload,
    BadRequest,
    QuotaSpent,
    RateLimited,
    SourceError,
    Unauthorized,
    Unavailable,
)

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

LONGEST_RETRY_AFTER_S: Final = 86_400.0
LARGEST_FAILURE_BODY_BYTES: Final = 4_096
# What 418 means is known from Binance alone: an address banned for two minutes at least, longer if it keeps asking.
SHORTEST_BAN_S: Final = 120.0


_encode_row: Final = json.JSONEncoder(sort_keys=True).encode


def status_error(
    source: str, path: str, status: int, retry_after: str | None, now: datetime, *, web_page: bool = False
) -> SourceError | None:
    """Say what a status means: None for a success, else the error to raise; bodies of failures are not looked at.

    `Retry-After` counts on 418, 429 and 503 only: some providers send it with everything. `web_page` says that HTML
    came, which is the mark of a firewall.
    """
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        reason = f"status {status} redirects elsewhere, and the key must not follow; correct the base URL"
        return BadPayload(source, path, reason)
    if status in {418, 429, 503} and (asked := _asked_to_wait(source, path, status, retry_after, now)) is not None:
        return asked
    kind: type[SourceError] = BadRequest
    meaning = "the request was refused; check the base URL and the plan"
    if status in {401, 403}:
        kind, meaning = Unauthorized, "the key is missing, wrong or its plan lacks this data"
        if web_page and status == 403:
            meaning = "a web page came, so a firewall before the provider refuses this machine or its address"
    elif status == 402:
        kind, meaning = QuotaSpent, "the credits of this period are used up"
    elif status in {408, 425} or status >= 500:
        kind, meaning = Unavailable, "a failure on the provider's side; try again later"
    return kind(source, f"{path} answered {status}: {meaning}")


def _asked_to_wait(source: str, path: str, status: int, retry_after: str | None, now: datetime) -> RateLimited | None:
    wait_s = parse_retry_after(retry_after, now)
    if status == 429:
        return RateLimited(source, f"{path} answered 429: too many requests", wait_s)
    if status == 418:
        wait_s = max(wait_s or 0.0, SHORTEST_BAN_S)
        return RateLimited(source, f"{path} answered 418: too many requests, this address is banned for now", wait_s)
    if wait_s is None:
        return None
    return RateLimited(
        source, f"{path} answered 503: a failure on the provider's side; it says when to come back", wait_s
    )


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Read `Retry-After` as seconds from `now`: whole seconds or an HTTP date (RFC 9110, section 10.2.3).

    None if absent or unreadable, negative numbers included; 0 for a date that has passed; never more than a day.
    """
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,18}(\.[0-9]{1,6})?", text):
        return min(float(text), LONGEST_RETRY_AFTER_S)
    if not text or text[0] in "+-0123456789":
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError, TypeError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), LONGEST_RETRY_AFTER_S)


def parse_json(source: str, path: str, body: bytes, content_type: str) -> Json:
    """Read a body as strict JSON in UTF-8: no NaN or Infinity, no HTML, nothing missing at its end.

    Raises `Unavailable` for a body that stops early (it was cut on its way) and `BadPayload` for everything else.
    """
    if "html" in content_type.lower() or body[:64].lstrip().startswith(b"<"):
        raise BadPayload(source, path, "a web page came instead of JSON; check the base URL and any proxy before it")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            raise _cut(source, path) from None
        raise BadPayload(source, path, "the text is not UTF-8") from None
    return _parse_text(source, path, text)


def parse_failure(body: bytes, encoding: str) -> Json:
    """Read the body of a failure as JSON, at most 4 kB of it before and after unpacking; None if it cannot be read."""
    piece = body[:LARGEST_FAILURE_BODY_BYTES]
    try:
        if encoding.strip().lower() == "gzip":
            piece = zlib.decompressobj(wbits=31).decompress(piece, LARGEST_FAILURE_BODY_BYTES)
        return parse_json("", "", piece, "")
    except (SourceError, zlib.error):
        return None


def row_text(row: Json) -> str:
    """Write a row as ASCII JSON with sorted keys, the same text for the same row; a fixed text if nested absurdly."""
    try:
        return _encode_row(row)
    except RecursionError:
        return '"nested too deeply to show"'


def _parse_text(source: str, path: str, text: str) -> Json:
    try:
        value: Json = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        if _stops_early(error, text.rstrip()[error.pos :]):
            raise _cut(source, path) from None
        raise BadPayload(source, path, f"not JSON: {error.msg} at character {error.pos}") from None
    except RecursionError:
        raise BadPayload(source, path, "nested too deeply") from None
    except ValueError as error:
        reason = str(error) if isinstance(error, _ConstantError) else "a number of absurd length"
        raise BadPayload(source, path, reason) from None
    return value


def _stops_early(error: json.JSONDecodeError, unread: str) -> bool:
    """Tell whether JSON fails only because its end is missing: within a string, a word, or between two values."""
    if error.msg.startswith("Unterminated string") or not unread:
        return True
    if "uXXXX" in error.msg:
        return len(unread) < 6
    return any(word.startswith(unread) for word in ("true", "false", "null", "-"))


class _ConstantError(ValueError):
    """NaN or Infinity, which JSON does not have."""


def _refuse_constant(name: str) -> NoReturn:
    raise _ConstantError(f"{name} is not a number in JSON")


def _cut(source: str, path: str) -> Unavailable:
    return Unavailable(source, f"{path} was cut off before its end; try again later")
