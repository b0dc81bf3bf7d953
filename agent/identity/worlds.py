"""Sources of one world may mean the same assets; an invented or replayed market never mixes with the real one."""

from typing import Final

REAL: Final = "real"
_APART: Final = ("sandbox", "replay")


def world_of(source: str) -> str:
    """Say which world a source describes: `sandbox`, `replay` or `real`."""
    return next((world for world in _APART if source.startswith(world)), REAL)
