"""Texts of others, made plain: nothing is left that a terminal, a browser, a chat or a model could take for more.

`printable` is for one line of our own making, `plain` for what others wrote. Both keep every script readable.
"""

import re
import unicodedata
from functools import cache

LINK_REMOVED = "[link removed]"
"""What stands where a link or a picture was."""
ELLIPSIS = "..."
LINK_ENDINGS = frozenset(
    {"app", "biz", "click", "cn", "co", "com", "dev", "example", "gg", "info", "io", "link", "live", "ly", "me", "net"}
    | {"online", "org", "page", "ru", "shop", "site", "store", "tk", "top", "vip", "website", "www", "xyz", "zip"}
)
"""Endings of names that programs make links of; those that coins carry in their own names are not among them."""

_ESCAPES = re.compile(
    r"(?:\x1b\]|\x9d).*?(?:\x07|\x1b\\|\x9c|\Z)"  # a title or a link of a terminal
    r"|(?:\x1b[PX^_]|[\x90\x98\x9e\x9f]).*?(?:\x1b\\|\x9c|\Z)"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|\x1b[ -/]*[0-~]?",
    re.DOTALL,
)
# Invisible, although they count as letters, marks or signs.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_KEPT_CONTROLS = "\n\t"
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_MOST_MARKS = 4  # on one letter; more run into the lines above and below
_MARKUP = re.compile(r"[*`~_]{2,}|`")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"<[A-Za-z/!?][^>]{0,2000}>")  # bounded, or a text of nothing but `<a` would take for ever
_OPEN_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_DEFINITION = re.compile(r"^[ ]*\[[^\]\n]{1,200}\]:.*$", re.MULTILINE)
_TARGET = r"\((?:[^()\n]|\([^()\n]*\))*\)"
_PICTURE = re.compile(rf"!\[[^\[\]\n]*\](?:{_TARGET}|\[[^\]\n]*\])")
_LINK = re.compile(rf"\[([^\[\]\n]*)\]{_TARGET}")
_JOINED = re.compile(r"\](?=[(\[:])")  # what could still be read as a link or the place it leads to
_BARE = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,30}://|www\.|\b(?:javascript|data|vbscript|mailto|file|blob|tel|magnet|ipfs):(?=[^\s]))[^\s]*"
    r"|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+|/[^\s]*)[^\s]*"
    r"|(?<![\w.-])(?:[\w-]+[.\u3002])+(?:" + "|".join(sorted(LINK_ENDINGS)) + r")\b(?:[:/?#][^\s]*)?"
    r"|(?<![\w.-])(?:[\w-]+[.\u3002])+[^\W\d_]{2,24}(?::\d{2,5})?/[^\s]*",
    re.IGNORECASE,
)
_LINE_MARKS = re.compile(r"^[ ]*(?:#{1,6}[ ]+|>[ ]*|[-*+][ ]+)*", re.MULTILINE)


def printable(text: str) -> str:
    """The text with each run of control characters, which could move a cursor or break a line, turned into a space.

    Characters that nobody sees are taken out, and so are those that turn the direction of writing.
    """
    return _seen(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text))


def visible(text: str) -> str:
    """The text without terminal escapes and without characters that nobody sees; its line breaks stay."""
    spaced = _ESCAPES.sub("", text.replace("\r\n", "\n")).translate({0x2028: "\n", 0x2029: "\n", 0x0D: "\n", 0x09: " "})
    composed = unicodedata.normalize("NFKC", _seen(spaced))
    return _few_marks(_seen(composed))


def hides_something(text: str) -> bool:
    """Whether a text holds terminal escapes, control characters or characters that nobody sees, beyond emoji's own."""
    ordinary = text.replace("\r\n", "\n").replace("\ufe0f", "").replace("\u00ad", "")
    return len(_seen(ordinary)) != len(ordinary)


def plain(text: str) -> str:
    """The text as one plain line: visible characters only, no markup, and `[link removed]` where a link was.

    Plain text stays as it is.
    """
    line = " ".join(_without_markup(text).split())
    while line != text:  # what is taken out may leave something new behind: `<<b>b>`
        text, line = line, " ".join(_without_markup(line).split())
    return line


def plain_lines(text: str) -> tuple[str, ...]:
    """The lines of a text, each plain and none empty; marks of headings, lists and quotations are taken off."""
    lines = (plain(line) for line in _LINE_MARKS.sub("", _without_markup(text)).splitlines())
    return tuple(line for line in lines if line)


def cut(text: str, most: int) -> str:
    """The beginning of a text, `most` characters at the longest, cut between two words and marked with an ellipsis."""
    if len(text) <= most:
        return text
    room = most - len(ELLIPSIS) - 1
    head = text[: room + 1]
    words = head.rsplit(" ", 1)[0] if " " in head.strip() else head[:room]
    return f"{words.rstrip()[:room]} {ELLIPSIS}"


def _without_markup(text: str) -> str:
    bare = _COMMENT.sub(" ", _MARKUP.sub("", visible(text)))
    bare = _OPEN_TAG.sub(" ", _TAG.sub(" ", bare))
    bare = _PICTURE.sub(LINK_REMOVED, _DEFINITION.sub(LINK_REMOVED, bare))
    bare = _JOINED.sub("] ", _LINK.sub(rf"\1 {LINK_REMOVED}", bare))
    return _BARE.sub(LINK_REMOVED, bare)


def _seen(text: str) -> str:
    if text.isascii():
        return _CONTROLS.sub("", text)
    return "".join(letter for letter in text if _is_seen(letter))


@cache
def _is_seen(letter: str) -> bool:
    if letter in _KEPT_CONTROLS:
        return True
    if letter in _BLANKS or "\ufe00" <= letter <= "\ufe0f" or "\U000e0000" <= letter <= "\U000e0fff":
        return False
    return unicodedata.category(letter)[0] != "C"


def _few_marks(text: str) -> str:
    """At most a few marks on each letter."""
    if text.isascii():
        return text
    kept, marks = [], 0
    for letter in text:
        marks = marks + 1 if unicodedata.category(letter)[0] == "M" else 0
        if marks <= _MOST_MARKS:
            kept.append(letter)
    return "".join(kept)
