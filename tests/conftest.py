"""What every test can rely on: no network but loopback, no settings of the machine, a local time far from UTC."""

import gc
import os
import socket
import time
from collections.abc import Iterator
from ipaddress import ip_address

import pytest
from hypothesis import HealthCheck, settings

from agent.store import connection

# A day is different here from UTC for 14 hours of 24, so code that uses local time shows.
LOCAL_TIME_ZONE = "Pacific/Kiritimati"

settings.register_profile(
    "suite",
    deadline=None,  # the machine may be busy
    derandomize=True,  # the same commit gives the same result
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("suite")


# What was loaded for the tests stays to their end: looking through it for garbage took a fifth of their time.
GARBAGE_THRESHOLDS = (20_000, 20, 20)


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)


class NetworkBlocked(RuntimeError):
    """A test tried to leave this machine; not an OSError, so that no error handling can take it for a failure."""


def _require_loopback(host: object) -> None:
    text = host.decode() if isinstance(host, bytes) else str(host)
    if text in {"", "None", "localhost"}:
        return
    try:
        if ip_address(text.partition("%")[0]).is_loopback:
            return
    except ValueError:
        pass  # a name other than localhost
    raise NetworkBlocked(f"tests may only connect to this machine, not to {text!r}; start a loopback server instead")


@pytest.fixture(scope="session", autouse=True)
def _only_loopback() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    for method in ("connect", "connect_ex"):
        original = getattr(socket.socket, method)

        def guarded(self: socket.socket, address: object, original: object = original) -> object:
            if self.family in {socket.AF_INET, socket.AF_INET6} and isinstance(address, tuple):
                _require_loopback(address[0])
            return original(self, address)  # type: ignore[operator]  # one of two methods with the same signature

        patch.setattr(socket.socket, method, guarded)
    original_lookup = socket.getaddrinfo

    def guarded_lookup(host: object, *arguments: object, **options: object) -> object:
        _require_loopback(host)
        return original_lookup(host, *arguments, **options)  # type: ignore[arg-type]  # passed through as they came

    patch.setattr(socket, "getaddrinfo", guarded_lookup)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_the_disk() -> Iterator[None]:
    """Commit to the operating system only: it outlives a killed process, and no test cuts the power."""
    pragmas = tuple(pragma.replace("synchronous=FULL", "synchronous=OFF") for pragma in connection.WRITER_PRAGMAS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "WRITER_PRAGMAS", pragmas)
        yield


@pytest.fixture(scope="session", autouse=True)
def _own_environment() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    for name in list(os.environ):
        if name.startswith("COINBRIEF_") or name.lower().endswith("_proxy"):
            patch.delenv(name)
    patch.setenv("TZ", LOCAL_TIME_ZONE)
    time.tzset()
    yield
    patch.undo()
    time.tzset()
