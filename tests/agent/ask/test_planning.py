import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.analytics.signals.registry import SIGNALS
from agent.analytics.signals.signal import Family
from agent.ask.arguments import TOOLS, Correlation, History, Market, Rank, Screen
from agent.ask.intents import Call, Plan
from agent.ask.intents_words import FAMILIES, SIGNAL_NAMES
from agent.ask.planning import plan_question
from agent.ask.planning_text import CAN_ANSWER, NOT_UNDERSTOOD, understood_text
from agent.ask.tools import Candidate
from tests.agent.ask.names_index import NamesIndex
from tests.agent.ask.questions import ASSETS, QUESTIONS, TODAY, Question
from tests.agent.ask.questions_more import NEW_40

NAMES = NamesIndex(ASSETS)


def ask(question: str, after: str | None = None) -> Plan:
    context = plan_question(after, NAMES, TODAY) if after else None
    return plan_question(question, NAMES, TODAY, context)


def stated(plan: Plan) -> list[tuple[str, dict[str, Any]]]:
    return [(call.tool, call.arguments.model_dump(exclude_defaults=True)) for call in plan.calls]


def is_planned(question: Question) -> bool:
    plan = ask(question.text, question.after)
    if len(plan.calls) != len(question.calls) or tuple(kind.value for kind in plan.declined) != question.declined:
        return False
    if (plan.premise.direction if plan.premise else 0) != question.premise or question.note not in " ".join(plan.notes):
        return False
    for call, (tool, wanted) in zip(plan.calls, question.calls, strict=True):
        found = call.arguments.model_dump()
        if call.tool != tool or any(found[name] != value for name, value in wanted.items()):
            return False
    return True


def test_the_eighty_questions_are_eight_of_each_of_ten_kinds() -> None:
    kinds = [question.kind for question in QUESTIONS]
    assert {kind: kinds.count(kind) for kind in kinds} == dict.fromkeys(dict.fromkeys(kinds), 8)
    assert len(set(kinds)) == 10
    assert len({question.text for question in QUESTIONS}) == 80


def test_most_of_the_questions_written_beforehand_are_planned_right() -> None:
    missed = [question.text for question in QUESTIONS if not is_planned(question)]
    assert missed == []


@pytest.mark.parametrize("question", [*QUESTIONS, *NEW_40], ids=lambda question: question.text)
def test_every_question_says_what_is_looked_up_or_why_nothing_is(question: Question) -> None:
    plan = ask(question.text, question.after)
    assert bool(plan.understood) == any(call.tool != "help" for call in plan.calls)
    assert all(call.tool == "help" or isinstance(call.arguments, TOOLS[call.tool]) for call in plan.calls)


@pytest.mark.parametrize(
    ("question", "asset"),
    [
        ("ONE price", "Harmony"),
        ("one price", "Harmony"),
        ("price of $near", "NEAR Protocol"),
        ("is near down", "NEAR Protocol"),
        ("what's gas at", "Gas"),
        ("is $NOT up", "Notcoin"),
        ("PEOPLE price please", "ConstitutionDAO"),
        ("how much is the graph worth", "The Graph"),
        ("price of id 9", "Cardano"),
        ("price of #9", "Cardano"),
        ("how is usd coin doing", "USD Coin"),
        ("how is link doing", "Chainlink"),
    ],
)
def test_a_symbol_that_is_a_word_is_a_coin_where_it_has_to_be(question: str, asset: str) -> None:
    assert stated(ask(question)) == [("price", {"asset": asset})]


@pytest.mark.parametrize(
    ("question", "tool"),
    [
        ("which one rose the most", "rank"),
        ("top gainers", "rank"),
        ("do people fear the market", "market"),
        ("how is the market, not good?", "market"),
        ("just show my portfolio", "portfolio"),
        ("which coins are near their high and below $1", "screen"),
    ],
)
def test_a_word_that_is_a_symbol_too_is_no_coin_where_something_else_fits(question: str, tool: str) -> None:
    plan = ask(question)
    assert [call.tool for call in plan.calls] == [tool]
    assert not any("I took" in note for note in plan.notes)


def test_a_list_may_have_a_word_that_is_a_symbol_and_says_so() -> None:
    plan = ask("compare sol and near")
    assert stated(plan) == [("compare", {"assets": ("Solana", "NEAR Protocol")})]
    assert plan.notes == ('I took "near" for NEAR Protocol.',)


@pytest.mark.parametrize(
    ("question", "asset", "typed"),
    [
        ("etherium price", "Ethereum", "etherium"),
        ("bitconi price", "Bitcoin", "bitconi"),
        ("how is avalnche", "Avalanche", "avalnche"),
        ("shiba innu price", "Shiba Inu", "shiba innu"),
    ],
)
def test_a_name_with_one_letter_wrong_is_taken_and_named(question: str, asset: str, typed: str) -> None:
    plan = ask(question)
    assert stated(plan) == [("price", {"asset": asset})]
    assert plan.notes == (f'I took "{typed}" for {asset}.',)


def test_a_command_with_one_letter_wrong_is_taken_and_named() -> None:
    assert stated(ask("my portfolo")) == [("portfolio", {})]
    assert ask("my portfolo").notes == ('I took "portfolo" for "portfolio".',)


def test_a_name_that_is_one_letter_from_two_assets_is_asked_back() -> None:
    names = NamesIndex((Candidate(1, "Moonex"), Candidate(2, "Moonez")))
    plan = plan_question("price of moonew", names, TODAY)
    assert (plan.calls, [candidate.asset_id for candidate in plan.candidates]) == ((), [1, 2])


def test_an_ambiguous_symbol_is_asked_back_and_not_guessed() -> None:
    plan = ask("price of neiro")
    assert (plan.calls, [candidate.asset_id for candidate in plan.candidates]) == ((), [4, 5])
    assert "Neiro (id 4), Neiro on ETH (id 5)" in plan.notes[0]
    assert stated(ask("price of neiro on eth")) == [("price", {"asset": "Neiro on ETH"})]


def test_an_asset_whose_name_is_not_its_alone_is_passed_by_number() -> None:
    names = NamesIndex((Candidate(4, "Neiro", "NEIRO"), Candidate(5, "Neiro", "NEIROETH")))
    assert stated(plan_question("price of neiroeth", names, TODAY)) == [("price", {"asset": "id 5"})]


@pytest.mark.parametrize("question", ["price of foocoin", "how's foocoin doing", "grades of foocoin", "foocoin"])
def test_what_is_no_asset_is_named(question: str) -> None:
    plan = ask(question)
    assert (plan.calls, plan.unresolved) == ((), ("foocoin",))
    assert plan.notes[0] == 'Not in the data: no asset is called "foocoin".'


def test_an_unknown_name_beside_a_known_one_is_named_too() -> None:
    plan = ask("price of btc and foocoin")
    assert stated(plan) == [("price", {"asset": "Bitcoin"})]
    assert plan.unresolved == ("foocoin",)


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("is btc dead", 'Not read: "dead".'),
        ("top 3 coins since Monday", 'Here "since monday" is taken as 7 days up to the last close.'),
        ("top 3 meme coins", "Coins are not narrowed by sector here: all of them are looked at."),
        ("which coins have high volume and rsi below 40", "Without a bound the volume was not used."),
        ("signals for btc last week", '"last week" was not used: this is known as of the last close.'),
        ("bitcoin on 1 December 2026", "is after the last close, that of 10 October 2025 (UTC)."),
        ("price of bitcoin yesterday vs last week", 'Of the times only "yesterday" was read.'),
        ("what if eth drops 20%", "A what-if is answered for a change of the holdings with its size"),
        ("btc eth sol ada dot ltc doge avax prices", "Only the first 6 assets were read."),
    ],
)
def test_what_is_not_taken_up_is_said(question: str, note: str) -> None:
    assert any(note in said for said in ask(question).notes)


def test_a_time_before_all_data_is_said() -> None:
    plan = plan_question("price of btc on 3 January 2009", NAMES, TODAY, first_day=date(2020, 1, 1))
    assert "before all data, which begins on 1 January 2020" in plan.notes[0]


@pytest.mark.parametrize("question", ["", "???", "hello", "\u0000\u200b", "...", "and"])
def test_what_means_nothing_is_answered_with_what_can_be_asked(question: str) -> None:
    assert ask(question) == Plan(notes=(NOT_UNDERSTOOD, CAN_ANSWER))


@pytest.mark.parametrize("question", ["比特币的价格是多少", "wie geht es dir heute abend", "asdf qwer zxcv"])
def test_another_language_is_answered_with_what_can_be_asked(question: str) -> None:
    plan = ask(question)
    assert plan.calls == ()
    assert plan.notes[-1] == CAN_ANSWER


@pytest.mark.parametrize(
    ("question", "changes"),
    [
        ("what if I sell my btc", {"drop": ("Bitcoin",)}),
        ("what if I cut bitcoin to 40%", {"resize": ("Bitcoin=40%",)}),
        ("what if I swap my doge for $1,000 of eth", {"add": ("Ethereum=$1000",), "drop": ("Dogecoin",)}),
        ("what if i put 10% of my portfolio into link", {"add": ("Chainlink=10%",)}),
        ("what would happen if I bought 2.5 ltc", {"add": ("Litecoin=2.5",)}),
        ("what if I drop ada and dot", {"drop": ("Cardano", "Polkadot")}),
    ],
)
def test_a_what_if_has_its_changes_as_the_command_line_takes_them(question: str, changes: dict[str, Any]) -> None:
    assert stated(ask(question)) == [("what_if", changes)]


@pytest.mark.parametrize(
    ("question", "asset", "direction", "window"),
    [
        ("why did BTC fall last week", "Bitcoin", -1, "7d"),
        ("how much did eth gain over 30 days", "Ethereum", 1, "30d"),
        ("why is the market down", None, -1, None),
    ],
)
def test_a_move_that_is_taken_for_granted_is_a_premise(
    question: str, asset: str | None, direction: int, window: str | None
) -> None:
    premise = ask(question).premise
    assert premise is not None
    assert (premise.asset, premise.direction, premise.window) == (asset, direction, window)


@pytest.mark.parametrize("question", ["did BTC fall", "why did btc go up or down", "how is btc"])
def test_an_open_question_takes_no_move_for_granted(question: str) -> None:
    assert ask(question).premise is None


def test_a_question_in_parts_has_the_calls_of_all() -> None:
    plan = ask("price of btc and how is my portfolio? show me the top 3 gainers; is the data fresh")
    assert [call.tool for call in plan.calls] == ["price", "portfolio", "rank", "data_health"]


@pytest.mark.parametrize(
    ("question", "filters"),
    [
        ("coins down 5-10% this week", [("change", "7d", "above", -10), ("change", "7d", "below", -5)]),
        ("coins between $0.10 and $1", [("price", None, "above", 0.1), ("price", None, "below", 1)]),
        ("tokens with market cap between 1bn and 5bn", [("market_value", None, "above", 1e9),
                                                        ("market_value", None, "below", 5e9)]),
        ("coins down less than 5% over 7 days", [("change", "7d", "above", -5), ("change", "7d", "below", 0)]),
        ("coins up 10% or more this week but down over 30% this year", [("change", "7d", "above", 10),
                                                                        ("change", "365d", "below", -30)]),
        ("coins more than 50% below their high", [("drawdown", None, "above", 50)]),
        ("which coins have an rsi of 80+", [("rsi", None, "above", 80)]),
        ("list coins with investor grade > 80 and a tm grade >= 70", [("investor_grade", None, "above", 80),
                                                                      ("tm_grade", None, "above", 70)]),
    ],
)  # fmt: skip
def test_the_conditions_of_a_screen_have_sides_bounds_and_windows(
    question: str, filters: list[tuple[str, str | None, str, float]]
) -> None:
    screen = ask(question).calls[0].arguments
    assert isinstance(screen, Screen)
    assert [(each.metric, each.window, each.side, each.bound) for each in screen.filters] == filters


def test_signals_and_families_are_called_as_the_registry_calls_them() -> None:
    assert {name for name, _ in SIGNAL_NAMES} <= {signal.name for signal in SIGNALS}
    assert set(FAMILIES) <= {family.value for family in Family}


def test_a_part_of_a_holding_is_not_taken_for_all_of_it() -> None:
    assert not any(call.tool == "what_if" for call in ask("what if i sold half my btc").calls)


def test_what_was_understood_is_said_from_the_calls_alone() -> None:
    gains = Rank.model_validate({"metric": "change", "window": "7d", "count": 5}, strict=False)
    screen = Screen.model_validate(
        {"filters": [{"metric": "rsi", "side": "below", "bound": 30.0}], "universe": "holdings"}, strict=False
    )
    month = History.model_validate(
        {"asset": "Bitcoin", "metric": "price", "start": date(2025, 9, 1), "end": date(2025, 9, 30)}, strict=False
    )
    calls = [Call("rank", gains), Call("screen", screen), Call("history", month)]
    assert understood_text(calls[:1]) == "The five largest gains over 7 days among tracked coins."
    assert understood_text(calls) == (
        "The five largest gains over 7 days among tracked coins; your holdings with RSI below 30; and the price of "
        "Bitcoin from 1 September 2025 to 30 September 2025."
    )
    assert understood_text([Call("correlation", Correlation()), Call("market", Market())]) == (
        "How alike your holdings moved over 90 days; and the market as a whole."
    )
    assert understood_text([]) == ""


WORDS = [
    *(question.text for question in (*QUESTIONS, *NEW_40)[::4]),
    "except", "index", "sector", "targets", "what if i", "add", "sell", "5%", "$1e", "-", "@0", "~rsi~", "&9",
    "since", "31 february", "between 1 and", "top 99", "id 999999999999", "$", "#", "neiro", "one", "why", "it", "or",
    "worth of", "more than", "١٢", "down",
]  # fmt: skip


@given(st.text(max_size=120) | st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), st.sampled_from(QUESTIONS))
def test_any_text_has_a_plan_whatever_was_asked_before(text: str, before: Question) -> None:
    plan = plan_question(text, NAMES, TODAY, ask(before.text))
    assert plan.calls or plan.notes
    assert len(plan.calls) <= 6
    assert all(plan.notes)
    for call in plan.calls:  # nothing went past the checks of the arguments
        assert type(call.arguments).model_validate(call.arguments.model_dump()) == call.arguments


@pytest.mark.parametrize(
    "piece", ["could it ", "worth of ", "what if i sell all my ", "last this past ", "a an the ", "1,"]
)
def test_a_very_long_question_is_read_in_no_time(piece: str) -> None:
    started = time.process_time()
    plan = ask(piece * 100_000)
    assert time.process_time() - started < 0.5
    assert "Only the first 400 characters of the question were read." in plan.notes
