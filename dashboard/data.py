"""Cached reads of the store: each opens a connection of its own, keeps it for one read, and gives frozen records.

What is kept is bounded in number and age; errors are never kept.
"""

from datetime import date
from pathlib import Path

import streamlit as st

from agent.briefing.document import Briefing
from agent.store import portfolios
from agent.store.engine import Store
from dashboard.installation import Installation
from dashboard.readings import asset as asset_reading
from dashboard.readings import briefings as briefings_reading
from dashboard.readings import freshness as freshness_reading
from dashboard.readings import market as market_reading
from dashboard.readings import portfolio as portfolio_reading
from dashboard.readings.asset import AssetDetail
from dashboard.readings.briefings import Listed, Traced
from dashboard.readings.freshness import Freshness
from dashboard.readings.market import Market
from dashboard.readings.portfolio import PortfolioDetail

TTL_S = 30
DOCUMENT_TTL_S = 600


def freshness(shown: Installation) -> Freshness:
    """The state of the data."""
    return _freshness(str(shown.store_path), shown.source, shown.other_sources, shown.now.date())


def market(shown: Installation) -> Market | None:
    """The market at its last close; None if there is no price."""
    return _market(str(shown.store_path), shown.source, shown.other_sources, shown.now.date())


def asset(shown: Installation, asset_id: int, as_of: date) -> AssetDetail | None:
    """One asset; None if there is none with this id."""
    return _asset(str(shown.store_path), shown.source, asset_id, as_of, shown.now.date())


def portfolio_names(shown: Installation) -> tuple[str, ...]:
    """The names of all portfolios, the one briefings are written for first."""
    names = _portfolio_names(str(shown.store_path))
    return tuple(sorted(names, key=lambda name: (name != shown.portfolio, name)))


def portfolio(shown: Installation, name: str) -> PortfolioDetail | None:
    """A measured portfolio; None if there is no price."""
    return _portfolio(str(shown.store_path), name, shown.source, shown.other_sources, shown.now.date())


def listing(shown: Installation) -> tuple[Listed, ...]:
    """The last briefings, newest first."""
    return _listing(str(shown.store_path))


def briefing(shown: Installation, briefing_id: str) -> Briefing | None:
    """A briefing; None if there is none with this id."""
    return _briefing(str(shown.store_path), briefing_id)


def fact(shown: Installation, fact_id: str, document_id: str | None) -> Traced:
    """A fact with its inputs; raises UnknownRow if there is none."""
    return _fact(str(shown.store_path), fact_id, document_id)


@st.cache_data(ttl=TTL_S, max_entries=4, show_spinner=False)
def _freshness(path: str, source: str, others: tuple[str, ...], today: date) -> Freshness:
    with Store(Path(path)).reader() as session:
        return freshness_reading.read_freshness(session, source, others, today)


@st.cache_data(ttl=TTL_S, max_entries=4, show_spinner="Reading the market")
def _market(path: str, source: str, others: tuple[str, ...], today: date) -> Market | None:
    with Store(Path(path)).reader() as session:
        return market_reading.read_market(session, source, others, today)


@st.cache_data(ttl=TTL_S, max_entries=32, show_spinner=False)
def _asset(path: str, source: str, asset_id: int, as_of: date, today: date) -> AssetDetail | None:
    with Store(Path(path)).reader() as session:
        return asset_reading.read_asset(session, source, asset_id, as_of, today)


@st.cache_data(ttl=TTL_S, max_entries=4, show_spinner=False)
def _portfolio_names(path: str) -> tuple[str, ...]:
    with Store(Path(path)).reader() as session:
        return portfolios.names(session)


@st.cache_data(ttl=TTL_S, max_entries=8, show_spinner="Measuring the portfolio")
def _portfolio(path: str, name: str, source: str, others: tuple[str, ...], today: date) -> PortfolioDetail | None:
    with Store(Path(path)).reader() as session:
        return portfolio_reading.read_portfolio(session, name, source, others, today)


@st.cache_data(ttl=TTL_S, max_entries=4, show_spinner=False)
def _listing(path: str) -> tuple[Listed, ...]:
    with Store(Path(path)).reader() as session:
        return briefings_reading.read_listing(session)


@st.cache_data(ttl=DOCUMENT_TTL_S, max_entries=16, show_spinner=False)
def _briefing(path: str, briefing_id: str) -> Briefing | None:
    with Store(Path(path)).reader() as session:
        return briefings_reading.read_briefing(session, briefing_id)


@st.cache_data(ttl=TTL_S, max_entries=64, show_spinner=False)
def _fact(path: str, fact_id: str, document_id: str | None) -> Traced:
    with Store(Path(path)).reader() as session:
        return briefings_reading.read_fact(session, fact_id, document_id)
