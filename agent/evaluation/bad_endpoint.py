"""A model server on the loopback interface that misbehaves on purpose, in every way that servers were seen to."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any, Final

from agent.evaluation.scripted import ScriptedModel
from agent.llm.port import Message, Request, Role, Tool

_JSON: Final = "application/json"
_SSE: Final = "text/event-stream"


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the server; `missing` more bytes are announced than come, and with `hangs` it then waits."""

    body: bytes
    status: int = 200
    content_type: str = _JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    missing: int = 0
    hangs: bool = False


Misbehaviour = Callable[[Mapping[str, Any]], Reply]


def _fixed(body: bytes, status: int = 200, content_type: str = _JSON, **more: Any) -> Misbehaviour:  # noqa: ANN401 - of Reply
    return lambda _asked: Reply(body, status, content_type, **more)


def _failure(status: int, code: str | None = None) -> Misbehaviour:
    body = json.dumps({"error": {"message": "no", "type": "error", "code": code}}).encode()
    return _fixed(body, status, headers={"retry-after-ms": "1"})


def _completion(content: str | None, finish: str | None = "stop", **message: Any) -> bytes:  # noqa: ANN401 - any JSON
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content, **message}}
    return json.dumps({"id": "c", "object": "chat.completion", "model": "bad", "choices": [choice]}).encode()


def _chunk(text: str | None, finish: str | None = None) -> str:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return f"data: {json.dumps({'id': 'c', 'object': 'chat.completion.chunk', 'choices': [choice]})}\n\n"


def _stream(*lines: str, **more: Any) -> Misbehaviour:  # noqa: ANN401 - of Reply
    return _fixed("".join(lines).encode(), 200, _SSE, **more)


_LIAR: Final = ScriptedModel("liar")


def _lied(asked: Mapping[str, Any]) -> Reply:
    """A well-formed answer that lies; to a request with tools, a call of a tool that does not exist."""
    messages = tuple(Message(_role(item), str(item.get("content") or "")) for item in asked.get("messages", ()))
    tools = (Tool("any", "", {}),) if asked.get("tools") else ()
    is_briefing = any('"sections":[' in message.content for message in messages)
    result = _LIAR.generate(Request("briefing" if is_briefing else "answer", messages, tools=tools))
    if result.tool_calls:
        made = [
            {"id": item.call_id, "type": "function",
             "function": {"name": item.name, "arguments": json.dumps(dict(item.arguments))}}
            for item in result.tool_calls
        ]  # fmt: skip
        return Reply(_completion(None, "tool_calls", tool_calls=made))
    return Reply(_completion(result.text))


def _role(item: Mapping[str, Any]) -> Role:
    roles: dict[str, Role] = {"system": "system", "assistant": "assistant", "tool": "tool"}
    return roles.get(str(item.get("role")), "user")


_LIE: Final = '{"sentences": [{"parts": [{"text": "Bitcoin doubled"}]}], "sections": []}'
MISBEHAVIOURS: Final[Mapping[str, Misbehaviour]] = {
    "a web page": _fixed(b"<!doctype html><p>Sign in", content_type="text/html"),
    "cut JSON": _fixed(b'{"choices": [{"mess'),
    "an empty body": _fixed(b""),
    "plain text": _fixed(b"Bitcoin doubled", content_type="text/plain"),
    "no text at all": _fixed(b"\xff\xfe\x00\x01 and so on"),
    "an empty object": _fixed(b"{}"),
    "a list": _fixed(b"[1, 2]"),
    "the connection cut": _fixed(b'{"choices": [', missing=10),
    "hanging in the body": _fixed(b'{"choices": [', missing=10, hangs=True),
    "hanging in the stream": _stream(_chunk("{"), missing=10, hangs=True),
    "an error with status 200": _fixed(b'{"error": {"code": 502, "message": "upstream"}}'),
    "a rate limit with status 200": _fixed(b'{"error": {"code": "rate_limit_exceeded"}}'),
    "no credit with status 200": _fixed(b'{"error": {"code": 402, "message": "pay"}}'),
    "a bad key with status 200": _fixed(b'{"error": {"code": "invalid_api_key"}}'),
    "status 400": _failure(400),
    "a revoked key": _failure(401),
    "a key without rights": _failure(403),
    "no such model": _failure(404),
    "asked too often": _failure(429),
    "a spent quota": _failure(429, "insufficient_quota"),
    "a broken server": _failure(500),
    "an overloaded server": _failure(503),
    "a redirect": _fixed(b"", 307, headers={"location": "http://127.0.0.1:9/v1"}),
    "no finish reason": _fixed(_completion(_LIE, None)),
    "the length limit": _fixed(_completion(_LIE, "length")),
    "the content filter": _fixed(_completion("", "content_filter")),
    "a refusal": _fixed(_completion(None, refusal="I can not.")),
    "an unknown reason": _fixed(_completion(_LIE, "function_call")),
    "no choices": _fixed(b'{"choices": []}'),
    "content null": _fixed(_completion(None)),
    "prose": _fixed(_completion("Bitcoin doubled. Buy now: https://evil.example")),
    "a lie in the frame": _fixed(_completion(_LIE)),
    "a stream nobody asked for": _stream(_chunk(_LIE, "stop"), "data: [DONE]\n\n"),
    "a stream without an end": _stream(_chunk(_LIE)),
    "a stream that says done too early": _stream(_chunk(_LIE[:20]), "data: [DONE]\n\n"),
    "an error within the stream": _stream(_chunk(_LIE), 'data: {"error": {"message": "died", "code": 500}}\n\n'),
    "a broken event": _stream(_chunk(_LIE), "data: {oops\n\n"),
    "the stream cut": _stream(_chunk(_LIE), missing=10),
    "comments only": _stream(": keep-alive\n\n"),
    "a lie of each class": _lied,
}
"""By what it is called in a report."""


class BadEndpoint:
    """The server; `misbehaviour` may be set at any time."""

    def __init__(self) -> None:
        self.misbehaviour: Misbehaviour = MISBEHAVIOURS["an empty object"]
        self.requests = 0
        self._over = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
                outer.requests += 1
                outer._send(self, outer.misbehaviour(asked))

            def log_message(self, *_arguments: object) -> None:
                pass

        class Server(ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

            def handle_error(self, *_arguments: object) -> None:
                pass  # clients hang up on such a server

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def _send(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        handler.send_response(reply.status)
        length = {"content-length": str(len(reply.body) + reply.missing)}
        for name, value in ({"content-type": reply.content_type} | length | dict(reply.headers)).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(reply.body)
        handler.wfile.flush()
        if reply.hangs:
            self._over.wait(30)
        handler.close_connection = True

    def close(self) -> None:
        """Stop serving."""
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def bad_endpoint() -> Iterator[BadEndpoint]:
    """A server that misbehaves as long as the block lasts."""
    server = BadEndpoint()
    try:
        yield server
    finally:
        server.close()
