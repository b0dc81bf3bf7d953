import hashlib
from pathlib import Path

import pytest

import agent.llm
from agent.llm.prompt import load_prompt, parse_prompt

FOLDER = Path(agent.llm.__file__).parent / "prompts"


@pytest.mark.parametrize("name", ["briefing", "ask", "answer"])
def test_a_prompt_is_its_file_and_its_digest(name: str) -> None:
    prompt = load_prompt(name)
    source = (FOLDER / name / "1.md").read_bytes()
    assert prompt.sha256 == hashlib.sha256(source).hexdigest()
    rendered = prompt.render(dict.fromkeys(prompt.variables, "VALUE"))
    assert "{{" not in rendered
    assert "VALUE" in rendered


def test_a_value_is_never_taken_for_a_variable() -> None:
    prompt = parse_prompt("x", "1", "---\nname: x\nversion: 1\nvariables: a, b\n---\n{{a}} {{b}}\n")
    assert prompt.render({"a": "{{b}}", "b": "end"}) == "{{b}} end"


@pytest.mark.parametrize("values", [{}, {"a": "1"}, {"a": "1", "b": "2", "c": "3"}])
def test_a_prompt_takes_exactly_its_variables(values: dict[str, str]) -> None:
    prompt = parse_prompt("x", "1", "---\nname: x\nversion: 1\nvariables: a, b\n---\n{{a}} {{b}}\n")
    with pytest.raises(ValueError, match="takes"):
        prompt.render(values)


@pytest.mark.parametrize(
    "source",
    [
        "no front matter",
        "---\nname: y\nversion: 1\n---\ntext\n",
        "---\nname: x\nversion: 2\n---\ntext\n",
        "---\nname: x\nversion: 1\nvariables: a\n---\ntext\n",
        "---\nname: x\nversion: 1\n---\n{{a}}\n",
    ],
)
def test_a_prompt_that_contradicts_itself_is_an_error(source: str) -> None:
    with pytest.raises(ValueError, match="prompt 'x'"):
        parse_prompt("x", "1", source)
