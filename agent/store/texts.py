"""Which texts there are to be searched, as short records: the texts themselves are read when they are needed."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from agent.store.bulk import raw_connection
from agent.store.columns import instant_of
from agent.store.tables import Briefing, Portfolio


@dataclass(frozen=True, slots=True)
class ReportStub:
    """The current version of a provider's text about an asset."""

    source: str
    asset_id: int
    asset_name: str
    asset_symbol: str
    name: str
    sha256: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class BriefingStub:
    """The last revision of a briefing."""

    briefing_id: str
    portfolio: str
    day: date
    edition: str


@dataclass(frozen=True, slots=True)
class AssetStub:
    """What sources say an asset is: its kind, its categories, and name, symbol and id of what it stands for."""

    asset_id: int
    name: str
    symbol: str
    kind: str
    categories: tuple[str, ...]
    stands_for: tuple[str, str, int] | None
    sources: tuple[str, ...]
    first_seen_at: datetime


def described_assets(session: Session) -> tuple[AssetStub, ...]:
    """List the assets of which more is known than a name: a category, a kind, or what it stands for."""
    found = raw_connection(session).execute(
        "SELECT a.asset_id, a.name, a.symbol, a.kind, a.categories, under.name, under.symbol, under.asset_id, "
        "a.first_seen_at, (SELECT group_concat(DISTINCT source.name) FROM asset_ref JOIN source USING (source_id) "
        "WHERE asset_ref.asset_id = a.asset_id) FROM asset AS a "
        "LEFT JOIN asset AS under ON under.asset_id = a.underlying_id "
        "WHERE a.categories <> '[]' OR a.kind <> 'coin' OR a.underlying_id IS NOT NULL ORDER BY a.asset_id"
    )
    rows = found.fetchall()
    parsed = {text: tuple(json.loads(text)) for text in {row[4] for row in rows}}  # thousands share a few dozen lists
    return tuple(
        AssetStub(
            asset_id=asset_id,
            name=name,
            symbol=symbol,
            kind=kind,
            categories=parsed[categories],
            stands_for=None if under is None else (under, under_symbol, under_id),
            sources=tuple(sorted((sources or "").split(","))),
            first_seen_at=instant_of(seen),
        )
        for asset_id, name, symbol, kind, categories, under, under_symbol, under_id, seen, sources in rows
    )


def current_reports(session: Session) -> tuple[ReportStub, ...]:
    """List the current version of every report of every source, without its text."""
    rows = raw_connection(session).execute(
        "SELECT source.name, r.asset_id, asset.name, asset.symbol, r.name, r.sha256, r.fetched_at FROM "
        "(SELECT *, row_number() OVER (PARTITION BY source_id, asset_id, name ORDER BY fetched_at DESC, rowid DESC) "
        "AS age FROM report) AS r JOIN source USING (source_id) JOIN asset USING (asset_id) WHERE age = 1"
    )
    return tuple(
        ReportStub(source, asset_id, asset_name, symbol, name, digest, instant_of(fetched))
        for source, asset_id, asset_name, symbol, name, digest, fetched in rows
    )


def report_text(session: Session, stub: ReportStub) -> str:
    """Read the text of a report, "" if that version is gone."""
    row = raw_connection(session).execute(
        "SELECT text FROM report JOIN source USING (source_id) "
        "WHERE source.name = ? AND asset_id = ? AND report.name = ? AND sha256 = ?",
        (stub.source, stub.asset_id, stub.name, stub.sha256),
    )
    found = row.fetchone()
    return "" if found is None else str(found[0])


def current_briefings(session: Session) -> tuple[BriefingStub, ...]:
    """List the last revision of every briefing, without its document."""
    of_one = (col(Briefing.portfolio_id), col(Briefing.day), col(Briefing.edition))
    age: Any = func.row_number().over(partition_by=of_one, order_by=col(Briefing.revision).desc()).label("age")
    newest = select(col(Briefing.briefing_id), *of_one, age).subquery()
    query = (
        select(newest.c.briefing_id, col(Portfolio.name), newest.c.day, newest.c.edition)
        .join(Portfolio, col(Portfolio.portfolio_id) == newest.c.portfolio_id)
        .where(newest.c.age == 1)
    )
    return tuple(BriefingStub(*row) for row in session.execute(query))
