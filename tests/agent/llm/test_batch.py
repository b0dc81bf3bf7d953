import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import SecretStr

from agent.llm.batch import BatchClient, BatchTicket
from agent.llm.errors import BadRequest, LLMError, Malformed, RateLimited, Truncated, Unauthorized, Unavailable
from agent.llm.port import Message, Request, Result, Schema, Usage
from agent.llm.pricing import PriceOverride, price_list
from tests.agent.llm.scripted import KEY, NOW

ASK = Request("backfill", (Message("system", "Be short."), Message("user", "Hello?")))
STRUCTURED = Request(
    "backfill", ASK.messages, Schema("thing", {"type": "object"}), max_output_tokens=9, temperature=0.5
)
TICKET = BatchTicket("batch_1", ("a", "b", "c"))


@dataclass
class Files:
    """A server of files and batches: what was sent to it, and what it answers at each path."""

    replies: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    base_url: str = ""

    def reply(self, path: str, body: object, status: int = 200) -> None:
        self.replies[path] = (status, body if isinstance(body, bytes) else json.dumps(body).encode())


@pytest.fixture(scope="module")
def running() -> Iterator[Files]:
    files = Files()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            files.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            status, reply = files.replies.get(self.path, (404, b"{}"))
            self.send_response(status)
            self.send_header("content-length", str(len(reply)))
            self.send_header("retry-after-ms", "1")
            self.end_headers()
            self.wfile.write(reply)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    files.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    yield files
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def files(running: Files) -> Files:
    running.replies.clear()
    running.seen.clear()
    running.reply("/v1/files", {"id": "file_in"})
    running.reply("/v1/batches", {"id": "batch_1", "status": "validating"})
    return running


@pytest.fixture(scope="module")
def clients(running: Files) -> Iterator[dict[str, BatchClient]]:
    made = {wire: client(running.base_url, wire) for wire in ("chat", "responses")}
    yield made
    for item in made.values():
        item.close()


def client(base_url: str, wire: Any) -> BatchClient:
    return BatchClient(
        base_url,
        SecretStr(KEY),
        "tiny",
        timeout_s=5,
        max_output_tokens=500,
        clock=lambda: NOW,
        prices=price_list({"tiny-1": PriceOverride(Decimal(1), Decimal(2))}),
        wire=wire,
    )


def lines_of(upload: bytes) -> dict[str, dict[str, Any]]:
    found = [json.loads(line) for line in upload.split(b"\r\n") for line in line.split(b"\n") if line.startswith(b"{")]
    return {item["custom_id"]: item for item in found}


def answered(name: str, body: object, status: int = 200) -> bytes:
    response = {"status_code": status, "request_id": f"req-{name}", "body": body}
    return json.dumps({"id": "x", "custom_id": name, "response": response, "error": None}).encode() + b"\n"


def completion(text: str, finish_reason: str = "stop") -> dict[str, Any]:
    choice = {"index": 0, "finish_reason": finish_reason, "message": {"role": "assistant", "content": text}}
    return {"model": "tiny-1", "choices": [choice], "usage": {"prompt_tokens": 1_000_000, "completion_tokens": 10}}


def test_requests_are_uploaded_as_lines_of_the_chat_wire(files: Files, clients: dict[str, BatchClient]) -> None:
    ticket = clients["chat"].submit({"a": ASK, "b": STRUCTURED})
    assert ticket == BatchTicket("batch_1", ("a", "b"))
    (path, headers, upload), (_, _, batch) = files.seen
    assert (path, headers["authorization"]) == ("/v1/files", f"Bearer {KEY}")
    assert b'name="purpose"\r\n\r\nbatch' in upload
    lines = lines_of(upload)
    assert lines["a"]["url"] == "/v1/chat/completions"
    assert lines["a"]["method"] == "POST"
    assert lines["a"]["body"] == {
        "model": "tiny",
        "messages": [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Hello?"}],
        "max_completion_tokens": 500,
        "store": False,
    }
    structured = lines["b"]["body"]
    assert (structured["max_completion_tokens"], structured["temperature"]) == (9, 0.5)
    assert structured["response_format"]["json_schema"]["strict"] is True
    assert json.loads(batch) == {
        "input_file_id": "file_in",
        "endpoint": "/v1/chat/completions",
        "completion_window": "24h",
    }


def test_requests_are_uploaded_as_lines_of_the_responses_wire(files: Files, clients: dict[str, BatchClient]) -> None:
    clients["responses"].submit({"a": ASK})
    line = lines_of(files.seen[0][2])["a"]
    assert (line["url"], line["body"]["max_output_tokens"], line["body"]["store"]) == ("/v1/responses", 500, False)
    assert json.loads(files.seen[1][2])["endpoint"] == "/v1/responses"


def test_nothing_of_the_environment_is_sent(
    files: Files, clients: dict[str, BatchClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.setenv(name, "secret-of-another-server")
    fresh = client(files.base_url, "chat")
    fresh.submit({"a": ASK})
    fresh.close()
    assert len(files.seen) == 2
    assert "secret-of-another-server" not in str(files.seen)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("validating", "waiting"),
        ("in_progress", "waiting"),
        ("finalizing", "waiting"),
        ("a state of next year", "waiting"),
        ("completed", "done"),
        ("expired", "done"),
        ("cancelled", "done"),
        ("failed", "failed"),
    ],
)
def test_how_far_a_batch_is(files: Files, clients: dict[str, BatchClient], status: str, state: str) -> None:
    files.reply("/v1/batches/batch_1", {"id": "batch_1", "status": status})
    assert clients["chat"].state(TICKET) == state


def test_answers_come_in_any_order_and_each_is_read_like_any_other(
    files: Files, clients: dict[str, BatchClient]
) -> None:
    files.reply("/v1/batches/batch_1", {"id": "batch_1", "output_file_id": "out", "error_file_id": "err"})
    files.reply(
        "/v1/files/out/content",
        answered("b", completion("half", "length")) + b"\n{not json\n" + answered("a", completion("hello")),
    )
    files.reply("/v1/files/err/content", answered("c", {"error": {"code": "rate_limit_exceeded"}}, 429))
    found = clients["chat"].fetch(TICKET)
    assert found["a"] == Result(
        "hello", (), Usage(1_000_000, 10), "tiny-1", "req-a", 0.0, Decimal("1.00002"), wire="chat"
    )
    assert [type(found[name]) for name in "bc"] == [Truncated, RateLimited]


def test_a_response_is_read_too(files: Files, clients: dict[str, BatchClient]) -> None:
    files.reply("/v1/batches/batch_1", {"id": "batch_1", "output_file_id": "out", "error_file_id": None})
    content = [{"type": "output_text", "text": "hello", "annotations": []}]
    message = {"type": "message", "role": "assistant", "status": "completed", "content": content}
    body = {
        "status": "completed",
        "model": "tiny-1",
        "output": [message],
        "usage": {"input_tokens": 5, "output_tokens": 1},
    }
    files.reply("/v1/files/out/content", answered("a", body))
    found = clients["responses"].fetch(TICKET)["a"]
    assert isinstance(found, Result)
    assert (found.text, found.wire, found.usage.input_tokens) == ("hello", "responses", 5)


def test_a_request_without_an_answer_is_lost(files: Files, clients: dict[str, BatchClient]) -> None:
    files.reply("/v1/batches/batch_1", {"id": "batch_1", "output_file_id": "out"})
    expired = {"custom_id": "b", "response": None, "error": {"code": "batch_expired", "message": "too late"}}
    files.reply("/v1/files/out/content", json.dumps(expired).encode())
    found = clients["chat"].fetch(TICKET)
    assert all(isinstance(answer, Unavailable) for answer in found.values())
    assert set(found) == {"a", "b", "c"}
    assert "too late" not in str(found["b"])


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, {"error": {"message": f"bad key {KEY}"}}, Unauthorized),
        (500, {}, Unavailable),
        (404, {}, BadRequest),
        (200, b"<html>sign in</html>", Malformed),
        (200, {"object": "file"}, Malformed),
    ],
)
def test_a_bad_server_is_one_of_our_errors(
    files: Files, clients: dict[str, BatchClient], status: int, body: object, error: type[LLMError]
) -> None:
    files.reply("/v1/files", body, status)
    with pytest.raises(error) as caught:
        clients["chat"].submit({"a": ASK})
    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_empty_batch_is_refused_and_a_dead_server_is_unavailable(clients: dict[str, BatchClient]) -> None:
    with pytest.raises(BadRequest, match=r"1 to 50,000 requests, not 0"):
        clients["chat"].submit({})
    dead = BatchClient(
        "http://127.0.0.1:9/v1",
        SecretStr(""),
        "tiny",
        timeout_s=1,
        max_output_tokens=1,
        clock=lambda: NOW,
        prices=price_list(),
        max_retries=0,
    )
    with pytest.raises(Unavailable):
        dead.state(TICKET)
    dead.close()
