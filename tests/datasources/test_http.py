import asyncio
import gc
import gzip
import json
import logging
import time
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from datasources.errors import BadPayload, BadRequest, QuotaSpent, RateLimited, SourceError, Unauthorized, Unavailable
from datasources.http import HttpClient

KEY = "tm-5ec2e7aa-1111-2222-3333-444455556666"
MakeClient = Callable[..., HttpClient]


def get(client: HttpClient, path: str = "/price", **params: str | int) -> Any:
    async def scenario() -> Any:
        try:
            return await client.get_json(path, params)
        finally:
            await client.aclose()

    return asyncio.run(scenario())


def test_an_answer_comes_back_as_json_and_the_key_goes_in_its_header(
    server: Any, reply: Any, make_client: MakeClient
) -> None:
    server.play(reply(body=b'{"data": [1.5]}'))
    assert get(make_client(), token_id="3375,3306") == {"data": [1.5]}
    (seen,) = server.requests
    assert (seen.path, seen.query) == ("/v2/price", {"token_id": "3375,3306"})
    assert seen.headers["x-api-key"] == KEY
    assert seen.headers["accept-encoding"] == "gzip"


def test_a_compressed_answer_is_read(server: Any, reply: Any, make_client: MakeClient) -> None:
    server.play(reply(body=gzip.compress(b'{"data": []}'), headers={"content-encoding": "gzip"}))
    assert get(make_client()) == {"data": []}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequest),
        (401, Unauthorized),
        (402, QuotaSpent),
        (403, Unauthorized),
        (404, BadRequest),
        (422, BadRequest),
    ],
)
def test_a_permanent_failure_is_not_tried_again(
    server: Any, reply: Any, make_client: MakeClient, status: int, kind: type[SourceError]
) -> None:
    server.play(reply(status=status))
    with pytest.raises(kind):
        get(make_client())
    assert len(server.requests) == 1


def test_a_server_error_is_tried_again_until_it_passes(
    server: Any, reply: Any, sleep: Any, make_client: MakeClient
) -> None:
    server.play(reply(status=500), reply(status=503), reply(body=b"[1]"))
    client = make_client()
    assert get(client) == [1]
    assert client.requests == len(server.requests) == 3
    backoffs = [wait for wait in sleep.waits if wait > 0.001]  # the rest is pacing
    assert len(backoffs) == 2
    assert backoffs[0] <= 1.0
    assert backoffs[1] <= 2.0


def test_retries_end_after_the_attempts_that_are_allowed(server: Any, reply: Any, make_client: MakeClient) -> None:
    server.play(reply(status=502))
    with pytest.raises(Unavailable, match="502"):
        get(make_client(max_attempts=3))
    assert len(server.requests) == 3


def test_a_rate_limit_is_waited_for_as_long_as_the_provider_says(
    server: Any, reply: Any, sleep: Any, make_client: MakeClient
) -> None:
    server.play(reply(status=429, headers={"retry-after": "17"}), reply(body=b"[1]"))
    assert get(make_client()) == [1]
    assert max(sleep.waits) == pytest.approx(17, abs=0.5)


def test_a_rate_limit_without_a_time_is_waited_for_a_second_at_least(
    server: Any, reply: Any, sleep: Any, make_client: MakeClient
) -> None:
    server.play(reply(status=429, headers={"retry-after": "-3"}), reply(body=b"[1]"))
    assert get(make_client()) == [1]
    assert max(sleep.waits) == pytest.approx(1, abs=0.5)


def test_a_wait_beyond_the_budget_is_raised_at_once_and_the_next_call_is_not_sent(
    server: Any, reply: Any, sleep: Any, make_client: MakeClient
) -> None:
    server.play(reply(status=429, headers={"retry-after": "Tue, 10 Jun 2025 13:00:00 GMT"}))
    client = make_client()

    async def scenario() -> None:
        with pytest.raises(RateLimited) as first:
            await client.get_json("/price", {})
        assert first.value.retry_after_s == 3600.0
        with pytest.raises(RateLimited, match="was not asked for") as second:
            await client.get_json("/tokens", {})
        assert second.value.retry_after_s == pytest.approx(3600, abs=5)
        await client.aclose()

    asyncio.run(scenario())
    assert len(server.requests) == 1
    assert all(wait < 1 for wait in sleep.waits)


def test_a_slow_body_ends_at_the_deadline(server: Any, reply: Any, make_client: MakeClient) -> None:
    server.play(reply(body=b'{"data": [', stall=True))
    began = time.monotonic()
    with pytest.raises(Unavailable, match=r"within 0\.2 s"):
        get(make_client(timeout_s=0.2, max_attempts=1))
    assert time.monotonic() - began < 3


def test_a_body_cut_short_is_unavailable(server: Any, reply: Any, make_client: MakeClient) -> None:
    server.play(reply(body=b'{"data": []}', cut=True))
    with pytest.raises(Unavailable, match="RemoteProtocolError"):
        get(make_client(max_attempts=1))


def test_nobody_there_is_unavailable(server: Any, make_client: MakeClient) -> None:
    client = make_client(max_attempts=2)
    server.close()
    with pytest.raises(Unavailable, match="ConnectError"):
        get(client)
    assert client.requests == 2


def test_a_body_beyond_the_cap_is_refused_by_its_decoded_size(server: Any, reply: Any, make_client: MakeClient) -> None:
    bomb = gzip.compress(b"[" + b" " * 1_000_000 + b"]")
    assert len(bomb) < 10_000
    server.play(reply(body=bomb, headers={"content-encoding": "gzip"}))
    with pytest.raises(BadPayload, match="larger than"):
        get(make_client(largest_body_bytes=100_000))


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "deflate"])
def test_an_encoding_nobody_asked_for_is_not_unpacked(
    server: Any, reply: Any, make_client: MakeClient, encoding: str
) -> None:
    server.play(reply(body=b"x", headers={"content-encoding": encoding}))
    with pytest.raises(BadPayload, match="encoding"):
        get(make_client())


def test_damaged_compression_is_unavailable(server: Any, reply: Any, make_client: MakeClient) -> None:
    server.play(reply(body=b"not gzip", headers={"content-encoding": "gzip"}))
    with pytest.raises(Unavailable, match="DecodingError"):
        get(make_client(max_attempts=1))


def test_a_redirect_is_refused_and_the_key_does_not_follow(server: Any, reply: Any, make_client: MakeClient) -> None:
    server.play(reply(status=302, headers={"location": f"{server.base_url}/elsewhere"}))
    with pytest.raises(BadPayload, match="redirects"):
        get(make_client())
    assert [seen.path for seen in server.requests] == ["/v2/price"]


def test_html_and_nan_are_not_data(server: Any, reply: Any, make_client: MakeClient) -> None:
    server.play(reply(body=b"<html></html>", content_type="text/html"))
    with pytest.raises(BadPayload, match="web page"):
        get(make_client())
    server.play(reply(body=b'{"data": [NaN]}'))
    with pytest.raises(BadPayload, match="NaN"):
        get(make_client())


def test_proxies_of_the_environment_are_ignored(
    server: Any, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert get(make_client()) == {"success": True, "data": []}
    assert len(server.requests) == 1


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # a loop that ends takes its open connections with it
def test_one_client_works_in_one_event_loop_after_another(server: Any, make_client: MakeClient) -> None:
    client = make_client()

    async def scenario() -> Any:
        return await client.get_json("/price", {})

    assert asyncio.run(scenario()) == {"success": True, "data": []}
    assert get(client) == {"success": True, "data": []}
    gc.collect()


def test_a_closed_client_says_so(server: Any, make_client: MakeClient) -> None:
    client = make_client()
    get(client)
    with pytest.raises(Unavailable, match="closed"):
        get(client)
    assert len(server.requests) == 1


@pytest.mark.parametrize("path", ["price", "/price?api_key=1", "//evil.test", "/..", "/a b", ""])
def test_a_path_is_words_after_slashes(make_client: MakeClient, path: str) -> None:
    with pytest.raises(ValueError, match="words after slashes"):
        get(make_client(), path)


@pytest.mark.parametrize(
    "base_url",
    ["ftp://a.test", "a.test", "https://", "https://u:p@a.test", "https://a.test/?k=1", "https://evil.test\\@a.test/"],
)
def test_a_base_url_that_could_lead_the_key_astray_is_refused(
    base_url: str, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, server: Any
) -> None:
    monkeypatch.setattr(server, "base_url", base_url)
    with pytest.raises(ValueError, match="base URL"):
        make_client()


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 400, "body": json.dumps({"success": False, "message": f"bad key {KEY}"}).encode()},
        {"status": 401},
        {"status": 429},
        {"status": 500},
        {"body": b'{"data": ', "cut": True},
        {"body": b"<html>"},
        {"body": f'{{"{KEY}": NaN}}'.encode()},
        {"body": f'{{"{KEY}" 12345678}}'.encode()},
        {"status": 302, "headers": {"location": f"/x?k={KEY}"}},
        {"body": b"x", "stall": True},
    ],
)
def test_no_error_and_no_log_line_ever_holds_the_key_or_the_query(
    server: Any, reply: Any, make_client: MakeClient, caplog: pytest.LogCaptureFixture, fault: dict[str, Any]
) -> None:
    caplog.set_level(logging.DEBUG)
    server.play(reply(**fault))
    client = make_client(timeout_s=0.2, max_attempts=2)
    with pytest.raises(SourceError) as caught:
        get(client, token_id="987654321")
    texts = [repr(client), str(client)]
    error: BaseException | None = caught.value
    while error is not None:  # what a crash report would print, without this file's own source lines
        texts += [*traceback.format_exception_only(error), repr(error)]
        error = error.__cause__ or error.__context__
    texts += [record.getMessage() for record in caplog.records]
    everything = "\n".join(texts)
    assert "/price" in everything
    for secret in (KEY, "5ec2e7aa", "987654321", "token_id", "x-api-key"):
        assert secret not in everything


def test_the_loggers_that_would_print_urls_are_silenced(make_client: MakeClient) -> None:
    logging.getLogger("httpx").setLevel(logging.DEBUG)
    make_client()
    assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
    assert not logging.getLogger("httpcore.http11").isEnabledFor(logging.DEBUG)
