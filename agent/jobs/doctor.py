"""Examining an installation: whether the database is sound, and whether every source answers with its key."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from agent.errors import StoreError, StoreMissing
from agent.jobs.collection import Collection, Member
from agent.jobs.scope import unknown_watched
from agent.store.engine import Store
from datasources.errors import SourceError

# Nobody waits longer for an answer, whatever the settings allow a collection.
PATIENCE_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at and what was found; `wrong` is what keeps it from working, advice is not."""

    subject: str
    message: str
    wrong: bool = False


def examine_store(store: Store) -> tuple[Finding, ...]:
    """Read the whole database and say what is wrong with it and what could be better."""
    try:
        health = store.check()
    except StoreMissing:
        return (Finding("database", f"there was none at {store.path} yet; it is made now"),)
    except StoreError as error:
        return (Finding("database", str(error), wrong=True),)
    size = f"{health.database_bytes / 1e6:,.1f} MB, schema {health.revision}, SQLite {health.sqlite_version}"
    found = [Finding("database", fault, wrong=True) for fault in health.faults] or [
        Finding("database", f"sound, {size}")
    ]
    return (*found, *(Finding("database", advice) for advice in health.advice))


def examine_sources(
    collection: Collection, patience_s: float = PATIENCE_S, stopwatch: Callable[[], float] = time.monotonic
) -> tuple[Finding, ...]:
    """Ask every source for the least there is, all at once; who has not answered after `patience_s` is found wrong."""
    return asyncio.run(_probe_all(collection, patience_s, stopwatch))


def examine_watchlist(collection: Collection) -> tuple[Finding, ...]:
    """Say which entries of the watchlist mean nothing that the market's source lists."""
    market = collection.members[0].collector
    with collection.store.reader() as session:
        unknown = unknown_watched(session, market.owner, market.extent.watchlist)
    hint = "is no CoinGecko id of a listed asset; `coinbrief asset find TEXT` shows the right one"
    return tuple(Finding("market.watchlist", f"{slug!r} {hint}", wrong=True) for slug in unknown)


async def _probe_all(collection: Collection, patience_s: float, stopwatch: Callable[[], float]) -> tuple[Finding, ...]:
    try:
        return tuple(await asyncio.gather(*(_probe(member, patience_s, stopwatch) for member in collection.members)))
    finally:
        await collection.aclose()


async def _probe(member: Member, patience_s: float, stopwatch: Callable[[], float]) -> Finding:
    member.meter.kind = "doctor"
    began = stopwatch()
    try:
        async with asyncio.timeout(patience_s):
            await member.collector.source.probe()
    except TimeoutError:
        return Finding(member.name, f"no answer within {patience_s:g} s; `coinbrief doctor` asks again", wrong=True)
    except SourceError as error:
        return Finding(member.name, str(error).removeprefix(f"{member.name}: "), wrong=True)
    limited = "; not for commercial use" if member.collector.source.terms.commercial_use is False else ""
    return Finding(member.name, f"answered in {stopwatch() - began:.2f} s{limited}")
