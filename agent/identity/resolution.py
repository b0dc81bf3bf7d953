"""Decides which asset each key of a source means, from ids and contracts alone. Pure.

Keys are linked where the evidence names one asset and nothing speaks against it. Everything else is an asset of its
own, with a doubt that says why: two assets in one would mix their prices, one asset in two can still be joined.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from agent.identity.keys import Contract

_NOTHING: Mapping[str, int] = MappingProxyType({})


class Evidence(StrEnum):
    """Why a key is thought to mean its asset."""

    NEW = "new"  # the asset was made for it
    ADDRESS = "address"
    SLUG = "slug"
    OVERRIDE = "override"


class Claim(NamedTuple):
    """What a listing says about the identity of a key; where `settled`, a person has said it and nothing is weighed."""

    key: str
    slug: str | None = None
    contracts: frozenset[Contract] = frozenset()
    settled: bool = False
    pinned: int | None = None  # the asset a person named


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored that the claims of one source touch, all of it from the source's own world."""

    source_id: int
    keys: Mapping[str, int] = field(default_factory=dict)  # the source's own keys that are known
    slugs: Mapping[str, frozenset[int]] = field(default_factory=dict)
    contracts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # by chain and address
    several: Mapping[Contract, Sequence[tuple[int, int]]] = field(default_factory=dict)  # (source, asset), if not one
    asset_slugs: Mapping[int, str | None] = field(default_factory=dict)
    taken: Mapping[int, str] = field(default_factory=dict)  # the source's own key of an asset
    alone: frozenset[int] = frozenset()  # assets that no other source knows


class Decision(NamedTuple):
    """What a key means: a stored asset, or (None) a new one; `slug` is what it may add to its asset."""

    asset_id: int | None
    evidence: Evidence
    doubt: str | None = None
    slug: str | None = None


class _Verdict(NamedTuple):
    """What the evidence names: an asset for each contract that speaks, and those with the CoinGecko id."""

    claim: Claim
    by_contract: Mapping[int, Contract]
    by_slug: frozenset[int]
    named: frozenset[int]

    @property
    def agreed(self) -> int | None:
        """The one asset that the evidence names; of several the one that both kinds name."""
        both = self.by_slug & self.by_contract.keys()
        chosen = both or self.named
        return next(iter(chosen)) if len(chosen) == 1 else None

    @property
    def order(self) -> tuple[int, int, str]:
        """The strongest evidence first, then by key, so that the order of a listing changes nothing."""
        key = self.claim.key
        if self.claim.settled:
            return 0, len(key), key
        strength = 1 if self.by_slug and self.by_contract else 2 if self.by_slug else 3 if self.by_contract else 4
        return strength, len(key), key

    def against(self, own: int | None) -> str | None:
        """Say what names another asset than `own`."""
        if not self.named or (len(self.named) == 1 and own in self.named):
            return None
        parts = [
            f"its contract on {contract.chain} is that of asset {asset_id}"
            for asset_id, contract in sorted(self.by_contract.items())
            if asset_id != own
        ]
        parts += [f"its CoinGecko id is that of asset {asset_id}" for asset_id in sorted(self.by_slug - {own})]
        return ", ".join(parts)


def resolve(claims: Sequence[Claim], known: Known) -> dict[str, Decision]:
    """Decide about every claim of one source; each key may be claimed once."""
    counted = Counter(contract for claim in claims for contract in claim.contracts)
    shared = {contract for contract, times in counted.items() if times > 1}
    return _Round(known).decide([_weigh(claim, known, shared) for claim in claims])


def _weigh(claim: Claim, known: Known, shared: AbstractSet[Contract]) -> _Verdict:
    """Gather what names an asset."""
    by_contract: dict[int, Contract] = {}
    for contract in () if claim.settled else claim.contracts:
        for asset_id in () if contract in shared else _speaking(contract, known):
            by_contract[asset_id] = min(contract, by_contract.get(asset_id, contract))
    by_slug = known.slugs.get(claim.slug, frozenset()) if claim.slug else frozenset()
    return _Verdict(claim, by_contract, by_slug, by_slug.union(by_contract))


def _speaking(contract: Contract, known: Known) -> Sequence[int]:
    """The assets that a contract names; where it is that of several assets of one source, that source says nothing."""
    asset_id = known.contracts.get(contract.chain, _NOTHING).get(contract.address)
    if asset_id is not None:
        return (asset_id,)
    pairs = known.several.get(contract, ())
    if not pairs:
        return ()
    times = Counter(source_id for source_id, _ in pairs)
    return [asset_id for source_id, asset_id in pairs if times[source_id] == 1]


class _Round:
    """One batch of decisions: no asset and no CoinGecko id goes to two keys of the source."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._taken = dict(known.taken)
        self._slugs: dict[str, str] = {}

    def decide(self, verdicts: Sequence[_Verdict]) -> dict[str, Decision]:
        """Decide about known keys first, for they keep what they have; then the strongest evidence goes first."""
        keys = self._known.keys
        decided = {
            item.claim.key: self._kept(item, keys[item.claim.key]) for item in verdicts if item.claim.key in keys
        }
        new = sorted((item for item in verdicts if item.claim.key not in keys), key=lambda item: item.order)
        return decided | {item.claim.key: self._decided(item) for item in new}

    def _decided(self, verdict: _Verdict) -> Decision:
        if verdict.claim.settled:
            return self._settled(verdict)
        chosen = verdict.agreed
        doubt = self._objection(verdict, chosen)
        if chosen is None or doubt is not None:
            return self._new(verdict, doubt)
        return self._linked(verdict, chosen)

    def _kept(self, verdict: _Verdict, own: int) -> Decision:
        claim = verdict.claim
        stored = self._known.asset_slugs.get(own)
        slug = self._free_slug(verdict) if stored is None or own in self._known.alone else None
        doubt = None if claim.settled else verdict.against(own)
        if claim.pinned not in (None, own):
            doubt = f"the identity file says that it is asset {claim.pinned}"
        if doubt is None and not claim.settled and claim.slug and stored and claim.slug != stored and slug is None:
            doubt = "its CoinGecko id is not the one its asset has"
        return Decision(own, Evidence.NEW, doubt, slug)

    def _settled(self, verdict: _Verdict) -> Decision:
        claim = verdict.claim
        if claim.pinned is None:
            return self._new(verdict, None)
        if rival := self._taken.get(claim.pinned):
            return self._new(verdict, f"asset {claim.pinned}, which it is said to be, is {rival!r} at the same source")
        self._taken[claim.pinned] = claim.key
        fills = self._known.asset_slugs.get(claim.pinned) is None
        return Decision(claim.pinned, Evidence.OVERRIDE, None, self._free_slug(verdict) if fills else None)

    def _objection(self, verdict: _Verdict, chosen: int | None) -> str | None:
        """Say what speaks against linking."""
        slug = verdict.claim.slug
        if chosen is None:
            return verdict.against(None) if verdict.named else None
        if rival := self._taken.get(chosen):
            return f"{verdict.against(None)}, which is {rival!r} at the same source"
        stored = self._known.asset_slugs.get(chosen)
        if slug and stored and slug != stored:
            return f"{verdict.against(None)}, which has another CoinGecko id"
        if slug and slug in self._slugs and not verdict.by_slug:
            return f"its CoinGecko id is also that of {self._slugs[slug]!r} at the same source"
        return None

    def _linked(self, verdict: _Verdict, chosen: int) -> Decision:
        self._taken[chosen] = verdict.claim.key
        evidence = Evidence.ADDRESS if chosen in verdict.by_contract else Evidence.SLUG
        fills = self._known.asset_slugs.get(chosen) is None
        return Decision(chosen, evidence, verdict.against(chosen), self._free_slug(verdict) if fills else None)

    def _new(self, verdict: _Verdict, doubt: str | None) -> Decision:
        slug = verdict.claim.slug
        rival = self._slugs.get(slug) if slug else None
        if doubt is None and rival is not None:
            doubt = f"its CoinGecko id is also that of {rival!r} at the same source"
        return Decision(None, Evidence.NEW, doubt, self._free_slug(verdict))

    def _free_slug(self, verdict: _Verdict) -> str | None:
        """The claim's CoinGecko id unless another asset has it; it is this key's from now on."""
        slug = verdict.claim.slug
        if not slug or verdict.by_slug or slug in self._slugs:
            return None
        self._slugs[slug] = verdict.claim.key
        return slug
