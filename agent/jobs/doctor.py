"""Examining an installation: whether the database is sound, and whether every source answers with its key."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from agent.errors import StoreError, StoreMissing
from agent.jobs.collection import Collection, Member
from agent.store.engine import Store
from datasources.errors import SourceError


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
        return (Finding("database", f"{store.path} is made by the first `coinbrief collect`"),)
    except StoreError as error:
        return (Finding("database", str(error), wrong=True),)
    size = f"{health.database_bytes / 1e6:,.1f} MB, schema {health.revision}, SQLite {health.sqlite_version}"
    found = [Finding("database", fault, wrong=True) for fault in health.faults] or [
        Finding("database", f"sound, {size}")
    ]
    return (*found, *(Finding("database", advice) for advice in health.advice))


def examine_sources(collection: Collection, stopwatch: Callable[[], float] = time.monotonic) -> tuple[Finding, ...]:
    """Ask every source for the least there is, all at once."""
    return asyncio.run(_probe_all(collection, stopwatch))


async def _probe_all(collection: Collection, stopwatch: Callable[[], float]) -> tuple[Finding, ...]:
    try:
        return tuple(await asyncio.gather(*(_probe(member, stopwatch) for member in collection.members)))
    finally:
        await collection.aclose()


async def _probe(member: Member, stopwatch: Callable[[], float]) -> Finding:
    member.meter.kind = "doctor"
    began = stopwatch()
    try:
        await member.collector.source.probe()
    except SourceError as error:
        return Finding(member.name, str(error).removeprefix(f"{member.name}: "), wrong=True)
    return Finding(member.name, f"answered in {stopwatch() - began:.2f} s; {_terms(member)}")


def _terms(member: Member) -> str:
    terms = member.collector.source.terms
    return f"licence: {terms.licence}" + ("; not for commercial use" if terms.commercial_use is False else "")
