"""Token ids: the provider's own where its documents name them, else a stable id made from the symbol."""

import zlib
from collections.abc import Iterable

KNOWN_IDS: dict[str, int] = {
    "BTC": 3375,
    "ETH": 3306,
    "SOL": 3988,
    "AVAX": 4015,
    "ADA": 3315,
    "LTC": 3377,
    "USDT": 3379,
    "EOS": 3338,
    "ACH": 10554,
    "GHST": 10430,
    "CTK": 4239,
    "RLC": 3960,
    "CAKE": 14223,
    "WIF": 32561,
    "TRONPAD": 66,
    "BROCCOLI": 43539,
    "ACOLYT": 42001,
}

_FIRST_DERIVED_ID = 900_000
_DERIVED_IDS = 90_000


def token_id_of(symbol: str) -> int:
    """The known id of a symbol, else 900000 + crc32(symbol) mod 90000."""
    known = KNOWN_IDS.get(symbol)
    return known if known is not None else _FIRST_DERIVED_ID + zlib.crc32(symbol.encode()) % _DERIVED_IDS


def token_ids_of(symbols: Iterable[str]) -> dict[str, int]:
    """Ids of several symbols; raises ValueError if two symbols fall on one id."""
    owners: dict[int, str] = {}
    for symbol in symbols:
        owner = owners.setdefault(token_id_of(symbol), symbol)
        if owner != symbol:
            raise ValueError(f"{symbol!r} and {owner!r} get the same token id; rename one of them")
    return {symbol: token_id for token_id, symbol in owners.items()}
