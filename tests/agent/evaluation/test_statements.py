import pytest

from agent.claims.fact import Entity
from agent.evaluation.statements import is_fairly_named, shown_figure, stated
from tests.agent.evaluation.rows import DAY, ENTITIES, raw

# Each true sentence of the market in `rows`, and a figure in it that makes it false when it is exchanged.
TRUE = (
    ("Bitcoin rose 2.0% on the day to $102.00.", "2.0", "2.1"),
    ("Bitcoin rose 2.0% on the day to $102.00.", "102.00", "120.00"),
    ("On the day, Ethereum lost 10.0%.", "lost", "gained"),
    ("Bitcoin closed at $102.00, up 2.0% on the day.", "up", "down"),
    ("Meanwhile, over 7 days, Bitcoin gained 2.0% and Tether was flat on the day.", "Tether was", "Bitcoin was"),
    ("Bitcoin rose 2.0% over 7 days.", "7 days", "8 days"),
    ("1 of 3 tracked coins rose on the day, 1 fell and 1 was flat.", "1 fell", "2 fell"),
    ("Of 3 tracked coins, 1 rose on the day, 1 fell and 1 was flat.", "Of 3", "Of 4"),
    ("The median change of 3 tracked coins on the day was 0.0%.", "0.0", "0.1"),
    ("The typical tracked coin of 3 changed by 0.0% on the day (the median).", "0.0", "0.2"),
    ("The largest loss on the day among 3 tracked coins was Ethereum's 10.0%.", "Ethereum", "Tether"),
    ("Bitcoin led 3 tracked coins on the day with a gain of 2.0%.", "Bitcoin", "Ethereum"),
    ("Your portfolio was worth $384.00 at the close.", "384", "348"),
    ("Your portfolio fell 4.0% on the day, a loss of $16.00, to $384.00.", "fell", "rose"),
    ("Bitcoin is the largest of your 2 holdings, at 53.1% of the portfolio.", "53.1", "51.3"),
    ("At 53.1% of the portfolio, Bitcoin is the largest of your 2 holdings.", "Bitcoin", "Ethereum"),
    ("Ethereum makes up 46.9% of the portfolio.", "46.9", "46.8"),
    ("Bitcoin closed 7.3% below its 365-day high.", "7.3", "7.2"),
    ("Bitcoin's highest close over 30 days was $110.00, on 5 October 2025.", "highest", "lowest"),
    ("Bitcoin's change over 7 days was +2.0%, above 0%.", "+2.0", "-2.0"),
    ("Bitcoin fell 1.0% on the day, as of 8 October 2025.", "8 October", "7 October"),
)  # fmt: skip


@pytest.mark.parametrize("text", [text for text, _, _ in TRUE])
def test_what_a_true_sentence_states_is_what_the_rows_say(text: str) -> None:
    found = stated(text, raw(), ENTITIES, DAY)
    assert found
    assert [item for item in found if not item.holds] == []


@pytest.mark.parametrize(("text", "old", "new"), TRUE)
def test_a_figure_word_or_name_that_is_exchanged_is_seen(text: str, old: str, new: str) -> None:
    false = text.replace(old, new, 1)
    assert false != text
    assert any(not item.holds for item in stated(false, raw(), ENTITIES, DAY))


def test_the_day_of_one_clause_is_not_that_of_another() -> None:
    text = "Bitcoin rose 2.0% on the day and Ethereum was flat on the day, as of 9 October 2025."
    assert [item.holds for item in stated(text, raw(), ENTITIES, DAY)] == [True, True]


def test_the_second_largest_is_not_taken_for_the_largest() -> None:
    text = "The second largest gain on the day among 3 tracked coins was Tether's 0.0%."
    assert stated(text, raw(), ENTITIES, DAY) == ()


def test_a_figure_that_the_rows_do_not_have_never_holds() -> None:
    (found,) = stated("Bitcoin rose 2.0% over 30 days.", raw(), ENTITIES, DAY)
    assert not found.holds


def test_the_correlation_is_that_of_the_returns() -> None:
    text = "Bitcoin's correlation with Ethereum over 90 days was {:.2f}."
    returns = [raw().closes[key].pct_change(fill_method=None).dropna().to_numpy() for key in (1, 2)]
    one, other = (values - values.mean() for values in returns)
    exact = (one * other).sum() / ((one**2).sum() * (other**2).sum()) ** 0.5
    assert stated(text.format(exact), raw(), ENTITIES, DAY)[0].holds
    assert not stated(text.format(exact + 0.02), raw(), ENTITIES, DAY)[0].holds


@pytest.mark.parametrize(
    ("text", "exact", "holds"),
    [("$1.23 billion", 1.2345e9, True), ("$1.23 million", 1.2345e9, False), ("-4.5%", -4.46, True),
     ("+4.5%", -4.5, False)],
)  # fmt: skip
def test_a_cell_is_read_with_its_sign_and_scale(text: str, exact: float, *, holds: bool) -> None:
    assert shown_figure("cell", text, exact).holds is holds


@pytest.mark.parametrize(
    ("name", "fair"), [("Bitcoin", True), ("BTC", True), ("Bitcoin (BTC)", True), ("Ethereum", False)]
)
def test_an_asset_may_be_called_by_its_name_or_symbol_only(name: str, *, fair: bool) -> None:
    assert is_fairly_named(raw(), Entity("asset:1", name)) is fair
