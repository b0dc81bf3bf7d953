"""Which assets a collection is about, read from the store: what is held, what is watched, and the largest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from agent.jobs.collection_plan import Scope
from agent.store import portfolios
from agent.store.assets import asset_ids, largest_assets
from agent.store.slugs import assets_by_slug


@dataclass(frozen=True, slots=True)
class Interest:
    """The assets that matter, by their ids, and when the holdings last changed."""

    held: tuple[int, ...]
    watched: tuple[int, ...]
    largest: tuple[int, ...]
    changed_at: datetime | None


def read_interest(session: Session, market: str, watchlist: Sequence[str], universe: int) -> Interest:
    """Read what matters: the holdings of everybody, once, the watchlist, and the largest of the market's source."""
    rows = [
        holding
        for name in portfolios.names(session)
        for holding in portfolios.holdings(session, portfolios.require(session, name).portfolio_id)
    ]
    watched = assets_by_slug(session, market, watchlist) if watchlist else {}
    # The ids are all that is needed of the largest, and there are thousands: their rows are not read.
    ranked = largest_assets(session, market, universe)
    return Interest(
        held=tuple(dict.fromkeys(row.asset_id for row in rows)),
        watched=tuple(watched.values()),
        largest=tuple(ranked or sorted(asset_ids(session, market).values())[:universe]),
        changed_at=max((row.updated_at for row in rows), default=None),
    )


def unknown_watched(session: Session, market: str, watchlist: Sequence[str]) -> tuple[str, ...]:
    """The entries of a watchlist that no listed asset has as its CoinGecko id; none before anything was listed."""
    if not watchlist or not asset_ids(session, market):
        return ()
    known = assets_by_slug(session, market, watchlist)
    return tuple(slug for slug in watchlist if slug not in known)


def scope_of(interest: Interest, ids: Mapping[str, int]) -> Scope:
    """The same in a source's own keys, `ids` from key to asset; an asset with several keys counts with the first."""
    keys: dict[int, str] = {}
    for key in sorted(ids):
        keys.setdefault(ids[key], key)
    held = _keys(keys, interest.held, ())
    watched = _keys(keys, interest.watched, held)
    return Scope(held, watched, _keys(keys, interest.largest, (*held, *watched)))


def _keys(keys: Mapping[int, str], ids: Sequence[int], without: Sequence[str]) -> tuple[str, ...]:
    taken = set(without)
    return tuple(dict.fromkeys(keys[asset] for asset in ids if asset in keys and keys[asset] not in taken))
