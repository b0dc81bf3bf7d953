"""One token: price, figures, grades, signals, levels, and what its sources call it."""

import pandas as pd
import streamlit as st

from agent.analytics.signals.registry import SIGNALS
from agent.briefing.render.wording import source_text
from dashboard import blocks, charts, data, navigation, states
from dashboard import format as fmt
from dashboard.installation import Installation, installation
from dashboard.readings.asset import AssetDetail
from dashboard.readings.freshness import Freshness
from dashboard.readings.market import Market, MarketAsset

CHOICE_KEY = "asset_choice"
SIGNAL_WORDS = {1: "Bullish", 0: "Neutral", -1: "Bearish"}


def show() -> None:
    """Draw the page."""
    st.title("Token", anchor=False)
    with states.guarded():
        shown = installation()
        known = data.freshness(shown)
        market = data.market(shown)
        if market is None:
            states.no_prices(known)
            return
        detail = _chosen(shown, market)
        if detail is not None:
            _page(known, market, detail, shown)


def _chosen(shown: Installation, market: Market) -> AssetDetail | None:
    """The asset that the address names, else the best ranked one; the selector follows."""
    wanted = navigation.asset_parameter()
    detail = None if wanted is None else data.asset(shown, wanted, market.as_of)
    if wanted is not None and detail is None:
        states.notice("There is no token with the number this address names. Choose one here.")
    if detail is None:
        detail = data.asset(shown, market.assets[0].asset_id, market.as_of)
    if detail is not None:
        _selector(market, detail)
    return detail


def _selector(market: Market, detail: AssetDetail) -> None:
    labels = _labels(market, detail)
    st.session_state[CHOICE_KEY] = detail.asset.asset_id
    st.selectbox(
        "Token",
        list(labels),
        format_func=lambda asset_id: labels.get(asset_id, ""),
        key=CHOICE_KEY,
        on_change=_follow_choice,
        help="Type a name or a symbol; tokens that share one show their number",
    )


def _labels(market: Market, detail: AssetDetail) -> dict[int, str]:
    pairs = {asset.asset_id: (asset.name, asset.symbol) for asset in market.assets}
    pairs.setdefault(detail.asset.asset_id, (detail.name, detail.asset.symbol))
    symbols = [symbol.upper() for _, symbol in pairs.values()]
    return {
        asset_id: f"{name} ({symbol})"
        + (f" · no. {asset_id}" if symbols.count(symbol.upper()) > 1 and f"#{asset_id}" not in name else "")
        for asset_id, (name, symbol) in pairs.items()
    }


def _follow_choice() -> None:
    st.query_params[navigation.ASSET_KEY] = str(st.session_state[CHOICE_KEY])


def _page(known: Freshness, market: Market, detail: AssetDetail, shown: Installation) -> None:
    states.data_line(known, fmt.age(detail.bars[-1].fetched_at if detail.bars else None, shown.now))
    states.late(known)
    tracked = market.asset(detail.asset.asset_id)
    if tracked is not None:
        _figures(tracked)
    _price(detail)
    left, right = st.columns(2, gap="large")
    with left:
        _grades(detail)
        _sources(detail, shown)
    with right:
        _signals(detail)
        _levels(detail)


def _figures(asset: MarketAsset) -> None:
    with blocks.cards():
        change = asset.change_1d_pct
        blocks.moving_figure("Close", fmt.usd(asset.close_usd), fmt.pct(change), fmt.tone(change), "1 day")
        blocks.figure("7 days", fmt.pct(asset.change_7d_pct))
        blocks.figure("30 days", fmt.pct(asset.change_30d_pct))
        blocks.figure("Rank", fmt.number(asset.rank), meaning="By market value, 1 is the largest")
        blocks.figure("RSI", fmt.number(asset.rsi), meaning="14 days; below 30 oversold, above 70 overbought")
        fall = None if asset.drawdown_365d is None else asset.drawdown_365d * 100
        blocks.figure("Below 365-day high", fmt.pct(fall), meaning="The close against the highest close of 365 days")
        spread = None if asset.volatility_30d is None else asset.volatility_30d * 100
        blocks.figure("Volatility", fmt.pct(spread, sign=False), meaning="30 daily returns, annualised")


def _price(detail: AssetDetail) -> None:
    st.subheader(f"{fmt.escape(detail.name)}, last 180 days", anchor=False)
    if not detail.bars:
        states.empty("No prices of this token", "None are stored for the last 180 days.", states.COLLECT)
        return
    blocks.options_chart(charts.candles(detail.name, detail.bars), 420, "asset_candles")
    drawn = "closes" if any(bar.open_usd is None for bar in detail.bars) else "candles"
    st.caption(f"Daily {drawn} and volume in US dollars. Drag to move, hold shift and scroll to zoom.")


def _grades(detail: AssetDetail) -> None:
    st.subheader("Grades", anchor=False)
    if not detail.grades:
        st.caption("The source has given no grade of this token in the last 180 days.")
        return
    drawing = charts.grade_lines(detail.name, detail.grades)
    st.altair_chart(drawing.spec, alt=drawing.alt)
    signal = detail.trading_signal
    if signal is not None:
        word = SIGNAL_WORDS[signal.signal]
        st.caption(fmt.escape(f"Trading signal of the source on {fmt.day(signal.day)}: {word.lower()}."))


def _signals(detail: AssetDetail) -> None:
    st.subheader("Signals of the last 30 days", anchor=False)
    if not detail.signals:
        st.caption("None fired on the days that were scanned.")
        return
    definitions = {signal.name: signal.definition for signal in SIGNALS}
    frame = pd.DataFrame(
        {
            "Day": [row.day for row in detail.signals],
            "Signal": [fmt.signal_name(row.name) for row in detail.signals],
            "Meaning": [definitions.get(row.name, "") for row in detail.signals],
            "Track record": [
                fmt.track_record(row.confidence, row.sample_size, proven=row.proven) for row in detail.signals
            ],
        }
    )
    columns = {"Day": st.column_config.DateColumn(format="D MMM YYYY", width=110)}
    st.dataframe(frame, hide_index=True, column_config=columns, alt="Signals of the last 30 days")


def _levels(detail: AssetDetail) -> None:
    st.subheader("Levels", anchor=False)
    if not detail.levels:
        st.caption("The source lists no support or resistance levels of this token.")
        return
    frame = pd.DataFrame(
        {
            "Level": [fmt.usd(row.level_usd) for row in reversed(detail.levels)],
            "Formed on": [row.formed_on for row in reversed(detail.levels)],
        }
    )
    columns = {
        "Level": st.column_config.TextColumn(alignment="right"),
        "Formed on": st.column_config.DateColumn(format="D MMM YYYY"),
    }
    st.dataframe(frame, hide_index=True, column_config=columns, height=220, alt="Support and resistance levels")
    st.caption(fmt.escape(f"Historical levels as the source listed them on {fmt.day(detail.levels[0].day)}."))


def _sources(detail: AssetDetail, shown: Installation) -> None:
    st.subheader("Where it comes from", anchor=False)
    asset = detail.asset
    last = detail.bars[-1] if detail.bars else None
    rows = [
        ("Symbol", asset.symbol),
        ("Name at the source", asset.name),
        *[(f"Key at {source_text(source)}", key) for source, key in sorted(asset.refs.items())],
        ("Categories", ", ".join(asset.categories) or fmt.ABSENT),
        ("Last bar", fmt.day(None if last is None else last.day)),
        ("Last bar fetched", fmt.age(None if last is None else last.fetched_at, shown.now)),
        ("Last listed", fmt.age(asset.last_seen_at, shown.now)),
    ]
    blocks.pairs(rows)


if __name__ == "__main__":
    show()
