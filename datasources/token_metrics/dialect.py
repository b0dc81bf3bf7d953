"""The two versions of the API as parameters; rows are read alike, whatever their spelling."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from datasources.token_metrics.endpoints import Endpoint
from datasources.token_metrics.plan import Params


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one version spells parameters, and what it must be asked for in listings so that their lists are full."""

    version: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    listing_extras: Mapping[str, str] = field(default_factory=dict)

    def spell(self, endpoint: Endpoint, params: Params) -> Params:
        """Translate parameters from the spelling of version 2."""
        spelled: Params = {self.renamed.get(name, name): value for name, value in params.items()}
        return spelled | dict(self.listing_extras) if endpoint.lists_assets else spelled


DIALECTS: Final[Mapping[str, Dialect]] = MappingProxyType(
    {
        "v2": Dialect("v2"),
        "v3": Dialect(
            "v3",
            renamed={"startDate": "start_date", "endDate": "end_date", "indicesType": "indices_type"},
            listing_extras={"expand": "exchange_list,category_list"},
        ),
    }
)


def choose_dialect(base_url: str, version: str | None = None) -> Dialect:
    """Choose a version by its name, else by how the base URL ends, else version 2.

    Raises `ValueError` for a version that is neither v2 nor v3.
    """
    name = version or urlsplit(base_url).path.rstrip("/").rpartition("/")[2]
    if version is not None and version not in DIALECTS:
        raise ValueError(f"the version of the API is one of {', '.join(DIALECTS)}")
    return DIALECTS.get(name, DIALECTS["v2"])
