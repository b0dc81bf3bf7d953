"""The provider's answers as they come: rows, the error in their place, and the way to the next page. Pure."""

from typing import Final
from urllib.parse import parse_qsl, urlsplit

from datasources.answers import Json
from datasources.errors import BadPayload, BadRequest, SourceError, Unauthorized, Unavailable

Params = dict[str, str | int]

LONGEST_QUERY: Final = 7_500  # characters; the provider refuses addresses of more than 10,000

_FAILURES: Final[dict[str, tuple[type[SourceError], str]]] = {
    "bad_parameter": (BadRequest, "the request was refused"),
    "bad_parameters": (BadRequest, "the request was refused"),
    "unauthorized": (Unauthorized, "this data needs a key"),
    "wrong_credentials": (Unauthorized, "the key is wrong"),
    "forbidden": (Unauthorized, "this data is not in the plan"),
}


def open_envelope(source: str, path: str, answer: Json) -> tuple[list[Json], Json]:
    """Take the rows and the address of the next page (null on the last one) out of an answer.

    Raises `BadPayload` if there is no list of rows, and what its type says if an error came in their place; the
    message of that error is not repeated, for it may hold the query.
    """
    if not isinstance(answer, dict):
        raise BadPayload(source, f"{path} $", "not an object")
    error = answer.get("error")
    if error is not None:
        kind = error.get("type") if isinstance(error, dict) else None
        failure, meaning = _FAILURES.get(str(kind), (Unavailable, "it failed; try again later"))
        raise failure(source, f"{path} answered with an error: {meaning}")
    rows = answer.get("data")
    if not isinstance(rows, list):
        raise BadPayload(source, f"{path} $.data", "missing" if rows is None else "not a list")
    return rows, answer.get("next_page_url")


def parse_next_page(source: str, base_url: str, path: str, address: Json) -> Params | None:
    """Read the parameters of the next page from its address; None if there is no further page.

    The address itself is never used. Raises `BadPayload` for one that leads to another host or path than this page
    came from, that holds no page token, or that is too long to be asked for.
    """
    if address is None or address == "":
        return None
    where = f"{path} $.next_page_url"
    if not isinstance(address, str) or len(address) > LONGEST_QUERY + 500:
        raise BadPayload(source, where, "not an address of at most 8,000 characters")
    try:
        theirs, ours = urlsplit(address), urlsplit(base_url.rstrip("/") + path)
        stays = (theirs.hostname, theirs.port, theirs.path) == (ours.hostname, ours.port, ours.path)
        params: Params = dict(parse_qsl(theirs.query, max_num_fields=40))
    except ValueError:
        raise BadPayload(source, where, "not an address") from None
    if not stays:
        raise BadPayload(source, where, "leads to another host or path; it was not followed")
    if not params.get("next_page_token"):
        raise BadPayload(source, where, "names no next page")
    return params
