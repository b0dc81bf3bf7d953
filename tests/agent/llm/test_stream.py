import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.llm.errors import LLMError
from agent.llm.port import Message, Request, Usage
from agent.llm.stream import Event, EventReader, StreamedAnswer
from agent.llm.stream_chat import ChatAssembler
from agent.llm.stream_responses import ResponsesAssembler
from tests.agent.llm.scripted import (
    Ledger,
    Reply,
    ScriptedServer,
    Seen,
    chunk,
    completion,
    event_stream,
    failure,
    model_at,
    new_model,
    output_text,
    response,
    response_stream,
    running_server,
)

ASK = Request("test", (Message("user", "Hello?"),))


@pytest.fixture(scope="module")
def running() -> Iterator[ScriptedServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def server(running: ScriptedServer) -> ScriptedServer:
    return running.forget()


def test_a_chat_stream_gives_each_piece_and_then_the_whole_with_its_usage(server: ScriptedServer) -> None:
    last = {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2}}
    server.play(event_stream(": hi\n\n", chunk("Good "), chunk("morning."), chunk(None, "stop"), last))
    pieces: list[str] = []
    result = server.model.generate(ASK, pieces.append)
    assert pieces == ["Good ", "morning."]
    assert (result.text, result.model, result.request_id) == ("Good morning.", "tiny", "req-7")
    assert (result.usage, result.usage_estimated) == (Usage(9, 2), False)
    sent = server.requests[0].body
    assert (sent["stream"], sent["stream_options"]) == (True, {"include_usage": True})


def test_a_responses_stream_gives_each_piece_and_then_the_whole_with_its_usage(server: ScriptedServer) -> None:
    usage = {"input_tokens": 9, "output_tokens": 2, "input_tokens_details": None}
    server.play(response_stream("Good ", "morning.", last=response(output_text("Good morning."), usage=usage)))
    pieces: list[str] = []
    result = server.responses_model.generate(ASK, pieces.append)
    assert pieces == ["Good ", "morning."]
    assert (result.text, result.wire, result.usage) == ("Good morning.", "responses", Usage(9, 2))
    assert server.requests[0].body["stream"] is True
    assert "stream_options" not in server.requests[0].body


def test_a_piece_is_given_before_the_stream_has_ended(server: ScriptedServer) -> None:
    body = event_stream(chunk("Good "), done=False).body
    server.play(Reply(body, stall=True, content_type="text/event-stream"))
    pieces: list[str] = []
    with model_at(server.base_url, timeout_s=0.2) as model, pytest.raises(LLMError):
        model.generate(ASK, pieces.append)
    assert pieces == ["Good "]


def test_a_stream_that_is_complete_is_not_waited_for(server: ScriptedServer) -> None:
    body = event_stream(chunk("Good morning.", "stop")).body
    server.play(Reply(body, stall=True, content_type="text/event-stream"))
    model = new_model(server.base_url, timeout_s=600.0)  # the server holds the connection for ten seconds
    assert model.generate(ASK, lambda _text: None).text == "Good morning."


def test_a_reason_to_end_is_enough_without_done(server: ScriptedServer) -> None:
    server.play(event_stream(chunk("hello"), chunk(None, "stop"), done=False))
    assert server.model.generate(ASK, lambda _text: None).text == "hello"


def test_tokens_that_a_stream_does_not_count_are_estimated_and_marked(server: ScriptedServer) -> None:
    server.play(event_stream(chunk("123456789é"), chunk(None, "stop")))
    result = server.model.generate(ASK, lambda _text: None)
    sent = json.dumps(server.requests[0].body)  # the same text as was sent, but for blanks
    assert result.usage.output_tokens == 4  # 11 bytes
    assert result.usage_estimated
    assert result.usage.input_tokens is not None
    assert abs(result.usage.input_tokens - len(sent) / 3) < 1
    assert [record.usage_estimated for record in server.ledger.records] == [True]


def test_a_broken_stream_is_recorded_with_what_it_must_have_cost(server: ScriptedServer) -> None:
    server.play(event_stream(chunk("123456"), done=False))
    with pytest.raises(LLMError):
        server.model.generate(ASK, lambda _text: None)
    (record,) = server.ledger.records
    assert (record.outcome, record.usage.output_tokens, record.usage_estimated) == ("truncated", 2, True)


def test_a_truncated_answer_is_recorded_with_the_tokens_it_used(server: ScriptedServer) -> None:
    server.play(completion("hel", "length", usage={"prompt_tokens": 12, "completion_tokens": 5}))
    with pytest.raises(LLMError):
        server.model.generate(ASK)
    assert [record.usage for record in server.ledger.records] == [Usage(12, 5)]


def test_whoever_takes_the_text_may_stop_the_stream_and_the_call_is_recorded(server: ScriptedServer) -> None:
    server.play(event_stream(chunk("one"), chunk("two"), chunk(None, "stop")))

    def stop(text: str) -> None:
        raise KeyError(text)

    with pytest.raises(KeyError, match="one"):
        server.model.generate(ASK, stop)
    assert [record.outcome for record in server.ledger.records] == ["error"]


@pytest.mark.parametrize("field", ["stream_options", "stream"])
def test_what_a_server_does_not_take_of_a_stream_is_left_out_and_remembered(server: ScriptedServer, field: str) -> None:
    def script(seen: Seen) -> Reply:
        if field in seen.body:
            return failure(400, f"unknown parameter: {field}")
        return event_stream(chunk("hello", "stop")) if "stream" in seen.body else completion("hello")

    server.script = script
    pieces: list[str] = []
    with model_at(server.base_url, call_log=Ledger()) as model:
        model.generate(ASK, pieces.append)
        model.generate(ASK, pieces.append)
        assert model.profile.stream == (field != "stream")
        assert not model.profile.usage_in_stream or field == "stream"
    assert pieces == ["hello", "hello"]
    assert [field in seen.body for seen in server.requests] == [True, False, False]


def test_remarks_on_the_way_are_neither_streamed_nor_part_of_the_answer(server: ScriptedServer) -> None:
    remark = output_text("Let me see.", phase="commentary")
    events: list[dict[str, Any]] = [
        {"type": "response.output_item.added", "output_index": 0, "item": remark},
        {"type": "response.output_text.delta", "output_index": 0, "delta": "Let me see."},
        {"type": "response.output_text.delta", "output_index": 1, "delta": "hello"},
        {"type": "response.completed", "response": response(remark, output_text("hello", phase="final_answer"))},
    ]
    server.play(event_stream(*events, done=False))
    pieces: list[str] = []
    assert server.responses_model.generate(ASK, pieces.append).text == "hello"
    assert pieces == ["hello"]


def test_an_answer_whose_last_event_lacks_the_output_is_taken_item_by_item(server: ScriptedServer) -> None:
    item = {"type": "response.output_item.done", "output_index": 0, "item": output_text("hello")}
    server.play(event_stream(item, {"type": "response.completed", "response": response()}, done=False))
    pieces: list[str] = []
    assert server.responses_model.generate(ASK, pieces.append).text == "hello"
    assert pieces == ["hello"]


LINES = st.sampled_from(["data: a", "data:b", "event: e", ": note", "", "data: \u2028\xe9", "id: 7", "junk"])


def read_in_pieces(text: str, ends: list[int]) -> list[Event]:
    body, reader = text.encode(), EventReader()
    cuts = sorted({0, len(body), *(end % (len(body) + 1) for end in ends)})
    return [event for start, end in pairwise(cuts) for event in reader.read(body[start:end])]


@given(st.lists(LINES), st.sampled_from(["\n", "\r\n", "\r"]), st.lists(st.integers(0, 10**6)))
def test_events_are_the_same_however_their_bytes_are_cut(lines: list[str], end: str, cuts: list[int]) -> None:
    blocks = "\n".join(lines).split("\n\n")
    text = "".join(f"{line}{end}" for line in [*lines, "", "."])  # the last line releases a final carriage return
    expected = []
    for block in blocks:
        data = [line[5:].removeprefix(" ") for line in block.split("\n") if line.startswith("data:")]
        if data:
            name = "e" if "event: e" in block.split("\n") else ""
            expected.append(Event(name, "\n".join(data)))
    assert read_in_pieces(text, cuts) == expected


@given(st.lists(st.binary() | st.sampled_from([b"data: ", b"{}", b"\n\n", b'{"choices": [{}]}', b"[DONE]", b"{"])))
def test_any_bytes_are_an_answer_or_one_of_our_errors(chunks: list[bytes]) -> None:
    for assembler in (ChatAssembler(), ResponsesAssembler()):
        streamed = StreamedAnswer(assembler, lambda _text: None)
        try:
            for part in chunks:
                if streamed.feed(part):
                    break
            assert isinstance(streamed.finish(), dict)
        except LLMError:
            continue
