"""The book of facts of one document: facts are drafted under readable keys and sealed under short random ids.

Ids are drawn from a seed, so that a document rebuilt from the same data is the same to the letter, and are not in
order, so that a wrong id is an error and never the neighbouring fact.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from agent.claims.fact import Derivation, Fact, FactRef, Metric, RowRange, RowRef, State, Unit

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_ID_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Sealed:
    """The finished facts by their draft key, and the digest of all they state."""

    facts: Mapping[str, Fact]
    sha256: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What is true of the figures about a subject that rest on its prices: who gave these, and how good they are."""

    source: str
    state: State = State.FRESH


# These do not rest on the prices of the subject: a source reported them, or they say that something is not there.
_REPORTED = frozenset(
    {
        *(Metric.GRADE, Metric.GRADE_PREVIOUS, Metric.TRADING_SIGNAL, Metric.AVAILABILITY, Metric.SIGNAL),
        *(Metric.ACTIVE_ADDRESSES, Metric.TRANSFER_VALUE, Metric.FEES, Metric.EXCHANGE_NET_FLOW, Metric.MVRV),
        *(Metric.HASH_RATE, Metric.VALUE_LOCKED),
    }
)


class FactBook:
    """Collects the facts of a document; `as_of` and `source` are the defaults of each.

    `standings` are exceptions, by subject, for all that rests on prices.
    """

    def __init__(
        self, as_of: date, source: str, fetched_at: datetime, standings: Mapping[str, Standing] | None = None
    ) -> None:
        self._standings = dict(standings or {})
        self._as_of = as_of
        self._source = source
        self._fetched_at = fetched_at
        self._drafts: dict[str, Fact] = {}

    def add(
        self,
        key: str,
        subject: str,
        metric: Metric,
        unit: Unit,
        value: Decimal | float | None,
        derivation: Derivation,
        **details: object,
    ) -> str:
        """Draft a fact and return its key.

        Raises ValueError for NaN and infinity, and if the key is taken by a different fact.
        """
        number = exact(value)
        if number is not None and not number.is_finite():
            raise ValueError(f"{key!r} is {number}: what is not known is not drafted")
        standing = None if metric in _REPORTED else self._standings.get(subject)
        standing = standing or Standing(self._source)
        given = {
            "as_of": self._as_of,
            "source": standing.source,
            "fetched_at": self._fetched_at,
            "state": standing.state,
            **details,
        }
        fact = Fact(
            fact_id=key,
            subject=subject,
            metric=metric,
            unit=unit,
            value=number,
            derivation=derivation,
            **given,  # type: ignore[arg-type]  # details are checked by Fact's own fields
        )
        if self._drafts.setdefault(key, fact) != fact:
            raise ValueError(f"two different facts are drafted under {key!r}")
        return key

    def draft(self, key: str) -> Fact | None:
        """The fact that is drafted under a key, None if there is none."""
        return self._drafts.get(key)

    def __contains__(self, key: str) -> bool:
        return key in self._drafts

    def seal(self, seed: str) -> Sealed:
        """Give every fact its id, in derivations too; raises KeyError if a derivation names a fact that is not here."""
        ids = _ids(self._drafts, seed)
        sealed = {
            key: replace(fact, fact_id=ids[key], derivation=_sealed(fact.derivation, ids))
            for key, fact in self._drafts.items()
        }
        return Sealed(sealed, digest(self._drafts))


def exact(value: Decimal | float | None) -> Decimal | None:
    """A float as the decimal of its shortest spelling."""
    return Decimal(repr(float(value))) if isinstance(value, float) else value


def digest(drafts: Mapping[str, Fact]) -> str:
    """A digest of what the facts state, whenever it was fetched."""
    content = {key: {**asdict(fact), "fetched_at": None} for key, fact in sorted(drafts.items())}
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def _ids(drafts: Mapping[str, Fact], seed: str) -> dict[str, str]:
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for key in sorted(drafts):
        salt = 0
        while (candidate := _short_id(f"{seed}|{key}|{salt}")) in taken:
            salt += 1
        taken.add(candidate)
        ids[key] = candidate
    return ids


def _short_id(text: str) -> str:
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    letters = []
    for _ in range(_ID_LENGTH):
        number, place = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[place])
    return "".join(letters)


def short_id(seed: str, key: str) -> str:
    """A short id for anything else of a document, such as a claim."""
    return _short_id(f"{seed}|{key}")


def _sealed(derivation: Derivation, ids: Mapping[str, str]) -> Derivation:
    inputs: tuple[RowRef | RowRange | FactRef, ...] = tuple(
        FactRef(ids[item.fact_id]) if isinstance(item, FactRef) else item for item in derivation.inputs
    )
    return replace(derivation, inputs=inputs)
