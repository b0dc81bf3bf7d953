"""What an API key of the provider looks like, and the one the sandbox is used with locally."""

import hmac
import re

DEMO_API_KEY = "tm-00000000-0000-4000-8000-000000000000"
"""Opens the sandbox and nothing else; it is no secret."""

_FORM = re.compile(r"tm-[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


def is_accepted(given: str | None, expected: str | None) -> bool:
    """Whether a key has the provider's form and, if one is expected, is that one."""
    if given is None or not _FORM.fullmatch(given):
        return False
    return expected is None or hmac.compare_digest(given, expected)
