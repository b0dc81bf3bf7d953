"""When two records are about the same thing: the natural key of each kind of record, and what was seen so far."""

from collections.abc import Hashable
from dataclasses import replace
from enum import Enum, auto
from operator import attrgetter
from typing import Final

from datasources.records import (
    AssetListing,
    Correlation,
    DailyBar,
    Grade,
    HourlyBar,
    HourlySignal,
    Index,
    IndexHolding,
    IndexValue,
    Investor,
    Level,
    Metric,
    Moonshot,
    Prediction,
    Quote,
    Record,
    Report,
    TradingSignal,
)

_KEYS: Final[dict[type[Record], tuple[str, ...]]] = {
    AssetListing: ("provider_id",),
    Quote: ("provider_id",),
    DailyBar: ("provider_id", "day"),
    HourlyBar: ("provider_id", "opened_at"),
    Grade: ("provider_id", "day", "kind"),
    TradingSignal: ("provider_id", "day"),
    Level: ("provider_id", "day", "level_usd", "formed_on"),
    Metric: ("provider_id", "day", "name"),
    Correlation: ("provider_id", "day", "other_name"),
    HourlySignal: ("provider_id", "signalled_at"),
    Prediction: ("provider_id", "day", "method", "outcome", "scenario", "horizon_days"),
    Report: ("provider_id", "name"),
    Investor: ("name",),
    Index: ("provider_id",),
    IndexHolding: ("index_id", "provider_id", "day"),
    IndexValue: ("provider_id", "day"),
    Moonshot: ("symbol", "name", "picked_at"),
}


_READ_KEY: Final = {kind: attrgetter(*names) for kind, names in _KEYS.items()}


def natural_key(record: Record) -> tuple[Hashable, ...]:
    """Give what identifies a record within one fetch of one kind from one source."""
    found: Hashable = _READ_KEY[type(record)](record)
    return found if isinstance(found, tuple) else (found,)


class Sighting(Enum):
    """What a record is against the earlier ones of the same fetch."""

    NEW = auto()
    REPEAT = auto()  # the same again
    CONFLICT = auto()  # the same key, other values


class SeenRecords:
    """The keys of one fetch, with a fingerprint of what each had; the first record of a key is the one that counts."""

    def __init__(self) -> None:
        self._fingerprints: dict[tuple[Hashable, ...], int] = {}

    def check(self, record: Record) -> Sighting:
        """Compare a record with the earlier ones and remember it; a rank is a position, so it may differ."""
        same = replace(record, market_cap_rank=None) if isinstance(record, AssetListing) else record
        fingerprint = hash(same)
        key = natural_key(record)
        known = self._fingerprints.get(key)
        if known is None:
            self._fingerprints[key] = fingerprint
            return Sighting.NEW
        return Sighting.REPEAT if known == fingerprint else Sighting.CONFLICT
