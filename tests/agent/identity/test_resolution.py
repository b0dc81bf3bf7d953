"""The decisions by themselves: whatever order sources arrive in, and whatever they claim."""

from collections import defaultdict
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.identity.keys import Contract
from agent.identity.resolution import Claim, Evidence, Known, resolve

X = Contract("ethereum", "0x1")
Y = Contract("solana", "0x1")


class Memory:
    """What a store would remember, in plain dictionaries."""

    def __init__(self) -> None:
        self.refs: dict[tuple[int, str], int] = {}
        self.slugs: dict[int, str | None] = {}
        self.contracts: set[tuple[Contract, int, int]] = set()
        self.doubts: dict[tuple[int, str], str] = {}

    def known(self, source_id: int) -> Known:
        slugs, contracts = defaultdict(set), defaultdict(list)
        for asset_id, slug in self.slugs.items():
            slugs[slug].add(asset_id)
        for contract, source, asset_id in sorted(self.contracts):
            contracts[contract].append((source, asset_id))
        owned = list(self.refs.values())
        return Known(
            source_id=source_id,
            keys={key: asset_id for (source, key), asset_id in self.refs.items() if source == source_id},
            slugs={slug: frozenset(ids) for slug, ids in slugs.items() if slug},
            several=contracts,
            asset_slugs=self.slugs,
            taken={asset_id: key for (source, key), asset_id in self.refs.items() if source == source_id},
            alone=frozenset(asset_id for asset_id in owned if owned.count(asset_id) == 1),
        )

    def take(self, source_id: int, claims: list[Claim]) -> None:
        decisions = resolve(claims, self.known(source_id))
        assert decisions.keys() == {claim.key for claim in claims}
        for claim in claims:
            decision = decisions[claim.key]
            asset_id = len(self.slugs) + 1 if decision.asset_id is None else decision.asset_id
            self.refs[source_id, claim.key] = asset_id
            self.slugs[asset_id] = decision.slug or self.slugs.get(asset_id)
            self.contracts |= {(contract, source_id, asset_id) for contract in claim.contracts}
            if decision.doubt:
                self.doubts[source_id, claim.key] = decision.doubt

    def partition(self) -> set[frozenset[tuple[int, str]]]:
        groups = defaultdict(set)
        for ref, asset_id in self.refs.items():
            groups[asset_id].add(ref)
        return {frozenset(group) for group in groups.values()}


contracts = st.frozensets(st.builds(Contract, st.sampled_from(("e", "s")), st.sampled_from("123")), max_size=2)
evidence = st.tuples(st.sampled_from((None, None, "a", "b", "c")), contracts)
batches = st.lists(evidence, max_size=4).map(
    lambda found: [Claim(str(place), slug, pairs) for place, (slug, pairs) in enumerate(found)]
)


@settings(max_examples=60, deadline=None)
@given(st.tuples(batches, batches, batches))
def test_the_order_of_sources_changes_nothing_unless_it_is_doubted(sources: tuple[list[Claim], ...]) -> None:
    seen = []
    for order in permutations(range(len(sources))):
        memory = Memory()
        for place in order:
            memory.take(place, sources[place])
        for group in memory.partition():
            assert len({source for source, _ in group}) == len(group), "two keys of one source are one asset"
        kept = [slug for slug in memory.slugs.values() if slug]
        assert len(kept) == len(set(kept)), "two assets have one CoinGecko id"
        if not memory.doubts:
            seen.append(memory.partition())
    assert all(partition == seen[0] for partition in seen)


@settings(max_examples=60, deadline=None)
@given(st.tuples(batches, batches), st.randoms(use_true_random=False))
def test_the_order_within_a_listing_changes_nothing_and_a_second_listing_moves_nothing(
    sources: tuple[list[Claim], ...], random: object
) -> None:
    straight, shuffled = Memory(), Memory()
    for source_id, claims in enumerate(sources):
        straight.take(source_id, claims)
        mixed = claims[:]
        random.shuffle(mixed)  # type: ignore[attr-defined] # hypothesis's own random
        shuffled.take(source_id, mixed)
    assert straight.partition() == shuffled.partition()
    before = straight.partition()
    for source_id, claims in enumerate(sources):
        straight.take(source_id, claims)
    assert straight.partition() == before


@settings(max_examples=60, deadline=None)
@given(st.tuples(batches, batches, batches))
def test_without_doubts_keys_are_one_asset_exactly_where_evidence_leads_from_one_to_the_other(
    sources: tuple[list[Claim], ...],
) -> None:
    memory = Memory()
    for place, claims in enumerate(sources):
        memory.take(place, claims)
    if memory.doubts:
        return
    parents = {(place, claim.key): (place, claim.key) for place, claims in enumerate(sources) for claim in claims}

    def root(item: tuple[int, str]) -> tuple[int, str]:
        while parents[item] != item:
            item = parents[item]
        return item

    first: dict[object, tuple[int, str]] = {}
    for place, claims in enumerate(sources):
        for claim in claims:
            alone = {pair for pair in claim.contracts if sum(pair in other.contracts for other in claims) == 1}
            for said in (*alone, *([claim.slug] if claim.slug else [])):
                parents[root((place, claim.key))] = root(first.setdefault(said, (place, claim.key)))
    groups = defaultdict(set)
    for item in parents:
        groups[root(item)].add(item)
    assert memory.partition() == {frozenset(group) for group in groups.values()}


def test_one_kind_of_evidence_is_enough() -> None:
    known = Known(2, slugs={"a": frozenset({5})}, several={X: [(1, 7)]}, asset_slugs={5: "a", 7: None})
    assert resolve([Claim("k", "a")], known)["k"][:3] == (5, Evidence.SLUG, None)
    assert resolve([Claim("k", None, frozenset({X, Y}))], known)["k"][:3] == (7, Evidence.ADDRESS, None)
    assert resolve([Claim("k", "new", frozenset({X}))], known)["k"] == (7, Evidence.ADDRESS, None, "new")


def test_the_key_with_more_evidence_gets_the_asset() -> None:
    known = Known(2, slugs={"a": frozenset({5})}, contracts={"ethereum": {"0x1": 5}}, asset_slugs={5: "a"})
    found = resolve([Claim("1", None, frozenset({X})), Claim("2", "a")], known)
    assert (found["1"].asset_id, found["2"].asset_id) == (None, 5)
    assert "'2' at the same source" in (found["1"].doubt or "")


def test_where_two_contracts_differ_the_coingecko_id_decides_and_the_doubt_stays() -> None:
    known = Known(
        3,
        slugs={"a": frozenset({5})},
        contracts={"ethereum": {"0x1": 5}, "solana": {"0x1": 6}},
        asset_slugs={5: "a", 6: None},
    )
    decision = resolve([Claim("k", "a", frozenset({X, Y}))], known)["k"]
    assert decision == (5, Evidence.ADDRESS, "its contract on solana is that of asset 6", None)


def test_a_person_s_word_is_not_weighed() -> None:
    known = Known(
        2, slugs={"a": frozenset({5})}, contracts={"ethereum": {"0x1": 6}}, asset_slugs={5: "a", 6: None, 7: "z"}
    )
    claim = Claim("k", "a", frozenset({X}), settled=True, pinned=7)
    assert resolve([claim], known)["k"][:3] == (7, Evidence.OVERRIDE, None)
    assert resolve([claim._replace(pinned=None, slug=None)], known)["k"][:3] == (None, Evidence.NEW, None)
