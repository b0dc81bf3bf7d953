"""Which of our errors a server's failure is, from its status, its error object and its headers."""

import re
from collections.abc import Mapping

from agent.llm.errors import (
    BadRequest,
    ContextTooLong,
    LLMError,
    QuotaSpent,
    RateLimited,
    Refused,
    Unauthorized,
    Unavailable,
)
from agent.llm.port import Json

_QUOTA = re.compile(r"insufficient_quota|billing_hard_limit|insufficient.{0,10}(?:credit|balance|funds)", re.IGNORECASE)
_CONTEXT = re.compile(
    r"context_length|context length|context window|context size|maximum context|prompt is too long|too many tokens|"
    r"exceed.{0,40}\bcontext\b",
    re.IGNORECASE,
)
_FILTER = re.compile(r"content_filter|content_policy|content management policy|responsible_ai", re.IGNORECASE)
_FORMAT = re.compile(
    r"response_format|text[._]format|json_schema|json_object|requested parameters|"
    r"(?:structured|json).{0,20}(?:mode|outputs?)\b.{0,40}not supported",
    re.IGNORECASE,
)
_SYSTEM = re.compile(
    r"system (?:message|role)s?.{0,60}(?:beginning|first|only|once|one|multiple)|"
    r"(?:multiple|one) system (?:message|role)",
    re.IGNORECASE,
)
_KEY = re.compile(r"invalid_api_key|authentication_error|unauthorized", re.IGNORECASE)
_REQUEST = re.compile(r"invalid_request|invalid_prompt|model_not_found", re.IGNORECASE)


def error_from_status(status: int, text: str, retry_after_s: float | None) -> LLMError:
    """The error for an HTTP `status` whose body is `text`; the text is read for its codes and never repeated."""
    if status in {408, 409, 425} or status >= 500:
        return Unavailable(f"the server failed (status {status}); try again later")
    if status in {401, 402, 403, 429}:
        return _refused_account(status, text, retry_after_s)
    return _refused_request(status, text)


def error_from_body(error: Json) -> LLMError:
    """The error for an error object that came with status 200, as some gateways send it."""
    text = str(error)
    code = error.get("code") if isinstance(error, dict) else None
    status = int(code) if isinstance(code, int | str) and re.fullmatch(r"[1-5]\d\d", str(code)) else None
    if status is None:
        status = 429 if _QUOTA.search(text) or "rate_limit" in text else None
    if status is None and _KEY.search(text):
        status = 401
    if status is None and any(pattern.search(text) for pattern in (_CONTEXT, _FILTER, _REQUEST)):
        status = 400
    return error_from_status(status or 502, text, None)


def _refused_account(status: int, text: str, retry_after_s: float | None) -> LLMError:
    if status == 402 or (status != 401 and _QUOTA.search(text)):
        return QuotaSpent("the account has no credit left; add credit or use another server")
    if status == 429:
        return RateLimited("too many requests; try again later", retry_after_s=retry_after_s)
    return Unauthorized(f"the key was rejected (status {status}); check llm.api_key and the model's permissions")


def _refused_request(status: int, text: str) -> LLMError:
    if status == 413 or _CONTEXT.search(text):
        return ContextTooLong("the request is longer than the model takes; lower llm.max_input_tokens")
    if _FILTER.search(text):
        return Refused("a content filter refused the request; use another model or server")
    if 300 <= status < 400:
        return BadRequest(f"the server redirects (status {status}); set llm.base_url to the final address")
    if status == 404:
        return BadRequest("there is no such model or address (status 404); check llm.base_url and llm.model")
    return BadRequest(f"the server refused the request (status {status}); check llm.base_url and llm.model")


def names_output_format(status: int, text: str) -> bool:
    """Whether a refusal is about the structured output that was asked for."""
    return status in {400, 404, 422} and bool(_FORMAT.search(text)) and not _CONTEXT.search(text)


def names_field(status: int, text: str, field: str) -> bool:
    """Whether a refusal is about the request field `field`."""
    named = re.search(rf"(?<![a-z_]){re.escape(field)}(?![a-z_])", text)
    return status in {400, 422} and named is not None and not _CONTEXT.search(text)


def names_system_message(status: int, text: str) -> bool:
    """Whether a refusal is about where system messages may stand, or how many; chat templates fail with 400 or 500."""
    return status in {400, 422, 500} and bool(_SYSTEM.search(text))


def is_quota(text: str) -> bool:
    """Whether an error body says that the account has nothing left, which no retry can help."""
    return bool(_QUOTA.search(text))


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait as the headers say, or None; a date is not read."""
    for name, divisor in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        value = headers.get(name, "")
        if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", value):
            return float(value) / divisor
    return None
