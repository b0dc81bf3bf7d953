"""What every request passes before it is answered: it is counted, and it meets the fault that is due for it."""

import asyncio
import json
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from datasources.sandbox.failures import invented_answer
from datasources.sandbox.faults import HEADER, Fault, FaultError, FaultKind, FaultPlan, parse_fault_header
from datasources.sandbox.spoil import overlapping, spoiled
from datasources.sandbox.wire import encode, refusal

ADMIN_PREFIX = "/_sandbox"
TRANSPORT = "transport"
"""Where the server leaves the connection of a request, in the scope's state."""

_PIECES = 20
_BREAKS = frozenset({FaultKind.STALL, FaultKind.CUT, FaultKind.TRUNCATED, FaultKind.DRIP})


class Gate:
    """ASGI middleware that counts requests by path and makes planned faults happen."""

    def __init__(
        self,
        app: ASGIApp,
        plan: FaultPlan,
        requests: Counter[str],
        sleep: Callable[[float], Awaitable[None]],
        clock: Callable[[], datetime],
    ) -> None:
        self._app = app
        self._plan = plan
        self._requests = requests
        self._sleep = sleep
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, rightly or as the fault that is due has it."""
        if scope["type"] != "http" or scope["path"].startswith(ADMIN_PREFIX):
            await self._app(scope, receive, send)
            return
        self._requests[scope["path"]] += 1
        try:
            fault = self._fault(scope)
        except FaultError as error:
            await Response(encode(refusal(str(error))), 400, media_type="application/json")(scope, receive, send)
            return
        if fault is None:
            await self._app(scope, receive, send)
        else:
            await self._fail(fault, scope, receive, send)

    def _fault(self, scope: Scope) -> Fault | None:
        asked = Headers(scope=scope).get(HEADER)
        return parse_fault_header(asked) if asked is not None else self._plan.take(scope["path"])

    async def _fail(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        answer = invented_answer(fault, scope["path"])
        if answer is not None:
            await answer(scope, receive, send)
        elif fault.kind is FaultKind.HANG:
            await _until_gone(receive)
        elif fault.kind is FaultKind.RESET:
            _reset(_transport(scope))
            await _until_gone(receive)
        elif fault.kind is FaultKind.SLOW:
            await self._sleep(fault.delay_s)
            await self._app(scope, receive, send)
        elif fault.kind is FaultKind.REPEATED_PAGE:
            await self._app(_page_of(scope, 1), receive, send)
        elif fault.kind in _BREAKS:
            await self._break(fault, scope, receive, send)
        else:
            status, body = await self._spoil(fault, scope, receive)
            media_type = "text/plain" if fault.kind is FaultKind.WRONG_TYPE else "application/json"
            await Response(body, status, media_type=media_type)(scope, receive, send)

    async def _spoil(self, fault: Fault, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        status, body = await self._collect(scope, receive)
        if fault.kind is FaultKind.OVERLAPPING_PAGE:
            page = int(dict(_query(scope)).get("page", "1"))
            if page > 1:
                before = await self._collect(_page_of(scope, page - 1), receive)
                return status, overlapping(before[1], body)
        if fault.kind is FaultKind.MALFORMED:
            return status, body[: len(body) // 2]
        if fault.kind is FaultKind.NOT_UTF8:
            return status, body[:-1] + b'\xff"' + body[-1:]
        if fault.kind is FaultKind.SHORT_LENGTH:
            return status, _shortened(body)
        return status, spoiled(body, fault.kind, fault.seed, self._clock())

    async def _break(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        status, body = await self._collect(scope, receive)
        half = body[: len(body) // 2]
        if fault.kind is FaultKind.TRUNCATED:
            transport = _transport(scope)
            transport.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n" + half)
            transport.close()
            await _until_gone(receive)
            return
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        if fault.kind is FaultKind.DRIP:
            await self._drip(body, fault.delay_s, send)
            return
        await send({"type": "http.response.body", "body": half, "more_body": True})
        if fault.kind is FaultKind.STALL:
            await _until_gone(receive)
        # an unfinished answer makes the server close the connection

    async def _drip(self, body: bytes, delay_s: float, send: Send) -> None:
        size = -(-len(body) // _PIECES)
        for start in range(0, len(body), max(1, size)):
            await self._sleep(delay_s)
            await send({"type": "http.response.body", "body": body[start : start + size], "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _collect(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        status, body = 500, b""

        async def keep(message: Message) -> None:
            nonlocal status, body
            status = message.get("status", status)
            body += message.get("body", b"")

        await self._app(dict(scope), receive, keep)
        return status, body


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _transport(scope: Scope) -> asyncio.Transport:
    transport = scope.get("state", {}).get(TRANSPORT)
    if not isinstance(transport, asyncio.Transport):
        raise FaultError("this fault needs the sandbox's own server")
    return transport


def _reset(transport: asyncio.Transport) -> None:
    """Close a connection so that the other side gets a reset instead of an end."""
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _query(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _page_of(scope: Scope, page: int) -> Scope:
    kept = [(name, value) for name, value in _query(scope) if name not in {"page", "next_page_token"}]
    asked = [*kept, ("page", str(page))] if page > 1 else kept
    return {**scope, "query_string": urlencode(asked).encode()}


def _shortened(body: bytes) -> bytes:
    answer = json.loads(body)
    if isinstance(answer, dict) and isinstance(answer.get("length"), int):
        answer["length"] = max(0, answer["length"] - 1)
    return encode(answer)
