from datetime import UTC, date, datetime, timedelta

import pytest

from agent.errors import NameTaken, UnknownRow
from agent.store.engine import Store
from agent.store.indices import index_holdings_on, index_values_between, list_indices
from agent.store.own_indices import (
    OWN_SOURCE,
    IndexRuleRow,
    OwnIndex,
    create_index_rule,
    delete_index,
    index_rules,
    put_own_index,
    require_index_rule,
)

DAY = date(2025, 10, 10)
EVE = DAY - timedelta(days=1)
NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
RULE = IndexRuleRow("top2", {"universe": 2, "weighting": "equal"}, NOW)
INDEX = OwnIndex("top2", [(EVE, 0.0), (DAY, 0.05)], [(EVE, 1, 60.0), (EVE, 3, 40.0)])


def test_a_rule_is_kept_and_its_name_is_taken(listed: Store) -> None:
    with listed.writer() as session:
        create_index_rule(session, RULE)
        assert index_rules(session) == (RULE,)
        assert require_index_rule(session, "top2") == RULE
        with pytest.raises(NameTaken, match="top2"):
            create_index_rule(session, RULE)


def test_a_rule_that_is_not_there_is_named_with_those_that_are(listed: Store) -> None:
    with listed.writer() as session:
        create_index_rule(session, RULE)
        with pytest.raises(UnknownRow, match=r"'defi'.*'top2'"):
            require_index_rule(session, "defi")


def test_an_index_of_our_own_stands_beside_those_of_providers(listed: Store) -> None:
    with listed.writer() as session:
        put_own_index(session, INDEX, NOW)
        [fund] = list_indices(session, OWN_SOURCE)
        values = index_values_between(session, OWN_SOURCE, "top2", EVE, DAY)
        held = index_holdings_on(session, OWN_SOURCE, "top2", DAY)
    assert (fund.name, fund.day, fund.asset_count, fund.active) == ("top2", DAY, 2, True)
    assert [(row.day, row.cumulative_return) for row in values] == [(EVE, 0.0), (DAY, 0.05)]
    assert [(row.asset_id, row.weight_pct) for row in held] == [(1, 60.0), (3, 40.0)]


def test_an_index_replaces_itself_and_goes_with_its_rule(listed: Store) -> None:
    with listed.writer() as session:
        create_index_rule(session, RULE)
        put_own_index(session, INDEX, NOW)
        put_own_index(session, OwnIndex("top2", [(DAY, 0.07)], [(DAY, 2, 100.0)]), NOW)
        assert [row.cumulative_return for row in index_values_between(session, OWN_SOURCE, "top2", EVE, DAY)] == [0.07]
        delete_index(session, "top2")
        assert list_indices(session, OWN_SOURCE) == ()
        assert index_holdings_on(session, OWN_SOURCE, "top2", DAY) == ()
        assert index_rules(session) == ()


def test_an_index_without_a_value_is_refused(listed: Store) -> None:
    with pytest.raises(ValueError, match="top2"), listed.writer() as session:
        put_own_index(session, OwnIndex("top2", [], []), NOW)
