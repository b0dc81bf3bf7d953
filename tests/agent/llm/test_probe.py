import json
from collections.abc import Iterator

import pytest

from agent.llm.capability import CapabilityProfile
from agent.llm.probe import ProbeReport, probe
from tests.agent.llm.scripted import (
    NOW,
    Reply,
    ScriptedServer,
    Seen,
    as_reply,
    chunk,
    completion,
    event_stream,
    failure,
    new_model,
    new_responses_model,
    output_text,
    response,
    response_stream,
    running_server,
    tool_call,
)

NONCE = "zibbet"
USAGE = {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2}}


@pytest.fixture(scope="module")
def running() -> Iterator[ScriptedServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def server(running: ScriptedServer) -> ScriptedServer:
    return running.forget()


def able(seen: Seen) -> Reply:
    """A server that does all it is asked for."""
    if seen.path == "/v1/models":
        return as_reply({"object": "list", "data": [{"id": "tiny"}, {"id": "large"}, {}]})
    if "tools" in seen.body:
        return completion(None, "tool_calls", [tool_call("keep_word", json.dumps({"word": NONCE}))])
    if "response_format" in seen.body:
        schema = seen.body["response_format"]["json_schema"]["schema"]
        return completion(json.dumps({"word": schema["properties"]["word"]["enum"][0]}))
    if "stream" in seen.body:
        return event_stream(chunk("A ledger "), chunk("is a book."), chunk(None, "stop"), USAGE)
    return completion("hello", reasoning_content="They want hello.")


def report_on(server: ScriptedServer) -> ProbeReport:
    return probe(lambda profile: new_model(server.base_url, profile=profile), lambda: NOW, NONCE)


def ok(report: ProbeReport) -> dict[str, bool]:
    return {finding.check: finding.ok for finding in report.findings}


def test_a_server_that_does_all_is_found_to(server: ScriptedServer) -> None:
    server.script = able
    report = report_on(server)
    assert report.profile == CapabilityProfile("chat", thinking_field="reasoning_content", probed_at=NOW)
    assert ok(report) == dict.fromkeys(["name", "answer", "schema", "tool", "stream"], True)
    assert [seen.path.removeprefix("/v1/") for seen in server.requests] == ["models", *["chat/completions"] * 4]
    prompts = [json.dumps(seen.body["messages"]) for seen in server.requests[2:] if "response_format" in seen.body]
    assert not any(NONCE in prompt for prompt in prompts)  # only who reads the schema can know it


def test_a_server_that_takes_a_schema_and_ignores_it_is_found_out(server: ScriptedServer) -> None:
    def script(seen: Seen) -> Reply:
        if seen.body.get("response_format"):
            told = NONCE in seen.body["messages"][0]["content"]
            return completion(json.dumps({"word": NONCE if told else "apple"}))
        return able(seen)

    server.script = script
    report = report_on(server)
    assert report.profile is not None
    assert report.profile.json_mode == "object"
    assert not ok(report)["schema"]


def test_a_server_that_takes_schemas_only_in_words_is_found_out(server: ScriptedServer) -> None:
    def script(seen: Seen) -> Reply:
        if "response_format" in seen.body:
            return failure(400, "response_format is not supported")
        if "JSON Schema" in seen.body.get("messages", [{"content": ""}])[0]["content"]:
            return completion(f'```json\n{{"word": "{NONCE}"}}\n```')
        return able(seen)

    server.script = script
    report = report_on(server)
    assert report.profile is not None
    assert report.profile.json_mode == "prompt"


def test_a_plain_server_gets_a_plain_profile(server: ScriptedServer) -> None:
    def script(seen: Seen) -> Reply:
        for field in ("temperature", "max_tokens", "tool_choice", "stream"):
            if field in seen.body:
                return failure(400, f"unknown field {field}")
        return failure(404, "no such page") if seen.path == "/v1/models" else completion("hello")

    server.script = script
    report = report_on(server)
    assert report.profile == CapabilityProfile(
        "chat",
        json_mode="prompt",
        tools=False,
        tool_choice_required=False,
        max_tokens_field="max_completion_tokens",
        stream=False,
        usage_in_stream=True,
        sends_temperature=False,
        probed_at=NOW,
    )
    assert ok(report) == {"name": False, "answer": True, "schema": False, "tool": False, "stream": False}


def test_a_stream_without_its_count_of_tokens_is_noted(server: ScriptedServer) -> None:
    stream = event_stream(chunk("A ledger "), chunk("is a book.", "stop"))
    server.script = lambda seen: stream if "stream" in seen.body else able(seen)
    report = report_on(server)
    assert report.profile is not None
    assert (report.profile.stream, report.profile.usage_in_stream) == (True, False)


def test_a_model_that_the_server_does_not_list_is_a_warning_only(server: ScriptedServer) -> None:
    server.script = lambda seen: as_reply({"data": [{"id": "other"}]}) if "models" in seen.path else able(seen)
    report = report_on(server)
    assert report.profile is not None
    assert not ok(report)["name"]


def test_a_server_that_does_not_answer_has_no_profile(server: ScriptedServer) -> None:
    server.play(failure(401, "no"))
    report = report_on(server)
    assert report.profile is None
    assert ok(report) == {"name": False, "answer": False}
    assert "key" in report.findings[-1].detail


def test_the_other_wire_is_probed_in_the_same_way(server: ScriptedServer) -> None:
    def script(seen: Seen) -> Reply:
        if seen.path == "/v1/models":
            return as_reply({"data": [{"id": "tiny"}]})
        if "tools" in seen.body:
            arguments = json.dumps({"word": NONCE})
            call = {"type": "function_call", "call_id": "c", "name": "keep_word", "arguments": arguments}
            return as_reply(response(call))
        if "text" in seen.body:
            return as_reply(response(output_text(json.dumps({"word": NONCE}))))
        if "stream" in seen.body:
            usage = {"input_tokens": 3, "output_tokens": 4}
            return response_stream("A ", "book.", last=response(output_text("A book."), usage=usage))
        return as_reply(response(output_text("hello")))

    server.script = script
    report = probe(lambda profile: new_responses_model(server.base_url, profile=profile), lambda: NOW, NONCE)
    assert report.profile == CapabilityProfile("responses", max_tokens_field="max_output_tokens", probed_at=NOW)
    assert all(ok(report).values())
