"""Reads secrets from files: an option `<name>_file` names a file that holds the value of `<name>`."""

import os
import stat
from pathlib import Path

MAX_SECRET_BYTES = 16_384
OTHERS_MASK = 0o077


def read_secret_file(path: Path) -> str:
    """Read the secret in a file, without its last line break; raises ValueError that says why it cannot be had."""
    try:
        _check_permissions(path.stat().st_mode)
        with path.open("rb") as file:
            content = file.read(MAX_SECRET_BYTES + 1)
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror})") from None
    if len(content) > MAX_SECRET_BYTES:
        raise ValueError(f"is larger than {MAX_SECRET_BYTES} bytes, so it holds something else than a secret")
    return _decode(content)


def _check_permissions(mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise ValueError("is not a regular file")
    if os.name == "posix" and mode & OTHERS_MASK:
        raise ValueError(f"can be used by other people (mode {stat.S_IMODE(mode):03o}); run chmod 600 on it")


def _decode(content: bytes) -> str:
    try:
        secret = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("does not hold UTF-8 text") from None
    secret = secret.removesuffix("\n").removesuffix("\r")
    if not secret:
        raise ValueError("is empty")
    return secret
