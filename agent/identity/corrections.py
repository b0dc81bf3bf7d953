"""Follows overrides for keys that are stored already, unless that would tear stored data from its asset."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from agent.identity.overrides import Overrides, SourceKey
from agent.identity.reading import Ground, named_assets, read_keys, read_refs
from agent.identity.writing import insert_assets
from agent.store.tables import METADATA
from datasources.records import AssetListing

# What says which asset is which itself, and so moves along.
_IDENTITY_TABLES = ("asset", "asset_ref", "asset_address", "asset_alias")


def correct_known_keys(
    connection: sqlite3.Connection,
    ground: Ground,
    listings: Mapping[str, AssetListing],
    overrides: Overrides,
    seen: int,
) -> list[str]:
    """Move the listed keys that overrides put elsewhere; give a message for each that has to stay where it is."""
    source = ground.world[ground.source_id]
    same = {key: name for key, name in overrides.same.items() if key.source == source and key.provider_id in listings}
    different = [key for key in overrides.different if key.source == source and key.provider_id in listings]
    if not same and not different:
        return []
    stored = read_keys(connection, ground.source_id, [key.provider_id for key in (*same, *different)])
    targets = named_assets(connection, ground, set(same.values()))
    refused = []
    for key in sorted(same):
        if key.provider_id in stored and same[key] in targets:
            move = _Move(connection, ground, key, stored[key.provider_id][0], seen)
            refused.append(move.join(targets[same[key]]))
    for key in sorted(different):
        if key.provider_id in stored:
            move = _Move(connection, ground, key, stored[key.provider_id][0], seen)
            refused.append(move.set_apart(listings[key.provider_id]))
    return [message for message in refused if message is not None]


@dataclass(frozen=True, slots=True)
class _Move:
    """One key on its way from one asset to another."""

    connection: sqlite3.Connection
    ground: Ground
    key: SourceKey
    asset_id: int
    seen: int

    def join(self, target: int) -> str | None:
        """Make the key mean another stored asset."""
        if target == self.asset_id:
            return None
        refs = read_refs(self.connection, [target, self.asset_id])
        rival = next((ref for ref in refs.get(target, []) if ref.source_id == self.ground.source_id), None)
        if rival is not None:
            return (
                f"{self.key} cannot become asset {target}, which is {rival.provider_id!r} at the same source already: "
                "set that one apart with [[different]] first, or take the [[same]] entry out"
            )
        alone = len(refs[self.asset_id]) == 1
        if message := self._loss(f"become asset {target}", alone=alone):
            return message
        self._relink(target, "override")
        if alone:
            self._dissolve(target)
        return None

    def set_apart(self, listing: AssetListing) -> str | None:
        """Give the key an asset that it shares with nobody and that nothing identifies."""
        asset_id = self.asset_id
        if len(read_refs(self.connection, [asset_id])[asset_id]) > 1:
            if message := self._loss("get an asset of its own", alone=False):
                return message
            (last,) = self.connection.execute("SELECT max(asset_id) FROM asset").fetchone()
            asset_id = last + 1
            insert_assets(self.connection, [(asset_id, listing, None)], self.seen)
            self._relink(asset_id, "new")
        self.connection.execute("UPDATE asset SET slug = NULL WHERE asset_id = ?", (asset_id,))
        self.connection.execute("DELETE FROM asset_address WHERE asset_id = ?", (asset_id,))
        return None

    def _loss(self, wish: str, *, alone: bool) -> str | None:
        """Say what is stored that would be torn away: all of the asset, or what this source gave where others stay."""
        stored = stored_under(self.connection, self.asset_id, None if alone else self.ground.source_id)
        if not stored:
            return None
        return (
            f"{self.key} cannot {wish}: as asset {self.asset_id} it has rows in {', '.join(stored)}, which stay where "
            "they are. Take its entry out of the identity file, or collect into a new database"
        )

    def _relink(self, target: int, evidence: str) -> None:
        source_id = self.ground.source_id
        self.connection.execute(
            "UPDATE asset_ref SET asset_id = ?, evidence = ?, doubt = NULL, linked_at = ? "
            "WHERE source_id = ? AND provider_id = ?",
            (target, evidence, self.seen, source_id, self.key.provider_id),
        )
        self.connection.execute(
            "UPDATE OR REPLACE asset_address SET asset_id = ? WHERE source_id = ? AND asset_id = ?",
            (target, source_id, self.asset_id),
        )

    def _dissolve(self, target: int) -> None:
        """Remove the asset that no key means any more; what it was called stays known."""
        moves = (
            "UPDATE OR REPLACE asset_alias SET asset_id = :target WHERE asset_id = :old",
            (
                "INSERT OR IGNORE INTO asset_alias (asset_id, symbol, name, last_seen_at) "
                "SELECT :target, old.symbol, old.name, old.last_seen_at FROM asset AS old "
                "JOIN asset AS kept ON kept.asset_id = :target WHERE old.asset_id = :old "
                "AND (old.symbol, old.name) IS NOT (kept.symbol, kept.name)"
            ),
            "UPDATE asset SET underlying_id = :target WHERE underlying_id = :old AND asset_id <> :target",
            "UPDATE asset SET underlying_id = NULL WHERE underlying_id = :old",
            (
                "UPDATE asset SET slug = coalesce(slug, (SELECT slug FROM asset WHERE asset_id = :old)) "
                "WHERE asset_id = :target"
            ),
            "DELETE FROM asset WHERE asset_id = :old",
        )
        for statement in moves:
            self.connection.execute(statement, {"target": target, "old": self.asset_id})


def stored_under(connection: sqlite3.Connection, asset_id: int, source_id: int | None) -> tuple[str, ...]:
    """Name the tables with rows of an asset; with a source, only what that source gave is looked at."""
    found = []
    for table in METADATA.sorted_tables:
        if table.name in _IDENTITY_TABLES or "asset_id" not in table.columns:
            continue
        if source_id is not None and "source_id" not in table.columns:
            continue
        where = "asset_id = ?" if source_id is None else "asset_id = ? AND source_id = ?"
        arguments = (asset_id,) if source_id is None else (asset_id, source_id)
        sql = f'SELECT EXISTS (SELECT 1 FROM "{table.name}" WHERE {where})'  # noqa: S608 - names from our own tables
        if connection.execute(sql, arguments).fetchone()[0]:
            found.append(table.name)
    facts = "SELECT EXISTS (SELECT 1 FROM fact WHERE subject = ?)"
    if source_id is None and connection.execute(facts, (f"asset:{asset_id}",)).fetchone()[0]:
        found.append("fact")
    return tuple(found)
