"""A scripted model server on the loopback interface, for both wires, streamed or not."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any

from agent.llm.chat import ChatCompletionsModel
from agent.llm.port import CallRecord
from agent.llm.responses import ResponsesModel

KEY = "sk-live-4f1c9d2e7b8a"
NOW = datetime(2025, 10, 11, 7, 0, tzinfo=UTC)


@dataclass
class Reply:
    """One answer.

    `cut` announces more than it sends, `stall` sends half and waits until the server ends, `drip_s` sends a byte every
    so often and never ends, `until_close` announces no length, as streams do.
    """

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    cut: bool = False
    stall: bool = False
    drip_s: float | None = None
    until_close: bool = False


@dataclass(frozen=True)
class Seen:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


def completion(
    content: str | None,
    finish_reason: str | None = "stop",
    tool_calls: list[dict[str, Any]] | None = None,
    usage: dict[str, Any] | None = None,
    **message: Any,
) -> Reply:
    """An answer in the documented format."""
    choice = {
        "index": 0,
        "finish_reason": finish_reason,
        "message": {"role": "assistant", "content": content, **({"tool_calls": tool_calls} if tool_calls else {})}
        | message,
    }
    document = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "tiny", "choices": [choice]}
    return Reply(json.dumps(document | ({"usage": usage} if usage else {})).encode(), headers={"x-request-id": "req-7"})


def tool_call(name: str, arguments: str, call_id: str = "call-1") -> dict[str, Any]:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def failure(status: int, message: str, code: str | None = None, **headers: str) -> Reply:
    body = {"error": {"message": message, "type": "error", "code": code, "param": None}}
    return Reply(json.dumps(body).encode(), status, {"retry-after-ms": "1"} | headers)


def event_stream(*events: dict[str, Any] | str, done: bool = True) -> Reply:
    """A stream of these events, objects or lines as they are; `done` ends it as Chat Completions does."""
    lines = [event if isinstance(event, str) else f"data: {json.dumps(event)}\n\n" for event in events]
    body = "".join([*lines, "data: [DONE]\n\n" if done else ""]).encode()
    return Reply(body, headers={"x-request-id": "req-7"}, content_type="text/event-stream", until_close=True)


def chunk(text: str | None = None, finish_reason: str | None = None, **delta: Any) -> dict[str, Any]:
    """A piece of a streamed chat completion."""
    choice = {"index": 0, "delta": {"content": text} | delta, "finish_reason": finish_reason}
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "tiny", "choices": [choice]}


def response(*output: dict[str, Any], status: str | None = "completed", **changes: Any) -> dict[str, Any]:
    """A response in the documented format."""
    document = {"id": "resp_1", "object": "response", "model": "tiny", "status": status, "error": None}
    return document | {"incomplete_details": None, "output": list(output), "usage": None} | changes


def output_text(text: str, **changes: Any) -> dict[str, Any]:
    """A message of a response."""
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": content} | changes


def as_reply(document: dict[str, Any]) -> Reply:
    return Reply(json.dumps(document).encode(), headers={"x-request-id": "req-7"})


def response_stream(*pieces: str, last: dict[str, Any] | None) -> Reply:
    """A streamed response: its pieces of text, then the event that holds `last`; None leaves that out."""
    events: list[dict[str, Any]] = [{"type": "response.created", "response": response(status="in_progress")}]
    events += [{"type": "response.output_text.delta", "output_index": 0, "delta": piece} for piece in pieces]
    if last is not None:
        events.append({"type": f"response.{last['status']}", "response": last})
    lines = [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events]
    return event_stream(*lines, done=False)


Script = Callable[[Seen], Reply]


class ScriptedServer:
    """Answers each request with what the script says and remembers what was asked."""

    def __init__(self) -> None:
        self.requests: list[Seen] = []
        self.script: Script = lambda _seen: completion("hello")
        self._over = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.do_POST()

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or "{}")
                seen = Seen(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
                outer.requests.append(seen)
                outer._send(self, outer.script(seen))

            def log_message(self, *_arguments: object) -> None:
                pass

        class Server(ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

            def handle_error(self, *_arguments: object) -> None:
                pass  # clients of these tests hang up on purpose

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.ledger = Ledger()
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def _send(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        handler.send_response(reply.status)
        length = len(reply.body) + (10 if reply.cut or reply.stall else 0)
        headers = {"content-type": reply.content_type} | reply.headers
        if not (reply.until_close or reply.drip_s):
            headers["content-length"] = str(length)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        if reply.drip_s is not None:
            while not self._over.wait(reply.drip_s):
                handler.wfile.write(b" ")
        handler.wfile.write(reply.body)
        handler.wfile.flush()
        if reply.stall:
            self._over.wait(10)
        handler.close_connection = True

    def play(self, *replies: Reply) -> None:
        """Answer with these in order, then with the last one for ever."""
        queue = list(replies)
        self.script = lambda _seen: queue.pop(0) if len(queue) > 1 else queue[0]

    @cached_property
    def responses_model(self) -> ResponsesModel:
        """As `model`, for the other wire."""
        return new_responses_model(self.base_url, call_log=self.ledger)

    @cached_property
    def model(self) -> ChatCompletionsModel:
        """A model with the usual options; made once, because each client loads the machine's certificates."""
        return new_model(self.base_url, call_log=self.ledger)

    def forget(self) -> "ScriptedServer":
        """As new for the next test."""
        self.requests.clear()
        self.ledger.records.clear()
        self.script = lambda _seen: completion("hello")
        return self

    def stop_listening(self) -> None:
        """Take no connection any more; those that came are answered."""
        self._server.server_close()

    def close(self) -> None:
        for name in {"model", "responses_model"} & self.__dict__.keys():
            getattr(self, name).close()
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Ledger:
    """Keeps the records of calls."""

    def __init__(self) -> None:
        self.records: list[CallRecord] = []

    def on_call(self, record: CallRecord) -> None:
        self.records.append(record)


@contextmanager
def running_server() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    try:
        yield server
    finally:
        server.close()


def new_model(base_url: str, **changes: Any) -> ChatCompletionsModel:
    return ChatCompletionsModel(base_url, *_names(changes), **(_options() | changes))


def new_responses_model(base_url: str, **changes: Any) -> ResponsesModel:
    return ResponsesModel(base_url, *_names(changes), **(_options() | changes))


def _names(changes: dict[str, Any]) -> tuple[str, str]:
    return changes.pop("api_key", KEY), changes.pop("model", "tiny")


def _options() -> dict[str, Any]:
    return {"timeout_s": 5.0, "max_output_tokens": 500, "clock": lambda: NOW, "max_retries": 0}


@contextmanager
def model_at(base_url: str, **changes: Any) -> Iterator[ChatCompletionsModel]:
    model = new_model(base_url, **changes)
    try:
        yield model
    finally:
        model.close()
