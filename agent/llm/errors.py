"""Why a language model gave nothing that can be used.

    LLMError
    ├── Retryable           the same request may succeed later
    │   ├── Unavailable     no answer, a broken connection or a server error
    │   │   └── Unreachable     not a byte of the request was sent, so nothing can have been billed
    │   └── RateLimited     asked too often; `retry_after_s` says when to come back, None if the server did not say
    ├── QuotaSpent          the account or the budget has nothing left; a person has to act
    ├── Unauthorized        the key is missing, wrong or not entitled to this model
    │   └── KeyForAnotherHost   the key was not sent, as it is not for this host
    ├── ContextTooLong      the request does not fit the model
    ├── BadRequest          the server refused the request itself
    ├── Refused             the model or its content filter declined to answer
    ├── Truncated           the answer was cut before its end
    └── Malformed           the answer is not what the format says

No message holds a key or a word the server wrote: what a server says may quote the key it was sent.
"""

from typing import ClassVar


class LLMError(Exception):
    """A call gave no usable answer; `code` is for records, `plain` is one sentence for a reader."""

    code: ClassVar[str] = "error"
    plain: ClassVar[str] = "The language model gave no usable answer."
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, host: str = "", request_id: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.host = host
        self.request_id = request_id

    def __str__(self) -> str:
        return f"{self.host}: {self.message}" if self.host else self.message


class Retryable(LLMError):
    """Trying again later can help."""

    retryable: ClassVar[bool] = True


class Unavailable(Retryable):
    """The server could not be reached or failed."""

    code: ClassVar[str] = "unavailable"
    plain: ClassVar[str] = "The language model could not be reached."


class Unreachable(Unavailable):
    """No connection came about, so nothing was sent."""

    code: ClassVar[str] = "unreachable"


class RateLimited(Retryable):
    """The server asks to slow down."""

    code: ClassVar[str] = "rate_limited"
    plain: ClassVar[str] = "The language model was asked too often."

    def __init__(
        self, message: str, *, host: str = "", request_id: str | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message, host=host, request_id=request_id)
        self.retry_after_s = retry_after_s


class QuotaSpent(LLMError):
    """Nothing is left to spend."""

    code: ClassVar[str] = "quota_spent"
    plain: ClassVar[str] = "The budget for the language model is used up."


class Unauthorized(LLMError):
    """The server rejected the key."""

    code: ClassVar[str] = "unauthorized"
    plain: ClassVar[str] = "The language model rejected the key."


class KeyForAnotherHost(Unauthorized):
    """The settings give a key to another host than the one to ask, so nothing was sent; it says nothing of the host."""

    plain: ClassVar[str] = "The language model's key is for another host, so it was not asked."


class ContextTooLong(LLMError):
    """The request is longer than the model takes."""

    code: ClassVar[str] = "context_too_long"
    plain: ClassVar[str] = "The request was too long for the language model."


class BadRequest(LLMError):
    """The server refused the request as such."""

    code: ClassVar[str] = "bad_request"
    plain: ClassVar[str] = "The language model's server refused the request."


class Refused(LLMError):
    """The model declined."""

    code: ClassVar[str] = "refused"
    plain: ClassVar[str] = "The language model declined to answer."


class Truncated(LLMError):
    """The answer ends before its end."""

    code: ClassVar[str] = "truncated"
    plain: ClassVar[str] = "The language model's answer was cut short."


class Malformed(LLMError):
    """The answer breaks the format."""

    code: ClassVar[str] = "malformed"
    plain: ClassVar[str] = "The language model's answer could not be read."
