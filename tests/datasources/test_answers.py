import gzip
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasources.answers import parse_failure, parse_json, parse_retry_after, row_text, status_error
from datasources.errors import BadPayload, BadRequest, QuotaSpent, RateLimited, SourceError, Unauthorized, Unavailable

NOW = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "kind", "permanent"),
    [
        (301, BadPayload, False),
        (400, BadRequest, True),
        (401, Unauthorized, True),
        (402, QuotaSpent, True),
        (403, Unauthorized, True),
        (404, BadRequest, True),
        (408, Unavailable, False),
        (418, RateLimited, False),
        (422, BadRequest, True),
        (429, RateLimited, False),
        (500, Unavailable, False),
        (503, Unavailable, False),
    ],
)
def test_a_status_becomes_the_error_that_says_what_to_do(status: int, kind: type[SourceError], permanent: bool) -> None:  # noqa: FBT001 - a parameter of the table
    error = status_error("demo", "/price", status, None, NOW)
    assert type(error) is kind
    assert error.permanent is permanent
    assert str(status) in str(error)


@pytest.mark.parametrize(
    ("status", "header", "kind", "seconds"),
    [
        (429, "17", RateLimited, 17.0),
        (429, None, RateLimited, None),
        (503, "17", RateLimited, 17.0),
        (503, "soon", Unavailable, None),
        (503, "999999999999", RateLimited, 86_400.0),
        (418, "600", RateLimited, 600.0),
        (418, "1", RateLimited, 120.0),
        (418, None, RateLimited, 120.0),
        (500, "17", Unavailable, None),
        (403, "17", Unauthorized, None),
    ],
)
def test_only_some_statuses_say_when_to_come_back(
    status: int, header: str | None, kind: type[SourceError], seconds: float | None
) -> None:
    error = status_error("demo", "/price", status, header, NOW)
    assert type(error) is kind
    assert getattr(error, "retry_after_s", None) == seconds


def test_a_firewall_is_told_from_a_wrong_key() -> None:
    error = status_error("demo", "/price", 403, None, NOW, web_page=True)
    assert type(error) is Unauthorized
    assert "firewall" in str(error)
    assert "firewall" not in str(status_error("demo", "/price", 401, None, NOW, web_page=True))


def test_retry_after_on_a_success_means_nothing() -> None:
    assert status_error("demo", "/charts", 200, "60", NOW) is None  # recorded from blockchain.com


@pytest.mark.parametrize(
    ("body", "encoding", "value"),
    [
        # bodies of CoinGecko and Binance, as recorded
        (b'{"status":500,"error":"Internal Server Error"}', "", {"status": 500, "error": "Internal Server Error"}),
        (
            gzip.compress(b'{"code":-1121,"msg":"Invalid symbol."}', mtime=0),
            " GZip ",
            {"code": -1121, "msg": "Invalid symbol."},
        ),
        (b"error code: 1020", "", None),
        (b"<html></html>", "", None),
        (b'["' + b"x" * 5_000 + b'"]', "", None),
        (gzip.compress(b'["' + b"x" * 5_000 + b'"]', mtime=0), "gzip", None),
        (b"{}", "gzip", None),
        (b"", "identity", None),
    ],
)
def test_the_body_of_a_failure_is_small_json_or_nothing(body: bytes, encoding: str, value: object) -> None:
    assert parse_failure(body, encoding) == value


@given(st.binary(max_size=5_000), st.sampled_from(["", "gzip"]))
def test_no_body_of_a_failure_breaks_its_reader(body: bytes, encoding: str) -> None:
    parse_failure(body, encoding)


def test_a_success_is_no_error() -> None:
    assert status_error("demo", "/price", 200, None, NOW) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("0", 0.0),
        ("17", 17.0),
        (" 2.5 ", 2.5),
        ("-5", None),
        ("soon", None),
        ("NaN", None),
        ("999999999999999999", 86_400.0),
        ("9" * 400, None),
        ("Tue, 10 Jun 2025 12:01:30 GMT", 90.0),
        ("Tue, 10 Jun 2025 11:00:00 GMT", 0.0),
        ("Tue, 10 Jun 2025 12:01:30 -0000", 90.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
        ("Tue, 99 Jun 2025 12:01:30 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date_and_never_trusted_beyond_a_day(
    header: str | None, seconds: float | None
) -> None:
    assert parse_retry_after(header, NOW) == seconds


@given(st.text(max_size=40))
def test_no_retry_after_header_breaks_the_reader(header: str) -> None:
    seconds = parse_retry_after(header, NOW)
    assert seconds is None or 0 <= seconds <= 86_400


@pytest.mark.parametrize(
    "body", [b"[NaN]", b"[Infinity]", b"[-Infinity]", b"{'a': 1}", b"[1 2 3 4 5 6 7 8 9]", b"[\xff]"]
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(BadPayload):
        parse_json("demo", "/price", body, "application/json")


@pytest.mark.parametrize(
    "body", [b"", b'{"success": true, "da', b'{"data": [1, 2', b'{"data": tru', b'{"data": "\\u12', '["é'.encode()[:-1]]
)
def test_what_stops_early_was_cut_and_may_be_tried_again(body: bytes) -> None:
    with pytest.raises(Unavailable, match="cut off"):
        parse_json("demo", "/price", body, "application/json")


@pytest.mark.parametrize(
    ("body", "content_type"), [(b"<!doctype html>", "application/json"), (b"{}", "text/html; charset=utf-8")]
)
def test_a_web_page_is_not_data(body: bytes, content_type: str) -> None:
    with pytest.raises(BadPayload, match="web page"):
        parse_json("demo", "/price", body, content_type)


def test_absurd_depth_and_absurd_numbers_are_refused() -> None:
    with pytest.raises(BadPayload, match="nested"):
        parse_json("demo", "/price", b"[" * 100_000 + b"]" * 100_000, "")
    with pytest.raises(BadPayload, match="absurd length"):
        parse_json("demo", "/price", b"[" + b"9" * 5_000 + b"]", "")


def test_duplicate_keys_and_a_byte_order_mark_are_no_fault() -> None:
    assert parse_json("demo", "/price", b'\xef\xbb\xbf{"a": 1, "a": 2}', "application/json") == {"a": 2}


@given(st.binary(max_size=200))
def test_no_body_raises_anything_but_a_source_error(body: bytes) -> None:
    with suppress(SourceError):
        parse_json("demo", "/price", body, "application/json")


def test_a_row_has_one_text_whatever_the_order_of_its_keys() -> None:
    assert row_text({"b": "é", "a": 1}) == row_text({"a": 1, "b": "é"}) == '{"a": 1, "b": "\\u00e9"}'
