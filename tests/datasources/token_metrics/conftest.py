"""Token Metrics sources that talk to the scripted server, in either version of the API."""

from collections.abc import Callable
from typing import Any

import pytest

from datasources.access import Access
from datasources.base import Terms
from datasources.token_metrics.client import TokenMetricsSource

API_KEY = "tm-5ec2e7aa-1111-2222-3333-444455556666"
OPTIONS = ("api_key", "header_names", "version", "chat")


@pytest.fixture
def make_source(server: Any, access: Callable[..., Access]) -> Callable[..., TokenMetricsSource]:
    """Make a source of the scripted server; `api` ends its base URL, other changes go to the source or its `Access`."""

    def make(**changes: Any) -> TokenMetricsSource:
        base_url = server.base_url.removesuffix("/v2") + changes.pop("api", "/v2")
        options = {"api_key": API_KEY} | {name: changes.pop(name) for name in OPTIONS if name in changes}
        way = access(base_url, **({"max_attempts": 1} | changes))
        return TokenMetricsSource("demo", Terms("Demo", "", "none", None), way, **options)

    return make
