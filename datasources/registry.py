"""Which sources there are, by name; a source's module is imported when it is opened, not before."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from datasources.base import Source
from datasources.errors import Unsupported


def open_source(name: str, **arguments: Any) -> Source:  # noqa: ANN401 - each source has arguments of its own
    """Open the source of a name with its own plain arguments.

    `token_metrics`, `sandbox` and `replay` take those of `TokenMetricsSource` but the name and, unless another is
    wanted, the attribution; `files` takes `root` and `now`. Raises `Unsupported` for a name that is not registered.
    """
    if name not in SOURCES:
        raise Unsupported(name, f"there is no such source; choose one of {', '.join(SOURCES)}")
    return SOURCES[name](**arguments)


def _open_token_metrics(name: str, attribution: str, **arguments: Any) -> Source:  # noqa: ANN401 - passed on as given
    from datasources.token_metrics.client import TokenMetricsSource  # noqa: PLC0415 - httpx is only needed from here on

    return TokenMetricsSource(name, attribution=attribution, **arguments)


def _open_files(root: Path, now: Callable[[], datetime]) -> Source:
    from datasources.files import FilesSource  # noqa: PLC0415 - as above: only what is used is imported

    return FilesSource(root, now=now)


SOURCES: Final[Mapping[str, Callable[..., Source]]] = MappingProxyType(
    {
        "token_metrics": partial(_open_token_metrics, "token_metrics", attribution="Data by Token Metrics"),
        "sandbox": partial(_open_token_metrics, "sandbox", attribution="Invented market data of the coinbrief sandbox"),
        "replay": partial(_open_token_metrics, "replay", attribution="Replayed market history"),
        "files": _open_files,
    }
)
