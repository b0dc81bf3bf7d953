"""The four shapes of a failure, as recorded or specified, and what each code means."""

from typing import Any

import pytest

from datasources.coingecko.failures import failure_code, failure_of
from datasources.errors import BadRequest, RateLimited, Unauthorized, Unavailable

OUT_OF_RANGE = {
    "error": {
        "status": {
            "timestamp": "2024-04-20T10:00:00.000+00:00",
            "error_code": 10012,
            "error_message": "Your request exceeds the allowed time range.",
        }
    }
}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"error": "Missing parameter vs_currency"}, 0),
        ({"error": "coin not found"}, 0),
        ({"status": {"error_code": 429, "error_message": "You've exceeded the Rate Limit."}}, 429),
        (OUT_OF_RANGE, 10012),
        ({"status": 500, "error": "Internal Server Error"}, 500),
        ({"error": {"status": []}}, 0),
        ({"error": None}, 0),
        ({"status": "active", "data": 1}, None),
        ({"gecko_says": "(V3) To the Moon!"}, None),
        ([], None),
        (None, None),
    ],
)
def test_the_code_is_found_in_each_shape(body: Any, code: int | None) -> None:
    assert failure_code(body) == code


@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        (200, {"status": {"error_code": 429}}, RateLimited, "too many requests"),
        (200, {"status": 500, "error": "Internal Server Error"}, Unavailable, "provider's side"),
        (200, {"status": {"error_code": 1020}}, Unavailable, "provider's side"),
        (200, {"error": "coin not found"}, BadRequest, "an error came instead of data"),
        (401, OUT_OF_RANGE, BadRequest, "the past 365 days"),
        (400, OUT_OF_RANGE, BadRequest, "the past 365 days"),
        (401, {"status": {"error_code": 10002}}, Unauthorized, "set the key of your plan"),
        (403, {"error": {"status": {"error_code": 10005}}}, Unauthorized, "choose another plan"),
        (400, {"status": {"error_code": 10010}}, Unauthorized, "pro-api.coingecko.com"),
        (400, {"error_code": 1, "status": {"error_code": 10011}}, Unauthorized, "belongs to api.coingecko.com"),
        (401, {"error": "who are you"}, Unauthorized, "the demo key was refused"),
    ],
)
def test_a_code_says_what_to_do(status: int, body: Any, error: type[Exception], words: str) -> None:
    found = failure_of("gecko", "demo", status, body)
    assert type(found) is error
    assert words in str(found)
    assert "who are you" not in str(found)


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, {"prices": []}), (404, {"error": "coin not found"}), (429, {"status": {"error_code": 429}}), (403, None)],
)
def test_what_the_status_says_as_well_is_left_to_it(status: int, body: Any) -> None:
    assert failure_of("gecko", "demo", status, body) is None
