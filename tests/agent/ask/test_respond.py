import json
from dataclasses import replace

import pytest

from agent.ask.gathering import STOPPED, Limits
from agent.ask.respond import CUT_SHORT, OPPOSITE, Manner, Models, Reply, answer_question
from agent.ask.toolset.result import ToolResult
from agent.claims.claim import Claim, ClaimKind, SectionKey, Sentence
from agent.claims.fact import Metric, Unit
from agent.llm.errors import LLMError, QuotaSpent, Truncated, Unavailable
from tests.agent.ask.fakes import FakeModel, FakeTools, calls, draft
from tests.agent.briefing.write.ground import fact, use, words

FELL = "Bitcoin fell 7.3% on the day to $100.00."
DONE = "done"


def asked(question: str, *script: object, tools: FakeTools | None = None, **manner: object) -> Reply:
    model = FakeModel(*script)  # type: ignore[arg-type]  # a script is checked when it is played
    models = Models(model, model) if script else None
    return answer_question(question, found := tools or FakeTools(), found, Manner(models=models, **manner))  # type: ignore[arg-type]  # the same


def test_without_a_model_each_claim_is_a_sentence_and_what_was_understood_is_said() -> None:
    answer = asked("What is the price of Bitcoin?").answer
    assert answer.sentences[0].text == FELL
    assert answer.writer.name == "template"
    assert "Bitcoin" in answer.understood
    assert [(step.tool, step.chosen_by, step.status) for step in answer.steps] == [("price", "grammar", "ok")]


def test_where_a_broad_answer_has_not_the_figure_that_was_asked_for_it_says_so() -> None:
    answer = asked("What is my Sortino ratio?").answer
    assert [sentence.text for sentence in answer.sentences] == ["Your portfolio was worth $52,310.22 at the close."]
    assert "There is no figure here for the Sortino ratio." in answer.notes
    assert not any("no figure" in note for note in asked("How is my portfolio?").answer.notes)


def test_what_was_asked_for_is_told_first() -> None:
    class Backwards(FakeTools):
        def run(self, name: str, arguments: object) -> ToolResult:
            worth = super().run("portfolio", {})
            share = fact(
                "f-share", "portfolio:1", Metric.TRAIT_SHARE, Unit.PCT, "12.5", qualifier="sector", label="defi"
            )
            claim = Claim("t1", ClaimKind.DIVERSIFICATION, "trait_share", SectionKey.PORTFOLIO, (share,), 0.1)
            return replace(worth, claims=(*worth.claims, claim), facts=(*worth.facts, share))

    answer = asked("How much of my portfolio is in defi?", tools=Backwards()).answer
    assert answer.sentences[0].text == '12.5% of your portfolio is in the sector "defi".'


def test_a_model_arranges_what_the_grammar_found_and_may_look_up_more() -> None:
    reply = asked(
        "price of bitcoin",
        calls(("price", {"asset": "Ethereum"})),
        DONE,
        draft([use("a1"), words(" while "), use("a2")]),
    )
    assert (
        reply.answer.text == "Bitcoin fell 7.3% on the day to $100.00 while Ethereum fell 11.9% on the day to $200.00."
    )
    assert [step.chosen_by for step in reply.answer.steps] == ["grammar", "model"]
    assert (reply.answer.writer.name, reply.answer.writer.step) == ("model tiny", "first")


def test_a_request_has_tools_or_a_schema_and_never_both() -> None:
    model = FakeModel(DONE, draft([use("a1")]))
    tools = FakeTools()
    answer_question("price of bitcoin", tools, tools, Manner(models=Models(model, model)))
    assert [(bool(request.tools), request.schema is not None) for request in model.requests] == [
        (True, False),
        (False, True),
    ]


def test_a_sentence_is_shown_before_the_model_has_finished() -> None:
    shown: list[tuple[str, int]] = []
    script = draft([use("a1")], [words("also, "), use("w1")])
    model = FakeModel(DONE, script)
    tools = FakeTools()

    def show(sentence: Sentence) -> None:
        shown.append((sentence.text, model.heard))

    answer_question("price of bitcoin", tools, tools, Manner(models=Models(model, model), show=show))
    assert [text for text, _ in shown] == [FELL, "Also, Bitcoin rose 12.5% over 7 days."]
    assert shown[0][1] < len(script)


LIES = {
    "own words": draft([words("Bitcoin will double")]),
    "a cause": draft([use("a1"), words(" because "), use("w1")]),
    "an unknown claim": draft([use("zz")]),
    "no JSON": "Bitcoin is at $999,999.",
    "another shape": '{"answer": "Bitcoin is at $999,999."}',
}


@pytest.mark.parametrize("name", LIES)
def test_a_lying_draft_is_asked_for_once_more_and_then_the_claims_stand_alone(name: str) -> None:
    shown: list[str] = []
    answer = asked(
        "price of bitcoin", DONE, LIES[name], LIES[name], show=lambda sentence: shown.append(sentence.text)
    ).answer
    assert (answer.writer.step, answer.sentences[0].text) == ("fallback", FELL)
    assert shown == [sentence.text for sentence in answer.sentences]
    assert "999" not in answer.text
    assert "double" not in answer.text


def test_true_sentences_of_a_draft_that_lies_later_are_kept() -> None:
    answer = asked("price of bitcoin", DONE, draft([use("a1")], [words("soon "), use("w1")])).answer
    assert (answer.writer.step, answer.text) == ("dropped", FELL)


def test_a_draft_that_is_cut_keeps_what_was_shown_and_says_so() -> None:
    begun = draft([use("a1")], [use("w1")])[:-30]
    answer = asked("price of bitcoin", DONE, (begun, Truncated("cut"))).answer
    assert (answer.text, answer.writer.step) == (FELL, "dropped")
    assert CUT_SHORT in answer.notes


def test_a_lazy_draft_cannot_leave_out_what_answers_the_question() -> None:
    answer = asked("price of bitcoin", DONE, draft([use("w1")])).answer
    assert [sentence.text for sentence in answer.sentences] == ["Bitcoin rose 12.5% over 7 days.", FELL]


@pytest.mark.parametrize("error", [Unavailable("down"), QuotaSpent("no money"), Truncated("cut")])
def test_a_model_that_fails_is_replaced_and_the_reason_is_told(error: LLMError) -> None:
    answer = asked("price of bitcoin", error).answer
    assert answer.sentences[0].text == FELL
    assert answer.writer.name == "template"
    assert error.plain in answer.writer.notes


def test_an_ambiguous_symbol_is_asked_back_and_no_model_may_guess() -> None:
    tools = FakeTools()
    answer = asked("price of NEIRO", calls(("price", {"asset": "Neiro on ETH"})), DONE, tools=tools).answer
    assert {candidate.asset_id for candidate in answer.candidates} == {4, 5}
    assert answer.sentences == ()
    assert not any("ETH" in name for name in tools.ran)


def test_an_unknown_coin_is_not_in_the_data() -> None:
    answer = asked("price of Foocoin").answer
    assert answer.sentences == ()
    assert any("Foocoin" in note for note in answer.notes)


def test_a_tool_that_finds_nothing_is_told() -> None:
    assert "Not in the data." in asked("which coins rose most this week?").answer.notes


def test_a_false_premise_is_met_with_the_change() -> None:
    assert OPPOSITE in asked("why did bitcoin rise?").answer.notes
    assert OPPOSITE not in asked("why did bitcoin fall?").answer.notes


def test_a_call_is_made_once_and_a_search_that_goes_in_circles_ends() -> None:
    again = calls(("price", {"asset": "Ethereum"}))
    tools = FakeTools()
    answer = asked("price of bitcoin", again, again, draft([use("a1")]), tools=tools).answer
    assert tools.ran.count("price Ethereum") == 1
    assert answer.sentences[0].text == FELL


def test_there_are_no_more_calls_than_allowed_and_the_reader_is_told() -> None:
    many = calls(*(("price", {"asset": f"coin {number}"}) for number in range(20)))
    tools = FakeTools()
    answer = asked("price of bitcoin", many, draft([use("a1")]), tools=tools, limits=Limits(calls=12)).answer
    assert len(tools.ran) == 12
    assert STOPPED in answer.notes


def test_the_wall_clock_ends_the_search() -> None:
    ticks = iter([0.0, 10.0, 100.0, 200.0])
    asked_for = calls(("price", {"asset": "Ethereum"}))
    answer = asked("price of bitcoin", asked_for, draft([use("a1")]), timer=lambda: next(ticks)).answer
    assert STOPPED in answer.notes
    assert answer.sentences[0].text == FELL


def test_amounts_that_are_kept_from_the_model_are_stated_by_code() -> None:
    model = FakeModel(DONE, draft([use("a1")]))
    tools = FakeTools()
    manner = Manner(models=Models(model, model), share_amounts=False)
    answer = answer_question("how is my portfolio? what is the price of bitcoin?", tools, tools, manner).answer
    sent = json.dumps([message.content for request in model.requests for message in request.messages])
    assert "52,310.22" not in sent
    assert "$52,310.22" in answer.text


def test_a_follow_up_is_completed_from_the_reply_before() -> None:
    tools = FakeTools()
    first = answer_question("price of bitcoin", tools, tools, Manner())
    second = answer_question("and Ethereum?", tools, tools, Manner(), first.context)
    assert second.answer.sentences[0].text == "Ethereum fell 11.9% on the day to $200.00."


def test_the_same_question_of_the_same_facts_has_the_same_answer() -> None:
    script = (DONE, draft([use("a1")]))
    assert asked("price of bitcoin", *script) == asked("price of bitcoin", *script)


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("should I buy bitcoin?", "advice"),
        ("will bitcoin rise tomorrow?", "forecast"),
        ("what can I ask?", "for example"),
    ],
)
def test_what_is_declined_is_said_in_a_note(question: str, note: str) -> None:
    assert any(note in told.lower() for told in asked(question).answer.notes)


def test_what_a_model_asked_for_wrongly_is_no_note_for_the_reader() -> None:
    answer = asked("price of bitcoin", calls(("price", {"asset": "Madeupcoin"})), DONE, draft([use("a1")])).answer
    assert [step.status for step in answer.steps] == ["ok", "unknown"]
    assert "Not in the data." not in answer.notes
