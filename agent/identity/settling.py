"""What assets stand for: links from wrapped, bridged and staked assets to their underlying, once both are known."""

import sqlite3
from collections.abc import Mapping

from agent.identity.kinds import AssetKind
from agent.identity.overrides import AssetName, Overrides
from agent.identity.reading import Ground, named_assets
from agent.identity.underlyings import UNDERLYING

_OF_THEIR_OWN = (AssetKind.COIN, AssetKind.STABLECOIN)


def fixed_kinds(connection: sqlite3.Connection, ground: Ground, overrides: Overrides) -> dict[int, str]:
    """The kinds a person has given, by asset."""
    found = named_assets(connection, ground, [item.asset for item in overrides.kinds])
    return {found[item.asset]: str(item.kind) for item in overrides.kinds if item.asset in found}


def settle_underlyings(connection: sqlite3.Connection, ground: Ground, overrides: Overrides) -> None:
    """Make kinds what a person says and underlyings what the table or a person says, where both assets are known."""
    wanted: dict[AssetName, AssetName | None] = dict[AssetName, AssetName | None](UNDERLYING.items())
    given = {item.asset: item for item in overrides.kinds}
    names = {*wanted, *wanted.values(), *given, *(item.underlying for item in overrides.kinds)}
    found = named_assets(connection, ground, [name for name in names if name is not None])
    targets = {found[asset]: found.get(under) for asset, under in wanted.items() if asset in found and under}
    for asset, item in given.items():
        if asset in found:
            if item.underlying is not None:
                targets[found[asset]] = found.get(item.underlying)
            elif item.kind in _OF_THEIR_OWN:
                targets[found[asset]] = None
    connection.executemany(
        "UPDATE asset SET kind = ? WHERE asset_id = ? AND kind <> ?",
        [(str(item.kind), found[asset], str(item.kind)) for asset, item in given.items() if asset in found],
    )
    _write(connection, ground, {asset: under for asset, under in targets.items() if under not in (None, asset)})


def _write(connection: sqlite3.Connection, ground: Ground, targets: Mapping[int, int | None]) -> None:
    stored = connection.execute(
        "SELECT asset_id, underlying_id FROM asset WHERE underlying_id IS NOT NULL AND EXISTS "
        "(SELECT 1 FROM asset_ref WHERE asset_ref.asset_id = asset.asset_id "
        "AND source_id IN (SELECT value FROM json_each(?)))",
        (ground.numbers,),
    )
    before = dict(stored)
    changes = [(targets.get(asset), asset) for asset in {*before, *targets} if before.get(asset) != targets.get(asset)]
    connection.executemany("UPDATE asset SET underlying_id = ? WHERE asset_id = ?", changes)
