"""Which assets a question names: exact names first, then names one letter off, everyday words last.

An everyday word that is a symbol too (`one`, `near`, `gas`) is a coin only where it is typed in capitals or after `$`,
or where nothing else in the question is one and an asset is needed. Pure but for the lookup.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agent.ask.intents import NameLookup
from agent.ask.intents_words import command_words, everyday_words, function_words, never_symbols
from agent.ask.mention_index import FEWEST_LETTERS, is_one_edit
from agent.ask.tools import Candidate

MOST_MENTIONS = 6
_MOST_WORDS = 4
_MOST_TRIED = 8  # unknown words that are compared with all names
_MOST_LABEL = 60
_TOKEN = re.compile(r"(?:\bid |#)\d{1,12}\b|\$?\w+(?:[.'-]\w+)*")
_IDENTIFIED = re.compile(r"(?:id |#)(\d{1,12})", re.IGNORECASE)
_AMOUNT = re.compile(r"[$\d.,'-]*\d(?:k|m|mn|mio|b|bn|t|tn|d|h|w|y|mo|st|nd|rd|th|am|pm|usd)?")
_DETERMINERS = frozenset(("a", "an", "and", "for", "i", "in", "is", "it", "of", "on", "or", "the", "to"))
_JOINTS = frozenset(("and", "or", "vs", "versus", "than", "with"))


@dataclass(frozen=True, slots=True)
class Named:
    """A text with its assets replaced by marks (`@0`), and what was found on the way.

    `assets` are what a tool takes for each mark; `unread` are words that are neither names nor everyday words; `typed`
    is the text before.
    """

    text: str
    assets: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    notes: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    doubtful: bool = False  # an everyday word was taken for a coin
    typed: str = ""


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    text: str

    @property
    def is_everyday(self) -> bool:
        word = self.text.lower()
        parts = word.split("'")[0].split("-")
        return all(part in everyday_words() or part.isdigit() for part in parts) or bool(_AMOUNT.fullmatch(word))


@dataclass(frozen=True, slots=True)
class _Mention:
    first: int
    last: int  # past the end
    found: tuple[Candidate, ...]
    note: str = ""


def named(text: str, names: NameLookup, *, everyday: bool = False) -> Named:
    """`text` with its assets marked; `everyday` lets an everyday word be a coin where no other word is one."""
    tokens = [_Token(match.start(), match.end(), match[0]) for match in _TOKEN.finditer(text)]
    mentions = list(_exact(text, tokens, names))
    corrections, misspelt = _misspelt(text, tokens, mentions, names)
    mentions += misspelt
    mentions = sorted([*mentions, *_joined(text, tokens, mentions, names)], key=lambda mention: mention.first)
    doubtful = everyday and not mentions
    if doubtful:
        mentions = _everyday(text, tokens, names)
    return _marked(text, tokens, mentions, corrections, names, doubtful=doubtful and bool(mentions))


def label(candidate: Candidate, names: NameLookup) -> str:
    """What a tool is given for an asset: its name if that is its alone, else its number."""
    if len(candidate.name) <= _MOST_LABEL:
        found = names.candidates(candidate.name)
        if len(found) == 1 and found[0].asset_id == candidate.asset_id:
            return candidate.name
    return f"id {candidate.asset_id}"


def _exact(text: str, tokens: Sequence[_Token], names: NameLookup) -> Iterator[_Mention]:
    shouted = text.upper() == text
    place = 0
    while place < len(tokens):
        mention = _longest(text, tokens, place, names, shouted=shouted)
        if mention is None:
            place += 1
            continue
        yield mention
        place = mention.last


def _longest(text: str, tokens: Sequence[_Token], place: int, names: NameLookup, *, shouted: bool) -> _Mention | None:
    for length in range(_MOST_WORDS, 0, -1):
        run = tokens[place : place + length]
        if len(run) < length or not _may_be_named(text, run, shouted=shouted):
            continue
        found = names.candidates(_asked(text[run[0].start : run[-1].end]))
        if found:
            return _Mention(place, place + length, found)
    return None


def _asked(text: str) -> str:
    identified = _IDENTIFIED.fullmatch(text)
    return f"id {identified[1]}" if identified else text.removeprefix("$")


def _may_be_named(text: str, run: Sequence[_Token], *, shouted: bool) -> bool:
    """Whether these words may be a name at all, without a look at the data."""
    if len(run) == 1:
        word = run[0].text
        if word.startswith(("$", "#")) or _IDENTIFIED.fullmatch(word):
            return not word[1:].replace(".", "").isdigit() or word.startswith("#")
        is_symbol = not shouted and word.isupper() and 2 <= len(word) <= 10 and word not in never_symbols()
        return is_symbol or not run[0].is_everyday
    if any(text[left.end : right.start] != " " for left, right in pairwise(run)):
        return False
    return not all(token.is_everyday for token in run) or all(token.text[0].isupper() for token in run)


def _misspelt(
    text: str, tokens: Sequence[_Token], mentions: Sequence[_Mention], names: NameLookup
) -> tuple[dict[int, str], list[_Mention]]:
    """Command words one edit off, by token, and mentions one edit off."""
    taken = {place for mention in mentions for place in range(mention.first, mention.last)}
    corrections: dict[int, str] = {}
    found: list[_Mention] = []
    tried = 0
    for place, token in enumerate(tokens):
        if place in taken or token.is_everyday:
            continue
        tried += 1
        if tried > _MOST_TRIED:
            break
        mention = _similar(text, tokens, place, taken, names)
        command = _command(token.text.lower())
        if command and not (mention and (token.text[0].isupper() or mention.last > place + 1)):
            corrections[place] = command
        elif mention:
            found.append(mention)
            taken.update(range(mention.first, mention.last))
    return corrections, found


def _similar(text: str, tokens: Sequence[_Token], place: int, taken: set[int], names: NameLookup) -> _Mention | None:
    """The asset whose name is one edit from these words; several are asked back."""
    spans = ((place, place + 2), (place - 1, place + 1), (place, place + 1))
    for first, last in spans:
        if first < 0 or last > len(tokens) or taken & set(range(first, last)):
            continue
        typed = text[tokens[first].start : tokens[last - 1].end].removeprefix("$")
        found = names.similar(typed) if len(typed) >= FEWEST_LETTERS else ()
        if len(found) == 1:
            return _Mention(first, last, found, f'I took "{typed}" for {found[0].name}.')
        if found:
            return _Mention(first, last, found)
    return None


def _command(word: str) -> str | None:
    if len(word) < FEWEST_LETTERS:
        return None
    return next((command for command in sorted(command_words()) if is_one_edit(word, command)), None)


def _joined(text: str, tokens: Sequence[_Token], mentions: Sequence[_Mention], names: NameLookup) -> Iterator[_Mention]:
    """Everyday words that a list joins to a mention: `sol and near`."""
    starts, ends = {mention.first for mention in mentions}, {mention.last for mention in mentions}
    for place, token in enumerate(tokens):
        after_one = place - 1 in ends and tokens[place - 1].text.lower() in _JOINTS
        before_one = place + 2 in starts and tokens[place + 1].text.lower() in _JOINTS
        listed = place in ends and text[tokens[place - 1].end : token.start].strip() == ","
        word = token.text.lower()
        if not (after_one or before_one or listed) or not token.is_everyday or not word.isalpha():
            continue
        if word not in function_words() and word not in command_words() and (found := names.candidates(word)):
            yield _Mention(place, place + 1, found, _taken_note(token.text, found))


def _taken_note(typed: str, found: Sequence[Candidate]) -> str:
    return f'I took "{typed}" for {found[0].name}.' if len(found) == 1 else ""


def _everyday(text: str, tokens: Sequence[_Token], names: NameLookup) -> list[_Mention]:
    """A name of several everyday words (`usd coin`), else the last everyday word that is an asset too."""
    for length in range(_MOST_WORDS, 0, -1):
        for place in range(len(tokens) - length, -1, -1):
            run = tokens[place : place + length]
            typed = text[run[0].start : run[-1].end]
            word = typed.lower()
            if word in _DETERMINERS or word in command_words() or not word.replace(" ", "").isalpha():
                continue
            found = names.candidates(word)
            if found:
                return [_Mention(place, place + length, found, _taken_note(typed, found) if length == 1 else "")]
    return []


def _marked(
    text: str,
    tokens: Sequence[_Token],
    mentions: Sequence[_Mention],
    corrections: dict[int, str],
    names: NameLookup,
    *,
    doubtful: bool,
) -> Named:
    assets: list[str] = []
    candidates: list[Candidate] = []
    notes = [f'I took "{tokens[place].text}" for "{word}".' for place, word in corrections.items()]
    edits = [(tokens[place].start, tokens[place].end, word) for place, word in corrections.items()]
    if len(mentions) > MOST_MENTIONS:
        notes.append(f"Only the first {MOST_MENTIONS} assets were read.")
    for mention in mentions[:MOST_MENTIONS]:
        span = (tokens[mention.first].start, tokens[mention.last - 1].end)
        if len(mention.found) > 1:
            candidates.extend(mention.found)
            edits.append((*span, "@x"))
            continue
        asset = label(mention.found[0], names)
        if asset not in assets:
            assets.append(asset)
        edits.append((*span, f"@{assets.index(asset)}"))
        notes.append(mention.note)
    covered = {place for mention in mentions for place in range(mention.first, mention.last)} | set(corrections)
    return Named(_edited(text, edits), tuple(assets), tuple(dict.fromkeys(candidates)), tuple(filter(None, notes)),
                 _unread(text, tokens, covered), doubtful, text)  # fmt: skip


def _unread(text: str, tokens: Sequence[_Token], covered: set[int]) -> tuple[str, ...]:
    """Runs of words that nothing is known of."""
    runs: list[tuple[int, int, int]] = []  # start, end, place of the last token
    for place, token in enumerate(tokens):
        if place in covered or token.is_everyday:
            continue
        if runs and runs[-1][2] == place - 1 and text[runs[-1][1] : token.start] == " ":
            runs[-1] = (runs[-1][0], token.end, place)
        else:
            runs.append((token.start, token.end, place))
    return tuple(dict.fromkeys(text[start:end] for start, end, _ in runs))


def _edited(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    pieces, end = [], 0
    for start, stop, replacement in sorted(edits):
        pieces += [text[end:start].lower(), replacement]
        end = stop
    return "".join([*pieces, text[end:].lower()])
