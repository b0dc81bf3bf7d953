"""A finished briefing as a reader sees it: terminal, plain text, Markdown, HTML mail and its chart."""
