"""The kinds of value an option may have; each description says what is expected, as the reader of an error sees it."""

import re
from collections.abc import Callable
from datetime import datetime
from difflib import get_close_matches
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from config.cron import check_cron


class PathMark:
    """Marks an option that holds a path; a relative one in a file is looked up from that file's folder."""


EMAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")


def _check_text(value: str) -> str:
    if not value.isprintable():
        raise ValueError("holds a line break or another control character")
    return value


def _check_lines(value: str) -> str:
    _check_text(value.replace("\n", ""))
    return value


def _check_name(value: str) -> str:
    if value != value.strip():
        raise ValueError("starts or ends with a space")
    return _check_text(value)


def _expand_home(value: object) -> object:
    """Put the home folder for a leading `~`; what is no text is left for the type check."""
    if not isinstance(value, str) or not value.startswith("~"):
        return value
    try:
        return str(Path(value).expanduser())
    except RuntimeError:
        raise ValueError("starts with ~, but there is no such home folder") from None


def _check_url(value: str) -> str:
    _check_text(value)
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or " " in value:
        raise ValueError("is not a web address")
    if parts.username is not None or parts.password is not None:
        raise ValueError("holds a user name or password (keys have options of their own)")
    if parts.query or parts.fragment:
        raise ValueError("holds a query or fragment")
    if parts.port == 0:
        raise ValueError("has no usable port")
    return value.rstrip("/")


def _check_time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError; a folder's name is an OSError
        by_folded_name = {name.casefold(): name for name in available_timezones()}
        close = get_close_matches(value.casefold(), by_folded_name, n=1)
        hint = f" (did you mean {by_folded_name[close[0]]!r}?)" if close else ""
        raise ValueError(f"is not a time zone{hint}") from None
    return value


def _check_cron(value: str) -> str:
    check_cron(value)
    return " ".join(value.split())


def _check_instant(value: str) -> str:
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("is not a time") from None
    if instant.tzinfo is None:
        raise ValueError("has no time zone (end it with Z for UTC)")
    return value


def _check_address(value: str) -> str:
    if not EMAIL_ADDRESS.fullmatch(value) or ".." in value:
        raise ValueError("is not an e-mail address")
    return value


def _check_sender(value: str) -> str:
    _check_text(value)
    address = parseaddr(value)[1]
    _check_address(address)
    if value != address and not value.endswith(f"<{address}>"):
        raise ValueError("is not one sender")
    return value


def _check_no_duplicate(values: tuple[str, ...]) -> tuple[str, ...]:
    folded = [value.casefold() for value in values]
    repeated = sorted({value for value in folded if folded.count(value) > 1})
    if repeated:
        raise ValueError(f"names {', '.join(repeated)} more than once")
    return values


def _check_key(value: SecretStr) -> SecretStr:
    secret = value.get_secret_value()
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise ValueError("holds a space, a line break or a character outside ASCII")
    return value


def _check_password(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().isprintable():
        raise ValueError("holds a line break or another control character")
    return value


def _or_empty(check: Callable[[str], str]) -> Callable[[str], str]:
    return lambda value: value and check(value)


Text = Annotated[str, AfterValidator(_check_text), Field(description="text on one line")]
Lines = Annotated[str, AfterValidator(_check_lines), Field(description="text")]
Name = Annotated[
    str, AfterValidator(_check_name), Field(min_length=1, max_length=64, description="a name of 1 to 64 characters")
]
Host = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9.:_-]*$", description='a host name or address, without "http://" and port')
]
BindHost = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9.:_-]+$", description='a host name or address, such as "127.0.0.1"')
]
OptionalPath = Annotated[
    str,
    PathMark(),
    BeforeValidator(_expand_home),
    AfterValidator(_check_text),
    Field(description="a path, or nothing"),
]
FilePath = Annotated[
    Path, PathMark(), BeforeValidator(_expand_home), Field(strict=False, description="the path of a file")
]
WebAddress = Annotated[
    str, AfterValidator(_check_url), Field(description="an address that starts with http:// or https://")
]
OptionalWebAddress = Annotated[
    str,
    AfterValidator(_or_empty(_check_url)),
    Field(description="an address that starts with http:// or https://, or nothing"),
]
TimeZone = Annotated[
    str, AfterValidator(_check_time_zone), Field(description='a time zone such as "UTC" or "Europe/Berlin"')
]
Cron = Annotated[
    str,
    AfterValidator(_check_cron),
    Field(description='a cron expression of 5 fields, such as "0 7 * * mon-fri"'),
]
Instant = Annotated[
    str,
    AfterValidator(_or_empty(_check_instant)),
    Field(description='a time such as "2025-10-11T07:00:00Z", or nothing'),
]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9_.-]{1,100}$", description='a CoinGecko id such as "bitcoin"')]
Slugs = Annotated[
    tuple[Slug, ...],
    AfterValidator(_check_no_duplicate),
    Field(strict=False, description='a list of CoinGecko ids, such as ["bitcoin", "the-open-network"]'),
]
Address = Annotated[str, AfterValidator(_check_address), Field(description='an address such as "ann@example.org"')]
Addresses = Annotated[
    tuple[Address, ...],
    AfterValidator(_check_no_duplicate),
    Field(strict=False, description='a list of addresses, such as ["ann@example.org"]'),
]
Sender = Annotated[
    str,
    AfterValidator(_check_sender),
    Field(description='one sender, such as "coinbrief <coinbrief@example.org>"'),
]
Key = Annotated[SecretStr, AfterValidator(_check_key), Field(description="a key")]
Password = Annotated[SecretStr, AfterValidator(_check_password), Field(description="a password")]
Switch = Annotated[bool, Field(description="true or false")]
