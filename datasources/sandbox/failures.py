"""The answers of faults that do not need the right one: failures with their status, pages for people, bombs."""

import gzip
from collections.abc import Callable, Mapping
from functools import lru_cache

from starlette.responses import Response

from datasources.sandbox.faults import Fault, FaultKind
from datasources.sandbox.refusals import refusal_body
from datasources.sandbox.wire import encode

_PAGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking.</body></html>"
_TOO_LARGE_BYTES = 33 * 1024 * 1024
_DEPTH = 100_000
_ELSEWHERE = "http://elsewhere.invalid/collect"

_STATUSES = {
    FaultKind.UNAUTHORIZED: 401,
    FaultKind.PAYMENT_REQUIRED: 402,
    FaultKind.FORBIDDEN: 403,
    FaultKind.NOT_FOUND: 404,
    FaultKind.RATE_LIMITED: 429,
    FaultKind.SERVER_ERROR: 500,
    FaultKind.BAD_GATEWAY: 502,
    FaultKind.OVERLOADED: 503,
}
_PAGES = {FaultKind.HTML: 200, FaultKind.HTML_FORBIDDEN: 403, FaultKind.HTML_OVERLOADED: 503}


def invented_answer(fault: Fault, path: str) -> Response | None:
    """The whole answer of a fault, in the words of the path's provider; None if the fault needs the right answer."""
    if fault.kind in _STATUSES:
        status = _STATUSES[fault.kind]
        return _json(encode(refusal_body(path, status)), status, _retry_after(fault))
    if fault.kind in _PAGES:
        return Response(_PAGE, _PAGES[fault.kind], media_type="text/html; charset=UTF-8")
    if fault.kind is FaultKind.REDIRECT:
        return Response(b"", 302, {"location": _ELSEWHERE})
    if fault.kind is FaultKind.GZIP_BOMB:
        return _json(_bomb(), 200, {"content-encoding": "gzip"})
    if fault.kind is FaultKind.SUCCESS_FALSE:
        return _json(encode(refusal_body(path, 500)), 200)
    return _json(_BODIES[fault.kind](), 200) if fault.kind in _BODIES else None


def _json(body: bytes, status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status, headers, media_type="application/json")


def _retry_after(fault: Fault) -> dict[str, str]:
    if fault.retry_after is not None:
        return {"retry-after": fault.retry_after}
    return {} if fault.retry_after_s is None else {"retry-after": f"{fault.retry_after_s:g}"}


def _large() -> bytes:
    """Rows that are there, behind more white space than anybody should read."""
    return b'{"success":true,"data":[' + b" " * _TOO_LARGE_BYTES + b"]}"


@lru_cache(maxsize=1)
def _bomb() -> bytes:
    return gzip.compress(_large(), compresslevel=9, mtime=0)


_BODIES: Mapping[FaultKind, Callable[[], bytes]] = {
    FaultKind.OVERSIZED: _large,
    FaultKind.DEEP: lambda: b"[" * _DEPTH + b"]" * _DEPTH,
    FaultKind.NO_ROWS_KEY: lambda: b"{}",
}
