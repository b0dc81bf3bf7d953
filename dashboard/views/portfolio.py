"""A portfolio at the last close: its value, its holdings, and how spread it is."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from agent.analytics.figure import Figure
from agent.analytics.report import PortfolioReport
from dashboard import blocks, charts, data, navigation, states
from dashboard import format as fmt
from dashboard.installation import installation
from dashboard.readings.portfolio import PortfolioDetail

CHOICE_KEY = "portfolio_choice"
RIGHT = ("Amount", "Close", "Value", "Weight", "1 day", "7 days", "30 days", "On the day")


@dataclass(frozen=True, slots=True)
class Measure:
    """How a figure of the report is shown; `percent` is for fractions shown in per cent."""

    field: str
    name: str
    meaning: str
    decimals: int = 2
    percent: bool = False


MEASURES = (
    Measure("effective_number", "Effective holdings", "By weight, as concentrated as so many equal holdings", 1),
    Measure("hhi", "HHI", "Sum of squared weights: 1 is a single holding"),
    Measure("volatility_90d", "Volatility", "Of today's mix, 90 days, annualised", percent=True),
    Measure("weighted_volatility_90d", "Holdings' volatility", "Weighted average of the holdings' own", percent=True),
    Measure("diversification_ratio", "Diversification ratio", "Holdings' volatility over the mix's: 1 is no spread"),
    Measure("average_correlation_90d", "Average correlation", "Between pairs of holdings, 90 days"),
    Measure("correlation_to_benchmark_90d", "Correlation with Bitcoin", "Daily returns of 90 days: 1 moves together"),
    Measure("beta_90d", "Beta to Bitcoin", "Move of the mix for each 1 of Bitcoin's, 90 days"),
    Measure("sharpe_365d", "Sharpe ratio", "Return per unit of risk, 365 days, annualised"),
    Measure("maximum_drawdown_365d", "Maximum drawdown", "Deepest fall from a peak in 365 days", percent=True),
)


def show() -> None:
    """Draw the page."""
    st.title("Portfolio", anchor=False)
    with states.guarded():
        shown = installation()
        known = data.freshness(shown)
        names = data.portfolio_names(shown)
        if not names:
            states.empty(
                "No portfolio yet", "Import the holdings from a CSV file with asset and amount.", states.IMPORT
            )
            return
        detail = data.portfolio(shown, _chosen(names))
        if detail is None:
            states.no_prices(known)
            return
        states.data_line(known, fmt.age(detail.fetched_at, shown.now))
        states.late(known)
        _page(detail)


def _chosen(names: tuple[str, ...]) -> str:
    """The portfolio that the address names, else the one briefings are written for; the selector follows."""
    wanted = navigation.parameter(navigation.PORTFOLIO_KEY)
    if wanted is not None and wanted not in names:
        states.notice("There is no portfolio of the name this address gives. Choose one here.")
    chosen = wanted if wanted in names else names[0]
    if len(names) > 1:
        st.session_state[CHOICE_KEY] = chosen
        st.selectbox("Portfolio", names, key=CHOICE_KEY, on_change=_follow_choice)
    return chosen


def _follow_choice() -> None:
    st.query_params[navigation.PORTFOLIO_KEY] = st.session_state[CHOICE_KEY]


def _page(detail: PortfolioDetail) -> None:
    report = detail.report
    if report is None:
        states.empty(
            "This portfolio is empty", "Import its holdings from a CSV file with asset and amount.", states.IMPORT
        )
        return
    _value(detail, report)
    if report.value_usd.reason:
        states.notice(f"The value cannot be told: {report.value_usd.reason}.")
    _line(detail)
    _holdings(detail)
    left, right = st.columns([2, 3], gap="large")
    with left:
        _weights(detail)
    with right:
        _spread(report)


def _value(detail: PortfolioDetail, report: PortfolioReport) -> None:
    change = report.change_1d_pct.value
    with blocks.cards():
        blocks.moving_figure("Value", fmt.money(report.value_usd.value), fmt.pct(change), fmt.tone(change), "1 day")
        blocks.figure("On the day", fmt.money(report.change_1d_usd.value))
        blocks.figure("7 days", fmt.pct(detail.change_7d_pct), meaning="Today's amounts at the closes of then and now")
        blocks.figure(
            "30 days", fmt.pct(detail.change_30d_pct), meaning="Today's amounts at the closes of then and now"
        )
        blocks.figure("Holdings", fmt.number(report.holding_count))


def _line(detail: PortfolioDetail) -> None:
    st.subheader("Against Bitcoin, 90 days", anchor=False)
    if not detail.lines:
        st.caption("The line needs 90 days of closes of every holding.")
        return
    drawing = charts.indexed_lines(detail.lines)
    st.altair_chart(drawing.spec, alt=drawing.alt)
    st.caption(fmt.escape(drawing.alt))


def _holdings(detail: PortfolioDetail) -> None:
    st.subheader("Holdings", anchor=False)
    rows = detail.holdings
    frame = pd.DataFrame(
        {
            "Asset": [row.name for row in rows],
            "Amount": [fmt.amount(row.amount) for row in rows],
            "Close": [fmt.usd(row.close_usd) for row in rows],
            "Value": [fmt.money(row.value_usd) for row in rows],
            "Weight": [charts.weight_text(row.weight) for row in rows],
            "1 day": [fmt.pct(row.change_1d_pct) for row in rows],
            "7 days": [fmt.pct(row.change_7d_pct) for row in rows],
            "30 days": [fmt.pct(row.change_30d_pct) for row in rows],
            "On the day": [fmt.money(row.contribution_1d_usd) for row in rows],
        }
    )
    columns = {name: st.column_config.TextColumn(alignment="right") for name in RIGHT}
    columns["Asset"] = st.column_config.TextColumn(pinned=True)
    st.dataframe(
        frame,
        hide_index=True,
        column_config=columns,
        key="holdings",
        on_select="rerun",
        selection_mode="single-row",
        alt="The holdings, the largest first",
    )
    chosen = st.session_state["holdings"].selection.rows
    if chosen and chosen[0] < len(rows):
        navigation.open_asset(rows[chosen[0]].asset_id)
    st.caption("The largest first. Select a row to open the coin's page.")


def _weights(detail: PortfolioDetail) -> None:
    st.subheader("Weights", anchor=False)
    if all(row.weight is None for row in detail.holdings):
        st.caption("Weights need a close of every holding.")
        return
    drawing = charts.weights(detail.holdings)
    st.altair_chart(drawing.spec, alt=drawing.alt)


def _spread(report: PortfolioReport) -> None:
    st.subheader("How spread it is", anchor=False)
    with st.grid(min_column_width=210):
        for measure in MEASURES:
            figure = getattr(report, measure.field)
            meaning = measure.meaning if figure.reason is None else f"Not known: {figure.reason}"
            blocks.explained_figure(measure.name, _measure_text(measure, figure), meaning)


def _measure_text(measure: Measure, figure: Figure) -> str:
    if figure.value is None:
        return fmt.ABSENT
    if measure.percent:
        return fmt.pct(figure.value * 100, sign=False)
    return fmt.number(figure.value, measure.decimals)


if __name__ == "__main__":
    show()
