"""All wordings as one tree: what two of them begin with in common is read once, at any place of a text.

Without it every wording would be tried at every place; their number has grown several times over.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from agent.claims.grammar.page import Page
from agent.claims.grammar.patterns import Rule
from agent.claims.grammar.values import Reader, Value

_WORDS = re.compile(r"\S+ ?| ", re.ASCII)


@dataclass(slots=True)
class _Node:
    """Where wordings go on from here: by a word as it stands, or by a slot."""

    words: dict[str, "_Node"] = field(default_factory=dict)
    slots: dict[tuple[str, int], tuple[str, Reader, "_Node"]] = field(default_factory=dict)
    lengths: tuple[int, ...] = ()
    ending: list[Rule] = field(default_factory=list)


class Tree:
    """The wordings of a grammar, merged by what they begin with."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._root = _Node()
        for rule in rules:
            _insert(self._root, rule)
        _measure(self._root)

    def read(self, page: Page, at: int) -> Iterator[tuple[Rule, Mapping[str, Value], int]]:
        """Every wording that stands at this place, with what its slots hold and where it ends."""
        yield from _walk(self._root, page, at, {})


def _insert(node: _Node, rule: Rule) -> None:
    for part in rule.parts:
        if isinstance(part, str):
            for word in _WORDS.findall(part):
                node = node.words.setdefault(word, _Node())
        else:
            slot, reader = part
            node = node.slots.setdefault((slot, id(reader)), (slot, reader, _Node()))[2]
    node.ending.append(rule)


def _measure(node: _Node) -> None:
    node.lengths = tuple(sorted({len(word) for word in node.words}))
    for below in (*node.words.values(), *(slot[2] for slot in node.slots.values())):
        _measure(below)


def _walk(
    node: _Node, page: Page, at: int, values: Mapping[str, Value]
) -> Iterator[tuple[Rule, Mapping[str, Value], int]]:
    for rule in node.ending:
        yield rule, values, at
    for length in node.lengths:
        for below in _below(node, page, at, length):
            yield from _walk(below, page, page.reached(at + length), values)
    for slot, reader, below in node.slots.values():
        found = page.read(reader, at)
        if found is not None:
            yield from _walk(below, page, found[1], {**values, slot: found[0]})


def _below(node: _Node, page: Page, at: int, length: int) -> Iterator[_Node]:
    """The nodes of the word that stands here, as it is or with a sentence's first letter in lower case."""
    lowered, as_it_is = page.words(at, length)
    for word in (lowered,) if lowered == as_it_is else (lowered, as_it_is):
        below = node.words.get(word)
        if below is not None:
            yield below
