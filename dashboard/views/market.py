"""The market at its last close: headline figures, the tracked coins, the day's signals and a map of its changes."""

from collections import defaultdict
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from agent.analytics.signals import SIGNALS
from dashboard import charts, data, navigation, states
from dashboard import format as fmt
from dashboard.installation import installation
from dashboard.readings.market import FEAR_GREED, Market, MarketAsset

MOST_ROWS = 500
TABLE_KEY = "market_table"
SIGNAL_WORDS = {1: "Bullish", 0: "Neutral", -1: "Bearish"}
COLUMNS: Mapping[str, object] = {
    "Rank": st.column_config.NumberColumn(width=55, help="By market value, 1 is the largest"),
    "Name": st.column_config.TextColumn(pinned=True, width=130),
    "Symbol": st.column_config.TextColumn(width=70),
    "Close, $": st.column_config.NumberColumn(format="localized", width=90),
    "1 day": st.column_config.NumberColumn(format="%+.1f%%", width=75),
    "7 days": st.column_config.NumberColumn(format="%+.1f%%", width=75),
    "30 days": st.column_config.NumberColumn(format="%+.1f%%", width=75),
    "Last 30 days": st.column_config.LineChartColumn(width=120, color="auto", help="Closes of the last 30 days"),
    "RSI": st.column_config.NumberColumn(format="%.0f", width=55, help="14 days; below 30 oversold, above 70 overbought"),
    "Trader grade": st.column_config.NumberColumn(format="%.1f", width=95, help="By the source, 0 to 100"),
    "Signal": st.column_config.TextColumn(width=80, help="The source's daily trading signal"),
}


def show() -> None:
    """Draw the page."""
    st.title("Market")
    with states.guarded():
        shown = installation()
        known = data.freshness(shown)
        market = data.market(shown)
        if market is None:
            states.no_prices(known)
            return
        states.data_line(known, fmt.age(known.checked_at, shown.now))
        states.late(known)
        _headline(market)
        _table(market)
        left, right = st.columns([3, 2], gap="medium")
        with left:
            _map(market)
        with right:
            _signals(market)


def _headline(market: Market) -> None:
    breadth, bitcoin = market.breadth, market.bitcoin
    with st.grid(min_column_width=150, row_height="content"):
        st.metric("Up on the day", fmt.number(breadth.risers), f"of {market.universe} tracked", delta_color="off", delta_arrow="off", border=True)
        st.metric("Down on the day", fmt.number(breadth.fallers), f"{breadth.unchanged} flat", delta_color="off", delta_arrow="off", border=True)
        st.metric("Median change", fmt.pct(market.median_change_pct), "1 day", delta_color="off", delta_arrow="off", border=True)
        if bitcoin is not None:
            _change_metric("Bitcoin close", fmt.usd(bitcoin.close_usd), bitcoin.change_1d_pct)
        if market.market_cap is not None:
            day = fmt.day(market.market_cap.day)
            st.metric("Total market value", fmt.escape(fmt.large_usd(market.market_cap.value)), day, delta_color="off", delta_arrow="off", border=True)
        if market.fear_greed is not None:
            day = fmt.day(market.fear_greed.day)
            st.metric("Fear and greed", fmt.number(market.fear_greed.value), day, delta_color="off", delta_arrow="off", border=True)
