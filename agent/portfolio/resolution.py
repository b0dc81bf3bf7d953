"""Finds the one asset each line of a holdings file means. A symbol identifies nothing, so nothing is ever guessed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from agent.portfolio.cells import shown
from agent.portfolio.errors import Problem, UnresolvedHoldings
from agent.portfolio.holdings_csv import HoldingLine

SHOWN_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored asset that a line may mean; `rank` is by market value, 1 the largest, None if not ranked."""

    asset_id: int
    symbol: str
    name: str
    provider_ids: tuple[str, ...]
    rank: int | None


@dataclass(frozen=True, slots=True)
class Holding:
    """How much of an asset is held; `cost_usd` is what the whole amount cost, None if unknown."""

    asset_id: int
    amount: Decimal
    cost_usd: Decimal | None


def resolve(
    lines: Sequence[HoldingLine], candidates: Callable[[HoldingLine], Sequence[Candidate]]
) -> tuple[Holding, ...]:
    """Find the asset of every line.

    `candidates` gives the stored assets that a line's symbol or token id may mean; a token id or a name on the line
    narrows them. Raises UnresolvedHoldings with every line that does not mean exactly one asset, or the same asset
    as an earlier line.
    """
    problems: list[Problem] = []
    found: list[tuple[HoldingLine, Candidate]] = []
    for line in lines:
        offered = candidates(line)
        matching = _matching(line, offered)
        if len(matching) == 1:
            found.append((line, matching[0]))
        else:
            problems.append(_problem(line, offered, matching))
    problems += _repeated(found)
    if problems:
        raise UnresolvedHoldings(sorted(problems, key=lambda problem: problem.row or 0))
    return tuple(Holding(candidate.asset_id, line.amount, line.cost_usd) for line, candidate in found)


def _matching(line: HoldingLine, offered: Sequence[Candidate]) -> list[Candidate]:
    """Keep the candidates that agree with everything the line says; one asset offered twice counts once."""
    by_id = {candidate.asset_id: candidate for candidate in offered}
    return [candidate for candidate in by_id.values() if _agrees(line, candidate)]


def _agrees(line: HoldingLine, candidate: Candidate) -> bool:
    if line.token_id and line.token_id not in candidate.provider_ids:
        return False
    if line.token_id and line.symbol and line.symbol.casefold() != candidate.symbol.casefold():
        return False
    return not line.name or line.name.casefold() == candidate.name.casefold()


def _problem(line: HoldingLine, offered: Sequence[Candidate], matching: Sequence[Candidate]) -> Problem:
    column = "token_id" if line.token_id else "symbol"
    if matching:
        advice = (
            "add its id in a column token_id" if line.name else "add its id in a column token_id or its name in name"
        )
        choices = _listed(matching)
        return Problem(line.row, column, f"{shown(line.asset_text)} may mean {choices}; {advice}")
    if offered:
        message = f"no asset has this {_said(line)}; close to it: {_listed(offered)}"
        return Problem(line.row, column, message)
    return Problem(line.row, column, f"unknown asset {shown(line.asset_text)}; collect first or give token_id")


def _said(line: HoldingLine) -> str:
    parts = [("token_id", line.token_id), ("symbol", line.symbol), ("name", line.name)]
    return " and ".join(f"{column} {shown(text)}" for column, text in parts if text)


def _listed(candidates: Sequence[Candidate]) -> str:
    ranked = sorted(candidates, key=lambda candidate: (candidate.rank is None, candidate.rank, candidate.asset_id))
    words = [_described(candidate) for candidate in ranked[:SHOWN_CANDIDATES]]
    if len(ranked) > SHOWN_CANDIDATES:
        words.append(f"{len(ranked) - SHOWN_CANDIDATES} more")
    return ", ".join(words[:-1]) + " or " + words[-1] if len(words) > 1 else words[0]


def _described(candidate: Candidate) -> str:
    ids = " / ".join(map(shown, candidate.provider_ids)) or "none"
    rank = f"rank {candidate.rank}" if candidate.rank else "not ranked"
    return f"{shown(candidate.name)} ({shown(candidate.symbol)}, token id {ids}, {rank})"


def _repeated(found: Sequence[tuple[HoldingLine, Candidate]]) -> Iterator[Problem]:
    first_rows: dict[int, int] = {}
    for line, candidate in found:
        first = first_rows.setdefault(candidate.asset_id, line.row)
        if first != line.row:
            message = f"{shown(line.asset_text)} is {shown(candidate.name)}, as in row {first}; add them up in one row"
            yield Problem(line.row, None, message)
