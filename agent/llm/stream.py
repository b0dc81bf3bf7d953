"""Server-sent events, and what is made of them: pieces of text on the way, one document at the end.

The document has the form of an answer that was not streamed, so that both are judged by the same code.
"""

import codecs
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from agent.llm.errors import LLMError, Malformed
from agent.llm.faults import error_from_body
from agent.llm.port import Json, OnText, Usage
from agent.llm.strict_json import parse_strict_json
from agent.llm.wire_answer import MAX_BODY_BYTES, TRY_OTHER, load_document

_EVENT_STARTS = (b"data:", b"event:", b"id:", b"retry:", b":", b"\xef\xbb\xbfdata:")
_LONGEST_START = max(map(len, _EVENT_STARTS))
_MOST_BLANKS = 1000


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its name, empty where the server gave none, and its data."""

    name: str
    data: str


class EventReader:
    """Cuts bytes into events, however they are split; raises UnicodeDecodeError for what is not UTF-8."""

    def __init__(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._decoder = io.IncrementalNewlineDecoder(decoder, translate=True)
        self._line: list[str] = []
        self._name = ""
        self._data: list[str] = []

    def read(self, chunk: bytes) -> list[Event]:
        """The events that end in `chunk`."""
        # no splitlines: to it a line also ends at U+2028, which is text
        first, *rest = self._decoder.decode(chunk).split("\n")
        self._line.append(first)
        events = []
        for part in rest:
            event = self._read_line("".join(self._line))
            self._line = [part]
            if event is not None:
                events.append(event)
        return events

    def _read_line(self, line: str) -> Event | None:
        if not line:
            event = Event(self._name, "\n".join(self._data)) if self._data else None
            self._name, self._data = "", []
            return event
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            self._data.append(value)
        elif field == "event":
            self._name = value
        return None


class Assembler(Protocol):
    """Puts one wire's events together."""

    @property
    def text(self) -> str:
        """The text so far."""
        ...

    @property
    def complete(self) -> bool:
        """Whether nothing more is to come."""
        ...

    def take(self, document: Mapping[str, Json]) -> str:
        """Take an event; the piece of text it brings, which `text` then ends with."""
        ...

    def document(self) -> dict[str, Json]:
        """The answer as it would have come in one piece; raises Truncated if its end is missing."""
        ...


class StreamedAnswer:
    """Reads what comes back on a request to stream, which may be an answer in one piece all the same."""

    def __init__(self, assembler: Assembler, on_text: OnText) -> None:
        self._assembler = assembler
        self._on_text = on_text
        self._events = EventReader()
        self._head = b""
        self._whole: bytearray | None = None
        self._streams = False

    @property
    def text(self) -> str:
        """The text so far."""
        return self._assembler.text

    def feed(self, chunk: bytes) -> bool:
        """Take bytes; whether the answer is complete. Raises the `LLMError` an event tells of."""
        if self._whole is not None:
            self._whole += chunk
            if len(self._whole) > MAX_BODY_BYTES:
                raise Malformed("the answer is larger than 4 MB; use another server")
            return False
        if not self._streams:
            self._head += chunk
            start = self._head.lstrip()
            if len(start) < _LONGEST_START and len(self._head) < _MOST_BLANKS:
                return False
            self._streams = start.startswith(_EVENT_STARTS)
            chunk, self._head = self._head, b""
            if not self._streams:
                self._whole = bytearray(chunk)
                return False
        return self._read_events(chunk)

    def finish(self) -> dict[str, Json]:
        """The answer's document once all has come; raises an `LLMError` where it is none or not complete."""
        if not self._streams:
            whole = bytes(self._head if self._whole is None else self._whole)
            if not whole.lstrip().startswith(_EVENT_STARTS):
                return load_document(whole)
        return self._assembler.document()

    def give_rest(self, text: str) -> None:
        """Hand on what of the final `text` has not been; raises Malformed if what has been was another text."""
        if not text.startswith(self._assembler.text):
            raise Malformed(f"the answer's end contradicts what was streamed; {TRY_OTHER}")
        if rest := text[len(self._assembler.text) :]:
            self._on_text(rest)

    def _read_events(self, chunk: bytes) -> bool:
        try:
            events = self._events.read(chunk)
        except UnicodeDecodeError:
            raise Malformed(f"the stream is not text; {TRY_OTHER}") from None
        for event in events:
            if event.data.strip() == "[DONE]":
                return True
            if piece := self._assembler.take(_document_of(event)):
                self._on_text(piece)
            if self._assembler.complete:
                return True
        return False


def _document_of(event: Event) -> dict[str, Json]:
    try:
        document = parse_strict_json(event.data)
    except ValueError:
        raise Malformed(f"an event of the stream is not JSON; {TRY_OTHER}") from None
    if not isinstance(document, dict):
        raise Malformed(f"an event of the stream is not an object; {TRY_OTHER}")
    if error := _error_in(event, document):
        raise error
    return document


def _error_in(event: Event, document: Mapping[str, Json]) -> LLMError | None:
    if document.get("error"):
        return error_from_body(document["error"])
    if event.name == "error" or document.get("type") == "error":
        return error_from_body(dict(document))
    return None


def with_estimates(usage: Usage, sent_bytes: int, text: str) -> tuple[Usage, bool]:
    """`usage` with a third of the bytes, which is rather too much, where the server did not count; and whether so."""
    if usage.input_tokens is not None and usage.output_tokens is not None:
        return usage, False
    sent, got = math.ceil(sent_bytes / 3), math.ceil(len(text.encode("utf-8", "replace")) / 3)
    input_tokens = sent if usage.input_tokens is None else usage.input_tokens
    output_tokens = got if usage.output_tokens is None else usage.output_tokens
    return replace(usage, input_tokens=input_tokens, output_tokens=output_tokens), True
