"""The facts of one question, whatever tool found them: each once, under the same id in every result."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import islice

from agent.ask.toolset.market_read import MarketRead
from agent.claims.book import FactBook, Standing, short_id
from agent.claims.build import Draft, claims
from agent.claims.claim import Claim
from agent.claims.fact import Derivation, Fact, FactRef, Metric, State, Unit
from agent.claims.naming import subject_of

_NOT_IDENTITY = ("fetched_at", "state")


class _Book(FactBook):
    """A book that is sealed bit by bit: what is sealed keeps its id whatever comes after it."""

    def drafted(self, after: int) -> list[tuple[str, Fact]]:
        """The drafts after the first so many, in the order in which they came."""
        return list(islice(self._drafts.items(), after, None))


class Ledger:
    """Collects facts and makes claims of them; ids come from `seed`, the facts' keys from what they state."""

    def __init__(self, read: MarketRead, seed: str) -> None:
        self.read = read
        self.book = _Book(read.as_of, read.source, read.fetched_at, _standings(read))
        self._seed = seed
        self._facts: dict[str, Fact] = {}
        self._ids: dict[str, str] = {}
        self._keys: dict[str, str] = {}  # by id

    def add(
        self,
        subject: str,
        metric: Metric,
        unit: Unit,
        value: Decimal | float | None,
        derivation: Derivation,
        **details: object,
    ) -> str:
        """Draft a fact and give its key; what says the same of the same subject is the same fact.

        Details that are None are left out. Raises ValueError for NaN and infinity.
        """
        given = {name: detail for name, detail in details.items() if detail is not None}
        parts = [f"{name}={given[name]}" for name in sorted(given) if name not in _NOT_IDENTITY]
        key = "|".join(("ask", subject, metric, unit, *parts))
        if key in self.book:  # a price that is restated while a question is answered does not change the answer
            return key
        return self.book.add(key, subject, metric, unit, value, derivation, **given)

    def seal(self) -> Mapping[str, Fact]:
        """Give every new fact its id, and give all facts by their keys."""
        new = self.book.drafted(len(self._facts))
        self._ids |= {key: self._new_id(key) for key, _ in new}
        for key, fact in new:
            inputs = tuple(
                FactRef(self._ids[item.fact_id]) if isinstance(item, FactRef) else item
                for item in fact.derivation.inputs
            )
            self._facts[key] = replace(fact, fact_id=self._ids[key], derivation=replace(fact.derivation, inputs=inputs))
        return self._facts

    def claims(self, drafts: Iterable[Draft]) -> tuple[Claim, ...]:
        """The claims of these drafts; those whose facts are not there are not made."""
        made = list(drafts)  # making them may draft facts still
        return claims(self.seal(), self._seed, made)

    def fact(self, key: str) -> Fact:
        """The sealed fact of a key; raises KeyError if it was never drafted."""
        return self.seal()[key]

    def found(self, fact_id: str) -> tuple[str, Fact] | None:
        """The key and the fact of an id that an earlier result gave."""
        key = self._keys.get(fact_id)
        return None if key is None or key not in self._facts else (key, self._facts[key])

    def with_inputs(self, facts: Iterable[Fact]) -> tuple[Fact, ...]:
        """The facts, each once, and those they were computed from."""
        found: dict[str, Fact] = {}
        queue = list(facts)
        while queue:
            fact = queue.pop(0)
            if fact.fact_id not in found:
                found[fact.fact_id] = fact
                refs = (item.fact_id for item in fact.derivation.inputs if isinstance(item, FactRef))
                queue.extend(self._facts[self._keys[ref]] for ref in refs)
        return tuple(found.values())

    def _new_id(self, key: str) -> str:
        salt = 0
        while (made := short_id(self._seed, f"{key}|{salt}")) in self._keys:
            salt += 1
        self._keys[made] = key
        return made


def _standings(read: MarketRead) -> Mapping[str, Standing]:
    """A portfolio that holds a disputed asset is worth a disputed sum."""
    disputed = [asset_id for asset_id in read.held.ids if asset_id in read.disputes]
    found = {subject_of(asset_id): Standing(read.source, State.DISPUTED) for asset_id in disputed}
    if disputed:
        found[f"portfolio:{read.held.portfolio_id}"] = Standing(read.source, State.DISPUTED)
    return found
