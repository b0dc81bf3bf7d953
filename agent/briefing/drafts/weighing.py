"""What the salience of a briefing's claims is relative to: weights, noise and rarity, read off its facts."""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from agent.briefing.facts.asset import asset_key
from agent.briefing.salience import Weighing, noise_units
from agent.briefing.snapshot import Snapshot
from agent.claims.fact import Fact

Facts = Mapping[str, Fact]


def weighing_of(snapshot: Snapshot, facts: Facts) -> Weighing:
    """Holdings by weight, heaviest first; one without a known weight counts as nothing."""
    weights = {holding.asset_id: _weight(facts, holding.asset_id) for holding in snapshot.holdings}
    ordered = dict(sorted(weights.items(), key=lambda item: (-item[1], item[0])))
    fired = Counter(signal.name for signal in (*snapshot.signals, *snapshot.wider_signals))
    return Weighing(ordered, _noise(snapshot), fired, len(snapshot.tracked))


def _weight(facts: Facts, asset_id: int) -> float:
    fact = facts.get(asset_key(asset_id, "weight"))
    return float(fact.value) / 100 if fact is not None and fact.value is not None else 0.0


def _noise(snapshot: Snapshot) -> dict[int, float]:
    columns = {item.asset_id: snapshot.prices.column(item.asset_id) for item in snapshot.holdings}
    known = {asset_id: column for asset_id, column in columns.items() if column is not None}
    values = noise_units(snapshot.prices.close[:, list(known.values())]).tolist()
    return {asset_id: value for asset_id, value in zip(known, values, strict=True) if np.isfinite(value)}
