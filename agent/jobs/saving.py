"""A briefing as files: Markdown, HTML and the mail."""

from collections.abc import Iterator
from pathlib import Path

from agent.briefing.document import Briefing
from agent.briefing.render.html import render_html
from agent.briefing.render.markdown import render_markdown
from agent.jobs.deliver import MailSettings, chart_png, sample_email


def file_stem(briefing: Briefing) -> str:
    """What a briefing's files are called: briefing-2025-10-11-main."""
    edition = "" if briefing.edition == "daily" else f"-{_plain(briefing.edition)}"
    return f"briefing-{briefing.day}-{_plain(briefing.portfolio)}{edition}"


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name)


def save_files(briefing: Briefing, folder: Path, mail: MailSettings) -> Iterator[Path]:
    """Write the files and yield their paths; a file of the same briefing is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    png = chart_png(briefing)
    page = render_html(briefing, chart=None if png is None else "data", dashboard_url=mail.dashboard_url, chart_png=png)
    contents = {
        ".md": render_markdown(briefing).encode(),
        ".html": page.encode(),
        ".eml": sample_email(briefing, mail, png),
    }
    for suffix, content in contents.items():
        path = folder / f"{file_stem(briefing)}{suffix}"
        path.write_bytes(content)
        yield path
