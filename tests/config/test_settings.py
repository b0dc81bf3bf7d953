import re
import tomllib
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from config.settings import Settings, SettingsError, default_config_text, load_settings

ROOT = Path(__file__).parents[2]


def load(tmp_path: Path, text: str = "", environ: dict[str, str] | None = None) -> Settings:
    file = tmp_path / "coinbrief.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, environ or {})


def problems(tmp_path: Path, text: str = "", environ: dict[str, str] | None = None) -> dict[str, str]:
    with pytest.raises(SettingsError) as raised:
        load(tmp_path, text, environ)
    return {problem.path: problem.message for problem in raised.value.problems}


# ---- where settings come from ----


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(environ={})
    assert settings == Settings()
    assert settings.store.path == Path("coinbrief-data/coinbrief.db")
    assert settings.sources.token_metrics.base_url == "https://api.tokenmetrics.com/v2"
    assert settings.schedule.brief == "0 7 * * *"
    assert settings.market_source == "sandbox"
    assert not settings.llm.configured


def test_the_default_file_holds_every_option_with_its_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("coinbrief.toml").write_text(default_config_text(), encoding="utf-8")
    assert load_settings(environ={}) == Settings()
    assert _shape(tomllib.loads(default_config_text())) == _shape(Settings().model_dump())


def _shape(value: object) -> object:
    return {key: _shape(inner) for key, inner in value.items()} if isinstance(value, dict) else None


def test_the_default_file_explains_every_option() -> None:
    lines = default_config_text().splitlines()
    for before, line in pairwise(lines):
        if re.match(r"[a-z_]+ = ", line):
            assert before.startswith("#") or re.match(r"[a-z_]+ = ", before), line


def test_the_environment_example_is_valid_and_names_no_secret() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    pairs = [line.removeprefix("#").strip().partition("=") for line in lines if re.match(r"#? ?COINBRIEF_\w+=", line)]
    environ = {name: value for name, _, value in pairs if not name.endswith(("_CONFIG", "_FILE"))}
    assert len(environ) > 5
    load_settings(None, environ)
    assert not [name for name in environ if name.endswith(("_KEY", "PASSWORD")) and environ[name]]


def test_the_file_beats_the_defaults_and_the_environment_beats_the_file(tmp_path: Path) -> None:
    text = '[smtp]\nhost = "mail.example.org"\nport = 2525\n[briefing]\nrecipients = ["ann@example.org"]'
    environ = {
        "COINBRIEF_SMTP__PORT": "465",
        "COINBRIEF_SOURCES__TOKEN_METRICS__API_KEY": "tm-123",
        "COINBRIEF_SOURCES__FILES__ENABLED": "TRUE",
        "COINBRIEF_LLM__TIMEOUT_S": "12.5",
        "HOME": "/root",
    }
    settings = load(tmp_path, text, environ)
    assert (settings.smtp.host, settings.smtp.port) == ("mail.example.org", 465)
    assert settings.sources.token_metrics.api_key.get_secret_value() == "tm-123"
    assert settings.sources.files.enabled is True
    assert settings.llm.timeout_s == 12.5
    assert settings.briefing.recipients == ("ann@example.org",)
    assert settings.market_source == "token_metrics"


@pytest.mark.parametrize("text", ['["ann@example.org", "bob@example.org"]', "ann@example.org, bob@example.org,"])
def test_a_list_in_the_environment_is_json_or_separated_by_commas(tmp_path: Path, text: str) -> None:
    settings = load(tmp_path, "", {"COINBRIEF_BRIEFING__RECIPIENTS": text})
    assert settings.briefing.recipients == ("ann@example.org", "bob@example.org")


def test_the_environment_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "coinbrief.toml").write_text("[dashboard]\nport = 1111")
    other = tmp_path / "other.toml"
    other.write_text("[dashboard]\nport = 2222")
    assert load_settings(environ={}).dashboard.port == 1111
    assert load_settings(environ={"COINBRIEF_CONFIG": str(other)}).dashboard.port == 2222
    monkeypatch.setenv("COINBRIEF_DASHBOARD__PORT", "3333")
    assert load_settings().dashboard.port == 3333


def test_a_relative_path_in_a_file_starts_at_the_file(tmp_path: Path) -> None:
    text = '[store]\npath = "data/x.db"\n[sandbox]\ndata = "/history"\n[briefing]\nout_dir = "~/out"'
    settings = load(tmp_path, text, {"COINBRIEF_SOURCES__FILES__PATH": "here"})
    assert settings.store.path == tmp_path / "data/x.db"
    assert settings.sandbox.data == "/history"
    assert settings.briefing.out_dir == str(Path.home() / "out")
    assert settings.sources.files.path == "here"


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load(tmp_path).smtp.port = 25


def test_the_sandbox_moment_is_given_in_utc(tmp_path: Path) -> None:
    settings = load(tmp_path, '[sandbox]\nnow = "2025-10-11T09:00:00+02:00"')
    assert settings.sandbox.now_at == datetime(2025, 10, 11, 7, tzinfo=UTC)
    assert Settings().sandbox.now_at is None


@pytest.mark.parametrize(
    ("text", "configured"),
    [
        ('model = "m"', False),
        ('model = "m"\napi_key = "k"', True),
        ('model = "m"\nbase_url = "http://localhost:11434/v1"', True),
        ('api_key = "k"', False),
    ],
)
def test_a_model_is_configured_by_its_name_and_a_key_or_an_address(
    tmp_path: Path, text: str, *, configured: bool
) -> None:
    assert load(tmp_path, f"[llm]\n{text}").llm.configured is configured


# ---- what is wrong with them ----


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    text = """
        [smtp]
        port = 70000
        prot = 25
        [schedule]
        timezone = "Europe/Berln"
        [sources.token_metrics]
        api_key = "secret-1"
        api_key_file = "key"
    """
    found = problems(tmp_path, text, {"COINBRIEF_SMTP_HOST": "x", "COINBRIEF_LLM__BASE_URL": "ftp://x"})
    assert found == {
        "COINBRIEF_SMTP_HOST": "unknown environment variable; did you mean COINBRIEF_SMTP__HOST?",
        "sources.token_metrics.api_key": "is given twice, here and in sources.token_metrics.api_key_file; "
        "leave one of them empty",
        "schedule.timezone": "'Europe/Berln' is not a time zone (did you mean 'Europe/Berlin'?); "
        'expected a time zone such as "UTC" or "Europe/Berlin"',
        "llm.base_url": "'ftp://x' (from COINBRIEF_LLM__BASE_URL) is not a web address; "
        "expected an address that starts with http:// or https://, or nothing",
        "smtp.port": "70000 does not fit; expected a whole number from 1 to 65535",
        "smtp.prot": "unknown option; did you mean smtp.port?",
    }


def test_the_message_lists_the_problems_one_a_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as raised:
        load(tmp_path, "[log]\nlevel = 'loud'\n[stor]\npath = 'x'")
    assert str(raised.value).splitlines() == [
        "2 problems in the settings:",
        '  log.level: \'loud\' does not fit; expected one of "debug", "info", "warning", "error"',
        "  stor: unknown option; did you mean store?",
    ]


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ('[smtp]\nport = "587"', "smtp.port", "'587' does not fit; expected a whole number"),
        ("[smtp]\nport = true", "smtp.port", "true does not fit"),
        ("[smtp]\nport = 25.5", "smtp.port", "25.5 does not fit"),
        ("[smtp]\nhost = 5", "smtp.host", "5 does not fit; expected a host name"),
        ('[smtp]\nhost = "smtp://x"', "smtp.host", "'smtp://x' does not fit"),
        ("[llm]\ntimeout_s = inf", "llm.timeout_s", "inf does not fit; expected a number above 0, up to 600"),
        ("[llm]\ntimeout_s = nan", "llm.timeout_s", "nan does not fit"),
        ("[llm]\ntimeout_s = 0", "llm.timeout_s", "0 does not fit"),
        ('[sources.files]\nenabled = "yes"', "sources.files.enabled", "'yes' does not fit; expected true or false"),
        ("smtp = 5", "smtp", "is a table; write its options under [smtp]"),
        ('sources = "x"', "sources", "is a table"),
        ("[briefing]\nrecipients = 5", "briefing.recipients", "5 does not fit; expected a list of addresses"),
        ('[briefing]\nrecipients = ["ann"]', "briefing.recipients[0]", "'ann' is not an e-mail address"),
        ('[briefing]\nrecipients = ["a@b.c", "A@b.c"]', "briefing.recipients", "a list names a@b.c more than once"),
        ('[briefing]\nportfolio = ""', "briefing.portfolio", "'' does not fit; expected a name"),
        ('[briefing]\nportfolio = "a "', "briefing.portfolio", "'a ' starts or ends with a space"),
        ('[smtp]\nsender = "a@b.c\\nBcc: x@y.z"', "smtp.sender", "holds a line break"),
        ('[smtp]\nsender = "coinbrief"', "smtp.sender", "'coinbrief' is not an e-mail address"),
        ('[smtp]\nsender = "a@b.c, d@e.f"', "smtp.sender", "is not one sender"),
        ('[smtp]\nusername = "a\\u0000"', "smtp.username", "control character"),
        ('[sandbox]\nnow = "2025-10-11T07:00:00"', "sandbox.now", "has no time zone (end it with Z for UTC)"),
        ('[sandbox]\nnow = "soon"', "sandbox.now", "'soon' is not a time"),
        ('[schedule]\ntimezone = "America"', "schedule.timezone", "'America' is not a time zone"),
        ('[schedule]\ntimezone = "../etc"', "schedule.timezone", "'../etc' is not a time zone"),
        ('[schedule]\nbrief = "0 7 * *"', "schedule.brief", "'0 7 * *' has 4 fields; expected a cron expression"),
        ('[llm]\nbase_url = "https://h/v1?x=1"', "llm.base_url", "holds a query or fragment"),
        ('[llm]\nbase_url = "localhost:11434"', "llm.base_url", "'localhost:11434' is not a web address"),
        ('[sources.token_metrics]\nbase_url = ""', "sources.token_metrics.base_url", "'' is not a web address"),
        ('[store]\npath = "~nobody-has-this-name/x"', "store.path", "no such home folder"),
        ('[llm]\nlevel = "x"', "llm.level", "unknown option; did you mean log.level?"),
        ("[zzz]\nqqq = 1", "zzz", "unknown option"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_what_is_expected(
    tmp_path: Path, text: str, path: str, message: str
) -> None:
    found = problems(tmp_path, text)
    assert list(found) == [path]
    assert message in found[path]


@pytest.mark.parametrize(
    ("variable", "text", "message"),
    [
        ("COINBRIEF_SMTP__PORT", "", "'' (from COINBRIEF_SMTP__PORT) does not fit; expected a whole number"),
        ("COINBRIEF_SMTP__PORT", "1e3", "'1e3' (from"),
        ("COINBRIEF_SOURCES__FILES__ENABLED", "on", "'on' (from"),
        ("COINBRIEF_BRIEFING__RECIPIENTS", "[1", "'[1' (from"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(tmp_path: Path, variable: str, text: str, message: str) -> None:
    (found,) = problems(tmp_path, "", {variable: text}).values()
    assert message in found


def test_a_variable_in_small_letters_is_unknown_rather_than_ignored(tmp_path: Path) -> None:
    found = problems(tmp_path, "", {"COINBRIEF_smtp__host": "x"})
    assert "did you mean COINBRIEF_SMTP__HOST?" in found["COINBRIEF_smtp__host"]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"[smtp]\nport = \n", "line 2, column 8"),
        (b"[smtp\n", "line 1, column 6"),
        (b'[smtp]\nhost = "x', "at its end"),
        (b"[smtp]\nhost = '\xff'\n", "line 2"),
    ],
)
def test_a_file_that_is_not_toml_is_named_with_the_line(tmp_path: Path, content: bytes, place: str) -> None:
    file = tmp_path / "c.toml"
    file.write_bytes(content)
    with pytest.raises(SettingsError) as raised:
        load_settings(file, {})
    (problem,) = raised.value.problems
    assert problem.path == f"{file}, {place}"


def test_a_number_too_long_to_read_is_a_problem_of_the_file(tmp_path: Path) -> None:
    assert len(problems(tmp_path, "[smtp]\nport = " + "1" * 5_000)) == 1


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    assert load(tmp_path, "\ufeff[dashboard]\nport = 1234").dashboard.port == 1234


def test_a_missing_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"gone\.toml: cannot be read .*; run coinbrief init to make one"):
        load_settings(tmp_path / "gone.toml", {})


def test_a_folder_in_place_of_the_file_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path, {})
