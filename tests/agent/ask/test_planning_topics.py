from datetime import date
from typing import Any

import pytest

from agent.analytics.signals.registry import SIGNALS
from agent.ask.arguments import TOOLS, AskMetric, History, Index, Portfolio, Rank, Sectors, TrackRecord
from agent.ask.intents import Call
from agent.ask.intents_topics import EVENTS, GRADE_KINDS, SCORED_SIGNALS
from agent.ask.planning_text import METRIC_TEXTS, understood_text
from agent.briefing.remembered import REMEMBERED
from agent.claims.fact import Metric
from tests.agent.ask.phrasings import WORDED
from tests.agent.ask.questions_more import NEW_40
from tests.agent.ask.test_planning import ask, is_planned, stated

CASES = [(question, wanted) for wanted, questions in WORDED for question in questions]


def _looked_up(question: str) -> str:
    parts = []
    for call in ask(question).calls:
        view = call.arguments.view if isinstance(call.arguments, Portfolio) else "overview"
        parts.append(call.tool if view == "overview" else f"{call.tool} {view}")
    return " / ".join(parts) or "none"


def test_the_forty_questions_are_four_of_each_of_ten_kinds() -> None:
    kinds = [question.kind for question in NEW_40]
    assert {kind: kinds.count(kind) for kind in kinds} == dict.fromkeys(dict.fromkeys(kinds), 4)
    assert len(set(kinds)) == 10
    assert len({question.text for question in NEW_40}) == 40


def test_the_forty_questions_written_beforehand_are_planned_right() -> None:
    assert [question.text for question in NEW_40 if not is_planned(question)] == []


@pytest.mark.parametrize(("question", "wanted"), CASES)
def test_other_words_for_the_same_look_up_the_same(question: str, wanted: str) -> None:
    assert _looked_up(question) == wanted


def test_every_day_that_is_remembered_has_words_and_no_other_day_has() -> None:
    assert {day for day, _ in EVENTS} == set(REMEMBERED)


def test_grades_and_signals_are_called_as_the_tools_call_them() -> None:
    kinds = TOOLS["track_record"].model_fields["grade"].annotation
    assert all(kind in str(kinds) for kind in GRADE_KINDS.values())
    assert {name for name, _ in SCORED_SIGNALS} <= {signal.name for signal in SIGNALS}


def test_every_metric_has_words_of_its_own() -> None:
    assert set(METRIC_TEXTS) == set(AskMetric)
    assert len(set(METRIC_TEXTS.values())) == len(AskMetric)


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("what would terra's collapse have done to my coins", date(2022, 5, 12)),
        ("my portfolio when celsius collapsed", date(2022, 6, 13)),
        ("what did the tariffs shock cost me", date(2025, 4, 6)),
        ("how would I have done on 5 August 2024", date(2024, 8, 5)),
        ("did i lose money on monday", date(2025, 10, 6)),
    ],
)
def test_a_day_of_stress_is_a_date_or_what_it_is_remembered_for(question: str, day: date) -> None:
    assert stated(ask(question)) == [("portfolio", {"view": "stress", "day": day})]


@pytest.mark.parametrize(
    "question", ["do I hold any luna", "what did you say about ftx", "is there a report on tariffs"]
)
def test_a_word_that_reminds_of_a_shock_is_not_always_one(question: str) -> None:
    assert all(getattr(call.arguments, "view", None) != "stress" for call in ask(question).calls)


@pytest.mark.parametrize(
    ("question", "declined"),
    [
        ("how far am I off my targets", []),
        ("what are my target weights", []),
        ("should I rebalance", ["advice"]),
        ("price target of my eth", ["forecast"]),
        ("has eth hit its target", ["forecast"]),
        ("is my eth over its target", []),
        ("does the trader grade predict gains", []),
        ("can you predict the price of bitcoin", ["forecast"]),
    ],
)
def test_own_targets_and_past_records_are_no_forecasts(question: str, declined: list[str]) -> None:
    assert [kind.value for kind in ask(question).declined] == declined


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("my index", None),
        ("rank my indices", None),
        ("how did my large-caps index do this month", "large-caps"),
        ("is index alts ahead of btc", "alts"),
        ("what is the level of the index called top-10", "top-10"),
        ("how is \u201cmy picks\u201d index doing", "my picks"),
        ('"how is my index doing"', None),
    ],
)
def test_the_name_of_an_index_is_the_word_beside_it(question: str, name: str | None) -> None:
    wanted = {} if name is None else {"name": name}
    assert stated(ask(question)) == [("index", wanted)]
    assert not any("Not read" in note or "no asset" in note for note in ask(question).notes)


@pytest.mark.parametrize("question", ["what is the fear and greed index", "altcoin season index"])
def test_an_index_of_the_market_is_none_of_the_readers_own(question: str) -> None:
    assert [call.tool for call in ask(question).calls] == ["market"]


@pytest.mark.parametrize(
    ("question", "arguments"),
    [
        ("which sector fell the most last week", {"window": "7d", "end": "bottom", "count": 1}),
        ("top 5 sectors", {"count": 5}),
        ("hottest narrative right now", {"count": 1}),
        ("how is the real world assets sector doing", {"sector": "real world assets"}),
        ("how are memecoins doing over a week", {"sector": "meme", "window": "7d"}),
        ("are layer 2s up this month", {"sector": "layer 2"}),
        ("how is the defi market", {"sector": "defi"}),
    ],
)
def test_a_sector_is_named_or_the_first_of_all_are_told(question: str, arguments: dict[str, Any]) -> None:
    assert stated(ask(question)) == [("sectors", arguments)]


@pytest.mark.parametrize(
    ("question", "call", "said"),
    [
        ("top 3 gainers except stablecoins", {"metric": "change", "window": "1d"}, "except stablecoins"),
        ("top 3 gainers without btc and eth", {"metric": "change", "window": "1d"}, "without Bitcoin and Ethereum"),
        ("most volatile coins excluding memes", {"metric": "volatility"}, "excluding memes"),
    ],
)
def test_what_cannot_be_left_out_is_said(question: str, call: dict[str, Any], said: str) -> None:
    plan = ask(question)
    assert stated(plan) == [("rank", call)]
    assert f'"{said}" was not used: nothing can be left out here.' in plan.notes


def test_the_assets_that_are_kept_keep_their_names_where_others_are_left_out() -> None:
    plan = ask("compare btc, ada and sol but not eth")
    assert stated(plan) == [("compare", {"assets": ("Bitcoin", "Cardano", "Solana")})]
    plan = ask("except eth, compare sol and ada")
    assert stated(plan) == [("compare", {"assets": ("Solana", "Cardano")})]


def test_a_what_if_without_a_coin_is_about_that_coin() -> None:
    assert stated(ask("how would my portfolio look without dogecoin")) == [("what_if", {"drop": ("Dogecoin",)})]


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("best restaurant in Rome", '"restaurant", "Rome"'),
        ("how is the stock market", '"stock market"'),
        ("best city in the world", '"city"'),
        ("top 10 movies", '"movies"'),
    ],
)
def test_what_is_nothing_of_the_market_is_not_answered_with_it(question: str, texts: str) -> None:
    plan = ask(question)
    assert plan.calls == ()
    assert plan.notes[0] == f"Not in the data: {texts}."


@pytest.mark.parametrize(
    ("question", "metric", "end"),
    [
        ("which coins are furthest below their high", "drawdown", "top"),
        ("which coins are closest to their high", "drawdown", "bottom"),
        ("coins with the smallest drawdown", "drawdown", "bottom"),
        ("coins with the deepest max drawdown", "max_drawdown", "top"),
        ("which coin has the lowest max drawdown", "max_drawdown", "bottom"),
        ("coin with the worst sortino", "sortino", "bottom"),
        ("highest downside volatility", "downside_volatility", "top"),
    ],
)
def test_the_end_of_a_ranking_goes_by_what_is_shown(question: str, metric: str, end: str) -> None:
    found = ask(question).calls[0].arguments.model_dump()
    assert (found["metric"], found["end"]) == (metric, end)


@pytest.mark.parametrize(
    ("question", "side"),
    [
        ("which coins crossed above their 50 day average", "above"),
        ("coins that crossed below the 200-day mean", "below"),
        ("which coins crossed back under their 200 day ma", "below"),
    ],
)
def test_a_crossing_is_told_as_the_side_that_a_close_is_on_and_says_so(question: str, side: str) -> None:
    plan = ask(question)
    assert [(call.tool, call.arguments.model_dump()["filters"][0]["side"]) for call in plan.calls] == [("screen", side)]
    assert any(note.startswith("On which day a close crossed") for note in plan.notes)


def test_what_was_understood_of_the_newer_tools_is_said_from_the_calls_alone() -> None:
    calls = [
        *(Call("portfolio", Portfolio(view=view)) for view in ("exposure", "targets", "weights", "stress")),
        Call("portfolio", Portfolio(view="stress", day=date(2022, 11, 9))),
        *(Call(name, TOOLS[name].model_validate(given, strict=False)) for name, given in (
            ("sectors", {"end": "bottom", "count": 1, "window": "7d"}), ("sectors", {"sector": "ai"}),
            ("index", {}), ("index", {"name": "majors"}), ("track_record", {"days": 7}),
            ("track_record", {"signal": "golden_cross"}), ("track_record", {"grade": "tm", "days": 1}),
        )),
    ]  # fmt: skip
    assert [understood_text([call]) for call in calls] == [
        "What your portfolio is exposed to.",
        "Your portfolio and its targets.",
        "Your holdings with other weights.",
        "Your portfolio's weights of today on its worst days.",
        "Your portfolio's weights of today on 9 November 2022.",
        "The weakest sector over 7 days.",
        "The sector ai over 30 days.",
        "Your indices.",
        'Your index "majors".',
        "How signals and grades did before over the next 7 days.",
        "How the signal golden cross did before.",
        "How the TM grade did before over the next 1 day.",
    ]


def test_a_search_of_earlier_texts_looks_for_what_the_grammar_knows_too() -> None:
    assert stated(ask("did any report mention staking on cardano"))[0][1]["query"] == "staking Cardano"


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("what is my sharpe ratio", ["sharpe", "reweighted"]),
        ("my max drawdown", ["max_drawdown", "deepest_fall"]),
        ("what share of coins is above the 200 day average", ["above_200d_share"]),
        ("are we in altcoin season", ["beat_bitcoin_share"]),
        ("rebalance my portfolio", ["target_distance", "target_trade"]),
        ("how much of my portfolio is stablecoins", ["cash_share", "stablecoin_supply"]),
        ("am I too heavy in memecoins", ["meme"]),
        ("which chains am I on", ["trait_share"]),
        ("would equal weights have been less volatile", ["volatility", "equally"]),
        ("stablecoin supply", ["cash_share", "stablecoin_supply"]),
        ("how is my portfolio", []),
        ("sharpe ratio of bitcoin", []),  # its answer is that figure alone
    ],
)
def test_a_broad_answer_knows_which_figures_were_asked_about(question: str, first: list[str]) -> None:
    assert [*ask(question).focus] == first


@pytest.mark.parametrize(
    ("question", "sector"),
    [
        ("am I too heavy in defi?", "defi"),
        ("how much of my portfolio is ai", "artificial intelligence"),
        ("share of L2s in my portfolio", "layer 2"),
        ("which sectors am I in", None),
        ("how much of my portfolio is stablecoins", None),
    ],
)
def test_the_sector_of_holdings_that_is_named_is_looked_for(question: str, sector: str | None) -> None:
    (call,) = ask(question).calls
    assert call.arguments == Portfolio(view="exposure", sector=sector)


@pytest.mark.parametrize(
    ("question", "call", "note"),
    [
        ("what if bitcoin falls 30%", Call("portfolio", Portfolio(view="stress")), None),
        ("what if bitcoin crashes", Call("portfolio", Portfolio(view="stress")), "A fall of Bitcoin by 30% is taken."),
        ("what's my target for bitcoin", Call("portfolio", Portfolio(view="targets")), None),
        ("create an index of the top 10", Call("index", Index()),
         "A question changes nothing: `coinbrief index` and `coinbrief portfolio` do."),
        ("weights of my index majors", Call("index", Index(name="majors")),
         "What an index holds: `coinbrief index show majors`."),
        ("which signal is the best", Call("track_record", TrackRecord()), None),
        ("do golden crosses work on solana", Call("track_record", TrackRecord(signal="golden_cross")),
         "A track record is of all coins together."),
        ("which coins are in the gaming sector", Call("sectors", Sectors(sector="gaming")),
         "Which coins a sector has is not told here."),
        ("btc.d", Call("history", History(asset="Bitcoin", metric=AskMetric.DOMINANCE, window="30d")), None),
        ("how alike are my coins", Call("portfolio", Portfolio(view="diversification")), None),
        ("is my staked eth counted twice", Call("portfolio", Portfolio(view="exposure")), None),
        ("rank coins by nvt", Call("rank", Rank(metric=AskMetric.NVT)), None),
    ],
)  # fmt: skip
def test_a_question_that_was_once_misread_is_read(question: str, call: Call, note: str | None) -> None:
    plan = ask(question)
    assert plan.calls == (call,)
    assert plan.declined == ()
    assert plan.notes == (() if note is None else (note,))


def test_a_fall_that_is_assumed_is_told_first() -> None:
    assert ask("what happens to my portfolio if btc drops 30%").focus == (Metric.SHOCK_CHANGE,)


def test_a_ratio_against_a_coin_is_told_of_both() -> None:
    mine, other = ask("sharpe of my portfolio vs bitcoin").calls
    assert mine == Call("portfolio", Portfolio(view="risk"))
    assert other.arguments == History(asset="Bitcoin", metric=AskMetric.SHARPE, window="30d")


@pytest.mark.parametrize(
    "question", ["stablecoin supply", "what is the total value locked in defi?", "total market cap"]
)
def test_the_money_in_the_market_is_a_figure_of_the_market(question: str) -> None:
    assert [call.tool for call in ask(question).calls] == ["market"]
