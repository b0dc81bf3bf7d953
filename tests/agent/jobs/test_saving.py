import re
from dataclasses import replace
from email import message_from_bytes, policy
from html import unescape
from pathlib import Path

import pytest

from agent.briefing.document import Briefing
from agent.briefing.render.markdown import render_markdown
from agent.jobs.saving import file_stem, save_files
from tests.agent.jobs.world import copied
from tests.agent.jobs.writing import MAIL, scribe, sentences, wanted


@pytest.fixture(scope="module")
def briefing(collected_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Briefing:
    return scribe(copied(collected_template, tmp_path_factory.mktemp("saving"))).brief(wanted())


def visible(page: str) -> str:
    """The words of a page."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", page)).split())


def test_three_files_are_written_and_written_again_the_same(briefing: Briefing, tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    paths = list(save_files(briefing, folder, MAIL))
    stem = "briefing-2025-10-11-main"
    assert [path.name for path in paths] == [f"{stem}.md", f"{stem}.html", f"{stem}.eml"]
    before = [path.read_bytes() for path in paths]
    assert [path.read_bytes() for path in save_files(briefing, folder, MAIL)] == before
    assert sorted(item.name for item in folder.iterdir()) == sorted(path.name for path in paths)


def test_each_file_holds_the_briefing(briefing: Briefing, tmp_path: Path) -> None:
    markdown, page, mail = save_files(briefing, tmp_path, MAIL)
    assert markdown.read_text() == render_markdown(briefing)
    html = page.read_text()
    assert html.count("data:image/png;base64,") == 1
    assert "cid:" not in html
    assert "<script" not in html
    message = message_from_bytes(mail.read_bytes(), policy=policy.default)
    assert message["To"] == "ann@example.org"
    for sentence in sentences(briefing):
        assert sentence in visible(html)


def test_names_that_are_no_file_names_are_made_harmless(briefing: Briefing, tmp_path: Path, no_pictures: None) -> None:
    odd = replace(briefing, portfolio="../../etc/Über uns")
    assert file_stem(odd) == "briefing-2025-10-11-------etc-Über-uns"
    assert {path.parent for path in save_files(odd, tmp_path, MAIL)} == {tmp_path}


def test_an_edition_of_its_own_has_files_of_its_own(briefing: Briefing, tmp_path: Path, no_pictures: None) -> None:
    assert file_stem(replace(briefing, edition="evening")) == "briefing-2025-10-11-main-evening"
    odd = replace(briefing, edition="../up")
    assert {path.parent for path in save_files(odd, tmp_path, MAIL)} == {tmp_path}
