"""A body that ends with an error once it has become unreasonably large; loads the HTTP package, so import it late."""

from collections.abc import Iterator

import httpx2

from agent.llm.errors import Malformed


class LimitedStream(httpx2.SyncByteStream):
    """`stream`, up to `max_bytes`; raises Malformed beyond."""

    def __init__(self, stream: httpx2.SyncByteStream, max_bytes: int) -> None:
        self._stream = stream
        self._max_bytes = max_bytes

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._stream:
            size += len(chunk)
            if size > self._max_bytes:
                raise Malformed(f"the answer is larger than {self._max_bytes // 1_000_000} MB; use another server")
            yield chunk

    def close(self) -> None:
        """Close the stream behind it."""
        self._stream.close()
