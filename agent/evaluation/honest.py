"""How models behave that mean well: an honest one, a lazy one and a verbose one."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from agent.evaluation.offered import Offered, Parts, Sketch, glue
from agent.llm.port import Request

_OPENERS: Final = ("", "", "meanwhile, ", "", "in addition, ", "separately, ", "", "also, ")
_JOINERS: Final = (" and ", "; ", " while ")
_LIMIT: Final = re.compile(r"\b(since_last|portfolio|market|movers|signals|gaps) (\d+)")
_USUAL_LIMIT: Final = 8


def honest(request: Request, offered: Sequence[Offered], turn: int) -> list[Sketch]:
    """What must be said and the most salient of the rest, some of it joined, in varied wordings."""
    limits = {key: int(count) for key, count in _LIMIT.findall(request.messages[0].content)}
    sketches: list[Sketch] = []
    for key, claims in _by_section(offered):
        limit = limits.get(key, _USUAL_LIMIT)
        ranked = sorted(claims, key=lambda claim: (not claim.must, -claim.salience))
        sketches += [Sketch(key, parts) for parts in _sentences(ranked, limit, turn)]
    return sketches


def lazy(request: Request, offered: Sequence[Offered], turn: int) -> list[Sketch]:
    """What must be said, or the first claim if nothing must, each in its first wording; not a word more."""
    del request, turn
    must = [claim for claim in offered if claim.must] or list(offered[:1])
    return [Sketch(claim.section, [claim.use()]) for claim in must]


def verbose(request: Request, offered: Sequence[Offered], turn: int) -> list[Sketch]:
    """Everything, each with words before it, all in the same wording."""
    del request, turn
    return [Sketch(claim.section, [glue("in addition, "), claim.use()]) for claim in offered]


def _by_section(offered: Sequence[Offered]) -> Iterator[tuple[str, list[Offered]]]:
    for key, claims in groupby(offered, key=lambda claim: claim.section):
        yield key, list(claims)


def _sentences(ranked: Sequence[Offered], limit: int, turn: int) -> Iterator[Parts]:
    """One claim a sentence, every third with a second one; what must be said is never left out for its number."""
    must = sum(claim.must for claim in ranked)
    rest, place = list(ranked[: max(limit, must)]), turn
    while rest:
        claim, place = rest.pop(0), place + 1
        parts: Parts = [glue(opener)] if (opener := _OPENERS[place % len(_OPENERS)]) else []
        parts.append(claim.use(place))
        if place % 3 == 0 and rest:
            parts += [glue(_JOINERS[place % len(_JOINERS)]), rest.pop(0).use(place)]
        yield parts
