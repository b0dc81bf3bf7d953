"""What a page says when there is nothing to show, when something failed, and when the data is late."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from agent.errors import CoinbriefError, SchemaOutdated, StoreMissing
from agent.store.runs import RunRow
from config.errors import SettingsError
from dashboard import format as fmt
from dashboard.readings.freshness import Freshness

COLLECT = "coinbrief collect"
BRIEF = "coinbrief brief"
IMPORT = "coinbrief portfolio import holdings.csv"


def empty(title: str, text: str, command: str | None = None) -> None:
    """Say that there is nothing to show yet, and how to change that."""
    with st.container(border=True):
        st.markdown(f"**{fmt.escape(title)}**")
        st.markdown(fmt.escape(text))
        if command is not None:
            st.code(command, language="shell")


def notice(text: str) -> None:
    """A line that the reader should not miss."""
    st.warning(fmt.escape(text), icon=":material/info:")


@contextmanager
def guarded() -> Iterator[None]:
    """Show what our own errors say instead of a trace; what is left of the page stays out."""
    try:
        yield
    except StoreMissing:
        empty("No data yet", "The first collection makes the database and fills it. Run this, then reload.", COLLECT)
    except SchemaOutdated as error:
        empty("The database is of an earlier version", str(error), COLLECT)
    except SettingsError as error:
        empty("The settings cannot be used", "Correct these, then start the dashboard again.")
        for problem in error.problems:
            st.markdown(f"- {fmt.escape(str(problem))}")
    except CoinbriefError as error:
        empty("The data could not be read", str(error))


def data_line(known: Freshness, now_age: str) -> None:
    """Which close a page shows, when it was fetched and from where."""
    parts = [f"Close of {fmt.day(known.as_of)} (UTC)", f"fetched {now_age}", f"source: {known.source_name}"]
    st.caption(fmt.escape(" · ".join(parts)))
    if known.is_invented:
        st.markdown(
            ":orange-badge[Invented data] :gray[:small[This market is made up; no figure here is of a real one.]]"
        )


def late(known: Freshness) -> None:
    """Say so if prices of full days are missing at the end, or if a collection failed."""
    if known.days_late > 0:
        days = fmt.plural(known.days_late, "day")
        notice(f"Prices are {days} late: the last are of {fmt.day(known.as_of)}. Run {COLLECT}.")
    failed_runs(known.failures)


def failed_runs(failures: Sequence[RunRow]) -> None:
    """The collections that failed, with their reasons, folded away."""
    if not failures:
        return
    title = f"{fmt.plural(len(failures), 'collection')} failed or stopped early; older data is shown where there is any"
    with st.expander(title, icon=":material/warning:"):
        for run in failures:
            reason = run.error or "no reason was recorded"
            kind = run.kind.replace("_", " ")
            st.markdown(f"**{fmt.escape(kind)}**: {fmt.escape(reason)}  \n{fmt.escape(fmt.moment(run.finished_at))}")
        st.markdown("To try again:")
        st.code(COLLECT, language="shell")


def no_prices(known: Freshness) -> None:
    """Say that there is no price to show, and whether collecting failed."""
    if known.failures:
        empty("No prices yet", f"Collecting from {known.source_name} failed. The reasons are below.", COLLECT)
        failed_runs(known.failures)
    else:
        empty("No prices yet", f"Nothing has been collected from {known.source_name}. Run this, then reload.", COLLECT)
