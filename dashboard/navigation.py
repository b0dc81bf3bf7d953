"""The pages' places, and the ways between them."""

import streamlit as st

MARKET = "views/market.py"
ASSET = "views/asset.py"
PORTFOLIO = "views/portfolio.py"
BRIEFINGS = "views/briefings.py"

ASSET_KEY = "asset"
PORTFOLIO_KEY = "portfolio"
BRIEFING_KEY = "briefing"
FACT_KEY = "fact"


def parameter(name: str) -> str | None:
    """A parameter of the address; None if it is missing or empty."""
    return st.query_params.get(name) or None


def asset_parameter() -> int | None:
    """The asset the address names; None if it names none, -1 if what it names cannot be an asset."""
    text = parameter(ASSET_KEY)
    if text is None:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else -1


def open_asset(asset_id: int) -> None:
    """Go to an asset's page."""
    st.switch_page(ASSET, query_params={ASSET_KEY: str(asset_id)})
