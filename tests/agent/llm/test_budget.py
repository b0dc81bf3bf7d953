from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.llm.budget import Cap, Caps, Cost, Denied, Grant, Spent, decide

NOW = datetime(2026, 11, 27, 15, 30, tzinfo=UTC)
LAST_EVENING = datetime(2026, 12, 31, 20, 0, tzinfo=timezone(timedelta(hours=-5)))  # in UTC it is January
TEN_CENTS = Cost(Decimal("0.10"), 1_000)
NEW = Spent()


def denied(caps: Caps, spent: Spent = NEW, worst_case: Cost = TEN_CENTS) -> Denied:
    found = decide(caps, spent, worst_case, NOW)
    assert isinstance(found, Denied)
    return found


def test_without_caps_everything_is_granted() -> None:
    assert decide(Caps(), Spent(), Cost(Decimal(10**6), 10**9), NOW) == Grant()
    assert decide(Caps(), Spent(), Cost(None, 10**9), NOW) == Grant()


def test_a_call_may_use_a_budget_up_to_the_last_cent() -> None:
    caps = Caps(day=Cap(usd=Decimal("0.50")))
    assert decide(caps, Spent(day=Cost(Decimal("0.40"), 0)), TEN_CENTS, NOW) == Grant()
    found = denied(caps, Spent(day=Cost(Decimal("0.400001"), 0)))
    assert (found.period, found.unit, found.cap, found.left) == ("day", "usd", Decimal("0.50"), Decimal("0.099999"))


def test_the_day_and_the_month_say_when_they_start_anew_in_utc() -> None:
    spent = Spent(day=Cost(Decimal("0.50"), 0), month=Cost(Decimal(20), 0))
    day = denied(Caps(day=Cap(usd=Decimal("0.50"))), spent)
    assert day.message == "The day's budget for the language model (0.50 USD) is used up until 00:00 UTC."
    assert day.resets_at == datetime(2026, 11, 28, tzinfo=UTC)
    month = denied(Caps(month=Cap(usd=Decimal(20))), spent)
    assert month.message.endswith("(20.00 USD) is used up until 1 December, 00:00 UTC.")
    late = decide(Caps(day=Cap(tokens=1)), spent, TEN_CENTS, LAST_EVENING)
    assert isinstance(late, Denied)
    assert late.resets_at == datetime(2027, 1, 2, tzinfo=UTC)


def test_what_is_left_is_told_where_it_is_too_little() -> None:
    found = denied(Caps(month=Cap(tokens=1_500)), Spent(month=Cost(Decimal(0), 600)))
    assert found.message == (
        "What is left of the month's budget for the language model until 1 December, 00:00 UTC (900 of 1,500 "
        "tokens) is too little for this call."
    )
    run = denied(Caps(run=Cap(usd=Decimal("0.05"))))
    assert (run.resets_at, run.left) == (None, Decimal("0.05"))
    assert run.message.startswith("What is left of this run's budget for the language model (0.05 of 0.05 USD)")


def test_one_call_has_a_cap_of_its_own() -> None:
    found = denied(Caps(call=Cap(usd=Decimal("0.05"))), Spent())
    assert found.message == "A call to the language model may cost 0.05 USD at most, and this one could cost more."
    assert decide(Caps(call=Cap(usd=Decimal("0.10"))), Spent(day=Cost(Decimal(9), 9)), TEN_CENTS, NOW) == Grant()


@pytest.mark.parametrize("period", ["call", "run", "day", "month"])
@pytest.mark.parametrize("cap", [Cap(usd=Decimal(0)), Cap(tokens=0)])
@pytest.mark.parametrize("worst_case", [Cost(None, 1), Cost(Decimal(0), 0), TEN_CENTS])
def test_a_cap_of_nothing_lets_nothing_through(period: str, cap: Cap, worst_case: Cost) -> None:
    found = denied(Caps(**{period: cap}), worst_case=worst_case)
    assert found.message == f"The budget of the language model for a {period} is 0, so nothing is sent to it."


def test_without_a_price_the_caps_in_tokens_rule() -> None:
    unpriced = Cost(None, 5_000)
    caps = Caps(day=Cap(usd=Decimal(1), tokens=20_000))
    assert decide(caps, Spent(day=Cost(Decimal(99), 15_000)), unpriced, NOW) == Grant()
    assert denied(caps, Spent(day=Cost(Decimal(0), 15_001)), unpriced).unit == "tokens"


def test_without_a_price_a_cap_in_dollars_alone_has_tokens_stand_for_it_and_says_so() -> None:
    caps = Caps(day=Cap(usd=Decimal(1)))
    assert decide(caps, Spent(), Cost(None, 5_000), NOW) == Grant(("day",))
    assert decide(caps, Spent(), Cost(Decimal("0.1"), 5_000), NOW) == Grant()
    found = denied(caps, Spent(day=Cost(Decimal(0), 999_000)), Cost(None, 5_000))
    assert (found.unit, found.cap) == ("tokens", 1_000_000)
    assert "Its price is not known" in found.message


amounts = st.decimals(0, 10, places=4)


@given(st.lists(amounts, max_size=20), amounts)
def test_grants_in_a_row_never_pass_the_cap(wishes: list[Decimal], cap: Decimal) -> None:
    caps, gone = Caps(day=Cap(usd=cap)), Decimal(0)
    for wish in wishes:
        if isinstance(decide(caps, Spent(day=Cost(gone, 0)), Cost(wish, 1), NOW), Grant):
            gone += wish
    assert gone <= cap


def test_half_of_the_day_and_the_month_is_for_what_can_wait() -> None:
    caps = Caps(call=Cap(tokens=10), day=Cap(Decimal(2), 101), month=Cap(None, None)).halved()
    assert (caps.call, caps.day, caps.month) == (Cap(tokens=10), Cap(Decimal(1), 50), Cap())
