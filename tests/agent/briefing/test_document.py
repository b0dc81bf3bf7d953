"""Whole briefings: all that is written passes the last check, and what is tampered with does not."""

import re
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.briefing.archive import briefing_json, fact_json, parse_briefing, parse_fact
from agent.briefing.checking import check_briefing, without_failures
from agent.briefing.document import ABSENT, NOT_FIRED, Briefing, Cell, Table
from agent.briefing.material import briefing_material
from agent.briefing.snapshot import NewSignal, PreviousBriefing, RunSeen, SignalSeen, Snapshot, TradingSignalSeen
from agent.briefing.template import write_template
from agent.claims.claim import SectionKey, Segment, Sentence
from agent.claims.naming import NamedAsset
from tests.agent.briefing.documents import briefing_of, codes, safe_of, tampered, with_cell, with_sentence, with_table
from tests.agent.briefing.snapshots import (
    AS_OF,
    BITCOIN,
    DAYS,
    FETCHED,
    MOOD,
    NAMES,
    NAN,
    SHARE,
    TOTAL,
    Given,
    everything,
    graded,
    make_snapshot,
    metric,
    run,
    steady,
    walk,
)

FULL = everything()
STALE = replace(FULL, holdings={BITCOIN: "1", 5: "100"}, late_days=1)
GIVEN = {
    "full": FULL,
    "stale holding": STALE,
    "no holdings": replace(FULL, holdings={}),
    "no bitcoin": replace(FULL, slugs={}),
    "never priced": replace(FULL, closes={BITCOIN: walk(1)}),
    "new holding": replace(FULL, holdings={4: "3"}),
    "worthless": replace(FULL, closes={**FULL.closes, 3: steady(1e-9)}, holdings={3: "0.001"}),
    "all flat": Given({number: steady(5.0) for number in (1, 2, 3)}, holdings={1: "1", 2: "2"}),
    "zero volume": replace(FULL, volumes={number: steady(0.0) for number in FULL.closes}),
    "one day old": Given({2: [5.0]}),
    "one day old and held": Given({2: [5.0]}, holdings={2: "1"}),
    "first": replace(FULL, previous=None, new_signals=None),
    "same close": replace(FULL, previous=PreviousBriefing(AS_OF, AS_OF), new_signals=()),
    "hostile names": replace(
        FULL, names={number: NamedAsset(number, "Bitcoin rose 50%", f"buy{number % 2}") for number in NAMES}
    ),
}
EVERY = pytest.mark.parametrize("name", sorted(GIVEN))
SECTIONS = {SectionKey.PORTFOLIO: 1, SectionKey.MARKET: 2, SectionKey.MOVERS: 3, SectionKey.SIGNALS: 4}


@cache
def snapshot(name: str = "full") -> Snapshot:
    return make_snapshot(GIVEN[name])


@cache
def briefing(name: str = "full") -> Briefing:
    return briefing_of(snapshot(name))


@cache
def safe(name: str = "full") -> frozenset[str]:
    return safe_of(snapshot(name))


def sentences(made: Briefing) -> list[Sentence]:
    return [sentence for section in made.sections for sentence in section.sentences]


@EVERY
def test_what_is_written_passes_the_last_check(name: str) -> None:
    assert check_briefing(briefing(name), safe(name)) == ()


@EVERY
def test_every_mandatory_claim_is_stated_once(name: str) -> None:
    made = briefing(name)
    stated = [claim_id for sentence in sentences(made) for claim_id in sentence.claim_ids]
    assert len(set(stated)) == len(stated)
    assert {claim.claim_id for claim in made.claims if claim.mandatory} <= set(stated)


@EVERY
def test_the_same_snapshot_gives_the_same_bytes(name: str) -> None:
    again = briefing_of(make_snapshot(GIVEN[name]))
    assert again == briefing(name)
    assert briefing_json(again) == briefing_json(briefing(name))


@EVERY
def test_a_briefing_survives_its_archive(name: str) -> None:
    text = briefing_json(briefing(name))
    assert parse_briefing(text) == briefing(name)
    assert briefing_json(parse_briefing(text)) == text
    for fact in briefing(name).facts:
        assert parse_fact(fact_json(fact)) == fact


@EVERY
def test_a_stored_briefing_is_rebuilt_from_its_claims(name: str) -> None:
    stored = parse_briefing(briefing_json(briefing(name)))
    tables = {section.key: section.tables for section in stored.sections if section.tables}
    fixed = {section.key: section.sentences[0].text for section in stored.sections
            if section.sentences and not section.sentences[0].claim_ids}  # fmt: skip
    entities = {entity.subject: entity for entity in stored.entities}
    assert write_template(stored.claims, entities, stored.as_of, fixed, tables) == stored.sections


def test_no_text_is_a_text_that_is_none() -> None:
    with pytest.raises(ValueError, match="briefing_id"):
        parse_briefing("{}")


def test_a_later_fetch_changes_no_digest_and_a_price_does() -> None:
    digest = briefing().snapshot_sha256
    assert briefing_material(replace(snapshot(), fetched_at=FETCHED + timedelta(days=1))).snapshot_sha256 == digest
    closes = {**FULL.closes, BITCOIN: [*FULL.closes[BITCOIN][:-1], 1.0]}
    assert briefing_material(make_snapshot(replace(FULL, closes=closes))).snapshot_sha256 != digest


def test_sections_come_in_reading_order_with_their_tables() -> None:
    assert [section.key for section in briefing().sections] == list(SectionKey)
    captions = [table.caption for section in briefing().sections for table in section.tables]
    assert captions == ["Holdings", "Largest moves on the day", "Signals on the day", "Grades of your holdings"]


def test_the_headline_is_the_portfolio_then_bitcoin_then_the_market_then_what_there_is() -> None:
    assert briefing().headline.text.startswith("Your portfolio ")
    assert briefing("no holdings").headline.text.startswith("Bitcoin ")
    assert " tracked coins rose on the day" in briefing_of(make_snapshot(Given({2: walk(2), 3: walk(3)}))).headline.text
    assert briefing("stale holding").headline.text.startswith("Bitcoin ")
    assert briefing("one day old").headline.text.startswith("This is the first briefing")


def test_a_tampered_figure_is_caught() -> None:
    tried = 0
    for section, made in enumerate(briefing().sections):
        for place, true in enumerate(made.sentences):
            for shown in [segment.text for segment in true.segments if segment.fact_id and "." in segment.text][:1]:
                digit = shown[shown.index(".") + 1]
                false = tampered(true, shown, shown.replace(f".{digit}", f".{(int(digit) + 1) % 10}"))
                assert codes(with_sentence(briefing(), (section, place), false), safe()), false.text
                tried += 1
    assert tried > 12


@pytest.mark.parametrize(
    ("old", "new"), [("rose", "fell"), ("fell", "rose"), ("Bitcoin", "Ethereum"), ("7 days", "30 days")]
)
def test_a_tampered_word_is_caught(old: str, new: str) -> None:
    changed = 0
    for section, made in enumerate(briefing().sections):
        for place, sentence in enumerate(made.sentences):
            if old in sentence.text:
                changed += 1
                assert codes(with_sentence(briefing(), (section, place), tampered(sentence, old, new)), safe())
    assert changed


def test_a_tampered_headline_is_caught() -> None:
    false = replace(briefing(), headline=Sentence((Segment("Bitcoin rose 5.0% on the day."),), ()))
    assert codes(false, safe()) >= {"unbacked"}


def test_a_dropped_sentence_with_a_mandatory_claim_is_caught() -> None:
    section = briefing().sections[1]
    short = (briefing().sections[0], replace(section, sentences=section.sentences[1:]), *briefing().sections[2:])
    assert codes(replace(briefing(), sections=short), safe()) == {"incomplete"}


def test_a_fixed_sentence_that_does_not_hold_is_caught() -> None:
    false = with_sentence(briefing(), (5, 0), Sentence((Segment("No signal fired on the day."),), ()))
    assert "safe" in codes(false, safe())


HOLDINGS = 1


def holdings() -> Table:
    return briefing().sections[HOLDINGS].tables[0]


def column(title: str) -> int:
    return next(place for place, column in enumerate(holdings().columns) if column.title == title)


def test_the_holdings_are_listed_by_weight_with_their_figures() -> None:
    assert [column.title for column in holdings().columns] == [
        *("Asset", "Close", "Value", "Weight", "1 day", "7 days", "30 days", "RSI"),
    ]
    weights = [float(row[column("Weight")].text.rstrip("%")) for row in holdings().rows]
    assert weights == sorted(weights, reverse=True)
    assert {row[0].text for row in holdings().rows} == {"Bitcoin", "Ethereum", "Cosmos"}
    for row in holdings().rows:
        change = row[column("1 day")]
        assert change.tone == {"+": 1, "-": -1}.get(change.text[0], 0)
        assert row[column("Close")].tone == 0


def test_a_cell_without_a_figure_says_so() -> None:
    rows = briefing("new holding").sections[HOLDINGS].tables[0].rows
    assert [cell.text for cell in rows[0]][-2:] != [ABSENT]  # columns that nobody fills are left out
    rows = briefing("stale holding").sections[HOLDINGS].tables[0].rows
    assert Cell(ABSENT) in rows[1]
    assert rows[1][0].text == "Pump.fun"


@pytest.mark.parametrize("title", ["Close", "Value", "Weight", "1 day", "RSI"])
def test_a_tampered_cell_is_caught(title: str) -> None:
    cell = holdings().rows[0][column(title)]
    false = replace(cell, text=cell.text.translate(str.maketrans("123456789", "234567891")))
    assert codes(with_table(briefing(), HOLDINGS, with_cell(holdings(), 0, column(title), false)), safe()) == {
        *("figure",),
    }


def test_a_figure_without_a_fact_is_caught() -> None:
    false = with_cell(holdings(), 0, column("Close"), Cell("$5.00"))
    assert codes(with_table(briefing(), HOLDINGS, false), safe()) == {"uncited"}


def test_swapped_row_names_are_caught() -> None:
    rows = holdings().rows
    swapped = replace(holdings(), rows=((rows[1][0], *rows[0][1:]), (rows[0][0], *rows[1][1:]), *rows[2:]))
    assert codes(with_table(briefing(), HOLDINGS, swapped), safe()) == {"entity"}


def test_a_row_of_nobody_is_caught() -> None:
    rows = holdings().rows
    foreign = replace(holdings(), rows=(*rows, (Cell("Buy now"), *[Cell(ABSENT)] * 7)))
    assert codes(with_table(briefing(), HOLDINGS, foreign), safe()) == {"entity"}


def test_a_true_figure_in_the_wrong_column_is_caught() -> None:
    week = holdings().rows[0][column("7 days")]
    false = with_cell(holdings(), 0, column("1 day"), week)
    assert codes(with_table(briefing(), HOLDINGS, false), safe()) == {"column"}


def test_a_column_that_nobody_knows_is_caught() -> None:
    columns = (*holdings().columns[:-1], replace(holdings().columns[-1], title="Target price"))
    assert codes(with_table(briefing(), HOLDINGS, replace(holdings(), columns=columns)), safe()) == {"column"}


def test_a_signal_that_fired_cannot_be_called_silent() -> None:
    signals = briefing().sections[4].tables[0]
    place = next(place for place, column in enumerate(signals.columns) if column.title == "Volume (sigma)")
    assert [(row[0].text, row[place].text) for row in signals.rows] == [("Ethereum", NOT_FIRED), ("Bitcoin", "4.2")]
    silent = with_cell(signals, 1, place, Cell(NOT_FIRED))
    false = replace(briefing().sections[4], tables=(silent, *briefing().sections[4].tables[1:]))
    sections = (*briefing().sections[:4], false, briefing().sections[5])
    assert codes(replace(briefing(), sections=sections), safe()) == {"uncited"}


def broken() -> Briefing:
    """A false first sentence and a false cell in the portfolio, a mandatory sentence gone, one said twice."""
    first = briefing().sections[HOLDINGS].sentences[0]
    false = with_sentence(briefing(), (HOLDINGS, 0), tampered(first, "Your portfolio", "Bitcoin"))
    cell = replace(holdings().rows[0][1], text="$5.00")
    false = with_table(false, HOLDINGS, with_cell(holdings(), 0, 1, cell))
    market, movers = false.sections[2], false.sections[3]
    doubled = replace(market, sentences=(*market.sentences, market.sentences[0]))
    sections = (*false.sections[:2], doubled, replace(movers, sentences=(), tables=()), *false.sections[4:])
    return replace(false, sections=sections)


def test_without_its_failures_a_briefing_can_be_published() -> None:
    assert codes(broken(), safe()) >= {"incomplete", "figure", "duplicate"}
    rest = without_failures(broken(), safe())
    assert check_briefing(rest, safe()) == ()
    assert rest.writer.notes == ("2 sentences that failed their check were left out.",)
    assert len(sentences(rest)) == len(sentences(broken())) - 2
    assert rest.sections[HOLDINGS].tables[0].rows[0][1] == Cell(ABSENT)
    assert SectionKey.MOVERS not in {section.key for section in rest.sections}
    assert rest.headline.text.startswith(sentences(rest)[0].text[:10])  # its claim went with the false sentence


def test_a_briefing_without_failures_stays_as_it_is_but_for_the_note() -> None:
    rest = without_failures(briefing(), safe())
    assert replace(rest, writer=briefing().writer) == briefing()


def test_a_failed_headline_is_replaced_by_the_first_true_sentence() -> None:
    false = replace(briefing(), headline=Sentence((Segment("Buy Bitcoin."),), ()))
    rest = without_failures(false, safe())
    assert rest.headline == sentences(briefing())[0]


def test_the_chart_begins_at_a_hundred_and_keeps_its_gaps() -> None:
    portfolio, bitcoin = briefing().chart
    assert (portfolio.name, bitcoin.name) == ("Your portfolio", "Bitcoin")
    assert len(bitcoin.days) == len(bitcoin.values) == 91
    assert bitcoin.days[-1] == AS_OF
    assert bitcoin.values[0] == 100.0
    closes = FULL.closes[BITCOIN]
    assert bitcoin.values[-1] == pytest.approx(closes[-1] / closes[-91] * 100, abs=1e-4)
    gaps = [place for place, value in enumerate(portfolio.values) if value is None]
    assert gaps == [place for place in range(91) if (DAYS - 91 + place + 1) % 90 == 0]
    assert briefing("one day old").chart == ()


@st.composite
def snapshots(draw: st.DrawFn) -> Given:
    ids = list(range(1, draw(st.integers(1, 12)) + 1))
    closes = {asset_id: draw(_series(asset_id)) for asset_id in ids}
    closes[1] = [*closes[1][:-1], 42.0]  # a snapshot exists only if its last day has a bar
    held = draw(st.lists(st.sampled_from([*ids, 13]), max_size=5, unique=True))
    amounts = st.sampled_from(["1", "0.00001", "2500000", "0.5", "0"])
    fired = st.sampled_from(["macd_bullish_cross", "breakout_up", "breakout_down", "volume_spike", "rsi_oversold"])
    signals = draw(st.sets(st.tuples(st.sampled_from(ids), fired), max_size=6))
    calls = draw(st.lists(st.sampled_from(held), unique=True)) if held else []
    previous = draw(st.none() | st.integers(0, 450).map(lambda days: PreviousBriefing(
        AS_OF - timedelta(days=days), AS_OF - timedelta(days=days + draw(st.integers(0, 2))))))  # fmt: skip
    return Given(
        closes=closes,
        holdings={asset_id: draw(amounts) for asset_id in held},
        slugs={asset_id: "bitcoin" for asset_id in ids if draw(st.booleans()) and asset_id == 1},
        volumes={asset_id: [draw(st.sampled_from([0.0, NAN, 7.0]))] * 30 for asset_id in ids[:2]},
        grades=tuple(
            graded(asset_id, draw(st.sampled_from(["tm", "trader", "investor"])), *draw(GRADES),
                   age=draw(st.integers(-1, 7)))
            for asset_id in calls
        ),
        trading_signals=tuple(
            TradingSignalSeen(asset_id, AS_OF, draw(CALLS), FETCHED, draw(st.none() | CALLS)) for asset_id in calls
        ),
        market=tuple(
            metric(name, draw(st.floats(0, top)), draw(st.integers(-1, 3)))
            for name, top in ((TOTAL, 9e13), (SHARE, 100.0), (MOOD, 100.0), (MOOD, 100.0))
            if draw(st.booleans())
        ),
        signals=tuple(
            SignalSeen(asset_id, name, 1, draw(st.floats(3.0, 5000.0))) for asset_id, name in sorted(signals)
        ),
        runs=draw(st.lists(RUNS, max_size=3, unique_by=lambda seen: seen.kind).map(tuple)),
        previous=previous,
        new_signals=None if previous is None else (NewSignal(AS_OF, 1, "breakout_up"),) * draw(st.integers(0, 3)),
        late_days=draw(st.integers(0, 2)),
        names={number: NamedAsset(number, draw(st.sampled_from(COINS)), f"C{number}") for number in range(1, 14)},
    )  # fmt: skip


COINS = ["Bitcoin", "Bitcoin Cash", "1inch", "Pump.fun", "Cosmos", "Bitcoin rose 50", "neiro", "NEIROCTO", "Buy", ""]
GRADES = st.tuples(st.floats(0, 100), st.none() | st.floats(0, 100))
CALLS = st.sampled_from([-1, 0, 1])
RUNS: st.SearchStrategy[RunSeen] = st.builds(
    run,
    st.sampled_from(["daily_bars", "trader_grades", "sentiment", "onchain_metrics"]),
    st.sampled_from([None, "RateLimited", "Unavailable", "Unsupported"]),
    st.integers(0, 1),
    st.sampled_from(["ok", "partial", "failed"]),
)


def _series(seed: int) -> st.SearchStrategy[list[float]]:
    def made(days: int, scale: float, gaps: frozenset[int], flat: bool) -> list[float]:  # noqa: FBT001 - drawn
        values = [scale] * days if flat else [value * scale for value in walk(seed, days=days)]
        return [NAN if days - place in gaps else value for place, value in enumerate(values)]

    lengths = st.sampled_from([1, 2, 6, 31, 95, 370, DAYS])
    scales = st.sampled_from([1e-9, 1.0, 1000.0])
    return st.builds(made, lengths, scales, st.frozensets(st.integers(1, 120), max_size=6), st.booleans())


@settings(max_examples=25)
@given(given_now=snapshots())
def test_whatever_the_market_does_the_briefing_passes_and_no_cell_is_not_a_number(given_now: Given) -> None:
    seen = make_snapshot(given_now)
    made = briefing_of(seen)
    assert check_briefing(made, safe_of(seen)) == ()
    text = " ".join(sentence.text for sentence in [made.headline, *sentences(made)])
    assert not re.search(r"\b(nan|None(?! of)|n/a|inf|NaN)\b", text)
    cells = {cell.text for section in made.sections for table in section.tables for row in table.rows for cell in row}
    assert not {text for text in cells if re.search(r"nan|None|inf|NaN", text) and not text[0].isupper()}
    assert all(fact.value is None or fact.value.is_finite() for fact in made.facts)
    stated = {claim_id for sentence in sentences(made) for claim_id in sentence.claim_ids}
    assert {claim.claim_id for claim in made.claims if claim.mandatory} <= stated
    assert parse_briefing(briefing_json(made)) == made
