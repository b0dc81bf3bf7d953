"""Days of the real market that have a name. An invented market has none, whatever its dates are."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

REMEMBERED: Final[Mapping[date, str]] = MappingProxyType(
    {
        date(2020, 3, 12): "pandemic sell-off",
        date(2021, 5, 19): "China's warning to banks",
        date(2022, 5, 12): "collapse of Terra",
        date(2022, 6, 13): "Celsius stops withdrawals",
        date(2022, 11, 9): "collapse of FTX",
        date(2024, 8, 5): "yen carry trades unwound",
        date(2025, 4, 6): "US tariffs",
        date(2025, 10, 10): "record liquidations",
    }
)
_INVENTED = "sandbox"


def is_real(source: str) -> bool:
    """Whether a source of prices tells of the real market; those of the sandbox begin with its name."""
    return not source.startswith(_INVENTED)


def name_of(day: date, source: str) -> str | None:
    """What a day is remembered for, None if the prices are invented or nothing has named it."""
    return REMEMBERED.get(day) if is_real(source) else None
