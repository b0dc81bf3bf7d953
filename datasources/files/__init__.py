"""CSV history on disk as a source: daily candles, on-chain metrics and the fear and greed index."""

from datasources.files.source import FilesSource

__all__ = ["FilesSource"]
