"""The market at its last close: headline figures, the tracked coins, the day's signals and a map of its changes."""

from collections import defaultdict

import pandas as pd
import streamlit as st

from agent.analytics.signals.registry import SIGNALS
from dashboard import blocks, charts, data, navigation, states
from dashboard import format as fmt
from dashboard.installation import installation
from dashboard.readings.market import Market, MarketAsset

MOST_ROWS = 500
MOST_NAMES = 12
TABLE_KEY = "market_table"
SIGNAL_WORDS = {1: "Bullish", 0: "Neutral", -1: "Bearish"}
COLUMNS = {
    "Rank": st.column_config.NumberColumn(width=55, help="By market value, 1 is the largest"),
    "Name": st.column_config.TextColumn(width=130, pinned=True),
    "Symbol": st.column_config.TextColumn(width=82),
    "Close, $": st.column_config.NumberColumn(format="%.6g", width=82),
    "1 day": st.column_config.NumberColumn(format="%.1f%%", width=65),
    "7 days": st.column_config.NumberColumn(format="%.1f%%", width=74),
    "30 days": st.column_config.NumberColumn(format="%.1f%%", width=68),
    "Last 30 days": st.column_config.LineChartColumn(width=110, color="auto", help="Closes of the last 30 days"),
    "RSI": st.column_config.NumberColumn(
        format="%.0f", width=50, help="14 days; below 30 oversold, above 70 overbought"
    ),
    "Grade": st.column_config.NumberColumn(format="%.1f", width=62, help="Trader grade of the source, 0 to 100"),
    "Signal": st.column_config.TextColumn(width=70, help="The daily trading signal of the source"),
}


def show() -> None:
    """Draw the page."""
    st.title("Market", anchor=False)
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
        left, right = st.columns([3, 2], gap="large")
        with left:
            _map(market)
        with right:
            _signals(market)


def _headline(market: Market) -> None:
    breadth, bitcoin = market.breadth, market.bitcoin
    with blocks.cards():
        blocks.figure("Up on the day", fmt.number(breadth.risers), f"of {market.universe} tracked")
        blocks.figure("Down on the day", fmt.number(breadth.fallers), f"{breadth.unchanged} flat")
        blocks.figure("Median change", fmt.pct(market.median_change_pct), "1 day, all tracked")
        if bitcoin is not None:
            change = bitcoin.change_1d_pct
            blocks.moving_figure("Bitcoin", fmt.usd(bitcoin.close_usd), fmt.pct(change), fmt.tone(change), "1 day")
        if (cap := market.market_cap) is not None:
            blocks.figure("Total market value", fmt.large_usd(cap.value), fmt.day(cap.day))
        if (mood := market.fear_greed) is not None:
            blocks.figure("Fear and greed", fmt.number(mood.value), fmt.day(mood.day))


def _table(market: Market) -> None:
    st.subheader("Tracked coins", anchor=False)
    rows = market.assets[:MOST_ROWS]
    if len(rows) < len(market.assets):
        st.caption(f"The {len(rows)} best ranked of {len(market.assets)}.")
    st.dataframe(
        _frame(rows),
        hide_index=True,
        height=430,
        column_config=COLUMNS,
        key=TABLE_KEY,
        on_select="rerun",
        selection_mode="single-row",
        placeholder=fmt.ABSENT,
        alt="The tracked coins with their closes, changes, grades and signals",
    )
    chosen = st.session_state[TABLE_KEY].selection.rows
    if chosen and chosen[0] < len(rows):
        navigation.open_asset(rows[chosen[0]].asset_id)
    st.caption("Select a row to open the coin's page.")


def _frame(rows: tuple[MarketAsset, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Rank": pd.array([row.rank for row in rows], dtype="Int64"),
            "Name": [row.name for row in rows],
            "Symbol": [row.symbol for row in rows],
            "Close, $": [fmt.shown_price(row.close_usd) for row in rows],
            "1 day": [fmt.shown_pct(row.change_1d_pct) for row in rows],
            "7 days": [fmt.shown_pct(row.change_7d_pct) for row in rows],
            "30 days": [fmt.shown_pct(row.change_30d_pct) for row in rows],
            "Last 30 days": [list(row.closes) for row in rows],
            "RSI": [row.rsi for row in rows],
            "Grade": [row.trader_grade for row in rows],
            "Signal": [
                SIGNAL_WORDS.get(row.trading_signal) if row.trading_signal is not None else None for row in rows
            ],
        }
    )


def _map(market: Market) -> None:
    st.subheader("The day at a glance", anchor=False)
    drawing = charts.treemap(market.assets)
    if not drawing.spec["series"][0]["data"]:
        states.empty("No ranks yet", "The map needs market ranks, which come with a collection.", states.COLLECT)
        return
    blocks.options_chart(drawing, 560, "market_map")
    st.caption("Change on the day; the larger the tile, the better the rank at the source.")


def _signals(market: Market) -> None:
    st.subheader("Signals of the day", anchor=False)
    names = {asset.asset_id: asset.name for asset in market.assets}
    found: dict[str, list[str]] = defaultdict(list)
    records: dict[str, str] = {}
    for row in market.signals:
        if row.asset_id in names:
            found[row.name].append(names[row.asset_id])
            records[row.name] = fmt.track_record(row.confidence, row.sample_size, proven=row.proven)
    if not found:
        st.caption("No signal fired at this close, or the day has not been scanned yet.")
        st.caption("Signals are looked for after each collection, and whenever a briefing is written.")
    for signal in SIGNALS:
        if signal.name in found:
            _signal(signal.name, signal.definition, found[signal.name], records[signal.name])


def _signal(name: str, definition: str, assets: list[str], record: str) -> None:
    shown = ", ".join(assets[:MOST_NAMES])
    more = f" and {len(assets) - MOST_NAMES} more" if len(assets) > MOST_NAMES else ""
    st.markdown(f"**{fmt.escape(fmt.signal_name(name))}** :gray[{len(assets)}]  \n{fmt.escape(shown + more)}")
    st.caption(fmt.escape(f"{definition} {record}"))


if __name__ == "__main__":
    show()
