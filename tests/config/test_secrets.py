import logging
import os
from pathlib import Path

import pytest

from config.settings import Settings, SettingsError, load_settings

SECRET = "tm-5ec2e7"


def secret_file(tmp_path: Path, content: bytes = b"tm-5ec2e7\n", mode: int = 0o600) -> Path:
    file = tmp_path / "key"
    file.write_bytes(content)
    file.chmod(mode)
    return file


def load(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> Settings:
    file = tmp_path / "coinbrief.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, environ or {})


@pytest.mark.parametrize(
    ("table", "option"), [("sources.token_metrics", "api_key"), ("llm", "api_key"), ("smtp", "password")]
)
def test_a_secret_is_read_from_the_file_beside_the_settings(tmp_path: Path, table: str, option: str) -> None:
    secret_file(tmp_path)
    found: object = load(tmp_path, f'[{table}]\n{option}_file = "key"')
    for name in table.split("."):
        found = getattr(found, name)
    assert getattr(found, option).get_secret_value() == SECRET


def test_a_secret_file_named_in_the_environment_is_read(tmp_path: Path) -> None:
    environ = {"COINBRIEF_LLM__API_KEY_FILE": str(secret_file(tmp_path))}
    assert load(tmp_path, "", environ).llm.api_key.get_secret_value() == SECRET


def test_a_secret_file_is_not_taken_together_with_the_secret_itself(tmp_path: Path) -> None:
    secret_file(tmp_path)
    with pytest.raises(SettingsError, match=r"llm\.api_key: is given twice") as raised:
        load(tmp_path, '[llm]\napi_key_file = "key"', {"COINBRIEF_LLM__API_KEY": "tm-other"})
    assert "tm-other" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "mode", "reason"),
    [
        (b"x\n", 0o640, r"can be used by other people \(mode 640\); run chmod 600"),
        (b"x\n", 0o604, r"mode 604"),
        (b"", 0o600, "is empty"),
        (b"\n", 0o600, "is empty"),
        (b"\xff\xfe", 0o600, "does not hold UTF-8 text"),
        (b"x" * 20_000, 0o600, "larger than 16384 bytes"),
    ],
)
def test_a_secret_file_that_cannot_be_used_is_named(tmp_path: Path, content: bytes, mode: int, reason: str) -> None:
    secret_file(tmp_path, content, mode)
    with pytest.raises(SettingsError, match=rf"smtp\.password_file: '.*/key' .*{reason}"):
        load(tmp_path, '[smtp]\npassword_file = "key"')


def test_a_secret_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"llm\.api_key_file: '.*/gone' cannot be read \(No such file"):
        load(tmp_path, '[llm]\napi_key_file = "gone"')


def test_a_folder_or_a_pipe_is_no_secret_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    text = '[llm]\napi_key_file = "pipe"\n[smtp]\npassword_file = "."'
    with pytest.raises(SettingsError) as raised:
        load(tmp_path, text)
    assert [problem.message.endswith("is not a regular file") for problem in raised.value.problems] == [True, True]


def test_only_the_last_line_break_is_taken_off_a_secret(tmp_path: Path) -> None:
    secret_file(tmp_path, b" pass word \r\n")
    assert load(tmp_path, '[smtp]\npassword_file = "key"').smtp.password.get_secret_value() == " pass word "


@pytest.mark.parametrize(
    "text",
    [
        f'[llm]\napi_key = "{SECRET} x"',
        f'[llm]\napi_key = ["{SECRET}"]',
        f'[smtp]\npassword = "{SECRET}\\n"',
        f'[sources]\ntoken_metrics = "{SECRET}"',
        f'[llm]\napi_kee = "{SECRET}"',
        f'[llm]\nbase_url = "https://me:{SECRET}@host/v1"',
        f'[llm]\nbase_url = "https://host/v1?key={SECRET}"',
        f'[smtp]\npassword = """{SECRET}',
    ],
)
def test_a_secret_in_a_wrong_place_is_not_repeated_in_the_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load(tmp_path, text)
    assert SECRET not in str(raised.value) + repr(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None


def test_a_bad_secret_in_a_file_is_told_by_its_file(tmp_path: Path) -> None:
    secret_file(tmp_path, f"{SECRET}\nsecond line\n".encode())
    with pytest.raises(SettingsError, match=r"\(from the file in llm\.api_key_file\) holds a space") as raised:
        load(tmp_path, '[llm]\napi_key_file = "key"')
    assert SECRET not in str(raised.value)


def test_settings_show_no_secret(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings = load(tmp_path, f'[llm]\napi_key = "{SECRET}"\n[smtp]\npassword = "{SECRET}"')
    with caplog.at_level(logging.INFO):
        logging.getLogger("test").info("%s %r", settings, settings.llm)
    assert SECRET not in caplog.text + str(settings) + repr(settings) + settings.model_dump_json()
