"""How the pages look and what the server may do, as options for `streamlit run`.

Fonts are the system's own: nothing is fetched from another host.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
CODE_FONT = "ui-monospace, 'SF Mono', Menlo, Consolas, monospace"

ACCENT = "#0f766e"
RISE = "#15803d"
FALL = "#c2410c"
RISE_DARK = "#4ade80"
FALL_DARK = "#fb923c"

WORDMARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="132" height="28" viewBox="0 0 132 28">'
    '<path d="M2 20 L9 12 L14 16 L22 6" fill="none" stroke="#0d9488" stroke-width="3" stroke-linecap="round" '
    'stroke-linejoin="round"/><text x="32" y="20" font-family="system-ui, sans-serif" font-size="18" '
    'font-weight="650" fill="#0d9488">coinbrief</text></svg>'
)
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="28" height="28" viewBox="0 0 28 28">'
    '<path d="M3 20 L10 12 L15 16 L24 6" fill="none" stroke="#0d9488" stroke-width="4" stroke-linecap="round" '
    'stroke-linejoin="round"/></svg>'
)

_SHARED = MappingProxyType(
    {
        "font": FONT,
        "headingFont": FONT,
        "codeFont": CODE_FONT,
        "baseRadius": "0.5rem",
        "baseFontSize": "15",
        "headingFontSizes": '["1.75rem", "1.25rem", "1.05rem", "1rem", "0.95rem", "0.9rem"]',
        "headingFontWeights": "[650, 620, 600, 600, 600, 600]",
        "metricValueFontSize": "1.15rem",
        "metricValueFontWeight": "600",
        "linkUnderline": "false",
        "showWidgetBorder": "true",
        "paddingTop": "2.5rem",
    }
)
_LIGHT = MappingProxyType(
    {
        "primaryColor": ACCENT,
        "linkColor": ACCENT,
        "backgroundColor": "#ffffff",
        "secondaryBackgroundColor": "#f4f6f8",
        "textColor": "#16202c",
        "borderColor": "#dfe4ea",
        "dataframeBorderColor": "#e6eaef",
        "dataframeHeaderBackgroundColor": "#f4f6f8",
        "dataframeHeaderTextColor": "#4a5768",
        "greenTextColor": RISE,
        "redTextColor": FALL,
        "grayTextColor": "#5b6878",
        "greenColor": RISE,
        "redColor": FALL,
        "chartCategoricalColors": f'["{ACCENT}", "#7c8aa0", "#b45309", "#4f46e5", "#be185d"]',
    }
)
_DARK = MappingProxyType(
    {
        "primaryColor": "#2dd4bf",
        "linkColor": "#2dd4bf",
        "backgroundColor": "#0e141b",
        "secondaryBackgroundColor": "#17202a",
        "textColor": "#e4e9ef",
        "borderColor": "#2a3644",
        "dataframeBorderColor": "#243040",
        "dataframeHeaderBackgroundColor": "#17202a",
        "dataframeHeaderTextColor": "#a3b1c2",
        "greenTextColor": RISE_DARK,
        "redTextColor": FALL_DARK,
        "grayTextColor": "#9fb0c3",
        "greenColor": RISE_DARK,
        "redColor": FALL_DARK,
        "chartCategoricalColors": '["#2dd4bf", "#8fa1b8", "#f59e0b", "#a5b4fc", "#f472b6"]',
    }
)
_SIDEBAR = MappingProxyType({"light": "#f4f6f8", "dark": "#121a23"})


def launch_options(host: str = "127.0.0.1", port: int = 8501) -> list[str]:
    """The flags for `streamlit run`: local, quiet, without details of errors, in our colours, light and dark."""
    server = {
        "server.address": host,
        "server.port": str(port),
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "server.enableXsrfProtection": "true",
        "server.maxUploadSize": "1",
        "browser.gatherUsageStats": "false",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": "false",
        "client.toolbarMode": "minimal",
        "runner.magicEnabled": "false",
        "logger.level": "warning",
    }
    return [f"--{name}={value}" for name, value in (*server.items(), *_theme_options())]


def _theme_options() -> Iterator[tuple[str, str]]:
    yield from ((f"theme.{name}", value) for name, value in _SHARED.items())
    schemes: Mapping[str, Mapping[str, str]] = {"light": _LIGHT, "dark": _DARK}
    for scheme, colours in schemes.items():
        yield from ((f"theme.{scheme}.{name}", value) for name, value in colours.items())
        yield f"theme.{scheme}.sidebar.backgroundColor", _SIDEBAR[scheme]
