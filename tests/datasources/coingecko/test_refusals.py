import pytest

from datasources.errors import BadRequest
from datasources.refusals import Refusals


def refuse(refusals: Refusals, *ids: str) -> None:
    for asset_id in ids:
        refusals.refused(asset_id, BadRequest("gecko", f"no {asset_id}"))


def test_nothing_refused_is_no_error() -> None:
    refusals = Refusals("gecko", 3)
    refusals.answered()
    refusals.check()


def test_the_only_asset_gives_its_own_refusal() -> None:
    refusals = Refusals("gecko", 1)
    refuse(refusals, "gone")
    with pytest.raises(BadRequest, match=r"^gecko: no gone$"):
        refusals.check()


def test_refusals_among_others_are_told_together() -> None:
    refusals = Refusals("gecko", 40)
    refuse(refusals, "a", "b", "c", "d")
    refusals.answered()
    refuse(refusals, "e")
    with pytest.raises(BadRequest, match=r"5 of 40 assets were refused: a, b, c, d, e; the first with: gecko: no a"):
        refusals.check()


def test_five_in_a_row_end_it_at_once() -> None:
    refusals = Refusals("gecko", 40)
    refuse(refusals, "a", "b", "c", "d")
    with pytest.raises(BadRequest, match="5 of 40"):
        refuse(refusals, "e")
