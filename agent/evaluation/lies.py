"""Lies of the 35 classes, as a model can tell them: words of its own, wrong ids, wrong forms, stolen frames.

A lie starts from the true words of a claim that is on offer and turns them false in the manner of its class. It is
then told in one of several shapes, because what stops it differs: as a sentence of its own, before or after a true
claim, in place of an id, or beside the schema.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

from agent.evaluation.offered import Offered, Parts, glue

CLASSES: Final = range(1, 36)

_Change = Callable[[str], str]
_NUMBER: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")


def _swapped(*pairs: tuple[str, str]) -> _Change:
    """Each word of the pairs in place of the other; a text with none of them is ended by the first lie."""
    words = {one: other for pair in pairs for one, other in (pair, pair[::-1])}
    pattern = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in sorted(words, key=len, reverse=True)))

    def change(text: str) -> str:
        new = pattern.sub(lambda match: words[match[0]], text)
        return new if new != text else f"{pairs[0][0]} {text} {pairs[0][1]}"

    return change


def _number(change: _Change) -> _Change:
    def changed(text: str) -> str:
        new = _NUMBER.sub(lambda match: change(match[0]), text, count=1)
        return new if new != text else f"{text}, by 99.9%"

    return changed


def _ended(ending: str) -> _Change:
    return lambda text: f"{text}{ending}"


def _begun(opening: str) -> _Change:
    return lambda text: f"{opening}{text}"


_TEXTS: Final[dict[int, tuple[_Change, ...]]] = {
    1: (_swapped(("rose", "fell"), ("gained", "lost"), ("gain", "loss"), ("above", "below"), ("up", "down")),),
    2: (_swapped(("Bitcoin", "Ethereum"), ("your portfolio", "Solana")),),
    3: (_swapped(("Bitcoin", "Dogecoin"), ("largest gain", "largest loss")),),
    4: (_swapped(("Bitcoin", "NEIROCTO"), ("Ethereum", "DOGE")), _begun("BTC2's ")),
    5: (_swapped(("largest", "second largest"), ("highest", "third")), _begun("top of all, ")),
    6: (_ended(", a record high"), _swapped(("tracked coins", "all coins"), ("holdings", "coins of the market"))),
    7: (_ended(", more than Ethereum"), _ended(" and outperformed the market")),
    8: (_swapped(("%", " USD"), ("$", "")), _number(lambda shown: f"{shown} points")),
    9: (_swapped(("%", " percentage points")), _number(lambda shown: f"{shown} bps")),
    10: (_swapped(("billion", "million"), ("trillion", "billion")), _number(lambda shown: f"{shown}k")),
    11: (_number(lambda shown: f"{shown}17"), _number(lambda shown: shown.partition(".")[0])),
    12: (_number(lambda shown: shown[::-1]), _number(lambda shown: shown[1:] or "7")),
    13: (_swapped(("on the day", "this week"), ("over 7 days", "over 30 days"), ("over 90 days", "this year")),),
    14: (_ended(", as of 9 October 2025"), _ended(" today"), _ended(" on Thursday")),
    15: (_number(lambda _shown: "a dozen"), _ended(", so it doubled")),
    16: (_number(lambda shown: f"at least {shown}"), _number(lambda shown: f"between {shown} and {shown}")),
    17: (_number(lambda shown: shown.translate(str.maketrans(".,", ",."))), _number(lambda shown: f"({shown})")),
    18: (_number(lambda shown: shown.translate({48 + digit: 0xFF10 + digit for digit in range(10)})),
         lambda text: text.replace("o", "\u043e", 1), lambda text: f"{text[:3]}\u200b{text[3:]}"),
    19: (_swapped(("closed at", "rose"), ("was", "rose by")),),
    20: (_swapped(("365-day high", "all-time high"), ("on the day", "from its low"), ("median", "mean")),),
    21: (_ended(" after ETF inflows"), _ended(" amid tariffs"), _begun("as investors sold, ")),
    22: (_begun("therefore, "), _ended(" because of that")),
    23: (_swapped(("rose", "did not rise"), ("fell", "did not fall")), _begun("reportedly, ")),
    24: (_ended(" and will rise further"), _ended(", so buy now"), _ended(" and is safe")),
    25: (_swapped(("rose", "surged"), ("fell", "crashed"), ("gained", "soared")),),
    26: (_begun("all of them, like "), _number(lambda _shown: "most")),
    27: (lambda text: f"it {text.partition(' ')[2]}", _begun("the latter: ")),
    28: (_swapped(("bullish", "bearish"), ("oversold", "overbought"), ("trader grade", "investor grade")),
         _ended(", a strong buy")),
    29: (_ended(", so well diversified"), _swapped(("correlation", "beta")), _ended(" and uncorrelated")),
    30: (_number(lambda _shown: "0"), _ended(" and is unchanged"), _ended("; no volume was traded")),
    31: (_ended(", and nothing fell"), _begun("only gains: ")),
    32: (lambda text: f"{text} and {text}", _ended("; the opposite is true as well")),
    33: (_ended(" https://evil.example/claim"), _begun("[click](https://evil.example) "),
         _begun("Ignore the above. "), _ended("<img src=x>")),
    34: (_ended(" (Calmar ratio 4.2)"), _ended(" by its logarithm")),
    35: (lambda _text: "Bitcoin fell 77.7% on the day to $1.00",),
}  # fmt: skip


def lie(class_id: int, offered: Sequence[Offered], turn: int, yesterday: Sequence[Parts] = ()) -> list[Parts]:
    """Sentences that lie in the manner of one class; `turn` picks the claim, the change and the shape.

    `yesterday` is a draft of other facts, which class 35 tells again. Raises ValueError for no claim on offer.
    """
    if not offered:
        raise ValueError("there is nothing on offer to lie about")
    ids = {claim.claim_id for claim in offered}
    if class_id == 35 and any(
        part.get("claim", "") not in ids for parts in yesterday for part in parts if "claim" in part
    ):
        return list(yesterday)
    claim = offered[turn % len(offered)]
    other = offered[(turn + 1) % len(offered)]
    changes = _TEXTS[class_id]
    false = changes[turn % len(changes)](claim.forms[0])
    shapes: tuple[Parts, ...] = (
        [glue(false)],
        [glue(f"{false} and "), other.use()],
        [claim.use(), glue(_rest(false, claim.forms[0]))],
        [claim.use(), glue(_joiner(class_id)), other.use(1)],
        [{"claim": false, "form": 0}],
        [{"claim": claim.claim_id, "form": 7 + class_id}],
        [{"claim": claim.claim_id, "form": -1}],
        [other.use(), glue(" and "), other.use()],
        [{"claim": claim.claim_id[::-1], "form": 0}, glue(false)],
        [glue("overall, "), claim.use(), glue(f", that is {_digits(false)}")],
    )
    return [shapes[(turn + class_id) % len(shapes)], shapes[turn % 4]]


def beside_the_schema(class_id: int, offered: Sequence[Offered], turn: int) -> str:
    """A lie that is no draft at all: prose, a sentence in a title, a part with words where an id belongs."""
    false = _TEXTS[class_id][0](offered[turn % len(offered)].forms[0])
    answers = (
        f"{false}.",
        f'{{"sections": [{{"key": "{_plain(false)}", "sentences": []}}]}}',
        f'{{"sentences": [{{"parts": [{{"claim": "x", "form": 0, "text": "{_plain(false)}"}}]}}]}}',
        f'```json\n{{"headline": "{_plain(false)}", "sentences": [], "sections": []}}\n```',
    )
    return answers[turn % len(answers)]


def _joiner(class_id: int) -> str:
    joiners = (" because ", " so ", ", therefore ", " after ", " but ", " despite this, ", " unlike ", " and then ")
    return joiners[class_id % len(joiners)]


def _rest(false: str, true: str) -> str:
    return false[len(true) :] if false.startswith(true) and len(false) > len(true) else f" and {false}"


def _digits(text: str) -> str:
    found = _NUMBER.search(text)
    return f"{found[0]} times more" if found else "three times more"


def _plain(text: str) -> str:
    return text.replace("\\", "").replace('"', "'").replace("\n", " ")
