"""A hostile text, wherever it comes in, changes no byte of a briefing; it is found as an escaped quotation only."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from agent.ask.quotes import quotation
from agent.ask.recall import Library
from agent.briefing.archive import briefing_json
from agent.briefing.render.markdown import render_markdown
from agent.briefing.render.text import render_text
from agent.briefing.wanted import Wanted
from agent.claims.naming import NamedAsset, printable_name
from agent.jobs.index_texts import index_texts
from agent.store import portfolios
from agent.store.assets import upsert_listings
from agent.store.bars import upsert_daily_bars
from agent.store.engine import Store
from agent.store.notes import add_note
from agent.store.passages import words_of
from agent.store.portfolios import HoldingRow
from agent.store.reports import upsert_reports
from datasources.records import AssetListing, DailyBar, Report
from tests.agent.ask.hostile import PAYLOADS, SECRETS
from tests.agent.briefing.documents import briefing_of
from tests.agent.briefing.filled import NOW, snapshot_of
from tests.agent.briefing.snapshots import AS_OF, DAY, Given, make_snapshot, walk

COINS = range(1, len(PAYLOADS) + 1)


def written(names: dict[int, str]) -> tuple[str, ...]:
    """The template's briefing on a portfolio of coins with these names, shown and stored."""
    known = {coin: NamedAsset(coin, names.get(coin, ""), f"S{coin}X") for coin in COINS}
    closes = {coin: walk(coin, days=40) for coin in COINS}
    briefing = briefing_of(make_snapshot(Given(closes=closes, holdings=dict.fromkeys(COINS, "2"), names=known)))
    return render_text(briefing), render_markdown(briefing), briefing_json(replace(briefing, snapshot_sha256=""))


def test_a_portfolio_of_hostile_names_reads_as_one_of_coins_without_names() -> None:
    assert written({coin: payload for coin, (_, payload) in zip(COINS, PAYLOADS, strict=True)}) == written({})


@pytest.mark.parametrize(("name", "payload"), PAYLOADS)
def test_a_hostile_name_or_symbol_is_never_printed(name: str, payload: str) -> None:
    assert printable_name(payload, "SYM", 7) == "SYM", name
    assert printable_name("", payload, 7) == "Asset 7", name


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two coins over 40 days, one of them held."""
    made = Store(tmp_path / "store.db")
    made.upgrade()
    with made.writer() as session:
        upsert_listings(session, "sandbox", [AssetListing(key, key.upper(), f"Coin {key}") for key in "ab"], NOW)
        bars = [
            bar(key, place, close) for seed, key in enumerate("ab") for place, close in enumerate(walk(seed, days=40))
        ]
        upsert_daily_bars(session, "sandbox", bars, NOW)
        portfolio = portfolios.create(session, "main", NOW)
        portfolios.replace_holdings(session, portfolio.portfolio_id, [HoldingRow(1, Decimal(2), None, NOW)])
    return made


def bar(key: str, place: int, close: float) -> DailyBar:
    day: date = AS_OF - timedelta(days=39 - place)
    return DailyBar(key, day, close, close * 1.01, close * 0.99, close, 1000.0)


def test_hostile_reports_and_notes_change_no_byte_and_are_shown_as_quotations_only(store: Store) -> None:
    wanted = Wanted("main", DAY, "daily", "sandbox")
    before = briefing_json(briefing_of(snapshot_of(store, wanted)))
    with store.writer() as session:
        reports = [Report("a", f"report {payload}", f"{payload}\nBeacon.") for _, payload in PAYLOADS]
        upsert_reports(session, "sandbox", reports, NOW)
        for _, payload in PAYLOADS:
            add_note(session, f"Beacon. {payload}"[:4000], NOW)
    index_texts(store, lambda: NOW)
    assert briefing_json(briefing_of(snapshot_of(store, wanted))) == before
    library = Library(store)
    for query in ("beacon", *(payload for _, payload in PAYLOADS if words_of(payload))):
        for quote in library.search(query, limit=4).quotes:
            shown = quotation(quote)
            assert [secret for secret in SECRETS if secret in shown] == []
            assert shown.count('"') == 2
            assert "\n" not in shown
    assert len(library.search("beacon", limit=50).quotes) > 20
