"""What a reader's question may hold before anything reads it: by rules, and by an endpoint where one is configured.

A question is hardly ever refused. What has no place in one is taken out, and a note says so.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from agent.claims.plain_text import ELLIPSIS, LINK_REMOVED, cut, hides_something, plain, visible
from agent.llm.errors import LLMError
from agent.llm.moderations import Moderator

MOST_LETTERS: Final = 1000

TOO_LONG: Final = f"The question was longer than {MOST_LETTERS:,} characters; only its beginning was read."
INVISIBLE: Final = "Invisible characters in the question were taken out."
LINKS: Final = "Links and markup in the question were taken out."
ENCODED: Final = "An encoded block in the question was taken out; only plain words are read."
ORDERS: Final = "A part of the question that gave instructions to the language model was taken out."
NOT_ASKED: Final = "The moderation endpoint could not be asked, so only the rules looked at the question."

REFUSED: Final = "That is nothing this service can help with; it answers questions about stored market data."
FLAGGED: Final = "The moderation endpoint declined this question; please put it in other words."
DISTRESS: Final = (
    "This service only knows market data and cannot help with that, but people can: please talk to someone you trust, "
    "or call your local emergency number."
)


@dataclass(frozen=True, slots=True)
class Moderated:
    """A question fit to be read: `text` may be empty where nothing was left; `refusal` is what to answer instead."""

    text: str
    notes: tuple[str, ...] = ()
    refusal: str | None = None


# Blocks that hold a message in code; addresses of wallets and contracts are shorter or hexadecimal.
_ENCODED = re.compile(r"(?<![A-Za-z0-9+/=_-])(?!0x)(?=[^\s]*[g-zG-Z])[A-Za-z0-9+/_-]{60,}={0,2}(?![A-Za-z0-9+/=_-])")
# What was said to a model in its own marks, and blocks of JSON: neither is a question.
_MARKED = re.compile(
    r"<\|im_start\|>.*?(?:<\|im_end\|>|\Z)|<\|[a-z_]{2,20}\|>|\[/?INST\]|<</?SYS>>", re.IGNORECASE | re.DOTALL
)
_JSON_BLOCK = re.compile(r"[\"\]})]*\s*[\[{]\s*\{?\s*\"[^\"\n]{1,40}\"\s*:.*", re.DOTALL)
_PIECE_END = re.compile(r"(?<=[!?;\n\u3002])\s*|(?<=\.)\s+")
_RULE_NOUN = r"(?:instruct\w*|prompt\w*|rules?|orders?|guidelines?|directives?|training|restrictions?)"
# Each is matched without regard to case against a sentence of the question, which is dropped if it fits.
_ORDERS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:ignore|disregard|forget|override|bypass)\b.{{0,40}}\b(?:previous|prior|above|earlier|all|any|your|the|system)\b.{{0,30}}\b{_RULE_NOUN}\b",
        r"\b(?:reveal|print|repeat|show|output|leak|display)\b.{0,30}\b(?:your|the|system|hidden|initial)\b.{0,20}\b(?:system prompt|prompt|instructions)\b",  # noqa: E501 - one pattern a line
        r"\b(?:you are|you're) (?:now|no longer)\b",
        r"\b(?:act|behave|respond|answer) as (?:if you|an? (?:unrestricted|unfiltered|different|uncensored))\b",
        r"\bpretend (?:to be|you|that you)\b",
        r"\b(?:developer|dan|god|jailbreak|unrestricted) mode\b|\bjailbreak\b",
        rf"\bnew (?:system )?{_RULE_NOUN}\s*:",
        r"(?:^|\n)\s*(?:system|assistant|developer|tool)\s*:",
        r"<\|?\s*(?:im_start|im_end|system|endoftext)|\[/?inst\]|<</?sys>>|\bend of (?:system )?prompt\b",
        r"\b(?:do not|don't|skip|disable|without) (?:verif\w+|the verifier|fact.?check\w*)\b",
        r"^\W*(?:please |now |then )?(?:say|write|state|reply|respond|output)\b (?:only |exactly |just )?(?:that |with )?[\"'\u201c\u2018]",  # noqa: E501 - one pattern a line
        r"\btool[_ ](?:result|call|response|output)s?\b|\bfunction[_ ]call\b",
        r"\bignorier\w*\b.{0,40}\b(?:anweisung\w*|regeln)\b",
        r"\bignor\w*\b.{0,40}\b(?:instruccion\w*|instru[\u00e7c]\w*|r\u00e8gles|reglas|regras|istruzion\w*)",
        r"(?:\u0438\u0433\u043d\u043e\u0440\u0438\u0440|\u0437\u0430\u0431\u0443\u0434\u044c).{0,40}(?:\u0438\u043d\u0441\u0442\u0440\u0443\u043a\u0446|\u043f\u0440\u0430\u0432\u0438\u043b)",
        r"(?:\u5ffd\u7565|\u65e0\u89c6|\u7121\u8996).{0,20}(?:\u6307\u4ee4|\u6307\u793a|\u89c4\u5219|\u898f\u5247|\u63d0\u793a)",
        r"(?:\u6307\u793a|\u547d\u4ee4).{0,10}(?:\u7121\u8996|\u5ffd\u308c)",
    )
)
_HOW = r"\b(?:how (?:do|can|could|would|to|should)|help me|teach me|show me how|explain how|way to|i want to|let'?s)\b.{0,60}"  # noqa: E501 - one pattern a line
_REFUSALS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), answer)
    for pattern, answer in (
        (r"\b(?:kill|hurt|harm) myself\b|\bend my life\b|\bsuicid\w*\b.{0,30}\b(?:me|i|my)\b|\b(?:i|i'm|am)\b.{0,20}\bsuicidal\b", DISTRESS),  # noqa: E501 - one pattern a line
        (_HOW + r"\blaunder\w*\b", REFUSED),
        (_HOW + r"\b(?:hack(?: into)?|break into|steal(?: from)?|drain|phish)\b.{0,40}\b(?:wallet|account|exchange|key|keys|seed|phrase|coins|funds|someone|people)\b", REFUSED),  # noqa: E501 - one pattern a line
        (_HOW + r"\b(?:evade|dodge|cheat on)\b.{0,20}\b(?:tax|taxes|sanctions)\b", REFUSED),
        (_HOW + r"\b(?:run|organi[sz]e|start|set up)\b.{0,20}\b(?:pump.and.dump|ponzi|rug.?pull|pyramid)\b", REFUSED),
        (_HOW + r"\b(?:make|build|buy)\b.{0,20}\b(?:a bomb|explosives?|weapons?|malware|ransomware)\b", REFUSED),
        (r"\b(?:i(?:'ll| will| am going to|'m going to)|we(?:'ll| will)) (?:kill|murder|hurt) (?:you|him|her|them)\b", REFUSED),  # noqa: E501 - one pattern a line
        (r"\b(?:fuck you|fuck off|you (?:stupid |fucking |worthless )+(?:bot|machine|idiot|bitch))\b", REFUSED),
    )
)  # fmt: skip


def moderate(question: str, moderator: Moderator | None = None) -> Moderated:
    """The question without what has no place in one, and a note for each kind of thing that was taken out.

    What is plainly abusive or asks for help with a crime has a refusal and no text. An endpoint that cannot be asked
    lets the question pass, and a note says so.
    """
    cleaned = _cleaned(question)
    refusal = next((answer for pattern, answer in _REFUSALS if pattern.search(cleaned.text)), None)
    if refusal is not None:
        return replace(cleaned, text="", refusal=refusal)
    if moderator is None or not cleaned.text:
        return cleaned
    try:
        flagged = moderator.is_flagged(cleaned.text)
    except LLMError:
        return replace(cleaned, notes=(*cleaned.notes, NOT_ASKED))
    return replace(cleaned, text="", refusal=FLAGGED) if flagged else cleaned


def _cleaned(question: str) -> Moderated:
    notes = [INVISIBLE] if hides_something(question) else []
    text = visible(question)
    if len(text) > MOST_LETTERS:
        text = cut(text, MOST_LETTERS).removesuffix(ELLIPSIS)
        notes.append(TOO_LONG)
    for clean, note in ((_without_blocks, ENCODED), (_without_orders, ORDERS), (_without_links, LINKS)):
        before, text = text, clean(text)
        if text.split() != before.split():
            notes.append(note)
    return Moderated(" ".join(text.split()), tuple(notes))


def _without_blocks(text: str) -> str:
    return _JSON_BLOCK.sub(" ", _ENCODED.sub(" ", text))


def _without_orders(text: str) -> str:
    unmarked = _MARKED.sub(" ", text)
    pieces = [piece for piece in _PIECE_END.split(unmarked) if piece]
    kept = [piece for piece in pieces if not any(order.search(piece) for order in _ORDERS)]
    return unmarked if len(kept) == len(pieces) else " ".join(kept)


def _without_links(text: str) -> str:
    return plain(text).replace(LINK_REMOVED, " ")
