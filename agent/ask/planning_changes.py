"""What a what-if question wants to change: `add 5% solana`, `sell all my doge`, `cut btc to 40%`. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.ask.quantities import NUMBER, quantity

_SIZE = rf"(?P<size>{NUMBER})"
_GO_BETWEEN = (
    r"(?: (?:of|in|into|on|worth|more|portfolio|holdings|money|savings|it|them|my|the|to|a|an|all|everything|usd"
    r"|dollars?|position|holding|stake|with))*"
)
_RESIZE = re.compile(
    r"\b(?:cut|reduced?|trim|trimmed|increased?|raised?|resize|bring|change|set|grow|move|lower|make)"
    rf"{_GO_BETWEEN} @(?P<asset>\d)(?: \w+)? (?:down |up )?(?:to|at|=) ?{_SIZE}(?![\w@])"
)
_ADD = re.compile(
    r"\b(?:add|added|buy|bought|put|invest|invested|get|got|allocated?|include|hold|held|had|own|moved?|with|and)"
    rf"{_GO_BETWEEN} {_SIZE}{_GO_BETWEEN} @(?P<asset>\d)(?![\w@])"
)
_ADD_AT = re.compile(
    rf"\b(?:add|added|buy|bought|include|hold|held)(?: \w+)?? @(?P<asset>\d) (?:at|with|for|=|to) ?{_SIZE}(?![\w@])"
)
_DROP = re.compile(
    r"\b(?:sell|sold|drop|dropped|removed?|dump|dumped|get rid of|got rid of|exit|exited|closed?|without|liquidated?"
    rf"|ditch|ditched){_GO_BETWEEN} @(?P<asset>\d)"
    rf"(?P<more>(?:,? (?:and|or)?{_GO_BETWEEN} ?@\d)*)(?! (?:to|for|down))"
)
_SWAP = re.compile(
    rf"\b(?:swap|swapped|switch|exchange|traded?|replaced?|convert|converted|moved?){_GO_BETWEEN}"
    rf" @(?P<out>\d)(?: \w+)? (?:for|with|into|by|to) {_SIZE}{_GO_BETWEEN} @(?P<asset>\d)(?![\w@])"
)


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be added, dropped and resized, as the command line takes it."""

    add: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    resize: tuple[str, ...] = ()


def wanted_changes(text: str, assets: Sequence[str]) -> Changes:
    """The changes in a text whose assets are marks (`@0`); a change without a size is none."""
    resized = [(int(match["asset"]), _size(match)) for match in _RESIZE.finditer(text)]
    added = [(int(match["asset"]), _size(match)) for pattern in (_ADD, _ADD_AT) for match in pattern.finditer(text)]
    swapped = list(_SWAP.finditer(text))
    added += [(int(match["asset"]), _size(match)) for match in swapped]
    taken = {place for place, _ in resized}
    dropped = [
        int(place)
        for match in _DROP.finditer(text)
        for place in re.findall(r"@(\d)", f"@{match['asset']}{match['more']}")
    ]
    dropped += [int(match["out"]) for match in swapped]
    return Changes(
        tuple(dict.fromkeys(f"{assets[place]}={size}" for place, size in added if place not in taken)),
        tuple(dict.fromkeys(assets[place] for place in dropped if place not in taken)),
        tuple(dict.fromkeys(f"{assets[place]}={size}" for place, size in resized)),
    )


def _size(match: re.Match[str]) -> str:
    amount = quantity(match)
    number = f"{abs(amount.value):f}".rstrip("0").rstrip(".")
    if amount.unit == "usd":
        return f"${number}"
    return f"{number}%" if amount.unit == "pct" else number
