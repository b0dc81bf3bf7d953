"""The signals of docs/claims.md in words, taken from the page itself: what is outside both sides of the contract."""

import re
from collections.abc import Iterator
from pathlib import Path

from agent.claims.fact import Metric, Unit
from tests.agent.claims.verify.world import Case, fact

PAGE = (Path(__file__).parents[4] / "docs" / "claims.md").read_text(encoding="utf-8")
_TABLE = PAGE.split("## Signals in words")[1].split("Signals that older templates word")[0]
_GRADES = {"trader_grade": "TM trader grade", "investor_grade": "TM investor grade"}


def _rows() -> Iterator[tuple[str, str]]:
    for row in re.findall(r"^\| (`.*) \| (`.*`) \|$", _TABLE, re.MULTILINE):
        names, predicates = (re.findall(r"`([^`]+)`", cell) for cell in row)
        first = names[0]
        if "above_80" in first:  # the row that stands for eight signals
            for grade, noun in _GRADES.items():
                for bound in (80, 30):
                    yield f"{grade}_above_{bound}", f"saw its {noun} rise to {bound} or above"
                    yield f"{grade}_below_{bound}", f"saw its {noun} fall below {bound}"
            continue
        stem = first.rpartition("_")[0]
        full = [name.replace("...", stem) for name in names]
        for place, name in enumerate(full):
            yield name, re.sub(r"(\S+)\\\|(\S+)", lambda pair, place=place: pair.group(place + 1), predicates[0])  # type: ignore[misc]  # the default binds the place


SIGNALS = dict(_rows())


def _case(name: str, words: str) -> Iterator[Case]:
    made = fact(f"signal-{name}", "asset:sol", Metric.SIGNAL, Unit.TEXT, label=name)
    if words.startswith(("the ", "at ", "fewer ", "more ", "no ", "Token", "Bitcoin")):
        subject = "sector:defi" if " sector A " in words else "market"
        text = words.replace(" sector A ", " sector DeFi ")
        made = fact(f"signal-{name}", subject, Metric.SIGNAL, Unit.TEXT, label=name)
        yield Case("signal", f"{text[0].upper()}{text[1:]}.", (made,))
        return
    yield Case("signal", f"Solana {words}.", (made,))
    yield Case("signal", f"On the day, Solana {words}.", (made,))


EVENTS: tuple[Case, ...] = tuple(case for name, words in SIGNALS.items() for case in _case(name, words))
