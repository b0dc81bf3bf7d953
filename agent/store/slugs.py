"""Assets by their CoinGecko id, the one name of an asset that several sources share."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from agent.store.sources import stored_source_id
from agent.store.tables import Asset, AssetRef


def assets_by_slug(session: Session, source: str, slugs: Sequence[str]) -> dict[str, int]:
    """Map each of these ids to the asset of a source that has it, in their order; the unknown ones are left out."""
    own = select(AssetRef.asset_id).where(AssetRef.source_id == stored_source_id(session, source))
    query = select(Asset.slug, Asset.asset_id).where(col(Asset.slug).in_(slugs), col(Asset.asset_id).in_(own))
    found = dict(session.exec(query.order_by(col(Asset.asset_id).desc())).all())
    return {slug: found[slug] for slug in slugs if slug in found}
