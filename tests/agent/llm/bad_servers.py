"""What servers have been seen to do, in each wire and with and without a stream."""

import json
from dataclasses import replace
from typing import Any

from agent.llm.errors import (
    BadRequest,
    LLMError,
    Malformed,
    QuotaSpent,
    RateLimited,
    Refused,
    Truncated,
    Unauthorized,
    Unavailable,
)
from tests.agent.llm.scripted import (
    Reply,
    as_reply,
    chunk,
    completion,
    event_stream,
    failure,
    output_text,
    response,
    response_stream,
)

MODES = ("chat", "chat stream", "responses", "responses stream")
PAGE = Reply(b"<!doctype html><p>Sign in", content_type="text/html")
Rows = dict[str, tuple[Reply, type[LLMError]]]


def in_all_modes() -> dict[str, Rows]:
    """Each mode's own rows and those that look the same in every mode."""
    own = {
        "chat": _chat(),
        "chat stream": _chat_stream(),
        "responses": _responses(),
        "responses stream": _responses_stream(),
    }
    return {mode: own[mode] | _everywhere() for mode in MODES}


def _everywhere() -> Rows:
    return {
        "a web page with status 200": (PAGE, Malformed),
        "a web page as a stream": (replace(PAGE, until_close=True), Malformed),
        "cut JSON": (Reply(b'{"choices": [{"mess'), Malformed),
        "an empty body": (Reply(b""), Malformed),
        "plain text": (Reply(b"hello", content_type="text/plain"), Malformed),
        "not even text": (Reply(b"\xff\xfe\x00\x01 and so on"), Malformed),
        "an empty object": (Reply(b"{}"), Malformed),
        "the connection cut in the body": (Reply(b'{"choices": [', cut=True), Unavailable),
        "an error with status 200": (Reply(b'{"error": {"code": 502, "message": "upstream"}}'), Unavailable),
        "a rate limit with status 200": (Reply(b'{"error": {"code": "rate_limit_exceeded"}}'), RateLimited),
        "no credit with status 200": (Reply(b'{"error": {"code": 402, "message": "pay"}}'), QuotaSpent),
        "a bad key with status 200": (Reply(b'{"error": {"code": "invalid_api_key"}}'), Unauthorized),
        "status 400": (failure(400, "bad thing"), BadRequest),
        "status 401": (failure(401, "no"), Unauthorized),
        "a spent quota": (failure(429, "no", "insufficient_quota"), QuotaSpent),
        "status 500": (failure(500, "boom"), Unavailable),
        "a redirect": (Reply(b"", 307, {"location": "http://127.0.0.1:9/v1"}), BadRequest),
    }


def _chat() -> Rows:
    return {
        "no finish reason": (completion("hello", None), Truncated),
        "the length limit": (completion("hel", "length"), Truncated),
        "the content filter": (completion("", "content_filter"), Refused),
        "a refusal": (completion(None, refusal="I can not."), Refused),
        "an unknown reason": (completion("hello", "function_call"), Malformed),
        "no choices": (Reply(b'{"choices": []}'), Malformed),
        "content null": (completion(None), Malformed),
        "a stream nobody asked for": (event_stream(chunk("hello", "stop")), Malformed),
    }


def _chat_stream() -> Rows:
    failed = {"error": {"message": "the backend died", "code": 500}}
    return {
        "an end without finish reason or DONE": (event_stream(chunk("hel"), done=False), Truncated),
        "DONE without a finish reason": (event_stream(chunk("hel")), Truncated),
        "nothing but DONE": (event_stream(), Truncated),
        "nothing but comments": (event_stream(": keep-alive\n\n", done=False), Truncated),
        "the length limit": (event_stream(chunk("hel"), chunk(None, "length")), Truncated),
        "the content filter": (event_stream(chunk("hel"), chunk(None, "content_filter")), Refused),
        "a refusal": (event_stream(chunk(None, refusal="I can"), chunk(None, "stop", refusal=" not.")), Refused),
        "an unknown reason": (event_stream(chunk("hel"), chunk(None, "function_call")), Malformed),
        "no text at all": (event_stream(chunk(None, "stop")), Malformed),
        "an error in the middle": (event_stream(chunk("hel"), failed, done=False), Unavailable),
        "a named error in the middle": (
            event_stream(chunk("hel"), 'event: error\ndata: {"message": "died"}\n\n', done=False),
            Unavailable,
        ),
        "a rate limit in the middle": (
            event_stream(chunk("hel"), {"error": {"code": "rate_limit_exceeded"}}),
            RateLimited,
        ),
        "an event that is no JSON": (event_stream(chunk("hel"), "data: {oops\n\n"), Malformed),
        "an event that is no object": (event_stream(chunk("hel"), "data: 7\n\n"), Malformed),
        "the connection cut in the stream": (_cut(event_stream(chunk("hel"), done=False)), Unavailable),
        "a part of an answer in one piece": (completion("hel", "length"), Truncated),
    }


def _responses() -> Rows:
    return {name: (as_reply(document), error) for name, (document, error) in _documents().items()} | {
        "a stream nobody asked for": (response_stream("hi", last=response(output_text("hi"))), Malformed),
    }


def _responses_stream() -> Rows:
    rows: Rows = {
        f"{name} in the last event": (response_stream("hel", last=document), error)
        for name, (document, error) in _documents().items()
        if document["status"] in {"incomplete", "failed"}
    }
    error = {"type": "error", "code": "server_error", "message": "died"}
    named = f"event: error\ndata: {json.dumps(error)}\n\n"
    return rows | {
        "an end without a last event": (response_stream("hel", last=None), Truncated),
        "an error in the middle": (_then(response_stream("hel", last=None), named), Unavailable),
        "an event that is no JSON": (_then(response_stream("hel", last=None), "data: {oops\n\n"), Malformed),
        "another text at the end": (response_stream("hello", last=response(output_text("goodbye"))), Malformed),
        "an end without text": (response_stream(last=response()), Malformed),
        "a refusal": (response_stream(last=response(_refusal())), Refused),
        "the connection cut in the stream": (_cut(response_stream("hel", last=None)), Unavailable),
        "a part of an answer in one piece": (as_reply(response(output_text("hel"), status="in_progress")), Truncated),
    }


def _documents() -> dict[str, tuple[dict[str, Any], type[LLMError]]]:
    part = output_text("hel")
    limited = {"incomplete_details": {"reason": "max_output_tokens"}}
    filtered = {"incomplete_details": {"reason": "content_filter"}}
    return {
        "the length limit": (response(part, status="incomplete", **limited), Truncated),
        "the content filter": (response(part, status="incomplete", **filtered), Refused),
        "an incomplete answer without a reason": (response(part, status="incomplete"), Truncated),
        "an answer under way": (response(part, status="in_progress"), Truncated),
        "an answer without status": (response(part, status=None), Truncated),
        "a cancelled answer": (response(part, status="cancelled"), Malformed),
        "a failure": (response(status="failed", error={"code": "server_error", "message": "died"}), Unavailable),
        "a failure without an error": (response(status="failed"), Unavailable),
        "a rate limit": (response(status="failed", error={"code": "rate_limit_exceeded"}), RateLimited),
        "a bad prompt": (response(status="failed", error={"code": "invalid_prompt", "message": "no"}), BadRequest),
        "a refusal": (response(_refusal()), Refused),
        "no output": (response() | {"output": None}, Malformed),
        "an empty output": (response(), Malformed),
        "remarks only": (response(output_text("Let me see.", phase="commentary")), Malformed),
    }


def _refusal() -> dict[str, Any]:
    return output_text("") | {"content": [{"type": "refusal", "refusal": "I can not."}]}


def _then(reply: Reply, text: str) -> Reply:
    return replace(reply, body=reply.body + text.encode())


def _cut(reply: Reply) -> Reply:
    return replace(reply, cut=True, until_close=False)


def bad_tool_arguments() -> dict[str, str]:
    return {
        "cut": '{"asset": "Bit',
        "NaN": '{"x": NaN}',
        "an overflowing number": '{"x": 1e999}',
        "a key twice": '{"x": 1, "x": 2}',
        "a list": "[1]",
    }
