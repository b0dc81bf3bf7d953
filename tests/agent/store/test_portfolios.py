from datetime import UTC, datetime
from decimal import Decimal

import pytest

from agent.errors import BadRow, NameTaken, UnknownRow
from agent.store import portfolios
from agent.store.engine import Store
from agent.store.portfolios import HoldingRow

NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
LATER = datetime(2025, 10, 12, 6, 0, tzinfo=UTC)


def test_holdings_are_read_back_exactly(listed: Store) -> None:
    rows = (HoldingRow(1, Decimal("0.100000000000000001"), Decimal("12.50"), NOW), HoldingRow(3, Decimal(4), None, NOW))
    with listed.writer() as session:
        main = portfolios.create(session, "main", NOW)
        portfolios.replace_holdings(session, main.portfolio_id, rows)
        assert portfolios.holdings(session, main.portfolio_id) == rows
        assert portfolios.get(session, "main") == main
        assert portfolios.names(session) == ("main",)


def test_a_holding_is_put_replaced_and_removed(listed: Store) -> None:
    with listed.writer() as session:
        number = portfolios.create(session, "main", NOW).portfolio_id
        portfolios.put_holding(session, number, HoldingRow(1, Decimal(1), None, NOW))
        portfolios.holdings(session, number)
        changed = HoldingRow(1, Decimal(2), Decimal(7), LATER)
        portfolios.put_holding(session, number, changed)
        assert portfolios.holdings(session, number) == (changed,)
        assert portfolios.remove_holding(session, number, 1) is True
        assert portfolios.remove_holding(session, number, 1) is False
        assert portfolios.holdings(session, number) == ()


def test_replacing_holdings_forgets_the_others(listed: Store) -> None:
    with listed.writer() as session:
        number = portfolios.create(session, "main", NOW).portfolio_id
        portfolios.put_holding(session, number, HoldingRow(1, Decimal(1), None, NOW))
        portfolios.replace_holdings(session, number, [HoldingRow(2, Decimal(5), None, NOW)])
        assert [row.asset_id for row in portfolios.holdings(session, number)] == [2]


def test_two_portfolios_cannot_share_a_name(store: Store) -> None:
    with store.writer() as session:
        portfolios.create(session, "main", NOW)
        with pytest.raises(NameTaken, match="'main'"):
            portfolios.create(session, "main", NOW)


def test_an_unknown_portfolio_is_named_with_those_there_are(store: Store) -> None:
    with store.writer() as session:
        portfolios.create(session, "main", NOW)
        with pytest.raises(UnknownRow, match=r"no portfolio 'spare' \(there are: 'main'\)"):
            portfolios.require(session, "spare")


def test_an_asset_that_is_not_stored_cannot_be_held(store: Store) -> None:
    with store.writer() as session:
        number = portfolios.create(session, "main", NOW).portfolio_id
    with pytest.raises(BadRow, match="FOREIGN KEY"), store.writer() as session:
        portfolios.put_holding(session, number, HoldingRow(404, Decimal(1), None, NOW))


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity"])
def test_an_amount_that_cannot_be_held_is_refused(listed: Store, amount: str) -> None:
    with pytest.raises(ValueError, match="above 0"), listed.writer() as session:
        portfolios.put_holding(session, 1, HoldingRow(1, Decimal(amount), None, NOW))


def test_target_weights_are_replaced_as_a_whole(listed: Store) -> None:
    with listed.writer() as session:
        portfolio = portfolios.create(session, "main", NOW)
        portfolios.replace_targets(session, portfolio.portfolio_id, {1: 0.6, 2: 0.4}, NOW)
        portfolios.replace_targets(session, portfolio.portfolio_id, {3: 1.0}, NOW)
        assert portfolios.targets(session, portfolio.portfolio_id) == {3: 1.0}
        portfolios.replace_targets(session, portfolio.portfolio_id, {}, NOW)
        assert portfolios.targets(session, portfolio.portfolio_id) == {}


def test_target_weights_that_do_not_sum_to_one_are_refused(listed: Store) -> None:
    with listed.writer() as session:
        number = portfolios.create(session, "main", NOW).portfolio_id
        with pytest.raises(ValueError, match=r"sum to 0\.9"):
            portfolios.replace_targets(session, number, {1: 0.5, 2: 0.4}, NOW)
