"""What every request passes before it is answered: it is counted, and it meets the fault that is due for it."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from datasources.sandbox.faults import HEADER, Fault, FaultError, FaultKind, FaultPlan, parse_fault_header
from datasources.sandbox.wire import encode, envelope, refusal

ADMIN_PREFIX = "/_sandbox"

_HTML = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking.</body></html>"


class Gate:
    """ASGI middleware that counts requests by path and makes planned faults happen."""

    def __init__(
        self, app: ASGIApp, plan: FaultPlan, requests: Counter[str], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._app = app
        self._plan = plan
        self._requests = requests
        self._sleep = sleep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, rightly or as the fault that is due has it."""
        if scope["type"] != "http" or scope["path"].startswith(ADMIN_PREFIX):
            await self._app(scope, receive, send)
            return
        self._requests[scope["path"]] += 1
        try:
            fault = self._fault(scope)
        except FaultError as error:
            await _json(refusal(str(error)), 400)(scope, receive, send)
            return
        if fault is None:
            await self._app(scope, receive, send)
        else:
            await self._fail(fault, scope, receive, send)

    def _fault(self, scope: Scope) -> Fault | None:
        asked = Headers(scope=scope).get(HEADER)
        return parse_fault_header(asked) if asked is not None else self._plan.take(scope["path"])

    async def _fail(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _invented(fault)
        if answer is not None:
            await answer(scope, receive, send)
        elif fault.kind is FaultKind.SLOW:
            await self._sleep(fault.delay_s)
            await self._app(scope, receive, send)
        elif fault.kind is FaultKind.REPEATED_PAGE:
            await self._app(_first_page(scope), receive, send)
        else:
            await self._spoil(fault.kind, scope, receive, send)

    async def _spoil(self, kind: FaultKind, scope: Scope, receive: Receive, send: Send) -> None:
        status, body = await self._collect(scope, receive)
        half = body[: len(body) // 2]
        if kind is FaultKind.CUT:
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": half, "more_body": True})
            return  # an unfinished answer makes the server close the connection
        spoilt = half if kind is FaultKind.MALFORMED else _shortened(body)
        await Response(spoilt, status, media_type="application/json")(scope, receive, send)

    async def _collect(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        status, body = 500, b""

        async def keep(message: Message) -> None:
            nonlocal status, body
            status = message.get("status", status)
            body += message.get("body", b"")

        await self._app(scope, receive, keep)
        return status, body


def _invented(fault: Fault) -> Response | None:
    """The answer of a fault that does not need the right one."""
    if fault.kind is FaultKind.RATE_LIMITED:
        wait = fault.retry_after_s
        return _json(refusal(), 429, {} if wait is None else {"retry-after": f"{wait:g}"})
    if fault.kind is FaultKind.HTML:
        return Response(_HTML, 200, media_type="text/html")
    answers = {
        FaultKind.UNAUTHORIZED: (refusal(), 401),
        FaultKind.SERVER_ERROR: (refusal(), 500),
        FaultKind.SUCCESS_FALSE: (refusal(), 200),
        FaultKind.EMPTY: (envelope([]), 200),
    }
    return _json(*answers[fault.kind]) if fault.kind in answers else None


def _json(body: object, status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(encode(body), status, headers, media_type="application/json")


def _first_page(scope: Scope) -> Scope:
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    kept = [(name, value) for name, value in query if name not in {"page", "next_page_token"}]
    return {**scope, "query_string": urlencode(kept).encode()}


def _shortened(body: bytes) -> bytes:
    answer = json.loads(body)
    if isinstance(answer, dict) and isinstance(answer.get("length"), int):
        answer["length"] = max(0, answer["length"] - 1)
    return encode(answer)
