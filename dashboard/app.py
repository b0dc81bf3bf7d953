"""The dashboard: `streamlit run` starts here. Frame, navigation and what the sidebar says of the data."""

import streamlit as st

from agent.errors import CoinbriefError
from config.errors import SettingsError
from dashboard import data, navigation, theme
from dashboard import format as fmt
from dashboard.installation import installation


def main() -> None:
    """Draw the frame and the page that the address names."""
    st.set_page_config(page_title="coinbrief", page_icon=theme.ICON, layout="wide")
    st.logo(theme.WORDMARK, icon_image=theme.ICON, size="large")
    market = st.Page(navigation.MARKET, title="Market", icon=":material/monitoring:", url_path="market", default=True)
    briefings = st.Page(navigation.BRIEFINGS, title="Briefings", icon=":material/article:", url_path="briefings")
    page = st.navigation(
        [
            market,
            st.Page(navigation.ASSET, title="Token", icon=":material/token:", url_path="token"),
            st.Page(navigation.PORTFOLIO, title="Portfolio", icon=":material/pie_chart:", url_path="portfolio"),
            briefings,
        ]
    )
    # Links in mails name the dashboard's address alone, with the briefing or the figure behind it.
    linked = {
        key: value for key in (navigation.BRIEFING_KEY, navigation.FACT_KEY) if (value := navigation.parameter(key))
    }
    if page == market and linked:
        st.switch_page(briefings, query_params=linked)
    with st.sidebar:
        _sidebar()
    page.run()


def _sidebar() -> None:
    try:
        shown = installation()
        known = data.freshness(shown)
    except (CoinbriefError, SettingsError):
        st.caption("No data to show")  # the page says why
        return
    if known.is_invented:
        st.badge("Invented data", icon=":material/science:", color="orange")
    st.caption(f"**Source**  \n{fmt.escape(known.source_name)}")
    st.caption(f"**Last close**  \n{fmt.escape(fmt.day(known.as_of))}")
    st.caption(f"**Prices checked**  \n{fmt.escape(fmt.age(known.checked_at, shown.now))}")
    if known.failures:
        failed = fmt.plural(len(known.failures), "collection")
        st.badge(f"{failed} failed", icon=":material/warning:", color="red")
    for text in known.attributions:
        st.caption(fmt.escape(text))


if __name__ == "__main__":
    main()
